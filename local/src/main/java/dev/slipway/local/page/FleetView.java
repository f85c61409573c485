package dev.slipway.local.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.FollowerTags;
import dev.slipway.follow.Reading;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The account's services as the page shows them: what ECS says of revisions and tasks, and what the
 * ledger says about them. It asks ECS by the calls that anybody could make.
 */
public final class FleetView {

  /** How long a task that failed stays in sight. */
  private static final Duration FAILED_SHOWN = Duration.ofSeconds(90);

  /** How long a push that changed nothing stays in sight. */
  private static final Duration DECLINED_SHOWN = Duration.ofMinutes(5);

  private static final int SERVICES_A_CALL = 10;
  private static final int TASKS_A_CALL = 100;

  /** What is needed of a task definition; it never changes. */
  private record Definition(String images, String digests, boolean checked) {}

  private final AwsApi aws;
  private final Ledger ledger;
  private final InstantSource clock;
  private final Map<String, Definition> definitions = new ConcurrentHashMap<>();

  public FleetView(AwsApi aws, Ledger ledger, InstantSource clock) {
    this.aws = aws;
    this.ledger = ledger;
    this.clock = clock;
  }

  /** Names of the repositories, in order. */
  public List<String> repositories() {
    List<String> names = new ArrayList<>();
    for (JsonNode repository :
        aws.call(AwsService.ECR, "DescribeRepositories", Json.object()).path("repositories")) {
      names.add(Json.text(repository, "repositoryName"));
    }
    return names.stream().sorted().toList();
  }

  /** Every service of every cluster. */
  public ArrayNode services() {
    ArrayNode all = Json.array();
    JsonNode clusters = aws.call(AwsService.ECS, "ListClusters", Json.object()).path("clusterArns");
    for (JsonNode cluster : clusters) {
      List<String> arns = list("ListServices", "serviceArns", cluster.asText());
      for (int from = 0; from < arns.size(); from += SERVICES_A_CALL) {
        ObjectNode input = Json.object().put("cluster", cluster.asText());
        input.set(
            "services",
            Json.array(arns.subList(from, Math.min(arns.size(), from + SERVICES_A_CALL))));
        input.putArray("include").add("TAGS");
        for (JsonNode service :
            aws.call(AwsService.ECS, "DescribeServices", input).path("services")) {
          if (Json.text(service, "status").equals("ACTIVE")) {
            all.add(service(service));
          }
        }
      }
    }
    return all;
  }

  private List<String> list(String operation, String member, String cluster) {
    return list(operation, member, Json.object().put("cluster", cluster));
  }

  private List<String> list(String operation, String member, ObjectNode input) {
    List<String> arns = new ArrayList<>();
    String token = "";
    do {
      ObjectNode page = input.deepCopy();
      if (!token.isEmpty()) {
        page.put("nextToken", token);
      }
      ObjectNode answer = aws.call(AwsService.ECS, operation, page);
      answer.path(member).forEach(arn -> arns.add(arn.asText()));
      token = Json.text(answer, "nextToken");
    } while (!token.isEmpty());
    return arns;
  }

  private ObjectNode service(JsonNode described) {
    ServiceRef ref = ServiceRef.parse(Json.text(described, "serviceArn"));
    Head head = ledger.head(ref);
    List<Deployment> newest = ledger.deployments(ref, 1);
    ObjectNode node =
        Json.object().put("arn", ref.arn()).put("cluster", ref.cluster()).put("name", ref.name());
    Map<String, String> tags = new LinkedHashMap<>();
    described.path("tags").forEach(tag -> tags.put(Json.text(tag, "key"), Json.text(tag, "value")));
    ArrayNode follows = node.putArray("follows");
    tags.forEach((key, value) -> {
      if (key.startsWith(FollowerTags.FOLLOW)) {
        follows
            .addObject()
            .put("repository", key.substring(FollowerTags.FOLLOW.length()))
            .put("policy", value);
      }
    });
    node.set("settings", Json.array(settings(described, tags)));
    state(node, head, newest);
    deployments(node, described);
    notes(node, head, newest);
    return node;
  }

  private static List<String> settings(JsonNode described, Map<String, String> tags) {
    List<String> words = new ArrayList<>();
    JsonNode breaker = described.path("deploymentConfiguration").path("deploymentCircuitBreaker");
    words.add(
        !breaker.path("enable").asBoolean()
            ? "no circuit breaker"
            : breaker.path("rollback").asBoolean()
                ? "circuit breaker rolls back"
                : "circuit breaker");
    if (FollowerTags.read(tags) instanceof Reading.Following(Settings settings)) {
      if (settings.state() != Settings.Switch.ON) {
        words.add(settings.state().name().toLowerCase(java.util.Locale.ROOT));
      }
      if (settings.busy() == Settings.Busy.REPLACE) {
        words.add("a newer push replaces");
      }
    }
    return words;
  }

  private static void state(ObjectNode node, Head head, List<Deployment> newest) {
    if (head.inFlight().isPresent()) {
      Deployment deployment = head.inFlight().get();
      boolean back = deployment.isRollback() || deployment.status() == Status.ROLLING_BACK;
      node.put("state", Terms.status(deployment)).put("tone", back ? "back" : "moving");
      return;
    }
    if (newest.isEmpty() || head.version() == 0) {
      node.put("state", head.version() == 0 ? "not seen yet" : "steady").put("tone", "steady");
      return;
    }
    Deployment last = newest.getFirst();
    if (last.reason() == Reason.BASELINE) {
      node.put("state", "steady").put("tone", "steady");
      return;
    }
    String tone =
        switch (last.status()) {
          case SUCCEEDED -> last.isRollback() ? "back" : "good";
          case ROLLED_BACK, SUPERSEDED -> "back";
          case FAILED -> "failed";
          case PREPARING, ROLLING_OUT, BAKING, ROLLING_BACK -> "steady";
        };
    node.put("state", Terms.status(last)).put("tone", tone);
  }

  // ---- revisions and tasks

  private void deployments(ObjectNode node, JsonNode described) {
    Map<String, List<JsonNode>> tasks = tasks(described);
    ArrayNode rows = node.putArray("deployments");
    boolean several = described.path("deployments").size() > 1;
    for (JsonNode deployment : described.path("deployments")) {
      boolean primary = Json.text(deployment, "status").equals("PRIMARY");
      List<JsonNode> own = tasks.getOrDefault(Json.text(deployment, "id"), List.of());
      if (!primary && own.isEmpty()) {
        continue;
      }
      Definition definition = definition(Json.text(deployment, "taskDefinition"));
      ObjectNode row = rows.addObject();
      row.put("id", Json.text(deployment, "id"))
          .put("image", definition.images())
          .put("digest", definition.digests())
          .put("leaving", !primary)
          .put("role", several ? primary ? "new" : "old" : "")
          .put("running", deployment.path("runningCount").asInt())
          .put("desired", deployment.path("desiredCount").asInt());
      ArrayNode dots = row.putArray("tasks");
      for (JsonNode task : own) {
        String tone = tone(task, definition);
        if (!tone.isEmpty()) {
          String arn = Json.text(task, "taskArn");
          dots.addObject()
              .put("id", arn.substring(arn.lastIndexOf('/') + 1))
              .put("tone", tone)
              .put("words", words(task));
        }
      }
    }
  }

  private Map<String, List<JsonNode>> tasks(JsonNode described) {
    String cluster = Json.text(described, "clusterArn");
    List<String> arns = new ArrayList<>();
    for (String status : List.of("RUNNING", "STOPPED")) {
      arns.addAll(
          list(
              "ListTasks",
              "taskArns",
              Json.object()
                  .put("cluster", cluster)
                  .put("serviceName", Json.text(described, "serviceName"))
                  .put("desiredStatus", status)));
    }
    Map<String, List<JsonNode>> byDeployment = new LinkedHashMap<>();
    for (int from = 0; from < arns.size(); from += TASKS_A_CALL) {
      ObjectNode input = Json.object().put("cluster", cluster);
      input.set(
          "tasks", Json.array(arns.subList(from, Math.min(arns.size(), from + TASKS_A_CALL))));
      for (JsonNode task : aws.call(AwsService.ECS, "DescribeTasks", input).path("tasks")) {
        byDeployment
            .computeIfAbsent(Json.text(task, "startedBy"), _ -> new ArrayList<>())
            .add(task);
      }
    }
    byDeployment
        .values()
        .forEach(list ->
            list.sort(
                java.util.Comparator.comparing((JsonNode task) -> Json.instant(task, "createdAt"))
                    .thenComparing(task -> Json.text(task, "taskArn"))));
    return byDeployment;
  }

  /** How its dot looks; empty for a task that is not worth one any more. */
  private String tone(JsonNode task, Definition definition) {
    String stopCode = Json.text(task, "stopCode");
    boolean failed =
        stopCode.equals("EssentialContainerExited") || stopCode.equals("TaskFailedToStart");
    String status = Json.text(task, "lastStatus");
    if (status.equals("STOPPED")) {
      Instant stopped = Json.instant(task, "stoppedAt");
      boolean recent = stopped != null && stopped.plus(FAILED_SHOWN).isAfter(clock.instant());
      return failed && recent ? "failed" : "";
    }
    if (Json.text(task, "desiredStatus").equals("STOPPED")) {
      return failed ? "failed" : "stopping";
    }
    if (!status.equals("RUNNING")) {
      return "starting";
    }
    return switch (Json.text(task, "healthStatus")) {
      case "HEALTHY" -> "healthy";
      case "UNHEALTHY" -> "unhealthy";
      default -> definition.checked() ? "running" : "healthy";
    };
  }

  private static String words(JsonNode task) {
    String reason = Json.text(task, "stoppedReason");
    String health = Json.text(task, "healthStatus");
    return Json.text(task, "lastStatus")
        + (health.isEmpty() || health.equals("UNKNOWN") ? "" : ", " + health)
        + (reason.isEmpty() ? "" : ", " + reason);
  }

  private Definition definition(String arn) {
    return definitions.computeIfAbsent(
        arn,
        unread -> {
          JsonNode containers =
              aws.call(
                      AwsService.ECS,
                      "DescribeTaskDefinition",
                      Json.object().put("taskDefinition", unread))
                  .path("taskDefinition")
                  .path("containerDefinitions");
          List<String> images = new ArrayList<>();
          List<String> digests = new ArrayList<>();
          boolean checked = false;
          for (JsonNode container : containers) {
            images.add(Terms.image(Json.text(container, "image")));
            digests.add(Terms.digest(Json.text(container, "image")));
            checked |= container.has("healthCheck");
          }
          return new Definition(String.join(", ", images), String.join(", ", digests), checked);
        });
  }

  // ---- what the ledger adds

  private void notes(ObjectNode node, Head head, List<Deployment> newest) {
    ArrayNode notes = node.putArray("notes");
    head.waiting()
        .byRepository()
        .values()
        .forEach(wanted -> note(notes, "wait", wanted.image().brief() + " waits for its turn"));
    head.hold().ifPresent(hold -> note(notes, "wait", "held: " + hold.why()));
    newest.stream()
        .filter(last -> last.status() != Status.SUCCEEDED)
        .flatMap(last -> last.diagnosis().stream())
        .forEach(diagnosis -> note(notes, "bad", diagnosis.cause()));
    head.quarantine()
        .forEach(
            entry -> note(notes, "bad", entry.image() + " stays out: " + entry.reason().text()));
    Instant recent = clock.instant().minus(DECLINED_SHOWN);
    for (PushRecord push : ledger.pushes(head.service(), 1)) {
      if (push.reason().weight() != Reason.Weight.QUIET && push.trigger().at().isAfter(recent)) {
        note(notes, "plain", push.image() + " changed nothing: " + push.reason().text());
      }
    }
  }

  private static void note(ArrayNode notes, String tone, String text) {
    notes.addObject().put("tone", tone).put("text", text);
  }
}
