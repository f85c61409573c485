package dev.slipway.aws;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** The waiting between two attempts, so that a test need not wait and can roll the dice. */
public interface Patience {

  /** Elapsed time of some origin, in nanoseconds, as {@link System#nanoTime}. */
  long nanoTime();

  void sleep(Duration duration) throws InterruptedException;

  /** From 0 to below 1. */
  double random();

  /** The thread sleeps and chance decides. */
  static Patience real() {
    return new Patience() {
      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public void sleep(Duration duration) throws InterruptedException {
        Thread.sleep(duration);
      }

      @Override
      public double random() {
        return ThreadLocalRandom.current().nextDouble();
      }
    };
  }
}
