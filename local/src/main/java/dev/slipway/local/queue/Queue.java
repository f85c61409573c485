package dev.slipway.local.queue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.json.Json;
import dev.slipway.local.template.QueueSpec;
import dev.slipway.local.time.AccountClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * One SQS queue over the account's clock: visibility, delay, redrive, and for FIFO queues order
 * within a group, one batch of a group in flight, and deduplication for five minutes. Thread-safe.
 */
public final class Queue {

  /** A message that was sent; the sequence number is empty in a standard queue. */
  public record Sent(String messageId, String sequenceNumber) {}

  /**
   * A message as it was received.
   *
   * @param attributes system attributes under their AWS names
   * @param messageAttributes as they were sent, or an empty object
   */
  public record Received(
      String messageId,
      String receiptHandle,
      String body,
      Map<String, String> attributes,
      ObjectNode messageAttributes) {}

  /**
   * What to send.
   *
   * @param group null if none was given
   * @param deduplicationId null if none was given
   * @param delay null for the queue's own
   */
  public record Draft(
      String body,
      ObjectNode messageAttributes,
      String group,
      String deduplicationId,
      Duration delay) {

    public static Draft of(String body) {
      return new Draft(body, Json.object(), null, null, null);
    }
  }

  private static final Duration DEDUPLICATION = Duration.ofMinutes(5);

  private static final class Message {
    final String id;
    final long sequence;
    final Draft draft;
    final Instant sent;
    Instant visibleFrom;
    Instant firstReceived;
    int received;
    String handle;

    Message(String id, long sequence, Draft draft, Instant sent, Instant visibleFrom) {
      this.id = id;
      this.sequence = sequence;
      this.draft = draft;
      this.sent = sent;
      this.visibleFrom = visibleFrom;
    }

    boolean visible(Instant now) {
      return !visibleFrom.isAfter(now);
    }

    boolean inFlight(Instant now) {
      return handle != null && !visible(now);
    }
  }

  private record Duplicate(Instant until, Sent sent) {}

  private final QueueSpec spec;
  private final AccountClock clock;
  private final Queues queues;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, Message> messages = new LinkedHashMap<>();
  private final Map<String, Duplicate> duplicates = new HashMap<>();
  private long sequence;

  Queue(QueueSpec spec, AccountClock clock, Queues queues) {
    this.spec = spec;
    this.clock = clock;
    this.queues = queues;
  }

  public QueueSpec spec() {
    return spec;
  }

  /** Called, without a lock, whenever a message may have become receivable. */
  public void onDeliverable(Runnable listener) {
    listeners.add(listener);
  }

  /** Takes every draft: what SQS refuses, {@link Queues} has refused before. */
  public Sent send(Draft draft) {
    Sent sent;
    Duration delay = draft.delay() == null ? spec.delay() : draft.delay();
    synchronized (this) {
      Instant now = clock.instant();
      duplicates.values().removeIf(duplicate -> !duplicate.until.isAfter(now));
      String duplicateKey =
          !spec.fifo() || draft.deduplicationId() == null
              ? null
              : (spec.deduplicationPerGroup() ? draft.group() + "\n" : "")
                  + draft.deduplicationId();
      if (duplicates.containsKey(duplicateKey)) {
        return duplicates.get(duplicateKey).sent;
      }
      sequence++;
      String id = queues.id();
      messages.put(id, new Message(id, sequence, draft, now, now.plus(delay)));
      sent = new Sent(id, spec.fifo() ? sequenceText(sequence) : "");
      if (duplicateKey != null) {
        duplicates.put(duplicateKey, new Duplicate(now.plus(DEDUPLICATION), sent));
      }
    }
    wakeAfter(delay);
    return sent;
  }

  private static String sequenceText(long sequence) {
    // Twenty digits that compare as text, as AWS's do.
    return "%020d".formatted(18_849_000_000_000_000L + sequence);
  }

  /** Up to {@code max} messages, hidden from now on for {@code visibility}. */
  public List<Received> receive(int max, Duration visibility) {
    List<Received> received = new ArrayList<>();
    List<Message> exhausted = new ArrayList<>();
    synchronized (this) {
      Instant now = clock.instant();
      messages.values().removeIf(message -> !message.sent.plus(spec.retention()).isAfter(now));
      for (Message message : receivable(now)) {
        if (received.size() == max) {
          break;
        }
        if (spec.deadLetterArn() != null && message.received >= spec.maxReceives()) {
          exhausted.add(message);
          messages.remove(message.id);
          continue;
        }
        message.received++;
        message.handle = message.id + "." + queues.id();
        message.visibleFrom = now.plus(visibility);
        if (message.firstReceived == null) {
          message.firstReceived = now;
        }
        received.add(view(message));
      }
    }
    exhausted.forEach(this::bury);
    if (!received.isEmpty() && !visibility.isZero()) {
      wakeAfter(visibility);
    }
    return received;
  }

  private List<Message> receivable(Instant now) {
    Set<String> busy = new HashSet<>();
    if (spec.fifo()) {
      for (Message message : messages.values()) {
        if (message.inFlight(now)) {
          busy.add(message.draft.group());
        }
      }
    }
    List<Message> receivable = new ArrayList<>();
    for (Message message : messages.values()) {
      if (!spec.fifo() || !busy.contains(message.draft.group())) {
        if (message.visible(now)) {
          receivable.add(message);
        } else if (spec.fifo()) {
          // Order within the group: nothing overtakes a delayed message.
          busy.add(message.draft.group());
        }
      }
    }
    return receivable;
  }

  private void bury(Message message) {
    Queue grave = queues.byArn(spec.deadLetterArn());
    grave.send(
        new Draft(
            message.draft.body(),
            message.draft.messageAttributes(),
            message.draft.group(),
            spec.fifo() ? message.id : null,
            Duration.ZERO));
    queues.buried(this, grave, message.draft.body());
  }

  private Received view(Message message) {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("ApproximateReceiveCount", Integer.toString(message.received));
    attributes.put("SentTimestamp", Long.toString(message.sent.toEpochMilli()));
    attributes.put("SenderId", "AROALOCALLOCALLOCALLO:local");
    attributes.put(
        "ApproximateFirstReceiveTimestamp", Long.toString(message.firstReceived.toEpochMilli()));
    if (message.draft.group() != null) {
      attributes.put("MessageGroupId", message.draft.group());
    }
    if (spec.fifo()) {
      attributes.put("MessageDeduplicationId", message.draft.deduplicationId());
      attributes.put("SequenceNumber", sequenceText(message.sequence));
    }
    return new Received(
        message.id,
        message.handle,
        message.draft.body(),
        attributes,
        message.draft.messageAttributes());
  }

  /**
   * Forgets a message. As in SQS, an old handle of a message that was received again deletes
   * nothing and is no error.
   *
   * @return false if the text never was a handle
   */
  public boolean delete(String receiptHandle) {
    synchronized (this) {
      Message message = find(receiptHandle);
      if (message == null) {
        return receiptHandle.matches("[0-9a-f-]{36}\\.[0-9a-f-]{36}");
      }
      messages.remove(message.id);
    }
    if (spec.fifo()) {
      // The next of the group may follow.
      wakeAfter(Duration.ZERO);
    }
    return true;
  }

  /**
   * @return false if no message in flight has this handle
   */
  public boolean changeVisibility(String receiptHandle, Duration visibility) {
    synchronized (this) {
      Message message = find(receiptHandle);
      if (message == null || !message.inFlight(clock.instant())) {
        return false;
      }
      message.visibleFrom = clock.instant().plus(visibility);
    }
    wakeAfter(visibility);
    return true;
  }

  private Message find(String receiptHandle) {
    for (Message message : messages.values()) {
      if (receiptHandle.equals(message.handle)) {
        return message;
      }
    }
    return null;
  }

  public synchronized void purge() {
    messages.clear();
  }

  /** Bodies of all messages, visible or not, in the order of sending. */
  public synchronized List<String> bodies() {
    return messages.values().stream().map(message -> message.draft.body()).toList();
  }

  /** Messages that are not hidden; in a FIFO queue their group may still hold them back. */
  public synchronized int visible() {
    Instant now = clock.instant();
    return (int) messages.values().stream().filter(message -> message.visible(now)).count();
  }

  /** Messages that were received and are hidden. */
  public synchronized int inFlight() {
    Instant now = clock.instant();
    return (int) messages.values().stream().filter(message -> message.inFlight(now)).count();
  }

  /** Messages that nobody has received yet and whose delay goes on. */
  public synchronized int delayed() {
    Instant now = clock.instant();
    return (int)
        messages.values().stream()
            .filter(message -> message.handle == null && !message.visible(now))
            .count();
  }

  /** How many messages {@link #receive} could give now. */
  public synchronized int deliverable() {
    return receivable(clock.instant()).size();
  }

  private void wakeAfter(Duration delay) {
    if (delay.isZero()) {
      listeners.forEach(Runnable::run);
    } else if (!listeners.isEmpty()) {
      clock.after(delay, () -> listeners.forEach(Runnable::run));
    }
  }
}
