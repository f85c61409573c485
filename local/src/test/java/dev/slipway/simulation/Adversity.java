package dev.slipway.simulation;

import java.time.Duration;
import java.util.Random;

/**
 * What makes a history hard beside what happens in all of them. Most have nothing of it; it has a
 * random stream of its own, so that those stay as they were.
 *
 * @param random for what comes of it
 * @param lag how long ECS describes the service as it was before Slipway's UpdateService
 * @param resolvesAnew the service's container has {@code versionConsistency} disabled: each task
 *     resolves the tag again
 * @param lingers how long tasks of some images take to end once they are told to, like those whose
 *     target is drained for long
 * @param deletesImages people and lifecycle policies delete images
 * @param lacksRoom the cluster has no room for a while
 * @param silentAlarms CloudWatch does not answer for a while
 */
record Adversity(
    Random random,
    Duration lag,
    boolean resolvesAnew,
    Duration lingers,
    boolean deletesImages,
    boolean lacksRoom,
    boolean silentAlarms) {

  static final Adversity NONE = lagging(Duration.ZERO);

  /** Nothing but this. */
  static Adversity lagging(Duration lag) {
    return new Adversity(new Random(0), lag, false, Duration.ZERO, false, false, false);
  }

  /** The longest is shorter than the longest drain that Slipway waits for. */
  private static final int[] LINGERS = {2, 20, 50, 100};

  static Adversity drawn(Random random) {
    return new Adversity(
        random,
        Duration.ofSeconds(random.nextInt(6) == 0 ? 1 + random.nextInt(45) : 0),
        random.nextInt(8) == 0,
        Duration.ofMinutes(random.nextInt(8) == 0 ? LINGERS[random.nextInt(LINGERS.length)] : 0),
        random.nextInt(6) == 0,
        random.nextInt(6) == 0,
        random.nextInt(6) == 0);
  }

  /** Whether something comes of it while the history goes on. */
  boolean acts() {
    return resolvesAnew || deletesImages || lacksRoom || silentAlarms;
  }

  @Override
  public String toString() {
    return "Adversity[lag="
        + lag
        + ", resolvesAnew="
        + resolvesAnew
        + ", lingers="
        + lingers
        + ", deletesImages="
        + deletesImages
        + ", lacksRoom="
        + lacksRoom
        + ", silentAlarms="
        + silentAlarms
        + "]";
  }
}
