package dev.slipway.local.ecr;

import java.time.Duration;

/**
 * What a container does once it is started, as its image's manifest says in the annotation {@value
 * #ANNOTATION}. It stands in for the program that a real image holds.
 */
public sealed interface Behaviour {
  String ANNOTATION = "dev.slipway.local.behaviour";

  /** Starts, becomes healthy, runs. */
  record Healthy() implements Behaviour {}

  /** Exits with {@code exitCode} after running for {@code after}. */
  record Crash(int exitCode, Duration after) implements Behaviour {}

  /** Runs, and fails every health check. */
  record Unhealthy() implements Behaviour {}

  /** Passes its health check only after {@code after}. */
  record Slow(Duration after) implements Behaviour {}

  /** Is killed for using more memory than it may. */
  record OutOfMemory() implements Behaviour {}

  /** Cannot be started at all. */
  record NeverStarts() implements Behaviour {}

  /** Becomes healthy, and exits with code 1 after {@code after}. */
  record DiesLater(Duration after) implements Behaviour {}

  /** Becomes healthy, and ends only {@code after} it was told to. */
  record Lingers(Duration after) implements Behaviour {}

  /**
   * {@code healthy}, {@code crash}, {@code crash:<exitCode>:<afterSeconds>}, {@code unhealthy},
   * {@code slow:<seconds>}, {@code oom}, {@code never-starts}, {@code dies-later:<seconds>} or
   * {@code lingers:<seconds>}.
   *
   * @throws IllegalArgumentException naming the value, if it is none of these
   */
  static Behaviour parse(String value) {
    String[] parts = value.split(":", -1);
    try {
      switch (parts[0]) {
        case "healthy" -> {
          if (parts.length == 1) {
            return new Healthy();
          }
        }
        case "crash" -> {
          if (parts.length == 1) {
            return new Crash(1, Duration.ofSeconds(2));
          }
          if (parts.length == 3) {
            return new Crash(Integer.parseInt(parts[1]), seconds(parts[2]));
          }
        }
        case "unhealthy" -> {
          if (parts.length == 1) {
            return new Unhealthy();
          }
        }
        case "slow" -> {
          if (parts.length == 2) {
            return new Slow(seconds(parts[1]));
          }
        }
        case "oom" -> {
          if (parts.length == 1) {
            return new OutOfMemory();
          }
        }
        case "never-starts" -> {
          if (parts.length == 1) {
            return new NeverStarts();
          }
        }
        case "dies-later" -> {
          if (parts.length == 2) {
            return new DiesLater(seconds(parts[1]));
          }
        }
        case "lingers" -> {
          if (parts.length == 2) {
            return new Lingers(seconds(parts[1]));
          }
        }
        default -> {}
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a number in behaviour '" + value + "'", e);
    }
    throw new IllegalArgumentException(
        "unknown behaviour '"
            + value
            + "': healthy, crash, crash:<exitCode>:<afterSeconds>, unhealthy, slow:<seconds>, oom,"
            + " never-starts, dies-later:<seconds>, lingers:<seconds>");
  }

  private static Duration seconds(String text) {
    return Duration.ofSeconds(Long.parseLong(text));
  }
}
