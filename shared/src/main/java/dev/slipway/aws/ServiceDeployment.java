package dev.slipway.aws;

import java.time.Instant;
import java.util.List;

/**
 * A service deployment as DescribeServiceDeployments tells it.
 *
 * @param status AWS's ServiceDeploymentStatus by name; a new one is kept as it is
 * @param targetRevision ARN of the service revision it moves to
 * @param lifecycleStage empty for a plain rolling update
 * @param rollbackRevision ARN of the revision it goes back to, empty if it does not
 * @param circuitBreaker TRIGGERED, MONITORING, MONITORING_COMPLETE, DISABLED or empty
 * @param alarms status of alarm monitoring, likewise
 * @param triggeredAlarms names of the alarms that went off
 */
public record ServiceDeployment(
    String arn,
    String status,
    String statusReason,
    String targetRevision,
    String lifecycleStage,
    String rollbackRevision,
    String rollbackReason,
    String circuitBreaker,
    String alarms,
    List<String> triggeredAlarms,
    Instant createdAt,
    Instant finishedAt) {

  public ServiceDeployment {
    triggeredAlarms = List.copyOf(triggeredAlarms);
  }
}
