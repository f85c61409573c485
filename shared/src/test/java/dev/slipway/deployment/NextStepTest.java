package dev.slipway.deployment;

import static dev.slipway.deployment.Samples.APP;
import static dev.slipway.deployment.Samples.NEW;
import static dev.slipway.deployment.Samples.NOON;
import static dev.slipway.deployment.Samples.OLD;
import static dev.slipway.deployment.Samples.OLD_ID;
import static dev.slipway.deployment.Samples.OTHER;
import static dev.slipway.deployment.Samples.OWN_ID;
import static dev.slipway.deployment.Samples.alarm;
import static dev.slipway.deployment.Samples.deployment;
import static dev.slipway.deployment.Samples.ecs;
import static dev.slipway.deployment.Samples.failures;
import static dev.slipway.deployment.Samples.head;
import static dev.slipway.deployment.Samples.image;
import static dev.slipway.deployment.Samples.images;
import static dev.slipway.deployment.Samples.service;
import static dev.slipway.deployment.Samples.serviceDeployment;
import static dev.slipway.deployment.Samples.settings;
import static dev.slipway.deployment.Samples.situation;
import static dev.slipway.deployment.Samples.waitingFor;
import static dev.slipway.deployment.Samples.watchedBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.CircuitBreaker;
import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Head.Request;
import dev.slipway.follow.FollowerTags;
import dev.slipway.follow.Settings;
import dev.slipway.follow.Settings.Busy;
import dev.slipway.follow.Settings.Switch;
import dev.slipway.verdict.AlarmState;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Shift;
import dev.slipway.verdict.Staging;
import dev.slipway.verdict.Staging.Traffic;
import dev.slipway.verdict.StoppedTask;
import dev.slipway.verdict.Verdict.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NextStepTest {

  private static final CircuitBreaker OFF = new CircuitBreaker(false, false);
  private static final CircuitBreaker ON = new CircuitBreaker(true, true);
  private static final ServiceView STEADY =
      service(ON, 2, "", ecs(OLD_ID, "PRIMARY", OLD, "COMPLETED", 2));
  private static final ServiceView ROLLING =
      service(
          ON,
          2,
          "arn:sd",
          ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 0),
          ecs(OLD_ID, "ACTIVE", OLD, "COMPLETED", 2));
  private static final Instant SOON = NOON.plusSeconds(30);

  @Nested
  class WithNothingInFlight {

    @Test
    void firstSightRecordsABaselineEvenIfSomethingIsWanted() {
      Head unseen = waitingFor(Head.unseen(APP), image("v2", 2));
      assertThat(NextStep.decide(unseen, situation(NOON, STEADY, settings())))
          .isEqualTo(new Step.TakeBaseline());
    }

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
    void somebodyElsesRolloutIsGivenUntilTheDeadline() {
      Head head = waitingFor(head(), image("v2", 2));
      ServiceView busy = service(OFF, 2, "", ecs("ecs-svc/9", "PRIMARY", OTHER, "IN_PROGRESS", 0));
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
      ServiceView stuck = service(OFF, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 0));
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
      ServiceView stuck = service(OFF, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 0));
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

    @Test
    void aSteadyChangeElsewhereIsAdoptedBeforeAnythingStarts() {
      Head head = waitingFor(head(), image("v3", 3));
      ServiceView changed = service(ON, 2, "", ecs("ecs-svc/9", "PRIMARY", OTHER, "COMPLETED", 2));
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
              ON,
              2,
              "",
              ecs("ecs-svc/9", "PRIMARY", NEW, "IN_PROGRESS", 0),
              ecs(OWN_ID, "ACTIVE", NEW, "COMPLETED", 2));
      ServiceView ours =
          service(
              ON,
              2,
              "",
              ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 0),
              ecs(OLD_ID, "ACTIVE", OLD, "COMPLETED", 2));
      ServiceView alone = service(ON, 2, "", ecs("ecs-svc/9", "PRIMARY", NEW, "IN_PROGRESS", 0));
      assertThat(
              NextStep.decide(
                  head, with(situation(NOON, again, settings()), Optional.of(succeeded))))
          .isInstanceOf(Step.Rest.class);
      assertThat(
              NextStep.decide(
                  head, with(situation(NOON, ours, settings()), Optional.of(succeeded))))
          .isEqualTo(new Step.Begin(false));
      assertThat(
              NextStep.decide(
                  head, with(situation(NOON, alone, settings()), Optional.of(succeeded))))
          .as("a service that has never come up")
          .isEqualTo(new Step.Begin(false));
    }

    /** It is steady, and it is what had to be taken out of service. */
    @Test
    void whatFailedAndCouldNotBeTakenBackIsNotAdopted() {
      ServiceView stillThere = service(ON, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "COMPLETED", 2));
      assertThat(
              NextStep.decide(
                  head(),
                  with(situation(NOON, stillThere, settings()), Optional.of(failedWayBack()))))
          .isInstanceOf(Step.Rest.class);
    }

    @Test
    void whatAFailedWayBackWasToBringBackIsAdoptedOnceItRuns() {
      ServiceView there = service(ON, 2, "", ecs("ecs-svc/9", "PRIMARY", OLD, "COMPLETED", 2));
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
      ServiceView scaledUp = service(ON, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "COMPLETED", 2));
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
          service(ON, 2, "", ecs("ecs-svc/9", "PRIMARY", OTHER, "IN_PROGRESS", 0));
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
              OFF,
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
  }

  @Nested
  class WithADeploymentInFlight {

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
    void progressIsFollowedAndTheClockLooksAgain() {
      assertThat(NextStep.decide(rolling, situation(SOON, ROLLING, settings())))
          .isInstanceOfSatisfying(
              Step.Follow.class,
              follow -> assertThat(follow.until()).isEqualTo(SOON.plus(NextLook.SAFETY)));
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
      ServiceView halfway = service(ON, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 1));
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
      ServiceView done = service(ON, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "COMPLETED", 2));
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
      ServiceView noBreaker = service(OFF, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 0));
      Situation seen =
          with(situation(SOON, noBreaker, settings()), failures(3, NOON.plusSeconds(1)));
      assertThat(NextStep.decide(rolling, seen))
          .isEqualTo(new Step.Fail(Failure.TASKS_FAILED, false));
    }

    @Test
    void aDeletedServiceClosesEverything() {
      assertThat(NextStep.decide(rolling, situation(SOON, null, settings())))
          .isEqualTo(new Step.Close());
    }

    @Test
    void somebodyElsesDeploymentIsGivenWay() {
      assertThat(NextStep.decide(rolling, situation(SOON, deployedAt(5, OTHER), settings())))
          .isEqualTo(new Step.GiveWay(OTHER));
    }

    /** ECS is eventually consistent; but what it does not list for a minute is not there. */
    @Test
    void whatEcsListedBeforeOursIsNobodysWithinAMinute() {
      ServiceView before = deployedAt(-600, OLD);
      assertThat(NextStep.decide(rolling, situation(SOON, before, settings())))
          .isInstanceOf(Step.Follow.class);
      assertThat(NextStep.decide(rolling, situation(NOON.plusSeconds(61), before, settings())))
          .isEqualTo(new Step.GiveWay(OLD));
    }

    /** The copy is made of what ran before. */
    @ParameterizedTest(name = "{0}, {1} s after ours was begun: {2}")
    @CsvSource({
      "OTHER, 5, true",
      "OTHER, 0, true",
      "OTHER, -5, false",
      "OLD, 5, false",
      "OLD, 0, false",
      "NEW, 5, false"
    })
    void whatSomebodyDeploysBeforeOursHasStartedIsKnown(
        String revision, int after, boolean others) {
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

    private ServiceView deployedAt(int seconds, String taskDefinition) {
      return service(
          ON,
          2,
          "",
          new EcsDeployment(
              "ecs-svc/9",
              "PRIMARY",
              taskDefinition,
              2,
              2,
              0,
              0,
              "IN_PROGRESS",
              "",
              NOON.plusSeconds(seconds),
              NOON));
    }
  }

  @Nested
  class WithStages {

    private final Instant end = NOON.plus(Duration.ofDays(3));
    private final Head paused = head().inFlight(deployment(Status.ROLLING_OUT, 2, 0));

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

    private static ServiceDeployment waiting(Hook hook) {
      ServiceDeployment plain = serviceDeployment("IN_PROGRESS", "", "", "POST_TEST_TRAFFIC_SHIFT");
      return plain.knowing(List.of(hook));
    }

    private Hook pause(Hook.State state) {
      return new Hook(
          "h",
          Hook.Type.PAUSE,
          "",
          "POST_TEST_TRAFFIC_SHIFT",
          state,
          end,
          Hook.TimeoutAction.ROLLBACK,
          NOON);
    }

    @Test
    void aPauseIsFollowedToItsEndWithFewerLooks() {
      Instant later = NOON.plus(Duration.ofHours(20));
      Situation seen =
          with(situation(later, ROLLING, settings()), waiting(pause(Hook.State.AWAITING_ACTION)));
      assertThat(NextStep.decide(paused, seen))
          .isInstanceOfSatisfying(
              Step.Follow.class,
              follow -> {
                assertThat(follow.rollout().countsFrom()).isEqualTo(end);
                assertThat(follow.rollout().stage()).isEqualTo("POST_TEST_TRAFFIC_SHIFT");
                assertThat(follow.rollout().progressAt()).as("no task more runs").isEqualTo(NOON);
                assertThat(follow.until()).isEqualTo(later.plus(NextLook.PAUSED));
              });
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
              Step.Follow.class,
              follow -> assertThat(follow.rollout().countsFrom()).isEqualTo(over));
      Head then = head().inFlight(before.with(((Step.Follow) answered).rollout()));
      assertThat(
              NextStep.decide(
                  then, with(situation(over.plusSeconds(1801), ROLLING, settings()), still)))
          .isEqualTo(new Step.Fail(Failure.NO_PROGRESS, false));
    }

    @Test
    void aPersonCanStopWhatIsPaused() {
      Head asked = paused.request(new Request.RollBack(2, "ann", NOON));
      Situation seen =
          with(situation(SOON, ROLLING, settings()), waiting(pause(Hook.State.AWAITING_ACTION)));
      assertThat(NextStep.decide(asked, seen))
          .isEqualTo(new Step.Fail(Failure.STOPPED_BY_PERSON, false));
    }

    @Test
    void tasksThatFailDuringAPauseFailIt() {
      ServiceView noBreaker = service(OFF, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 2));
      Deployment before = deployment(Status.ROLLING_OUT, 2, 0);
      Head head = head().inFlight(before.with(before.rollout().toBuilder().running(2).build()));
      Situation seen =
          with(
              with(situation(SOON, noBreaker, settings()), failures(3, NOON.plusSeconds(1))),
              waiting(pause(Hook.State.AWAITING_ACTION)));
      assertThat(NextStep.decide(head, seen)).isEqualTo(new Step.Fail(Failure.TASKS_FAILED, false));
    }

    @Test
    void whatTheFailedDeploymentWaitsForDoesNotHoldUpTheWayBack() {
      Head head = head().inFlight(OnTheWayBack.watched());
      Situation late =
          with(
              situation(NOON.plus(Duration.ofMinutes(31)), ROLLING, settings()),
              waiting(pause(Hook.State.AWAITING_ACTION)));
      assertThat(NextStep.decide(head, late)).isInstanceOf(Step.CallForPerson.class);
    }

    @Test
    void somebodyElsesPauseIsWaitedForByAPush() {
      Head head = waitingFor(head(), image("v2", 2));
      ServiceView busy = service(OFF, 2, "", ecs("ecs-svc/9", "PRIMARY", OTHER, "IN_PROGRESS", 2));
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
          service(OFF, 2, "", ecs("ecs-svc/9", "PRIMARY", OTHER, "IN_PROGRESS", running));
      Situation late =
          with(situation(NOON.plus(Duration.ofHours(5)), busy, settings()), canary(10));
      assertThat(NextStep.decide(head, late) instanceof Step.Rest).isEqualTo(waits);
    }
  }

  @Nested
  class DuringTheBake {

    private final Head baking = head().inFlight(baking());

    @Test
    void itSucceedsWhenTheBakeEnds() {
      ServiceView done = service(ON, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "COMPLETED", 2));
      assertThat(NextStep.decide(baking, situation(NOON.plusSeconds(599), done, settings())))
          .isInstanceOf(Step.Follow.class);
      assertThat(NextStep.decide(baking, situation(NOON.plusSeconds(600), done, settings())))
          .isEqualTo(new Step.Succeed(Reason.COMPLETED));
    }

    @ParameterizedTest
    @EnumSource(Busy.class)
    void aNewerPushWaitsOrTakesThePlaceAtOnceAsTheServiceSays(Busy busy) {
      ServiceView done = service(ON, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "COMPLETED", 2));
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
      ServiceView done = service(ON, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "COMPLETED", 2));
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

  @Nested
  class WithAlarms {

    private static final AlarmState QUIET = alarm("web-5xx", "OK", NOON.minusSeconds(600));
    private static final AlarmState LOUD = alarm("web-5xx", "ALARM", NOON.plusSeconds(20));
    private static final ServiceView DONE =
        service(ON, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "COMPLETED", 2));

    private static Head rolling(AlarmsInUse alarms) {
      return head().inFlight(deployment(Status.ROLLING_OUT, 2, 0).with(alarms));
    }

    private static Head baking(AlarmsInUse alarms) {
      Deployment deployment = deployment(Status.ROLLING_OUT, 2, 0).with(alarms);
      Rollout rollout = deployment.rollout().toBuilder().bakeUntil(NOON.plusSeconds(600)).build();
      return head()
          .inFlight(deployment.with(rollout).as(Status.BAKING, Reason.BAKE_TIME, "", NOON));
    }

    private static Situation seen(Instant now, ServiceView service, AlarmState... states) {
      return situation(now, service, settings()).with(Optional.of(List.of(states)));
    }

    private static Situation unheard(Instant now, ServiceView service) {
      return situation(now, service, settings()).with(Optional.empty());
    }

    @Test
    void theyAreLookedForOnceTheRolloutIsUnderWay() {
      Head head = rolling(AlarmsInUse.NOT_LOOKED_FOR);
      assertThat(NextStep.decide(head, seen(SOON, ROLLING))).isEqualTo(new Step.FindAlarms());
      assertThat(NextStep.decide(head, seen(SOON, DONE)))
          .as("also if it has completed before anybody looked")
          .isEqualTo(new Step.FindAlarms());
      assertThat(NextStep.decide(baking(AlarmsInUse.NOT_LOOKED_FOR), seen(SOON, DONE)))
          .as("also in a bake that an older version began")
          .isEqualTo(new Step.FindAlarms());
    }

    @Test
    void aVerdictAPersonAndANewerPushDoNotWaitForThem() {
      Head head = rolling(AlarmsInUse.NOT_LOOKED_FOR);
      assertThat(
              NextStep.decide(
                  head,
                  with(
                      seen(SOON, ROLLING),
                      serviceDeployment("ROLLBACK_IN_PROGRESS", "TRIGGERED", "", ""))))
          .isEqualTo(new Step.Fail(Failure.CIRCUIT_BREAKER, true));
      assertThat(
              NextStep.decide(
                  head.request(new Request.RollBack(2, "ann", NOON)), seen(SOON, ROLLING)))
          .isEqualTo(new Step.Fail(Failure.STOPPED_BY_PERSON, false));
      assertThat(NextStep.decide(waitingFor(head, image("v3", 3)), seen(SOON, ROLLING)))
          .isEqualTo(new Step.Begin(true));
    }

    @Test
    void aRollbackIsJudgedByNone() {
      Deployment back = deployment(Status.ROLLING_OUT, 3, 2).with(AlarmsInUse.NOT_LOOKED_FOR);
      assertThat(NextStep.decide(head().inFlight(back), seen(SOON, ROLLING, LOUD)))
          .isInstanceOf(Step.Follow.class);
      assertThat(NextStep.alarmsToAsk(back, Optional.empty(), Optional.empty())).isEmpty();
    }

    @Test
    void oneThatGoesOffFailsItWhileItRollsOutWhenItCompletesAndInTheBake() {
      Step fail = new Step.Fail(Failure.ALARM, false);
      assertThat(NextStep.decide(rolling(watchedBy(QUIET)), seen(SOON, ROLLING, LOUD)))
          .isEqualTo(fail);
      assertThat(NextStep.decide(rolling(watchedBy(QUIET)), seen(SOON, DONE, LOUD)))
          .isEqualTo(fail);
      assertThat(NextStep.decide(baking(watchedBy(QUIET)), seen(SOON, DONE, LOUD))).isEqualTo(fail);
      assertThat(NextStep.decide(baking(watchedBy(QUIET)), seen(NOON.plusSeconds(600), DONE, LOUD)))
          .as("also at its very end")
          .isEqualTo(fail);
    }

    @Test
    void oneThatIsQuietOrWasOnBeforeFailsNothing() {
      assertThat(NextStep.decide(rolling(watchedBy(QUIET)), seen(SOON, ROLLING, QUIET)))
          .isInstanceOf(Step.Follow.class);
      AlarmState before = alarm("web-5xx", "ALARM", NOON.minusSeconds(600));
      assertThat(NextStep.decide(rolling(watchedBy(before)), seen(SOON, ROLLING, before)))
          .isInstanceOf(Step.Follow.class);
      assertThat(NextStep.decide(rolling(watchedBy(before)), seen(SOON, ROLLING, LOUD)))
          .as("over in between, and off again")
          .isEqualTo(new Step.Fail(Failure.ALARM, false));
    }

    @Test
    void oneThatEcsWatchesIsLeftToEcsUntilTheRolloutIsComplete() {
      AlarmsInUse own = AlarmsInUse.found(List.of(QUIET), List.of("web-5xx"), NOON);
      Situation monitored =
          with(
              seen(SOON, ROLLING, LOUD),
              serviceDeployment("IN_PROGRESS", "MONITORING", "MONITORING", ""));
      assertThat(NextStep.decide(rolling(own), monitored)).isInstanceOf(Step.Follow.class);
      Situation disabled =
          with(
              seen(SOON, ROLLING, LOUD),
              serviceDeployment("IN_PROGRESS", "MONITORING", "DISABLED", ""));
      assertThat(NextStep.decide(rolling(own), disabled))
          .isEqualTo(new Step.Fail(Failure.ALARM, false));
      assertThat(NextStep.decide(baking(own), seen(SOON, DONE, LOUD)))
          .isEqualTo(new Step.Fail(Failure.ALARM, false));
    }

    @Test
    void onlyThoseThatDecideAreAskedAbout() {
      AlarmState tagged = alarm("tagged", "OK", NOON);
      AlarmsInUse alarms = AlarmsInUse.found(List.of(QUIET, tagged), List.of("web-5xx"), NOON);
      Deployment rolling = rolling(alarms).inFlight().orElseThrow();
      Deployment baking = baking(alarms).inFlight().orElseThrow();
      assertThat(NextStep.alarmsToAsk(rolling, Optional.empty(), Optional.empty()))
          .containsExactly("tagged");
      assertThat(NextStep.alarmsToAsk(baking, Optional.empty(), Optional.empty()))
          .containsExactly("tagged", "web-5xx");
      assertThat(NextStep.alarmsToAsk(rolling, Optional.of(triggered()), Optional.empty()))
          .as("for the words of what ECS has judged by")
          .containsExactly("tagged", "web-5xx");
    }

    @Test
    void theAlarmsThatFailedItAreNamedWhoeverJudged() {
      Deployment tagged = rolling(watchedBy(QUIET)).inFlight().orElseThrow();
      assertThat(NextStep.failedBy(tagged, seen(SOON, ROLLING, LOUD)).wentOff())
          .extracting(AlarmsInUse.Alarm::name, AlarmsInUse.Alarm::reason)
          .containsExactly(tuple("web-5xx", "Threshold Crossed"));
      Deployment unknown = rolling(AlarmsInUse.NOT_LOOKED_FOR).inFlight().orElseThrow();
      assertThat(NextStep.failedBy(unknown, with(seen(SOON, ROLLING, LOUD), triggered())).wentOff())
          .extracting(AlarmsInUse.Alarm::name, AlarmsInUse.Alarm::reason)
          .containsExactly(tuple("web-5xx", "Threshold Crossed"));
    }

    private static ServiceDeployment triggered() {
      return new ServiceDeployment(
          "arn:sd",
          "ROLLBACK_IN_PROGRESS",
          "",
          "arn:rev",
          "",
          "arn:rev-old",
          "",
          null,
          "MONITORING",
          "TRIGGERED",
          List.of("web-5xx"),
          Staging.NONE,
          NOON,
          null);
    }

    @Test
    void withoutAnAnswerNothingGoodIsSaidForAsLongAsTheDeadline() {
      assertThat(NextStep.decide(rolling(watchedBy(QUIET)), unheard(SOON, DONE)))
          .isInstanceOf(Step.Follow.class);
      Instant end = NOON.plusSeconds(600);
      assertThat(NextStep.decide(baking(watchedBy(QUIET)), unheard(end, DONE)))
          .isEqualTo(
              new Step.Follow(
                  baking(watchedBy(QUIET)).inFlight().orElseThrow().rollout(),
                  end.plus(NextLook.SAFETY)));
      assertThat(
              NextStep.decide(
                  baking(watchedBy(QUIET)), unheard(end.plus(Duration.ofMinutes(30)), DONE)))
          .isEqualTo(new Step.Succeed(Reason.COMPLETED));
    }

    @Test
    void withoutAnAnswerAFailureIsAFailure() {
      assertThat(
              NextStep.decide(
                  rolling(watchedBy(QUIET)),
                  with(
                      unheard(SOON, ROLLING),
                      serviceDeployment("ROLLBACK_IN_PROGRESS", "TRIGGERED", "", ""))))
          .isEqualTo(new Step.Fail(Failure.CIRCUIT_BREAKER, true));
    }
  }

  @Nested
  class OnTheWayBack {

    @Test
    void aPreparedRollbackGoesBack() {
      assertThat(
              NextStep.decide(
                  head().inFlight(deployment(Status.PREPARING, 3, 2)),
                  situation(NOON, ROLLING, settings())))
          .isEqualTo(new Step.GoBack());
    }

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
      ServiceView other = service(OFF, 2, "", ecs("ecs-svc/3", "PRIMARY", OTHER, "IN_PROGRESS", 0));
      Deployment watched = watched().with(new Deployment.Revisions(NEW, "", OLD));
      Step step =
          NextStep.decide(
              head().inFlight(watched),
              with(
                  situation(SOON, other, settings()),
                  serviceDeployment(status, "TRIGGERED", "", "")));
      assertThat(step).isEqualTo(theirs ? new Step.GiveWay(OTHER) : new Step.GoBack());
    }

    @Test
    void aRollbackThatFailsCallsForAPersonAndIsNotRolledBack() {
      Head head = head().inFlight(deployment(Status.ROLLING_OUT, 3, 2));
      ServiceView failing = service(OFF, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 0));
      Situation seen = with(situation(SOON, failing, settings()), failures(3, NOON.plusSeconds(1)));
      assertThat(NextStep.decide(head, seen)).isInstanceOf(Step.CallForPerson.class);
    }

    @Test
    void aRollbackOfEcsThatNeverEndsCallsForAPerson() {
      Head head = head().inFlight(watched());
      Situation late =
          with(
              situation(NOON.plus(Duration.ofMinutes(31)), ROLLING, settings()),
              serviceDeployment("ROLLBACK_IN_PROGRESS", "TRIGGERED", "", ""));
      assertThat(NextStep.decide(head, late)).isInstanceOf(Step.CallForPerson.class);
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
              NextStep.decide(head().inFlight(watched()), with(late, List.of(task)))
                  .getClass()
                  .getSimpleName())
          .isEqualTo(step);
    }

    /** It crashed on for as long as the tasks of the failed revision drained. */
    @ParameterizedTest(name = "{0} tasks failed, {1} min: {2}")
    @CsvSource({"3, 29, Follow", "2, 31, Follow", "3, 31, CallForPerson"})
    void whatEcsBringsBackAndCrashesOnIsNotWaitedForBeyondTheDeadline(
        int failed, int minutes, String step) {
      ServiceView back = service(OFF, 2, "arn:sd", ecs(OWN_ID, "PRIMARY", OLD, "IN_PROGRESS", 0));
      List<StoppedTask> tasks = new ArrayList<>(failures(failed, SOON));
      tasks.add(stopping(NEW, "ServiceSchedulerInitiated", "deregistration", null));
      Situation seen =
          with(
              situation(NOON.plus(Duration.ofMinutes(minutes)), back, settings()),
              serviceDeployment("ROLLBACK_IN_PROGRESS", "DISABLED", "", ""));
      Deployment watched = watched().with(new Deployment.Revisions(NEW, "", OLD));
      assertThat(
              NextStep.decide(head().inFlight(watched), with(seen, tasks))
                  .getClass()
                  .getSimpleName())
          .isEqualTo(step);
    }

    /** Its last success need not be good: nobody is served by a way back that leads nowhere. */
    @Test
    void aRollbackOfEcsToAnotherRevisionThatNeverEndsIsPutRight() {
      ServiceView elsewhere =
          service(ON, 2, "arn:sd", ecs(OLD_ID, "PRIMARY", OTHER, "IN_PROGRESS", 0));
      Deployment watched = watched().with(new Deployment.Revisions(NEW, "", OLD));
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
          head().inFlight(watched()),
          with(
              situation(SOON, ROLLING, settings()),
              serviceDeployment(status, "TRIGGERED", "", "")));
    }

    private static Deployment watched() {
      Rollout rollout =
          new Rollout("", "arn:sd", 0, 0, 0, 0, "", NOON, NOON, null, false, true, Shift.NONE);
      return deployment(Status.ROLLING_OUT, 3, 2).with(rollout);
    }
  }

  private static Reason reason(Head head, Settings settings) {
    return ((Step.Decline) NextStep.decide(head, situation(NOON, STEADY, settings))).reason();
  }

  /**
   * A task that ECS has told to stop.
   *
   * @param why scaled in, unhealthy, or anything else
   */
  private static StoppedTask stopping(
      String taskDefinition, String code, String why, Instant stoppedAt) {
    String reason =
        switch (why) {
          case "scaled in" -> "Scaling activity initiated by (deployment " + OWN_ID + ")";
          case "unhealthy" -> "Task failed container health checks";
          default -> "";
        };
    return new StoppedTask(
        "task-9", taskDefinition, OLD_ID, code, reason, NOON, NOON, stoppedAt, null, List.of());
  }

  private static Situation with(Situation seen, List<StoppedTask> stopped) {
    return new Situation(
        seen.now(),
        seen.service(),
        seen.tags(),
        seen.serviceDeployment(),
        stopped,
        seen.accountHold(),
        seen.observeOnly(),
        seen.last(),
        seen.alarms(),
        seen.codeDeployed());
  }

  private static Situation with(Situation seen, ServiceDeployment serviceDeployment) {
    return new Situation(
        seen.now(),
        seen.service(),
        seen.tags(),
        Optional.of(serviceDeployment),
        seen.stopped(),
        seen.accountHold(),
        seen.observeOnly(),
        seen.last(),
        seen.alarms(),
        seen.codeDeployed());
  }

  private static Situation with(Situation seen, Optional<Deployment> last) {
    return new Situation(
        seen.now(),
        seen.service(),
        seen.tags(),
        seen.serviceDeployment(),
        seen.stopped(),
        seen.accountHold(),
        seen.observeOnly(),
        last,
        seen.alarms(),
        seen.codeDeployed());
  }
}
