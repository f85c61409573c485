package dev.slipway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.AlarmsInUse.Alarm;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What alarms do to a rollout: those of the service's configuration, and those with a tag. */
class AlarmLoopTest extends EcsLoop {

  private static final String WITH_BAKE =
      "[{'key': 'slipway', 'value': 'on'}, {'key': 'slipway:team/app', 'value': 'any'},"
          + " {'key': 'slipway.bake', 'value': '15m'}]";
  private static final String WITH_ALARM =
      "{'alarms': {'alarmNames': ['own'], 'enable': true, 'rollback': true}}";
  private static final String WITH_ALARM_WITHOUT_ROLLBACK =
      "{'alarms': {'alarmNames': ['own'], 'enable': true, 'rollback': false}}";

  /** What else would cause looks; the template's rules let most of it pass by. */
  private static final Set<String> OTHER_NEWS =
      Set.of("ECS Service Action", "ECS Task State Change");

  /** A world in which the alarm "own" is what the service's configuration may name. */
  private void worldWithAlarms(String tags, String configuration) {
    world(tags, configuration);
    cloudWatch("PutMetricAlarm", "{'AlarmName': 'own'}");
    cloudWatch(
        "PutMetricAlarm",
        "{'AlarmName': 'tagged', 'Tags': [{'Key': 'slipway.service', 'Value': 'prod/web'}]}");
    cloudWatch(
        "PutCompositeAlarm",
        "{'AlarmName': 'composite', 'AlarmRule': 'ALARM(own)', 'Tags': [{'Key':"
            + " 'slipway.service', 'Value': 'prod/web'}]}");
    cloudWatch(
        "PutMetricAlarm",
        "{'AlarmName': 'foreign', 'Tags': [{'Key': 'slipway.service', 'Value': 'prod/api'}]}");
    List.of("own", "tagged", "composite", "foreign").forEach(name -> alarm(name, "OK"));
    world.pass(Duration.ofMinutes(1));
  }

  private void cloudWatch(String operation, String input) {
    world.account.call(AwsService.CLOUDWATCH, operation, OneProcess.json(input));
  }

  private void alarm(String name, String state) {
    cloudWatch(
        "SetAlarmState",
        "{'AlarmName': '"
            + name
            + "', 'StateValue': '"
            + state
            + "', 'StateReason': 'Threshold Crossed for "
            + name
            + "'}");
  }

  /** A push whose rollout takes minutes, until its first task runs. */
  private String pushAndWaitForATask() {
    String digest = world.push("v2", "slow:120");
    world.until(2, d -> d.rollout().tasksSeen(), Duration.ofMinutes(10));
    return digest;
  }

  private void untilBaking() {
    world.push("v2", "healthy");
    world.until(2, d -> d.status() == Status.BAKING, Duration.ofMinutes(20));
  }

  private void failedBy(String alarm, RolledBackBy who) {
    Deployment failed = deployment(2);
    assertThat(failed.status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(failed.reason()).isEqualTo(Reason.ALARM);
    assertThat(failed.rolledBackBy()).isEqualTo(who);
    assertThat(failed.detail()).startsWith("An alarm went off: " + alarm + ".");
    assertThat(failed.diagnosis().orElseThrow().cause())
        .contains(alarm)
        .contains("Threshold Crossed for " + alarm);
    assertThat(head().quarantine()).hasSize(1);
    assertThat(head().running().brief()).isEqualTo("team/app:v1");
    world.until(() -> world.service().path("deployments").size() == 1, Duration.ofMinutes(10));
  }

  @Test
  void aTaggedAlarmThatGoesOffWhileItRollsOutBringsItBack() {
    worldWithAlarms(ANY, BREAKER);
    pushAndWaitForATask();
    alarm("tagged", "ALARM");
    untilEnded(2);
    failedBy("tagged", RolledBackBy.SLIPWAY);
    assertThat(runs()).isEqualTo("web:1");
  }

  @Test
  void aCompositeAlarmCountsToo() {
    worldWithAlarms(ANY, BREAKER);
    pushAndWaitForATask();
    alarm("composite", "ALARM");
    untilEnded(2);
    failedBy("composite", RolledBackBy.SLIPWAY);
  }

  @Test
  void anAlarmOfTheServiceIsLeftToEcsWhichGoesBackByItself() {
    worldWithAlarms(ANY, WITH_ALARM);
    pushAndWaitForATask();
    alarm("own", "ALARM");
    untilEnded(2);
    failedBy("own", RolledBackBy.ECS);
    assertThat(world.account.calls()).doesNotContainKey("ecs:StopServiceDeployment");
  }

  @Test
  void slipwayGoesBackWhereEcsOnlyFailsByItsAlarm() {
    worldWithAlarms(ANY, WITH_ALARM_WITHOUT_ROLLBACK);
    pushAndWaitForATask();
    alarm("own", "ALARM");
    untilEnded(2);
    failedBy("own", RolledBackBy.SLIPWAY);
  }

  @Test
  void anAlarmThatGoesOffDuringTheBakeBringsItBack() {
    worldWithAlarms(WITH_BAKE, WITH_ALARM);
    world.lost.addAll(OTHER_NEWS);
    untilBaking();
    alarm("own", "ALARM");
    // The event of the alarm, and nothing else, causes the look.
    world.until(() -> deployment(2).status() == Status.ROLLING_BACK, Duration.ofSeconds(5));
    untilEnded(2);
    failedBy("own", RolledBackBy.SLIPWAY);
  }

  @Test
  void anAlarmThatWasOnAtTheStartIsSaidAndIgnoredAndSlipwayWatchesTheOthers() {
    worldWithAlarms(WITH_BAKE, WITH_ALARM);
    alarm("own", "ALARM");
    world.pass(Duration.ofMinutes(1));
    untilBaking();
    AlarmsInUse alarms = deployment(2).alarms();
    assertThat(alarms.keepsEcsFromWatching()).isTrue();
    assertThat(alarms.onAtStart()).extracting(Alarm::name).containsExactly("own");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.SUCCEEDED);
  }

  @Test
  void whereEcsDoesNotWatchSlipwayDoes() {
    worldWithAlarms(
        ANY, "{'alarms': {'alarmNames': ['own', 'foreign'], 'enable': true, 'rollback': true}}");
    alarm("own", "ALARM");
    world.pass(Duration.ofMinutes(1));
    pushAndWaitForATask();
    alarm("foreign", "ALARM");
    untilEnded(2);
    failedBy("foreign", RolledBackBy.SLIPWAY);
  }

  @Test
  void anAlarmThatWasOnAtTheStartCountsOnceItHasBeenOver() {
    worldWithAlarms(WITH_BAKE, WITH_ALARM);
    alarm("tagged", "ALARM");
    world.pass(Duration.ofMinutes(1));
    untilBaking();
    // Over and off again between two looks, and nobody is told: its time says so.
    world.lost.add("CloudWatch Alarm State Change");
    alarm("tagged", "OK");
    world.clock.advance(Duration.ofSeconds(1));
    alarm("tagged", "ALARM");
    untilEnded(2);
    failedBy("tagged", RolledBackBy.SLIPWAY);
  }

  @Test
  void tooLittleDataIsNoAlarm() {
    worldWithAlarms(WITH_BAKE, WITH_ALARM);
    pushAndWaitForATask();
    alarm("tagged", "INSUFFICIENT_DATA");
    alarm("own", "INSUFFICIENT_DATA");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.SUCCEEDED);
  }

  @Test
  void anAlarmWhoseEventIsLostIsFoundByTheNextSafetyLook() {
    worldWithAlarms(WITH_BAKE, BREAKER);
    world.lost.addAll(OTHER_NEWS);
    untilBaking();
    world.lost.add("CloudWatch Alarm State Change");
    alarm("tagged", "ALARM");
    Instant off = world.clock.instant();
    world.until(() -> deployment(2).status() == Status.ROLLING_BACK, Duration.ofMinutes(4));
    assertThat(Duration.between(off, world.clock.instant())).isLessThan(Duration.ofMinutes(4));
    untilEnded(2);
    failedBy("tagged", RolledBackBy.SLIPWAY);
  }

  @Test
  void anAlarmThatWentOffBetweenTheStartAndTheFirstLookCounts() {
    worldWithAlarms(ANY, BREAKER);
    world.lost.add("ECS Deployment State Change");
    world.push("v2", "slow:120");
    world.until(2, d -> d.status() == Status.ROLLING_OUT, Duration.ofMinutes(1));
    assertThat(deployment(2).alarms().lookedFor()).isFalse();
    world.clock.advance(Duration.ofSeconds(1));
    alarm("tagged", "ALARM");
    untilEnded(2);
    failedBy("tagged", RolledBackBy.SLIPWAY);
  }

  @Test
  void aForeignAlarmCausesNoLook() {
    worldWithAlarms(WITH_BAKE, BREAKER);
    untilBaking();
    world.pass(Duration.ofSeconds(30));
    world.account.forgetCalls();
    alarm("foreign", "ALARM");
    world.pass(Duration.ofSeconds(30));
    assertThat(world.account.calls()).containsOnlyKeys("cloudwatch:SetAlarmState");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.SUCCEEDED);
  }

  @Test
  void alarmsAreLookedForAfterUpdateServiceAndOncePerDeployment() {
    worldWithAlarms(ANY, BREAKER);
    world.account.forgetCalls();
    world.push("v2", "healthy");
    untilEnded(2);
    assertThat(deployment(2).alarms().alarms())
        .extracting(Alarm::name)
        .containsExactly("composite", "tagged");
    assertThat(world.account.calls())
        .as("once by plan for the followers, once by deploy for the alarms")
        .containsEntry("tag:GetResources", 2L);
  }
}
