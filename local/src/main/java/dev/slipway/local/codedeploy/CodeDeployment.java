package dev.slipway.local.codedeploy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Json;
import dev.slipway.local.time.AccountClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One deployment of CodeDeploy: {@code d-...}. */
final class CodeDeployment {

  /** CodeDeploy's {@code DeploymentStatus}, as far as it comes here. */
  enum Status {
    CREATED("Created"),
    IN_PROGRESS("InProgress"),
    READY("Ready"),
    SUCCEEDED("Succeeded"),
    FAILED("Failed"),
    STOPPED("Stopped");

    private final String shown;

    Status(String shown) {
      this.shown = shown;
    }

    boolean ended() {
      return switch (this) {
        case SUCCEEDED, FAILED, STOPPED -> true;
        case CREATED, IN_PROGRESS, READY -> false;
      };
    }
  }

  /** What it waits for. */
  enum Phase {
    HEALTHY_TASKS,
    SOMEBODY,
    TRAFFIC,
    TERMINATION,
    OLD_TASKS_GONE
  }

  /** Shares of traffic, in percent, and the time between two of them. */
  record Shifting(List<Integer> shares, Duration between) {

    /**
     * @throws IllegalArgumentException for a configuration that is not one of AWS's own for ECS
     */
    static Shifting of(String config) {
      return switch (config) {
        case "CodeDeployDefault.ECSAllAtOnce" -> new Shifting(List.of(100), Duration.ZERO);
        case "CodeDeployDefault.ECSCanary10Percent5Minutes" ->
            new Shifting(List.of(10, 100), Duration.ofMinutes(5));
        case "CodeDeployDefault.ECSCanary10Percent15Minutes" ->
            new Shifting(List.of(10, 100), Duration.ofMinutes(15));
        case "CodeDeployDefault.ECSLinear10PercentEvery1Minutes" ->
            new Shifting(tenths(), Duration.ofMinutes(1));
        case "CodeDeployDefault.ECSLinear10PercentEvery3Minutes" ->
            new Shifting(tenths(), Duration.ofMinutes(3));
        default -> throw new IllegalArgumentException(config);
      };
    }

    private static List<Integer> tenths() {
      List<Integer> shares = new ArrayList<>();
      for (int share = 10; share <= 100; share += 10) {
        shares.add(share);
      }
      return shares;
    }
  }

  final String id;
  final Group group;
  final String serviceArn;
  final String creator;
  final String description;
  final Revision revision;
  final String taskDefinition;
  final Shifting shifting;
  final String config;
  final Instant createdAt;

  Status status = Status.CREATED;
  Phase phase = Phase.HEALTHY_TASKS;
  Instant startedAt;
  Instant completedAt;
  String errorCode;
  String errorMessage;
  String green;
  String blue;
  int step = -1;

  /** The lifecycle events so far, in order, and what came of each. */
  final Map<String, String> events = new LinkedHashMap<>();

  /** The words of the hook that failed. */
  String hookWords;

  AccountClock.Timer timer;

  /** An alarm among them stops it: the group's, if it brought none of its own. */
  List<String> alarms;

  /** The alarms that it brought along, as CreateDeployment was given them, or null. */
  ObjectNode ownAlarms;

  /** The deployment that takes this one back, or null. */
  CodeDeployment rollback;

  /** The deployment that this one takes back, or null. */
  CodeDeployment triggeredBy;

  CodeDeployment(
      String id,
      Group group,
      String serviceArn,
      String creator,
      String description,
      Revision revision,
      String config,
      Instant createdAt) {
    this.id = id;
    this.group = group;
    this.serviceArn = serviceArn;
    this.creator = creator;
    this.description = description;
    this.revision = revision;
    this.taskDefinition = revision.taskDefinition();
    this.config = config;
    this.shifting = Shifting.of(config);
    this.createdAt = createdAt;
    this.alarms = group.alarms();
  }

  /** The function that the AppSpec names for this lifecycle event; null if none. */
  String hook(String event) {
    return revision.hook(event);
  }

  /** The service as the one target of the deployment. */
  ObjectNode target() {
    ObjectNode target = Json.object().put("deploymentTargetType", "ECSTarget");
    ObjectNode ecs =
        target
            .putObject("ecsTarget")
            .put("deploymentId", id)
            .put("targetId", group.cluster + ":" + group.service)
            .put("targetArn", serviceArn)
            .put("status", status.ended() ? status.shown : "InProgress");
    ArrayNode list = ecs.putArray("lifecycleEvents");
    events.forEach((event, outcome) -> {
      ObjectNode each = list.addObject().put("lifecycleEventName", event).put("status", outcome);
      if (outcome.equals("Failed") && hookWords != null) {
        each.putObject("diagnostics").put("errorCode", "ScriptFailed").put("message", hookWords);
      }
    });
    return target;
  }

  ObjectNode describe() {
    ObjectNode node =
        Json.object()
            .put("applicationName", group.application)
            .put("deploymentGroupName", group.name)
            .put("deploymentConfigName", config)
            .put("deploymentId", id)
            .put("status", status.shown)
            .put("creator", creator)
            .put("computePlatform", "ECS");
    node.set("revision", revision.shown());
    node.set("createTime", Json.seconds(createdAt));
    if (startedAt != null) {
      node.set("startTime", Json.seconds(startedAt));
    }
    if (completedAt != null) {
      node.set("completeTime", Json.seconds(completedAt));
    }
    if (description != null) {
      node.put("description", description);
    }
    if (errorCode != null) {
      node.putObject("errorInformation").put("code", errorCode).put("message", errorMessage);
    }
    if (rollback != null || triggeredBy != null) {
      ObjectNode info = node.putObject("rollbackInfo");
      if (rollback != null) {
        info.put("rollbackDeploymentId", rollback.id)
            .put("rollbackMessage", "Deployment " + rollback.id + " rolls this one back.");
      } else {
        info.put("rollbackTriggeringDeploymentId", triggeredBy.id)
            .put("rollbackMessage", "Deployment " + triggeredBy.id + " is rolled back.");
      }
    }
    if (ownAlarms != null) {
      node.set("overrideAlarmConfiguration", ownAlarms.deepCopy());
    }
    node.set(
        "autoRollbackConfiguration",
        group.document.path("autoRollbackConfiguration").isObject()
            ? group.document.path("autoRollbackConfiguration").deepCopy()
            : Json.object().put("enabled", false));
    node.putObject("deploymentStyle")
        .put("deploymentType", "BLUE_GREEN")
        .put("deploymentOption", "WITH_TRAFFIC_CONTROL");
    return node;
  }
}
