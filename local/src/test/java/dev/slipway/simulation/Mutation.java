package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.WEB;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.ServiceRef;
import dev.slipway.image.Image;
import dev.slipway.image.ImageReference;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.runtime.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Ways to be wrong, made at the seams: what the code does with the ledger, with AWS and with events
 * is changed as a mistake in it would change it. A simulation that does not notice proves nothing.
 */
enum Mutation {
  /** The code as it is. */
  NONE,
  /** Changes are written whatever the head's version: the last writer wins. */
  SKIPS_THE_CONDITION,
  /** Failed digests are not kept. */
  FORGETS_THE_QUARANTINE,
  /** Nothing is ever due: a look that was lost is never repeated. */
  FORGETS_WHAT_IS_DUE,
  /** After an unknown outcome nobody looks for the revision that was registered. */
  REGISTERS_WITHOUT_LOOKING,
  /** A service that is stable passes for a success, whichever deployment made it so. */
  TAKES_STABLE_FOR_SUCCESS,
  /**
   * An event that says COMPLETED passes for a success; ECS is not asked which deployment it was.
   */
  TRUSTS_THE_EVENTS_NAME,
  /** An event whose text says that ECS goes back passes for a verdict. */
  TRUSTS_THE_EVENTS_TEXT,
  /** The wrong deployment's id is written down. */
  FOLLOWS_ANOTHERS_ID,
  /** Does not see that ECS is going back by itself, and goes back as well. */
  STARTS_A_SECOND_ROLLBACK,
  /** Goes back to the revision as it is, although that names its image by a tag. */
  RESOLVES_THE_TAG_AGAIN,
  /** Tasks that were stopped because there are too many count as failed. */
  COUNTS_SCALING_IN,
  /** A push that has to wait is dropped. */
  FORGETS_WHAT_WAITS,
  /** What was decided about earlier pushes is not remembered: older ones go over newer ones. */
  FORGETS_WHAT_WAS_CONSIDERED,
  /** A hold holds nothing. */
  IGNORES_HOLDS,
  /** Images are written by tag. */
  DOES_NOT_PIN,
  /** The head moves on, but the deployment's own record does not say how it ended. */
  FORGETS_TO_WRITE_THE_VERDICT,
  /** What runs has no version: a lower one may go over it. */
  FORGETS_THE_RUNNING_VERSION,
  /** ECS's bake is no reason to wait longer. */
  COUNTS_A_BAKE_AS_STANDSTILL,
  /** Somebody else's deployment in ECS passes for done. */
  GOES_OVER_ANOTHERS_DEPLOYMENT,
  /** Does not know that CodeDeploy takes a deployment back by itself, and goes back as well. */
  FORGETS_CODEDEPLOYS_ROLLBACK,
  /** A deployment that waits until a person lets its traffic go passes for one that stands. */
  TAKES_READY_FOR_STANDSTILL,
  /** Lets the traffic go by itself. */
  ANSWERS_FOR_THE_PERSON,
  /** Whatever is in the way in CodeDeploy is stopped. */
  STOPS_WHAT_IS_IN_THE_WAY,
  /** Does not see that somebody has switched the service off. */
  OVERLOOKS_THE_SWITCH;

  private static final String SCALING = "Scaling activity initiated by";
  private static final String FAILED_CHECK = "Task failed container health checks";

  // ---- the ledger

  Ledger around(Ledger ledger) {
    return switch (this) {
      case SKIPS_THE_CONDITION,
          FORGETS_THE_QUARANTINE,
          FORGETS_WHAT_WAITS,
          FOLLOWS_ANOTHERS_ID,
          FORGETS_WHAT_IS_DUE,
          FORGETS_WHAT_WAS_CONSIDERED,
          IGNORES_HOLDS,
          FORGETS_TO_WRITE_THE_VERDICT,
          FORGETS_THE_RUNNING_VERSION ->
          mutated(ledger);
      case NONE,
          REGISTERS_WITHOUT_LOOKING,
          TAKES_STABLE_FOR_SUCCESS,
          TRUSTS_THE_EVENTS_NAME,
          TRUSTS_THE_EVENTS_TEXT,
          STARTS_A_SECOND_ROLLBACK,
          RESOLVES_THE_TAG_AGAIN,
          COUNTS_SCALING_IN,
          DOES_NOT_PIN,
          COUNTS_A_BAKE_AS_STANDSTILL,
          GOES_OVER_ANOTHERS_DEPLOYMENT,
          FORGETS_CODEDEPLOYS_ROLLBACK,
          TAKES_READY_FOR_STANDSTILL,
          ANSWERS_FOR_THE_PERSON,
          STOPS_WHAT_IS_IN_THE_WAY,
          OVERLOOKS_THE_SWITCH ->
          ledger;
    };
  }

  private Ledger mutated(Ledger ledger) {
    return new ForwardingLedger(ledger) {
      @Override
      public Head head(ServiceRef service) {
        return read(ledger.head(service));
      }

      @Override
      public Head write(Change change) {
        return ledger.write(written(change, ledger));
      }

      @Override
      public List<ServiceRef> due(Instant until, int limit) {
        return Mutation.this == FORGETS_WHAT_IS_DUE ? List.of() : ledger.due(until, limit);
      }

      @Override
      public Optional<Head.Hold> accountHold() {
        return Mutation.this == IGNORES_HOLDS ? Optional.empty() : ledger.accountHold();
      }
    };
  }

  private Head read(Head head) {
    return switch (this) {
      case FORGETS_WHAT_WAS_CONSIDERED -> withoutConsidered(head);
      case IGNORES_HOLDS -> head.hold(null);
      case FORGETS_THE_RUNNING_VERSION -> head.running(withoutTags(head.running()));
      default -> head;
    };
  }

  private static ImageSet withoutTags(ImageSet images) {
    Map<String, Image> untagged = new TreeMap<>();
    images
        .byContainer()
        .forEach((container, image) ->
            untagged.put(
                container, new Image(image.registry(), image.repository(), "", image.digest())));
    return new ImageSet(untagged);
  }

  private static Head withoutConsidered(Head head) {
    return new Head(
        head.service(),
        head.version(),
        head.lastSequence(),
        head.running(),
        head.lastGood(),
        head.inFlight(),
        head.waiting(),
        head.hold(),
        head.request(),
        Map.of(),
        head.due(),
        head.quarantine());
  }

  private Change written(Change change, Ledger ledger) {
    return switch (this) {
      case SKIPS_THE_CONDITION ->
          new Change(
              ledger.head(change.before().service()),
              change.after(),
              change.deployments(),
              change.quarantine(),
              change.release());
      case FORGETS_THE_QUARANTINE ->
          new Change(
              change.before(), change.after(), change.deployments(), List.of(), change.release());
      case FORGETS_TO_WRITE_THE_VERDICT ->
          new Change(
              change.before(),
              change.after(),
              change.deployments().stream()
                  .filter(deployment -> !deployment.status().ended())
                  .toList(),
              change.quarantine(),
              change.release());
      case FORGETS_WHAT_WAITS ->
          with(
              change,
              change.after().inFlight().isPresent()
                  ? change.after().waiting(Waiting.NOTHING)
                  : change.after());
      case FOLLOWS_ANOTHERS_ID ->
          with(
              change,
              change
                  .after()
                  .inFlight()
                  .map(deployment -> change.after().inFlight(mistaken(deployment)))
                  .orElse(change.after()));
      case FORGETS_THE_RUNNING_VERSION -> {
        // It is not read; what is written is as it was.
        ImageSet runs = ledger.head(change.before().service()).running();
        yield change.after().running().equals(withoutTags(runs))
            ? with(change, change.after().running(runs))
            : change;
      }
      default -> change;
    };
  }

  private static Change with(Change change, Head after) {
    return new Change(
        change.before(), after, change.deployments(), change.quarantine(), change.release());
  }

  private static Deployment mistaken(Deployment deployment) {
    Deployment.Rollout rollout = deployment.rollout();
    if (rollout.ecsDeploymentId().isEmpty()) {
      return deployment;
    }
    return deployment.with(
        rollout.toBuilder().ecsDeploymentId("ecs-svc/1").serviceDeploymentArn("").build());
  }

  // ---- events

  /** What is heard of an event, and what is done at once because of it. */
  String hears(String body, Ledger ledger, Instant now) {
    switch (this) {
      case COUNTS_SCALING_IN -> {
        return body.replace(SCALING, FAILED_CHECK);
      }
      case TRUSTS_THE_EVENTS_NAME -> {
        if (body.contains("SERVICE_DEPLOYMENT_COMPLETED")) {
          verdict(ledger, Status.SUCCEEDED, Reason.COMPLETED, now);
        }
      }
      case TRUSTS_THE_EVENTS_TEXT -> {
        if (body.contains("rolling back to deploymentId")) {
          verdict(ledger, Status.ROLLED_BACK, Reason.CIRCUIT_BREAKER, now);
        }
      }
      default -> {}
    }
    return body;
  }

  private static void verdict(Ledger ledger, Status status, Reason reason, Instant now) {
    Head head = ledger.head(WEB);
    Deployment flying =
        head.inFlight()
            .filter(deployment -> deployment.status() == Status.ROLLING_OUT)
            .filter(deployment -> !deployment.isRollback())
            .orElse(null);
    if (flying == null) {
      return;
    }
    boolean good = status == Status.SUCCEEDED;
    Head after = head.idle().due(head.waiting().isEmpty() ? null : now);
    ledger.write(
        new Change(
            head,
            good
                ? after
                    .running(flying.to())
                    .lastGood(
                        new LastGood(
                            flying.revisions().own(), flying.to(), flying.sequence(), now, true))
                : after,
            List.of(flying.as(status, reason, "", now)),
            good
                ? List.of()
                : flying.to().byContainer().values().stream()
                    .map(image ->
                        new Quarantine(
                            image.digest(), image.brief(), flying.sequence(), reason, now))
                    .toList(),
            List.of()));
  }

  // ---- AWS

  /**
   * @param truth to know what is in flight
   */
  AwsApi around(AwsApi aws, Ledger truth) {
    return switch (this) {
      case REGISTERS_WITHOUT_LOOKING ->
          answered(aws, "ListTaskDefinitions", answer -> answer.putArray("taskDefinitionArns"));
      case COUNTS_SCALING_IN ->
          answered(
              aws, "DescribeTasks", answer -> answer.path("tasks").forEach(Mutation::looksFailed));
      case STARTS_A_SECOND_ROLLBACK ->
          answered(
              aws,
              "DescribeServiceDeployments",
              answer -> answer.path("serviceDeployments").forEach(Mutation::looksStopped));
      case TAKES_STABLE_FOR_SUCCESS ->
          answered(
              answered(
                  answered(
                      aws,
                      "DescribeServices",
                      answer ->
                          answer.path("services").forEach(service -> looksOwn(service, truth))),
                  "DescribeServiceDeployments",
                  answer -> answer.putArray("serviceDeployments")),
              "ListServiceDeployments",
              answer -> answer.putArray("serviceDeployments"));
      case RESOLVES_THE_TAG_AGAIN ->
          (service, operation, input) ->
              operation.equals("RegisterTaskDefinition")
                      && truth.head(WEB).inFlight().map(Deployment::isRollback).orElse(false)
                  ? asItIs(truth.head(WEB).inFlight().orElseThrow())
                  : aws.call(service, operation, input);
      case DOES_NOT_PIN ->
          (service, operation, input) ->
              aws.call(
                  service,
                  operation,
                  service == AwsService.ECS && operation.equals("RegisterTaskDefinition")
                      ? byTag(input)
                      : input);
      case COUNTS_A_BAKE_AS_STANDSTILL ->
          answered(
              aws,
              "DescribeServiceDeployments",
              answer -> answer.path("serviceDeployments").forEach(Mutation::looksUnbaked));
      case GOES_OVER_ANOTHERS_DEPLOYMENT ->
          answered(
              aws,
              "DescribeServices",
              answer -> {
                if (truth.head(WEB).inFlight().isEmpty()) {
                  answer
                      .path("services")
                      .forEach(service -> service.path("deployments").forEach(Mutation::looksDone));
                }
              });
      case FORGETS_CODEDEPLOYS_ROLLBACK ->
          answered(
              aws,
              "GetDeployment",
              answer ->
                  ((ObjectNode) answer.path("deploymentInfo"))
                      .remove(List.of("rollbackInfo", "autoRollbackConfiguration")));
      case TAKES_READY_FOR_STANDSTILL ->
          answered(
              answered(aws, "GetDeployment", Mutation::looksInProgress),
              "DescribeServices",
              answer -> answer.path("services").forEach(Mutation::looksUnsteady));
      case ANSWERS_FOR_THE_PERSON ->
          (service, operation, input) -> {
            ObjectNode answer = aws.call(service, operation, input);
            if (answer.at("/deploymentInfo/status").asText().equals("Ready")) {
              aws.call(service, "ContinueDeployment", input);
            }
            return answer;
          };
      case STOPS_WHAT_IS_IN_THE_WAY -> inTheWay(aws);
      case OVERLOOKS_THE_SWITCH ->
          answered(
              aws,
              "DescribeServices",
              answer ->
                  answer
                      .path("services")
                      .forEach(service -> service.path("tags").forEach(Mutation::looksOn)));
      default -> aws;
    };
  }

  private static AwsApi inTheWay(AwsApi aws) {
    return (service, operation, input) -> {
      try {
        return aws.call(service, operation, input);
      } catch (AwsException e) {
        if (!e.is("DeploymentLimitExceededException")) {
          throw e;
        }
        ObjectNode list = (ObjectNode) Json.read(Json.write(input));
        list.remove(List.of("revision", "description", "deploymentConfigName"));
        list.putArray("includeOnlyStatuses").add("InProgress").add("Ready");
        for (JsonNode id : aws.call(service, "ListDeployments", list).path("deployments")) {
          aws.call(service, "StopDeployment", Json.object().put("deploymentId", id.asText()));
        }
        return aws.call(service, operation, input);
      }
    };
  }

  private static void looksUnbaked(JsonNode serviceDeployment) {
    if (serviceDeployment.path("lifecycleStage").asText().equals("BAKE_TIME")) {
      ((ObjectNode) serviceDeployment).put("lifecycleStage", "CLEAN_UP");
    }
  }

  private static void looksDone(JsonNode deployment) {
    ((ObjectNode) deployment).put("rolloutState", "COMPLETED");
  }

  private static void looksInProgress(ObjectNode answer) {
    if (answer.at("/deploymentInfo/status").asText().equals("Ready")) {
      ((ObjectNode) answer.path("deploymentInfo")).put("status", "InProgress");
    }
  }

  /** The tasks that wait for their traffic. */
  private static void looksUnsteady(JsonNode service) {
    for (JsonNode set : service.path("taskSets")) {
      if (set.path("status").asText().equals("ACTIVE")) {
        ((ObjectNode) set).put("stabilityStatus", "STABILIZING");
      }
    }
  }

  private static void looksOn(JsonNode tag) {
    if (tag.path("key").asText().equals("slipway")) {
      ((ObjectNode) tag).put("value", "on");
    }
  }

  private interface Rewrite {
    void of(ObjectNode answer);
  }

  private static AwsApi answered(AwsApi aws, String which, Rewrite rewrite) {
    return (service, operation, input) -> {
      ObjectNode answer = aws.call(service, operation, input);
      if (operation.equals(which)) {
        rewrite.of(answer);
      }
      return answer;
    };
  }

  private static void looksFailed(JsonNode task) {
    if (task.path("stoppedReason").asText().startsWith(SCALING)) {
      ((ObjectNode) task).put("stoppedReason", FAILED_CHECK);
    }
  }

  private static void looksStopped(JsonNode serviceDeployment) {
    String status = serviceDeployment.path("status").asText();
    if (status.equals("ROLLBACK_REQUESTED") || status.equals("ROLLBACK_IN_PROGRESS")) {
      ((ObjectNode) serviceDeployment).put("status", "STOPPED");
    }
  }

  /** A stable service's one deployment passes for the one that is in flight. */
  private static void looksOwn(JsonNode service, Ledger truth) {
    JsonNode deployments = service.path("deployments");
    ((ObjectNode) service).remove("currentServiceDeployment");
    if (deployments.size() == 1
        && deployments.path(0).path("rolloutState").asText().equals("COMPLETED")) {
      truth
          .head(WEB)
          .inFlight()
          .map(flying -> flying.rollout().ecsDeploymentId())
          .filter(id -> !id.isEmpty())
          .ifPresent(id -> ((ObjectNode) deployments.path(0)).put("id", id));
    }
  }

  private static ObjectNode asItIs(Deployment back) {
    ObjectNode answer = Json.object();
    answer.putObject("taskDefinition").put("taskDefinitionArn", back.revisions().own());
    return answer;
  }

  private static ObjectNode byTag(ObjectNode input) {
    ObjectNode copy = (ObjectNode) Json.read(Json.write(input));
    for (JsonNode container : copy.path("containerDefinitions")) {
      ImageReference image = ImageReference.parse(container.path("image").asText());
      ((ObjectNode) container)
          .put(
              "image",
              new ImageReference(
                      image.registry(),
                      image.repository(),
                      image.tag().or(() -> Optional.of("v1")),
                      Optional.empty())
                  .toString());
    }
    return copy;
  }
}
