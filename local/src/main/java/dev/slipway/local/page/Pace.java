package dev.slipway.local.page;

import dev.slipway.local.runtime.LocalAccount;
import java.util.List;

/** How fast the account's time goes, as people set it. Thread-safe. */
public final class Pace {

  /** Account seconds in a real second; 0 for a pause. */
  public static final List<Integer> SPEEDS = List.of(0, 1, 10, 30, 100);

  private static final int FASTEST = 1000;

  private final LocalAccount account;
  private int speed;

  public Pace(LocalAccount account) {
    this.account = account;
  }

  public synchronized int speed() {
    return speed;
  }

  /**
   * @param next account seconds in a real second, 0 for a pause
   * @throws IllegalArgumentException if it is not between 0 and 1000
   */
  public synchronized void speed(int next) {
    if (next < 0 || next > FASTEST) {
      throw new IllegalArgumentException("a speed of " + next + " is not between 0 and " + FASTEST);
    }
    if (next == 0) {
      account.pause();
    } else {
      account.play(next);
    }
    speed = next;
  }
}
