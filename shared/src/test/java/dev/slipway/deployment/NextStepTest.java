package dev.slipway.deployment;

import static dev.slipway.deployment.Samples.APP;
import static dev.slipway.deployment.Samples.NOON;
import static dev.slipway.deployment.Samples.SOON;
import static dev.slipway.deployment.Samples.STEADY;
import static dev.slipway.deployment.Samples.deployment;
import static dev.slipway.deployment.Samples.head;
import static dev.slipway.deployment.Samples.image;
import static dev.slipway.deployment.Samples.settings;
import static dev.slipway.deployment.Samples.situation;
import static dev.slipway.deployment.Samples.waitingFor;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is decided at the door, before it is asked whether anything is in flight. */
class NextStepTest {

  private final Head rolling = head().inFlight(deployment(Status.ROLLING_OUT, 2, 0));

  @Test
  void firstSightRecordsABaselineEvenIfSomethingIsWanted() {
    Head unseen = waitingFor(Head.unseen(APP), image("v2", 2));
    assertThat(NextStep.decide(unseen, situation(NOON, STEADY, settings())))
        .isEqualTo(new Step.TakeBaseline());
  }

  @Test
  void aDeletedServiceClosesEverything() {
    assertThat(NextStep.decide(rolling, situation(SOON, null, settings())))
        .isEqualTo(new Step.Close());
  }
}
