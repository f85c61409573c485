package dev.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchTest {

  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final Log log =
      new Log(
          "test", new Environment(Map.of()), InstantSource.system(), new PrintStream(logged, true));
  private final ByteArrayOutputStream counted = new ByteArrayOutputStream();
  private final Metrics metrics =
      new Metrics(
          new Environment(Map.of("AWS_LAMBDA_FUNCTION_NAME", "slipway-PlanFunction-1A2B")),
          InstantSource.system(),
          new PrintStream(counted, true));
  private final List<String> dead = new ArrayList<>();
  private final List<String> seen = new ArrayList<>();

  private static String event(String... idAndGroup) {
    ObjectNode event = Json.object();
    var records = event.putArray("Records");
    for (int i = 0; i < idAndGroup.length; i += 2) {
      ObjectNode message = records.addObject();
      message.put("messageId", idAndGroup[i]).put("body", "body of " + idAndGroup[i]);
      ObjectNode attributes = message.putObject("attributes");
      attributes.put("ApproximateReceiveCount", "2");
      if (!idAndGroup[i + 1].isEmpty()) {
        attributes.put("MessageGroupId", idAndGroup[i + 1]);
      }
      message.putObject("messageAttributes");
    }
    return Json.write(event);
  }

  private String handle(String event, Consumer<Batch.Message> each) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Batch.sqs(
        new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
        out,
        log,
        metrics,
        (message, reason) -> dead.add(message.id() + ": " + reason),
        message -> {
          seen.add(message.id());
          each.accept(message);
        });
    return out.toString(StandardCharsets.UTF_8);
  }

  private static void failOn(Batch.Message message, String id) {
    if (message.id().equals(id)) {
      throw new IllegalStateException("passing fault");
    }
  }

  @Test
  void reportsNothingWhenAllWentWell() throws IOException {
    assertThat(handle(event("a", "", "b", ""), message -> {}))
        .isEqualTo("{\"batchItemFailures\":[]}");
    assertThat(seen).containsExactly("a", "b");
  }

  @Test
  void reportsOnlyTheOneThatFailed() throws IOException {
    assertThat(handle(event("a", "", "b", "", "c", ""), message -> failOn(message, "b")))
        .isEqualTo("{\"batchItemFailures\":[{\"itemIdentifier\":\"b\"}]}");
    assertThat(seen).containsExactly("a", "b", "c");
    assertThat(logged.toString(StandardCharsets.UTF_8)).contains("passing fault", "\"b\"");
  }

  /** Regression: an invocation that reports its failures is no error of Lambda's. */
  @Test
  void countsEachThatFailedSoThatAnAlarmCanCall() throws IOException {
    handle(event("a", ""), message -> {});
    assertThat(counted.size()).isZero();
    handle(
        event("a", "", "b", "", "c", ""),
        message -> {
          if (!message.id().equals("b")) {
            throw new IllegalStateException("passing fault");
          }
        });
    assertThat(counted.toString(StandardCharsets.UTF_8).lines())
        .hasSize(2)
        .allSatisfy(line ->
            assertThat(line)
                .contains(
                    "\"MessagesFailed\":1", "\"FunctionName\":\"slipway-PlanFunction-1A2B\""));
  }

  @Test
  void theLineThatTellsOfAFailureSaysWhatItWasAbout() throws IOException {
    handle(
        event("a", "", "b", ""),
        message -> {
          if (message.id().equals("a")) {
            log.about("service", "prod/web", "deployment", "prod/web#3", "image", "team/web:2");
          }
          throw new IllegalStateException("passing fault");
        });
    List<String> lines = logged.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines.get(0)).contains("prod/web#3", "team/web:2", "passing fault");
    assertThat(lines.get(1)).as("of another message").doesNotContain("prod/web");
  }

  @Test
  void keepsTheOrderOfAGroupByReportingItsRestUnseen() throws IOException {
    assertThat(
            handle(
                event("a1", "a", "b1", "b", "a2", "a", "b2", "b"),
                message -> failOn(message, "a1")))
        .isEqualTo(
            "{\"batchItemFailures\":[{\"itemIdentifier\":\"a1\"},{\"itemIdentifier\":\"a2\"}]}");
    assertThat(seen).containsExactly("a1", "b1", "b2");
  }

  @Test
  void movesWhatWillNeverSucceedToTheDeadLettersAndGoesOnWithItsGroup() throws IOException {
    String answer =
        handle(
            event("a1", "a", "a2", "a"),
            message -> {
              if (message.id().equals("a1")) {
                throw new PermanentFailure("'xyz' is not the ARN of an ECS service");
              }
            });
    assertThat(answer).isEqualTo("{\"batchItemFailures\":[]}");
    assertThat(dead).containsExactly("a1: 'xyz' is not the ARN of an ECS service");
    assertThat(seen).containsExactly("a1", "a2");
  }

  @Test
  void seesAMessageAgainThatCouldNotBeMovedToTheDeadLetters() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Batch.sqs(
        new ByteArrayInputStream(event("a", "").getBytes(StandardCharsets.UTF_8)),
        out,
        log,
        metrics,
        (message, reason) -> {
          throw new IllegalStateException("queue cannot be reached");
        },
        message -> {
          throw new PermanentFailure("bad");
        });
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"itemIdentifier\":\"a\"");
  }

  @Test
  void givesBodyGroupAndReceiveCount() throws IOException {
    List<Batch.Message> messages = new ArrayList<>();
    handle(event("a", "g"), messages::add);
    Batch.Message message = messages.getFirst();
    assertThat(message.body()).isEqualTo("body of a");
    assertThat(message.groupId()).isEqualTo("g");
    assertThat(message.receiveCount()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "{}", "{\"Records\":7}", "[]"})
  void saysWhatWouldBeRightWhenItIsFedSomethingElse(String payload) {
    assertThatThrownBy(() -> handle(payload, message -> {}))
        .isInstanceOf(PermanentFailure.class)
        .hasMessageContaining("payload");
  }
}
