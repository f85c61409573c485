package dev.slipway.aws;

import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Staging;
import java.time.Instant;
import java.util.List;

/**
 * A service deployment as DescribeServiceDeployments tells it.
 *
 * @param status AWS's ServiceDeploymentStatus by name; a new one is kept as it is
 * @param targetRevision ARN of the service revision it moves to
 * @param lifecycleStage empty for a plain rolling update
 * @param rollbackRevision ARN of the revision it goes back to, empty if it does not
 * @param rollbackStartedAt when it began to go back, null if it does not or ECS does not say
 * @param circuitBreaker TRIGGERED, MONITORING, MONITORING_COMPLETE, DISABLED or empty
 * @param alarms status of alarm monitoring, likewise
 * @param triggeredAlarms names of the alarms that went off
 * @param staging strategy, traffic and hooks, as far as ECS says
 */
public record ServiceDeployment(
    String arn,
    String status,
    String statusReason,
    String targetRevision,
    String lifecycleStage,
    String rollbackRevision,
    String rollbackReason,
    Instant rollbackStartedAt,
    String circuitBreaker,
    String alarms,
    List<String> triggeredAlarms,
    Staging staging,
    Instant createdAt,
    Instant finishedAt) {

  public ServiceDeployment {
    triggeredAlarms = List.copyOf(triggeredAlarms);
  }

  /** Whether ECS goes back, or has gone, or tried. */
  public boolean goesBack() {
    return status.startsWith("ROLLBACK_");
  }

  /** The same with what events told of its hooks. */
  public ServiceDeployment knowing(List<Hook> told) {
    return new ServiceDeployment(
        arn,
        status,
        statusReason,
        targetRevision,
        lifecycleStage,
        rollbackRevision,
        rollbackReason,
        rollbackStartedAt,
        circuitBreaker,
        alarms,
        triggeredAlarms,
        staging.knowing(told, lifecycleStage),
        createdAt,
        finishedAt);
  }

  /** All tasks are up, and ECS watches them before it calls the deployment complete. */
  public boolean baking() {
    return lifecycleStage.equals("BAKE_TIME");
  }
}
