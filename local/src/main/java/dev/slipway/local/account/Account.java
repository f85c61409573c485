package dev.slipway.local.account;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.time.AccountClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What every simulated service stands on: whose account it is, its time, its random ids, its one
 * lock, and the way out for events.
 *
 * <p>All state is changed under {@link #exclusively}. Events leave after the lock is released, in
 * the order in which they arose and one at a time, so that a receiver may call back.
 */
public final class Account {
  private final AccountClock clock;
  private final Ids ids;
  private final Consumer<ObjectNode> eventSink;
  private final String id;
  private final String region;
  private final ReentrantLock lock = new ReentrantLock();
  private final ConcurrentLinkedQueue<ObjectNode> outbox = new ConcurrentLinkedQueue<>();
  private final AtomicInteger undelivered = new AtomicInteger();
  private final AtomicBoolean delivering = new AtomicBoolean();

  public Account(
      AccountClock clock,
      RandomGenerator random,
      Consumer<ObjectNode> eventSink,
      String id,
      String region) {
    this.clock = clock;
    this.ids = new Ids(random);
    this.eventSink = eventSink;
    this.id = id;
    this.region = region;
  }

  public String id() {
    return id;
  }

  public String region() {
    return region;
  }

  public Ids ids() {
    return ids;
  }

  public Instant now() {
    return clock.instant();
  }

  /** {@code arn:aws:<service>:<region>:<account>:<resource>}. */
  public String arn(String service, String resource) {
    return "arn:aws:" + service + ":" + region + ":" + id + ":" + resource;
  }

  /** Runs {@code work} with nobody else in the account, then lets the events that it caused out. */
  public <T> T exclusively(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
      if (!lock.isHeldByCurrentThread()) {
        deliver();
      }
    }
  }

  public void exclusively(Runnable work) {
    exclusively(() -> {
      work.run();
      return null;
    });
  }

  /** Runs {@code action} under the lock, {@code delay} from now. */
  public AccountClock.Timer after(Duration delay, Runnable action) {
    return clock.after(delay, () -> exclusively(action));
  }

  /** As {@link #after}, for tidying up: nobody has to wait for it. */
  public AccountClock.Timer background(Duration delay, Runnable action) {
    return clock.background(delay, () -> exclusively(action));
  }

  /**
   * Puts an event on the account's bus, in the envelope that EventBridge documents. The envelope's
   * time has a resolution of one second.
   */
  public ObjectNode emit(
      String source, String detailType, List<String> resources, ObjectNode detail) {
    ObjectNode event = Json.object();
    event.put("version", "0");
    event.put("id", ids.uuid());
    event.put("detail-type", detailType);
    event.put("source", source);
    event.put("account", id);
    event.put("time", now().truncatedTo(ChronoUnit.SECONDS).toString());
    event.put("region", region);
    resources.forEach(event.putArray("resources")::add);
    event.set("detail", detail);
    undelivered.incrementAndGet();
    outbox.add(event);
    if (!lock.isHeldByCurrentThread()) {
      deliver();
    }
    return event;
  }

  /**
   * Whoever finds the outbox unattended empties it; others leave their events to that thread, so
   * that no two deliver at once and none waits for another.
   */
  private void deliver() {
    while (undelivered.get() > 0) {
      if (!delivering.compareAndSet(false, true)) {
        return;
      }
      try {
        for (ObjectNode event = outbox.poll(); event != null; event = outbox.poll()) {
          undelivered.decrementAndGet();
          eventSink.accept(event);
        }
      } finally {
        delivering.set(false);
      }
    }
  }
}
