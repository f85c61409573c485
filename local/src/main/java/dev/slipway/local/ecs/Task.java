package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.ecr.Behaviour;
import dev.slipway.local.time.AccountClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A task and its containers, as far as it has come. {@link TaskLifecycle} moves it on. */
final class Task {

  /** One container of the task. */
  static final class Container {
    final String name;
    final String arn;
    final JsonNode definition;
    final boolean essential;

    /** As DescribeTasks shows it: {@code repository:tag@digest} once the deployment is pinned. */
    final String image;

    String digest;
    String architecture;
    Behaviour behaviour = new Behaviour.Healthy();
    String runtimeId;
    String lastStatus = "PENDING";
    Integer exitCode;
    String reason;
    String health = "UNKNOWN";
    boolean passing;

    Container(String arn, JsonNode definition, String image) {
      this.arn = arn;
      this.name = definition.path("name").asText();
      this.definition = definition;
      this.essential = definition.path("essential").asBoolean(true);
      this.image = image;
    }

    boolean hasHealthCheck() {
      return definition.path("healthCheck").path("command").size() > 0;
    }
  }

  final String id;
  final String arn;
  final Cluster cluster;
  final TaskDefinition definition;
  final EcsService service;
  final Deployment deployment;
  final String startedBy;
  final String group;
  final String launchType;
  final ObjectNode overrides;
  final Instant createdAt;
  final List<Container> containers = new ArrayList<>();

  ContainerInstance instance;
  String lastStatus = "PROVISIONING";
  String desiredStatus = "RUNNING";
  long version;
  Instant updatedAt;
  Instant connectedAt;
  Instant pullStartedAt;
  Instant pullStoppedAt;
  Instant startedAt;
  Instant healthyAt;
  Instant stoppingAt;
  Instant executionStoppedAt;
  Instant stoppedAt;
  String stopCode;
  String stoppedReason;
  private final List<AccountClock.Timer> timers = new ArrayList<>();

  /**
   * @param service whose task it is, or null; then so is {@code deployment}
   */
  Task(
      String id,
      String arn,
      Cluster cluster,
      TaskDefinition definition,
      EcsService service,
      Deployment deployment,
      String startedBy,
      String group,
      String launchType,
      ObjectNode overrides,
      Instant createdAt) {
    this.id = id;
    this.arn = arn;
    this.cluster = cluster;
    this.definition = definition;
    this.service = service;
    this.deployment = deployment;
    this.startedBy = startedBy;
    this.group = group;
    this.launchType = launchType;
    this.overrides = overrides;
    this.createdAt = createdAt;
    this.updatedAt = createdAt;
  }

  boolean fargate() {
    return launchType.equals("FARGATE");
  }

  boolean running() {
    return lastStatus.equals("RUNNING");
  }

  boolean pending() {
    return lastStatus.equals("PROVISIONING")
        || lastStatus.equals("PENDING")
        || lastStatus.equals("ACTIVATING");
  }

  boolean stopped() {
    return lastStatus.equals("STOPPED");
  }

  /** Meant to run: nobody has asked it to stop, and nothing in it has ended it. */
  boolean wanted() {
    return desiredStatus.equals("RUNNING");
  }

  boolean healthy() {
    return wanted() && healthyAt != null;
  }

  /** Whether the service's load balancer sends its requests to this container. */
  boolean isTarget(Container container) {
    return targetGroup(container) != null;
  }

  String targetGroup(Container container) {
    if (service != null) {
      for (JsonNode balancer : deployment.revision.settings.path("loadBalancers")) {
        if (balancer.path("containerName").asText().equals(container.name)) {
          return balancer.path("targetGroupArn").asText();
        }
      }
    }
    return null;
  }

  boolean isTarget() {
    return containers.stream().anyMatch(this::isTarget);
  }

  /** Whether anybody looks at this container's health. */
  boolean checked(Container container) {
    return container.hasHealthCheck() || isTarget(container);
  }

  boolean checked() {
    return containers.stream().anyMatch(this::checked);
  }

  String health() {
    List<String> known =
        containers.stream()
            .filter(Container::hasHealthCheck)
            .map(container -> container.health)
            .toList();
    if (known.isEmpty() || known.contains("UNKNOWN")) {
      return known.contains("UNHEALTHY") ? "UNHEALTHY" : "UNKNOWN";
    }
    return known.contains("UNHEALTHY") ? "UNHEALTHY" : "HEALTHY";
  }

  /** Remembers what will happen to this task, so that its end can cancel it. */
  void expect(AccountClock.Timer timer) {
    timers.add(timer);
  }

  void forgetWhatWasExpected() {
    timers.forEach(AccountClock.Timer::cancel);
    timers.clear();
  }
}
