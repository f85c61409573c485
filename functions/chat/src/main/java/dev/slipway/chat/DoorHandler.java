package dev.slipway.chat;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsService;
import dev.slipway.aws.SignedJson;
import dev.slipway.runtime.AccountTime;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.slack.Signature;
import dev.slipway.slack.SlackSecrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The chat door: fed by a function URL or an HTTP API, both with payload format 2.0.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads">payload
 *     format</a>
 */
public final class DoorHandler implements RequestStreamHandler {

  /** Of Slack's three seconds. */
  private static final Duration TO_ASK_AWS = Duration.ofMillis(2_300);

  private final AccountTime time;
  private final Consumer<Duration> deadline;
  private final Log log;
  private final Door door;

  public DoorHandler() {
    this(Environment.ofProcess());
  }

  private DoorHandler(Environment environment) {
    this(environment, new SignedJson(environment));
  }

  private DoorHandler(Environment environment, SignedJson aws) {
    this(environment, aws, aws::deadlineIn);
  }

  /**
   * @param deadline is told how long calls to AWS may take from now
   */
  DoorHandler(Environment environment, AwsApi aws, Consumer<Duration> deadline) {
    this.time = AccountTime.from(environment);
    this.deadline = deadline;
    this.log = Log.of("chat-door", time);
    SlackSecrets secrets =
        new SlackSecrets(aws, environment.required("SLACK_SECRET_ARN"), time, log::secret);
    String queueUrl = environment.required("CHAT_QUEUE_URL");
    this.door =
        new Door(
            secrets::get,
            body ->
                aws.call(
                    AwsService.SQS,
                    "SendMessage",
                    Json.object().put("QueueUrl", queueUrl).put("MessageBody", body)),
            time,
            log);
    deadline.accept(TO_ASK_AWS);
    prime(secrets);
  }

  /**
   * Slack waits three seconds in all. Reading the secret here, where Lambda gives the full CPU,
   * loads the classes and opens the connection that the first request would have to wait for.
   */
  private void prime(SlackSecrets secrets) {
    try {
      secrets.get();
    } catch (RuntimeException e) {
      // The first request meets the same fault, and can be answered.
      log.warn("the secret could not be read ahead", "reason", e.getMessage());
    }
    Signature.sign("prime", 0, new byte[0]);
  }

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    log.begin(context.getAwsRequestId());
    time.refresh();
    deadline.accept(TO_ASK_AWS);
    Door.Answer answer;
    try {
      answer = door.answer(request(Json.read(in)));
    } catch (Json.MalformedJsonException e) {
      answer = Door.Answer.text(400, "Not a request of payload format 2.0.");
    }
    ObjectNode json = Json.object().put("statusCode", answer.status());
    json.putObject("headers")
        .put(
            "content-type",
            answer.json() ? "application/json; charset=utf-8" : "text/plain; charset=utf-8");
    json.put("body", answer.body()).put("isBase64Encoded", false);
    out.write(Json.write(json).getBytes(StandardCharsets.UTF_8));
  }

  /** A request that lacks a part has it empty, and is refused for that. */
  static Door.Request request(JsonNode event) {
    String text = Json.text(event, "body");
    byte[] body;
    try {
      body =
          event.path("isBase64Encoded").asBoolean(false)
              ? Base64.getDecoder().decode(text)
              : text.getBytes(StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      body = new byte[0];
    }
    JsonNode headers = event.path("headers");
    return new Door.Request(
        Json.text(event.path("requestContext").path("http"), "method"),
        header(headers, Signature.TIMESTAMP_HEADER),
        header(headers, Signature.SIGNATURE_HEADER),
        body);
  }

  /** Format 2.0 has names in lower case; other senders of events, in a test, may not. */
  private static String header(JsonNode headers, String name) {
    for (Map.Entry<String, JsonNode> header : headers.properties()) {
      if (header.getKey().equalsIgnoreCase(name)) {
        return header.getValue().textValue();
      }
    }
    return null;
  }
}
