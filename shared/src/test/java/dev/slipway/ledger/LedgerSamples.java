package dev.slipway.ledger;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Revisions;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Considered;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.Head.Request;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Level;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Shift;
import dev.slipway.verdict.StoppedTask;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Values in which no field has its default, so that a field that is forgotten shows. */
public final class LedgerSamples {

  public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private LedgerSamples() {}

  public static ServiceRef service(String name) {
    return ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/prod/" + name);
  }

  public static Digest digest(int digit) {
    return new Digest("sha256:" + Integer.toString(digit).repeat(64));
  }

  public static ImageSet images(String tag, int digit) {
    return new ImageSet(
        Map.of(
            "web", Image.of("123456789012", "eu-west-1", "team/app", tag, digest(digit)),
            "proxy", Image.of("123456789012", "eu-west-1", "team/proxy", "", digest(9))));
  }

  public static Trigger trigger(String eventId, Instant at) {
    return new Trigger(Trigger.Kind.REPLICATION, "U024BE7LH", eventId, at);
  }

  public static Deployment deployment(ServiceRef service, long sequence) {
    String taskDefinition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:";
    return new Deployment(
        service,
        sequence,
        Status.ROLLED_BACK,
        Reason.TASKS_FAILED,
        "3 of 3 tasks <failed> \"quoted\", näher",
        images("v1", 1),
        images("v2", 2),
        trigger("event-1", NOON.minusSeconds(90)),
        new Revisions(taskDefinition + 7, taskDefinition + 6, taskDefinition + 8),
        new Rollout(
            "ecs-svc/1234567890123456789",
            "arn:aws:ecs:eu-west-1:123456789012:service-deployment/prod/web/AbCdEfGhIjKlMnOpQrStU",
            4,
            1,
            2,
            3,
            "BAKE_TIME",
            NOON.minusSeconds(80),
            NOON.minusSeconds(70),
            NOON.plusSeconds(600),
            true,
            true,
            Shift.NONE),
        sequence - 1,
        RolledBackBy.ECS,
        new Audience(Optional.of("C0123456789"), Level.FAILURES, false),
        Optional.of(
            new Diagnosis(
                "the container web exited with 1",
                "web",
                List.of("exit code 1", "3 attempts"),
                List.of("(service web) has started 1 tasks"),
                List.of("listening", "cannot connect to the database"))),
        NOON.minusSeconds(100),
        NOON.minusSeconds(10),
        NOON.plusMillis(250));
  }

  /** The same as a ledger gives it back: its log lines are kept apart. */
  public static Deployment withoutLogs(ServiceRef service, long sequence) {
    Deployment deployment = deployment(service, sequence);
    return deployment.with(deployment.diagnosis().orElseThrow().withLogs(List.of()));
  }

  /** It failed by an alarm that was on before; more than are watched. */
  public static AlarmsInUse alarms() {
    return new AlarmsInUse(
        true,
        List.of(
            new AlarmsInUse.Alarm(
                "web-5xx",
                "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:web-5xx",
                true,
                true,
                NOON.minusSeconds(600),
                true,
                "Threshold Crossed: 1 datapoint [12.0] was greater than the threshold (5.0).")),
        "Of its 51 alarms only the first 50 are watched.");
  }

  public static Hook hook(Hook.State state, Instant at) {
    return new Hook(
        "ecs-pause-1",
        Hook.Type.PAUSE,
        "",
        "POST_TEST_TRAFFIC_SHIFT",
        state,
        NOON.plusSeconds(86_400),
        Hook.TimeoutAction.UNKNOWN,
        at);
  }

  /** A canary that waits for a person. */
  public static Shift shift() {
    return new Shift(
        "CANARY",
        List.of(
            new Shift.Mark("SCALE_UP", OptionalDouble.empty(), NOON.minusSeconds(60)),
            new Shift.Mark("POST_PRODUCTION_TRAFFIC_SHIFT", OptionalDouble.of(12.5), NOON)),
        OptionalDouble.of(100),
        NOON.plusSeconds(86_400),
        Optional.of(hook(Hook.State.AWAITING_ACTION, NOON)));
  }

  public static Quarantine quarantine(int digit) {
    return new Quarantine(digest(digit), "team/app:v" + digit, 4, Reason.CIRCUIT_BREAKER, NOON);
  }

  public static Head head(ServiceRef service) {
    return new Head(
        service,
        0,
        5,
        images("v1", 1),
        Optional.of(
            new LastGood(
                "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7",
                images("v1", 1),
                4,
                NOON.minusSeconds(3600),
                false)),
        Optional.of(withoutLogs(service, 5)),
        Waiting.NOTHING.with(
            new Wanted(
                Image.of("123456789012", "eu-west-1", "team/app", "v3", digest(3)),
                NOON.minusSeconds(5),
                trigger("event-2", NOON.minusSeconds(5)))),
        Optional.of(new Hold("U024BE7LH", "migration", NOON.minusSeconds(60))),
        Optional.of(new Request.RollBack(5, "U024BE7LH", NOON.minusSeconds(1))),
        Map.of(
            "team/app",
            new Considered("v2", Optional.of(digest(2)), NOON.minusSeconds(90)),
            "team/proxy",
            new Considered("", Optional.empty(), NOON.minusSeconds(900))),
        NOON.plusSeconds(90),
        List.of());
  }

  public static StoppedTask task(String id, Instant stoppedAt) {
    return new StoppedTask(
        "arn:aws:ecs:eu-west-1:123456789012:task/prod/" + id,
        "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:8",
        "ecs-svc/1234567890123456789",
        "EssentialContainerExited",
        "Essential container in task exited",
        NOON.minusSeconds(50),
        NOON.minusSeconds(40),
        stoppedAt,
        null,
        List.of(
            new StoppedTask.Container(
                "web", "team/app:v2", 137, "OutOfMemoryError: killed", "UNHEALTHY"),
            new StoppedTask.Container("proxy", "team/proxy", null, "", "")));
  }

  public static PushRecord push(ServiceRef service, String eventId, Instant at) {
    return new PushRecord(
        service,
        "team/app:v0.9",
        digest(4).value(),
        Reason.VERSION_LOWER,
        "0.9.0 is lower than 1.0.0",
        trigger(eventId, at),
        new Audience(Optional.empty(), Level.NONE, false));
  }
}
