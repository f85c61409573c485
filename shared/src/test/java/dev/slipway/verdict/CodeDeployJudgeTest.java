package dev.slipway.verdict;

import static dev.slipway.deployment.CodeDeploySamples.BACK;
import static dev.slipway.deployment.CodeDeploySamples.back;
import static dev.slipway.deployment.CodeDeploySamples.blue;
import static dev.slipway.deployment.CodeDeploySamples.green;
import static dev.slipway.deployment.CodeDeploySamples.ours;
import static dev.slipway.deployment.CodeDeploySamples.service;
import static dev.slipway.deployment.CodeDeploySamples.set;
import static dev.slipway.deployment.CodeDeploySamples.told;
import static dev.slipway.deployment.Samples.NEW;
import static dev.slipway.deployment.Samples.NOON;
import static dev.slipway.deployment.Samples.OTHER;
import static dev.slipway.deployment.Samples.OWN_ID;
import static dev.slipway.deployment.Samples.failures;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.slipway.aws.ServiceView;
import dev.slipway.verdict.Observation.Standstill;
import dev.slipway.verdict.Verdict.Failed;
import dev.slipway.verdict.Verdict.Failure;
import dev.slipway.verdict.Verdict.Going;
import dev.slipway.verdict.Verdict.RollbackFailed;
import dev.slipway.verdict.Verdict.RolledBack;
import dev.slipway.verdict.Verdict.RollingBack;
import dev.slipway.verdict.Verdict.Succeeded;
import dev.slipway.verdict.Verdict.SucceededWithoutTasks;
import dev.slipway.verdict.Verdict.Superseded;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CodeDeployJudgeTest {

  private static final Instant SOON = NOON.plusSeconds(60);
  private static final Instant LATER = NOON.plus(Duration.ofHours(20));
  private static final Standstill HALF_AN_HOUR =
      new Standstill(NOON, NOON.plus(Duration.ofMinutes(30)), NOON.plus(Duration.ofMinutes(30)));

  /** Blue serves, green is coming up. */
  private static final ServiceView COMING = service(1, blue("PRIMARY"), green("ACTIVE"));

  /** Blue serves, green is complete: hooks, traffic steps. */
  private static final ServiceView READY = service(2, blue("PRIMARY"), green("ACTIVE"));

  /** Green serves, blue waits for its end. */
  private static final ServiceView SHIFTED = service(2, blue("ACTIVE"), green("PRIMARY"));

  private static final ServiceView DONE = service(2, green("PRIMARY"));
  private static final ServiceView BLUE_ONLY = service(2, blue("PRIMARY"));

  static Stream<Arguments> verdicts() {
    return Stream.of(
        // Under way.
        arguments("created", told(ours("Created", "", "")), BLUE_ONLY, new Going()),
        arguments("queued", told(ours("Queued", "", "")), BLUE_ONLY, new Going()),
        arguments("in progress", told(ours("InProgress", "", "")), COMING, new Going()),
        arguments("baking", told(ours("Baking", "", "")), SHIFTED, new Going()),
        arguments("ready", told(ours("Ready", "", "")), READY, new Going()),
        arguments("of the future", told(ours("Pondering", "", "")), COMING, new Going()),
        // Good.
        arguments("succeeded", told(ours("Succeeded", "", "")), DONE, new Succeeded()),
        arguments(
            "succeeded without tasks",
            told(ours("Succeeded", "", "")),
            service(0, 0, green("PRIMARY")),
            new SucceededWithoutTasks()),
        arguments(
            "succeeded, and somebody has deployed since",
            told(ours("Succeeded", "", "")),
            service(2, set("ecs-svc/3", "d-OTHER0001", "PRIMARY", OTHER)),
            new Succeeded()),
        // Bad, and CodeDeploy goes back.
        arguments(
            "a hook failed, CodeDeploy goes back",
            told(ours("Failed", "HOOK_EXECUTION_FAILURE", BACK), back("InProgress")),
            READY,
            new RollingBack(Failure.HOOK_FAILED)),
        arguments(
            "an alarm, CodeDeploy is about to begin",
            told(ours("Stopped", "ALARM_ACTIVE", BACK), back("Created")),
            SHIFTED,
            new RollingBack(Failure.ALARM)),
        arguments(
            "an alarm, CodeDeploy has gone back",
            told(ours("Stopped", "ALARM_ACTIVE", BACK), back("Succeeded")),
            BLUE_ONLY,
            new RolledBack(Failure.ALARM, "")),
        arguments(
            "timed out, CodeDeploy could not go back",
            told(ours("Failed", "TIMEOUT", BACK), back("Failed")),
            SHIFTED,
            new RollbackFailed(Failure.NO_PROGRESS)),
        arguments(
            "a person stopped the way back too",
            told(ours("Stopped", "MANUAL_STOP", BACK), back("Stopped")),
            SHIFTED,
            new RollbackFailed(Failure.STOPPED_BY_PERSON)),
        arguments(
            "failed just now in a group that goes back",
            told(ours("Failed", "ECS_UPDATE_ERROR", "", true, SOON.minusSeconds(5))),
            READY,
            new RollingBack(Failure.ECS_FAILED)),
        arguments(
            "failed in a group that goes back, and did not",
            told(ours("Failed", "ECS_UPDATE_ERROR", "", true, SOON.minusSeconds(600))),
            READY,
            new Failed(Failure.ECS_FAILED)),
        // Bad, and nobody does anything.
        arguments(
            "a hook failed",
            told(ours("Failed", "HOOK_EXECUTION_FAILURE", "")),
            READY,
            new Failed(Failure.HOOK_FAILED)),
        arguments(
            "a new error",
            told(ours("Failed", "SOMETHING_NEW", "")),
            READY,
            new Failed(Failure.ECS_FAILED)),
        arguments(
            "failed without a word",
            told(ours("Failed", "", "")),
            READY,
            new Failed(Failure.ECS_FAILED)),
        arguments(
            "a person stopped it",
            told(ours("Stopped", "MANUAL_STOP", "")),
            READY,
            new Failed(Failure.STOPPED_BY_PERSON)),
        arguments(
            "a person stopped it, without a word",
            told(ours("Stopped", "", "")),
            READY,
            new Failed(Failure.STOPPED_BY_PERSON)),
        // A revision that came into production after ours began.
        arguments(
            "stopped, and another one deployed over it",
            told(ours("Stopped", "MANUAL_STOP", "")),
            service(2, set("ecs-svc/3", "d-OTHER0001", "PRIMARY", OTHER)),
            new Superseded(OTHER)),
        arguments(
            "failed after the traffic had gone to ours",
            told(ours("Failed", "HOOK_EXECUTION_FAILURE", "")),
            SHIFTED,
            new Failed(Failure.HOOK_FAILED)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("verdicts")
  void theDeploymentItselfSaysWhatBecameOfIt(
      String name, CodeDeployed told, ServiceView service, Verdict verdict) {
    assertThat(Judge.judge(seen(told, service, List.of(), SOON))).isEqualTo(verdict);
  }

  @Test
  void whatSlipwayStoppedIsNotSaidToBeAPersons() {
    Observation asked =
        new Observation(
            OWN_ID,
            NEW,
            true,
            READY,
            Optional.empty(),
            List.of(),
            NOON,
            Shift.NONE,
            HALF_AN_HOUR,
            LATER,
            Optional.of(told(ours("Stopped", "MANUAL_STOP", ""))));
    assertThat(Judge.judge(asked)).isEqualTo(new Failed(Failure.NO_PROGRESS));
  }

  @ParameterizedTest(name = "{0} with {1} new tasks, green {2}: {3}, waits {4}")
  @CsvSource({
    "Created, 0, none, '', false",
    "Queued, 0, none, '', false",
    "InProgress, 1, ACTIVE, INSTALL, false",
    "InProgress, 2, ACTIVE, TASKS_READY, true",
    "InProgress, 2, PRIMARY, TRAFFIC_SHIFTED, true",
    "InProgress, 1, PRIMARY, TRAFFIC_SHIFTED, true",
    "Ready, 2, ACTIVE, READY, true",
    "Ready, 1, ACTIVE, READY, true",
    "Baking, 2, PRIMARY, BAKING, true"
  })
  void codeDeploysOwnWaitsAreNoStandstill(
      String status, int running, String green, String stage, boolean waits) {
    ServiceView service =
        switch (green) {
          case "none" -> BLUE_ONLY;
          case "PRIMARY" -> service(running, blue("ACTIVE"), green("PRIMARY"));
          default -> service(running, blue("PRIMARY"), green("ACTIVE"));
        };
    assertThat(told(ours(status, "", "")).stage(service.deployment(OWN_ID))).isEqualTo(stage);
    assertThat(CodeDeployed.waits(stage)).isEqualTo(waits);
  }

  @Test
  void tasksOfTheNewTaskSetAreCountedForCodeDeployDoesNot() {
    CodeDeployed going = told(ours("InProgress", "", ""));
    assertThat(Judge.judge(seen(going, COMING, failures(2, NOON.plusSeconds(1)), SOON)))
        .isEqualTo(new Going());
    assertThat(Judge.judge(seen(going, COMING, failures(3, NOON.plusSeconds(1)), SOON)))
        .isEqualTo(new Failed(Failure.TASKS_FAILED));
    assertThat(
            Judge.judge(
                seen(told(ours("Ready", "", "")), READY, failures(3, NOON.plusSeconds(1)), SOON)))
        .isEqualTo(new Failed(Failure.TASKS_FAILED));
  }

  private static Observation seen(
      CodeDeployed told, ServiceView service, List<StoppedTask> stopped, Instant now) {
    return new Observation(
        OWN_ID,
        NEW,
        false,
        service,
        Optional.empty(),
        stopped,
        NOON,
        Shift.NONE,
        HALF_AN_HOUR,
        now,
        Optional.of(told));
  }
}
