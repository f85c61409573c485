package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.WEB;

import dev.slipway.aws.AwsApi;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.Ledger.Change;
import java.time.Instant;
import java.util.List;

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

  static final String SCALING = "Scaling activity initiated by";
  static final String FAILED_CHECK = "Task failed container health checks";

  // ---- the ledger

  Ledger around(Ledger ledger) {
    return new MutatedLedger(ledger, this);
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
    return MutatedAws.around(aws, this, truth);
  }
}
