package dev.slipway.watch;

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

class WatchHandlerTest {

  private static final String DEAD_LETTERS = "https://sqs.eu-west-1.amazonaws.com/1/dead";
  private static final String CLOCK = "{\"source\":\"slipway\",\"detail-type\":\"Slipway Clock\"}";

  @Test
  void aMessageThatCannotBeUnderstoodBecomesADeadLetterWithItsReason() throws IOException {
    try (HttpAws aws = new HttpAws()) {
      aws.answer("SendMessage", Json.object().put("MessageId", "1"));
      aws.answer("Query", Json.object());

      JsonNode answer = invoke(aws, "hello", CLOCK);

      assertThat(answer.path("batchItemFailures")).isEmpty();
      assertThat(aws.calls("Query")).hasSize(1);
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
      aws.refuse("Query", "AccessDeniedException", "not authorized: dynamodb:Query");
      String job =
          "{\"source\":\"aws.ecs\",\"detail-type\":\"ECS Task State Change\","
              + "\"detail\":{\"taskArn\":\"arn\",\"group\":\"family:job\"}}";

      JsonNode answer = invoke(aws, CLOCK, job);

      assertThat(answer.path("batchItemFailures"))
          .extracting(failure -> Json.text(failure, "itemIdentifier"))
          .containsExactly("message-0");
      assertThat(aws.calls("SendMessage")).isEmpty();
    }
  }

  @Test
  void aMissingVariableIsNamedAtTheStart() {
    assertThatThrownBy(() -> new WatchHandler(new Environment(Map.of("AWS_REGION", "eu-west-1"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("DEAD_LETTER_QUEUE_URL");
  }

  private static JsonNode invoke(HttpAws aws, String... bodies) throws IOException {
    WatchHandler handler =
        new WatchHandler(
            aws.environment(
                "LEDGER_TABLE", "ledger",
                "LANE_QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com/1/lane.fifo",
                "DEAD_LETTER_QUEUE_URL", DEAD_LETTERS));
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
            WatchHandlerTest.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getRemainingTimeInMillis" -> 10_000;
                  default -> "request-1";
                });
  }
}
