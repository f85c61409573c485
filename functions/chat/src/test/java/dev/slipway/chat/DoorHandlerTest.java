package dev.slipway.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.slack.Signature;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DoorHandlerTest {

  private static final Environment ENVIRONMENT =
      new Environment(
          Map.of("SLACK_SECRET_ARN", "arn:secret", "CHAT_QUEUE_URL", "https://sqs/chat"));

  private final List<String> calls = new ArrayList<>();

  private ObjectNode aws(AwsService service, String operation, ObjectNode input) {
    calls.add(operation + " " + Json.write(input));
    return operation.equals("GetSecretValue")
        ? Json.object().put("SecretString", "{\"signingSecret\":\"a-signing-secret\"}")
        : Json.object();
  }

  private JsonNode handle(String event) throws IOException {
    DoorHandler handler = new DoorHandler(ENVIRONMENT, this::aws, time -> {});
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    handler.handleRequest(
        new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), out, new Invocation());
    return Json.read(out.toByteArray());
  }

  @Test
  void readsTheSecretAheadAndAsksNothingElseThanToQueue() throws IOException {
    byte[] body = "command=%2Fslipway&text=".getBytes(StandardCharsets.UTF_8);
    long now = Instant.now().getEpochSecond();
    ObjectNode event = Json.object().put("version", "2.0");
    event.putObject("requestContext").putObject("http").put("method", "POST");
    event
        .putObject("headers")
        .put(Signature.TIMESTAMP_HEADER, Long.toString(now))
        .put(Signature.SIGNATURE_HEADER, Signature.sign("a-signing-secret", now, body));
    event.put("body", new String(body, StandardCharsets.UTF_8)).put("isBase64Encoded", false);

    JsonNode answer = handle(Json.write(event));

    assertThat(answer.path("statusCode").asInt()).isEqualTo(200);
    assertThat(answer.path("headers").path("content-type").asText()).startsWith("application/json");
    assertThat(calls).hasSize(2);
    assertThat(calls.getFirst()).startsWith("GetSecretValue ");
    assertThat(calls.getLast()).startsWith("SendMessage {\"QueueUrl\":\"https://sqs/chat\"");
  }

  @Test
  void answersAnEventThatIsNotJson() throws IOException {
    assertThat(handle("not json").path("statusCode").asInt()).isEqualTo(400);
  }

  private static final class Invocation implements Context {
    @Override
    public String getAwsRequestId() {
      return "request-1";
    }

    @Override
    public String getLogGroupName() {
      return "";
    }

    @Override
    public String getLogStreamName() {
      return "";
    }

    @Override
    public String getFunctionName() {
      return "door";
    }

    @Override
    public String getFunctionVersion() {
      return "1";
    }

    @Override
    public String getInvokedFunctionArn() {
      return "arn:aws:lambda:eu-west-1:123456789012:function:door";
    }

    @Override
    public CognitoIdentity getIdentity() {
      return null;
    }

    @Override
    public ClientContext getClientContext() {
      return null;
    }

    @Override
    public int getRemainingTimeInMillis() {
      return 10_000;
    }

    @Override
    public int getMemoryLimitInMB() {
      return 1769;
    }

    @Override
    public LambdaLogger getLogger() {
      return null;
    }
  }
}
