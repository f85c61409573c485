package dev.slipway.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** How times are written into keys, and how long what is not needed for ever is kept. */
final class LedgerTimes {

  /** A failed deployment is looked into within days, and its diagnosis is kept with it. */
  static final Duration EVIDENCE_LIVES = Duration.ofDays(7);

  /** A pause may last fourteen days, and a deployment in ECS thirty. */
  static final Duration HOOKS_LIVE = Duration.ofDays(37);

  static final Duration PUSHES_LIVE = Duration.ofDays(30);

  /** What an application wrote may hold what no table should hold for ever. */
  static final Duration LOGS_LIVE = Duration.ofDays(30);

  /** ECS ends a deployment that takes thirty days; the clock looks at any that takes longer. */
  static final Duration ALARM_USES_LIVE = Duration.ofDays(31);

  private LedgerTimes() {}

  /** {@code 2026-01-01T00:00Z}: rounded down, so that a look comes rather early than late. */
  static String minute(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MINUTES).toString().substring(0, 16) + "Z";
  }

  /** {@code 2026-01-01T00:00:00.000Z}: of one width always, so that texts sort as times do. */
  static String sortable(Instant instant) {
    String seconds = instant.truncatedTo(ChronoUnit.SECONDS).toString();
    String millis = Integer.toString(1000 + instant.getNano() / 1_000_000).substring(1);
    return seconds.substring(0, 19) + "." + millis + "Z";
  }
}
