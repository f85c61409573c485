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
 * @param deployments newest first, as ECS lists them; where CodeDeploy deploys, its task sets in
 *     the place of deployments: ECS lists none there
 * @param events the last messages, newest first
 * @param taskSets what CodeDeploy made; empty for the controller ECS
 * @param targets ARN of a target group, or name of a Classic Load Balancer, to the container that
 *     it asks
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
    Map<String, String> tags,
    List<TaskSet> taskSets,
    Map<String, String> targets) {

  public ServiceView {
    alarms = List.copyOf(alarms);
    deployments = List.copyOf(deployments);
    events = List.copyOf(events);
    tags = Map.copyOf(tags);
    taskSets = List.copyOf(taskSets);
    targets = Map.copyOf(targets);
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

  /**
   * One of {@code taskSets[]}: what CodeDeploy copies when it is to deploy another revision. Its
   * counts are in the {@link EcsDeployment} of the same id.
   *
   * @param id {@code ecs-svc/<n>}, which its tasks name as what started them
   * @param codeDeployId the CodeDeploy deployment that made it, {@code d-...}; empty for the first
   *     one of a service
   * @param container and {@code port}: where the load balancer's traffic goes; empty and 0 without
   *     one
   * @param platformVersion of Fargate; empty elsewhere
   */
  public record TaskSet(
      String id,
      String codeDeployId,
      String status,
      String taskDefinition,
      String container,
      int port,
      String platformVersion,
      List<Capacity> capacity) {
    public TaskSet {
      capacity = List.copyOf(capacity);
    }

    /** Production traffic goes there. */
    public boolean primary() {
      return status.equals("PRIMARY");
    }
  }

  /** One of {@code capacityProviderStrategy[]}. */
  public record Capacity(String provider, int base, int weight) {}

  /** CodeDeploy deploys it. */
  public boolean codeDeployed() {
    return controller.equals("CODE_DEPLOY");
  }

  /** The task set that this CodeDeploy deployment made. */
  public Optional<TaskSet> taskSetOf(String codeDeployId) {
    return taskSets.stream().filter(set -> set.codeDeployId().equals(codeDeployId)).findFirst();
  }

  /** The task set that production traffic goes to. */
  public Optional<TaskSet> primaryTaskSet() {
    return taskSets.stream().filter(TaskSet::primary).findFirst();
  }

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
