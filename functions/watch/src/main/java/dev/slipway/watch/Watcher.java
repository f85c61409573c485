package dev.slipway.watch;

import dev.slipway.aws.DeploymentGroup;
import dev.slipway.aws.Lanes;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.Ledger.AlarmUse;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.runtime.PermanentFailure;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.StoppedTask;
import dev.slipway.watch.WatchEvent.AlarmChanged;
import dev.slipway.watch.WatchEvent.Clock;
import dev.slipway.watch.WatchEvent.CodeDeployChanged;
import dev.slipway.watch.WatchEvent.DeploymentChanged;
import dev.slipway.watch.WatchEvent.HookChanged;
import dev.slipway.watch.WatchEvent.ServiceAction;
import dev.slipway.watch.WatchEvent.TaskChanged;
import dev.slipway.watch.WatchEvent.Unrelated;
import java.time.InstantSource;
import java.util.List;

/**
 * Keeps what is evidence for a deployment in flight, drops the rest with one read, and sends looks.
 * It judges nothing: events come twice, late, or in any order, and the look asks ECS itself.
 */
public final class Watcher {

  /** A minute's work. Those that are left are due in the next minute too. */
  private static final int MOST_DUE = 1_000;

  private final Ledger ledger;
  private final Lanes lanes;
  private final InstantSource time;
  private final Log log;
  private final Metrics metrics;

  public Watcher(Ledger ledger, Lanes lanes, InstantSource time, Log log, Metrics metrics) {
    this.ledger = ledger;
    this.lanes = lanes;
    this.time = time;
    this.log = log;
    this.metrics = metrics;
  }

  /**
   * Handles one event, as EventBridge put it into the queue. Safe to repeat.
   *
   * @throws PermanentFailure if it can never be understood
   * @throws RuntimeException if it shall be seen again
   */
  public void handle(String body) {
    switch (WatchEvents.read(body)) {
      case Clock() -> clock();
      case DeploymentChanged(ServiceRef service, String name) ->
          // Also where nothing is in flight: then somebody else deployed, and that is recorded.
          look(service, ledger.head(service).version() > 0, name);
      case ServiceAction(ServiceRef service, String name) -> look(service, busy(service), name);
      case HookChanged(ServiceRef service, String serviceDeploymentArn, Hook hook) ->
          hook(service, serviceDeploymentArn, hook);
      case CodeDeployChanged(DeploymentGroup group, String deployment, String state) ->
          codeDeploy(group, deployment, state);
      case TaskChanged(ServiceRef service, StoppedTask task, boolean stopped) ->
          task(service, task, stopped);
      case AlarmChanged(String arn, String state) -> alarm(arn, state);
      case Unrelated(String why) -> log.info("dropped: " + why);
    }
  }

  /**
   * Only a group that deploy has met belongs to a service that follows something: one read, and
   * what CodeDeploy does for others, for functions and for servers is dropped.
   */
  private void codeDeploy(DeploymentGroup group, String deployment, String state) {
    ledger
        .deployedBy(group)
        .ifPresentOrElse(
            service -> look(service, true, "CodeDeploy " + deployment + " " + state),
            () -> log.debug("dropped: the CodeDeploy group " + group + " is of no service here"));
  }

  private boolean busy(ServiceRef service) {
    return busy(about(service));
  }

  private static boolean busy(Head head) {
    return head.inFlight().isPresent() || !head.waiting().isEmpty() || head.request().isPresent();
  }

  /**
   * The one read by which foreign events are dropped; the log speaks of the service from now on.
   */
  private Head about(ServiceRef service) {
    log.about("service", service.brief());
    Head head = ledger.head(service);
    head.inFlight()
        .ifPresent(deployment ->
            log.about(
                "service",
                service.brief(),
                "deployment",
                deployment.id(),
                "image",
                deployment.to().brief()));
    return head;
  }

  private void look(ServiceRef service, boolean wanted, String name) {
    if (wanted) {
      log.info("look: " + name);
      lanes.look(List.of(service), "evidence");
    } else {
      log.debug("dropped: " + name);
    }
  }

  /**
   * Evidence for whatever is in flight: it is kept by the service deployment, whose ARN the ledger
   * may not know yet.
   */
  private void hook(ServiceRef service, String serviceDeploymentArn, Hook hook) {
    Head head = about(service);
    if (head.inFlight().isPresent()) {
      ledger.addHook(service, serviceDeploymentArn, hook, time.instant());
    }
    look(service, busy(head), "a hook is " + hook.state());
  }

  private void task(ServiceRef service, StoppedTask task, boolean stopped) {
    Deployment deployment = about(service).inFlight().orElse(null);
    if (deployment == null || !startedFor(task, deployment)) {
      log.debug("dropped: a task of no deployment in flight");
      return;
    }
    if (stopped) {
      ledger.addEvidence(service, deployment.sequence(), task, time.instant());
      metrics.count("TasksStopped");
    }
    log.info(
        stopped ? "look: a task of the deployment stopped" : "look: a task of the deployment",
        "task",
        task.taskArn(),
        "stop_code",
        task.stopCode());
    lanes.look(List.of(service), "evidence");
  }

  /**
   * By the id of the ECS deployment; by the revision too, for a task can stop before
   * UpdateService's answer has been written down.
   */
  private static boolean startedFor(StoppedTask task, Deployment deployment) {
    String id = deployment.rollout().ecsDeploymentId();
    String own = deployment.revisions().own();
    return (!id.isEmpty() && id.equals(task.startedBy()))
        || (!own.isEmpty() && own.equals(task.taskDefinition()));
  }

  /**
   * Of all the account's alarms only those that were found for a deployment are kept. Whether one
   * speaks against it, the look asks CloudWatch.
   */
  private void alarm(String arn, String state) {
    List<ServiceRef> watched =
        ledger.usesOfAlarm(arn).stream()
            .filter(use ->
                ledger
                    .head(use.service())
                    .inFlight()
                    .map(deployment -> deployment.sequence() == use.sequence())
                    .orElse(false))
            .map(AlarmUse::service)
            .toList();
    if (watched.isEmpty()) {
      log.debug("dropped: an alarm of no deployment in flight", "alarm", arn);
      return;
    }
    for (ServiceRef service : watched) {
      log.info(
          "look: an alarm of the deployment",
          "service",
          service.brief(),
          "alarm",
          arn,
          "state",
          state);
    }
    lanes.look(watched, "evidence");
  }

  private void clock() {
    List<ServiceRef> due = ledger.due(time.instant(), MOST_DUE);
    if (due.isEmpty()) {
      return;
    }
    log.info("look: due", "services", due.size());
    if (due.size() == MOST_DUE) {
      log.warn("more services are due than one minute looks at; the rest follow in the next");
    }
    lanes.look(due, "clock");
  }
}
