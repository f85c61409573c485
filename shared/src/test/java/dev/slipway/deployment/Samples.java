package dev.slipway.deployment;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.CircuitBreaker;
import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.deployment.Deployment.Revisions;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.follow.Policy;
import dev.slipway.follow.Reading;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Base;
import dev.slipway.follow.Settings.Busy;
import dev.slipway.follow.Settings.Follow;
import dev.slipway.follow.Settings.Switch;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.verdict.AlarmState;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Shift;
import dev.slipway.verdict.Staging;
import dev.slipway.verdict.StoppedTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A service "demo/app" with one container "web", for the tables of cases. */
public final class Samples {

  public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  public static final ServiceRef APP =
      ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/demo/app");
  public static final String OLD = "arn:aws:ecs:eu-west-1:123456789012:task-definition/app:7";
  public static final String NEW = "arn:aws:ecs:eu-west-1:123456789012:task-definition/app:8";
  public static final String OTHER = "arn:aws:ecs:eu-west-1:123456789012:task-definition/app:9";
  public static final String OWN_ID = "ecs-svc/1111111111111111111";
  public static final String OLD_ID = "ecs-svc/2222222222222222222";

  public static final CircuitBreaker NO_BREAKER = new CircuitBreaker(false, false);
  public static final CircuitBreaker BREAKER = new CircuitBreaker(true, true);
  public static final ServiceView STEADY =
      service(BREAKER, 2, "", ecs(OLD_ID, "PRIMARY", OLD, "COMPLETED", 2));
  public static final ServiceView ROLLING =
      service(
          BREAKER,
          2,
          "arn:sd",
          ecs(OWN_ID, "PRIMARY", NEW, "IN_PROGRESS", 0),
          ecs(OLD_ID, "ACTIVE", OLD, "COMPLETED", 2));
  public static final Instant SOON = NOON.plusSeconds(30);

  /** The end of {@link #pause}. */
  static final Instant END = NOON.plus(Duration.ofDays(3));

  private Samples() {}

  public static Image image(String tag, int digit) {
    return Image.of(
        "123456789012",
        "eu-west-1",
        "team/app",
        tag,
        new Digest("sha256:" + Integer.toString(digit).repeat(64)));
  }

  public static ImageSet images(String tag, int digit) {
    return new ImageSet(Map.of("web", image(tag, digit)));
  }

  public static Settings settings() {
    return settings(Switch.ON, Busy.WAIT, Duration.ZERO);
  }

  public static Settings settings(Switch state, Busy busy, Duration bake) {
    return new Settings(
        state,
        List.of(new Follow("team/app", new Policy.Any(), Optional.empty())),
        Base.SERVICE,
        busy,
        Duration.ofMinutes(30),
        bake,
        false,
        Audience.DEFAULT);
  }

  public static EcsDeployment ecs(
      String id, String status, String taskDefinition, String state, int running) {
    return new EcsDeployment(
        id, status, taskDefinition, 2, running, 0, 0, state, "", NOON.minusSeconds(60), NOON);
  }

  public static ServiceView service(
      CircuitBreaker breaker, int desired, String current, EcsDeployment... deployments) {
    String taskDefinition = deployments.length == 0 ? OLD : deployments[0].taskDefinition();
    return new ServiceView(
        APP,
        "ACTIVE",
        "ECS",
        "ROLLING",
        taskDefinition,
        desired,
        deployments.length == 0 ? 0 : deployments[0].running(),
        0,
        breaker,
        List.of(),
        current,
        List.of(deployments),
        List.of(),
        Map.of(),
        List.of(),
        Map.of());
  }

  public static ServiceDeployment serviceDeployment(
      String status, String breaker, String alarms, String stage) {
    return serviceDeployment(status, breaker, alarms, stage, Staging.NONE);
  }

  static ServiceDeployment serviceDeployment(
      String status, String breaker, String alarms, String stage, Staging staging) {
    return new ServiceDeployment(
        "arn:sd",
        status,
        "",
        "arn:rev",
        stage,
        "arn:rev-old",
        "",
        null,
        breaker,
        alarms,
        List.of(),
        staging,
        NOON,
        null);
  }

  public static Deployment deployment(Status status, long sequence, long rollbackOf) {
    Rollout rollout =
        status == Status.PREPARING
            ? Rollout.NONE
            : new Rollout(OWN_ID, "", 2, 0, 0, 0, "", NOON, NOON, null, false, false, Shift.NONE);
    Deployment deployment =
        new Deployment(
            APP,
            sequence,
            status,
            Reason.IN_PROGRESS,
            "",
            images("v1", 1),
            images("v2", 2),
            new Trigger(Trigger.Kind.PUSH, "", "event-1", NOON),
            new Revisions(OLD, OLD, NEW),
            rollout,
            rollbackOf,
            RolledBackBy.NOBODY,
            Audience.DEFAULT,
            Optional.empty(),
            NOON,
            NOON,
            null);
    return status == Status.PREPARING ? deployment : deployment.with(watchedBy());
  }

  /** The alarms that were found when the rollout began at noon; none of them is the service's. */
  public static AlarmsInUse watchedBy(AlarmState... states) {
    return AlarmsInUse.found(List.of(states), List.of(), NOON);
  }

  public static AlarmState alarm(String name, String state, Instant since) {
    return new AlarmState(name, "arn:" + name, state, "Threshold Crossed", since);
  }

  /** A head that knows app:7 as good. */
  public static Head head() {
    return Head.unseen(APP)
        .running(images("v1", 1))
        .lastSequence(1)
        .lastGood(new LastGood(OLD, images("v1", 1), 1, NOON.minusSeconds(30), true));
  }

  public static Head waitingFor(Head head, Image image) {
    return head.waiting(
        Waiting.NOTHING.with(
            new Wanted(image, NOON, new Trigger(Trigger.Kind.PUSH, "", "event-2", NOON))));
  }

  public static Situation situation(Instant now, ServiceView service, Settings settings) {
    return new Situation(
        now,
        Optional.ofNullable(service),
        new Reading.Following(settings),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        false,
        Optional.empty());
  }

  public static List<StoppedTask> failures(int count, Instant from) {
    List<StoppedTask> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(stopped("task-" + i, OWN_ID, "EssentialContainerExited", "", from.plusSeconds(i)));
    }
    return tasks;
  }

  public static StoppedTask stopped(
      String arn, String startedBy, String stopCode, String reason, Instant at) {
    return new StoppedTask(arn, NEW, startedBy, stopCode, reason, at, at, at, null, List.of());
  }

  /** What somebody deployed so many seconds after noon. */
  static ServiceView deployedAt(int seconds, String taskDefinition) {
    return service(
        BREAKER,
        2,
        "",
        new EcsDeployment(
            "ecs-svc/9",
            "PRIMARY",
            taskDefinition,
            2,
            2,
            0,
            0,
            "IN_PROGRESS",
            "",
            NOON.plusSeconds(seconds),
            NOON));
  }

  /** That ECS waits for a hook. */
  static ServiceDeployment waiting(Hook hook) {
    ServiceDeployment plain = serviceDeployment("IN_PROGRESS", "", "", "POST_TEST_TRAFFIC_SHIFT");
    return plain.knowing(List.of(hook));
  }

  static Hook pause(Hook.State state) {
    return new Hook(
        "h",
        Hook.Type.PAUSE,
        "",
        "POST_TEST_TRAFFIC_SHIFT",
        state,
        END,
        Hook.TimeoutAction.ROLLBACK,
        NOON);
  }

  /** A rollback that ECS does itself, because it was asked to. */
  static Deployment watchedWayBack() {
    Rollout rollout =
        new Rollout("", "arn:sd", 0, 0, 0, 0, "", NOON, NOON, null, false, true, Shift.NONE);
    return deployment(Status.ROLLING_OUT, 3, 2).with(rollout);
  }

  /**
   * A task that ECS has told to stop.
   *
   * @param why scaled in, unhealthy, or anything else
   */
  static StoppedTask stopping(String taskDefinition, String code, String why, Instant stoppedAt) {
    String reason =
        switch (why) {
          case "scaled in" -> "Scaling activity initiated by (deployment " + OWN_ID + ")";
          case "unhealthy" -> "Task failed container health checks";
          default -> "";
        };
    return new StoppedTask(
        "task-9", taskDefinition, OLD_ID, code, reason, NOON, NOON, stoppedAt, null, List.of());
  }

  /** The same with tasks that stopped, a service deployment, or the newest deployment. */
  static Situation with(Situation seen, List<StoppedTask> stopped) {
    return new Situation(
        seen.now(),
        seen.service(),
        seen.tags(),
        seen.serviceDeployment(),
        stopped,
        seen.accountHold(),
        seen.observeOnly(),
        seen.last(),
        seen.alarms(),
        seen.codeDeployed());
  }

  static Situation with(Situation seen, ServiceDeployment serviceDeployment) {
    return seen.withServiceDeployment(Optional.of(serviceDeployment));
  }

  static Situation with(Situation seen, Optional<Deployment> last) {
    return new Situation(
        seen.now(),
        seen.service(),
        seen.tags(),
        seen.serviceDeployment(),
        seen.stopped(),
        seen.accountHold(),
        seen.observeOnly(),
        last,
        seen.alarms(),
        seen.codeDeployed());
  }
}
