package dev.slipway.local.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.lambda.Invocation;
import dev.slipway.local.runtime.Listener;
import dev.slipway.runtime.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps what a scenario wants to know afterwards of what happened meanwhile. Thread-safe. */
final class Watchman implements Listener {

  private static final String ADMIN = "admin";

  /**
   * @param denied operation that IAM refused; empty if it is something else
   */
  private record Trouble(String denied, String words) {}

  private final AtomicLong changes = new AtomicLong();
  private final Map<String, ObjectNode> pushes = new HashMap<>();
  private final Map<String, Integer> calls = new TreeMap<>();
  private final List<Trouble> troubles = new ArrayList<>();

  /** Something was done that may have changed what can be seen. */
  void changed() {
    changes.incrementAndGet();
  }

  /** Differs from an earlier answer if something may have changed since. */
  long changes() {
    return changes.get();
  }

  /** A scenario begins: what happened until now is forgotten, pushes excepted. */
  synchronized void begin() {
    calls.clear();
    troubles.clear();
  }

  /** A step begins: calls are counted anew. */
  synchronized void beginStep() {
    calls.clear();
  }

  @Override
  public synchronized void event(ObjectNode event) {
    changed();
    if (Json.text(event, "detail-type").equals("ECR Image Action")) {
      String image =
          Json.text(event.path("detail"), "repository-name")
              + ":"
              + Json.text(event.path("detail"), "image-tag");
      pushes.put(image, event.deepCopy());
    }
  }

  @Override
  public void invocation(Invocation invocation) {
    changed();
  }

  @Override
  public synchronized void call(Call call) {
    changed();
    if (call.principal().equals(ADMIN)) {
      return;
    }
    if (call.refusal() == null) {
      calls.merge(call.operation(), 1, Integer::sum);
    } else if (call.refusal().accessDenied()) {
      troubles.add(new Trouble(call.operation(), call.refusal().getMessage()));
    }
  }

  @Override
  public synchronized void deadLetter(String queue, String deadLetterQueue, String body) {
    troubles.add(
        new Trouble("", "a message of " + queue + " went to " + deadLetterQueue + ": " + body));
  }

  /**
   * The event of an image's last push.
   *
   * @throws IllegalStateException if there was none
   */
  synchronized ObjectNode push(String image) {
    if (!pushes.containsKey(image)) {
      throw new IllegalStateException("there was no event of a push of " + image);
    }
    return pushes.get(image).deepCopy();
  }

  /** How often Slipway's functions have called an operation with success in this step. */
  synchronized int calls(String operation) {
    return calls.getOrDefault(operation, 0);
  }

  /**
   * Missing permissions and dead letters.
   *
   * @param meant operations that IAM is meant to refuse
   */
  synchronized List<String> troubles(Collection<String> meant) {
    return troubles.stream()
        .filter(trouble -> trouble.denied().isEmpty() || !meant.contains(trouble.denied()))
        .map(Trouble::words)
        .toList();
  }
}
