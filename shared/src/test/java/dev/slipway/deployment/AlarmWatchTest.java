package dev.slipway.deployment;

import static dev.slipway.deployment.Samples.BREAKER;
import static dev.slipway.deployment.Samples.NEW;
import static dev.slipway.deployment.Samples.NOON;
import static dev.slipway.deployment.Samples.OWN_ID;
import static dev.slipway.deployment.Samples.ROLLING;
import static dev.slipway.deployment.Samples.SOON;
import static dev.slipway.deployment.Samples.alarm;
import static dev.slipway.deployment.Samples.deployment;
import static dev.slipway.deployment.Samples.ecs;
import static dev.slipway.deployment.Samples.head;
import static dev.slipway.deployment.Samples.image;
import static dev.slipway.deployment.Samples.service;
import static dev.slipway.deployment.Samples.serviceDeployment;
import static dev.slipway.deployment.Samples.settings;
import static dev.slipway.deployment.Samples.situation;
import static dev.slipway.deployment.Samples.waitingFor;
import static dev.slipway.deployment.Samples.watchedBy;
import static dev.slipway.deployment.Samples.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Head.Request;
import dev.slipway.verdict.AlarmState;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.Staging;
import dev.slipway.verdict.Verdict.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AlarmWatchTest {

  private static final AlarmState QUIET = alarm("web-5xx", "OK", NOON.minusSeconds(600));
  private static final AlarmState LOUD = alarm("web-5xx", "ALARM", NOON.plusSeconds(20));
  private static final ServiceView DONE =
      service(BREAKER, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "COMPLETED", 2));

  private static Head rolling(AlarmsInUse alarms) {
    return head().inFlight(deployment(Status.ROLLING_OUT, 2, 0).with(alarms));
  }

  private static Head baking(AlarmsInUse alarms) {
    Deployment deployment = deployment(Status.ROLLING_OUT, 2, 0).with(alarms);
    Rollout rollout = deployment.rollout().toBuilder().bakeUntil(NOON.plusSeconds(600)).build();
    return head().inFlight(deployment.with(rollout).as(Status.BAKING, Reason.BAKE_TIME, "", NOON));
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
    assertThat(NextStep.decide(rolling(watchedBy(QUIET)), seen(SOON, DONE, LOUD))).isEqualTo(fail);
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
