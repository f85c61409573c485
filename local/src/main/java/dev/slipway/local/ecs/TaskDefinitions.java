package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Page;
import dev.slipway.local.account.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Families and their revisions. A document comes back with every member that it was given. */
final class TaskDefinitions {
  private static final Pattern FAMILY = Pattern.compile("[a-zA-Z0-9_-]{1,255}");
  private static final Pattern CONTAINER = Pattern.compile("[a-zA-Z0-9_-]{1,255}");
  private static final int LONGEST_IMAGE = 255;
  private static final int MOST_CONTAINERS = 10;
  private static final int LARGEST = 64 * 1024;

  /** The members that DescribeTaskDefinition has and RegisterTaskDefinition does not take. */
  private static final Set<String> READ_ONLY =
      Set.of(
          "taskDefinitionArn",
          "revision",
          "status",
          "requiresAttributes",
          "compatibilities",
          "registeredAt",
          "registeredBy",
          "deregisteredAt",
          "deleteRequestedAt");

  private final Account account;
  private final ResourceTags resourceTags;
  private final TreeMap<String, List<TaskDefinition>> families = new TreeMap<>();
  private final Map<String, TaskDefinition> byArn = new LinkedHashMap<>();

  TaskDefinitions(Account account, ResourceTags resourceTags) {
    this.account = account;
    this.resourceTags = resourceTags;
  }

  Operations operations() {
    return new Operations()
        .on("RegisterTaskDefinition", this::register)
        .on("DescribeTaskDefinition", this::describe)
        .on("DeregisterTaskDefinition", this::deregister)
        .on("ListTaskDefinitions", this::list)
        .on("ListTaskDefinitionFamilies", this::listFamilies);
  }

  /**
   * The revision that {@code family}, {@code family:revision} or an ARN names; a family alone means
   * its newest ACTIVE one.
   *
   * @throws Refusal {@code ClientException} if there is none
   */
  TaskDefinition find(String reference) {
    TaskDefinition found = byArn.get(reference);
    if (found == null && !reference.startsWith("arn:")) {
      int colon = reference.indexOf(':');
      found =
          colon < 0
              ? newestActive(reference)
              : byArn.get(account.arn("ecs", "task-definition/" + reference));
    }
    if (found == null) {
      throw new Refusal("ClientException", "Unable to describe task definition.");
    }
    return found;
  }

  /** As {@link #find}, for starting tasks: an INACTIVE revision is refused. */
  TaskDefinition usable(String reference) {
    TaskDefinition found;
    try {
      found = find(reference);
    } catch (Refusal e) {
      throw new Refusal("ClientException", "TaskDefinition not found.");
    }
    if (!found.active()) {
      throw new Refusal("ClientException", "TaskDefinition is inactive");
    }
    return found;
  }

  private TaskDefinition newestActive(String family) {
    List<TaskDefinition> revisions = families.getOrDefault(family, List.of());
    for (int i = revisions.size() - 1; i >= 0; i--) {
      if (revisions.get(i).active()) {
        return revisions.get(i);
      }
    }
    return null;
  }

  private ObjectNode register(ObjectNode input) {
    String family = Json.text(input, "family", "");
    if (!FAMILY.matcher(family).matches()) {
      throw new Refusal(
          "ClientException",
          "Family contains invalid characters: '" + family + "' must match " + FAMILY);
    }
    Map<String, String> tags = ResourceTags.parse(input.path("tags"));
    ObjectNode document = input.deepCopy();
    document.remove("tags");
    // AWS ignores members that an operation does not have.
    document.remove(READ_ONLY);
    checkContainers(document);
    checkLaunchTypes(document);
    if (document.toString().length() > LARGEST) {
      throw new Refusal("ClientException", "Task definition must not be larger than 64 KiB.");
    }
    List<TaskDefinition> revisions = families.computeIfAbsent(family, unused -> new ArrayList<>());
    int revision = revisions.size() + 1;
    String arn = account.arn("ecs", "task-definition/" + family + ":" + revision);
    complete(document, arn, revision);
    TaskDefinition added = new TaskDefinition(family, revision, arn, document, tags);
    revisions.add(added);
    byArn.put(arn, added);
    resourceTags.own(arn, "ecs:task-definition", tags);
    ObjectNode answer = Json.object();
    answer.set("taskDefinition", document.deepCopy());
    answer.set("tags", Json.tags(tags, "key", "value"));
    return answer;
  }

  private static void checkContainers(ObjectNode document) {
    JsonNode containers = document.path("containerDefinitions");
    if (containers.isEmpty()) {
      throw new Refusal("ClientException", "Container list cannot be empty.");
    }
    if (containers.size() > MOST_CONTAINERS) {
      throw new Refusal(
          "ClientException", "A task definition has at most 10 containers: " + containers.size());
    }
    Set<String> names = new HashSet<>();
    boolean essential = false;
    for (JsonNode container : containers) {
      String name = Json.text(container, "name", "");
      if (!CONTAINER.matcher(name).matches()) {
        throw new Refusal(
            "ClientException", "Container.name contains invalid characters: '" + name + "'");
      }
      if (!names.add(name)) {
        throw new Refusal(
            "ClientException", "Container.name must be unique within a task definition: " + name);
      }
      String image = Json.text(container, "image", "");
      if (image.isBlank()) {
        throw new Refusal("ClientException", "Container.image should not be null or empty.");
      }
      int at = image.indexOf('@');
      if ((at < 0 ? image.length() : at) > LONGEST_IMAGE) {
        throw new Refusal(
            "ClientException", "Container.image repository length must be at most 255: " + image);
      }
      essential |= container.path("essential").asBoolean(true);
    }
    if (!essential) {
      throw new Refusal(
          "ClientException", "Invalid setting for containers: at least one must be essential.");
    }
  }

  private static void checkLaunchTypes(ObjectNode document) {
    if (Json.texts(document, "requiresCompatibilities").contains("FARGATE")) {
      if (!document.path("networkMode").asText().equals("awsvpc")) {
        throw new Refusal("ClientException", "Fargate only supports network mode 'awsvpc'.");
      }
      for (String member : List.of("cpu", "memory")) {
        if (!document.hasNonNull(member)) {
          throw new Refusal(
              "ClientException",
              "Fargate requires that '" + member + "' be defined at the task level.");
        }
      }
    } else if (!document.hasNonNull("memory")) {
      for (JsonNode container : document.path("containerDefinitions")) {
        if (!container.hasNonNull("memory") && !container.hasNonNull("memoryReservation")) {
          throw new Refusal(
              "ClientException",
              "Invalid setting for container '"
                  + container.path("name").asText()
                  + "'. At least one of 'memory' or 'memoryReservation' must be specified.");
        }
      }
    }
  }

  /** Adds what ECS adds: defaults, and the members that are read only. */
  private void complete(ObjectNode document, String arn, int revision) {
    for (String list : List.of("volumes", "placementConstraints")) {
      if (!document.has(list)) {
        document.putArray(list);
      }
    }
    for (JsonNode node : document.path("containerDefinitions")) {
      ObjectNode container = (ObjectNode) node;
      if (!container.has("cpu")) {
        container.put("cpu", 0);
      }
      if (!container.has("essential")) {
        container.put("essential", true);
      }
      for (String list :
          List.of("portMappings", "environment", "mountPoints", "volumesFrom", "systemControls")) {
        if (!container.has(list)) {
          container.putArray(list);
        }
      }
    }
    document.put("taskDefinitionArn", arn).put("revision", revision).put("status", "ACTIVE");
    ArrayNode attributes = document.putArray("requiresAttributes");
    if (document.hasNonNull("executionRoleArn")) {
      attributes.addObject().put("name", "ecs.capability.execution-role-ecr-pull");
    }
    attributes.addObject().put("name", "com.amazonaws.ecs.capability.ecr-auth");
    ArrayNode compatibilities = document.putArray("compatibilities").add("EC2");
    if (document.path("networkMode").asText().equals("awsvpc")) {
      compatibilities.add("FARGATE");
    }
    document.set("registeredAt", Json.seconds(account.now()));
    document.put("registeredBy", "arn:aws:iam::" + account.id() + ":root");
  }

  private ObjectNode describe(ObjectNode input) {
    TaskDefinition found = find(required(input));
    ObjectNode answer = Json.object();
    answer.set("taskDefinition", found.document.deepCopy());
    if (Json.texts(input, "include").contains("TAGS")) {
      answer.set("tags", Json.tags(found.tags, "key", "value"));
    }
    return answer;
  }

  private static String required(ObjectNode input) {
    String reference = Json.text(input, "taskDefinition", "");
    if (reference.isEmpty()) {
      throw new Refusal("ClientException", "Task definition can not be blank.");
    }
    return reference;
  }

  private ObjectNode deregister(ObjectNode input) {
    String reference = required(input);
    if (!reference.contains(":")) {
      throw new Refusal(
          "InvalidParameterException", "Invalid revision number. Number: " + reference);
    }
    TaskDefinition found = find(reference);
    if (found.active()) {
      found.document.put("status", "INACTIVE");
      found.document.set("deregisteredAt", Json.seconds(account.now()));
    }
    ObjectNode answer = Json.object();
    answer.set("taskDefinition", found.document.deepCopy());
    return answer;
  }

  private ObjectNode list(ObjectNode input) {
    String family = Json.text(input, "familyPrefix");
    String status = Json.text(input, "status", "ACTIVE");
    Comparator<TaskDefinition> order =
        Comparator.<TaskDefinition, String>comparing(found -> found.family)
            .thenComparing(found -> found.revision);
    if (Json.text(input, "sort", "ASC").equals("DESC")) {
      order = order.reversed();
    }
    // Despite its name, familyPrefix is a whole family.
    List<String> arns =
        (family == null ? List.copyOf(byArn.values()) : families.getOrDefault(family, List.of()))
            .stream()
                .filter(found -> found.document.path("status").asText().equals(status))
                .sorted(order)
                .map(found -> found.arn)
                .toList();
    Page<String> page = Page.of(arns, input, 100, 100);
    ObjectNode answer = Json.object();
    answer.set("taskDefinitionArns", Json.strings(page.items()));
    page.writeToken(answer);
    return answer;
  }

  private ObjectNode listFamilies(ObjectNode input) {
    String prefix = Json.text(input, "familyPrefix", "");
    String status = Json.text(input, "status", "ALL");
    List<String> names =
        families.keySet().stream()
            .filter(name -> name.startsWith(prefix))
            .filter(name ->
                switch (status) {
                  case "ACTIVE" -> newestActive(name) != null;
                  case "INACTIVE" -> newestActive(name) == null;
                  default -> true;
                })
            .toList();
    Page<String> page = Page.of(names, input, 100, 100);
    ObjectNode answer = Json.object();
    answer.set("families", Json.strings(page.items()));
    page.writeToken(answer);
    return answer;
  }
}
