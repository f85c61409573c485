package dev.slipway.verdict;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a verdict is made from.
 *
 * @param deploymentId {@code ecs-svc/<n>} of the deployment that is judged, or of its task set
 * @param taskDefinition the revision it rolls out
 * @param stopRequested whether Slipway has asked ECS to stop it and go back
 * @param service as ECS describes it now
 * @param serviceDeployment its service deployment, where ECS has one
 * @param stopped tasks that stopped, in any order, also of other deployments
 * @param failuresSince tasks that failed before this do not count: more ran since then
 * @param shift how far traffic is, and the hook that plays a part
 * @param standstill since when nothing has moved, and until when that may last
 * @param codeDeployed what CodeDeploy says, where it deploys
 */
public record Observation(
    String deploymentId,
    String taskDefinition,
    boolean stopRequested,
    ServiceView service,
    Optional<ServiceDeployment> serviceDeployment,
    List<StoppedTask> stopped,
    Instant failuresSince,
    Shift shift,
    Standstill standstill,
    Instant now,
    Optional<CodeDeployed> codeDeployed) {

  /**
   * The time without progress.
   *
   * @param since when the last progress was; ahead while ECS bakes or waits for a hook
   * @param due when its deadline is over, and with it the time in which ECS alone judges tasks
   * @param until when it has stalled: later than due while ECS drains old tasks
   */
  public record Standstill(Instant since, Instant due, Instant until) {}

  /** Of a deployment that ECS does itself. */
  public Observation(
      String deploymentId,
      String taskDefinition,
      boolean stopRequested,
      ServiceView service,
      Optional<ServiceDeployment> serviceDeployment,
      List<StoppedTask> stopped,
      Instant failuresSince,
      Shift shift,
      Standstill standstill,
      Instant now) {
    this(
        deploymentId,
        taskDefinition,
        stopRequested,
        service,
        serviceDeployment,
        stopped,
        failuresSince,
        shift,
        standstill,
        now,
        Optional.empty());
  }
}
