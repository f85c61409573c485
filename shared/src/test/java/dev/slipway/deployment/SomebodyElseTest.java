package dev.slipway.deployment;

import static dev.slipway.deployment.Samples.BREAKER;
import static dev.slipway.deployment.Samples.NEW;
import static dev.slipway.deployment.Samples.NOON;
import static dev.slipway.deployment.Samples.NO_BREAKER;
import static dev.slipway.deployment.Samples.OLD;
import static dev.slipway.deployment.Samples.OLD_ID;
import static dev.slipway.deployment.Samples.OTHER;
import static dev.slipway.deployment.Samples.OWN_ID;
import static dev.slipway.deployment.Samples.deployedAt;
import static dev.slipway.deployment.Samples.deployment;
import static dev.slipway.deployment.Samples.ecs;
import static dev.slipway.deployment.Samples.head;
import static dev.slipway.deployment.Samples.image;
import static dev.slipway.deployment.Samples.pause;
import static dev.slipway.deployment.Samples.service;
import static dev.slipway.deployment.Samples.serviceDeployment;
import static dev.slipway.deployment.Samples.settings;
import static dev.slipway.deployment.Samples.situation;
import static dev.slipway.deployment.Samples.waiting;
import static dev.slipway.deployment.Samples.waitingFor;
import static dev.slipway.deployment.Samples.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Staging;
import dev.slipway.verdict.Staging.Traffic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SomebodyElseTest {

  @Test
  void somebodyElsesRolloutIsGivenUntilTheDeadline() {
    Head head = waitingFor(head(), image("v2", 2));
    ServiceView busy =
        service(NO_BREAKER, 2, "", ecs("ecs-svc/9", "PRIMARY", OTHER, "IN_PROGRESS", 0));
    assertThat(NextStep.decide(head, situation(NOON, busy, settings())))
        .isInstanceOfSatisfying(
            Step.Rest.class,
            rest ->
                assertThat(rest.why())
                    .isEqualTo(
                        "somebody else's deployment of "
                            + OTHER.substring(OTHER.indexOf('/') + 1)
                            + " is in progress"));
    assertThat(
            NextStep.decide(head, situation(NOON.plus(Duration.ofMinutes(30)), busy, settings())))
        .isEqualTo(new Step.Begin(false));
  }

  @Test
  void whatSlipwayLeftRunningIsNobodyElsesRollout() {
    Head head = waitingFor(head(), image("v3", 3));
    ServiceView stuck = service(NO_BREAKER, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 0));
    Situation seen = situation(NOON, stuck, settings());
    Deployment failed =
        deployment(Status.ROLLING_OUT, 1, 0)
            .as(Status.FAILED, Reason.NOTHING_TO_GO_BACK_TO, "", NOON);
    assertThat(NextStep.decide(head, with(seen, Optional.of(failed))))
        .isEqualTo(new Step.Begin(false));
  }

  /** Regression: the push that a person was told to make waited until the deadline. */
  @Test
  void norIsWhatSlipwayCouldNotGoBackFrom() {
    Head head = waitingFor(head(), image("v3", 3));
    ServiceView stuck = service(NO_BREAKER, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 0));
    Deployment back =
        deployment(Status.ROLLING_OUT, 3, 2).with(new Deployment.Revisions(NEW, "", OLD));
    Deployment failed = back.as(Status.FAILED, Reason.ROLLBACK_FAILED, "", NOON);
    Deployment over = back.as(Status.SUCCEEDED, Reason.COMPLETED, "", NOON);
    Situation seen = situation(NOON, stuck, settings());
    assertThat(NextStep.decide(head, with(seen, Optional.of(failed))))
        .isEqualTo(new Step.Begin(false));
    assertThat(NextStep.decide(head, with(seen, Optional.of(over))))
        .as("somebody has deployed it again")
        .isInstanceOf(Step.Rest.class);
  }

  /** As the message of a way back that has failed asks them to: a push went over it. */
  @Test
  void norIsWhatAPersonDeploysAfterAWayBackHasFailedOurs() {
    Head head = waitingFor(head(), image("v3", 3));
    Deployment failed =
        deployment(Status.ROLLING_OUT, 3, 2)
            .with(new Deployment.Revisions(NEW, "", OLD))
            .as(Status.FAILED, Reason.ROLLBACK_FAILED, "", NOON.minusSeconds(120));
    ServiceView busy =
        service(
            NO_BREAKER,
            2,
            "",
            ecs("ecs-svc/9", "PRIMARY", OLD, "IN_PROGRESS", 0),
            ecs(OWN_ID, "ACTIVE", NEW, "IN_PROGRESS", 0));
    assertThat(NextStep.decide(head, with(situation(NOON, busy, settings()), Optional.of(failed))))
        .isInstanceOf(Step.Rest.class);
  }

  /**
   * A push of a person's making comes after it, as it does after any other deployment of theirs.
   */
  @Test
  void ourRevisionDeployedAgainElsewhereIsGivenUntilTheDeadline() {
    Head head = waitingFor(head(), image("v3", 3));
    Deployment succeeded =
        deployment(Status.ROLLING_OUT, 1, 0).as(Status.SUCCEEDED, Reason.COMPLETED, "", NOON);
    ServiceView again =
        service(
            BREAKER,
            2,
            "",
            ecs("ecs-svc/9", "PRIMARY", NEW, "IN_PROGRESS", 0),
            ecs(OWN_ID, "ACTIVE", NEW, "COMPLETED", 2));
    ServiceView ours =
        service(
            BREAKER,
            2,
            "",
            ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 0),
            ecs(OLD_ID, "ACTIVE", OLD, "COMPLETED", 2));
    ServiceView alone = service(BREAKER, 2, "", ecs("ecs-svc/9", "PRIMARY", NEW, "IN_PROGRESS", 0));
    assertThat(
            NextStep.decide(head, with(situation(NOON, again, settings()), Optional.of(succeeded))))
        .isInstanceOf(Step.Rest.class);
    assertThat(
            NextStep.decide(head, with(situation(NOON, ours, settings()), Optional.of(succeeded))))
        .isEqualTo(new Step.Begin(false));
    assertThat(
            NextStep.decide(head, with(situation(NOON, alone, settings()), Optional.of(succeeded))))
        .as("a service that has never come up")
        .isEqualTo(new Step.Begin(false));
  }

  @Test
  void somebodyElsesPauseIsWaitedForByAPush() {
    Head head = waitingFor(head(), image("v2", 2));
    ServiceView busy =
        service(NO_BREAKER, 2, "", ecs("ecs-svc/9", "PRIMARY", OTHER, "IN_PROGRESS", 2));
    Situation late = situation(NOON.plus(Duration.ofHours(5)), busy, settings());
    assertThat(NextStep.decide(head, with(late, waiting(pause(Hook.State.AWAITING_ACTION)))))
        .isInstanceOf(Step.Rest.class);
    assertThat(NextStep.decide(head, with(late, waiting(pause(Hook.State.SUCCEEDED)))))
        .isEqualTo(new Step.Begin(false));
  }

  // A forced deployment of somebody's whose image was deleted: a push waited behind it for ever.
  @ParameterizedTest
  @CsvSource({"2, true", "1, false"})
  void somebodyElsesCanaryIsWaitedForAsLongAsItsTasksRun(int running, boolean waits) {
    Head head = waitingFor(head(), image("v2", 2));
    ServiceView busy =
        service(NO_BREAKER, 2, "", ecs("ecs-svc/9", "PRIMARY", OTHER, "IN_PROGRESS", running));
    Situation late = with(situation(NOON.plus(Duration.ofHours(5)), busy, settings()), canary(10));
    assertThat(NextStep.decide(head, late) instanceof Step.Rest).isEqualTo(waits);
  }

  private static ServiceDeployment canary(double share) {
    Staging staging =
        new Staging(
            "CANARY",
            Optional.empty(),
            Optional.of(Duration.ofMinutes(5)),
            Traffic.UNKNOWN,
            new Traffic(OptionalDouble.of(share), OptionalDouble.empty()),
            List.of(),
            List.of());
    return serviceDeployment("IN_PROGRESS", "", "", "PRODUCTION_TRAFFIC_SHIFT", staging);
  }

  /** The copy is made of what ran before. */
  @ParameterizedTest(name = "{0}, {1} s after ours was begun: {2}")
  @CsvSource({
    "OTHER, 5, true",
    "OTHER, 0, true",
    "OTHER, -60, true",
    "OTHER, -61, false",
    "OLD, 5, false",
    "OLD, 0, false",
    "NEW, 5, false"
  })
  void whatSomebodyDeploysBeforeOursHasStartedIsKnown(String revision, int after, boolean others) {
    String runs = Map.of("OTHER", OTHER, "OLD", OLD, "NEW", NEW).get(revision);
    assertThat(
            NextStep.deployedSince(
                head(), deployment(Status.PREPARING, 2, 0), deployedAt(after, runs)))
        .isEqualTo(others ? Optional.of(runs) : Optional.empty());
  }

  /** It may bring other images under the same name. */
  @ParameterizedTest(name = "{0}, {1} s after ours was begun: {2}")
  @CsvSource({"OLD, 5, true", "OLD, 0, true", "OLD, -5, false", "NEW, 5, false"})
  void whatSomebodyDeploysAgainBeforeOursHasStartedIsKnown(
      String revision, int after, boolean others) {
    String runs = Map.of("OLD", OLD, "NEW", NEW).get(revision);
    assertThat(
            NextStep.deployedAgainSince(
                deployment(Status.PREPARING, 2, 0), deployedAt(after, runs)))
        .isEqualTo(others ? Optional.of(runs) : Optional.empty());
  }
}
