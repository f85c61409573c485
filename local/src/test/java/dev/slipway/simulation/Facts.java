package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.runtime.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the simulated AWS really knows of the service's deployments, whatever Slipway makes of them:
 * ECS's service deployments, or CodeDeploy's deployments.
 */
final class Facts {

  /** How far a deployment really is. */
  enum State {
    /** Nothing is known: it was never started, or the service was deleted since. */
    UNKNOWN,
    UNDER_WAY,
    /** What deploys it takes it back. */
    GOING_BACK,
    SUCCEEDED,
    /** It has ended without success, and is not taken back. */
    ENDED,
    WENT_BACK,
    /** What took it back has failed. */
    BACK_FAILED;

    /** Whether more will come of it. */
    boolean open() {
      return switch (this) {
        case UNDER_WAY, GOING_BACK -> true;
        case UNKNOWN, SUCCEEDED, ENDED, WENT_BACK, BACK_FAILED -> false;
      };
    }

    /** Whether what deploys it takes it back, has done so, or has tried. */
    boolean takenBack() {
      return switch (this) {
        case GOING_BACK, WENT_BACK, BACK_FAILED -> true;
        case UNKNOWN, UNDER_WAY, SUCCEEDED, ENDED -> false;
      };
    }
  }

  /**
   * A deployment as AWS knows it.
   *
   * @param id ARN of a service deployment, or {@code d-...}; empty if there is none
   * @param status in AWS's word, for people
   * @param taskDefinition what it moves the service to; CodeDeploy does not always repeat it
   * @param at when it was begun; null if there is none
   * @param waits whether the time that passes is AWS's own: a bake, a pause, a function, a person
   * @param hookFailed whether a hook failed it, or a pause was not answered with CONTINUE
   * @param outOfTime whether AWS says itself that it took too long
   * @param breaker whether ECS's circuit breaker opened
   * @param counts whether ECS's circuit breaker counts the tasks that fail
   */
  record Fact(
      String id,
      State state,
      String status,
      String taskDefinition,
      Instant at,
      boolean waits,
      boolean hookFailed,
      boolean outOfTime,
      boolean breaker,
      boolean counts) {
    static final Fact NONE =
        new Fact("", State.UNKNOWN, "", "", null, false, false, false, false, false);
  }

  /** How Slipway's deployments are known in CodeDeploy. */
  private static final Pattern OURS =
      Pattern.compile("Slipway prod/web#(\\d+)(:.*)?", Pattern.DOTALL);

  private final OneProcess world;

  Facts(OneProcess world) {
    this.world = world;
  }

  /** Of what was started for a deployment of the ledger. */
  Fact of(Deployment deployment) {
    return deployment
        .rollout()
        .codeDeployId()
        .map(id -> of(codeDeployment(id)))
        .orElseGet(() -> serviceDeployment(deployment.rollout().serviceDeploymentArn()));
  }

  // ---- ECS

  /** Nothing if there is none, or the service was deleted since. */
  private Fact serviceDeployment(String arn) {
    if (arn.isEmpty()) {
      return Fact.NONE;
    }
    JsonNode found = describe(arn);
    String status = found.path("status").asText();
    String words = found.at("/rollback/reason").asText() + found.path("statusReason").asText();
    return new Fact(
        arn,
        state(status),
        status,
        revision(found.at("/targetServiceRevision/arn").asText()),
        at(found.path("createdAt")),
        status.equals("IN_PROGRESS") && waits(found),
        words.contains("lifecycle hook(s) failed"),
        false,
        found.at("/deploymentCircuitBreaker/status").asText().equals("TRIGGERED"),
        found.at("/deploymentCircuitBreaker/status").asText().equals("MONITORING")
            && !found.path("lifecycleStage").asText().equals("BAKE_TIME"));
  }

  private static Instant at(JsonNode seconds) {
    return Instant.ofEpochMilli(Math.round(seconds.asDouble() * 1000));
  }

  private JsonNode describe(String arn) {
    return world
        .ecs("DescribeServiceDeployments", "{'serviceDeploymentArns': ['" + arn + "']}")
        .at("/serviceDeployments/0");
  }

  private String revision(String serviceRevision) {
    return serviceRevision.isEmpty()
        ? ""
        : world
            .ecs("DescribeServiceRevisions", "{'serviceRevisionArns': ['" + serviceRevision + "']}")
            .at("/serviceRevisions/0/taskDefinition")
            .asText();
  }

  private static State state(String status) {
    return switch (status) {
      case "" -> State.UNKNOWN;
      case "PENDING", "IN_PROGRESS" -> State.UNDER_WAY;
      case "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS" -> State.GOING_BACK;
      case "SUCCESSFUL" -> State.SUCCEEDED;
      case "STOP_REQUESTED", "STOPPED" -> State.ENDED;
      case "ROLLBACK_SUCCESSFUL" -> State.WENT_BACK;
      case "ROLLBACK_FAILED" -> State.BACK_FAILED;
      default -> throw new IllegalStateException(status);
    };
  }

  private boolean waits(JsonNode deployment) {
    double share =
        deployment.at("/targetServiceRevision/requestedProductionTrafficWeight").asDouble(0);
    return awaited(deployment).isPresent()
        || (deployment.path("lifecycleStage").asText().equals("BAKE_TIME") && allTasksRun())
        || (share > 0 && share < 100 && allTasksRun());
  }

  /** A bake or a step that has lost tasks is no time that ECS takes, but a standstill. */
  private boolean allTasksRun() {
    JsonNode primary = world.service().at("/deployments/0");
    return primary.path("runningCount").asInt() >= primary.path("desiredCount").asInt();
  }

  private static Optional<JsonNode> awaited(JsonNode deployment) {
    for (JsonNode hook : deployment.path("lifecycleHookDetails")) {
      String status = hook.path("status").asText();
      if (status.equals("AWAITING_ACTION") || status.equals("IN_PROGRESS")) {
        return Optional.of(hook);
      }
    }
    return Optional.empty();
  }

  /** Hook that a service deployment waits for: its id; empty if it waits for no person. */
  Optional<String> pause(String arn) {
    return arn.isEmpty()
        ? Optional.empty()
        : awaited(describe(arn))
            .filter(hook -> hook.path("status").asText().equals("AWAITING_ACTION"))
            .map(hook -> hook.path("hookId").asText());
  }

  /** The newest service deployment, whoever began it. */
  Fact newestInEcs() {
    return serviceDeployment(
        world
            .ecs("ListServiceDeployments", "{'cluster': 'prod', 'service': 'web'}")
            .at("/serviceDeployments/0/serviceDeploymentArn")
            .asText());
  }

  /** The deployment that a revision was registered for, {@code prod/web/2}; empty if for none. */
  String registeredFor(String taskDefinition) {
    JsonNode described =
        world.ecs(
            "DescribeTaskDefinition",
            "{'taskDefinition': '" + taskDefinition + "', 'include': ['TAGS']}");
    for (JsonNode tag : described.path("tags")) {
      if (tag.path("key").asText().equals("slipway.deployment")) {
        return tag.path("value").asText();
      }
    }
    return "";
  }

  // ---- CodeDeploy

  private JsonNode codeDeploy(String operation, String input) {
    return world.account.call(AwsService.CODEDEPLOY, operation, json(input));
  }

  JsonNode codeDeployment(String id) {
    return codeDeploy("GetDeployment", "{'deploymentId': '" + id + "'}").path("deploymentInfo");
  }

  /** Whether CodeDeploy stopped it for an alarm before it had made a task set. */
  boolean stoppedBeforeItRan(Deployment deployment) {
    return deployment
        .rollout()
        .codeDeployId()
        .filter(
            id -> codeDeployment(id).at("/errorInformation/code").asText().equals("ALARM_ACTIVE"))
        .filter(id ->
            codeDeploy(
                    "GetDeploymentTarget", "{'deploymentId': '" + id + "', 'targetId': 'prod:web'}")
                .at("/deploymentTarget/ecsTarget/lifecycleEvents")
                .valueStream()
                .noneMatch(event -> event.path("lifecycleEventName").asText().equals("Install")))
        .isPresent();
  }

  /** Whether somebody called StopDeployment. */
  boolean stoppedOnRequest(Fact which) {
    return codeDeployment(which.id()).at("/errorInformation/code").asText().equals("MANUAL_STOP");
  }

  /** All that were begun, the newest first; none where CodeDeploy does not deploy. */
  List<JsonNode> codeDeployments() {
    List<JsonNode> all = new ArrayList<>();
    codeDeploy("ListDeployments", "{}")
        .path("deployments")
        .forEach(id -> all.add(codeDeployment(id.asText())));
    return all;
  }

  /** The sequence of our deployment; 0 for somebody else's. */
  static long ours(JsonNode codeDeployment) {
    Matcher matcher = OURS.matcher(codeDeployment.path("description").asText());
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
  }

  static boolean underWay(JsonNode codeDeployment) {
    return switch (codeDeployment.path("status").asText()) {
      case "Succeeded", "Failed", "Stopped" -> false;
      default -> true;
    };
  }

  static String taskDefinition(String appSpec) {
    return Json.read(appSpec).at("/Resources/0/TargetService/Properties/TaskDefinition").asText();
  }

  Fact of(JsonNode codeDeployment) {
    String error = codeDeployment.at("/errorInformation/code").asText();
    String status = codeDeployment.path("status").asText();
    return new Fact(
        codeDeployment.path("deploymentId").asText(),
        stateOf(codeDeployment),
        status,
        "",
        at(codeDeployment.path("createTime")),
        status.equals("Ready"),
        error.equals("HOOK_EXECUTION_FAILURE"),
        error.equals("TIMEOUT"),
        false,
        false);
  }

  private State stateOf(JsonNode codeDeployment) {
    if (underWay(codeDeployment)) {
      return State.UNDER_WAY;
    }
    if (codeDeployment.path("status").asText().equals("Succeeded")) {
      return State.SUCCEEDED;
    }
    String rollback = codeDeployment.at("/rollbackInfo/rollbackDeploymentId").asText();
    if (rollback.isEmpty()) {
      return State.ENDED;
    }
    JsonNode back = codeDeployment(rollback);
    return underWay(back)
        ? State.GOING_BACK
        : back.path("status").asText().equals("Succeeded") ? State.WENT_BACK : State.BACK_FAILED;
  }
}
