package dev.slipway.notify;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * For one invocation: whether there is any use in asking Slack. After a failure that the next call
 * would meet too, or when Slack has taken its share of the time, what is left to say waits, so that
 * a bad day of Slack's costs a batch a few seconds and not a minute for each record.
 */
final class Circuit {

  /** Of the function's 60 seconds. */
  static final Duration SHARE = Duration.ofSeconds(20);

  private final LongSupplier nanos;
  private final long until;
  private boolean broken;

  Circuit(LongSupplier nanos) {
    this.nanos = nanos;
    this.until = nanos.getAsLong() + SHARE.toNanos();
  }

  boolean closed() {
    return !broken && nanos.getAsLong() - until < 0;
  }

  void breakIt() {
    broken = true;
  }
}
