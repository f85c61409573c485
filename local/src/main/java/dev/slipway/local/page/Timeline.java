package dev.slipway.local.page;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * What has happened in the account, in words, in order. Page and terminal read the same one. Keeps
 * the newest {@value #MOST}. Thread-safe; listeners are called one entry at a time, in order.
 */
public final class Timeline {

  static final int MOST = 4000;

  /** What sort of thing happened; the page lets one choose. */
  public enum Kind {
    /** A step of a scenario begins. */
    STEP,
    /** Somebody pushed an image. */
    PUSH,
    /** An event on the account's bus. */
    EVENT,
    /** An event that Slipway put there for others: it says again what the ledger says. */
    OWN,
    /** A task changed its state, or a service is steady: frequent. */
    TASK,
    /** A service is looked at. */
    LOOK,
    /** A function's call that changes something, or that was refused. */
    CALL,
    /** The ledger says what became of a push or a deployment. */
    VERDICT,
    /** Something was said in Slack. */
    CHAT,
    /** A schedule fired. */
    CLOCK;

    /** As people and the page read it. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** How it is felt. */
  public enum Tone {
    PLAIN,
    GOOD,
    WARN,
    BAD;

    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * One thing that happened.
   *
   * @param seq counts from 1
   * @param at the account's time
   * @param service {@code cluster/service}, empty if it is about none
   * @param text one line; may hold text from outside
   * @param detail more of it, for whoever asks; may be empty
   */
  public record Entry(
      long seq, Instant at, Kind kind, Tone tone, String service, String text, String detail) {}

  private final Deque<Entry> entries = new ArrayDeque<>();
  private final List<Consumer<Entry>> listeners = new CopyOnWriteArrayList<>();
  private long last;

  public void listen(Consumer<Entry> listener) {
    listeners.add(listener);
  }

  public synchronized void add(
      Instant at, Kind kind, Tone tone, String service, String text, String detail) {
    Entry entry = new Entry(++last, at, kind, tone, service, text, detail);
    entries.addLast(entry);
    if (entries.size() > MOST) {
      entries.removeFirst();
    }
    listeners.forEach(listener -> listener.accept(entry));
  }

  /** Entries after {@code seq}, oldest first; at most {@code limit}, the newest ones. */
  public synchronized List<Entry> after(long seq, int limit) {
    List<Entry> found = new ArrayList<>();
    var newestFirst = entries.descendingIterator();
    while (newestFirst.hasNext() && found.size() < limit) {
      Entry entry = newestFirst.next();
      if (entry.seq() <= seq) {
        break;
      }
      found.addFirst(entry);
    }
    return found;
  }
}
