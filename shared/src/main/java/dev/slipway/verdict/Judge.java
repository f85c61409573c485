package dev.slipway.verdict;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.EcsDeployment;
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
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * From what ECS says of a deployment to a verdict. Never from the text of an event, and never from
 * "the service is stable": a service that was rolled back is stable too.
 */
public final class Judge {

  /** The states of a circuit breaker in which it does not look at the deployment. */
  private static final Set<String> NOT_COUNTING = Set.of("DISABLED", "MONITORING_COMPLETE");

  private Judge() {}

  public static Verdict judge(Observation seen) {
    if (seen.codeDeployed().isPresent()) {
      Verdict told = CodeDeployJudge.judge(seen.codeDeployed().get(), seen);
      return told instanceof Going ? byTasksAndTime(seen) : told;
    }
    Optional<EcsDeployment> own = seen.service().deployment(seen.deploymentId());
    boolean failedInEcs = own.map(d -> d.rolloutState().equals("FAILED")).orElse(false);
    Verdict told =
        seen.serviceDeployment()
            .map(deployment -> byServiceDeployment(deployment, seen, failedInEcs))
            .orElseGet(() -> byDeployments(own, seen));
    return told instanceof Going ? byTasksAndTime(seen) : told;
  }

  /** The service deployment has the last word where there is one. */
  private static Verdict byServiceDeployment(
      ServiceDeployment deployment, Observation seen, boolean failedInEcs) {
    return switch (deployment.status()) {
      case "SUCCESSFUL" -> succeeded(seen.service());
      case "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS" -> new RollingBack(why(deployment, seen));
      case "ROLLBACK_SUCCESSFUL" ->
          new RolledBack(why(deployment, seen), deployment.rollbackRevision());
      case "ROLLBACK_FAILED" -> new RollbackFailed(why(deployment, seen));
      // With the circuit breaker on but its rollback off ECS fails the deployment and stops there.
      case "STOP_REQUESTED", "STOPPED" ->
          failedInEcs || triggered(deployment)
              ? new Failed(why(deployment, seen))
              : replacedOrStopped(seen);
      default -> failedInEcs ? new Failed(why(deployment, seen)) : new Going();
    };
  }

  /**
   * A service from before service deployments existed, or whose service deployment is not known
   * yet.
   */
  private static Verdict byDeployments(Optional<EcsDeployment> own, Observation seen) {
    if (own.isEmpty()) {
      return replacedOrStopped(seen);
    }
    return switch (own.get().rolloutState()) {
      case "COMPLETED" ->
          own.get().status().equals("PRIMARY")
              ? succeeded(seen.service())
              : replacedOrStopped(seen);
      case "FAILED" ->
          seen.service().circuitBreaker().rollback() && !isPrimary(seen)
              ? new RollingBack(Failure.CIRCUIT_BREAKER)
              : new Failed(
                  seen.service().circuitBreaker().enabled()
                      ? Failure.CIRCUIT_BREAKER
                      : Failure.ECS_FAILED);
      default -> isPrimary(seen) ? new Going() : replacedOrStopped(seen);
    };
  }

  private static Verdict replacedOrStopped(Observation seen) {
    String runs = seen.service().primary().map(EcsDeployment::taskDefinition).orElse("");
    if (runs.equals(seen.taskDefinition())) {
      // Somebody deployed the same revision again: that deployment decides about the same tasks.
      return seen.service().primary().orElseThrow().rolloutState().equals("COMPLETED")
          ? succeeded(seen.service())
          : new Superseded(runs);
    }
    return new Superseded(runs);
  }

  private static boolean isPrimary(Observation seen) {
    return seen.service().primary().map(d -> d.id().equals(seen.deploymentId())).orElse(false);
  }

  private static Verdict succeeded(ServiceView service) {
    return service.desired() == 0 ? new SucceededWithoutTasks() : new Succeeded();
  }

  private static boolean triggered(ServiceDeployment deployment) {
    return deployment.circuitBreaker().equals("TRIGGERED")
        || deployment.alarms().equals("TRIGGERED");
  }

  private static Failure why(ServiceDeployment deployment, Observation seen) {
    if (deployment.circuitBreaker().equals("TRIGGERED")) {
      return Failure.CIRCUIT_BREAKER;
    }
    if (deployment.alarms().equals("TRIGGERED")) {
      return Failure.ALARM;
    }
    if (seen.stopRequested()) {
      return Failure.NO_PROGRESS;
    }
    // A hook's end is known from ECS's list, from its event, or by its time. What nothing else
    // explains, a person did: ECS has no field that says so.
    return seen.shift()
        .hook()
        .filter(Hook::failed)
        .filter(hook -> !hook.declinedByPerson())
        .map(_ -> Failure.HOOK_FAILED)
        .orElse(Failure.STOPPED_BY_PERSON);
  }

  /**
   * Whether ECS judges the tasks that fail: its circuit breaker is on, for this very deployment,
   * and still at it. Its count begins again with each task that becomes healthy, so that tasks
   * which die in the bake are nobody's but ours.
   */
  public static boolean ecsCounts(
      ServiceView service, Optional<ServiceDeployment> serviceDeployment) {
    return service.circuitBreaker().enabled()
        && serviceDeployment
            .map(deployment ->
                !deployment.baking() && !NOT_COUNTING.contains(deployment.circuitBreaker()))
            .orElse(true);
  }

  /**
   * What ECS does not judge: tasks that fail while no circuit breaker counts, those that were
   * healthy and die while it bakes, those that go on failing when the deadline is over and old
   * tasks keep ECS from its end, and standstill.
   */
  private static Verdict byTasksAndTime(Observation seen) {
    boolean counted = ecsCounts(seen.service(), seen.serviceDeployment());
    Standstill standstill = seen.standstill();
    if (!counted || seen.now().isAfter(standstill.due())) {
      // What the breaker forgave before the last progress stays forgiven.
      Instant since = counted ? standstill.since() : seen.failuresSince();
      int failures =
          TaskFailures.of(seen.deploymentId(), seen.taskDefinition(), seen.stopped(), since).size();
      if (failures >= TaskFailures.threshold(seen.service().desired())) {
        return new Failed(Failure.TASKS_FAILED);
      }
    }
    if (seen.now().isAfter(standstill.until())) {
      return new Failed(Failure.NO_PROGRESS);
    }
    return new Going();
  }
}
