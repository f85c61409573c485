package dev.slipway.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.follow.ServiceRef;
import dev.slipway.image.ImageReference;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.runtime.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Ways to be wrong, made at the seams: what the code does with the ledger and with AWS is changed
 * as a mistake in it would change it. A simulation that does not notice proves nothing.
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
  /** A service that is steady after a rollback passes for a success. */
  TAKES_STABLE_FOR_SUCCESS,
  /** The wrong deployment's id is written down. */
  FOLLOWS_ANOTHERS_ID,
  /** A push that has to wait is dropped. */
  FORGETS_WHAT_WAITS,
  /** What was decided about earlier pushes is not remembered. */
  FORGETS_WHAT_WAS_CONSIDERED,
  /** Images are written by tag. */
  DOES_NOT_PIN,
  /** The head moves on, but the deployment's own record does not say how it ended. */
  FORGETS_TO_WRITE_THE_VERDICT;

  Ledger around(Ledger ledger) {
    return switch (this) {
      case SKIPS_THE_CONDITION,
          FORGETS_THE_QUARANTINE,
          FORGETS_WHAT_WAITS,
          FOLLOWS_ANOTHERS_ID,
          FORGETS_WHAT_IS_DUE,
          FORGETS_WHAT_WAS_CONSIDERED,
          FORGETS_TO_WRITE_THE_VERDICT ->
          proxied(ledger);
      case NONE, REGISTERS_WITHOUT_LOOKING, TAKES_STABLE_FOR_SUCCESS, DOES_NOT_PIN -> ledger;
    };
  }

  private Ledger proxied(Ledger ledger) {
    return (Ledger)
        Proxy.newProxyInstance(
            Ledger.class.getClassLoader(),
            new Class<?>[] {Ledger.class},
            (proxy, method, arguments) -> {
              try {
                return switch (method.getName()) {
                  case "write" -> ledger.write(written((Change) arguments[0], ledger));
                  case "head" -> read(ledger.head((ServiceRef) arguments[0]));
                  case "due" ->
                      this == FORGETS_WHAT_IS_DUE
                          ? List.of()
                          : ledger.due((Instant) arguments[0], (int) arguments[1]);
                  default -> method.invoke(ledger, arguments);
                };
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private Head read(Head head) {
    return switch (this) {
      case FORGETS_WHAT_WAS_CONSIDERED -> with(head, head.lastGood(), Map.of());
      default -> head;
    };
  }

  private static Head with(
      Head head, Optional<Head.LastGood> good, Map<String, Head.Considered> considered) {
    return new Head(
        head.service(),
        head.version(),
        head.lastSequence(),
        head.running(),
        good,
        head.inFlight(),
        head.waiting(),
        head.hold(),
        head.request(),
        considered,
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
          new Change(
              change.before(),
              change.after().inFlight().isPresent()
                  ? change.after().waiting(Waiting.NOTHING)
                  : change.after(),
              change.deployments(),
              change.quarantine(),
              change.release());
      case FOLLOWS_ANOTHERS_ID ->
          new Change(
              change.before(),
              change
                  .after()
                  .inFlight()
                  .map(deployment -> change.after().inFlight(mistaken(deployment)))
                  .orElse(change.after()),
              change.deployments(),
              change.quarantine(),
              change.release());
      default -> change;
    };
  }

  private static Deployment mistaken(Deployment deployment) {
    Deployment.Rollout rollout = deployment.rollout();
    if (rollout.ecsDeploymentId().isEmpty()) {
      return deployment;
    }
    return deployment.with(
        rollout.toBuilder().ecsDeploymentId("ecs-svc/1").serviceDeploymentArn("").build());
  }

  AwsApi around(AwsApi aws) {
    return switch (this) {
      case REGISTERS_WITHOUT_LOOKING ->
          (service, operation, input) -> {
            ObjectNode answer = aws.call(service, operation, input);
            if (operation.equals("ListTaskDefinitions")) {
              answer.putArray("taskDefinitionArns");
            }
            return answer;
          };
      case TAKES_STABLE_FOR_SUCCESS ->
          (service, operation, input) -> {
            ObjectNode answer = aws.call(service, operation, input);
            answer.path("serviceDeployments").forEach(Mutation::looksGood);
            answer
                .path("services")
                .forEach(each -> each.path("deployments").forEach(Mutation::neverFails));
            return answer;
          };
      case DOES_NOT_PIN ->
          (service, operation, input) ->
              aws.call(
                  service,
                  operation,
                  service == AwsService.ECS && operation.equals("RegisterTaskDefinition")
                      ? byTag(input)
                      : input);
      default -> aws;
    };
  }

  /** Whatever has come to an end was a success. */
  private static void looksGood(JsonNode serviceDeployment) {
    String status = serviceDeployment.path("status").asText();
    if (status.equals("ROLLBACK_SUCCESSFUL")) {
      ((ObjectNode) serviceDeployment).put("status", "SUCCESSFUL");
    } else if (status.startsWith("ROLLBACK")) {
      ((ObjectNode) serviceDeployment).put("status", "IN_PROGRESS");
    }
  }

  private static void neverFails(JsonNode deployment) {
    if (deployment.path("rolloutState").asText().equals("FAILED")) {
      ((ObjectNode) deployment).put("rolloutState", "IN_PROGRESS");
    }
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
