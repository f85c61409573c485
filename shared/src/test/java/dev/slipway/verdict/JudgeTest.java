package dev.slipway.verdict;

import static dev.slipway.deployment.Samples.NEW;
import static dev.slipway.deployment.Samples.NOON;
import static dev.slipway.deployment.Samples.OLD;
import static dev.slipway.deployment.Samples.OLD_ID;
import static dev.slipway.deployment.Samples.OTHER;
import static dev.slipway.deployment.Samples.OWN_ID;
import static dev.slipway.deployment.Samples.ecs;
import static dev.slipway.deployment.Samples.failures;
import static dev.slipway.deployment.Samples.service;
import static dev.slipway.deployment.Samples.serviceDeployment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.CircuitBreaker;
import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.verdict.Hook.State;
import dev.slipway.verdict.Hook.Type;
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
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class JudgeTest {

  private static final CircuitBreaker OFF = new CircuitBreaker(false, false);
  private static final CircuitBreaker ON = new CircuitBreaker(true, true);
  private static final CircuitBreaker ON_WITHOUT_ROLLBACK = new CircuitBreaker(true, false);

  private static final EcsDeployment OURS = ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 0);
  private static final EcsDeployment OURS_DONE = ecs(OWN_ID, "PRIMARY", NEW, "COMPLETED", 2);
  private static final EcsDeployment OURS_FAILED = ecs(OWN_ID, "ACTIVE", NEW, "FAILED", 0);
  private static final EcsDeployment OLD_BACK = ecs(OLD_ID, "PRIMARY", OLD, "IN_PROGRESS", 2);
  private static final EcsDeployment OLD_STEADY = ecs(OLD_ID, "PRIMARY", OLD, "COMPLETED", 2);
  private static final EcsDeployment ELSEWHERE = ecs("ecs-svc/3", "PRIMARY", OTHER, "COMPLETED", 2);

  private static final Standstill HALF_AN_HOUR =
      new Standstill(NOON, NOON.plus(Duration.ofMinutes(30)), NOON.plus(Duration.ofMinutes(30)));

  static Stream<Arguments> byServiceDeployment() {
    return Stream.of(
        arguments("PENDING", "", "", "", service(ON, 2, "", OURS), new Going()),
        arguments("IN_PROGRESS", "MONITORING", "", "", service(ON, 2, "", OURS), new Going()),
        arguments("SUCCESSFUL", "", "", "", service(ON, 2, "", OURS_DONE), new Succeeded()),
        arguments(
            "SUCCESSFUL", "", "", "", service(ON, 0, "", OURS_DONE), new SucceededWithoutTasks()),
        arguments(
            "ROLLBACK_IN_PROGRESS",
            "TRIGGERED",
            "",
            "",
            service(ON, 2, "", OLD_BACK, OURS_FAILED),
            new RollingBack(Failure.CIRCUIT_BREAKER)),
        arguments(
            "ROLLBACK_REQUESTED",
            "MONITORING",
            "",
            "",
            service(ON, 2, "", OURS),
            new RollingBack(Failure.STOPPED_BY_PERSON)),
        arguments(
            "ROLLBACK_SUCCESSFUL",
            "MONITORING",
            "TRIGGERED",
            "",
            service(ON, 2, "", OLD_STEADY),
            new RolledBack(Failure.ALARM, "arn:rev-old")),
        arguments(
            "ROLLBACK_SUCCESSFUL",
            "",
            "",
            "PRE_SCALE_UP",
            service(ON, 2, "", OLD_STEADY),
            new RolledBack(Failure.STOPPED_BY_PERSON, "arn:rev-old")),
        arguments(
            "ROLLBACK_FAILED",
            "TRIGGERED",
            "",
            "",
            service(ON, 2, "", OLD_BACK),
            new RollbackFailed(Failure.CIRCUIT_BREAKER)),
        arguments(
            "STOPPED", "MONITORING", "", "", service(ON, 2, "", ELSEWHERE), new Superseded(OTHER)),
        arguments(
            "STOP_REQUESTED", "", "", "", service(OFF, 2, "", ELSEWHERE), new Superseded(OTHER)),
        arguments(
            "STOPPED",
            "TRIGGERED",
            "",
            "",
            service(ON_WITHOUT_ROLLBACK, 2, "", OURS_FAILED),
            new Failed(Failure.CIRCUIT_BREAKER)),
        // A status of the future decides nothing; time does.
        arguments("SOMETHING_NEW", "", "", "", service(ON, 2, "", OURS), new Going()));
  }

  @ParameterizedTest(name = "{0} breaker={1} alarms={2} stage={3} is {5}")
  @MethodSource("byServiceDeployment")
  void theServiceDeploymentHasTheLastWord(
      String status,
      String breaker,
      String alarms,
      String stage,
      ServiceView service,
      Verdict verdict) {
    assertThat(
            Judge.judge(
                seen(
                    service,
                    Optional.of(serviceDeployment(status, breaker, alarms, stage)),
                    List.of(),
                    NOON.plusSeconds(60))))
        .isEqualTo(verdict);
  }

  static Stream<Arguments> byDeployments() {
    return Stream.of(
        arguments(service(OFF, 2, "", OURS, OLD_BACK), new Going()),
        arguments(service(OFF, 2, "", OURS_DONE), new Succeeded()),
        arguments(
            service(ON, 2, "", OLD_BACK, OURS_FAILED), new RollingBack(Failure.CIRCUIT_BREAKER)),
        arguments(
            service(ON_WITHOUT_ROLLBACK, 2, "", ecs(OWN_ID, "PRIMARY", NEW, "FAILED", 0)),
            new Failed(Failure.CIRCUIT_BREAKER)),
        // A stable service is not a success of ours: it was rolled back, or somebody else deployed.
        arguments(service(OFF, 2, "", OLD_STEADY), new Superseded(OLD)),
        arguments(service(OFF, 2, "", ELSEWHERE), new Superseded(OTHER)),
        // Somebody pressed "force new deployment" on our revision, and it completed.
        arguments(
            service(OFF, 2, "", ecs("ecs-svc/4", "PRIMARY", NEW, "COMPLETED", 2)),
            new Succeeded()));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("byDeployments")
  void withoutAServiceDeploymentTheDeploymentsDecide(ServiceView service, Verdict verdict) {
    assertThat(Judge.judge(seen(service, Optional.empty(), List.of(), NOON.plusSeconds(60))))
        .isEqualTo(verdict);
  }

  @Test
  void withTheBreakerOffEnoughFailedTasksDecide() {
    ServiceView service = service(OFF, 2, "", OURS);
    Instant now = NOON.plusSeconds(60);
    assertThat(Judge.judge(seen(service, Optional.empty(), failures(2, NOON.plusSeconds(1)), now)))
        .isEqualTo(new Going());
    assertThat(Judge.judge(seen(service, Optional.empty(), failures(3, NOON.plusSeconds(1)), now)))
        .isEqualTo(new Failed(Failure.TASKS_FAILED));
  }

  @Test
  void withTheBreakerOnItCountsAndNotWe() {
    ServiceView service = service(ON, 2, "", OURS);
    assertThat(
            Judge.judge(
                seen(
                    service,
                    Optional.empty(),
                    failures(50, NOON.plusSeconds(1)),
                    NOON.plusSeconds(60))))
        .isEqualTo(new Going());
  }

  @Test
  void noProgressForTheDeadlineHasStalled() {
    ServiceView service = service(ON, 2, "", OURS);
    Optional<ServiceDeployment> going =
        Optional.of(serviceDeployment("IN_PROGRESS", "MONITORING", "", ""));
    assertThat(Judge.judge(seen(service, going, List.of(), NOON.plus(Duration.ofMinutes(30)))))
        .isEqualTo(new Going());
    assertThat(
            Judge.judge(
                seen(service, going, List.of(), NOON.plus(Duration.ofMinutes(30)).plusSeconds(1))))
        .isEqualTo(new Failed(Failure.NO_PROGRESS));
  }

  /** Why ECS goes back, in the order in which one cause covers the other. */
  static Stream<Arguments> causes() {
    return Stream.of(
        arguments("TRIGGERED", "TRIGGERED", true, FAILED_FUNCTION, Failure.CIRCUIT_BREAKER),
        arguments("MONITORING", "TRIGGERED", true, FAILED_FUNCTION, Failure.ALARM),
        arguments("MONITORING", "MONITORING", true, FAILED_FUNCTION, Failure.NO_PROGRESS),
        arguments("MONITORING", "MONITORING", false, FAILED_FUNCTION, Failure.HOOK_FAILED),
        arguments("", "", false, FAILED_FUNCTION, Failure.HOOK_FAILED),
        arguments("", "", false, hook(Type.LAMBDA, State.TIMED_OUT), Failure.HOOK_FAILED),
        // Nobody answered in time.
        arguments("", "", false, hook(Type.PAUSE, State.TIMED_OUT), Failure.HOOK_FAILED),
        // Somebody answered, with ROLLBACK.
        arguments("", "", false, hook(Type.PAUSE, State.FAILED), Failure.STOPPED_BY_PERSON),
        // Somebody stopped it while it waited in a stage, or in a stage without a hook.
        arguments(
            "", "", false, hook(Type.PAUSE, State.AWAITING_ACTION), Failure.STOPPED_BY_PERSON),
        arguments("", "", false, hook(Type.LAMBDA, State.IN_PROGRESS), Failure.STOPPED_BY_PERSON),
        arguments("", "", false, null, Failure.STOPPED_BY_PERSON),
        // Names that AWS has not given yet decide nothing.
        arguments("SOMETHING_NEW", "SOMETHING_NEW", false, null, Failure.STOPPED_BY_PERSON));
  }

  private static final Hook FAILED_FUNCTION = hook(Type.LAMBDA, State.FAILED);

  private static Hook hook(Type type, State state) {
    return new Hook("h", type, "", "POST_SCALE_UP", state, NOON, Hook.TimeoutAction.ROLLBACK, NOON);
  }

  @ParameterizedTest(name = "breaker={0} alarms={1} own stop={2} {3} is {4}")
  @MethodSource("causes")
  void theStageAloneSaysNothingOfTheCause(
      String breaker, String alarms, boolean ownStop, Hook hook, Failure why) {
    ServiceView service = service(ON, 2, "", OLD_BACK, OURS_FAILED);
    Shift shift =
        new Shift("CANARY", List.of(), OptionalDouble.empty(), null, Optional.ofNullable(hook));
    for (String stage : List.of("", "CLEAN_UP", "POST_SCALE_UP")) {
      Observation seen =
          new Observation(
              OWN_ID,
              NEW,
              ownStop,
              service,
              Optional.of(serviceDeployment("ROLLBACK_IN_PROGRESS", breaker, alarms, stage)),
              List.of(),
              NOON,
              shift,
              HALF_AN_HOUR,
              NOON.plusSeconds(60));
      assertThat(Judge.judge(seen)).as(stage).isEqualTo(new RollingBack(why));
    }
  }

  /**
   * The breaker's count starts again with each task that becomes healthy, and the bake stops the
   * clock: tasks that are healthy and die after a while would bake for ever.
   */
  @Test
  void whileEcsBakesWeCountThoughTheBreakerIsOn() {
    ServiceView service = service(ON, 2, "", OURS);
    Optional<ServiceDeployment> baking =
        Optional.of(serviceDeployment("IN_PROGRESS", "MONITORING", "", "BAKE_TIME"));
    Instant now = NOON.plus(Duration.ofMinutes(20));
    assertThat(Judge.judge(seen(service, baking, failures(2, NOON.plusSeconds(1)), now)))
        .isEqualTo(new Going());
    assertThat(Judge.judge(seen(service, baking, failures(3, NOON.plusSeconds(1)), now)))
        .isEqualTo(new Failed(Failure.TASKS_FAILED));
  }

  /**
   * Old tasks that drain for two hours keep ECS at it, and each of the new ones is healthy for a
   * while: the breaker forgives them, and they crashed on for as long as the old ones drained. The
   * last progress was five minutes after noon, the deadline is over 30 minutes later.
   */
  @ParameterizedTest(name = "{0} tasks failed by minute {1}, now it is minute {2}: {3}")
  @CsvSource({
    "3, 10, 34,  GOING",
    "3, 10, 36,  TASKS_FAILED",
    "2, 10, 36,  GOING",
    "3, 4,  36,  GOING",
    "2, 10, 156, NO_PROGRESS",
  })
  void whenTheDeadlineIsOverWeCountThoughTheBreakerIsOn(
      int failures, int failedAt, int minute, String verdict) {
    Instant since = NOON.plus(Duration.ofMinutes(5));
    Instant due = since.plus(Duration.ofMinutes(30));
    Observation seen =
        seen(
            service(ON, 2, "", OURS, OLD_STEADY),
            Optional.of(serviceDeployment("IN_PROGRESS", "MONITORING", "", "")),
            failures(failures, NOON.plus(Duration.ofMinutes(failedAt))),
            new Standstill(since, due, due.plus(Duration.ofHours(2))),
            NOON.plus(Duration.ofMinutes(minute)));
    assertThat(Judge.judge(seen))
        .isEqualTo(verdict.equals("GOING") ? new Going() : new Failed(Failure.valueOf(verdict)));
  }

  /** What the service is set to is not always what ECS does: it says of each deployment. */
  @ParameterizedTest(name = "the breaker is {0}, and Slipway counts: {1}")
  @CsvSource({
    "MONITORING,false",
    "TRIGGERED,false",
    "DISABLED,true",
    "MONITORING_COMPLETE,true",
    ",false",
    "SOMETHING_NEW,false"
  })
  void whereEcsDoesNotCountForThisDeploymentWeDo(String breaker, boolean counts) {
    ServiceView service = service(ON, 2, "", OURS);
    Optional<ServiceDeployment> going =
        Optional.of(serviceDeployment("IN_PROGRESS", breaker == null ? "" : breaker, "", ""));
    assertThat(
            Judge.judge(
                seen(service, going, failures(3, NOON.plusSeconds(1)), NOON.plusSeconds(60))))
        .isEqualTo(counts ? new Failed(Failure.TASKS_FAILED) : new Going());
  }

  private static Observation seen(
      ServiceView service,
      Optional<ServiceDeployment> serviceDeployment,
      List<StoppedTask> stopped,
      Instant now) {
    return seen(service, serviceDeployment, stopped, HALF_AN_HOUR, now);
  }

  private static Observation seen(
      ServiceView service,
      Optional<ServiceDeployment> serviceDeployment,
      List<StoppedTask> stopped,
      Standstill standstill,
      Instant now) {
    return new Observation(
        OWN_ID, NEW, false, service, serviceDeployment, stopped, NOON, Shift.NONE, standstill, now);
  }
}
