package dev.slipway.verdict;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Counts failing tasks where ECS does not: as its circuit breaker would, and also those that
 * started and died later.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html">ECS's
 *     circuit breaker</a>
 */
public final class TaskFailures {

  private static final int LEAST = 3;
  private static final int MOST = 200;

  /**
   * The scheduler stops healthy tasks too: when it scales in, replaces them with newer ones,
   * rebalances Availability Zones, or drains an instance, and in words that AWS does not list. All
   * of its words for an unhealthy one have these in them; an event has no field that says so.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html">stopped
   *     tasks</a>
   */
  private static final String UNHEALTHY = "health check";

  /**
   * Stop codes that blame the task. A stop by a person, a lost spot instance or failing hardware
   * says nothing about the image; one by the scheduler may.
   */
  private static final Set<String> BLAMED = Set.of("TaskFailedToStart", "EssentialContainerExited");

  private TaskFailures() {}

  /** Half of the desired count, at least 3 and at most 200. */
  public static int threshold(int desired) {
    return Math.clamp((desired + 1) / 2, LEAST, MOST);
  }

  /**
   * The distinct failed tasks of a deployment that stopped after {@code since}, oldest first. Also
   * those that another deployment of the same revision has started since: a person can force one,
   * and it runs the same images.
   */
  public static List<StoppedTask> of(
      String deploymentId, String taskDefinition, List<StoppedTask> stopped, Instant since) {
    return stopped.stream()
        .filter(task -> task.startedBy().equals(deploymentId) || again(task, taskDefinition, since))
        .filter(TaskFailures::failed)
        .filter(
            task -> since == null || task.stoppedAt() == null || task.stoppedAt().isAfter(since))
        .collect(Collectors.toMap(StoppedTask::taskArn, task -> task, (first, again) -> first))
        .values()
        .stream()
        .sorted(
            java.util.Comparator.comparing(
                    StoppedTask::stoppedAt,
                    java.util.Comparator.nullsFirst(java.util.Comparator.naturalOrder()))
                .thenComparing(StoppedTask::taskArn))
        .toList();
  }

  private static boolean again(StoppedTask task, String taskDefinition, Instant since) {
    return !taskDefinition.isEmpty()
        && task.taskDefinition().equals(taskDefinition)
        && task.createdAt() != null
        && since != null
        && task.createdAt().isAfter(since);
  }

  /** Whether a stop is the task's own fault. */
  public static boolean failed(StoppedTask task) {
    return task.byScheduler() ? unhealthy(task) : BLAMED.contains(task.stopCode());
  }

  private static boolean unhealthy(StoppedTask task) {
    return task.stoppedReason().contains(UNHEALTHY)
        || task.containers().stream().anyMatch(container -> container.health().equals("UNHEALTHY"));
  }
}
