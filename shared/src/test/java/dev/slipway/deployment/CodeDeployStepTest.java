package dev.slipway.deployment;

import static dev.slipway.deployment.CodeDeploySamples.BACK;
import static dev.slipway.deployment.CodeDeploySamples.OURS;
import static dev.slipway.deployment.CodeDeploySamples.back;
import static dev.slipway.deployment.CodeDeploySamples.blue;
import static dev.slipway.deployment.CodeDeploySamples.green;
import static dev.slipway.deployment.CodeDeploySamples.ours;
import static dev.slipway.deployment.CodeDeploySamples.service;
import static dev.slipway.deployment.CodeDeploySamples.told;
import static dev.slipway.deployment.Samples.NOON;
import static dev.slipway.deployment.Samples.OWN_ID;
import static dev.slipway.deployment.Samples.deployment;
import static dev.slipway.deployment.Samples.head;
import static dev.slipway.deployment.Samples.image;
import static dev.slipway.deployment.Samples.settings;
import static dev.slipway.deployment.Samples.situation;
import static dev.slipway.deployment.Samples.waitingFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.follow.Settings.Busy;
import dev.slipway.follow.Settings.Switch;
import dev.slipway.verdict.AlarmState;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.CodeDeployed;
import dev.slipway.verdict.Verdict.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The next step where CodeDeploy deploys: what differs from a service that ECS moves itself. */
class CodeDeployStepTest {

  private static final ServiceView STEADY = service(2, blue("PRIMARY"));
  private static final ServiceView COMING = service(0, blue("PRIMARY"), green("ACTIVE"));
  private static final ServiceView SHIFTED = service(2, blue("ACTIVE"), green("PRIMARY"));
  private static final Instant SOON = NOON.plusSeconds(310);

  private static Step decide(Head head, ServiceView service, CodeDeployed told, Instant now) {
    return NextStep.decide(
        head, situation(now, service, settings()).withCodeDeployed(Optional.ofNullable(told)));
  }

  // ---- nothing in flight

  @Test
  void aPushIsBegun() {
    assertThat(decide(waitingFor(head(), image("v2", 2)), STEADY, null, NOON))
        .isEqualTo(new Step.Begin(false));
  }

  @Test
  void somebodyElsesDeploymentIsWaitedForHoweverLongItTakes() {
    assertThat(
            decide(
                waitingFor(head(), image("v2", 2)),
                COMING,
                told(ours("InProgress", "", "")),
                NOON.plus(Duration.ofHours(30))))
        .isEqualTo(
            new Step.Rest(
                NOON.plus(Duration.ofHours(30)).plus(NextLook.SAFETY),
                "somebody else's deployment is in progress in CodeDeploy"));
  }

  @Test
  void whatIsLeftOfAFailedOneIsNotWaitedFor() {
    assertThat(
            decide(
                waitingFor(head(), image("v2", 2)),
                service(2, blue("PRIMARY"), green("ACTIVE")),
                told(ours("Failed", "TIMEOUT", "")),
                NOON))
        .isEqualTo(new Step.Begin(false));
  }

  // ---- a deployment in flight

  private static Head rolling(Head head) {
    return head.inFlight(
        deployment(Status.ROLLING_OUT, 2, 0)
            .with(AlarmsInUse.found(List.of(), List.of(), NOON))
            .with(Rollout.begun(OWN_ID, NOON).toBuilder().serviceDeploymentArn(OURS).build()));
  }

  static Stream<Arguments> stages() {
    return Stream.of(
        arguments("Created", STEADY, ""),
        arguments("InProgress", COMING, "INSTALL"),
        arguments("InProgress", service(2, blue("PRIMARY"), green("ACTIVE")), "TASKS_READY"),
        arguments("Ready", service(2, blue("PRIMARY"), green("ACTIVE")), "READY"),
        arguments("InProgress", SHIFTED, "TRAFFIC_SHIFTED"),
        arguments("Baking", SHIFTED, "BAKING"));
  }

  @ParameterizedTest(name = "{0} is {2}")
  @MethodSource("stages")
  void aNewStageIsProgress(String status, ServiceView service, String stage) {
    Step.Follow follow =
        (Step.Follow) decide(rolling(head()), service, told(ours(status, "", "")), SOON);
    assertThat(follow.rollout().stage()).isEqualTo(stage);
    assertThat(follow.rollout().countsFrom())
        .isEqualTo(
            stage.isEmpty()
                ? NOON
                : stage.equals("INSTALL") ? SOON : SOON.plus(Duration.ofMinutes(2_860)));
  }

  @Test
  void readyForDaysIsNotStalledAndTheDeadlineRunsOnWhenItIsOver() {
    ServiceView tasks = service(2, blue("PRIMARY"), green("ACTIVE"));
    CodeDeployed ready = told(ours("Ready", "", ""));
    Head first = followed(rolling(head()), decide(rolling(head()), tasks, ready, SOON));
    Instant later = SOON.plus(Duration.ofHours(40));
    Step second = decide(first, tasks, ready, later);
    assertThat(second).isInstanceOf(Step.Follow.class);
    assertThat(((Step.Follow) second).rollout())
        .as("nothing is written while nothing happens")
        .isEqualTo(first.inFlight().orElseThrow().rollout());
    // Tasks are lost again, and do not come back.
    ServiceView fewer = service(1, blue("PRIMARY"), green("ACTIVE"));
    CodeDeployed going = told(ours("InProgress", "", ""));
    Head third = followed(first, decide(first, fewer, going, later));
    assertThat(decide(third, fewer, going, later.plus(Duration.ofMinutes(29))))
        .isInstanceOf(Step.Follow.class);
    assertThat(decide(third, fewer, going, later.plus(Duration.ofMinutes(31))))
        .isEqualTo(new Step.Fail(Failure.NO_PROGRESS, false));
  }

  private static Head followed(Head head, Step step) {
    return head.inFlight(head.inFlight().orElseThrow().with(((Step.Follow) step).rollout()));
  }

  @Test
  void aNewerPushDoesNotTakeProductionBackFirst() {
    Head waiting = waitingFor(rolling(head()), image("v3", 3));
    CodeDeployed going = told(ours("InProgress", "", ""));
    assertThat(
            NextStep.decide(
                waiting,
                situation(SOON, COMING, settings(Switch.ON, Busy.REPLACE, Duration.ZERO))
                    .withCodeDeployed(Optional.of(going))))
        .isEqualTo(new Step.Begin(true));
    assertThat(
            NextStep.decide(
                waiting,
                situation(SOON, SHIFTED, settings(Switch.ON, Busy.REPLACE, Duration.ZERO))
                    .withCodeDeployed(Optional.of(going))))
        .isInstanceOf(Step.Follow.class);
  }

  @Test
  void codeDeploysOwnWayBackIsWatched() {
    assertThat(
            decide(
                rolling(head()),
                COMING,
                told(ours("Failed", "HOOK_EXECUTION_FAILURE", BACK), back("InProgress")),
                SOON))
        .isEqualTo(new Step.Fail(Failure.HOOK_FAILED, true));
  }

  // ---- alarms

  private static AlarmState alarm(String name, String state, Instant since) {
    return new AlarmState(name, "arn:" + name, state, name + " is " + state, since);
  }

  private static Head with(AlarmsInUse alarms, Status status) {
    Deployment rolling = rolling(head()).inFlight().orElseThrow();
    return head()
        .inFlight(
            rolling
                .with(alarms)
                .with(rolling.rollout().toBuilder().bakeUntil(NOON.plusSeconds(1200)).build())
                .as(status, Reason.IN_PROGRESS, "", NOON));
  }

  private static Step decide(Head head, CodeDeployed told, AlarmState... states) {
    return NextStep.decide(
        head,
        situation(SOON, SHIFTED, settings())
            .withCodeDeployed(Optional.of(told))
            .with(Optional.of(List.of(states))));
  }

  private static final AlarmsInUse GROUPS =
      AlarmsInUse.found(
          List.of(alarm("errors", "OK", NOON.minusSeconds(60)), alarm("tagged", "OK", NOON)),
          List.of("errors"),
          NOON);

  @Test
  void anAlarmOfTheGroupIsCodeDeploysUntilItHasEndedAndSlipwaysInTheBake() {
    AlarmState on = alarm("errors", "ALARM", NOON.plusSeconds(30));
    CodeDeployed going = told(ours("InProgress", "", ""));
    CodeDeployed done = told(ours("Succeeded", "", ""));
    assertThat(decide(with(GROUPS, Status.ROLLING_OUT), going, on)).isInstanceOf(Step.Follow.class);
    assertThat(decide(with(GROUPS, Status.BAKING), done, on))
        .isEqualTo(new Step.Fail(Failure.ALARM, false));
    assertThat(
            NextStep.alarmsToAsk(
                with(GROUPS, Status.ROLLING_OUT).inFlight().orElseThrow(),
                Optional.empty(),
                Optional.of(going)))
        .containsExactly("tagged");
    assertThat(
            NextStep.alarmsToAsk(
                with(GROUPS, Status.BAKING).inFlight().orElseThrow(),
                Optional.empty(),
                Optional.of(done)))
        .containsExactly("errors", "tagged");
  }

  @Test
  void theAlarmForWhichCodeDeployStoppedIsLookedForAndNamed() {
    CodeDeployed stopped = told(ours("Stopped", "ALARM_ACTIVE", ""));
    assertThat(decide(with(AlarmsInUse.NOT_LOOKED_FOR, Status.ROLLING_OUT), stopped))
        .isEqualTo(new Step.FindAlarms());
    Head found = with(GROUPS, Status.ROLLING_OUT);
    Deployment failing = found.inFlight().orElseThrow();
    assertThat(NextStep.alarmsToAsk(failing, Optional.empty(), Optional.of(stopped)))
        .containsExactly("errors", "tagged");
    AlarmState on = alarm("errors", "ALARM", NOON.plusSeconds(30));
    assertThat(decide(found, stopped, on)).isEqualTo(new Step.Fail(Failure.ALARM, false));
    assertThat(
            NextStep.failedBy(
                    failing,
                    situation(SOON, SHIFTED, settings())
                        .withCodeDeployed(Optional.of(stopped))
                        .with(Optional.of(List.of(on))))
                .wentOff())
        .singleElement()
        .satisfies(alarm -> {
          assertThat(alarm.name()).isEqualTo("errors");
          assertThat(alarm.reason()).isEqualTo("errors is ALARM");
        });
  }

  static Stream<Arguments> stoppedByAlarm() {
    return Stream.of(
        arguments("before anything of it ran", true, "ALARM_ACTIVE", "", true),
        arguments("CodeDeploy takes it back all the same", true, "ALARM_ACTIVE", BACK, true),
        arguments("tasks of it may have run", false, "ALARM_ACTIVE", "", false),
        arguments(
            "a hook before its tasks is no alarm", true, "HOOK_EXECUTION_FAILURE", "", false));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stoppedByAlarm")
  void whatNeverRanIsNotToBlameForAnAlarm(
      String what, boolean never, String error, String rollback, boolean blameless) {
    CodeDeployed stopped =
        new CodeDeployed(
            ours("Stopped", error, rollback),
            rollback.isEmpty() ? Optional.empty() : Optional.of(back("InProgress")),
            never);
    Step.Fail fail = (Step.Fail) decide(with(GROUPS, Status.ROLLING_OUT), stopped);
    assertThat(fail.blameless()).isEqualTo(blameless);
    assertThat(fail.ecsGoesBack()).isEqualTo(!rollback.isEmpty());
  }

  /** Somebody does not want it: then it does not come again by itself. */
  @Test
  void whatAPersonRolledBackIsNotWantedAgain() {
    Head found = with(GROUPS, Status.ROLLING_OUT);
    Head asked =
        found.request(
            new Head.Request.RollBack(found.inFlight().orElseThrow().sequence(), "Kim", NOON));
    CodeDeployed stopped =
        new CodeDeployed(ours("Stopped", "ALARM_ACTIVE", ""), Optional.empty(), true);
    assertThat(decide(asked, stopped)).isEqualTo(new Step.Fail(Failure.ALARM, false));
  }

  // ---- the way back

  private static Head watching(boolean asked) {
    return head()
        .inFlight(
            deployment(Status.ROLLING_OUT, 3, 2)
                .with(
                    Rollout.begun("", NOON).toBuilder()
                        .serviceDeploymentArn(OURS)
                        .running(2)
                        .stopRequested(asked)
                        .build()));
  }

  static Stream<Arguments> watched() {
    return Stream.of(
        arguments("the stop is not taken yet", told(ours("InProgress", "", "")), "GoBack"),
        arguments("it completed first", told(ours("Succeeded", "", "")), "GoBack"),
        arguments(
            "stopped, the way back is not named yet",
            told(ours("Stopped", "MANUAL_STOP", "")),
            "Follow"),
        arguments(
            "stopped, and nobody goes back",
            told(ours("Stopped", "MANUAL_STOP", "", false, NOON.minusSeconds(600))),
            "GoBack"),
        arguments(
            "going back", told(ours("Stopped", "MANUAL_STOP", BACK), back("InProgress")), "Follow"),
        arguments(
            "has gone back",
            told(ours("Stopped", "MANUAL_STOP", BACK), back("Succeeded")),
            "Returned"),
        arguments(
            "could not go back",
            told(ours("Stopped", "MANUAL_STOP", BACK), back("Failed")),
            "GoBack"));
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("watched")
  void theWayBackOfCodeDeployIsWatchedToItsEnd(String name, CodeDeployed told, String step) {
    assertThat(decide(watching(true), COMING, told, SOON).getClass().getSimpleName())
        .isEqualTo(step);
  }

  @Test
  void aWayBackThatNeverEndsCallsForAPerson() {
    assertThat(
            decide(
                watching(true),
                COMING,
                told(ours("Stopped", "MANUAL_STOP", BACK), back("InProgress")),
                NOON.plus(Duration.ofMinutes(40))))
        .isInstanceOfSatisfying(
            Step.CallForPerson.class,
            call -> assertThat(call.detail()).contains("CodeDeploy").contains("30 min"));
  }

  @Test
  void nobodyIsAskedWhetherTheGoodRevisionMayHaveItsTrafficBack() {
    Head goingBack =
        head()
            .inFlight(
                deployment(Status.ROLLING_OUT, 3, 2)
                    .with(
                        Rollout.begun(OWN_ID, NOON).toBuilder()
                            .serviceDeploymentArn(OURS)
                            .stopRequested(true)
                            .build()));
    assertThat(decide(goingBack, COMING, told(ours("Ready", "", "")), SOON))
        .isEqualTo(new Step.Proceed());
    assertThat(decide(goingBack, COMING, told(ours("InProgress", "", "")), SOON))
        .isInstanceOf(Step.Follow.class);
    assertThat(decide(goingBack, COMING, told(ours("Failed", "TIMEOUT", "")), SOON))
        .isInstanceOf(Step.CallForPerson.class);
  }
}
