package dev.slipway.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.chat.Door.Answer;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.slack.Signature;
import dev.slipway.slack.SlackException;
import dev.slipway.slack.SlackSecret;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoorTest {

  private static final String SECRET = "signing-secret-of-the-app";
  private static final Instant NOW = Instant.parse("2026-01-15T09:30:00Z");
  private static final String COMMAND = "command=%2Fslipway&text=status&user_id=U0123ABCD";
  private static final String PRESS = "payload=%7B%22type%22%3A%22block_actions%22%7D";

  private final List<String> queue = new ArrayList<>();
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final Log log =
      new Log("chat-door", new Environment(Map.of()), () -> NOW, new PrintStream(logged, true));

  private Door door(Supplier<SlackSecret> secret, Consumer<String> to) {
    return new Door(secret, to, () -> NOW, log);
  }

  private Door door() {
    return door(() -> new SlackSecret("", SECRET, ""), queue::add);
  }

  private static Door.Request signed(String body) {
    return signed(body, SECRET, NOW);
  }

  private static Door.Request signed(String body, String secret, Instant at) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return new Door.Request(
        "POST",
        Long.toString(at.getEpochSecond()),
        Signature.sign(secret, at.getEpochSecond(), bytes),
        bytes);
  }

  @Test
  void queuesACommandAsItCameAndTellsThePersonToWait() {
    Door.Request request = signed(COMMAND);

    Answer answer = door().answer(request);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(Json.read(answer.body()))
        .isEqualTo(Json.object().put("response_type", "ephemeral").put("text", "One moment …"));
    assertThat(QueuedRequest.parse(queue.getFirst()))
        .isEqualTo(new QueuedRequest(request.signature(), request.timestamp(), COMMAND));
  }

  @Test
  void queuesAPressAndSaysNothingWhichWouldReplaceTheMessage() {
    assertThat(door().answer(signed(PRESS))).isEqualTo(Answer.NOTHING);
    assertThat(queue).hasSize(1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "another secret,     another-secret,            0,    wrong signature",
    "six minutes old,    signing-secret-of-the-app, -360, older than five minutes",
    "from the future,    signing-secret-of-the-app, 360,  from the future",
  })
  void letsNobodyElseIn(String name, String secret, long seconds, String words) {
    Answer answer = door().answer(signed(COMMAND, secret, NOW.plusSeconds(seconds)));

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body()).contains(words).hasSizeLessThan(120);
    assertThat(queue).isEmpty();
  }

  @Test
  void letsNobodyInWithoutASignatureAndReadsNoSecretForThem() {
    Door door =
        door(
            () -> {
              throw new AssertionError("not to be read");
            },
            queue::add);
    byte[] body = COMMAND.getBytes(StandardCharsets.UTF_8);

    assertThat(door.answer(new Door.Request("POST", null, "v0=00", body)).status()).isEqualTo(401);
    assertThat(door.answer(new Door.Request("POST", "1768469400", null, body)).status())
        .isEqualTo(401);
    assertThat(queue).isEmpty();
  }

  @Test
  void letsNobodyInWhoChangedTheBody() {
    Door.Request request = signed(COMMAND);
    byte[] other = COMMAND.replace("status", "hold+all").getBytes(StandardCharsets.UTF_8);

    Answer answer =
        door().answer(new Door.Request("POST", request.timestamp(), request.signature(), other));

    assertThat(answer.status()).isEqualTo(401);
    assertThat(queue).isEmpty();
  }

  @Test
  void refusesWhatIsTooLargeBeforeItLooksAtIt() {
    Answer answer = door().answer(signed("payload=" + "x".repeat(Door.LARGEST_BODY)));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.body()).contains("131072");
    assertThat(queue).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"text=hello", "''", "{\"type\":\"url_verification\"}", "%zz=1"})
  void refusesWhatIsNeitherACommandNorAPress(String body) {
    assertThat(door().answer(signed(body)).status()).isEqualTo(400);
    assertThat(queue).isEmpty();
  }

  @Test
  void answersSlacksCheckOfTheCertificate() {
    assertThat(door().answer(signed("ssl_check=1&token=x"))).isEqualTo(Answer.NOTHING);
    assertThat(queue).isEmpty();
  }

  @Test
  void takesOnlyPosts() {
    assertThat(door().answer(new Door.Request("GET", null, null, new byte[0])).status())
        .isEqualTo(405);
  }

  @Test
  void saysWhatToDoWhenNobodyHasPutTheSigningSecretThere() {
    Answer answer = door(() -> SlackSecret.NONE, queue::add).answer(signed(COMMAND));

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body()).contains("signingSecret", "ConnectSlack");
    assertThat(queue).isEmpty();
  }

  @Test
  void saysThatItCannotReadItsSecretAndNotWhy() {
    Answer denied =
        door(
                () -> {
                  throw new AwsException(
                      AwsService.SECRETS_MANAGER,
                      "GetSecretValue",
                      "AccessDeniedException",
                      "no",
                      400,
                      Json.object());
                },
                queue::add)
            .answer(signed(COMMAND));
    Answer unreadable =
        door(
                () -> {
                  throw SlackException.notConfigured("arn:secret cannot be read");
                },
                queue::add)
            .answer(signed(COMMAND));

    assertThat(denied.status()).isEqualTo(503);
    assertThat(denied.body()).doesNotContain("AccessDenied");
    assertThat(unreadable.status()).isEqualTo(503);
    assertThat(unreadable.body()).doesNotContain("arn:secret");
    assertThat(logged.toString(StandardCharsets.UTF_8)).contains("AccessDenied", "arn:secret");
  }

  @Test
  void asksThePersonToTryAgainWhenTheQueueDoesNotTakeIt() {
    Answer answer =
        door(
                () -> new SlackSecret("", SECRET, ""),
                body -> {
                  throw new AwsException(
                      AwsService.SQS, "SendMessage", AwsException.NO_ANSWER, "", 0, Json.object());
                })
            .answer(signed(COMMAND));

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body()).contains("try again");
  }

  @Test
  void readsTheBodyAsItWasSignedFromBase64() {
    ObjectNode event = Json.object();
    event.putObject("requestContext").putObject("http").put("method", "POST");
    event
        .putObject("headers")
        .put("X-Slack-Request-Timestamp", "1768469400")
        .put("x-slack-signature", "v0=00");
    byte[] body = "text=größe".getBytes(StandardCharsets.UTF_8);
    event.put("body", Base64.getEncoder().encodeToString(body)).put("isBase64Encoded", true);

    Door.Request request = DoorHandler.request(event);

    assertThat(request.body()).isEqualTo(body);
    assertThat(request.timestamp()).isEqualTo("1768469400");
    assertThat(request.signature()).isEqualTo("v0=00");
    event.put("body", "text=größe").put("isBase64Encoded", false);
    assertThat(DoorHandler.request(event).body()).isEqualTo(body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"isBase64Encoded\":true,\"body\":\"%%%\"}", "[]", "{\"headers\":null}"})
  void takesAnEventOfAnotherShapeForARequestWithoutAnything(String event) {
    Door.Request request = DoorHandler.request(Json.read(event));

    assertThat(request.body()).isEmpty();
    assertThat(door().answer(request).status()).isEqualTo(405);
  }
}
