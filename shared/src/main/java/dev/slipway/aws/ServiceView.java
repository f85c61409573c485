package dev.slipway.aws;

import dev.slipway.follow.ServiceRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An ECS service as DescribeServices tells it.
 *
 * @param status ACTIVE, DRAINING or INACTIVE
 * @param controller ECS, CODE_DEPLOY or EXTERNAL
 * @param strategy ROLLING, BLUE_GREEN, LINEAR or CANARY
 * @param taskDefinition ARN that the service is set to
 * @param currentServiceDeployment ARN of the service deployment under way, empty if none
 * @param deployments newest first, as ECS lists them
 * @param events the last messages, newest first
 */
public record ServiceView(
    ServiceRef ref,
    String status,
    String controller,
    String strategy,
    String taskDefinition,
    int desired,
    int running,
    int pending,
    CircuitBreaker circuitBreaker,
    List<String> alarms,
    String currentServiceDeployment,
    List<EcsDeployment> deployments,
    List<Event> events,
    Map<String, String> tags) {

  public ServiceView {
    alarms = List.copyOf(alarms);
    deployments = List.copyOf(deployments);
    events = List.copyOf(events);
    tags = Map.copyOf(tags);
  }

  /** {@code deploymentConfiguration.deploymentCircuitBreaker}. */
  public record CircuitBreaker(boolean enabled, boolean rollback) {}

  /** A line of the service's event log. */
  public record Event(Instant at, String message) {}

  /**
   * One of {@code deployments[]}.
   *
   * @param id {@code ecs-svc/<n>}
   * @param status PRIMARY, ACTIVE or INACTIVE
   * @param rolloutState IN_PROGRESS, COMPLETED or FAILED; where ECS gives none, by the counts
   */
  public record EcsDeployment(
      String id,
      String status,
      String taskDefinition,
      int desired,
      int running,
      int pending,
      int failed,
      String rolloutState,
      String rolloutStateReason,
      Instant createdAt,
      Instant updatedAt) {}

  public boolean active() {
    return status.equals("ACTIVE");
  }

  public Optional<EcsDeployment> primary() {
    return deployments.stream().filter(d -> d.status().equals("PRIMARY")).findFirst();
  }

  public Optional<EcsDeployment> deployment(String id) {
    return deployments.stream().filter(d -> d.id().equals(id)).findFirst();
  }

  /** One deployment, complete, and as many tasks as are wanted. */
  public boolean steady() {
    return deployments.size() == 1
        && deployments.getFirst().rolloutState().equals("COMPLETED")
        && running == desired;
  }
}
