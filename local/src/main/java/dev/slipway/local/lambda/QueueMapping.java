package dev.slipway.local.lambda;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.json.Json;
import dev.slipway.local.queue.Queue;
import dev.slipway.local.template.MappingSpec;
import dev.slipway.local.time.AccountClock;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Feeds a function from a queue: batches as soon as there is something and a free place; what
 * succeeded is deleted, what failed is seen again when its visibility ends.
 */
public final class QueueMapping {

  private final MappingSpec.Queue spec;
  private final Queue queue;
  private final LambdaFunction function;
  private final AccountClock clock;
  private final Activity activity;
  private final String region;
  private final int concurrency;
  private int running;
  private boolean gathering;
  private boolean closed;

  public QueueMapping(
      MappingSpec.Queue spec,
      Queue queue,
      LambdaFunction function,
      AccountClock clock,
      Activity activity,
      String region) {
    this.spec = spec;
    this.queue = queue;
    this.function = function;
    this.clock = clock;
    this.activity = activity;
    this.region = region;
    this.concurrency =
        spec.maxConcurrency() == 0
            ? function.concurrency()
            : Math.min(spec.maxConcurrency(), function.concurrency());
  }

  public void start() {
    queue.onDeliverable(this::poke);
    poke();
  }

  public synchronized void close() {
    closed = true;
  }

  private synchronized void poke() {
    while (!closed && running < concurrency) {
      int waiting = queue.deliverable();
      if (waiting == 0) {
        return;
      }
      if (!spec.window().isZero() && waiting < spec.batchSize()) {
        if (!gathering) {
          gathering = true;
          clock.after(spec.window(), this::windowEnds);
        }
        return;
      }
      take();
    }
  }

  private synchronized void windowEnds() {
    gathering = false;
    if (!closed && running < concurrency) {
      take();
    }
    poke();
  }

  private void take() {
    List<Queue.Received> received = queue.receive(spec.batchSize(), queue.spec().visibility());
    Map<String, Queue.Received> batch = new LinkedHashMap<>();
    List<ObjectNode> items = new ArrayList<>();
    for (Queue.Received message : received) {
      ObjectNode item = item(message);
      if (Filters.pass(spec.filters(), Filters.withBody(item))) {
        batch.put(message.messageId(), message);
        items.add(item);
      } else {
        queue.delete(message.receiptHandle());
      }
    }
    if (!batch.isEmpty()) {
      running++;
      activity.start(
          spec.logicalId(),
          () -> {
            try {
              run(batch, items);
            } finally {
              ended();
            }
          });
    }
  }

  private void ended() {
    synchronized (this) {
      running--;
    }
    poke();
  }

  private void run(Map<String, Queue.Received> batch, List<ObjectNode> items) {
    ArrayNode records = Json.array();
    items.forEach(records::add);
    Invocation invocation =
        function.invoke(
            queue.spec().logicalId(), Json.write(Json.object().set("Records", records)));
    Set<String> failed = BatchResponse.failed(invocation, spec.partialFailures(), batch.keySet());
    batch.forEach((id, message) -> {
      if (!failed.contains(id)) {
        queue.delete(message.receiptHandle());
      }
    });
  }

  private ObjectNode item(Queue.Received message) {
    ObjectNode item = Json.object();
    item.put("messageId", message.messageId());
    item.put("receiptHandle", message.receiptHandle());
    item.put("body", message.body());
    ObjectNode attributes = item.putObject("attributes");
    message.attributes().forEach(attributes::put);
    ObjectNode own = item.putObject("messageAttributes");
    message
        .messageAttributes()
        .properties()
        .forEach(entry -> {
          ObjectNode attribute = own.putObject(entry.getKey());
          entry
              .getValue()
              .properties()
              .forEach(member ->
                  // StringValue here, stringValue in the function's event.
                  attribute.set(
                      Character.toLowerCase(member.getKey().charAt(0))
                          + member.getKey().substring(1),
                      member.getValue()));
        });
    item.put("md5OfBody", md5(message.body()));
    item.put("eventSource", "aws:sqs");
    item.put("eventSourceARN", queue.spec().arn());
    item.put("awsRegion", region);
    return item;
  }

  private static String md5(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
