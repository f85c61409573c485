package dev.slipway.local.ecs;

import dev.slipway.local.account.Account;
import dev.slipway.local.ecs.Deployment.State;
import dev.slipway.local.ecs.ServiceDeployment.Status;
import dev.slipway.local.services.Alarms;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How a service's deployments begin and end, whatever moves the tasks in between: superseding, the
 * circuit breaker, alarms, stopping, going back.
 */
final class Rollouts {
  private final Account account;
  private final EcsTimings timings;
  private final EcsEvents events;
  private final Alarms alarms;

  Rollouts(Account account, EcsTimings timings, EcsEvents events, Alarms alarms) {
    this.account = account;
    this.timings = timings;
    this.events = events;
    this.alarms = alarms;
  }

  private ServiceRevision revision(EcsService service, TaskDefinition definition) {
    ServiceRevision revision =
        new ServiceRevision(
            arn("service-revision", service, account.ids().nineteenDigits()),
            definition,
            service.settings.deepCopy(),
            account.now());
    service.revisions.put(revision.arn, revision);
    return revision;
  }

  private String arn(String type, EcsService service, String id) {
    return account.arn("ecs", type + "/" + service.cluster.name + "/" + service.name + "/" + id);
  }

  private Deployment newPrimary(EcsService service, ServiceRevision revision) {
    Deployment deployment =
        new Deployment("ecs-svc/" + account.ids().nineteenDigits(), revision, account.now());
    service.deployments.forEach(other -> other.primary = false);
    service.deployments.addFirst(deployment);
    return deployment;
  }

  /** A new deployment of the service, as it is set up now; one in progress is superseded. */
  void begin(EcsService service, TaskDefinition definition) {
    ServiceDeployment current = service.current();
    if (current != null) {
      current.status = Status.STOP_REQUESTED;
      current.statusReason = "Service deployment stopped because of a newer service deployment.";
      current.updatedAt = account.now();
    }
    List<ServiceRevision> sources =
        service.deployments.stream().map(each -> each.revision).distinct().toList();
    Deployment primary = newPrimary(service, revision(service, definition));
    ServiceDeployment begun =
        new ServiceDeployment(
            arn("service-deployment", service, account.ids().serviceDeployment()),
            service,
            primary,
            sources,
            DeploymentSettings.complete(service.settings.path("deploymentConfiguration")),
            account.now());
    service.history.add(begun);
    service.steady = false;
    service.saidBlocked = false;
    service.noRoom = false;
  }

  /** The service has run this all along: its first deployment is complete. */
  Deployment settle(EcsService service, TaskDefinition definition) {
    if (service.codeDeployed()) {
      service.steady = true;
      return newTaskSet(service, definition, null);
    }
    begin(service, definition);
    ServiceDeployment done = service.history.getLast();
    done.status = Status.SUCCESSFUL;
    done.startedAt = account.now();
    done.finishedAt = account.now();
    done.target.state = State.COMPLETED;
    done.target.reason = "ECS deployment " + done.target.id + " completed.";
    service.lastSuccessful = done.target.revision;
    service.steady = true;
    return done.target;
  }

  /** A task set beside those there are; the first of all is PRIMARY. */
  Deployment newTaskSet(EcsService service, TaskDefinition definition, String externalId) {
    Deployment set =
        new Deployment(
            "ecs-svc/" + account.ids().nineteenDigits(),
            revision(service, definition),
            account.now());
    set.externalId = externalId;
    set.primary = service.deployments.isEmpty();
    service.deployments.addLast(set);
    return set;
  }

  /** What the scheduler notices at the beginning of a pass. */
  void advance(EcsService service) {
    for (ServiceDeployment each : service.history.reversed()) {
      if (each.status == Status.STOP_REQUESTED) {
        each.status = Status.STOPPED;
        each.stoppedAt = account.now();
        end(each);
      } else if (each.status.ended()) {
        break;
      }
    }
    ServiceDeployment current = service.current();
    if (current == null) {
      return;
    }
    if (current.status == Status.PENDING) {
      current.status = Status.IN_PROGRESS;
      current.startedAt = account.now();
      current.updatedAt = account.now();
      if (current.shift != null) {
        current.shift.enter(Stage.RECONCILE_SERVICE, account.now());
        current.lifecycleStage = Stage.RECONCILE_SERVICE.name();
      }
      // "An alarm already in ALARM at the start disables monitoring for that deployment."
      current.alarmsWatched =
          !current.settings.alarms().isEmpty()
              && current.settings.alarms().stream().noneMatch(alarms::inAlarm);
      events.deploymentInProgress(service, current.target, current.target.reason);
    }
    if (current.status == Status.ROLLBACK_REQUESTED) {
      current.status = Status.ROLLBACK_IN_PROGRESS;
      current.updatedAt = account.now();
    }
    if (current.status == Status.IN_PROGRESS && current.alarmsWatched) {
      List<String> triggered = current.settings.alarms().stream().filter(alarms::inAlarm).toList();
      if (!triggered.isEmpty()) {
        current.triggeredAlarms = triggered;
        fail(
            current,
            current.settings.alarmsRollBack(),
            "ECS deployment failed: alarm detected.",
            "Service deployment rolled back because one or more alarms were in ALARM state.");
      }
    }
  }

  private void end(ServiceDeployment ended) {
    ended.finishedAt = account.now();
    ended.updatedAt = account.now();
    ended.lifecycleStage = null;
    if (ended.shift != null) {
      ended.shift.forgetHooks();
    }
  }

  /** A task of the deployment failed; the circuit breaker may open. */
  void countFailure(Task task, boolean ranBefore) {
    Deployment deployment = task.deployment;
    deployment.failedTasks++;
    ServiceDeployment current = task.service.current();
    // Stage one counts tasks that never ran until one does, stage two those that failed a check.
    if (ranBefore != deployment.sawRunning || deployment.state == State.FAILED) {
      return;
    }
    deployment.breakerCount++;
    if (current == null
        || deployment != task.service.primary()
        || !current.settings.breaker()
        || deployment.breakerCount < current.settings.threshold(task.service.desiredCount)) {
      return;
    }
    current.breakerTriggered = true;
    fail(
        current,
        current.settings.breakerRollsBack(),
        "ECS deployment circuit breaker: task failed to start.",
        "Service deployment rolled back because the circuit breaker threshold was exceeded.");
  }

  void countHealthy(Task task) {
    Deployment deployment = task.deployment;
    ServiceDeployment current = task.service.current();
    deployment.startFailures = 0;
    if (current == null || current.settings.resetOnHealthyTask()) {
      deployment.failedTasks = 0;
      deployment.breakerCount = 0;
    }
  }

  private void fail(
      ServiceDeployment current, boolean rollBack, String reason, String rollbackReason) {
    EcsService service = current.service;
    Deployment failed = service.primary();
    failed.state = State.FAILED;
    failed.reason = reason;
    failed.updatedAt = account.now();
    events.deploymentFailed(service, failed, reason);
    service.say(
        account.ids().uuid(),
        account.now(),
        "(deployment " + failed.id + ") deployment failed: " + words(reason) + ".");
    Deployment back = rollBack ? lastCompleted(service, failed) : null;
    if (back != null) {
      goBack(
          current,
          back,
          rollbackReason,
          "ECS deployment circuit breaker: rolling back to deploymentId " + back.id + ".");
      return;
    }
    failed.halted = true;
    current.status =
        rollBack || current.status.rollingBack() ? Status.ROLLBACK_FAILED : Status.STOPPED;
    current.statusReason =
        rollBack
            ? "Service deployment failed, and there is no completed deployment to roll back to."
            : reason;
    if (current.status == Status.STOPPED) {
      current.stoppedAt = account.now();
    }
    end(current);
  }

  private static String words(String reason) {
    return reason.contains("alarm") ? "alarm detected" : "tasks failed to start";
  }

  /** While a rollback runs, the deployment that it goes back to is not COMPLETED: none is left. */
  private static Deployment lastCompleted(EcsService service, Deployment failed) {
    return service.deployments.stream()
        .filter(each -> each != failed && each.state == State.COMPLETED)
        .findFirst()
        .orElse(null);
  }

  private void goBack(ServiceDeployment current, Deployment back, String why, String reason) {
    EcsService service = current.service;
    current.status = Status.ROLLBACK_REQUESTED;
    current.statusReason = why;
    current.updatedAt = account.now();
    current.rollback = back;
    current.rollbackReason = why;
    current.rollbackStartedAt = account.now();
    if (current.shift != null) {
      current.shift.forgetHooks();
      current.shift.production = 0;
      current.shift.test = 0;
      current.lifecycleStage = Stage.CLEAN_UP.name();
    }
    service.deployments.forEach(each -> each.primary = false);
    service.deployments.remove(back);
    service.deployments.addFirst(back);
    back.primary = true;
    back.startOver(account.now(), reason);
    service.saidBlocked = false;
    service.noRoom = false;
    // This event says IN_PROGRESS, with the id of the deployment that is gone back to.
    events.deploymentInProgress(service, back, reason);
    service.say(account.ids().uuid(), account.now(), "rolling back to deployment " + back.id + ".");
  }

  /** Somebody called StopServiceDeployment with ROLLBACK. */
  void stop(ServiceDeployment current, ServiceRevision revision) {
    EcsService service = current.service;
    Deployment stopped = service.primary();
    stopped.state = State.FAILED;
    stopped.reason = "ECS deployment " + stopped.id + " was stopped by a user.";
    stopped.updatedAt = account.now();
    events.deploymentStopped(service, stopped, stopped.reason);
    Deployment back =
        service.deployments.stream()
            .filter(each -> each != stopped && each.revision == revision)
            .findFirst()
            .orElseGet(() -> {
              Deployment again =
                  new Deployment(
                      "ecs-svc/" + account.ids().nineteenDigits(), revision, account.now());
              service.deployments.addLast(again);
              return again;
            });
    goBack(
        current,
        back,
        "Service deployment rolled back because a user requested it.",
        "ECS deployment " + back.id + " in progress.");
  }

  /**
   * Everything is as it should be.
   *
   * @return when to look again, or null
   */
  Duration full(EcsService service) {
    Deployment primary = service.primary();
    Instant now = account.now();
    if (primary.fullSince == null) {
      primary.fullSince = now;
    }
    ServiceDeployment current = service.current();
    Duration hold = timings.steady();
    if (current != null
        && current.status == Status.IN_PROGRESS
        && (current.alarmsWatched || current.settings.bake() != null)) {
      Duration bake = current.settings.bake();
      hold = hold.plus(bake == null ? timings.alarmBake() : bake);
      current.lifecycleStage = "BAKE_TIME";
    }
    Instant ready = primary.fullSince.plus(hold);
    if (now.isBefore(ready)) {
      return service.steady ? null : Duration.between(now, ready);
    }
    finish(service);
    return null;
  }

  /** The deployment in progress, if there is one, is complete, and the service is steady. */
  void finish(EcsService service) {
    ServiceDeployment current = service.current();
    if (current != null && current.status != Status.PENDING) {
      complete(current, service.primary());
    }
    if (!service.steady) {
      service.steady = true;
      service.say(account.ids().uuid(), account.now(), "has reached a steady state.");
      events.steady(service);
    }
  }

  /** A hook of this stage failed, timed out, or was answered with ROLLBACK. */
  void hookFailed(ServiceDeployment current, Stage stage) {
    EcsService service = current.service;
    String why = "Service deployment rolled back because " + stage + " lifecycle hook(s) failed.";
    Deployment failed = service.primary();
    failed.state = State.FAILED;
    failed.reason = "ECS deployment failed: " + stage + " lifecycle hook(s) failed.";
    failed.updatedAt = account.now();
    events.deploymentStopped(service, failed, failed.reason);
    Deployment back = lastCompleted(service, failed);
    if (back != null) {
      goBack(current, back, why, "ECS deployment " + back.id + " in progress.");
      return;
    }
    failed.halted = true;
    current.status = Status.ROLLBACK_FAILED;
    current.statusReason = why;
    end(current);
  }

  private void complete(ServiceDeployment current, Deployment primary) {
    EcsService service = current.service;
    primary.state = State.COMPLETED;
    primary.reason = "ECS deployment " + primary.id + " completed.";
    primary.updatedAt = account.now();
    service.deployments.removeIf(each -> each != primary);
    service.lastSuccessful = primary.revision;
    current.status = current.status.rollingBack() ? Status.ROLLBACK_SUCCESSFUL : Status.SUCCESSFUL;
    end(current);
    events.deploymentCompleted(service, primary);
    service.say(
        account.ids().uuid(),
        account.now(),
        "(deployment " + primary.id + ") deployment completed.");
  }
}
