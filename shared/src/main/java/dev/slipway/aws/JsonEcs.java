package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.Json;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Staging;
import dev.slipway.verdict.Staging.Setting;
import dev.slipway.verdict.Staging.Traffic;
import dev.slipway.verdict.StoppedTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/** Amazon ECS over {@link AwsApi}. Names that are new to us are passed on as they are. */
public final class JsonEcs implements Ecs {

  /** DescribeServices takes ten. */
  private static final int SERVICES_A_CALL = 10;

  /** ListTasks, DescribeTasks and ListServiceDeployments take a hundred. */
  private static final int A_HUNDRED = 100;

  /** Of tasks: the failures of the largest service that has to be judged are found among these. */
  private static final int MOST_PAGES = 10;

  private static final String PRODUCTION = "requestedProductionTrafficWeight";
  private static final String TEST = "requestedTestTrafficWeight";

  /**
   * What a step's bake is if the service does not set it.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html">LinearConfiguration</a>
   */
  private static final Duration LINEAR_STEP_BAKE = Duration.ofMinutes(6);

  /**
   * Likewise for a canary.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CanaryConfiguration.html">CanaryConfiguration</a>
   */
  private static final Duration CANARY_BAKE = Duration.ofMinutes(10);

  private final AwsApi aws;

  public JsonEcs(AwsApi aws) {
    this.aws = aws;
  }

  @Override
  public List<ServiceView> services(List<ServiceRef> services) {
    Map<String, List<ServiceRef>> byCluster = new LinkedHashMap<>();
    services.forEach(service ->
        byCluster.computeIfAbsent(service.clusterArn(), _ -> new ArrayList<>()).add(service));
    Map<ServiceRef, ServiceView> found = new LinkedHashMap<>();
    byCluster.forEach((cluster, members) -> {
      for (int i = 0; i < members.size(); i += SERVICES_A_CALL) {
        List<ServiceRef> some = members.subList(i, Math.min(i + SERVICES_A_CALL, members.size()));
        describe(cluster, some).forEach(view -> found.put(view.ref(), view));
      }
    });
    return services.stream().distinct().filter(found::containsKey).map(found::get).toList();
  }

  private List<ServiceView> describe(String cluster, List<ServiceRef> services) {
    ObjectNode input = Json.object().put("cluster", cluster);
    input.set("services", Json.array(services.stream().map(ServiceRef::arn).toList()));
    input.set("include", Json.array(List.of("TAGS")));
    try {
      List<ServiceView> views = new ArrayList<>();
      for (JsonNode node : aws.call(AwsService.ECS, "DescribeServices", input).path("services")) {
        views.add(view(node));
      }
      return views;
    } catch (AwsException e) {
      if (e.is("ClusterNotFoundException")) {
        return List.of();
      }
      throw e;
    }
  }

  static ServiceView view(JsonNode node) {
    JsonNode configuration = node.path("deploymentConfiguration");
    JsonNode breaker = configuration.path("deploymentCircuitBreaker");
    JsonNode alarms = configuration.path("alarms");
    String controller = or(Json.text(node.path("deploymentController"), "type"), "ECS");
    List<ServiceView.EcsDeployment> deployments = new ArrayList<>();
    for (JsonNode deployment : node.path("deployments")) {
      deployments.add(deployment(deployment, node));
    }
    List<ServiceView.TaskSet> taskSets = new ArrayList<>();
    if (controller.equals("CODE_DEPLOY")) {
      for (JsonNode set : node.path("taskSets")) {
        taskSets.add(taskSet(set, node));
        deployments.add(deploymentOf(set));
      }
    }
    List<ServiceView.Event> events = new ArrayList<>();
    for (JsonNode event : node.path("events")) {
      events.add(
          new ServiceView.Event(Json.instant(event, "createdAt"), Json.text(event, "message")));
    }
    return new ServiceView(
        ServiceRef.parse(Json.text(node, "serviceArn")),
        Json.text(node, "status"),
        controller,
        or(Json.text(configuration, "strategy"), "ROLLING"),
        // What the service was created with stays there for some, while CodeDeploy moves on.
        taskSets.stream()
            .filter(ServiceView.TaskSet::primary)
            .map(ServiceView.TaskSet::taskDefinition)
            .findFirst()
            .orElse(Json.text(node, "taskDefinition")),
        node.path("desiredCount").asInt(),
        node.path("runningCount").asInt(),
        node.path("pendingCount").asInt(),
        new ServiceView.CircuitBreaker(
            breaker.path("enable").asBoolean(), breaker.path("rollback").asBoolean()),
        alarms.path("enable").asBoolean() ? texts(alarms.path("alarmNames")) : List.of(),
        Json.text(node, "currentServiceDeployment"),
        deployments,
        events,
        tags(node.path("tags")),
        taskSets,
        targets(node));
  }

  /** A blue/green service has a second target group, which its task sets or an ARN beside name. */
  private static Map<String, String> targets(JsonNode service) {
    Map<String, String> targets = new TreeMap<>();
    targets(service.path("loadBalancers"), targets);
    service.path("taskSets").forEach(set -> targets(set.path("loadBalancers"), targets));
    return targets;
  }

  private static void targets(JsonNode loadBalancers, Map<String, String> targets) {
    for (JsonNode each : loadBalancers) {
      String container = Json.text(each, "containerName");
      String other = Json.text(each.path("advancedConfiguration"), "alternateTargetGroupArn");
      // A Classic Load Balancer has a name and no target groups.
      for (String asks :
          List.of(Json.text(each, "targetGroupArn"), other, Json.text(each, "loadBalancerName"))) {
        if (!asks.isEmpty() && !container.isEmpty()) {
          targets.put(asks, container);
        }
      }
    }
  }

  /** What a task set does not say itself, it has from its service. */
  private static ServiceView.TaskSet taskSet(JsonNode set, JsonNode service) {
    JsonNode target = set.path("loadBalancers").path(0);
    if (target.isMissingNode()) {
      target = service.path("loadBalancers").path(0);
    }
    JsonNode strategy = set.path("capacityProviderStrategy");
    if (strategy.isEmpty() && !set.has("launchType")) {
      strategy = service.path("capacityProviderStrategy");
    }
    List<ServiceView.Capacity> capacity = new ArrayList<>();
    for (JsonNode item : strategy) {
      capacity.add(
          new ServiceView.Capacity(
              Json.text(item, "capacityProvider"),
              item.path("base").asInt(),
              item.path("weight").asInt()));
    }
    return new ServiceView.TaskSet(
        Json.text(set, "id"),
        Json.text(set, "externalId"),
        Json.text(set, "status"),
        Json.text(set, "taskDefinition"),
        Json.text(target, "containerName"),
        target.path("containerPort").asInt(),
        or(Json.text(set, "platformVersion"), Json.text(service, "platformVersion")),
        capacity);
  }

  /** A task set in the words of a deployment: it is complete when it is steady. */
  private static ServiceView.EcsDeployment deploymentOf(JsonNode set) {
    boolean steady = Json.text(set, "stabilityStatus").equals("STEADY_STATE");
    return new ServiceView.EcsDeployment(
        Json.text(set, "id"),
        Json.text(set, "status"),
        Json.text(set, "taskDefinition"),
        set.path("computedDesiredCount").asInt(),
        set.path("runningCount").asInt(),
        set.path("pendingCount").asInt(),
        0,
        steady ? "COMPLETED" : "IN_PROGRESS",
        "",
        Json.instant(set, "createdAt"),
        Json.instant(set, "updatedAt"));
  }

  /**
   * ECS gives no rollout state behind a Classic Load Balancer. What decides there is what people
   * look at: one deployment, and as many tasks as are wanted.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html">rolloutState</a>
   */
  private static String counted(JsonNode deployment, JsonNode service) {
    if (!Json.text(deployment, "status").equals("PRIMARY")) {
      return "";
    }
    boolean alone = service.path("deployments").size() == 1;
    boolean complete =
        deployment.path("pendingCount").asInt() == 0
            && deployment.path("runningCount").asInt() >= deployment.path("desiredCount").asInt();
    return alone && complete ? "COMPLETED" : "IN_PROGRESS";
  }

  private static ServiceView.EcsDeployment deployment(JsonNode node, JsonNode service) {
    return new ServiceView.EcsDeployment(
        Json.text(node, "id"),
        Json.text(node, "status"),
        Json.text(node, "taskDefinition"),
        node.path("desiredCount").asInt(),
        node.path("runningCount").asInt(),
        node.path("pendingCount").asInt(),
        node.path("failedTasks").asInt(),
        or(Json.text(node, "rolloutState"), counted(node, service)),
        Json.text(node, "rolloutStateReason"),
        Json.instant(node, "createdAt"),
        Json.instant(node, "updatedAt"));
  }

  @Override
  public TaskDefinitionDocument taskDefinition(String arnOrFamily) {
    ObjectNode input = Json.object().put("taskDefinition", arnOrFamily);
    input.set("include", Json.array(List.of("TAGS")));
    ObjectNode answer = aws.call(AwsService.ECS, "DescribeTaskDefinition", input);
    if (!(answer.get("taskDefinition") instanceof ObjectNode document)) {
      throw unreadable("DescribeTaskDefinition", "taskDefinition");
    }
    return new TaskDefinitionDocument(document, tags(answer.path("tags")));
  }

  @Override
  public String register(ObjectNode input) {
    ObjectNode answer = aws.call(AwsService.ECS, "RegisterTaskDefinition", input);
    String arn = Json.text(answer.path("taskDefinition"), "taskDefinitionArn");
    if (arn.isEmpty()) {
      throw unreadable("RegisterTaskDefinition", "taskDefinition.taskDefinitionArn");
    }
    return arn;
  }

  @Override
  public List<String> newestRevisions(String family, int limit) {
    ObjectNode input =
        Json.object()
            .put("familyPrefix", family)
            .put("status", "ACTIVE")
            .put("sort", "DESC")
            .put("maxResults", Math.min(limit, A_HUNDRED));
    return texts(aws.call(AwsService.ECS, "ListTaskDefinitions", input).path("taskDefinitionArns"))
        .stream()
        .filter(arn -> arn.contains(":task-definition/" + family + ":"))
        .limit(limit)
        .toList();
  }

  @Override
  public void deregister(String taskDefinitionArn) {
    aws.call(
        AwsService.ECS,
        "DeregisterTaskDefinition",
        Json.object().put("taskDefinition", taskDefinitionArn));
  }

  @Override
  public ServiceView update(ServiceRef service, String taskDefinitionArn) {
    ObjectNode answer =
        aws.call(
            AwsService.ECS,
            "UpdateService",
            Json.object()
                .put("cluster", service.clusterArn())
                .put("service", service.name())
                .put("taskDefinition", taskDefinitionArn));
    if (!answer.path("service").isObject()) {
      throw unreadable("UpdateService", "service");
    }
    return view(answer.path("service"));
  }

  @Override
  public Optional<ServiceDeployment> serviceDeployment(String arn) {
    ObjectNode input = Json.object();
    input.set("serviceDeploymentArns", Json.array(List.of(arn)));
    try {
      JsonNode found =
          aws.call(AwsService.ECS, "DescribeServiceDeployments", input).path("serviceDeployments");
      return found.isEmpty() ? Optional.empty() : Optional.of(serviceDeployment(found.get(0)));
    } catch (AwsException e) {
      return noneIf(e, "ServiceDeploymentNotFoundException");
    }
  }

  private static ServiceDeployment serviceDeployment(JsonNode node) {
    return new ServiceDeployment(
        Json.text(node, "serviceDeploymentArn"),
        Json.text(node, "status"),
        Json.text(node, "statusReason"),
        or(
            Json.text(node.path("targetServiceRevision"), "arn"),
            Json.text(node, "targetServiceRevisionArn")),
        Json.text(node, "lifecycleStage"),
        Json.text(node.path("rollback"), "serviceRevisionArn"),
        Json.text(node.path("rollback"), "reason"),
        Json.instant(node.path("rollback"), "startedAt"),
        Json.text(node.path("deploymentCircuitBreaker"), "status"),
        Json.text(node.path("alarms"), "status"),
        texts(node.path("alarms").path("triggeredAlarmNames")),
        staging(node),
        Json.instant(node, "createdAt"),
        Json.instant(node, "finishedAt"));
  }

  private static Staging staging(JsonNode node) {
    JsonNode configuration = node.path("deploymentConfiguration");
    String strategy = Json.text(configuration, "strategy");
    Optional<Duration> stepBake =
        switch (strategy) {
          case "LINEAR" ->
              minutes(
                  configuration.path("linearConfiguration"),
                  "stepBakeTimeInMinutes",
                  LINEAR_STEP_BAKE);
          case "CANARY" ->
              minutes(
                  configuration.path("canaryConfiguration"),
                  "canaryBakeTimeInMinutes",
                  CANARY_BAKE);
          default -> Optional.empty();
        };
    List<JsonNode> sources = new ArrayList<>();
    node.path("sourceServiceRevisions").forEach(sources::add);
    List<Hook> hooks = new ArrayList<>();
    node.path("lifecycleHookDetails").forEach(each -> hooks.add(hook(each)));
    List<Setting> settings = new ArrayList<>();
    configuration.path("lifecycleHooks").forEach(each -> settings.add(setting(each)));
    return new Staging(
        strategy,
        minutes(configuration, "bakeTimeInMinutes", null),
        stepBake,
        new Traffic(weight(sources, PRODUCTION), weight(sources, TEST)),
        new Traffic(
            weight(List.of(node.path("targetServiceRevision")), PRODUCTION),
            weight(List.of(node.path("targetServiceRevision")), TEST)),
        hooks,
        settings);
  }

  /** A function, and going back when it has not ended in time, is what ECS takes if not told. */
  private static Setting setting(JsonNode hook) {
    return new Setting(
        Hook.Type.of(or(Json.text(hook, "targetType"), "AWS_LAMBDA")),
        Json.text(hook, "hookTargetArn"),
        Set.copyOf(texts(hook.path("lifecycleStages"))),
        Hook.TimeoutAction.of(
            or(Json.text(hook.path("timeoutConfiguration"), "action"), "ROLLBACK")));
  }

  private static Optional<Duration> minutes(JsonNode node, String field, Duration otherwise) {
    return node.path(field).isNumber()
        ? Optional.of(Duration.ofMinutes(node.path(field).asLong()))
        : Optional.ofNullable(otherwise);
  }

  /** Together; empty if none of them has one. */
  private static OptionalDouble weight(List<JsonNode> revisions, String field) {
    List<JsonNode> weights =
        revisions.stream().map(each -> each.path(field)).filter(JsonNode::isNumber).toList();
    return weights.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(weights.stream().mapToDouble(JsonNode::asDouble).sum());
  }

  private static Hook hook(JsonNode node) {
    return new Hook(
        Json.text(node, "hookId"),
        Hook.Type.of(Json.text(node, "targetType")),
        Json.text(node, "targetArn"),
        "",
        Hook.State.of(Json.text(node, "status")),
        Json.instant(node, "expiresAt"),
        Hook.TimeoutAction.of(Json.text(node, "timeoutAction")),
        null);
  }

  @Override
  public List<ServiceDeployment> serviceDeployments(ServiceRef service, Instant since) {
    ObjectNode input =
        Json.object()
            .put("cluster", service.clusterArn())
            .put("service", service.name())
            .put("maxResults", A_HUNDRED);
    input.putObject("createdAt").put("after", since.getEpochSecond());
    List<ServiceDeployment> found = new ArrayList<>();
    String next;
    do {
      ObjectNode answer = aws.call(AwsService.ECS, "ListServiceDeployments", input);
      answer.path("serviceDeployments").forEach(node -> found.add(serviceDeployment(node)));
      next = Json.text(answer, "nextToken");
      input.put("nextToken", next);
    } while (!next.isEmpty());
    found.sort(
        Comparator.comparing(
                ServiceDeployment::createdAt, Comparator.nullsFirst(Comparator.naturalOrder()))
            .reversed());
    return found;
  }

  @Override
  public Optional<ServiceRevision> serviceRevision(String arn) {
    ObjectNode input = Json.object();
    input.set("serviceRevisionArns", Json.array(List.of(arn)));
    JsonNode found;
    try {
      found = aws.call(AwsService.ECS, "DescribeServiceRevisions", input).path("serviceRevisions");
    } catch (AwsException e) {
      return noneIf(e, "ServiceRevisionNotFoundException");
    }
    if (found.isEmpty()) {
      return Optional.empty();
    }
    JsonNode revision = found.get(0);
    Map<String, String> digests = new TreeMap<>();
    for (JsonNode image : revision.path("containerImages")) {
      putDigest(digests, Json.text(image, "containerName"), Json.text(image, "imageDigest"));
    }
    return Optional.of(
        new ServiceRevision(
            Json.text(revision, "serviceRevisionArn"),
            Json.text(revision, "taskDefinition"),
            digests));
  }

  @Override
  public void stopAndRollBack(String serviceDeploymentArn) {
    aws.call(
        AwsService.ECS,
        "StopServiceDeployment",
        Json.object()
            .put("serviceDeploymentArn", serviceDeploymentArn)
            .put("stopType", "ROLLBACK"));
  }

  @Override
  public List<RunningTask> runningTasks(ServiceRef service) {
    List<RunningTask> running = new ArrayList<>();
    for (JsonNode task : tasks(service, "RUNNING")) {
      Map<String, String> digests = new TreeMap<>();
      for (JsonNode container : task.path("containers")) {
        putDigest(digests, Json.text(container, "name"), Json.text(container, "imageDigest"));
      }
      running.add(
          new RunningTask(
              Json.text(task, "taskArn"),
              Json.text(task, "taskDefinitionArn"),
              Json.text(task, "startedBy"),
              Json.text(task, "lastStatus"),
              Json.text(task, "healthStatus"),
              Json.instant(task, "startedAt"),
              digests));
    }
    return running;
  }

  @Override
  public List<StoppedTask> stoppedTasks(ServiceRef service) {
    return tasks(service, "STOPPED").stream().map(StoppedTasks::fromTask).toList();
  }

  private List<JsonNode> tasks(ServiceRef service, String desiredStatus) {
    ObjectNode list =
        Json.object()
            .put("cluster", service.clusterArn())
            .put("serviceName", service.name())
            .put("desiredStatus", desiredStatus)
            .put("maxResults", A_HUNDRED);
    List<JsonNode> tasks = new ArrayList<>();
    String next;
    int pages = 0;
    do {
      ObjectNode answer = aws.call(AwsService.ECS, "ListTasks", list);
      if (!answer.path("taskArns").isEmpty()) {
        ObjectNode describe = Json.object().put("cluster", service.clusterArn());
        describe.set("tasks", answer.path("taskArns"));
        aws.call(AwsService.ECS, "DescribeTasks", describe).path("tasks").forEach(tasks::add);
      }
      next = Json.text(answer, "nextToken");
      list.put("nextToken", next);
    } while (!next.isEmpty() && ++pages < MOST_PAGES);
    return tasks;
  }

  private static void putDigest(Map<String, String> digests, String container, String digest) {
    if (!container.isEmpty() && !digest.isEmpty()) {
      digests.put(container, digest);
    }
  }

  private static Map<String, String> tags(JsonNode list) {
    Map<String, String> tags = new TreeMap<>();
    for (JsonNode tag : list) {
      tags.put(Json.text(tag, "key"), Json.text(tag, "value"));
    }
    return tags;
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(node -> texts.add(node.asText()));
    return texts;
  }

  private static String or(String text, String otherwise) {
    return text.isEmpty() ? otherwise : text;
  }

  private static <T> Optional<T> noneIf(AwsException e, String code) {
    if (e.is(code)) {
      return Optional.empty();
    }
    throw e;
  }

  private static AwsException unreadable(String operation, String field) {
    return new AwsException(
        AwsService.ECS,
        operation,
        AwsException.NO_ANSWER,
        "the answer has no " + field,
        200,
        Json.object());
  }
}
