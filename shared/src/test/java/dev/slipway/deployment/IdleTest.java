package dev.slipway.deployment;

import static dev.slipway.deployment.Samples.APP;
import static dev.slipway.deployment.Samples.BREAKER;
import static dev.slipway.deployment.Samples.NEW;
import static dev.slipway.deployment.Samples.NOON;
import static dev.slipway.deployment.Samples.NO_BREAKER;
import static dev.slipway.deployment.Samples.OLD;
import static dev.slipway.deployment.Samples.OTHER;
import static dev.slipway.deployment.Samples.OWN_ID;
import static dev.slipway.deployment.Samples.STEADY;
import static dev.slipway.deployment.Samples.deployment;
import static dev.slipway.deployment.Samples.ecs;
import static dev.slipway.deployment.Samples.head;
import static dev.slipway.deployment.Samples.image;
import static dev.slipway.deployment.Samples.images;
import static dev.slipway.deployment.Samples.service;
import static dev.slipway.deployment.Samples.settings;
import static dev.slipway.deployment.Samples.situation;
import static dev.slipway.deployment.Samples.waitingFor;
import static dev.slipway.deployment.Samples.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Head.Request;
import dev.slipway.follow.FollowerTags;
import dev.slipway.follow.Settings;
import dev.slipway.follow.Settings.Busy;
import dev.slipway.follow.Settings.Switch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IdleTest {

  @Test
  void nothingWantedIsRest() {
    assertThat(NextStep.decide(head(), situation(NOON, STEADY, settings())))
        .isInstanceOf(Step.Rest.class);
  }

  @Test
  void aWantedImageBegins() {
    Head head = waitingFor(head(), image("v2", 2));
    assertThat(NextStep.decide(head, situation(NOON, STEADY, settings())))
        .isEqualTo(new Step.Begin(false));
  }

  @Test
  void anUnreadableTagDeclinesWithTheValue() {
    Head head = waitingFor(head(), image("v2", 2));
    Situation seen =
        new Situation(
            NOON,
            Optional.of(STEADY),
            FollowerTags.read(Map.of("slipway", "on", "slipway:team/app", "semver:banana")),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            false,
            Optional.empty());
    assertThat(NextStep.decide(head, seen))
        .isInstanceOfSatisfying(
            Step.Decline.class,
            decline -> {
              assertThat(decline.reason()).isEqualTo(Reason.SETTINGS_UNREADABLE);
              assertThat(decline.detail()).contains("banana");
            });
  }

  @Test
  void switchedOffAndObservingDecline() {
    Head head = waitingFor(head(), image("v2", 2));
    assertThat(reason(head, settings(Switch.OFF, Busy.WAIT, Duration.ZERO)))
        .isEqualTo(Reason.SWITCHED_OFF);
    assertThat(reason(head, settings(Switch.OBSERVE, Busy.WAIT, Duration.ZERO)))
        .isEqualTo(Reason.OBSERVING);
  }

  @Test
  void anAccountThatOnlyObservesDeclines() {
    Head head = waitingFor(head(), image("v2", 2));
    Situation seen = situation(NOON, STEADY, settings());
    Situation observing =
        new Situation(
            seen.now(),
            seen.service(),
            seen.tags(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            true,
            Optional.empty());
    assertThat(NextStep.decide(head, observing))
        .isInstanceOfSatisfying(
            Step.Decline.class,
            decline -> assertThat(decline.reason()).isEqualTo(Reason.OBSERVING));
  }

  @Test
  void aHoldKeepsWhatIsWantedWaiting() {
    Head head = waitingFor(head(), image("v2", 2)).hold(new Hold("ann", "freeze", NOON));
    assertThat(NextStep.decide(head, situation(NOON, STEADY, settings())))
        .isEqualTo(new Step.Rest(null, "held by ann: freeze"));
  }

  @Test
  void aSteadyChangeElsewhereIsAdoptedBeforeAnythingStarts() {
    Head head = waitingFor(head(), image("v3", 3));
    ServiceView changed =
        service(BREAKER, 2, "", ecs("ecs-svc/9", "PRIMARY", OTHER, "COMPLETED", 2));
    assertThat(NextStep.decide(head, situation(NOON, changed, settings())))
        .isEqualTo(new Step.Adopt());
  }

  /** ECS resolves the tags of a revision with each deployment of it. */
  @Test
  void theGoodRevisionDeployedAgainElsewhereIsAdopted() {
    Instant deployed = STEADY.primary().orElseThrow().createdAt();
    Head before =
        head().lastGood(new LastGood(OLD, images("v1", 1), 1, deployed.minusSeconds(1), true));
    Head after =
        head().lastGood(new LastGood(OLD, images("v1", 1), 1, deployed.plusSeconds(1), true));
    assertThat(NextStep.decide(before, situation(NOON, STEADY, settings())))
        .isEqualTo(new Step.Adopt());
    assertThat(NextStep.decide(after, situation(NOON, STEADY, settings())))
        .isInstanceOf(Step.Rest.class);
  }

  @Test
  void aBaselineThatWasNotSteadyIsTakenAgainOnceItIs() {
    Head head =
        head().lastGood(new LastGood(OLD, images("v1", 1), 1, NOON.minusSeconds(60), false));
    assertThat(NextStep.decide(head, situation(NOON, STEADY, settings())))
        .isEqualTo(new Step.Adopt());
  }

  /** It is steady, and it is what had to be taken out of service. */
  @Test
  void whatFailedAndCouldNotBeTakenBackIsNotAdopted() {
    ServiceView stillThere = service(BREAKER, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "COMPLETED", 2));
    assertThat(
            NextStep.decide(
                head(),
                with(situation(NOON, stillThere, settings()), Optional.of(failedWayBack()))))
        .isInstanceOf(Step.Rest.class);
  }

  @Test
  void whatAFailedWayBackWasToBringBackIsAdoptedOnceItRuns() {
    ServiceView there = service(BREAKER, 2, "", ecs("ecs-svc/9", "PRIMARY", OLD, "COMPLETED", 2));
    Head head = head().lastGood(new LastGood(OLD, images("v1", 1), 1, Instant.EPOCH, true));
    assertThat(
            NextStep.decide(
                head, with(situation(NOON, there, settings()), Optional.of(failedWayBack()))))
        .isEqualTo(new Step.Adopt());
  }

  private static Deployment failedWayBack() {
    return deployment(Status.ROLLING_OUT, 3, 2)
        .with(new Deployment.Revisions(NEW, "", OLD))
        .as(Status.FAILED, Reason.ROLLBACK_FAILED, "", NOON);
  }

  /** It completed while the service was scaled to zero. */
  @Test
  void whatNeverRanIsAdoptedOnceItDoesUnlessAPushWaits() {
    ServiceView scaledUp = service(BREAKER, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "COMPLETED", 2));
    Deployment unproven =
        deployment(Status.ROLLING_OUT, 2, 0)
            .as(Status.SUCCEEDED, Reason.COMPLETED_WITHOUT_TASKS, "", NOON);
    Situation seen = with(situation(NOON, scaledUp, settings()), Optional.of(unproven));
    assertThat(NextStep.decide(head(), seen)).isEqualTo(new Step.Adopt());
    assertThat(NextStep.decide(waitingFor(head(), image("v3", 3)), seen))
        .isEqualTo(new Step.Begin(false));
  }

  @Test
  void theRunningDeploymentCanBeUndoneAndNoOther() {
    Head head = head();
    Request.RollBack running = new Request.RollBack(1, "ann", NOON);
    Request.RollBack older = new Request.RollBack(0, "ann", NOON);
    assertThat(NextStep.decide(head.request(running), situation(NOON, STEADY, settings())))
        .isEqualTo(new Step.Undo(running));
    ServiceView elsewhere =
        service(BREAKER, 2, "", ecs("ecs-svc/9", "PRIMARY", OTHER, "IN_PROGRESS", 0));
    assertThat(NextStep.decide(head.request(running), situation(NOON, elsewhere, settings())))
        .as("somebody has deployed meanwhile")
        .isInstanceOf(Step.DropRequest.class);
    assertThat(NextStep.decide(head.request(older), situation(NOON, STEADY, settings())))
        .isInstanceOf(Step.DropRequest.class);
  }

  @Test
  void anotherControllerIsDeclinedByName() {
    Head head = waitingFor(head(), image("v2", 2));
    ServiceView external =
        new ServiceView(
            APP,
            "ACTIVE",
            "EXTERNAL",
            "ROLLING",
            OLD,
            2,
            2,
            0,
            NO_BREAKER,
            List.of(),
            "",
            List.of(),
            List.of(),
            Map.of(),
            List.of(),
            Map.of());
    assertThat(NextStep.decide(head, situation(NOON, external, settings())))
        .isInstanceOfSatisfying(
            Step.Decline.class,
            decline -> {
              assertThat(decline.reason()).isEqualTo(Reason.CONTROLLER_UNSUPPORTED);
              assertThat(decline.detail()).contains("EXTERNAL");
            });
  }

  private static Reason reason(Head head, Settings settings) {
    return ((Step.Decline) NextStep.decide(head, situation(NOON, STEADY, settings))).reason();
  }
}
