package dev.slipway.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.DeploymentGroup;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Revisions;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Request;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.ledger.MemoryLedger;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.runtime.PermanentFailure;
import dev.slipway.testing.Calls;
import dev.slipway.testing.RecordedLanes;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Shift;
import dev.slipway.verdict.StoppedTask;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WatcherTest {

  private static final Instant NOW = Instant.parse("2026-01-01T10:06:00Z");
  private static final ServiceRef WEB =
      ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/main/web");
  private static final String SERVICE_DEPLOYMENT =
      "arn:aws:ecs:eu-west-1:123456789012:service-deployment/main/web/abcdefghijklmnopqrstu";
  private static final String OWN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:8";
  private static final String ALARM = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:web-5xx";
  private static final Image IMAGE =
      Image.of(
          "123456789012", "eu-west-1", "team/app", "v2", new Digest("sha256:" + "b".repeat(64)));
  private static final Trigger TRIGGER = new Trigger(Trigger.Kind.PUSH, "", "event-1", NOW);

  private final Calls calls = new Calls();
  private final RecordedLanes lanes = new RecordedLanes(calls);
  private final Ledger store = new MemoryLedger();
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private final Watcher watcher = watcher();

  @Test
  void aStoppedTaskOfTheDeploymentIsKeptOnceAndLookedAt() {
    inFlight("ecs-svc/2", OWN);

    watcher.handle(task("STOPPED", "ecs-svc/2", OWN));
    watcher.handle(task("STOPPED", "ecs-svc/2", OWN));

    assertThat(store.evidence(WEB, 1))
        .singleElement()
        .satisfies(task -> assertThat(task.stopCode()).isEqualTo("EssentialContainerExited"))
        .extracting(StoppedTask::startedBy)
        .isEqualTo("ecs-svc/2");
    assertThat(lanes.taken()).containsExactly(WEB, WEB);
    assertThat(calls.made())
        .startsWith("ledger.head", "ledger.addEvidence", "SendMessageBatch evidence [main/web]");
    assertThat(lines.toString(StandardCharsets.UTF_8))
        .contains("\"deployment\":\"main/web#1\"")
        .contains("\"image\":\"team/app:v2\"");
  }

  @Test
  void aTaskThatStoppedBeforeTheIdWasWrittenDownIsKnownByItsRevision() {
    inFlight("", OWN);

    watcher.handle(task("STOPPED", "ecs-svc/2", OWN));

    assertThat(store.evidence(WEB, 1)).hasSize(1);
    assertThat(lanes.taken()).containsExactly(WEB);
  }

  @Test
  void aTaskOfAnotherRevisionIsDroppedWithOneRead() {
    inFlight("ecs-svc/2", OWN);

    watcher.handle(task("STOPPED", "ecs-svc/1", OWN.replace(":8", ":7")));

    assertThat(calls.made()).containsExactly("ledger.head");
    assertThat(store.evidence(WEB, 1)).isEmpty();
  }

  @Test
  void aTaskWithoutAStarterIsNoneOfADeploymentWhoseIdIsNotKnown() {
    inFlight("", "");

    watcher.handle(task("STOPPED", "", OWN));

    assertThat(calls.made()).containsExactly("ledger.head");
  }

  @Test
  void aRunningTaskOfTheDeploymentIsNoEvidenceAndIsLookedAt() {
    inFlight("ecs-svc/2", OWN);

    watcher.handle(task("RUNNING", "ecs-svc/2", OWN));

    assertThat(store.evidence(WEB, 1)).isEmpty();
    assertThat(lanes.taken()).containsExactly(WEB);
  }

  @Test
  void aServiceThatNobodyFollowsIsDroppedWithOneRead() {
    watcher.handle(task("STOPPED", "ecs-svc/2", OWN));
    watcher.handle(deployment("SERVICE_DEPLOYMENT_COMPLETED"));
    watcher.handle(action("SERVICE_TASK_PLACEMENT_FAILURE"));
    watcher.handle(hook());

    assertThat(calls.made()).hasSize(4).containsOnly("ledger.head");
  }

  @Test
  void aCodeDeployGroupThatDeploysAServiceIsLookedAt() {
    store.remember(WEB, new DeploymentGroup("shop", "web"));

    watcher.handle(codeDeploy("shop", "web"));

    assertThat(lanes.taken()).containsExactly(WEB);
    assertThat(calls.made()).first().isEqualTo("ledger.deployedBy");
  }

  @Test
  void whatCodeDeployDoesForOthersIsDroppedWithOneRead() {
    store.remember(WEB, new DeploymentGroup("shop", "web"));

    watcher.handle(codeDeploy("shop", "mail"));
    watcher.handle(codeDeploy("web", "shop"));

    assertThat(calls.made()).containsExactly("ledger.deployedBy", "ledger.deployedBy");
  }

  private static String codeDeploy(String application, String group) {
    return """
    {"source": "aws.codedeploy",
     "detail-type": "CodeDeploy Deployment State-change Notification",
     "detail": {"application": "%s", "deploymentGroup": "%s", "deploymentId": "d-0A1B2C3D4",
       "instanceGroupId": "1", "region": "eu-west-1", "state": "SUCCESS"}}
    """
        .formatted(application, group);
  }

  @Test
  void aDeploymentByNobodyOfOursIsLookedAt() {
    seen();

    watcher.handle(deployment("SERVICE_DEPLOYMENT_IN_PROGRESS"));

    assertThat(lanes.taken()).containsExactly(WEB);
  }

  @Test
  void otherNewsOfAnIdleServiceIsDropped() {
    seen();

    watcher.handle(action("SERVICE_TASK_PLACEMENT_FAILURE"));
    watcher.handle(hook());
    watcher.handle(task("STOPPED", "ecs-svc/1", OWN));

    assertThat(lanes.taken()).isEmpty();
  }

  @Test
  void newsOfAServiceInFlightIsLookedAt() {
    inFlight("ecs-svc/2", OWN);

    watcher.handle(deployment("SERVICE_DEPLOYMENT_FAILED"));
    watcher.handle(action("SERVICE_TASK_PLACEMENT_FAILURE"));
    watcher.handle(hook());

    assertThat(lanes.taken()).containsExactly(WEB, WEB, WEB);
  }

  @Test
  void whatAHookDoesIsKeptOnceForItsDeploymentAlsoWhileNobodyKnowsWhoseThatIs() {
    inFlight("", "");

    watcher.handle(hook());
    watcher.handle(hook());

    assertThat(store.hooks(WEB, SERVICE_DEPLOYMENT))
        .singleElement()
        .satisfies(hook -> {
          assertThat(hook.id()).isEqualTo("ecs-pause-1");
          assertThat(hook.state()).isEqualTo(Hook.State.AWAITING_ACTION);
          assertThat(hook.stage()).isEqualTo("POST_SCALE_UP");
        });
    assertThat(store.hooks(WEB, SERVICE_DEPLOYMENT + "2")).isEmpty();
    assertThat(lanes.taken()).containsExactly(WEB, WEB);
    assertThat(calls.made())
        .startsWith("ledger.head", "ledger.addHook", "SendMessageBatch evidence [main/web]");
  }

  @Test
  void newsOfAServiceForWhichSomethingWaitsIsLookedAt() {
    Head head = Head.unseen(WEB);
    store.write(
        Change.of(head, head.waiting(Waiting.NOTHING.with(new Wanted(IMAGE, NOW, TRIGGER)))));

    watcher.handle(action("SERVICE_STEADY_STATE"));

    assertThat(lanes.taken()).containsExactly(WEB);
  }

  @Test
  void newsOfAServiceOfWhichAPersonAskedSomethingIsLookedAt() {
    Head head = Head.unseen(WEB);
    store.write(Change.of(head, head.request(new Request.RollBack(1, "U1", NOW))));

    watcher.handle(action("SERVICE_STEADY_STATE"));

    assertThat(lanes.taken()).containsExactly(WEB);
  }

  @Test
  void anAlarmOfTheDeploymentIsLookedAtInEachServiceThatItWatches() {
    inFlight("ecs-svc/2", OWN);
    store.useAlarms(WEB, 1, List.of(ALARM), NOW);
    store.useAlarms(ServiceRef.parse(WEB.arn() + "-idle"), 7, List.of(ALARM), NOW);

    watcher.handle(alarm("ALARM"));

    assertThat(lanes.taken()).containsExactly(WEB);
    assertThat(calls.made())
        .containsExactly(
            "ledger.usesOfAlarm",
            "ledger.head",
            "ledger.head",
            "SendMessageBatch evidence [main/web]");
  }

  @Test
  void anAlarmOfAnEarlierDeploymentIsDropped() {
    inFlight("ecs-svc/2", OWN);
    store.useAlarms(WEB, 0, List.of(ALARM), NOW);

    watcher.handle(alarm("ALARM"));

    assertThat(lanes.taken()).isEmpty();
  }

  @Test
  void aForeignAlarmIsDroppedWithOneRead() {
    inFlight("ecs-svc/2", OWN);
    store.useAlarms(WEB, 1, List.of(ALARM + "-other"), NOW);

    watcher.handle(alarm("ALARM"));

    assertThat(calls.made()).containsExactly("ledger.usesOfAlarm");
  }

  @Test
  void theClockLooksAtWhatIsDueAndAtNothingElse() {
    due(WEB, NOW.minusSeconds(30));
    due(ServiceRef.parse(WEB.arn() + "-later"), NOW.plusSeconds(300));
    due(ServiceRef.parse(WEB.arn() + "-never"), null);

    watcher.handle(clock());

    assertThat(lanes.taken()).containsExactly(WEB);
    assertThat(calls.made()).containsExactly("ledger.due", "SendMessageBatch clock [main/web]");
  }

  @Test
  void aClockWithNothingDueSendsNothing() {
    watcher.handle(clock());

    assertThat(calls.made()).containsExactly("ledger.due");
  }

  @Test
  void aLookThatCannotBeSentFailsTheMessageSoThatItIsSeenAgain() {
    inFlight("ecs-svc/2", OWN);
    calls.fail("SendMessageBatch", new IllegalStateException("queue is gone"));

    assertThatThrownBy(() -> watcher.handle(task("STOPPED", "ecs-svc/2", OWN)))
        .hasMessage("queue is gone");
    calls.heal();
    watcher.handle(task("STOPPED", "ecs-svc/2", OWN));

    assertThat(store.evidence(WEB, 1)).hasSize(1);
    assertThat(lanes.taken()).containsExactly(WEB);
  }

  @Test
  void whatCannotBeUnderstoodGoesToTheDeadLetters() {
    assertThatThrownBy(() -> watcher.handle("{}")).isInstanceOf(PermanentFailure.class);
    assertThat(calls.made()).isEmpty();
  }

  private void seen() {
    Head head = Head.unseen(WEB);
    store.write(Change.of(head, head.running(new ImageSet(Map.of("web", IMAGE)))));
  }

  private void due(ServiceRef service, Instant when) {
    Head head = Head.unseen(service);
    store.write(Change.of(head, head.due(when)));
  }

  private void inFlight(String ecsDeploymentId, String own) {
    Deployment deployment =
        new Deployment(
            WEB,
            1,
            Status.ROLLING_OUT,
            Reason.IN_PROGRESS,
            "",
            ImageSet.EMPTY,
            new ImageSet(Map.of("web", IMAGE)),
            TRIGGER,
            new Revisions("", "", own),
            new Rollout(
                ecsDeploymentId, "", 2, 0, 2, 0, "", NOW, NOW, null, false, false, Shift.NONE),
            0,
            RolledBackBy.NOBODY,
            Audience.DEFAULT,
            Optional.empty(),
            NOW,
            NOW,
            null);
    Head head = Head.unseen(WEB);
    store.write(Change.of(head, head.inFlight(deployment), deployment));
  }

  private Watcher watcher() {
    PrintStream sink = new PrintStream(lines, true, StandardCharsets.UTF_8);
    Ledger counted =
        (Ledger)
            Proxy.newProxyInstance(
                WatcherTest.class.getClassLoader(),
                new Class<?>[] {Ledger.class},
                (proxy, method, arguments) -> {
                  calls.add("ledger." + method.getName());
                  try {
                    return method.invoke(store, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return new Watcher(
        counted,
        lanes,
        () -> NOW,
        new Log("watch", new Environment(Map.of()), () -> NOW, sink),
        new Metrics(() -> NOW, sink));
  }

  private static String alarm(String state) {
    ObjectNode event = Json.object();
    event.put("source", "aws.cloudwatch").put("detail-type", "CloudWatch Alarm State Change");
    event.putArray("resources").add(ALARM);
    event.putObject("detail").put("alarmName", "web-5xx").putObject("state").put("value", state);
    return Json.write(event);
  }

  private static String clock() {
    return "{\"source\":\"slipway\",\"detail-type\":\"Slipway Clock\"}";
  }

  private static String deployment(String name) {
    ObjectNode event = event("ECS Deployment State Change");
    event.putObject("detail").put("eventName", name).put("deploymentId", "ecs-svc/2");
    return Json.write(event);
  }

  private static String action(String name) {
    ObjectNode event = event("ECS Service Action");
    event.putObject("detail").put("eventName", name).put("eventType", "ERROR");
    return Json.write(event);
  }

  private static String hook() {
    ObjectNode event = event("ECS Hook State Change");
    event
        .putObject("detail")
        .put("eventName", "HOOK_AWAITING_ACTION")
        .put("hookId", "ecs-pause-1")
        .put("hookType", "PAUSE")
        .put("lifecycleStage", "POST_SCALE_UP")
        .put("serviceDeploymentArn", SERVICE_DEPLOYMENT)
        .put("serviceArn", WEB.arn());
    return Json.write(event);
  }

  private static String task(String lastStatus, String startedBy, String taskDefinition) {
    ObjectNode event = event("ECS Task State Change");
    event
        .putObject("detail")
        .put("clusterArn", WEB.clusterArn())
        .put("group", "service:web")
        .put("taskArn", "arn:aws:ecs:eu-west-1:123456789012:task/main/0123")
        .put("taskDefinitionArn", taskDefinition)
        .put("startedBy", startedBy)
        .put("lastStatus", lastStatus)
        .put("stopCode", "EssentialContainerExited")
        .put("stoppedAt", "2026-01-01T10:05:00Z");
    return Json.write(event);
  }

  private static ObjectNode event(String type) {
    ObjectNode event = Json.object().put("source", "aws.ecs").put("detail-type", type);
    event.putArray("resources").add(WEB.arn());
    return event;
  }
}
