package dev.slipway.plan;

import static dev.slipway.plan.Account.B;
import static dev.slipway.plan.Account.pushed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.testing.HttpAws;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlanHandlerTest {

  private static final String PUSHES = "https://sqs.eu-west-1.amazonaws.com/1/pushes";

  private static final String DEAD_LETTERS = "https://sqs.eu-west-1.amazonaws.com/1/dead";

  @Test
  void aMessageThatCannotBeUnderstoodBecomesADeadLetterWithItsReason() throws IOException {
    try (HttpAws aws = new HttpAws()) {
      aws.answer("SendMessage", Json.object().put("MessageId", "1"));
      aws.answer("GetResources", Json.object());

      JsonNode answer = invoke(aws, "hello", pushed("v1", B, "10:05:00"));

      assertThat(answer.path("batchItemFailures")).isEmpty();
      assertThat(aws.calls("GetResources")).hasSize(1);
      ObjectNode letter = aws.calls("SendMessage").getFirst().input();
      assertThat(Json.text(letter, "QueueUrl")).isEqualTo(DEAD_LETTERS);
      assertThat(Json.text(letter, "MessageBody")).isEqualTo("hello");
      assertThat(letter.at("/MessageAttributes/Reason/StringValue").asText())
          .contains("it begins 'hello'");
    }
  }

  @Test
  void aMessageThatFailsIsSeenAgainAndTheOthersAreNot() throws IOException {
    try (HttpAws aws = new HttpAws()) {
      aws.refuse("GetResources", "AccessDeniedException", "not authorized: tag:GetResources");
      ObjectNode delete = Account.push("v1", B, "10:05:00");
      delete.withObject("detail").put("action-type", "DELETE");

      JsonNode answer = invoke(aws, pushed("v1", B, "10:05:00"), Json.write(delete));

      assertThat(answer.path("batchItemFailures"))
          .extracting(failure -> Json.text(failure, "itemIdentifier"))
          .containsExactly("message-0");
      assertThat(aws.calls("SendMessage")).isEmpty();
    }
  }

  /** This test's context has ten seconds left, which is the end of a turn. */
  @Test
  void aRunThatIsShortOfTimeSendsTheRestToItsOwnQueue() throws IOException {
    try (HttpAws aws = new HttpAws()) {
      ObjectNode found = Json.object();
      var list = found.putArray("ResourceTagMappingList");
      for (int i = 10; i < 22; i++) {
        list.addObject()
            .put("ResourceARN", "arn:aws:ecs:eu-west-1:123456789012:service/main/web-" + i);
      }
      aws.answer("GetResources", found);
      aws.answer("DescribeServices", Json.object());
      aws.answer("SendMessage", Json.object().put("MessageId", "1"));

      JsonNode answer =
          invoke(aws, "{\"source\":\"slipway\",\"detail-type\":\"Slipway Reconcile\"}");

      assertThat(answer.path("batchItemFailures")).isEmpty();
      assertThat(aws.calls("DescribeServices")).hasSize(1);
      ObjectNode next = aws.calls("SendMessage").getFirst().input();
      assertThat(Json.text(next, "QueueUrl")).isEqualTo(PUSHES);
      assertThat(Json.text(Json.read(Json.text(next, "MessageBody")).path("detail"), "after"))
          .isEqualTo("arn:aws:ecs:eu-west-1:123456789012:service/main/web-19");
    }
  }

  @Test
  void aMissingVariableIsNamedAtTheStart() {
    assertThatThrownBy(() -> new PlanHandler(new Environment(Map.of("AWS_REGION", "eu-west-1"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("DEAD_LETTER_QUEUE_URL");
  }

  private static JsonNode invoke(HttpAws aws, String... bodies) throws IOException {
    PlanHandler handler =
        new PlanHandler(
            aws.environment(
                "LEDGER_TABLE",
                "ledger",
                "LANE_QUEUE_URL",
                "https://sqs.eu-west-1.amazonaws.com/1/lane.fifo",
                "PUSH_QUEUE_URL",
                PUSHES,
                "DEAD_LETTER_QUEUE_URL",
                DEAD_LETTERS));
    ObjectNode event = Json.object();
    var records = event.putArray("Records");
    for (int i = 0; i < bodies.length; i++) {
      records.addObject().put("messageId", "message-" + i).put("body", bodies[i]);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    handler.handleRequest(
        new ByteArrayInputStream(Json.write(event).getBytes(StandardCharsets.UTF_8)),
        out,
        context());
    return Json.read(out.toByteArray());
  }

  private static Context context() {
    return (Context)
        Proxy.newProxyInstance(
            PlanHandlerTest.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getRemainingTimeInMillis" -> 10_000;
                  default -> "request-1";
                });
  }
}
