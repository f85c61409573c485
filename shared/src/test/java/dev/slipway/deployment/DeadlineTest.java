package dev.slipway.deployment;

import static dev.slipway.deployment.Samples.NEW;
import static dev.slipway.deployment.Samples.NOON;
import static dev.slipway.deployment.Samples.OLD;
import static dev.slipway.deployment.Samples.ROLLING;
import static dev.slipway.deployment.Samples.deployment;
import static dev.slipway.deployment.Samples.head;
import static dev.slipway.deployment.Samples.pause;
import static dev.slipway.deployment.Samples.serviceDeployment;
import static dev.slipway.deployment.Samples.settings;
import static dev.slipway.deployment.Samples.situation;
import static dev.slipway.deployment.Samples.stopping;
import static dev.slipway.deployment.Samples.waiting;
import static dev.slipway.deployment.Samples.watchedWayBack;
import static dev.slipway.deployment.Samples.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Shift;
import dev.slipway.verdict.StoppedTask;
import dev.slipway.verdict.Verdict.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadlineTest {

  private final Head rolling = head().inFlight(deployment(Status.ROLLING_OUT, 2, 0));

  /**
   * A task which ECS has told to stop, of what ran before or because the service was scaled in; a
   * target drains up to an hour.
   */
  @ParameterizedTest(name = "a task of {0} is stopping, {1}, {2} min without progress: {3}")
  @CsvSource({
    "OLD, scaled in, 31, Follow",
    "OLD, scaled in, 149, Follow",
    "OLD, scaled in, 151, Fail",
    "OLD, unhealthy, 31, Follow",
    "NEW, scaled in, 31, Follow",
    "NEW, scaled in, 151, Fail",
    "NEW, unhealthy, 31, Fail",
  })
  void whatEcsStillDrainsHasNotStalled(String revision, String why, int minutes, String step) {
    assertThat(afterDrain(revision, "ServiceSchedulerInitiated", why, null, minutes))
        .isEqualTo(step);
  }

  /** ECS needs a moment to see that it is complete. */
  @ParameterizedTest(name = "the last task of {0} stopped ({1}, {2}) after {3} min, {4} min: {5}")
  @CsvSource({
    "OLD, ServiceSchedulerInitiated, scaled in, 40, 41, Follow",
    "OLD, ServiceSchedulerInitiated, scaled in, 40, 46, Fail",
    "OLD, ServiceSchedulerInitiated, scaled in, 10, 31, Fail",
    "OLD, ServiceSchedulerInitiated, scaled in, 149, 151, Fail",
    "OLD, EssentialContainerExited, exited, 40, 41, Fail",
    "NEW, ServiceSchedulerInitiated, scaled in, 40, 41, Follow",
    "NEW, ServiceSchedulerInitiated, scaled in, 40, 46, Fail",
    "NEW, ServiceSchedulerInitiated, unhealthy, 40, 41, Fail",
    "NEW, EssentialContainerExited, exited, 40, 41, Fail",
  })
  void whatEcsHasJustDrainedHasNotStalled(
      String revision, String code, String why, int stopped, int minutes, String step) {
    Instant at = NOON.plus(Duration.ofMinutes(stopped));
    assertThat(afterDrain(revision, code, why, at, minutes)).isEqualTo(step);
  }

  private String afterDrain(
      String revision, String code, String why, Instant stoppedAt, int minutes) {
    StoppedTask task = stopping(revision.equals("OLD") ? OLD : NEW, code, why, stoppedAt);
    Situation late = situation(NOON.plus(Duration.ofMinutes(minutes)), ROLLING, settings());
    return NextStep.decide(rolling, with(late, List.of(task))).getClass().getSimpleName();
  }

  /**
   * The revision that comes back has old tasks of its own, from when it was replaced: a way back
   * that had brought it up long ago was said to have failed while ECS waited for their end.
   */
  @ParameterizedTest(name = "one is stopping, {0}, {1} min: {2}")
  @CsvSource({
    "scaled in, 31, Follow",
    "scaled in, 149, Follow",
    "scaled in, 151, CallForPerson",
    "unhealthy, 31, CallForPerson",
  })
  void whatEcsStillDrainsOfTheRevisionThatComesBackHoldsNothingUp(
      String why, int minutes, String step) {
    Situation late =
        with(
            situation(NOON.plus(Duration.ofMinutes(minutes)), ROLLING, settings()),
            serviceDeployment("ROLLBACK_IN_PROGRESS", "TRIGGERED", "", ""));
    StoppedTask task = stopping(NEW, "ServiceSchedulerInitiated", why, null);
    assertThat(
            NextStep.decide(head().inFlight(watchedWayBack()), with(late, List.of(task)))
                .getClass()
                .getSimpleName())
        .isEqualTo(step);
  }

  @Test
  void theDeadlineIsCountedFromTheEndOfThePause() {
    Shift shift =
        Shift.NONE.seen(waiting(pause(Hook.State.AWAITING_ACTION)), true, NOON.plusSeconds(1));
    Deployment before = deployment(Status.ROLLING_OUT, 2, 0);
    Head head =
        head()
            .inFlight(
                before.with(
                    before.rollout().toBuilder().shift(shift).stage(shift.stage()).build()));
    ServiceDeployment still = serviceDeployment("IN_PROGRESS", "", "", "POST_TEST_TRAFFIC_SHIFT");
    Instant over = NOON.plus(Duration.ofHours(20));
    Step answered = NextStep.decide(head, with(situation(over, ROLLING, settings()), still));
    assertThat(answered)
        .isInstanceOfSatisfying(
            Step.Follow.class, follow -> assertThat(follow.rollout().countsFrom()).isEqualTo(over));
    Head then = head().inFlight(before.with(((Step.Follow) answered).rollout()));
    assertThat(
            NextStep.decide(
                then, with(situation(over.plusSeconds(1801), ROLLING, settings()), still)))
        .isEqualTo(new Step.Fail(Failure.NO_PROGRESS, false));
  }
}
