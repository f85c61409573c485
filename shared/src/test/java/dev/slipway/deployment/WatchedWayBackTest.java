package dev.slipway.deployment;

import static dev.slipway.deployment.Samples.BREAKER;
import static dev.slipway.deployment.Samples.NEW;
import static dev.slipway.deployment.Samples.NOON;
import static dev.slipway.deployment.Samples.NO_BREAKER;
import static dev.slipway.deployment.Samples.OLD;
import static dev.slipway.deployment.Samples.OLD_ID;
import static dev.slipway.deployment.Samples.OTHER;
import static dev.slipway.deployment.Samples.OWN_ID;
import static dev.slipway.deployment.Samples.ROLLING;
import static dev.slipway.deployment.Samples.SOON;
import static dev.slipway.deployment.Samples.ecs;
import static dev.slipway.deployment.Samples.failures;
import static dev.slipway.deployment.Samples.head;
import static dev.slipway.deployment.Samples.images;
import static dev.slipway.deployment.Samples.pause;
import static dev.slipway.deployment.Samples.service;
import static dev.slipway.deployment.Samples.serviceDeployment;
import static dev.slipway.deployment.Samples.settings;
import static dev.slipway.deployment.Samples.situation;
import static dev.slipway.deployment.Samples.stopping;
import static dev.slipway.deployment.Samples.waiting;
import static dev.slipway.deployment.Samples.watchedWayBack;
import static dev.slipway.deployment.Samples.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.StoppedTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchedWayBackTest {

  @Test
  void ecsOwnRollbackIsWatchedAndNeverDoubled() {
    assertThat(decideWatching("ROLLBACK_REQUESTED")).isInstanceOf(Step.Follow.class);
    assertThat(decideWatching("ROLLBACK_IN_PROGRESS")).isInstanceOf(Step.Follow.class);
    assertThat(decideWatching("ROLLBACK_SUCCESSFUL")).isEqualTo(new Step.Returned("arn:rev-old"));
  }

  @Test
  void aStopThatCameTooLateOrWasLostIsDoneAgain() {
    assertThat(decideWatching("SUCCESSFUL")).isEqualTo(new Step.GoBack());
    assertThat(decideWatching("STOPPED")).isEqualTo(new Step.GoBack());
    assertThat(decideWatching("ROLLBACK_FAILED")).isEqualTo(new Step.GoBack());
    assertThat(decideWatching("IN_PROGRESS")).isEqualTo(new Step.GoBack());
  }

  /** ECS ends a way back as STOPPED when a newer deployment takes its place. */
  @ParameterizedTest
  @CsvSource({"STOPPED, true", "SUCCESSFUL, true", "ROLLBACK_FAILED, false"})
  void whatSomebodyElseDeploysWhileEcsGoesBackStays(String status, boolean theirs) {
    ServiceView other =
        service(NO_BREAKER, 2, "", ecs("ecs-svc/3", "PRIMARY", OTHER, "IN_PROGRESS", 0));
    Deployment watched = watchedWayBack().with(new Deployment.Revisions(NEW, "", OLD));
    Step step =
        NextStep.decide(
            head().inFlight(watched),
            with(
                situation(SOON, other, settings()),
                serviceDeployment(status, "TRIGGERED", "", "")));
    assertThat(step).isEqualTo(theirs ? new Step.GiveWay(OTHER) : new Step.GoBack());
  }

  @Test
  void aRollbackOfEcsThatNeverEndsCallsForAPerson() {
    Head head = head().inFlight(watchedWayBack());
    Situation late =
        with(
            situation(NOON.plus(Duration.ofMinutes(31)), ROLLING, settings()),
            serviceDeployment("ROLLBACK_IN_PROGRESS", "TRIGGERED", "", ""));
    assertThat(NextStep.decide(head, late)).isInstanceOf(Step.CallForPerson.class);
  }

  /** It crashed on for as long as the tasks of the failed revision drained. */
  @ParameterizedTest(name = "{0} tasks failed, {1} min: {2}")
  @CsvSource({"3, 29, Follow", "2, 31, Follow", "3, 31, CallForPerson"})
  void whatEcsBringsBackAndCrashesOnIsNotWaitedForBeyondTheDeadline(
      int failed, int minutes, String step) {
    ServiceView back =
        service(NO_BREAKER, 2, "arn:sd", ecs(OWN_ID, "PRIMARY", OLD, "IN_PROGRESS", 0));
    List<StoppedTask> tasks = new ArrayList<>(failures(failed, SOON));
    tasks.add(stopping(NEW, "ServiceSchedulerInitiated", "deregistration", null));
    Situation seen =
        with(
            situation(NOON.plus(Duration.ofMinutes(minutes)), back, settings()),
            serviceDeployment("ROLLBACK_IN_PROGRESS", "DISABLED", "", ""));
    Deployment watched = watchedWayBack().with(new Deployment.Revisions(NEW, "", OLD));
    assertThat(
            NextStep.decide(head().inFlight(watched), with(seen, tasks)).getClass().getSimpleName())
        .isEqualTo(step);
  }

  /** Its last success need not be good: nobody is served by a way back that leads nowhere. */
  @Test
  void aRollbackOfEcsToAnotherRevisionThatNeverEndsIsPutRight() {
    ServiceView elsewhere =
        service(BREAKER, 2, "arn:sd", ecs(OLD_ID, "PRIMARY", OTHER, "IN_PROGRESS", 0));
    Deployment watched = watchedWayBack().with(new Deployment.Revisions(NEW, "", OLD));
    ServiceDeployment going = serviceDeployment("ROLLBACK_IN_PROGRESS", "TRIGGERED", "", "");
    Situation before =
        with(situation(NOON.plus(Duration.ofMinutes(30)), elsewhere, settings()), going);
    Situation late =
        with(situation(NOON.plus(Duration.ofMinutes(31)), elsewhere, settings()), going);
    assertThat(NextStep.decide(head().inFlight(watched), before)).isInstanceOf(Step.Follow.class);
    assertThat(NextStep.decide(head().inFlight(watched), late))
        .isEqualTo(new Step.Returned("arn:rev-old"));
    Head nothingGood =
        head().lastGood(new LastGood(OLD, images("v1", 1), 1, NOON, false)).inFlight(watched);
    assertThat(NextStep.decide(nothingGood, late)).isInstanceOf(Step.CallForPerson.class);
  }

  private static Step decideWatching(String status) {
    return NextStep.decide(
        head().inFlight(watchedWayBack()),
        with(situation(SOON, ROLLING, settings()), serviceDeployment(status, "TRIGGERED", "", "")));
  }

  @Test
  void whatTheFailedDeploymentWaitsForDoesNotHoldUpTheWayBack() {
    Head head = head().inFlight(watchedWayBack());
    Situation late =
        with(
            situation(NOON.plus(Duration.ofMinutes(31)), ROLLING, settings()),
            waiting(pause(Hook.State.AWAITING_ACTION)));
    assertThat(NextStep.decide(head, late)).isInstanceOf(Step.CallForPerson.class);
  }
}
