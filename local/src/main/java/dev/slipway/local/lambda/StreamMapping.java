package dev.slipway.local.lambda;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.json.Json;
import dev.slipway.local.queue.Queue;
import dev.slipway.local.template.MappingSpec;
import dev.slipway.local.time.AccountClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Feeds a function from a table's stream: in order, one batch at a time. A batch that fails is
 * tried again, halved if the mapping says so, and blocks what follows until it is given up.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html">Discarded
 *     batches</a>
 */
public final class StreamMapping {

  private record Arrived(ObjectNode item, Instant at) {
    String sequence() {
      return item.path("dynamodb").path("SequenceNumber").asText();
    }
  }

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final MappingSpec.Stream spec;
  private final Supplier<List<ObjectNode>> stream;
  private final Function<String, Invocation> function;
  private final String functionArn;
  private final Queue onFailure;
  private final AccountClock clock;
  private final Activity activity;
  private final Deque<Arrived> arrivals = new ArrayDeque<>();
  private final Deque<List<Arrived>> batches = new ArrayDeque<>();
  private boolean running;
  private boolean pausing;
  private boolean closed;
  private int attempts;

  /**
   * @param stream gives the records that are new since it was asked last
   * @param function invokes with a payload and waits
   * @param onFailure told of batches that are given up, or null
   */
  public StreamMapping(
      MappingSpec.Stream spec,
      Supplier<List<ObjectNode>> stream,
      Function<String, Invocation> function,
      String functionArn,
      Queue onFailure,
      AccountClock clock,
      Activity activity) {
    this.spec = spec;
    this.stream = stream;
    this.function = function;
    this.functionArn = functionArn;
    this.onFailure = onFailure;
    this.clock = clock;
    this.activity = activity;
  }

  /** Looks for new records; call it after every write to the table. */
  public synchronized void poke() {
    if (closed) {
      return;
    }
    for (ObjectNode item : stream.get()) {
      if (Filters.pass(spec.filters(), item)) {
        arrivals.add(new Arrived(item, clock.instant()));
      }
    }
    pump();
  }

  public synchronized void close() {
    closed = true;
  }

  private synchronized void pump() {
    if (running || pausing || closed) {
      return;
    }
    if (batches.isEmpty()) {
      if (arrivals.isEmpty()) {
        return;
      }
      List<Arrived> batch = new ArrayList<>();
      while (batch.size() < spec.batchSize() && !arrivals.isEmpty()) {
        batch.add(arrivals.poll());
      }
      batches.add(batch);
      attempts = 0;
    }
    running = true;
    List<Arrived> batch = batches.peek();
    activity.start(spec.logicalId(), () -> run(batch));
  }

  private void run(List<Arrived> batch) {
    ArrayNode records = Json.array();
    batch.forEach(arrived -> records.add(arrived.item));
    Invocation invocation = function.apply(Json.write(Json.object().set("Records", records)));
    Set<String> ids = new LinkedHashSet<>();
    batch.forEach(arrived -> ids.add(arrived.sequence()));
    Set<String> failed = BatchResponse.failed(invocation, spec.partialFailures(), ids);
    synchronized (this) {
      running = false;
      batches.poll();
      if (failed.isEmpty()) {
        attempts = 0;
      } else {
        again(batch, failed, invocation);
      }
    }
    pump();
  }

  private void again(List<Arrived> batch, Set<String> failed, Invocation invocation) {
    // Everything before the first failure is done; from there on the batch is tried again.
    int first = 0;
    while (!failed.contains(batch.get(first).sequence())) {
      first++;
    }
    List<Arrived> rest = batch.subList(first, batch.size());
    attempts++;
    boolean tooOld = !rest.getFirst().at.plus(spec.maxAge()).isAfter(clock.instant());
    boolean tooOften = spec.maxRetries() >= 0 && attempts > spec.maxRetries();
    if (spec.bisect() && rest.size() > 1 && !tooOld) {
      // Halving does not count as a retry.
      attempts--;
      int half = rest.size() / 2;
      batches.push(List.copyOf(rest.subList(half, rest.size())));
      batches.push(List.copyOf(rest.subList(0, half)));
    } else if (tooOld || tooOften) {
      giveUp(rest, tooOld ? "RecordAgeExceeded" : "RetryAttemptsExhausted", invocation);
      attempts = 0;
    } else {
      batches.push(List.copyOf(rest));
      pausing = true;
      Duration pause = Duration.ofSeconds(1L << Math.min(6, attempts - 1));
      clock.after(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause, this::pauseEnds);
    }
  }

  private void pauseEnds() {
    synchronized (this) {
      pausing = false;
    }
    pump();
  }

  private void giveUp(List<Arrived> batch, String condition, Invocation invocation) {
    if (onFailure == null) {
      return;
    }
    ObjectNode message = Json.object();
    message
        .putObject("requestContext")
        .put("requestId", invocation.requestId())
        .put("functionArn", functionArn)
        .put("condition", condition)
        .put("approximateInvokeCount", attempts);
    message
        .putObject("responseContext")
        .put("statusCode", 200)
        .put("executedVersion", "$LATEST")
        .put("functionError", "Unhandled");
    message.put("version", "1.0").put("timestamp", clock.instant().toString());
    message
        .putObject("DDBStreamBatchInfo")
        .put("shardId", "shardId-00000000000000000000-00000000")
        .put("startSequenceNumber", batch.getFirst().sequence())
        .put("endSequenceNumber", batch.getLast().sequence())
        .put("approximateArrivalOfFirstRecord", batch.getFirst().at.toString())
        .put("approximateArrivalOfLastRecord", batch.getLast().at.toString())
        .put("batchSize", batch.size())
        .put("streamArn", spec.sourceArn());
    onFailure.send(Queue.Draft.of(Json.write(message)));
  }
}
