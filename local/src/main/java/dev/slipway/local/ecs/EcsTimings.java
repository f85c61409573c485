package dev.slipway.local.ecs;

import java.time.Duration;

/**
 * How long things take in the simulated ECS.
 *
 * @param tick until the service scheduler reacts to something new
 * @param provision a Fargate task's network interface
 * @param pull an image
 * @param start a container
 * @param healthy a container or target that passes its checks
 * @param unhealthy a container or target that fails them, until it counts as unhealthy
 * @param stop from the signal to the end of a container, draining of its target included
 * @param deprovision the network interface again
 * @param oneOff a container of RunTask whose command was overridden
 * @param backOff before a failed task is replaced; doubles with each that never ran, up to sixteen
 *     times
 * @param steady how long all tasks must be up before a deployment is complete
 * @param alarmBake the bake of a deployment with alarms that sets no bake time of its own
 * @param stoppedTasks how long DescribeTasks still shows a stopped task
 */
public record EcsTimings(
    Duration tick,
    Duration provision,
    Duration pull,
    Duration start,
    Duration healthy,
    Duration unhealthy,
    Duration stop,
    Duration deprovision,
    Duration oneOff,
    Duration backOff,
    Duration steady,
    Duration alarmBake,
    Duration stoppedTasks) {

  /** Short enough to watch, with everything in the order in which AWS has it. */
  public static EcsTimings standard() {
    return new EcsTimings(
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        Duration.ofSeconds(20),
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofMinutes(3),
        Duration.ofHours(1));
  }
}
