package dev.slipway.local.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.json.Json;
import dev.slipway.local.queue.Queue;
import dev.slipway.local.queue.Queues;
import dev.slipway.local.template.MappingSpec;
import dev.slipway.local.template.QueueSpec;
import dev.slipway.local.time.AccountClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class StreamMappingTest {

  private final AccountClock clock = new AccountClock(Instant.parse("2026-01-05T09:00:00Z"));
  private final Activity activity = new Activity();
  private final List<ObjectNode> records = new ArrayList<>();
  private final List<List<String>> batches = new ArrayList<>();
  private final Queue onFailure =
      new Queues(clock, new Random(1))
          .create(
              new QueueSpec(
                  "Dead",
                  "dead",
                  "arn:dead",
                  "http://dead",
                  false,
                  false,
                  false,
                  Duration.ofSeconds(30),
                  Duration.ZERO,
                  Duration.ofDays(4),
                  null,
                  0));

  private StreamMapping mapping(
      boolean bisect, int retries, Function<List<String>, String> handler) {
    MappingSpec.Stream spec =
        new MappingSpec.Stream(
            "Changes",
            "Notify",
            "arn:stream",
            4,
            Duration.ZERO,
            true,
            List.of(),
            bisect,
            retries,
            Duration.ofHours(1),
            "arn:dead");
    return new StreamMapping(
        spec,
        () -> {
          List<ObjectNode> fresh = List.copyOf(records);
          records.clear();
          return fresh;
        },
        payload -> {
          List<String> batch = Json.parse(payload).findValuesAsText("SequenceNumber");
          batches.add(batch);
          String failure = handler.apply(batch);
          return new Invocation(
              "Notify",
              "arn:stream",
              "id",
              clock.instant(),
              false,
              Duration.ZERO,
              Duration.ZERO,
              failure.equals("throws") ? "Unhandled" : "",
              payload,
              failure.isEmpty() || failure.equals("throws")
                  ? "{}"
                  : "{\"batchItemFailures\":[{\"itemIdentifier\":\"" + failure + "\"}]}");
        },
        "arn:function",
        onFailure,
        clock,
        activity);
  }

  private void written(int count) {
    for (int i = 1; i <= count; i++) {
      ObjectNode record = Json.object();
      record.putObject("dynamodb").put("SequenceNumber", "" + i);
      records.add(record);
    }
  }

  private void run(StreamMapping mapping) throws InterruptedException {
    mapping.poke();
    activity.awaitIdle();
    for (Instant next = clock.next(); next != null; next = clock.next()) {
      clock.advanceTo(next);
      activity.awaitIdle();
    }
  }

  @Test
  void recordsComeInOrderInBatches() throws InterruptedException {
    written(5);
    run(mapping(false, 3, batch -> ""));
    assertThat(batches).containsExactly(List.of("1", "2", "3", "4"), List.of("5"));
  }

  @Test
  void aFailureIsTriedAgainFromTheFailedRecordOnAndBlocksWhatFollows() throws InterruptedException {
    written(5);
    run(mapping(false, 3, batch -> batches.size() == 1 ? "3" : ""));
    assertThat(batches)
        .containsExactly(List.of("1", "2", "3", "4"), List.of("3", "4"), List.of("5"));
    assertThat(onFailure.bodies()).isEmpty();
  }

  @Test
  void aPoisonousRecordIsFoundByHalvingAndGivenUpAfterItsRetries() throws InterruptedException {
    written(4);
    run(mapping(true, 2, batch -> batch.contains("3") ? "throws" : ""));
    assertThat(batches)
        .containsExactly(
            List.of("1", "2", "3", "4"),
            List.of("1", "2"),
            List.of("3", "4"),
            List.of("3"),
            List.of("3"),
            List.of("3"),
            List.of("4"));
    ObjectNode dead = Json.parseObject(onFailure.bodies().getFirst());
    assertThat(dead.path("requestContext").path("condition").asText())
        .isEqualTo("RetryAttemptsExhausted");
    assertThat(dead.path("DDBStreamBatchInfo").path("startSequenceNumber").asText()).isEqualTo("3");
    // It holds where the record was, not the record.
    assertThat(dead.has("payload")).isFalse();
  }

  @Test
  void aRecordThatIsTooOldIsGivenUp() throws InterruptedException {
    written(1);
    run(mapping(false, -1, batch -> "throws"));
    assertThat(batches.size()).isBetween(60, 70);
    assertThat(onFailure.bodies()).singleElement().asString().contains("RecordAgeExceeded");
  }
}
