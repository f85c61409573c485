package dev.slipway.deploy;

import static dev.slipway.deploy.InMemoryEcs.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.aws.ContainerLogs;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Revisions;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Level;
import dev.slipway.image.ImageSet;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.verdict.StoppedTask;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EcsDiagnosticsTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final String TASK =
      "arn:aws:ecs:eu-west-1:123456789012:task/prod/0123456789abcdef0123456789abcdef";

  private final InMemoryEcs ecs = new InMemoryEcs();
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final List<String> read = new ArrayList<>();
  private final String revision = ecs.family("web", "web:2", "envoy", "envoy:1");
  private ContainerLogs logs = (group, stream, limit) -> List.of("starting", "boom");

  private ObjectNode container(int index) {
    return (ObjectNode)
        ecs.revisions.get(revision).document().path("containerDefinitions").get(index);
  }

  private void logs(String configuration) {
    container(0).set("logConfiguration", Json.read(configuration));
  }

  private Diagnosis diagnosis(Reason reason, boolean showLogs, StoppedTask... stopped) {
    return diagnosis(reason, showLogs, 0, stopped);
  }

  private Diagnosis diagnosis(
      Reason reason, boolean showLogs, long rollbackOf, StoppedTask... stopped) {
    ecs.runs(revision, Map.of());
    Deployment deployment =
        new Deployment(
            SERVICE,
            7,
            Status.ROLLING_BACK,
            reason,
            "",
            ImageSet.EMPTY,
            ImageSet.EMPTY,
            new Trigger(Trigger.Kind.PUSH, "", "", NOON),
            new Revisions("", "", revision),
            Rollout.begun("ecs-svc/9", NOON),
            rollbackOf,
            RolledBackBy.NOBODY,
            new Audience(Optional.empty(), Level.ALL, showLogs),
            Optional.empty(),
            NOON,
            NOON,
            null);
    Log log =
        new Log(
            "deploy",
            new Environment(Map.of()),
            InstantSource.fixed(NOON),
            new PrintStream(logged, true, StandardCharsets.UTF_8));
    ContainerLogs recording =
        (group, stream, limit) -> {
          read.add(group + " " + stream);
          return logs.lastLines(group, stream, limit);
        };
    return new EcsDiagnostics(ecs, null, recording, "/ecs/", log)
        .of(deployment, reason, ecs.services(List.of(SERVICE)).getFirst(), List.of(stopped));
  }

  private static StoppedTask crashed(String startedBy) {
    return new StoppedTask(
        TASK,
        "",
        startedBy,
        "EssentialContainerExited",
        "Essential container in task exited",
        NOON,
        NOON,
        NOON.plusSeconds(4),
        null,
        List.of(
            new StoppedTask.Container("envoy", "envoy:1", 0, "", ""),
            new StoppedTask.Container("web", "web:2", 1, "", "")));
  }

  @Test
  void readsTheLogOfTheContainerThatCausedIt() {
    logs(
        "{\"logDriver\":\"awslogs\",\"options\":{\"awslogs-group\":\"/ecs/web\","
            + "\"awslogs-region\":\"eu-west-1\",\"awslogs-create-group\":\"true\","
            + "\"awslogs-stream-prefix\":\"main\"}}");

    Diagnosis diagnosis = diagnosis(Reason.TASKS_FAILED, true, crashed("ecs-svc/9"));

    assertThat(diagnosis.cause()).isEqualTo("Container web exited with code 1 after 4 s");
    assertThat(diagnosis.logs()).containsExactly("starting", "boom");
    assertThat(read).containsExactly("/ecs/web main/web/0123456789abcdef0123456789abcdef");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | the container's log driver is not set, and only awslogs can be read.",
        "{'logDriver':'awsfirelens','options':{'Name':'datadog'}} | the container's log driver is"
            + " 'awsfirelens', and only awslogs can be read.",
        "{'logDriver':'awslogs','options':{'awslogs-group':'/ecs/web','awslogs-region':'us-east-1','awslogs-stream-prefix':'w'}}"
            + " | the log group '/ecs/web' is in us-east-1, and Slipway reads eu-west-1.",
        "{'logDriver':'awslogs','options':{'awslogs-group':'/other/web',"
            + "'awslogs-stream-prefix':'w'}} | the log group '/other/web' does not begin with"
            + " '/ecs/', the stack's parameter LogGroupPrefix.",
        "{'logDriver':'awslogs','options':{'awslogs-group':'/ecs/web'}} | the container's log"
            + " configuration has no awslogs-stream-prefix, and ECS does not say the container's"
            + " id, by which its stream is named then.",
      })
  void saysWhyThereAreNoLogLines(String configuration, String why) {
    logs(configuration.replace('\'', '"'));

    Diagnosis diagnosis = diagnosis(Reason.TASKS_FAILED, true, crashed("ecs-svc/9"));

    assertThat(diagnosis.logs()).isEmpty();
    assertThat(diagnosis.evidence()).last().isEqualTo("Log lines are not shown: " + why);
    assertThat(read).isEmpty();
  }

  @Test
  void findsTheStreamByTheContainersIdWhereItHasNoPrefix() {
    logs("{\"logDriver\":\"awslogs\",\"options\":{\"awslogs-group\":\"/ecs/web\"}}");
    StoppedTask crashed = crashed("ecs-svc/9");
    StoppedTask task =
        new StoppedTask(
            TASK,
            "",
            "ecs-svc/9",
            crashed.stopCode(),
            crashed.stoppedReason(),
            NOON,
            NOON,
            NOON.plusSeconds(4),
            null,
            List.of(
                new StoppedTask.Container("envoy", "envoy:1", 0, "", "", "e".repeat(64)),
                new StoppedTask.Container("web", "web:2", 1, "", "", "a".repeat(64))));

    assertThat(diagnosis(Reason.TASKS_FAILED, true, task).logs())
        .containsExactly("starting", "boom");
    assertThat(read).containsExactly("/ecs/web " + "a".repeat(64));
  }

  @Test
  void saysThatALogIsEmptyOrCannotBeRead() {
    logs(
        "{\"logDriver\":\"awslogs\",\"options\":{\"awslogs-group\":\"/ecs/web\","
            + "\"awslogs-stream-prefix\":\"main\"}}");

    logs = (group, stream, limit) -> List.of();
    assertThat(diagnosis(Reason.TASKS_FAILED, true, crashed("ecs-svc/9")).evidence())
        .last()
        .isEqualTo(
            "Log lines are not shown: the container wrote none to '/ecs/web',"
                + " main/web/0123456789abcdef0123456789abcdef.");

    logs =
        (group, stream, limit) -> {
          throw new AwsException(
              AwsService.LOGS, "GetLogEvents", "AccessDeniedException", "", 400, Json.object());
        };
    assertThat(diagnosis(Reason.TASKS_FAILED, true, crashed("ecs-svc/9")).evidence())
        .last()
        .asString()
        .startsWith("Log lines are not shown: '/ecs/web' could not be read");
    assertThat(logged.toString(StandardCharsets.UTF_8)).contains("AccessDeniedException");
  }

  @Test
  void readsNoLogWhereLogLinesAreSwitchedOff() {
    Diagnosis diagnosis = diagnosis(Reason.TASKS_FAILED, false, crashed("ecs-svc/9"));

    assertThat(read).isEmpty();
    assertThat(diagnosis.evidence()).noneMatch(line -> line.contains("Log lines"));
  }

  @Test
  void masksTheEnvironmentAndTheKeysOfLogDrivers() {
    container(0)
        .putArray("environment")
        .addObject()
        .put("name", "DATABASE")
        .put("value", "orders-db-7");
    logs(
        "{\"logDriver\":\"awslogs\",\"options\":{\"awslogs-group\":\"/ecs/web\","
            + "\"awslogs-stream-prefix\":\"main\",\"apikey\":\"abcdef-1\"}}");
    logs = (group, stream, limit) -> List.of("no route to orders-db-7, sent abcdef-1 to /ecs/web");

    assertThat(diagnosis(Reason.TASKS_FAILED, true, crashed("ecs-svc/9")).logs())
        .containsExactly("no route to ••••, sent •••• to /ecs/web");
  }

  @Test
  void tasksOfOtherDeploymentsSayNothing() {
    Diagnosis diagnosis = diagnosis(Reason.NO_PROGRESS, true, crashed("ecs-svc/1"));

    assertThat(diagnosis.cause())
        .isEqualTo(
            "No progress in time: 0 of 1 task of the new revision runs, and no other came up since"
                + " 2026-01-01 12:00 UTC, for longer than slipway.deadline (30 min)");
    assertThat(read).isEmpty();
  }

  /** The tasks of the good revision that were replaced may have failed in their time. */
  @Test
  void onAWayBackOnlyTheTasksThatItStartedCount() {
    StoppedTask own = crashed("ecs-svc/9");
    StoppedTask before =
        new StoppedTask(
            TASK + "0",
            revision,
            "ecs-svc/1",
            "TaskFailedToStart",
            "CannotPullContainerError: x: not found",
            NOON,
            null,
            NOON.plusSeconds(9),
            null,
            List.of());

    assertThat(diagnosis(Reason.ROLLBACK_FAILED, true, 6, own, before).evidence())
        .contains("Attempts: 1 task failed");
    assertThat(diagnosis(Reason.ROLLBACK_FAILED, true, 6, before).cause())
        .isEqualTo("AWS gives no reason");
    assertThat(diagnosis(Reason.TASKS_FAILED, true, own, before).evidence())
        .contains("Attempts: 2 tasks failed, 1 of them for this cause");
  }

  @Test
  void theDeadlineIsTheOneThatTheServiceNames() {
    ecs.tags.put("slipway:team/web", "any");
    ecs.tags.put("slipway.deadline", "2h");

    assertThat(diagnosis(Reason.NO_PROGRESS, true).cause()).endsWith("slipway.deadline (2 h)");
  }

  /** Without the revision the environment is not known, so that nobody's words are shown. */
  @Test
  void withoutItsRevisionNoWordsAreTakenOver() {
    StoppedTask talkative =
        new StoppedTask(
            TASK,
            "",
            "ecs-svc/9",
            "TaskFailedToStart",
            "CannotStartContainerError: exec: \"orders-db-7\": executable file not found in $PATH",
            NOON,
            NOON,
            NOON,
            null,
            List.of());
    ecs.refuses("DescribeTaskDefinition", "ThrottlingException", "slow");

    Diagnosis diagnosis = diagnosis(Reason.TASKS_FAILED, true, talkative);

    assertThat(diagnosis.toString()).doesNotContain("orders-db-7");
    assertThat(diagnosis.evidence()).contains("Attempts: 1 task failed");
  }

  @Test
  void readsNoLogOfAContainerThatNeverStarted() {
    StoppedTask unpulled =
        new StoppedTask(
            TASK,
            "",
            "ecs-svc/9",
            "TaskFailedToStart",
            "Task failed to start",
            NOON,
            null,
            NOON,
            null,
            List.of(
                new StoppedTask.Container(
                    "web", "web:2", null, "CannotPullContainerError: x: not found", "")));

    Diagnosis diagnosis = diagnosis(Reason.TASKS_FAILED, true, unpulled);

    assertThat(diagnosis.container()).isEqualTo("web");
    assertThat(diagnosis.evidence()).noneMatch(line -> line.contains("Log lines"));
    assertThat(read).isEmpty();
  }
}
