package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Page;
import dev.slipway.local.account.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The calls about services. */
final class Services {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,255}");
  private static final int MOST_DESCRIBED = 10;

  /** Members of the calls that are not settings of the service. */
  private static final Set<String> NOT_SETTINGS =
      Set.of(
          "cluster",
          "service",
          "serviceName",
          "taskDefinition",
          "desiredCount",
          "tags",
          "clientToken",
          "forceNewDeployment");

  /** A change of these starts a deployment, as one of the task definition does. */
  private static final Set<String> REDEPLOYING =
      Set.of(
          "networkConfiguration",
          "platformVersion",
          "capacityProviderStrategy",
          "loadBalancers",
          "serviceRegistries",
          "serviceConnectConfiguration",
          "volumeConfigurations");

  private final Account account;
  private final EcsUnknowns unknowns;
  private final Clusters clusters;
  private final TaskDefinitions definitions;
  private final ResourceTags resourceTags;
  private final Rollouts rollouts;
  private final ServiceScheduler scheduler;

  Services(
      Account account,
      EcsUnknowns unknowns,
      Clusters clusters,
      TaskDefinitions definitions,
      ResourceTags resourceTags,
      Rollouts rollouts,
      ServiceScheduler scheduler) {
    this.account = account;
    this.unknowns = unknowns;
    this.clusters = clusters;
    this.definitions = definitions;
    this.resourceTags = resourceTags;
    this.rollouts = rollouts;
    this.scheduler = scheduler;
  }

  Operations operations() {
    return new Operations()
        .on("CreateService", this::create)
        .on("DescribeServices", this::describe)
        .on("ListServices", this::list)
        .on("UpdateService", this::update)
        .on("DeleteService", this::delete);
  }

  /** The service that {@code input} names in its cluster, by name or ARN, or null. */
  EcsService find(Cluster cluster, String nameOrArn) {
    EcsService service = cluster.services.get(nameOrArn.substring(nameOrArn.lastIndexOf('/') + 1));
    return service != null && nameOrArn.startsWith("arn:") && !service.arn.equals(nameOrArn)
        ? null
        : service;
  }

  EcsService require(ObjectNode input) {
    Cluster cluster = clusters.require(input);
    EcsService service = find(cluster, Json.required(input, "service"));
    if (service == null) {
      throw new Refusal("ServiceNotFoundException", "Service not found.");
    }
    return service;
  }

  private EcsService requireActive(ObjectNode input) {
    EcsService service = require(input);
    if (!service.active()) {
      throw new Refusal("ServiceNotActiveException", "Service was not ACTIVE.");
    }
    return service;
  }

  private EcsService make(ObjectNode input) {
    Cluster cluster = clusters.require(input);
    String name = Json.text(input, "serviceName", "");
    if (!NAME.matcher(name).matches()) {
      throw new Refusal("InvalidParameterException", "Invalid service name: '" + name + "'");
    }
    EcsService known = cluster.services.get(name);
    if (known != null && known.status.equals("ACTIVE")) {
      throw new Refusal("InvalidParameterException", "Creation of service was not idempotent.");
    }
    if (known != null && known.status.equals("DRAINING")) {
      throw new Refusal(
          "InvalidParameterException", "Unable to Start a service that is still Draining.");
    }
    String controller = Json.text(input.path("deploymentController"), "type", "ECS");
    DeploymentSettings.of(input.path("deploymentConfiguration"));
    if (!controller.equals("ECS") && !controller.equals("CODE_DEPLOY")) {
      throw new Refusal(
          "UnsupportedFeatureException",
          "The local account knows the controllers ECS and CODE_DEPLOY, not " + controller + ".");
    }
    Map<String, String> tags = ResourceTags.parse(input.path("tags"));
    ObjectNode kept = input.deepCopy();
    kept.remove(NOT_SETTINGS);
    EcsService service =
        new EcsService(
            cluster,
            name,
            account.arn("ecs", "service/" + cluster.name + "/" + name),
            tags,
            kept,
            count(input.path("desiredCount")),
            account.now());
    return service;
  }

  private void add(EcsService service) {
    service.cluster.services.put(service.name, service);
    resourceTags.own(service.arn, "ecs:service", service.tags);
  }

  private static int count(JsonNode desired) {
    int count = desired.asInt(0);
    if (count < 0) {
      throw new Refusal("InvalidParameterException", "desiredCount must not be below 0: " + count);
    }
    return count;
  }

  private ObjectNode create(ObjectNode input) {
    EcsService service = make(input);
    TaskDefinition definition = definitions.usable(Json.required(input, "taskDefinition"));
    add(service);
    if (service.codeDeployed()) {
      rollouts.newTaskSet(service, definition, null);
    } else {
      rollouts.begin(service, definition);
    }
    scheduler.poke(service);
    return answer(service, true);
  }

  /** CreateService of a service whose first deployment is complete already. */
  String createSettled(ObjectNode input) {
    EcsService service = make(input);
    TaskDefinition definition = definitions.usable(Json.required(input, "taskDefinition"));
    add(service);
    scheduler.settle(service, definition);
    return service.arn;
  }

  private ObjectNode answer(EcsService service, boolean withTags) {
    ObjectNode answer = Json.object();
    answer.set("service", ServiceView.of(service, withTags, unknowns));
    return answer;
  }

  private ObjectNode describe(ObjectNode input) {
    Cluster cluster = clusters.require(input);
    List<String> names = Json.texts(input, "services");
    if (names.isEmpty()) {
      throw new Refusal("InvalidParameterException", "Services cannot be empty.");
    }
    if (names.size() > MOST_DESCRIBED) {
      throw new Refusal("InvalidParameterException", "Services cannot have more than 10 elements.");
    }
    boolean withTags = Json.texts(input, "include").contains("TAGS");
    ObjectNode answer = Json.object();
    ArrayNode found = answer.putArray("services");
    ArrayNode failures = answer.putArray("failures");
    for (String name : names) {
      EcsService service = find(cluster, name);
      if (service == null) {
        failures
            .addObject()
            .put(
                "arn",
                name.startsWith("arn:")
                    ? name
                    : account.arn("ecs", "service/" + cluster.name + "/" + name))
            .put("reason", "MISSING");
      } else {
        found.add(ServiceView.of(service, withTags, unknowns));
      }
    }
    return answer;
  }

  private ObjectNode list(ObjectNode input) {
    Cluster cluster = clusters.require(input);
    String launchType = Json.text(input, "launchType");
    List<String> arns =
        cluster.services.values().stream()
            .filter(service -> !service.status.equals("INACTIVE"))
            .filter(service ->
                launchType == null
                    || ServiceScheduler.launchType(
                            service, service.primary().revision.taskDefinition)
                        .equals(launchType))
            .map(service -> service.arn)
            .toList();
    Page<String> page = Page.of(arns, input, 10, 100);
    ObjectNode answer = Json.object();
    answer.set("serviceArns", Json.strings(page.items()));
    page.writeToken(answer);
    return answer;
  }

  private ObjectNode update(ObjectNode input) {
    EcsService service = requireActive(input);
    if (service.codeDeployed()) {
      checkLeftToCodeDeploy(input);
    }
    if (input.hasNonNull("deploymentConfiguration")) {
      DeploymentSettings.of(input.path("deploymentConfiguration"));
    }
    TaskDefinition before = service.primary().revision.taskDefinition;
    TaskDefinition wanted =
        input.hasNonNull("taskDefinition")
            ? definitions.usable(Json.text(input, "taskDefinition"))
            : before;
    if (input.hasNonNull("desiredCount")) {
      int count = count(input.path("desiredCount"));
      if (count != service.desiredCount) {
        service.desiredCount = count;
        service.steady = false;
      }
    }
    boolean redeploy = wanted != before || input.path("forceNewDeployment").asBoolean();
    for (Map.Entry<String, JsonNode> member : input.properties()) {
      if (!NOT_SETTINGS.contains(member.getKey()) && !member.getValue().isNull()) {
        redeploy |=
            REDEPLOYING.contains(member.getKey())
                && !member.getValue().equals(service.settings.get(member.getKey()));
        service.settings.set(member.getKey(), member.getValue().deepCopy());
      }
    }
    if (redeploy) {
      rollouts.begin(service, wanted);
    }
    scheduler.poke(service);
    return answer(service, false);
  }

  private static void checkLeftToCodeDeploy(ObjectNode input) {
    if (input.hasNonNull("taskDefinition")) {
      throw new Refusal(
          "InvalidParameterException",
          "Unable to update task definition on services with a CODE_DEPLOY deployment controller."
              + " Use AWS CodeDeploy to trigger a new deployment.");
    }
    for (String member : REDEPLOYING) {
      if (input.hasNonNull(member)) {
        throw new Refusal(
            "InvalidParameterException",
            "Unable to update "
                + member
                + " on services with a CODE_DEPLOY deployment controller.");
      }
    }
    if (input.path("forceNewDeployment").asBoolean()) {
      throw new Refusal(
          "InvalidParameterException",
          "Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. Use"
              + " AWS CodeDeploy to trigger a new deployment.");
    }
  }

  private ObjectNode delete(ObjectNode input) {
    EcsService service = requireActive(input);
    if (service.desiredCount > 0 && !input.path("force").asBoolean()) {
      throw new Refusal(
          "InvalidParameterException", "The service cannot be stopped while it is scaled above 0.");
    }
    scheduler.delete(service);
    return answer(service, false);
  }
}
