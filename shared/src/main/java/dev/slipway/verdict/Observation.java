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
 * @param stallsAt without progress until then it has stalled
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
    Instant stallsAt,
    Instant now,
    Optional<CodeDeployed> codeDeployed) {

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
      Instant stallsAt,
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
        stallsAt,
        now,
        Optional.empty());
  }
}
