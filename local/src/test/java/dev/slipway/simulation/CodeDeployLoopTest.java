package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.WEB;
import static dev.slipway.simulation.OneProcess.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.verdict.AlarmsInUse.Alarm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole loop in one process for a service that CodeDeploy deploys, blue/green. */
class CodeDeployLoopTest extends CodeDeployLoop {

  @Test
  void aPushIsDeployedByCodeDeployWithTheRevisionPinned() {
    world("");
    String digest = world.push("v2", "healthy");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(deployment(2).reason()).isEqualTo(Reason.COMPLETED);
    assertThat(world.image(runs())).endsWith("team/app:v2@" + digest);
    assertThat(creators()).containsExactly("Slipway prod/web#2");
    assertThat(head().lastGood().orElseThrow().sequence()).isEqualTo(2);
    assertThat(deployment(2).rollout().running()).isEqualTo(2);
  }

  @Test
  void aFailingHookIsTakenBackByCodeDeployAndExplained() {
    world(TAKES_BACK);
    personDeploys("web:1");
    world.pass(Duration.ofMinutes(20));
    world.account.codeDeploy().functions(function -> !function.equals("smoke-test"));
    world.push("v2", "healthy");
    long sequence = head().lastSequence() + 1;
    untilEnded(sequence);
    rolledBack(sequence, Reason.HOOK_FAILED, RolledBackBy.CODE_DEPLOY);
    assertThat(deployment(sequence + 1).rollbackOf()).isEqualTo(sequence);
    assertThat(deployment(sequence).diagnosis().orElseThrow().cause())
        .contains("AfterAllowTestTraffic failed")
        .contains("smoke-test");
    assertThat(creators())
        .containsExactly("by hand", "Slipway prod/web#" + sequence, "codeDeployRollback");
  }

  @Test
  void anAlarmStopsItAndCodeDeployTakesItBack() {
    world(
        TAKES_BACK
            + KEEPS_OLD_TASKS
            + "'alarmConfiguration': {'enabled': true, 'alarms': [{'name': 'errors'}]},");
    world.push("v2", "healthy");
    untilStage(2, "TRAFFIC_SHIFTED");
    world.account.call(
        AwsService.CLOUDWATCH,
        "SetAlarmState",
        json("{'AlarmName': 'errors', 'StateValue': 'ALARM', 'StateReason': 'a test'}"));
    untilEnded(2);
    rolledBack(2, Reason.ALARM, RolledBackBy.CODE_DEPLOY);
    assertThat(wentOff(2)).containsExactly("errors");
    assertThat(creators()).containsExactly("Slipway prod/web#2", "codeDeployRollback");
  }

  private static final String ALARMED =
      "'alarmConfiguration': {'enabled': true, 'alarms': [{'name': 'errors'}]},";

  private void alarm(String state) {
    world.account.call(
        AwsService.CLOUDWATCH,
        "SetAlarmState",
        json("{'AlarmName': 'errors', 'StateValue': '" + state + "', 'StateReason': 'a test'}"));
  }

  private List<String> wentOff(long sequence) {
    return deployment(sequence).alarms().wentOff().stream().map(Alarm::name).toList();
  }

  @Test
  void anAlarmOfTheGroupCountsInTheBakeAndDoesNotStopTheWayBack() {
    world(tags(", {'key': 'slipway.bake', 'value': '30m'}"), TAKES_BACK + ALARMED);
    world.push("v2", "healthy");
    world.until(() -> is(2, Status.BAKING), Duration.ofHours(2));
    alarm("ALARM");
    untilEnded(2);
    rolledBack(2, Reason.ALARM, RolledBackBy.SLIPWAY);
    assertThat(wentOff(2)).containsExactly("errors");
    assertThat(creators()).containsExactly("Slipway prod/web#2", "Slipway prod/web#3");
  }

  @Test
  void aWayBackWhoseTasksFailHasADiagnosisOfItsOwn() {
    world(tags(", {'key': 'slipway.bake', 'value': '30m'}"), ALARMED);
    world.push("v2", "healthy");
    world.until(() -> is(2, Status.BAKING), Duration.ofHours(2));
    world.account.call(AwsService.LOGS, "DeleteLogGroup", json("{'logGroupName': '/app'}"));
    alarm("ALARM");
    untilEnded(2);
    assertThat(deployment(2).reason()).isEqualTo(Reason.ROLLBACK_FAILED);
    assertThat(deployment(2).diagnosis().orElseThrow().cause()).contains("errors");
    assertThat(deployment(3).diagnosis().orElseThrow().cause()).contains("log group");
  }

  /** It was stopped before anything of it ran, and its image was in quarantine for it. */
  @Test
  void aPushWaitsUntilAnAlarmOfTheGroupIsOver() {
    world(ALARMED);
    alarm("ALARM");
    world.push("v2", "healthy");
    world.pass(Duration.ofHours(3));
    assertThat(head().lastSequence()).isEqualTo(1);
    assertThat(head().waiting().because())
        .startsWith("errors is in ALARM")
        .contains("disable the group's alarms");
    assertThat(head().version()).as("no hot loop").isLessThan(200);
    assertThat(creators()).isEmpty();
    world.push("v3", "healthy");
    world.pass(Duration.ofMinutes(5));
    alarm("OK");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(world.image(runs())).contains("team/app:v3");
    assertThat(head().quarantine()).isEmpty();
  }

  @Test
  void codeDeployStopsWhatBeginsAsAnAlarmGoesOffAndTheAlarmIsNamed() {
    world(ALARMED);
    world.push("v2", "healthy");
    untilEnded(2);
    world.mishaps.before("CreateDeployment", () -> alarm("ALARM"));
    world.push("v3", "healthy");
    untilEnded(3);
    assertThat(deployment(3).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(deployment(3).reason()).isEqualTo(Reason.ALARM);
    assertThat(wentOff(3)).containsExactly("errors");
    assertThat(creators())
        .as("it never had tasks, so there is nothing to go back from")
        .containsExactly("Slipway prod/web#2", "Slipway prod/web#3");
    assertThat(world.image(runs())).contains("team/app:v2");
    assertThat(deployment(3).detail()).contains("before any of its tasks ran");
    assertThat(head().quarantine()).as("nothing of it ran").isEmpty();
    world.pass(Duration.ofHours(1));
    assertThat(head().waiting().because()).startsWith("errors is in ALARM");
    alarm("OK");
    untilEnded(5);
    assertThat(deployment(5).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(world.image(runs())).contains("team/app:v3");
  }

  /** It went into quarantine where nothing good was known to go back to. */
  @Test
  void whatIsStoppedBeforeItRunsChangesNothingAndComesAgainWhereNothingGoodIsKnown() {
    world = new OneProcess(1, Setting.ORDERLY);
    world.codeDeployFollower(ANY, 2, ALARMED);
    world.scale(0);
    world.reconcile();
    world.until(() -> head().lastSequence() == 1, Duration.ofMinutes(30));
    world.mishaps.before("CreateDeployment", () -> alarm("ALARM"));
    world.push("v2", "healthy");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.FAILED);
    assertThat(deployment(2).reason()).isEqualTo(Reason.ALARM);
    assertThat(deployment(2).detail()).contains("before any of its tasks ran", "has not changed");
    assertThat(head().quarantine()).isEmpty();
    alarm("OK");
    untilEnded(3);
    assertThat(deployment(3).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(world.image(runs())).contains("team/app:v2");
  }

  /** It was rolled out by its tags, whatever they named by then. */
  @Test
  void whatNobodyKnowsTheImagesOfIsNotRolledOutAgain() {
    world = new OneProcess(1, Setting.ORDERLY);
    world.lost.add("ECR Image Action");
    world.codeDeployFollower(ANY, 2, TAKES_BACK);
    world.scale(0);
    world.pass(Duration.ofMinutes(2));
    world.lost.clear();
    world.reconcile();
    world.until(() -> head().lastSequence() == 1, Duration.ofMinutes(30));
    world.scale(2);
    world.push("v2", "slow:86400");
    world.until(() -> is(2, Status.ROLLING_OUT), Duration.ofMinutes(2));
    world.pass(Duration.ofMinutes(5));
    codeDeploy(
        "StopDeployment",
        "{'deploymentId': '"
            + deployment(2).rollout().codeDeployId().orElseThrow()
            + "', 'autoRollbackEnabled': false}");
    untilEnded(2);
    assertThat(deployment(2).reason()).isEqualTo(Reason.ROLLBACK_FAILED);
    assertThat(deployment(2).detail()).contains("nobody knows which images its tasks ran");
    assertThat(creators()).containsExactly("Slipway prod/web#2");
  }

  /** Each look found the same tasks running anew, and forgave those that had died before. */
  @Test
  void tasksThatFailAreCountedWhileCloudWatchIsThrottled() {
    world(ALARMED + WAITS_FOR_A_PERSON);
    world.mishaps.refuse("DescribeAlarms", "errors", "ThrottlingException", "Rate exceeded");
    world.lost.add("ECS Task State Change");
    world.push("v2", "dies-later:290");
    world.until(2, d -> d.reason() == Reason.TASKS_FAILED, Duration.ofMinutes(25));
  }

  /** CloudWatch says that the alarm is over, and CodeDeploy stops it all the same. */
  @Test
  void whatIsStoppedBeforeItRunsAgainAndAgainEndsInQuarantine() {
    world(ALARMED);
    for (int tries = 0; tries < 8; tries++) {
      world.mishaps.before("CreateDeployment", () -> alarm("ALARM"));
      if (tries == 0) {
        world.push("v2", "healthy");
      } else {
        alarm("OK");
      }
      world.pass(Duration.ofMinutes(10));
    }
    assertThat(creators()).hasSize(5);
    assertThat(head().quarantine()).hasSize(1);
    assertThat(head().waiting().isEmpty()).isTrue();
  }

  @Test
  void slipwayCountsTasksThatCrashAndHasItStoppedLongBeforeCodeDeployWould() {
    world("");
    String digest = world.push("v2", "crash");
    untilEnded(2);
    rolledBack(2, Reason.TASKS_FAILED, RolledBackBy.SLIPWAY);
    assertThat(creators()).containsExactly("Slipway prod/web#2", "codeDeployRollback");
    assertThat(Duration.between(deployment(2).createdAt(), deployment(2).finishedAt()))
        .isLessThan(Duration.ofMinutes(20));
    assertThat(deployment(2).diagnosis().orElseThrow().cause()).contains("code 1");
    assertThat(head().quarantine())
        .singleElement()
        .extracting(q -> q.digest().value())
        .isEqualTo(digest);
    assertThat(
            world
                .ecs("DescribeTaskDefinition", "{'taskDefinition': 'web:2'}")
                .at("/taskDefinition/status")
                .asText())
        .isEqualTo("INACTIVE");
  }

  @Test
  void whatNeverGetsHealthyIsTakenBackByCodeDeployAfterItsHour() {
    world(tags(", {'key': 'slipway.deadline', 'value': '3h'}"), TAKES_BACK);
    world.push("v2", "slow:86400");
    untilEnded(2);
    rolledBack(2, Reason.NO_PROGRESS, RolledBackBy.CODE_DEPLOY);
    assertThat(creators()).containsExactly("Slipway prod/web#2", "codeDeployRollback");
  }

  @Test
  void whatStallsIsStoppedAtSlipwaysOwnDeadline() {
    world("");
    world.push("v2", "slow:86400");
    untilEnded(2);
    rolledBack(2, Reason.NO_PROGRESS, RolledBackBy.SLIPWAY);
  }

  @Test
  void withoutAutomaticRollbackSlipwayDeploysTheLastGoodRevision() {
    world(KEEPS_OLD_TASKS);
    personDeploys("web:1");
    world.pass(Duration.ofMinutes(90));
    world.account.codeDeploy().functions(function -> !function.equals("smoke-test"));
    world.push("v2", "healthy");
    long sequence = head().lastSequence() + 1;
    world.until(() -> is(sequence, Status.ROLLING_BACK), Duration.ofMinutes(30));
    world.account.codeDeploy().functions(function -> true);
    untilEnded(sequence);
    rolledBack(sequence, Reason.HOOK_FAILED, RolledBackBy.SLIPWAY);
    assertThat(creators())
        .containsExactly(
            "by hand", "Slipway prod/web#" + sequence, "Slipway prod/web#" + (sequence + 1));
    assertThat(created().getLast().path("deploymentConfigName").asText())
        .isEqualTo("CodeDeployDefault.ECSAllAtOnce");
  }

  /**
   * Regression: what somebody had deployed by tag was registered anew and deployed again, and if
   * that failed too a person was called, while the service had run it untouched all along.
   */
  @Test
  void whatFailsBeforeItHasATaskSetNeedsNoRolloutToGoBack() {
    world("");
    personDeploys("web:1", "BeforeInstall");
    world.pass(Duration.ofMinutes(20));
    world.account.codeDeploy().functions(function -> !function.equals("smoke-test"));
    world.push("v2", "healthy");
    long sequence = head().lastSequence() + 1;
    untilEnded(sequence);
    // CodeDeploy has taken nothing back: Slipway has seen that nothing has to be.
    rolledBack(sequence, Reason.HOOK_FAILED, RolledBackBy.SLIPWAY);
    assertThat(runs()).isEqualTo("web:1");
    assertThat(creators()).containsExactly("by hand", "Slipway prod/web#" + sequence);
  }

  @Test
  void aPersonStopsItInCodeDeployWithRollback() {
    world("'deploymentConfigName': 'CodeDeployDefault.ECSCanary10Percent15Minutes',");
    world.push("v2", "healthy");
    untilStage(2, "TASKS_READY");
    codeDeploy(
        "StopDeployment",
        "{'deploymentId': '"
            + deployment(2).rollout().codeDeployId().orElseThrow()
            + "', 'autoRollbackEnabled': true}");
    untilEnded(2);
    rolledBack(2, Reason.STOPPED_BY_PERSON, RolledBackBy.PERSON);
    assertThat(creators()).containsExactly("Slipway prod/web#2", "codeDeployRollback");
  }

  @Test
  void aPersonStopsItWithoutRollbackAndSlipwayBringsTheServiceBack() {
    world("'deploymentConfigName': 'CodeDeployDefault.ECSCanary10Percent15Minutes',");
    world.push("v2", "healthy");
    untilStage(2, "TASKS_READY");
    codeDeploy(
        "StopDeployment",
        "{'deploymentId': '" + deployment(2).rollout().codeDeployId().orElseThrow() + "'}");
    untilEnded(2);
    rolledBack(2, Reason.STOPPED_BY_PERSON, RolledBackBy.PERSON);
    assertThat(creators()).containsExactly("Slipway prod/web#2", "Slipway prod/web#3");
  }

  @Test
  void aPersonRollsBackFromChatWhileTheOldTasksAreStillThere() {
    world(KEEPS_OLD_TASKS);
    world.push("v2", "healthy");
    untilStage(2, "TRAFFIC_SHIFTED");
    world.wantBack(2);
    untilEnded(2);
    rolledBack(2, Reason.STOPPED_BY_PERSON, RolledBackBy.PERSON);
    assertThat(creators()).containsExactly("Slipway prod/web#2", "codeDeployRollback");
  }

  @Test
  void aPersonRollsBackAfterSuccess() {
    world(WAITS_FOR_A_PERSON);
    world.push("v2", "healthy");
    untilStage(2, "READY");
    codeDeploy(
        "ContinueDeployment",
        "{'deploymentId': '" + deployment(2).rollout().codeDeployId().orElseThrow() + "'}");
    untilEnded(2);
    world.wantBack(2);
    untilEnded(3);
    rolledBack(2, Reason.UNDONE_BY_PERSON, RolledBackBy.PERSON);
    assertThat(creators()).containsExactly("Slipway prod/web#2", "Slipway prod/web#3");
    assertThat(Duration.between(deployment(3).createdAt(), deployment(3).finishedAt()))
        .as("nobody has to let the way back go")
        .isLessThan(Duration.ofMinutes(15));
  }

  /**
   * Somebody had deployed the good revision again since its tag was moved, and what CodeDeploy
   * brought back passed for good by its name.
   */
  @Test
  void whatCodeDeployBringsBackUnderAMovedTagIsPutRight() {
    world(BUILDS, TAKES_BACK + KEEPS_OLD_TASKS);
    Digest good = head().running().byContainer().get("web").digest();
    world.push("v1", "dies-later:20");
    personDeploys("web:1", "AfterInstall");
    world.pass(Duration.ofSeconds(1));
    world.push("build-2", "crash");
    untilEnded(2);
    assertThat(deployment(2).reason()).isEqualTo(Reason.TASKS_FAILED);
    assertThat(deployment(2).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(world.image(runs())).endsWith("@" + good.value());
    assertThat(head().lastGood().orElseThrow().images().brief()).isEqualTo("team/app:v1");
  }

  /** The ledger knew another revision as good, which is gone, and Slipway had done nothing. */
  @Test
  void codeDeploysOwnWayBackIsToldAsSuchWhereTheLedgerKnewAnotherRevision() {
    world(TAKES_BACK + WAITS_FOR_A_PERSON);
    world.push("v2", "healthy");
    untilStage(2, "READY");
    Head before = head();
    Image gone = head().running().byContainer().get("web");
    ImageSet images =
        new ImageSet(
            Map.of(
                "web",
                new Image(
                    gone.registry(),
                    gone.repository(),
                    gone.tag(),
                    new Digest("sha256:" + "0".repeat(64)))));
    world.truth.write(
        Change.of(
            before,
            before.lastGood(
                new LastGood(
                    WEB.arn().replaceAll(":service/.*", ":task-definition/web:99"),
                    images,
                    1,
                    world.clock.instant(),
                    true))));
    untilEnded(2);
    rolledBack(2, Reason.NO_PROGRESS, RolledBackBy.CODE_DEPLOY);
    assertThat(creators()).containsExactly("Slipway prod/web#2", "codeDeployRollback");
  }

  /** It had asked for the way back, which was told as CodeDeploy's own. */
  @ParameterizedTest
  @ValueSource(strings = {"", TAKES_BACK})
  void killedBetweenStopAndItsNoteItKnowsThatItHasAskedForTheWayBack(String group) {
    world(group);
    world.account.codeDeploy().rollsBackAfter(Duration.ofSeconds(90));
    world.mishaps.killAfter("StopDeployment");
    world.push("v2", "crash");
    untilEnded(2);
    rolledBack(2, Reason.TASKS_FAILED, RolledBackBy.SLIPWAY);
    assertThat(creators()).containsExactly("Slipway prod/web#2", "codeDeployRollback");
  }

  @Test
  void tasksThatDieDuringTheBakeBringItBack() {
    world(tags(", {'key': 'slipway.bake', 'value': '15m'}"), "");
    world.push("v2", "dies-later:60");
    untilEnded(2);
    rolledBack(2, Reason.TASKS_FAILED, RolledBackBy.SLIPWAY);
  }

  @Test
  void readyForDaysIsNotStalled() {
    world(WAITS_FOR_A_PERSON);
    world.push("v2", "healthy");
    untilStage(2, "READY");
    world.pass(Duration.ofHours(40));
    assertThat(deployment(2).status()).isEqualTo(Status.ROLLING_OUT);
    codeDeploy(
        "ContinueDeployment",
        "{'deploymentId': '" + deployment(2).rollout().codeDeployId().orElseThrow() + "'}");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.SUCCEEDED);
  }

  @Test
  void whatNobodyLetsGoIsStoppedByCodeDeployAndBroughtBack() {
    world(TAKES_BACK + WAITS_FOR_A_PERSON);
    world.push("v2", "healthy");
    untilEnded(2);
    rolledBack(2, Reason.NO_PROGRESS, RolledBackBy.CODE_DEPLOY);
  }

  @Test
  void aLostAnswerOfCreateDeploymentCreatesNoSecondOne() {
    world("");
    world.mishaps.loseAnswer("CreateDeployment");
    world.push("v2", "healthy");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(creators()).containsExactly("Slipway prod/web#2");
  }

  @Test
  void killedBetweenCreateAndWriteItFindsItsDeployment() {
    world("");
    world.mishaps.killAfter("CreateDeployment");
    world.push("v2", "healthy");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(creators()).containsExactly("Slipway prod/web#2");
  }

  @Test
  void killedOnTheWayBackItFindsItsDeploymentToo() {
    world("");
    world.push("v2", "healthy");
    untilEnded(2);
    world.mishaps.killAfter("CreateDeployment");
    world.wantBack(2);
    untilEnded(3);
    rolledBack(2, Reason.UNDONE_BY_PERSON, RolledBackBy.PERSON);
    assertThat(creators()).containsExactly("Slipway prod/web#2", "Slipway prod/web#3");
  }

  @Test
  void somebodyElsesDeploymentIsWaitedForAndThePushIsNotLost() {
    world(KEEPS_OLD_TASKS);
    personDeploys("web:1");
    world.pass(Duration.ofSeconds(1));
    world.push("v2", "healthy");
    world.pass(Duration.ofMinutes(50));
    assertThat(creators()).containsExactly("by hand");
    world.until(() -> world.image(runs()).contains("team/app:v2"), Duration.ofHours(3));
    untilEnded(head().lastSequence());
    assertThat(deployment(head().lastSequence()).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(head().running().brief()).isEqualTo("team/app:v2");
    assertThat(creators()).hasSize(2);
  }

  @Test
  void aDeploymentThatBeganInTheSameMomentIsWaitedForToo() {
    world("");
    world.mishaps.before("CreateDeployment", () -> personDeploys("web:1"));
    world.push("v2", "healthy");
    world.until(() -> is(2, Status.PREPARING), Duration.ofMinutes(5));
    assertThat(deployment(2).detail()).contains("CodeDeploy is busy with d-");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.SUPERSEDED);
    assertThat(deployment(2).detail()).contains("deployed web:1 again", "comes next");
    untilEnded(3);
    assertThat(deployment(3).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(world.image(runs())).contains("team/app:v2");
  }

  /** A push that was begun already went over it, and its way back undid it. */
  @Test
  void whatThatOneBroughtUnderAMovedTagIsGoneBackTo() {
    world(BUILDS, "");
    world.mishaps.before(
        "CreateDeployment",
        () -> {
          world.push("v1", "healthy");
          personDeploys("web:1");
        });
    world.push("build-2", "crash");
    untilEnded(2);
    untilEnded(4);
    assertThat(deployment(3).reason()).isEqualTo(Reason.CHANGED_ELSEWHERE);
    assertThat(deployment(4).reason()).isEqualTo(Reason.TASKS_FAILED);
    assertThat(deployment(4).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(head().running()).isEqualTo(deployment(3).to());
    assertThat(deployment(3).to()).isNotEqualTo(deployment(1).to());
  }

  @Test
  void aNewerPushBeforeAnyTaskRunsStopsTheOlderOneFirst() {
    world("");
    world.push("v2", "healthy");
    world.until(() -> is(2, Status.ROLLING_OUT), Duration.ofMinutes(1));
    world.push("v3", "healthy");
    untilEnded(3);
    assertThat(deployment(2).status()).isEqualTo(Status.SUPERSEDED);
    assertThat(deployment(3).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(world.image(runs())).contains("team/app:v3");
    assertThat(head().quarantine()).isEmpty();
  }

  /** What the older one brought into production meanwhile passed for somebody else's. */
  @Test
  void aNewerPushThatIsSlowToStopTheOlderOneIsDeployedAllTheSame() {
    world(KEEPS_OLD_TASKS);
    world.push("v2", "healthy");
    world.until(() -> is(2, Status.ROLLING_OUT), Duration.ofMinutes(1));
    world.mishaps.killAfter("RegisterTaskDefinition");
    world.push("v3", "healthy");
    untilEnded(3);
    assertThat(deployment(2).reason()).isEqualTo(Reason.NEWER_PUSH);
    assertThat(deployment(3).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(world.image(runs())).contains("team/app:v3");
  }

  /** Likewise where it began in the same moment, and its tasks came after the newer push. */
  @Test
  void whatAnOlderPushBringsAfterTheNewerOneHasBegunIsNobodyElses() {
    world(KEEPS_OLD_TASKS);
    world.mishaps.killAfter("RegisterTaskDefinition");
    world.mishaps.before(
        "CreateDeployment", () -> world.mishaps.killAfter("RegisterTaskDefinition"));
    world.push("v2", "healthy");
    world.until(() -> is(2, Status.PREPARING), Duration.ofMinutes(1));
    world.push("v3", "healthy");
    untilEnded(3);
    assertThat(deployment(2).reason()).isEqualTo(Reason.NEWER_PUSH);
    assertThat(deployment(3).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(world.image(runs())).contains("team/app:v3");
  }

  /** Likewise when the newer one is rolled back. */
  @Test
  void whatAnOlderPushBroughtIntoProductionMeanwhileIsNobodyElses() {
    world("");
    world.push("v2", "healthy");
    world.until(() -> is(2, Status.ROLLING_OUT), Duration.ofMinutes(1));
    world.mishaps.killAfter("RegisterTaskDefinition");
    world.push("v3", "crash");
    untilEnded(3);
    assertThat(deployment(2).reason()).isEqualTo(Reason.NEWER_PUSH);
    rolledBack(3, Reason.TASKS_FAILED, RolledBackBy.SLIPWAY);
  }

  /** Two ways back failed, and what the first one left passed for somebody else's deployment. */
  @Test
  void whatIsLeftWhenTwoWaysBackFailIsNobodyElses() {
    world(tags(", {'key': 'slipway.bake', 'value': '15m'}"), TAKES_BACK);
    personDeploys("web:1");
    world.pass(Duration.ofMinutes(20));
    world.push("v2", "healthy");
    long second = head().lastSequence() + 1;
    world.until(() -> is(second, Status.BAKING), Duration.ofMinutes(30));
    world.account.codeDeploy().functions(function -> !function.equals("smoke-test"));
    world.wantBack(second);
    untilEnded(second);
    assertThat(deployment(second).reason()).isEqualTo(Reason.ROLLBACK_FAILED);
    world.push("v3", "healthy");
    long third = head().lastSequence() + 1;
    untilEnded(third);
    assertThat(deployment(third).reason()).isEqualTo(Reason.ROLLBACK_FAILED);
    world.pass(Duration.ofHours(2));
    assertThat(world.image(runs())).contains("team/app:v2");
    assertThat(head().lastSequence()).isEqualTo(third + 1);
    world.account.codeDeploy().functions(function -> true);
    world.push("v4", "healthy");
    untilEnded(third + 2);
    assertThat(deployment(third + 2).status()).isEqualTo(Status.SUCCEEDED);
  }

  @Test
  void somebodyElsesDeploymentIsAdopted() {
    world("");
    personDeploys("web:1");
    world.pass(Duration.ofMinutes(10));
    world.push("v2", "healthy");
    untilEnded(2);
    personDeploys("web:1");
    world.pass(Duration.ofMinutes(20));
    assertThat(deployment(3).reason()).isEqualTo(Reason.CHANGED_ELSEWHERE);
    assertThat(head().lastGood().orElseThrow().sequence()).isEqualTo(3);
  }

  @Test
  void aServiceWithoutAGroupSaysSo() {
    world(null);
    world.push("v2", "healthy");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.FAILED);
    assertThat(deployment(2).reason()).isEqualTo(Reason.NOT_DEPLOYABLE);
    assertThat(deployment(2).detail()).contains("prod/web").contains("Create one");
    assertThat(world.account.calls()).doesNotContainKey("codedeploy:CreateDeployment");
    assertThat(world.image("web:1")).isNotEmpty();
  }

  @Test
  void switchedOffMeanwhileNothingIsStartedOrStopped() {
    world("");
    world.push("v2", "slow:86400");
    world.until(() -> is(2, Status.ROLLING_OUT), Duration.ofMinutes(1));
    world.ecs(
        "TagResource",
        "{'resourceArn': '" + WEB.arn() + "', 'tags': [{'key': 'slipway', 'value': 'off'}]}");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.FAILED);
    assertThat(deployment(2).reason()).isEqualTo(Reason.ROLLBACK_FAILED);
    assertThat(world.account.calls()).doesNotContainKey("codedeploy:StopDeployment");
  }

  @Test
  void theGroupIsFoundByTheScanOnceAndRememberedForItsEvents() {
    world("");
    world.push("v2", "healthy");
    untilEnded(2);
    world.push("v3", "healthy");
    untilEnded(3);
    assertThat(world.account.calls().get("codedeploy:ListApplications")).isEqualTo(1);
    assertThat(world.truth.deploymentGroup(WEB).orElseThrow()).hasToString("shop/web");
  }
}
