package dev.slipway.local.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;

/**
 * The account's time. It stands still until somebody advances it; what is due then runs in order of
 * its instant, and of its scheduling when instants are equal. Thread-safe; timers run on the thread
 * that advances, outside the lock.
 */
public final class AccountClock implements InstantSource {

  /** A thing that will happen; cancelling one that has run, or was cancelled, does nothing. */
  public final class Timer implements Comparable<Timer> {
    private final Instant at;
    private final long order;
    private final Runnable action;
    private final boolean periodic;

    private Timer(Instant at, long order, Runnable action, boolean periodic) {
      this.at = at;
      this.order = order;
      this.action = action;
      this.periodic = periodic;
    }

    public Instant at() {
      return at;
    }

    public void cancel() {
      synchronized (AccountClock.this) {
        timers.remove(this);
      }
    }

    @Override
    public int compareTo(Timer other) {
      int byTime = at.compareTo(other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private Instant now;
  private long scheduled;

  public AccountClock(Instant start) {
    this.now = start;
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  /** Runs {@code action} once, {@code delay} from now; a negative delay counts as none. */
  public Timer after(Duration delay, Runnable action) {
    return add(delay, action, false);
  }

  /**
   * As {@link #after}, for a timer that only ever re-arms itself (a schedule): it does not count as
   * something to wait for.
   */
  public Timer background(Duration delay, Runnable action) {
    return add(delay, action, true);
  }

  private synchronized Timer add(Duration delay, Runnable action, boolean periodic) {
    Timer timer =
        new Timer(
            now.plus(delay.isNegative() ? Duration.ZERO : delay), scheduled++, action, periodic);
    timers.add(timer);
    return timer;
  }

  /** When the next timer is due, or null if there is none. */
  public synchronized Instant next() {
    return timers.isEmpty() ? null : timers.peek().at;
  }

  /** Whether any timer that is not a background one is waiting. */
  public synchronized boolean busy() {
    return timers.stream().anyMatch(timer -> !timer.periodic);
  }

  /**
   * Moves time to {@code instant}, running what becomes due on the way; a time in the past moves
   * nothing.
   */
  public void advanceTo(Instant instant) {
    while (true) {
      Timer due;
      synchronized (this) {
        Timer first = timers.peek();
        if (first == null || first.at.isAfter(instant)) {
          if (instant.isAfter(now)) {
            now = instant;
          }
          return;
        }
        timers.remove(first);
        if (first.at.isAfter(now)) {
          now = first.at;
        }
        due = first;
      }
      due.action.run();
    }
  }

  public void advance(Duration by) {
    advanceTo(instant().plus(by));
  }
}
