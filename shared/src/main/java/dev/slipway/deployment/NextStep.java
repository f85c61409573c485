package dev.slipway.deployment;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.follow.Reading;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.CodeDeployed;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The one function from (head, what AWS says now, the time) to the next step. Every trigger only
 * causes it to be asked, and asking again is always safe.
 *
 * <p>This is the door to the decision, which {@link InFlight} and {@link Idle} make, and to the few
 * of its questions that others have to ask as well: those who read what it needs, and those who do
 * its steps.
 */
public final class NextStep {

  /** What the reason begins with, for which a hold keeps something waiting. */
  public static final String HELD = Idle.HELD;

  private NextStep() {}

  public static Step decide(Head head, Situation seen) {
    boolean gone = seen.service().map(service -> !service.active()).orElse(true);
    if (gone) {
      return head.inFlight().isPresent() || !head.waiting().isEmpty() || head.request().isPresent()
          ? new Step.Close()
          : new Step.Rest(null, "ECS has no active service of this name");
    }
    ServiceView service = seen.service().orElseThrow();
    if (head.lastGood().isEmpty() && head.lastSequence() == 0) {
      return new Step.TakeBaseline();
    }
    return head.inFlight()
        .map(deployment -> InFlight.step(head, deployment, service, seen))
        .orElseGet(() -> Idle.step(head, service, seen));
  }

  // ---- what is in flight

  /** What ECS or CodeDeploy says of the rollout now. */
  public static Rollout progress(Deployment deployment, ServiceView service, Situation seen) {
    return Advance.progress(deployment, service, seen);
  }

  /** Whether the deadline has passed: it matters then which tasks fail, and which are drained. */
  public static boolean outOfTime(Deployment deployment, Reading tags, Instant now) {
    return Deadline.outOfTime(deployment, tags, now);
  }

  /** Whether a person has asked to roll this deployment back. */
  public static boolean asksFor(Head head, Deployment deployment) {
    return InFlight.asksFor(head, deployment);
  }

  // ---- its alarms

  /** Names of the alarms whose states the decision about a deployment in flight may need. */
  public static Set<String> alarmsToAsk(
      Deployment deployment,
      Optional<ServiceDeployment> serviceDeployment,
      Optional<CodeDeployed> codeDeployed) {
    return AlarmWatch.toAsk(deployment, serviceDeployment, codeDeployed);
  }

  /** Whether a deployment may be given time while nobody says which alarms there are. */
  public static boolean mayWaitForAlarms(Deployment deployment, Situation seen) {
    return AlarmWatch.mayWait(deployment, seen);
  }

  /** The alarms of a deployment that failed by them, whoever saw them. */
  public static AlarmsInUse failedBy(Deployment deployment, Situation seen) {
    return AlarmWatch.failedBy(deployment, seen);
  }

  // ---- what somebody else has deployed

  /**
   * The other revision that somebody has deployed since this deployment was begun, while its own
   * rollout has not been.
   *
   * @param deployment with its own revision, as far as one is registered
   */
  public static Optional<String> deployedSince(
      Head head, Deployment deployment, ServiceView service) {
    return SomebodyElse.deployedSince(head, deployment, service);
  }

  /** Likewise where it is a revision that was there before, deployed anew. */
  public static Optional<String> deployedAgainSince(Deployment deployment, ServiceView service) {
    return SomebodyElse.deployedAgainSince(deployment, service);
  }

  /** Whether somebody has deployed since this was found good, be it the same revision again. */
  public static boolean deployedElsewhere(Head.LastGood good, ServiceView service) {
    return SomebodyElse.deployedElsewhere(good, service);
  }

  // ---- while nothing is in flight

  /** Whether the service is set to what was deployed here while it had no tasks. */
  public static boolean unproven(Situation seen, ServiceView service) {
    return Idle.unproven(seen, service);
  }

  /** Whether {@link Situation#last} decides anything: it costs a read. */
  public static boolean needsLast(Head head, ServiceView service) {
    return Idle.needsLast(head, service);
  }

  /** Whether {@link Situation#serviceDeployment} of somebody else decides anything. */
  public static boolean needsElsewhere(Head head, ServiceView service) {
    return Idle.needsElsewhere(head, service);
  }
}
