package dev.slipway.deployment;

import static dev.slipway.deployment.Samples.END;
import static dev.slipway.deployment.Samples.NOON;
import static dev.slipway.deployment.Samples.ROLLING;
import static dev.slipway.deployment.Samples.SOON;
import static dev.slipway.deployment.Samples.deployment;
import static dev.slipway.deployment.Samples.head;
import static dev.slipway.deployment.Samples.pause;
import static dev.slipway.deployment.Samples.settings;
import static dev.slipway.deployment.Samples.situation;
import static dev.slipway.deployment.Samples.waiting;
import static dev.slipway.deployment.Samples.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.verdict.Hook;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class NextLookTest {

  private final Head rolling = head().inFlight(deployment(Status.ROLLING_OUT, 2, 0));

  @Test
  void progressIsFollowedAndTheClockLooksAgain() {
    assertThat(NextStep.decide(rolling, situation(SOON, ROLLING, settings())))
        .isInstanceOfSatisfying(
            Step.Follow.class,
            follow -> assertThat(follow.until()).isEqualTo(SOON.plus(NextLook.SAFETY)));
  }

  @Test
  void aPauseIsFollowedToItsEndWithFewerLooks() {
    Instant later = NOON.plus(Duration.ofHours(20));
    Situation seen =
        with(situation(later, ROLLING, settings()), waiting(pause(Hook.State.AWAITING_ACTION)));
    assertThat(NextStep.decide(rolling, seen))
        .isInstanceOfSatisfying(
            Step.Follow.class,
            follow -> {
              assertThat(follow.rollout().countsFrom()).isEqualTo(END);
              assertThat(follow.rollout().stage()).isEqualTo("POST_TEST_TRAFFIC_SHIFT");
              assertThat(follow.rollout().progressAt()).as("no task more runs").isEqualTo(NOON);
              assertThat(follow.until()).isEqualTo(later.plus(NextLook.PAUSED));
            });
  }
}
