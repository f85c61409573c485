package dev.slipway.verdict;

import java.time.Instant;
import java.util.List;

/**
 * A task that stopped, as the event or DescribeTasks tells it.
 *
 * @param startedBy the id of the deployment that started it, {@code ecs-svc/<n>}
 * @param stopCode AWS's stop code by name; a new one is kept as it is
 * @param startedAt when it began to run; null if it never did
 * @param stoppedAt when ECS had cleared it away: seconds to minutes after its containers ended
 * @param endedAt when its containers ended or ECS began to stop them, whichever is known and came
 *     first; null if neither is
 */
public record StoppedTask(
    String taskArn,
    String taskDefinition,
    String startedBy,
    String stopCode,
    String stoppedReason,
    Instant createdAt,
    Instant startedAt,
    Instant stoppedAt,
    Instant endedAt,
    List<Container> containers) {

  private static final String BY_SCHEDULER = "ServiceSchedulerInitiated";

  public StoppedTask {
    containers = List.copyOf(containers);
  }

  /**
   * @param exitCode null if it never ran
   * @param reason AWS's words, empty if none
   * @param health HEALTHY, UNHEALTHY, UNKNOWN or empty
   * @param runtimeId the id that Docker gave it; empty if it never was, or is not known
   */
  public record Container(
      String name, String image, Integer exitCode, String reason, String health, String runtimeId) {

    /** Of which the runtime's id is not known. */
    public Container(String name, String image, Integer exitCode, String reason, String health) {
      this(name, image, exitCode, reason, health, "");
    }
  }

  /** ECS stopped it, for want of health or because there were too many. */
  public boolean byScheduler() {
    return BY_SCHEDULER.equals(stopCode);
  }

  /** Without AWS's words, which can hold what a container was started with. */
  public StoppedTask withoutWords() {
    return new StoppedTask(
        taskArn,
        taskDefinition,
        startedBy,
        stopCode,
        "",
        createdAt,
        startedAt,
        stoppedAt,
        endedAt,
        containers.stream()
            .map(one ->
                new Container(
                    one.name(), one.image(), one.exitCode(), "", one.health(), one.runtimeId()))
            .toList());
  }
}
