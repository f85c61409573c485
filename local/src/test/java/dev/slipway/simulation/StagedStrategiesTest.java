package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.local.ecs.EcsUnknowns;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Shift;
import dev.slipway.verdict.Shift.Mark;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Blue/green, linear and canary deployments of ECS, from the push to the verdict. */
class StagedStrategiesTest {

  /** What the documentation leaves open, as it suggests and the other way round. */
  enum Ecs {
    AS_IT_SUGGESTS(EcsUnknowns.standard()),
    OTHERWISE(EcsUnknowns.otherwise());

    private final EcsUnknowns unknowns;

    Ecs(EcsUnknowns unknowns) {
      this.unknowns = unknowns;
    }
  }

  private static final String HOOK_EVENT = "ECS Hook State Change";
  private static final String SHORT_DEADLINE =
      "[{'key': 'slipway', 'value': 'on'}, {'key': 'slipway:team/app', 'value': 'any'},"
          + " {'key': 'slipway.deadline', 'value': '10m'}]";
  private static final String PAUSING =
      "{'strategy': 'BLUE_GREEN', 'bakeTimeInMinutes': 1, 'lifecycleHooks': [{'targetType':"
          + " 'PAUSE', 'lifecycleStages': ['POST_TEST_TRAFFIC_SHIFT'], 'timeoutConfiguration':"
          + " {'timeoutInMinutes': %d, 'action': '%s'}}]}";
  private static final String PAUSING_STEPS =
      "{'strategy': 'LINEAR', 'linearConfiguration': {'stepPercent': 40, 'stepBakeTimeInMinutes':"
          + " 7}, 'bakeTimeInMinutes': 25, 'lifecycleHooks': [{'targetType': 'PAUSE',"
          + " 'lifecycleStages': ['PRODUCTION_TRAFFIC_SHIFT'], 'timeoutConfiguration':"
          + " {'timeoutInMinutes': 20, 'action': 'CONTINUE'}}]}";
  private static final String CHECKING =
      "{'strategy': 'BLUE_GREEN', 'bakeTimeInMinutes': 1, 'lifecycleHooks': [{'hookTargetArn':"
          + " 'arn:aws:lambda:eu-west-1:123456789012:function:check-it', 'lifecycleStages':"
          + " ['POST_TEST_TRAFFIC_SHIFT']}]}";
  private static final String LONG_CANARY =
      "{'strategy': 'CANARY', 'canaryConfiguration': {'canaryPercent': 10,"
          + " 'canaryBakeTimeInMinutes': 120}}";

  private OneProcess world;

  private void world(Ecs ecs, String configuration) {
    world = new OneProcess(1, Setting.ORDERLY.with(ecs.unknowns));
    world.follower(SHORT_DEADLINE, 2, configuration);
    world.reconcile();
    world.until(() -> head().lastSequence() == 1, Duration.ofMinutes(1));
  }

  private Head head() {
    return world.truth.head(WEB);
  }

  private Deployment deployment(long sequence) {
    return world.truth.deployment(WEB, sequence).orElseThrow();
  }

  private Shift shift() {
    return deployment(2).rollout().shift();
  }

  private Deployment ended() {
    return ended(Duration.ofHours(4));
  }

  private Deployment ended(Duration limit) {
    world.until(2, d -> d.status().ended(), limit);
    return deployment(2);
  }

  private JsonNode serviceDeployment() {
    String arn =
        world
            .ecs("ListServiceDeployments", "{'cluster': 'prod', 'service': 'web'}")
            .at("/serviceDeployments/0/serviceDeploymentArn")
            .asText();
    return serviceDeployment(arn);
  }

  private JsonNode serviceDeployment(String arn) {
    return world
        .ecs("DescribeServiceDeployments", "{'serviceDeploymentArns': ['" + arn + "']}")
        .at("/serviceDeployments/0");
  }

  private void untilPaused() {
    world.until(2, d -> d.rollout().shift().awaited().isPresent(), Duration.ofHours(1));
  }

  private void answer(String action) {
    JsonNode paused = serviceDeployment();
    world.ecs(
        "ContinueServiceDeployment",
        "{'serviceDeploymentArn': '%s', 'hookId': '%s', 'action': '%s'}"
            .formatted(
                paused.path("serviceDeploymentArn").asText(),
                paused.at("/lifecycleHookDetails/0/hookId").asText(),
                action));
  }

  private void stopInEcs() {
    world.ecs(
        "StopServiceDeployment",
        "{'serviceDeploymentArn': '%s', 'stopType': 'ROLLBACK'}"
            .formatted(serviceDeployment().path("serviceDeploymentArn").asText()));
  }

  private void functionsSay(String status) {
    world.account.ecs().lambdaHooks(_ -> OneProcess.json("{'hookStatus': '" + status + "'}"));
  }

  private void assertBack(Reason reason, RolledBackBy by) {
    Deployment failed = deployment(2);
    assertThat(failed.status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(failed.reason()).as(failed.detail()).isEqualTo(reason);
    assertThat(failed.rolledBackBy()).isEqualTo(by);
    assertThat(head().inFlight()).isEmpty();
    assertThat(head().running().brief()).isEqualTo("team/app:v1");
    assertThat(head().quarantine())
        .singleElement()
        .satisfies(entry -> assertThat(entry.reason()).isEqualTo(reason));
    world.until(() -> world.service().path("deployments").size() == 1, Duration.ofMinutes(10));
    assertThat(world.service().path("taskDefinition").asText()).endsWith("web:1");
  }

  @ParameterizedTest
  @EnumSource
  void blueGreenSucceedsAndItsStagesAreRecorded(Ecs ecs) {
    world(ecs, "{'strategy': 'BLUE_GREEN', 'bakeTimeInMinutes': 5}");
    // No event tells of a stage: only one that lasts is seen, by the clock's look.
    world.push("v2", "slow:200");
    Deployment done = ended();

    assertThat(done.status()).isEqualTo(Status.SUCCEEDED);
    Shift shift = done.rollout().shift();
    assertThat(shift.strategy()).isEqualTo("BLUE_GREEN");
    List<String> stages = shift.trail().stream().map(Mark::stage).distinct().toList();
    assertThat(stages).contains("SCALE_UP", "BAKE_TIME").startsWith("RECONCILE_SERVICE");
    Mark baking =
        shift.trail().stream().filter(mark -> mark.stage().equals("BAKE_TIME")).findFirst().get();
    assertThat(baking.production()).hasValue(100);
    assertThat(shift.production()).hasValue(100);
    assertThat(shift.hook()).isEmpty();
    assertThat(head().lastGood().orElseThrow().sequence()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void aCanarysBakeIsLongerThanTheDeadlineAndNotStalled(Ecs ecs) {
    world(ecs, LONG_CANARY);
    world.push("v2", "healthy");
    world.until(2, d -> d.rollout().shift().partial(), Duration.ofMinutes(10));
    world.pass(Duration.ofMinutes(100));
    assertThat(deployment(2).status()).isEqualTo(Status.ROLLING_OUT);
    assertThat(shift().production()).hasValue(10);
    assertThat(shift().standsUntil()).isAfter(world.clock.instant());
    assertThat(ended().status()).isEqualTo(Status.SUCCEEDED);
    assertThat(shift().trail())
        .extracting(mark -> mark.production().orElse(-1))
        .contains(10., 100.);
  }

  @Test
  void aPauseOfThreeDaysIsWaitedForAndThenGoesOn() {
    world(Ecs.AS_IT_SUGGESTS, PAUSING.formatted(20_160, "ROLLBACK"));
    world.push("v2", "healthy");
    untilPaused();
    Hook pause = shift().awaited().orElseThrow();
    assertThat(pause.type()).isEqualTo(Hook.Type.PAUSE);
    assertThat(pause.id()).startsWith("ecs-pause-");
    assertThat(pause.stage()).isEqualTo("POST_TEST_TRAFFIC_SHIFT");
    assertThat(pause.timeoutAction()).isEqualTo(Hook.TimeoutAction.ROLLBACK);
    world.account.forgetCalls();

    world.pass(Duration.ofDays(3));

    assertThat(deployment(2).status()).isEqualTo(Status.ROLLING_OUT);
    assertThat(world.account.calls().get("ecs:DescribeServices"))
        .as("a look every ten minutes is enough where an event tells of the end")
        .isLessThan(3 * 24 * 7L);
    Instant answered = world.clock.instant();
    answer("CONTINUE");
    assertThat(ended().status()).isEqualTo(Status.SUCCEEDED);
    assertThat(Duration.between(answered, world.clock.instant())).isLessThan(Duration.ofMinutes(5));
    assertThat(shift().awaited()).isEmpty();
  }

  @Test
  void aPauseWhoseAnswerNobodyHearsOfGoesOnAllTheSame() {
    world(Ecs.AS_IT_SUGGESTS, PAUSING.formatted(20_160, "ROLLBACK"));
    world.lost.add(HOOK_EVENT);
    world.push("v2", "healthy");
    untilPaused();
    world.pass(Duration.ofHours(5));
    answer("CONTINUE");
    assertThat(ended().status()).isEqualTo(Status.SUCCEEDED);
  }

  @ParameterizedTest
  @EnumSource
  void aPauseThatNobodyAnswersTimesOut(Ecs ecs) {
    world(ecs, PAUSING.formatted(90, "ROLLBACK"));
    world.push("v2", "healthy");
    ended();
    assertBack(Reason.HOOK_FAILED, RolledBackBy.ECS);
    assertThat(deployment(2).detail())
        .contains("The pause at POST_TEST_TRAFFIC_SHIFT was not answered in time.");
  }

  @ParameterizedTest
  @EnumSource
  void aPauseThatTimesOutIsKnownByItsTimeWhenItsEventIsLost(Ecs ecs) {
    world(ecs, PAUSING.formatted(90, "ROLLBACK"));
    world.lost.add(HOOK_EVENT);
    world.push("v2", "healthy");
    ended();
    assertBack(Reason.HOOK_FAILED, RolledBackBy.ECS);
  }

  @Test
  void aPauseThatGoesOnByItselfIsNoFailure() {
    world(Ecs.AS_IT_SUGGESTS, PAUSING.formatted(90, "CONTINUE"));
    world.push("v2", "healthy");
    assertThat(ended().status()).isEqualTo(Status.SUCCEEDED);
  }

  private void pausesForFiveMinutesAndGoesOn(Ecs ecs) {
    world(
        ecs,
        PAUSING
            .formatted(5, "CONTINUE")
            .replace("'bakeTimeInMinutes': 1", "'bakeTimeInMinutes': 30"));
    world.push("v2", "healthy");
    untilPaused();
  }

  /** It timed out, went on as it was set to, and passed for the cause of what came later. */
  @ParameterizedTest
  @EnumSource
  void aPauseThatWentOnByItselfIsNotWhyAPersonStopsItLater(Ecs ecs) {
    pausesForFiveMinutesAndGoesOn(ecs);
    world.pass(Duration.ofMinutes(10));
    stopInEcs();
    ended();
    assertBack(Reason.STOPPED_BY_PERSON, RolledBackBy.PERSON);
  }

  /** Its event does not say that it went on: a person who was quick passed for nobody. */
  @ParameterizedTest
  @EnumSource
  void aPauseThatWentOnByItselfIsNotWhyAPersonStopsItAtOnce(Ecs ecs) {
    pausesForFiveMinutesAndGoesOn(ecs);
    world.until(() -> shift().awaited().isEmpty(), Duration.ofMinutes(6));
    world.pass(Duration.ofSeconds(20));
    stopInEcs();
    ended();
    assertBack(Reason.STOPPED_BY_PERSON, RolledBackBy.PERSON);
  }

  @ParameterizedTest
  @EnumSource
  void somebodyAnswersThePauseWithRollback(Ecs ecs) {
    world(ecs, PAUSING.formatted(90, "ROLLBACK"));
    world.push("v2", "healthy");
    untilPaused();
    answer("ROLLBACK");
    ended();
    assertBack(Reason.STOPPED_BY_PERSON, RolledBackBy.PERSON);
    assertThat(deployment(2).detail()).contains("with ROLLBACK");
  }

  @ParameterizedTest
  @EnumSource
  void aPersonStopsItInAStageThatWaitsForAHook(Ecs ecs) {
    world(ecs, PAUSING.formatted(90, "ROLLBACK"));
    world.push("v2", "healthy");
    untilPaused();
    stopInEcs();
    ended();
    assertBack(Reason.STOPPED_BY_PERSON, RolledBackBy.PERSON);
    assertThat(deployment(2).detail()).contains("ECS says: ").contains("a user requested it");
  }

  @ParameterizedTest
  @EnumSource
  void aPersonStopsACanary(Ecs ecs) {
    world(ecs, LONG_CANARY);
    world.push("v2", "healthy");
    world.until(2, d -> d.rollout().shift().partial(), Duration.ofMinutes(10));
    stopInEcs();
    ended();
    assertBack(Reason.STOPPED_BY_PERSON, RolledBackBy.PERSON);
  }

  @ParameterizedTest
  @EnumSource
  void aFunctionSaysNo(Ecs ecs) {
    world(ecs, CHECKING);
    functionsSay("FAILED");
    world.push("v2", "healthy");
    ended();
    assertBack(Reason.HOOK_FAILED, RolledBackBy.ECS);
    assertThat(deployment(2).diagnosis().orElseThrow().cause())
        .contains("function")
        .contains("at POST_TEST_TRAFFIC_SHIFT failed");
  }

  /** Whether the event or ECS's list tells of it: one of the two is enough. */
  static Stream<Boolean> eventIsLost() {
    return Stream.of(true, false);
  }

  @ParameterizedTest
  @MethodSource("eventIsLost")
  void ofAFunctionThatSaysNoTheEventOrTheListIsEnough(boolean eventIsLost) {
    world(eventIsLost ? Ecs.OTHERWISE : Ecs.AS_IT_SUGGESTS, CHECKING);
    if (eventIsLost) {
      world.lost.add(HOOK_EVENT);
    }
    functionsSay("FAILED");
    world.push("v2", "healthy");
    ended();
    assertBack(Reason.HOOK_FAILED, RolledBackBy.ECS);
  }

  @Test
  void withNeitherEventNorListEcsWordsAreShownAndNothingIsReadFromThem() {
    world(Ecs.AS_IT_SUGGESTS, CHECKING);
    world.lost.add(HOOK_EVENT);
    functionsSay("FAILED");
    world.push("v2", "healthy");
    ended();
    assertBack(Reason.STOPPED_BY_PERSON, RolledBackBy.PERSON);
    assertThat(deployment(2).detail()).contains("lifecycle hook(s) failed");
  }

  /** It came while the way back was written down, and passed for a person's stop. */
  @Test
  void aHookEventThatComesAtTheVeryEndPutsTheReasonRightToo() {
    world(Ecs.AS_IT_SUGGESTS, CHECKING);
    world.lost.add(HOOK_EVENT);
    functionsSay("FAILED");
    world.push("v2", "healthy");
    world.mishaps.before("DeregisterTaskDefinition", this::toldThatTheFunctionFailed);
    ended();
    assertBack(Reason.HOOK_FAILED, RolledBackBy.ECS);
  }

  /** Nothing ran, the way back took seconds, and its hook's event came after it. */
  @Test
  void aHookEventThatComesAfterAQuickWayBackIsWaitedFor() {
    world(Ecs.AS_IT_SUGGESTS, CHECKING);
    world.lost.add(HOOK_EVENT);
    functionsSay("FAILED");
    world.push("v2", "healthy");
    world.until(
        () -> serviceDeployment().path("status").asText().equals("ROLLBACK_SUCCESSFUL"),
        Duration.ofMinutes(30));
    world.clock.after(Duration.ofSeconds(3), this::toldThatTheFunctionFailed);
    ended();
    assertBack(Reason.HOOK_FAILED, RolledBackBy.ECS);
  }

  private void toldThatTheFunctionFailed() {
    world.truth.addHook(
        WEB,
        deployment(2).rollout().serviceDeploymentArn(),
        new Hook(
            "check-it",
            Hook.Type.LAMBDA,
            "check-it",
            "POST_TEST_TRAFFIC_SHIFT",
            Hook.State.FAILED,
            null,
            Hook.TimeoutAction.UNKNOWN,
            null),
        world.clock.instant());
  }

  /**
   * Between two of its bakes and pauses nothing stands, and what is told of an old pause hid the
   * bake: a push went over it.
   */
  @Test
  void somebodyElsesStepsAreWaitedForHoweverLongTheyTake() {
    world(Ecs.AS_IT_SUGGESTS, PAUSING_STEPS);
    forceNewDeployment();
    String theirs = serviceDeployment().path("serviceDeploymentArn").asText();
    world.push("v2", "healthy");
    world.until(
        () -> serviceDeployment().path("lifecycleHookDetails").size() == 1, Duration.ofHours(1));
    world.lost.add(HOOK_EVENT);
    answer("CONTINUE");
    world.until(() -> head().lastSequence() == 2, Duration.ofHours(6));
    assertThat(serviceDeployment(theirs).path("status").asText()).isEqualTo("SUCCESSFUL");
    assertThat(ended().status()).isEqualTo(Status.SUCCEEDED);
  }

  /** A look that took up again what was begun before it went over it. */
  @Test
  void theSameRevisionDeployedAgainBeforeOursHasBegunComesFirst() {
    world(Ecs.AS_IT_SUGGESTS, LONG_CANARY);
    world.mishaps.killAfter("RegisterTaskDefinition");
    world.push("v2", "healthy");
    world.until(2, _ -> true, Duration.ofMinutes(5));
    world.pass(Duration.ofSeconds(5));
    forceNewDeployment();
    String theirs = serviceDeployment().path("serviceDeploymentArn").asText();
    assertThat(ended().status()).isEqualTo(Status.SUPERSEDED);
    assertThat(deployment(2).reason()).isEqualTo(Reason.CHANGED_ELSEWHERE);
    assertThat(head().waiting().byRepository()).containsKey("team/app");
    world.until(() -> head().lastSequence() == 3, Duration.ofHours(6));
    assertThat(serviceDeployment(theirs).path("status").asText()).isEqualTo("SUCCESSFUL");
    world.until(() -> deployment(3).status().ended(), Duration.ofHours(6));
    assertThat(deployment(3).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(deployment(3).to()).isEqualTo(deployment(2).to());
  }

  private void forceNewDeployment() {
    world.ecs("UpdateService", "{'cluster': 'prod', 'service': 'web', 'forceNewDeployment': true}");
  }

  @Test
  void aHookEventThatComesAfterTheRollbackBeganPutsTheReasonRight() {
    world(Ecs.AS_IT_SUGGESTS, CHECKING);
    world.lost.add(HOOK_EVENT);
    functionsSay("FAILED");
    world.push("v2", "healthy");
    world.until(2, d -> d.status() == Status.ROLLING_BACK, Duration.ofMinutes(10));
    assertThat(deployment(2).reason()).isEqualTo(Reason.STOPPED_BY_PERSON);
    world.missed.forEach(world::arrives);
    ended();
    assertBack(Reason.HOOK_FAILED, RolledBackBy.ECS);
    assertThat(deployment(2).diagnosis()).isPresent();
  }

  @Test
  void aFunctionMayTakeLongerThanTheDeadline() {
    world(Ecs.AS_IT_SUGGESTS, CHECKING);
    Instant enough = world.clock.instant().plus(Duration.ofMinutes(45));
    world
        .account
        .ecs()
        .lambdaHooks(_ ->
            OneProcess.json(
                world.clock.instant().isBefore(enough)
                    ? "{'hookStatus': 'IN_PROGRESS', 'callBackDelay': 60}"
                    : "{'hookStatus': 'SUCCEEDED'}"));
    world.push("v2", "healthy");
    assertThat(ended().status()).isEqualTo(Status.SUCCEEDED);
    assertThat(world.clock.instant()).isAfter(enough);
  }

  @ParameterizedTest
  @EnumSource
  void aLinearDeploymentWhoseTasksDieBetweenTwoStepsGoesBack(Ecs ecs) {
    world(
        ecs,
        "{'strategy': 'LINEAR', 'linearConfiguration': {'stepPercent': 20,"
            + " 'stepBakeTimeInMinutes': 6}}");
    world.push("v2", "dies-later:450");
    Deployment failed = ended();
    assertThat(failed.status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(failed.reason()).isEqualTo(Reason.TASKS_FAILED);
    assertThat(failed.rolledBackBy()).isEqualTo(RolledBackBy.SLIPWAY);
    assertThat(failed.diagnosis().orElseThrow().cause()).contains("exited");
    assertThat(failed.rollout().shift().partial()).isTrue();
    world.until(() -> world.service().path("deployments").size() == 1, Duration.ofMinutes(10));
    assertThat(world.service().path("taskDefinition").asText()).endsWith("web:1");
  }

  @Test
  void aStagedDeploymentWhoseTasksNeverGetHealthyStalls() {
    world(Ecs.AS_IT_SUGGESTS, LONG_CANARY);
    world.push("v2", "slow:86400");
    ended();
    assertBack(Reason.NO_PROGRESS, RolledBackBy.SLIPWAY);
  }

  @Test
  void somebodyElsesCanaryIsWaitedForToItsEnd() {
    world(Ecs.AS_IT_SUGGESTS, LONG_CANARY);
    world.ecs(
        "RegisterTaskDefinition",
        "{'family': 'web', 'networkMode': 'awsvpc', 'cpu': '256', 'memory': '512',"
            + " 'requiresCompatibilities': ['FARGATE'], 'containerDefinitions': [{'name': 'web',"
            + " 'image': '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1'}]}");
    world.ecs("UpdateService", "{'cluster': 'prod', 'service': 'web', 'taskDefinition': 'web:2'}");
    world.pass(Duration.ofMinutes(2));
    world.push("v2", "healthy");
    world.pass(Duration.ofMinutes(60));
    assertThat(head().inFlight()).isEmpty();
    assertThat(head().waiting().isEmpty()).isFalse();
    world.until(() -> head().inFlight().isPresent(), Duration.ofHours(2));
    assertThat(world.clock.instant()).isAfter(Instant.parse("2026-01-01T02:00:00Z"));
    world.until(() -> head().inFlight().isEmpty(), Duration.ofHours(4));
    assertThat(head().running().brief()).isEqualTo("team/app:v2");
  }
}
