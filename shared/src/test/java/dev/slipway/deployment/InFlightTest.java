package dev.slipway.deployment;

import static dev.slipway.deployment.Samples.BREAKER;
import static dev.slipway.deployment.Samples.NEW;
import static dev.slipway.deployment.Samples.NOON;
import static dev.slipway.deployment.Samples.NO_BREAKER;
import static dev.slipway.deployment.Samples.OLD;
import static dev.slipway.deployment.Samples.OTHER;
import static dev.slipway.deployment.Samples.OWN_ID;
import static dev.slipway.deployment.Samples.ROLLING;
import static dev.slipway.deployment.Samples.SOON;
import static dev.slipway.deployment.Samples.STEADY;
import static dev.slipway.deployment.Samples.deployedAt;
import static dev.slipway.deployment.Samples.deployment;
import static dev.slipway.deployment.Samples.ecs;
import static dev.slipway.deployment.Samples.failures;
import static dev.slipway.deployment.Samples.head;
import static dev.slipway.deployment.Samples.image;
import static dev.slipway.deployment.Samples.pause;
import static dev.slipway.deployment.Samples.service;
import static dev.slipway.deployment.Samples.settings;
import static dev.slipway.deployment.Samples.situation;
import static dev.slipway.deployment.Samples.waiting;
import static dev.slipway.deployment.Samples.waitingFor;
import static dev.slipway.deployment.Samples.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.deployment.Head.Request;
import dev.slipway.follow.Settings.Busy;
import dev.slipway.follow.Settings.Switch;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Shift;
import dev.slipway.verdict.Verdict.Failure;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class InFlightTest {

  private final Head rolling = head().inFlight(deployment(Status.ROLLING_OUT, 2, 0));

  @Test
  void aPreparedOneIsStarted() {
    assertThat(
            NextStep.decide(
                head().inFlight(deployment(Status.PREPARING, 2, 0)),
                situation(NOON, STEADY, settings())))
        .isEqualTo(new Step.Start());
  }

  @Test
  void aNewerPushReplacesWhatHasNoTaskYet() {
    assertThat(
            NextStep.decide(
                waitingFor(rolling, image("v3", 3)), situation(SOON, ROLLING, settings())))
        .isEqualTo(new Step.Begin(true));
  }

  @Test
  void aNewerPushWaitsForTheVerdictOnceTasksRun() {
    ServiceView halfway = service(BREAKER, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 1));
    assertThat(
            NextStep.decide(
                waitingFor(rolling, image("v3", 3)), situation(SOON, halfway, settings())))
        .isInstanceOf(Step.Follow.class);
    assertThat(
            NextStep.decide(
                waitingFor(rolling, image("v3", 3)),
                situation(SOON, halfway, settings(Switch.ON, Busy.REPLACE, Duration.ZERO))))
        .isEqualTo(new Step.Begin(true));
  }

  @Test
  void aHoldKeepsANewerPushFromReplacing() {
    Head held = waitingFor(rolling, image("v3", 3)).hold(new Hold("ann", "freeze", NOON));
    assertThat(NextStep.decide(held, situation(SOON, ROLLING, settings())))
        .isInstanceOf(Step.Follow.class);
  }

  @Test
  void completionSucceedsOrBakesFirst() {
    ServiceView done = service(BREAKER, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "COMPLETED", 2));
    assertThat(NextStep.decide(rolling, situation(SOON, done, settings())))
        .isEqualTo(new Step.Succeed(Reason.COMPLETED));
    assertThat(
            NextStep.decide(
                rolling,
                situation(SOON, done, settings(Switch.ON, Busy.WAIT, Duration.ofMinutes(10)))))
        .isEqualTo(new Step.Bake(SOON.plus(Duration.ofMinutes(10))));
  }

  @Test
  void aPersonCanStopIt() {
    Head asked = rolling.request(new Request.RollBack(2, "ann", NOON));
    assertThat(NextStep.decide(asked, situation(SOON, ROLLING, settings())))
        .isEqualTo(new Step.Fail(Failure.STOPPED_BY_PERSON, false));
  }

  @Test
  void failedTasksGoBackWhereNoBreakerCounts() {
    ServiceView noBreaker =
        service(NO_BREAKER, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 0));
    Situation seen = with(situation(SOON, noBreaker, settings()), failures(3, NOON.plusSeconds(1)));
    assertThat(NextStep.decide(rolling, seen))
        .isEqualTo(new Step.Fail(Failure.TASKS_FAILED, false));
  }

  @Test
  void somebodyElsesDeploymentIsGivenWay() {
    assertThat(NextStep.decide(rolling, situation(SOON, deployedAt(5, OTHER), settings())))
        .isEqualTo(new Step.GiveWay(OTHER));
  }

  /** ECS is eventually consistent; but what it does not list for a minute is not there. */
  @ParameterizedTest(name = "begun {0} s after ours")
  @ValueSource(ints = {-600, 0})
  void whatEcsListedBeforeOursIsNobodysWithinAMinute(int after) {
    ServiceView before = deployedAt(after, OLD);
    assertThat(NextStep.decide(rolling, situation(SOON, before, settings())))
        .isInstanceOf(Step.Follow.class);
    assertThat(NextStep.decide(rolling, situation(NOON.plusSeconds(61), before, settings())))
        .isEqualTo(new Step.GiveWay(OLD));
  }

  @Test
  void aPreparedRollbackGoesBack() {
    assertThat(
            NextStep.decide(
                head().inFlight(deployment(Status.PREPARING, 3, 2)),
                situation(NOON, ROLLING, settings())))
        .isEqualTo(new Step.GoBack());
  }

  @Test
  void aRollbackThatFailsCallsForAPersonAndIsNotRolledBack() {
    Head head = head().inFlight(deployment(Status.ROLLING_OUT, 3, 2));
    ServiceView failing = service(NO_BREAKER, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 0));
    Situation seen = with(situation(SOON, failing, settings()), failures(3, NOON.plusSeconds(1)));
    assertThat(NextStep.decide(head, seen)).isInstanceOf(Step.CallForPerson.class);
  }

  @Test
  void aPersonCanStopWhatIsPaused() {
    Head asked = rolling.request(new Request.RollBack(2, "ann", NOON));
    Situation seen =
        with(situation(SOON, ROLLING, settings()), waiting(pause(Hook.State.AWAITING_ACTION)));
    assertThat(NextStep.decide(asked, seen))
        .isEqualTo(new Step.Fail(Failure.STOPPED_BY_PERSON, false));
  }

  @Test
  void tasksThatFailDuringAPauseFailIt() {
    ServiceView noBreaker =
        service(NO_BREAKER, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 2));
    Deployment before = deployment(Status.ROLLING_OUT, 2, 0);
    Head head = head().inFlight(before.with(before.rollout().toBuilder().running(2).build()));
    Situation seen =
        with(
            with(situation(SOON, noBreaker, settings()), failures(3, NOON.plusSeconds(1))),
            waiting(pause(Hook.State.AWAITING_ACTION)));
    assertThat(NextStep.decide(head, seen)).isEqualTo(new Step.Fail(Failure.TASKS_FAILED, false));
  }

  @Nested
  class DuringTheBake {

    private final Head baking = head().inFlight(baking());

    @Test
    void itSucceedsWhenTheBakeEnds() {
      ServiceView done = service(BREAKER, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "COMPLETED", 2));
      assertThat(NextStep.decide(baking, situation(NOON.plusSeconds(599), done, settings())))
          .isInstanceOf(Step.Follow.class);
      assertThat(NextStep.decide(baking, situation(NOON.plusSeconds(600), done, settings())))
          .isEqualTo(new Step.Succeed(Reason.COMPLETED));
    }

    @ParameterizedTest
    @EnumSource(Busy.class)
    void aNewerPushWaitsOrTakesThePlaceAtOnceAsTheServiceSays(Busy busy) {
      ServiceView done = service(BREAKER, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "COMPLETED", 2));
      Step step =
          NextStep.decide(
              waitingFor(baking, image("v3", 3)),
              situation(
                  NOON.plusSeconds(60), done, settings(Switch.ON, busy, Duration.ofMinutes(10))));
      switch (busy) {
        case WAIT -> assertThat(step).isInstanceOf(Step.Follow.class);
        case REPLACE -> assertThat(step).isEqualTo(new Step.Begin(true));
      }
    }

    @Test
    void tasksThatDieFailItAlsoWithTheBreakerOn() {
      ServiceView done = service(BREAKER, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "COMPLETED", 2));
      Situation seen = with(situation(SOON, done, settings()), failures(3, NOON.plusSeconds(1)));
      assertThat(NextStep.decide(baking, seen))
          .isEqualTo(new Step.Fail(Failure.TASKS_FAILED, false));
    }

    private static Deployment baking() {
      Rollout rollout =
          new Rollout(
              OWN_ID,
              "",
              2,
              2,
              0,
              0,
              "",
              NOON,
              NOON,
              NOON.plusSeconds(600),
              true,
              false,
              Shift.NONE);
      return deployment(Status.ROLLING_OUT, 2, 0)
          .with(rollout)
          .as(Status.BAKING, Reason.BAKE_TIME, "", NOON);
    }
  }
}
