package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.Head.Request;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.ledger.PushRecord;
import dev.slipway.local.ecs.EcsUnknowns;
import dev.slipway.policy.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole loop in one process, with nothing going wrong but what the image does. */
class WholeLoopTest extends EcsLoop {

  @Test
  void firstSightRecordsABaselineAndDeploysNothing() {
    world(ANY, BREAKER);
    assertThat(deployment(1).reason()).isEqualTo(Reason.BASELINE);
    assertThat(head().lastGood().orElseThrow().steady()).isTrue();
    assertThat(head().running().brief()).isEqualTo("team/app:v1");
    assertThat(runs()).isEqualTo("web:1");
  }

  @Test
  void aPushBecomesARunningRevisionPinnedByDigest() {
    world(ANY, BREAKER);
    String digest = world.push("v2", "healthy");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(runs()).isEqualTo("web:2");
    assertThat(world.image("web:2")).endsWith("team/app:v2@" + digest);
    JsonNode parameter =
        world.account.call(
            AwsService.SSM, "GetParameter", OneProcess.json("{'Name': '/slipway/prod/web/web'}"));
    assertThat(parameter.at("/Parameter/Value").asText()).endsWith("team/app:v2@" + digest);
    assertThat(head().inFlight()).isEmpty();
    assertThat(head().lastGood().orElseThrow().sequence()).isEqualTo(2);
  }

  @Test
  void ecsRollsACrashingImageBackAndItGoesToQuarantine() {
    world(ANY, BREAKER);
    String digest = world.push("v2", "crash");
    untilEnded(2);
    Deployment failed = deployment(2);
    assertThat(failed.status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(failed.reason()).isEqualTo(Reason.CIRCUIT_BREAKER);
    assertThat(failed.rolledBackBy()).isEqualTo(RolledBackBy.ECS);
    assertThat(failed.diagnosis().orElseThrow().cause()).contains("web").contains("code 1");
    assertThat(world.truth.logs(failed.service(), failed.sequence())).isNotEmpty();
    assertThat(deployment(3).rollbackOf()).isEqualTo(2);
    assertThat(deployment(3).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(runs()).isEqualTo("web:1");
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

  /** ECS resolves the tags of a revision again with each deployment of it. */
  @Test
  void theSameRevisionDeployedAgainElsewhereIsRecordedWithWhatItNowRuns() {
    world(ANY.replace("'any'", "'tag:latest'"), BREAKER);
    world.pass(Duration.ofMinutes(1));
    String moved = world.push("v1", "healthy");
    world.ecs("UpdateService", "{'cluster': 'prod', 'service': 'web', 'forceNewDeployment': true}");
    untilEnded(2);
    assertThat(deployment(2).reason()).isEqualTo(Reason.CHANGED_ELSEWHERE);
    assertThat(runs()).isEqualTo("web:1");
    assertThat(head().running().byContainer().get("web").digest().value()).isEqualTo(moved);
    assertThat(head().lastGood().orElseThrow().sequence()).isEqualTo(2);

    world.ecs("UpdateService", "{'cluster': 'prod', 'service': 'web', 'forceNewDeployment': true}");
    world.pass(Duration.ofMinutes(10));
    assertThat(head().lastSequence())
        .as("nothing came of it that was not there before")
        .isEqualTo(2);
  }

  /** It is in progress while Slipway writes down that ECS has gone back to that same revision. */
  @Test
  void theGoodRevisionDeployedAgainAtTheEndOfAWayBackIsRecordedWithWhatItNowRuns() {
    world(ANY.replace("'any'", "'tag:latest'"), BREAKER);
    List<String> moved = new ArrayList<>();
    world.mishaps.before(
        "DeregisterTaskDefinition",
        () -> {
          moved.add(world.push("v1", "healthy"));
          world.ecs(
              "UpdateService", "{'cluster': 'prod', 'service': 'web', 'forceNewDeployment': true}");
        });
    world.push("latest", "crash");
    untilEnded(2);
    world.pass(Duration.ofMinutes(10));
    assertThat(deployment(2).rolledBackBy()).isEqualTo(RolledBackBy.ECS);
    assertThat(head().running().byContainer().get("web").digest().value())
        .isEqualTo(moved.getFirst());
  }

  /** Without version consistency each task resolves the tag, also those that ECS brings back. */
  @Test
  void theSameRevisionWithAnotherImageIsNotWhatWasGood() {
    world(
        ANY.replace("'any'", "'tag:latest'"),
        "{'deploymentCircuitBreaker': {'enable': true, 'rollback': true},"
            + " 'minimumHealthyPercent': 0, 'maximumPercent': 100}");
    String image = world.image("web:1");
    world.ecs(
        "RegisterTaskDefinition",
        "{'family': 'web', 'cpu': '256', 'memory': '512', 'networkMode': 'awsvpc',"
            + " 'requiresCompatibilities': ['FARGATE'], 'containerDefinitions': [{'name': 'web',"
            + " 'image': '"
            + image
            + "', 'versionConsistency': 'disabled'}]}");
    world.ecs("UpdateService", "{'cluster': 'prod', 'service': 'web', 'taskDefinition': 'web:2'}");
    untilEnded(2);
    assertThat(deployment(2).reason()).isEqualTo(Reason.CHANGED_ELSEWHERE);
    String good = head().running().byContainer().get("web").digest().value();

    world.push("v1", "healthy");
    world.push("latest", "crash");
    untilEnded(4);
    world.pass(Duration.ofMinutes(10));

    assertThat(deployment(3).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(deployment(4).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(runs()).isEqualTo("web:4");
    assertThat(world.image("web:4")).endsWith("@" + good);
    assertThat(head().running().byContainer().get("web").digest().value()).isEqualTo(good);
  }

  /** The breaker begins to count anew with each task that becomes healthy, and the bake with it. */
  @Test
  void tasksThatDieWhileEcsBakesDoNotBakeForEver() {
    String alarms = ", 'alarms': {'enable': true, 'rollback': true, 'alarmNames': ['errors']}}";
    world(ANY, BREAKER.substring(0, BREAKER.length() - 1) + alarms);
    world.push("v2", "dies-later:90");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(deployment(2).reason()).isEqualTo(Reason.TASKS_FAILED);
  }

  /** ECS bakes on without them, for as long as AWS lets a stage take: that is no progress. */
  @Test
  void aBakeThatLosesItsTasksForGoodHasStalled() {
    String alarms = ", 'alarms': {'enable': true, 'rollback': true, 'alarmNames': ['errors']}}";
    world(
        "[{'key': 'slipway', 'value': 'on'}, {'key': 'slipway:team/app', 'value': 'any'},"
            + " {'key': 'slipway.deadline', 'value': '15m'}]",
        BREAKER.substring(0, BREAKER.length() - 1) + alarms);
    world.push("v2", "healthy");
    world.until(2, d -> d.rollout().stage().equals("BAKE_TIME"), Duration.ofMinutes(10));
    world.account.ecs().limitTasks("prod", 1);
    for (JsonNode task : world.ecs("ListTasks", "{'cluster': 'prod'}").path("taskArns")) {
      world.ecs("StopTask", "{'cluster': 'prod', 'task': '" + task.asText() + "'}");
    }
    world.pass(Duration.ofMinutes(10));
    assertThat(deployment(2).status()).isEqualTo(Status.ROLLING_OUT);
    world.pass(Duration.ofMinutes(15));
    assertThat(deployment(2).reason()).isEqualTo(Reason.NO_PROGRESS);
  }

  /**
   * The next look takes over what the lost call started while ECS is going back from it already,
   * and the one after it no longer finds it in the service.
   */
  @Test
  void whatALostCallStartedIsJudgedByItsOwnServiceDeployment() {
    world(ANY, BREAKER);
    world.lost.addAll(List.of("ECS Deployment State Change", "ECS Task State Change"));
    world.mishaps.loseAnswer("UpdateService");
    world.mishaps.loseAnswer("ListServiceDeployments");
    world.push("v2", "unhealthy");
    untilEnded(2);
    assertThat(deployment(2).reason()).isEqualTo(Reason.CIRCUIT_BREAKER);
    assertThat(deployment(2).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(head().quarantine()).hasSize(1);
  }

  /** ECS is eventually consistent: it may not list yet what it has just been told to do. */
  @Test
  void aDeploymentThatEcsDoesNotListYetWasNotReplacedByAnybody() {
    world(ANY, BREAKER);
    world.pass(Duration.ofMinutes(2));
    world.mishaps.before("UpdateService", () -> world.mishaps.stale("DescribeServices"));
    world.push("v2", "healthy");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(head().lastSequence()).isEqualTo(2);
  }

  /** What ECS shows of the service then is what ran before the failed one, and not its way back. */
  @Test
  void whatEcsShowsLateIsNotTakenForTheWayBack() {
    world = new OneProcess(1, Setting.ORDERLY.with(Adversity.lagging(Duration.ofSeconds(45))));
    world.follower(ANY, 2, "{'deploymentCircuitBreaker': {'enable': true, 'rollback': false}}");
    world.reconcile();
    world.until(() -> head().lastSequence() == 1, Duration.ofMinutes(1));
    world.push("v2", "healthy");
    untilEnded(2);
    world.pass(Duration.ofMinutes(2));
    world.push("v3", "crash");
    untilEnded(4);
    assertThat(deployment(3).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(world.service().path("taskDefinition").asText())
        .isEqualTo(deployment(2).revisions().own());
  }

  /** ECS still shows the older one as the service's own, and that has the digest of this push. */
  @Test
  void whatWasReplacedAMomentAgoIsNotTakenForWhatRuns() {
    world = new OneProcess(1, Setting.ORDERLY.with(Adversity.lagging(Duration.ofSeconds(45))));
    world.follower(ANY.replace("]", ", {'key': 'slipway.busy', 'value': 'replace'}]"), 2, BREAKER);
    world.reconcile();
    world.until(() -> head().lastSequence() == 1, Duration.ofMinutes(1));
    world.push("v2", "slow:600");
    world.pass(Duration.ofMinutes(1));
    world.push("v3", "slow:600");
    world.until(() -> head().lastSequence() == 3, Duration.ofMinutes(1));
    world.pass(Duration.ofSeconds(2));
    world.account.call(
        AwsService.ECR,
        "PutImage",
        OneProcess.json("{'repositoryName': 'team/app', 'imageTag': 'v4'}")
            .put("imageManifest", manifest("v2")));
    world.until(
        () -> head().waiting().isEmpty() && head().lastSequence() > 3, Duration.ofMinutes(5));
    assertThat(deployment(4).to().byContainer().get("web").digest())
        .isEqualTo(deployment(2).to().byContainer().get("web").digest());
  }

  /** Its end would have been taken for the end of the newer one. */
  @Test
  void theServiceDeploymentThatOursTookThePlaceOfIsNotTakenForOurs() {
    world = new OneProcess(1, Setting.ORDERLY.with(EcsUnknowns.standard().namingReplaced()));
    world.follower(ANY, 2, BREAKER);
    world.reconcile();
    world.until(() -> head().lastSequence() == 1, Duration.ofMinutes(1));
    world.push("v2", "slow:600");
    world.until(
        2, d -> d.rollout().serviceDeploymentArn().startsWith("arn"), Duration.ofMinutes(5));

    world.push("v3", "healthy");
    untilEnded(3);
    assertThat(deployment(2).status()).isEqualTo(Status.SUPERSEDED);
    assertThat(deployment(2).reason()).isEqualTo(Reason.NEWER_PUSH);
    assertThat(deployment(3).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(deployment(3).rollout().serviceDeploymentArn())
        .isNotEqualTo(deployment(2).rollout().serviceDeploymentArn());
  }

  private void somebodyDeploys(String image) {
    world.ecs(
        "UpdateService",
        "{'cluster': 'prod', 'service': 'web', 'taskDefinition': '" + world.register(image) + "'}");
  }

  @Test
  void whatSomebodyDeploysInTheMomentBeforeGoingBackIsLeftAsItIs() {
    world(ANY, NO_BREAKER);
    world.mishaps.before("StopServiceDeployment", () -> somebodyDeploys("team/app:v1"));
    world.push("v2", "crash");
    untilEnded(2);
    world.pass(Duration.ofMinutes(10));
    assertThat(runs()).isEqualTo("web:3");
    assertThat(deployment(2).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(deployment(2).rolledBackBy()).isEqualTo(RolledBackBy.PERSON);
    assertThat(deployment(3).reason()).isEqualTo(Reason.CHANGED_ELSEWHERE);
    assertThat(head().lastGood().orElseThrow().taskDefinition()).endsWith("web:3");
  }

  /** Our copy was made of what ran before, and would have undone theirs. */
  @Test
  void whatSomebodyDeploysWhileOursIsPreparedIsLeftAsItIs() {
    world(ANY, BREAKER);
    world.mishaps.killAfter("RegisterTaskDefinition");
    world.push("v2", "healthy");
    world.until(2, d -> d.status() == Status.PREPARING, Duration.ofMinutes(1));
    world.clock.advance(Duration.ofSeconds(5));
    somebodyDeploys("team/app:v1");
    untilEnded(2);
    world.pass(Duration.ofMinutes(10));
    assertThat(deployment(2).status()).isEqualTo(Status.SUPERSEDED);
    assertThat(deployment(2).reason()).isEqualTo(Reason.CHANGED_ELSEWHERE);
    assertThat(runs()).isEqualTo("web:3");
  }

  /** It was deregistered before that was written down, and the next look registered another. */
  @Test
  void eachDeploymentHasOneRevisionWhereverTheWorkerDies() {
    world(ANY, NO_BREAKER);
    world.mishaps.killAfter("RegisterTaskDefinition");
    world.push("v2", "healthy");
    world.until(2, d -> d.status() == Status.PREPARING, Duration.ofMinutes(1));
    world.clock.advance(Duration.ofSeconds(5));
    somebodyDeploys("team/app:not-built-yet");
    world.mishaps.killAfter("DeregisterTaskDefinition");
    world.until(
        () -> world.account.calls().containsKey("ecs:DeregisterTaskDefinition"),
        Duration.ofMinutes(3));
    world.ecs(
        "StopServiceDeployment",
        "{'stopType': 'ROLLBACK', 'serviceDeploymentArn': '%s'}"
            .formatted(
                world
                    .ecs("ListServiceDeployments", "{'cluster': 'prod', 'service': 'web'}")
                    .at("/serviceDeployments/0/serviceDeploymentArn")
                    .asText()));
    untilEnded(2);
    assertThat(deployment(2).reason()).isEqualTo(Reason.CHANGED_ELSEWHERE);
    // The first of the service, ours, and theirs.
    assertThat(world.account.calls().get("ecs:RegisterTaskDefinition")).isEqualTo(3);
  }

  /** It was taken for Slipway's own way back, and said to run what it does not. */
  @Test
  void theGoodRevisionThatSomebodyForcesWhileEcsGoesBackToItIsTheirs() {
    world(ANY, NO_BREAKER);
    String first = digest(head().running());
    world.push("v2", "slow:86400");
    world.until(2, d -> d.status() == Status.ROLLING_OUT, Duration.ofMinutes(1));
    world.wantBack(2);
    world.until(3, d -> d.status() == Status.ROLLING_OUT, Duration.ofMinutes(2));
    world.push("v1", "healthy");
    deleteImage(first);
    world.ecs("UpdateService", "{'cluster': 'prod', 'service': 'web', 'forceNewDeployment': true}");
    untilEnded(2);
    assertThat(deployment(2).status()).as(deployment(2).detail()).isEqualTo(Status.ROLLED_BACK);
    assertThat(deployment(3).reason()).isEqualTo(Reason.CHANGED_ELSEWHERE);
  }

  /** While one of its tasks was missing, it passed for somebody else's that was under way. */
  @Test
  void whatEcsHasBroughtBackIsNobodyElsesThoughItsTasksEndAgain() {
    Adversity resolvesAnew =
        new Adversity(new Random(0), Duration.ZERO, true, Duration.ZERO, false, false, false);
    world = new OneProcess(1, Setting.ORDERLY.with(resolvesAnew));
    world.follower(ANY.replace("'any'", "'prefix:build-'"), 2, NO_BREAKER);
    world.reconcile();
    world.until(() -> head().lastSequence() == 1, Duration.ofMinutes(1));
    world.push("build-2", "crash");
    world.until(3, d -> d.status() == Status.ROLLING_OUT, Duration.ofMinutes(10));
    world.lost.addAll(List.of("ECS Deployment State Change", "ECS Task State Change"));
    world.until(() -> world.service().path("deployments").size() == 1, Duration.ofMinutes(10));
    assertThat(deployment(3).status()).isEqualTo(Status.ROLLING_OUT);
    world.mishaps.before("DescribeServices", this::stopTask);
    untilEnded(3);
    world.pass(Duration.ofMinutes(5));
    world.push("v1", "healthy");
    stopTask();
    stopTask();
    world.pass(Duration.ofMinutes(5));
    world.reconcile();
    world.pass(Duration.ofMinutes(5));
    assertThat(runs()).isEqualTo("web:1");
    assertThat(head().lastSequence()).isEqualTo(3);
  }

  private void stopTask() {
    String task = world.tasks("RUNNING").getFirst().path("taskArn").asText();
    world.ecs("StopTask", "{'cluster': 'prod', 'task': '" + task + "'}");
    world.clock.advance(Duration.ofSeconds(3));
  }

  /** It was told as deployed by somebody else. */
  @Test
  void whatEcsBringsBackWhereNothingGoodIsLeftIsNobodyElses() {
    world(ANY, NO_BREAKER);
    String first = digest(head().running());
    world.push("v2", "healthy");
    world.until(2, d -> d.status() == Status.ROLLING_OUT, Duration.ofMinutes(1));
    world.mishaps.killAfter("RegisterTaskDefinition");
    world.push("v3", "crash");
    world.until(3, d -> d.status() == Status.PREPARING, Duration.ofMinutes(1));
    assertThat(deployment(2).reason()).isEqualTo(Reason.NEWER_PUSH);
    deleteImage(first);
    untilEnded(3);
    assertThat(deployment(3).reason()).isEqualTo(Reason.ROLLBACK_FAILED);
    world.pass(Duration.ofMinutes(10));
    assertThat(runs()).isEqualTo("web:2");
    assertThat(head().lastSequence()).isEqualTo(4);
    assertThat(head().lastGood().orElseThrow().sequence()).isEqualTo(2);
    assertThat(head().running().brief()).isEqualTo("team/app:v2");
  }

  @ParameterizedTest
  @ValueSource(strings = {BREAKER, BREAKER_WITHOUT_ROLLBACK, NO_BREAKER})
  void aWayBackWhoseTasksFailHasADiagnosisOfItsOwn(String breaker) {
    // An old task makes room before its successor runs.
    String small = "'minimumHealthyPercent': 50, 'maximumPercent': 100";
    world(ANY, breaker.replaceFirst("}$", (breaker.equals("{}") ? "" : ", ") + small + "}"));
    world.push("v2", "crash");
    world.until(2, d -> d.status() == Status.ROLLING_BACK, Duration.ofHours(1));
    world.account.call(
        AwsService.LOGS, "DeleteLogGroup", OneProcess.json("{'logGroupName': '/app'}"));
    untilEnded(2);

    assertThat(deployment(2).reason()).isEqualTo(Reason.ROLLBACK_FAILED);
    assertThat(deployment(2).diagnosis().orElseThrow().cause()).contains("web", "code 1");
    assertThat(deployment(3).reason()).as(deployment(3).detail()).isEqualTo(Reason.ROLLBACK_FAILED);
    assertThat(deployment(3).diagnosis().orElseThrow().cause()).contains("log group");
    assertThat(deployment(3).diagnosis().orElseThrow().evidence())
        .noneMatch(fact -> fact.contains("exit code"));
  }

  /** What failed before says nothing about a way back that could not begin. */
  @Test
  void aWayBackThatCannotBeginHasNoDiagnosis() {
    world(ANY, BREAKER_WITHOUT_ROLLBACK);
    String first = digest(head().running());
    world.push("v2", "crash");
    world.until(2, d -> d.status() == Status.ROLLING_OUT, Duration.ofMinutes(1));
    deleteImage(first);
    untilEnded(2);

    assertThat(deployment(3).reason()).isEqualTo(Reason.ROLLBACK_FAILED);
    assertThat(deployment(3).diagnosis()).isEmpty();
  }

  @Test
  void slipwayCountsAndGoesBackWhereThereIsNoBreaker() {
    world(ANY, NO_BREAKER);
    world.push("v2", "crash");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(deployment(2).reason()).isEqualTo(Reason.TASKS_FAILED);
    assertThat(deployment(2).rolledBackBy()).isEqualTo(RolledBackBy.SLIPWAY);
    world.until(() -> world.service().path("deployments").size() == 1, Duration.ofMinutes(10));
    assertThat(runs()).isEqualTo("web:1");
  }

  @Test
  void slipwayGoesBackWhereTheBreakerOnlyFails() {
    world(ANY, BREAKER_WITHOUT_ROLLBACK);
    world.push("v2", "crash");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(deployment(2).reason()).isEqualTo(Reason.CIRCUIT_BREAKER);
    assertThat(deployment(2).rolledBackBy()).isEqualTo(RolledBackBy.SLIPWAY);
  }

  /** A ledger that was deleted begins at 1 again, and its revisions in ECS outlive it. */
  @Test
  void aRevisionOfAnEarlierLifeOfTheLedgerIsNotTakenForTheWayBack() {
    world(ANY, BREAKER_WITHOUT_ROLLBACK);
    world.ecs(
        "RegisterTaskDefinition",
        "{'family': 'web', 'containerDefinitions': [{'name': 'web', 'image': 'other:v0', 'memory':"
            + " 128}], 'tags': [{'key': 'slipway.deployment', 'value': 'prod/web/3'}]}");
    world.pass(Duration.ofMinutes(10));
    world.push("v2", "crash");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(runs()).isEqualTo("web:4");
    assertThat(
            world
                .ecs("DescribeTaskDefinition", "{'taskDefinition': 'web:4'}")
                .at("/taskDefinition/containerDefinitions/0/image")
                .asText())
        .contains("team/app:v1@sha256:");
  }

  @Test
  void whatNeverBecomesHealthyStallsAndGoesBack() {
    world(
        "[{'key': 'slipway', 'value': 'on'}, {'key': 'slipway:team/app', 'value': 'any'},"
            + " {'key': 'slipway.deadline', 'value': '10m'}]",
        NO_BREAKER);
    world.push("v2", "slow:86400");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.ROLLED_BACK);
  }

  /**
   * A deregistration delay, or requests that take their time: the new revision is up and healthy.
   */
  @Test
  void whatWaitsForOldTasksToDrainHasNotStalled() {
    world(
        "[{'key': 'slipway', 'value': 'on'}, {'key': 'slipway:team/app', 'value': 'any'},"
            + " {'key': 'slipway.deadline', 'value': '10m'}]",
        BREAKER);
    world.push("v2", "lingers:3600");
    untilEnded(2);
    world.push("v3", "healthy");
    untilEnded(3);
    assertThat(deployment(3).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(Duration.between(deployment(3).createdAt(), deployment(3).finishedAt()))
        .isGreaterThan(Duration.ofHours(1));
  }

  /**
   * The breaker's count starts again with each task that becomes healthy: new tasks crashed on for
   * as long as the old ones drained.
   */
  @Test
  void whatKeepsFailingDoesNotWaitForOldTasksToDrain() {
    world(
        "[{'key': 'slipway', 'value': 'on'}, {'key': 'slipway:team/app', 'value': 'any'},"
            + " {'key': 'slipway.deadline', 'value': '15m'}]",
        BREAKER);
    world.push("v2", "lingers:6000");
    untilEnded(2);
    world.push("v3", "dies-later:20");
    world.pass(Duration.ofMinutes(14));
    assertThat(deployment(3).status()).isEqualTo(Status.ROLLING_OUT);
    world.pass(Duration.ofMinutes(6));
    assertThat(deployment(3).reason()).isEqualTo(Reason.TASKS_FAILED);
    untilEnded(3);
    // Tasks of the revision that comes back are drained still, from when it was replaced.
    assertThat(deployment(3).status()).isEqualTo(Status.ROLLED_BACK);
  }

  @Test
  void whereTheRevisionOfLastGoodIsDeletedTheNextOlderSuccessIsTaken() {
    world(ANY, BREAKER_WITHOUT_ROLLBACK);
    world.push("v2", "healthy");
    untilEnded(2);
    world.push("v3", "crash");
    world.until(3, d -> !d.revisions().own().isEmpty(), Duration.ofMinutes(1));
    world.ecs("DeregisterTaskDefinition", "{'taskDefinition': 'web:2'}");
    world.mishaps.refuse(
        "DescribeTaskDefinition",
        "web:2\"",
        "ClientException",
        "Unable to describe task definition.");
    untilEnded(3);
    assertThat(deployment(3).status()).as(deployment(3).detail()).isEqualTo(Status.ROLLED_BACK);
    assertThat(world.image(runs())).contains("team/app:v1@sha256:");
  }

  @Test
  void thatEcrMayNotBeAskedIsNoReasonNotToGoBack() {
    world(ANY, BREAKER_WITHOUT_ROLLBACK);
    String good = world.push("v2", "healthy");
    untilEnded(2);
    world.mishaps.refuse(
        "DescribeImages", good, "AccessDeniedException", "a service control policy says no");
    world.push("v3", "crash");
    untilEnded(3);
    assertThat(deployment(3).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(runs()).isEqualTo("web:2");
  }

  @Test
  void aQuarantinedDigestDoesNotComeBackUnderAnotherTagOrByReconcile() {
    world(ANY, BREAKER);
    world.push("v2", "crash");
    untilEnded(2);
    world.account.call(
        AwsService.ECR,
        "PutImage",
        OneProcess.json("{'repositoryName': 'team/app', 'imageTag': 'v2-again'}")
            .put("imageManifest", manifest("v2")));
    world.reconcile();
    world.pass(Duration.ofMinutes(5));
    assertThat(head().lastSequence()).isEqualTo(3);
    assertThat(world.truth.pushes(WEB, 5))
        .extracting(PushRecord::reason)
        .contains(Reason.QUARANTINED);
    assertThat(runs()).isEqualTo("web:1");
  }

  private String manifest(String tag) {
    return world
        .account
        .call(
            AwsService.ECR,
            "BatchGetImage",
            OneProcess.json(
                "{'repositoryName': 'team/app', 'imageIds': [{'imageTag': '" + tag + "'}]}"))
        .at("/images/0/imageManifest")
        .asText();
  }

  @Test
  void aNewerImageDeploysNormallyAfterARollback() {
    world(ANY, BREAKER);
    world.push("v2", "crash");
    untilEnded(2);
    world.push("v3", "healthy");
    untilEnded(4);
    assertThat(deployment(4).status()).isEqualTo(Status.SUCCEEDED);
  }

  @Test
  void aPushBeforeAnyTaskRunsReplacesWhatIsInFlight() {
    world(ANY, BREAKER);
    world.push("v2", "healthy");
    world.until(2, d -> d.status() == Status.ROLLING_OUT, Duration.ofMinutes(1));
    world.push("v3", "healthy");
    untilEnded(3);
    assertThat(deployment(2).status()).isEqualTo(Status.SUPERSEDED);
    assertThat(deployment(2).reason()).isEqualTo(Reason.NEWER_PUSH);
    assertThat(deployment(3).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(head().running().brief()).isEqualTo("team/app:v3");
  }

  @Test
  void aPushWaitsForTheVerdictOnceTasksRun() {
    world(ANY, BREAKER);
    world.push("v2", "slow:120");
    world.until(2, d -> d.rollout().tasksSeen(), Duration.ofMinutes(10));
    world.push("v3", "healthy");
    world.until(() -> !head().waiting().isEmpty(), Duration.ofMinutes(1));
    untilEnded(3);
    assertThat(deployment(2).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(deployment(3).status()).isEqualTo(Status.SUCCEEDED);
  }

  @Test
  void aPersonUndoesACompletedDeployment() {
    world(ANY, BREAKER);
    String digest = world.push("v2", "healthy");
    untilEnded(2);
    world.wantBack(2);
    untilEnded(3);
    assertThat(deployment(2).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(deployment(2).rolledBackBy()).isEqualTo(RolledBackBy.PERSON);
    assertThat(deployment(2).detail()).as("a card names people its own way").doesNotContain("U123");
    assertThat(deployment(3).trigger().by()).isEqualTo("U123");
    assertThat(head().quarantine())
        .singleElement()
        .extracting(q -> q.digest().value())
        .isEqualTo(digest);
    assertThat(head().running().brief()).isEqualTo("team/app:v1");
    assertThat(
            world
                .ecs("DescribeTaskDefinition", "{'taskDefinition': '" + runs() + "'}")
                .at("/taskDefinition/containerDefinitions/0/image")
                .asText())
        .as("the baseline named a tag only: going back pins the digest that its tasks ran")
        .contains("@sha256:");
  }

  @Test
  void theWayBackFromWhatAPersonStopsNamesThePerson() {
    world(ANY, BREAKER);
    world.push("v2", "slow:300");
    world.until(2, d -> d.rollout().tasksSeen(), Duration.ofMinutes(10));
    Head before = head();
    Instant asked = world.clock.instant();
    world.truth.write(
        Change.of(before, before.request(new Request.RollBack(2, "U123", asked)).due(asked)));
    untilEnded(3);
    assertThat(deployment(2).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(deployment(2).reason()).isEqualTo(Reason.STOPPED_BY_PERSON);
    assertThat(deployment(2).rolledBackBy()).isEqualTo(RolledBackBy.PERSON);
    assertThat(deployment(3).trigger())
        .isEqualTo(new Deployment.Trigger(Deployment.Trigger.Kind.PERSON, "U123", "", asked));
  }

  /** Regression: a person was told that it goes back, and nobody said that it did not. */
  @Test
  void aWishToGoBackThatComesTooLateIsAnswered() {
    world(ANY, BREAKER);
    world.push("v2", "healthy");
    untilEnded(2);
    somebodyDeploys("team/app:v1");
    world.pass(Duration.ofMinutes(5));
    Head before = head();
    Instant asked = world.clock.instant();
    world.truth.write(
        Change.of(before, before.request(new Request.RollBack(2, "U123", asked)).due(asked)));
    world.pass(Duration.ofMinutes(2));
    assertThat(head().request()).isEmpty();
    assertThat(deployment(2).status()).isEqualTo(Status.SUCCEEDED);
    PushRecord told = world.truth.pushes(WEB, 1).getFirst();
    assertThat(told.isWayBack()).isTrue();
    assertThat(told.image()).isEqualTo("team/app:v1");
    assertThat(told.reason()).isEqualTo(Reason.CHANGED_ELSEWHERE);
    assertThat(told.trigger().by()).isEqualTo("U123");
    assertThat(told.detail())
        .isEqualTo("\"Roll back\" was pressed for #2: it is not what the service runs any more.");
  }

  /** Regression: they had been told that it goes back, and heard nothing more of it. */
  @Test
  void aWishToGoBackOnAServiceThatIsDeletedIsAnswered() {
    world(ANY, BREAKER);
    world.push("v2", "healthy");
    untilEnded(2);
    world.ecs("DeleteService", "{'cluster': 'prod', 'service': 'web', 'force': true}");
    world.presses(2);
    world.pass(Duration.ofMinutes(2));
    assertThat(head().request()).isEmpty();
    PushRecord told = world.truth.pushes(WEB, 1).getFirst();
    assertThat(told.isWayBack()).isTrue();
    assertThat(told.reason()).isEqualTo(Reason.SERVICE_GONE);
    assertThat(told.detail())
        .isEqualTo(
            "\"Roll back\" was pressed for #2: ECS has no active service prod/web any more.");
  }

  /**
   * Regression: whatever ran after ECS had gone back passed for what ECS went back to, and was
   * rolled over.
   */
  @Test
  void whatSomebodyDeploysAfterEcsHasGoneElsewhereStays() {
    world(ANY, BREAKER);
    world.scale(0);
    world.pass(Duration.ofMinutes(2));
    world.push("v2", "slow:40");
    untilEnded(2);
    assertThat(deployment(2).reason()).isEqualTo(Reason.COMPLETED_WITHOUT_TASKS);
    world.scale(2);
    world.push("v3", "crash");
    world.until(3, d -> d.status() == Status.ROLLING_BACK, Duration.ofMinutes(10));
    world.mishaps.before("DescribeServiceRevisions", () -> somebodyDeploys("team/app:v1"));
    untilEnded(3);
    assertThat(deployment(3).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(deployment(3).rolledBackBy()).isEqualTo(RolledBackBy.PERSON);
    world.pass(Duration.ofMinutes(10));
    assertThat(runs()).isEqualTo("web:4");
  }

  /** As the desk does it for {@code /slipway release}. */
  private void release(String digest) {
    Head before = head();
    Quarantine entry =
        before.quarantine().stream()
            .filter(each -> each.digest().value().equals(digest))
            .findFirst()
            .orElseThrow();
    Instant now = world.clock.instant();
    Release release =
        Release.of(before, entry, world.truth.deployments(WEB, Release.DEPLOYMENTS), "U123", now);
    Head after =
        switch (release) {
          case Release.Again(Head.Wanted wish) ->
              before.waiting(before.waiting().with(wish)).due(now);
          case Release.Runs _, Release.Forgotten _, Release.OtherWaits _, Release.OtherUnderWay _ ->
              throw new AssertionError(release.toString());
        };
    world.truth.write(new Change(before, after, List.of(), List.of(), List.of(entry.digest())));
  }

  private void untilNothingWaits() {
    world.until(() -> head().waiting().isEmpty(), Duration.ofMinutes(10));
  }

  @Test
  void anImageThatAPersonReleasesIsDeployedAgain() {
    world(ANY, BREAKER);
    String digest = world.push("v2", "crash");
    untilEnded(3);
    release(digest);
    untilEnded(4);
    assertThat(deployment(4).to().brief()).isEqualTo("team/app:v2");
    assertThat(deployment(4).trigger().kind()).isEqualTo(Deployment.Trigger.Kind.PERSON);
    assertThat(deployment(4).trigger().by()).isEqualTo("U123");
    assertThat(deployment(4).status()).as("it still crashes").isEqualTo(Status.ROLLED_BACK);
    assertThat(head().quarantine()).singleElement().extracting(Quarantine::sequence).isEqualTo(4L);
  }

  @Test
  void anImageThatIsReleasedWhileANewerOneRunsIsDeclinedWithTheReason() {
    world(ANY, BREAKER);
    String digest = world.push("v2", "crash");
    untilEnded(3);
    world.push("v3", "healthy");
    untilEnded(4);
    release(digest);
    untilNothingWaits();
    assertThat(head().running().brief()).isEqualTo("team/app:v3");
    assertThat(head().quarantine()).isEmpty();
    PushRecord declined = world.truth.pushes(WEB, 1).getFirst();
    assertThat(declined.reason()).isEqualTo(Reason.OLDER_PUSH);
    assertThat(declined.trigger().by()).isEqualTo("U123");
    assertThat(declined.detail()).contains("team/app:v2 was pushed at", "not later than v3");
  }

  @Test
  void anImageThatIsReleasedAfterItsTagHasMovedIsDeclinedWithWhatTheTagNames() {
    world(
        "[{'key': 'slipway', 'value': 'on'}, {'key': 'slipway:team/app', 'value': 'tag:latest'}]",
        BREAKER);
    String digest = world.push("latest", "crash");
    untilEnded(3);
    world.ecs(
        "TagResource",
        "{'resourceArn': '" + WEB.arn() + "', 'tags': [{'key': 'slipway', 'value': 'off'}]}");
    String moved = world.push("latest", "healthy");
    world.until(
        () -> world.truth.pushes(WEB, 10).stream().anyMatch(push -> push.digest().equals(moved)),
        Duration.ofMinutes(10));
    world.ecs(
        "TagResource",
        "{'resourceArn': '" + WEB.arn() + "', 'tags': [{'key': 'slipway', 'value': 'on'}]}");
    release(digest);
    untilNothingWaits();
    PushRecord declined =
        world.truth.pushes(WEB, 10).stream()
            .filter(push -> push.trigger().by().equals("U123"))
            .findFirst()
            .orElseThrow();
    assertThat(declined.reason()).isEqualTo(Reason.TAG_NOT_WANTED);
    assertThat(declined.detail())
        .contains("the tag latest names " + moved.substring(0, 19), "move it to");
    assertThat(head().inFlight()).isEmpty();
  }

  @Test
  void whatWaitsForSomebodyElsesDeploymentSaysSo() {
    world(ANY, BREAKER);
    world.ecs(
        "RegisterTaskDefinition",
        "{'family': 'web', 'networkMode': 'awsvpc', 'cpu': '256', 'memory': '512',"
            + " 'requiresCompatibilities': ['FARGATE'], 'containerDefinitions': [{'name': 'web',"
            + " 'image': '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1'}]}");
    world.ecs("UpdateService", "{'cluster': 'prod', 'service': 'web', 'taskDefinition': 'web:2'}");
    world.push("v2", "healthy");
    world.until(() -> !head().waiting().because().isEmpty(), Duration.ofMinutes(2));
    assertThat(head().waiting().because())
        .isEqualTo("somebody else's deployment of web:2 is in progress");
    world.until(() -> head().running().brief().equals("team/app:v2"), Duration.ofHours(1));
    assertThat(head().waiting()).isEqualTo(Head.Waiting.NOTHING);
  }

  @Test
  void somebodyElsesDeploymentSupersedesOursAndIsAdopted() {
    world(ANY, BREAKER);
    world.push("v2", "slow:60");
    world.until(2, d -> d.status() == Status.ROLLING_OUT, Duration.ofMinutes(1));
    world.ecs(
        "UpdateService",
        "{'cluster': 'prod', 'service': 'web', 'taskDefinition': 'web:1', 'forceNewDeployment':"
            + " true}");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.SUPERSEDED);
    assertThat(deployment(2).reason()).isEqualTo(Reason.CHANGED_ELSEWHERE);
    world.pass(Duration.ofMinutes(10));
    assertThat(runs()).isEqualTo("web:1");
  }

  @Test
  void aDeletedServiceClosesItsDeployment() {
    world(ANY, BREAKER);
    world.push("v2", "slow:600");
    world.until(2, d -> d.status() == Status.ROLLING_OUT, Duration.ofMinutes(1));
    world.ecs("DeleteService", "{'cluster': 'prod', 'service': 'web', 'force': true}");
    untilEnded(2);
    assertThat(deployment(2).reason()).isEqualTo(Reason.SERVICE_GONE);
    assertThat(head().due()).isNull();
  }

  @Test
  void aServiceScaledToZeroSucceedsWithoutBecomingAPlaceToGoBackTo() {
    world(ANY, BREAKER);
    world.scale(0);
    world.pass(Duration.ofMinutes(2));
    world.push("v2", "healthy");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(deployment(2).reason()).isEqualTo(Reason.COMPLETED_WITHOUT_TASKS);
    assertThat(head().lastGood().orElseThrow().sequence()).isEqualTo(1);
  }

  @Test
  void whatNeverRanCountsAsGoodOnceItHasRunForAWhile() {
    world(ANY, BREAKER);
    world.scale(0);
    world.pass(Duration.ofMinutes(5));
    world.push("v2", "healthy");
    untilEnded(2);
    assertThat(deployment(2).reason()).isEqualTo(Reason.COMPLETED_WITHOUT_TASKS);
    world.scale(2);
    world.pass(Duration.ofMinutes(1));
    world.reconcile();
    world.pass(Duration.ofMinutes(5));
    assertThat(head().lastGood().orElseThrow().sequence()).isEqualTo(2);
    assertThat(head().due()).isNull();
  }

  @Test
  void whatNeverRanAndThenCrashesNeverCountsAsGood() {
    world(ANY, BREAKER);
    world.scale(0);
    world.pass(Duration.ofMinutes(5));
    world.push("v2", "dies-later:20");
    untilEnded(2);
    world.scale(2);
    for (int minute = 0; minute < 20; minute++) {
      world.pass(Duration.ofMinutes(1));
      world.reconcile();
      assertThat(head().lastGood().orElseThrow().sequence()).isEqualTo(1);
    }
  }

  /** Which alarms there are is not known either then. */
  @Test
  void aSuccessIsKeptBackForCloudWatchUntilTheDeadlineAndNoLonger() {
    world(ANY, BREAKER);
    world.ecs(
        "TagResource",
        "{'resourceArn': '"
            + WEB.arn()
            + "', 'tags': [{'key': 'slipway.deadline', 'value': '15m'}]}");
    world.account.call(
        AwsService.CLOUDWATCH,
        "PutMetricAlarm",
        OneProcess.json(
            "{'AlarmName': 'errors', 'Tags': [{'Key': 'slipway.service', 'Value': 'prod/web'}]}"));
    world.cloudWatchSilentUntil(world.clock.instant().plus(Duration.ofHours(12)));
    world.push("v2", "healthy");
    world.pass(Duration.ofMinutes(10));
    assertThat(deployment(2).status().ended()).isFalse();
    world.pass(Duration.ofMinutes(10));
    assertThat(deployment(2).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(runs()).isEqualTo("web:2");
  }

  @Test
  void tasksThatDieDuringTheBakeBringItBack() {
    world(
        "[{'key': 'slipway', 'value': 'on'}, {'key': 'slipway:team/app', 'value': 'any'},"
            + " {'key': 'slipway.bake', 'value': '15m'}]",
        BREAKER);
    world.push("v2", "dies-later:60");
    untilEnded(2);
    assertThat(deployment(2).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(deployment(2).reason()).isEqualTo(Reason.TASKS_FAILED);
  }

  @Test
  void aBadTagStopsThatServiceAndSaysTheValue() {
    world(ANY, BREAKER);
    world.ecs(
        "TagResource",
        "{'resourceArn': '"
            + WEB.arn()
            + "', 'tags': [{'key': 'slipway:team/app', 'value': 'semver:banana'}]}");
    world.push("v2", "healthy");
    world.pass(Duration.ofMinutes(2));
    assertThat(head().lastSequence()).isEqualTo(1);
    Optional<PushRecord> record = world.truth.pushes(WEB, 5).stream().findFirst();
    assertThat(record.orElseThrow().reason()).isEqualTo(Reason.SETTINGS_UNREADABLE);
    assertThat(record.orElseThrow().detail()).contains("banana");
  }

  @Test
  void theCallsFromPushToUpdateServiceAreTheFewThatTheJobNeeds() {
    world(ANY, BREAKER);
    world.push("v2", "healthy");
    world.account.forgetCalls();
    world.until(2, d -> d.status() == Status.ROLLING_OUT, Duration.ofMinutes(1));
    assertThat(world.account.calls())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "tag:GetResources", 1L,
                "ecs:DescribeServices", 1L,
                "ecs:DescribeTaskDefinition", 1L,
                "ecs:RegisterTaskDefinition", 1L,
                "ecs:UpdateService", 1L));
  }

  /** It was begun, and passed for somebody else's when its image was gone at the next look. */
  @Test
  void aWayBackThatHasBegunGoesOnThoughItsImageIsDeletedMeanwhile() {
    world(
        "[{'key': 'slipway', 'value': 'on'}, {'key': 'slipway:team/app', 'value': 'any'},"
            + " {'key': 'slipway.bake', 'value': '15m'}]",
        NO_BREAKER);
    world.push("v2", "dies-later:60");
    world.until(2, d -> d.status() == Status.BAKING, Duration.ofMinutes(10));
    world.mishaps.loseAnswer("UpdateService");
    world.until(3, _ -> true, Duration.ofMinutes(20));
    // Its tasks have the image by then, and nobody has looked again.
    world.lost.addAll(List.of("ECS Deployment State Change", "ECS Task State Change"));
    world.pass(Duration.ofSeconds(50));
    assertThat(deployment(3).status()).isEqualTo(Status.PREPARING);
    deleteImage(digest(deployment(1).to()));
    untilEnded(3);
    assertThat(deployment(3).status()).as(deployment(3).detail()).isEqualTo(Status.SUCCEEDED);
    assertThat(deployment(2).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(head().lastSequence()).isEqualTo(3);
  }

  private static String digest(ImageSet images) {
    return images.byContainer().values().iterator().next().digest().value();
  }

  private void deleteImage(String digest) {
    world.account.call(
        AwsService.ECR,
        "BatchDeleteImage",
        OneProcess.json(
            "{'repositoryName': 'team/app', 'imageIds': [{'imageDigest': '" + digest + "'}]}"));
  }
}
