package dev.slipway.local.lambda;

/** What is going on right now. While anything is, the account's time must stand still. */
public final class Activity {

  private int running;

  /** Starts {@code work} on a thread of its own; it counts from this moment. */
  public void start(String name, Runnable work) {
    synchronized (this) {
      running++;
    }
    Thread.ofVirtual()
        .name(name)
        .start(() -> {
          try {
            work.run();
          } finally {
            end();
          }
        });
  }

  /** Counts the work that the calling thread does. */
  public <T> T during(java.util.function.Supplier<T> work) {
    synchronized (this) {
      running++;
    }
    try {
      return work.get();
    } finally {
      end();
    }
  }

  private synchronized void end() {
    running--;
    notifyAll();
  }

  public synchronized boolean idle() {
    return running == 0;
  }

  /** Returns when nothing runs. */
  public synchronized void awaitIdle() throws InterruptedException {
    while (running > 0) {
      wait();
    }
  }
}
