package dev.slipway.local.ecs;

/**
 * What nobody can know of ECS without an account of their own. The documentation is silent or
 * contradicts itself, so each can be played both ways; {@link #standard} is what it suggests.
 *
 * @param deploymentsAsServiceActions the SERVICE_DEPLOYMENT_* events come as {@code ECS Service
 *     Action} too
 * @param stoppingFails a deployment that a person stopped, or a hook, emits
 *     SERVICE_DEPLOYMENT_FAILED
 * @param earlyExitCounts a container that exits after RUNNING counts for the circuit breaker though
 *     nobody checks its health
 * @param currentStays {@code currentServiceDeployment} still names the last deployment after its
 *     end
 * @param replacedNamed {@code currentServiceDeployment} still names the deployment that a newer one
 *     takes the place of, until the newer one is IN_PROGRESS
 * @param serviceDeploymentsLate a service deployment is seen only once it is IN_PROGRESS, not in
 *     the answer to UpdateService
 * @param endedHooksListed {@code lifecycleHookDetails} still lists the hooks of the last stage when
 *     the deployment goes back or has ended
 */
public record EcsUnknowns(
    boolean deploymentsAsServiceActions,
    boolean stoppingFails,
    boolean earlyExitCounts,
    boolean currentStays,
    boolean replacedNamed,
    boolean serviceDeploymentsLate,
    boolean endedHooksListed) {

  public static EcsUnknowns standard() {
    return new EcsUnknowns(false, false, false, false, false, false, false);
  }

  /** Each the other way round. */
  public static EcsUnknowns otherwise() {
    return new EcsUnknowns(true, true, true, true, true, true, true);
  }

  /** The same, with {@link #replacedNamed}. */
  public EcsUnknowns namingReplaced() {
    return new EcsUnknowns(
        deploymentsAsServiceActions,
        stoppingFails,
        earlyExitCounts,
        currentStays,
        true,
        serviceDeploymentsLate,
        endedHooksListed);
  }
}
