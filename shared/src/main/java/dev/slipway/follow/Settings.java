package dev.slipway.follow;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a service's tags say: the table in {@code docs/following.md}.
 *
 * @param deadline no progress for this long has stalled
 * @param bake watch this long after completion before calling it a success; zero for not at all
 * @param channel Slack channel id, if not the account's default
 */
public record Settings(
    Switch state,
    List<Follow> follows,
    Base base,
    Busy busy,
    Duration deadline,
    Duration bake,
    boolean holdAfterRollback,
    Audience audience) {

  public static final Duration DEFAULT_DEADLINE = Duration.ofMinutes(30);

  /** The tag {@code slipway}. */
  public enum Switch {
    ON,
    OBSERVE,
    OFF
  }

  /** The tag {@code slipway.base}: which revision is copied. */
  public enum Base {
    SERVICE,
    FAMILY
  }

  /** The tag {@code slipway.busy}: what a newer push does while one is in flight. */
  public enum Busy {
    WAIT,
    REPLACE
  }

  /** The tag {@code slipway.notify}. */
  public enum Level {
    ALL,
    FAILURES,
    NONE
  }

  /**
   * Where to tell, how much, and whether log lines may be shown.
   *
   * @param channel Slack channel id; empty for the account's default
   */
  public record Audience(Optional<String> channel, Level level, boolean logs) {
    public static final Audience DEFAULT = new Audience(Optional.empty(), Level.ALL, true);
  }

  /**
   * One tag {@code slipway:<repository>}.
   *
   * @param container the container that follows; if absent, every container whose image is of the
   *     pushed repository
   */
  public record Follow(String repository, Policy policy, Optional<String> container) {}

  public Settings {
    follows = List.copyOf(follows);
  }

  /** What is said about one repository, if it is followed. */
  public Optional<Follow> follow(String repository) {
    return follows.stream().filter(follow -> follow.repository().equals(repository)).findFirst();
  }
}
