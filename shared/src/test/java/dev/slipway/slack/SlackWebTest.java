package dev.slipway.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.runtime.Json;
import dev.slipway.slack.Slack.Posted;
import dev.slipway.slack.SlackException.Kind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against an HTTP server on loopback that answers what a test tells it to. */
class SlackWebTest {

  private static final String TOKEN = "xoxb-secret-token-1";
  private static final String WEBHOOK_PATH = "/services/T0/B0/very-secret-path";

  private record Request(String path, String authorization, JsonNode body) {}

  private record Answer(int status, String body, String retryAfter) {}

  private HttpServer server;
  private final List<Request> requests = new ArrayList<>();
  private final Deque<Answer> answers = new ArrayDeque<>();
  private final List<Duration> slept = new ArrayList<>();
  private final Deque<String> tokens = new ArrayDeque<>(List.of(TOKEN));
  private Instant now = Instant.parse("2026-01-15T09:30:00Z");
  private int secretsRead;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          requests.add(
              new Request(
                  exchange.getRequestURI().getPath(),
                  exchange.getRequestHeaders().getFirst("Authorization"),
                  Json.read(body)));
          Answer answer = answers.isEmpty() ? ok() : answers.removeFirst();
          if (answer.retryAfter() != null) {
            exchange.getResponseHeaders().add("Retry-After", answer.retryAfter());
          }
          byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
          // As the client asked, and servers do: else it may keep a connection that is just closed.
          exchange.getResponseHeaders().add("Connection", "close");
          exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.getResponseBody().close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static Answer ok() {
    return new Answer(200, "{\"ok\":true,\"channel\":\"C1\",\"ts\":\"1.000100\"}", null);
  }

  private static Answer error(String error) {
    return new Answer(200, "{\"ok\":false,\"error\":\"" + error + "\"}", null);
  }

  private String base() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private SlackSecrets secrets() {
    return new SlackSecrets(this::secretValue, "arn:secret", () -> now, mask -> {});
  }

  private ObjectNode secretValue(AwsService service, String operation, ObjectNode input) {
    assertThat(service).isEqualTo(AwsService.SECRETS_MANAGER);
    assertThat(operation).isEqualTo("GetSecretValue");
    assertThat(input).isEqualTo(Json.object().put("SecretId", "arn:secret"));
    secretsRead++;
    String token = tokens.size() > 1 ? tokens.removeFirst() : tokens.getFirst();
    ObjectNode value =
        Json.object().put("botToken", token).put("webhookUrl", base() + WEBHOOK_PATH);
    return Json.object().put("SecretString", Json.write(value));
  }

  private SlackWeb slack() {
    return new SlackWeb(base() + "/api", secrets(), slept::add);
  }

  private static Message hello() {
    Message message = Message.ofText("hello");
    message.blocks().addObject().put("type", "divider");
    return message;
  }

  @Test
  void postsWithTheTokenAndRemembersWhere() {
    Posted posted = slack().post("C1", hello());

    assertThat(posted).isEqualTo(new Posted("C1", "1.000100"));
    Request request = requests.getFirst();
    assertThat(request.path()).isEqualTo("/api/chat.postMessage");
    assertThat(request.authorization()).isEqualTo("Bearer " + TOKEN);
    assertThat(request.body().path("channel").asText()).isEqualTo("C1");
    assertThat(request.body().path("text").asText()).isEqualTo("hello");
    assertThat(request.body().path("blocks")).hasSize(1);
  }

  @Test
  void repliesInTheThread() {
    slack().reply(new Posted("C1", "1.000100"), hello(), false);

    assertThat(requests.getFirst().body().path("thread_ts").asText()).isEqualTo("1.000100");
    assertThat(requests.getFirst().body().has("reply_broadcast")).isFalse();
  }

  @Test
  void repliesSoThatTheChannelHearsIt() {
    slack().reply(new Posted("C1", "1.000100"), hello(), true);

    assertThat(requests.getFirst().body().path("thread_ts").asText()).isEqualTo("1.000100");
    assertThat(requests.getFirst().body().path("reply_broadcast").asBoolean()).isTrue();
  }

  @Test
  void sendsNothingWithPreviewsOfItsLinksWhateverTheWay() {
    slack().post("C1", hello());
    slack().reply(new Posted("C1", "1.000100"), hello(), true);
    slack().update(new Posted("C1", "1.000100"), hello());
    slack().respond(base() + "/response/1", hello(), true);
    new Webhook(secrets()).post(hello());

    assertThat(requests).hasSize(5);
    for (String flag : List.of("unfurl_links", "unfurl_media")) {
      assertThat(requests)
          .as(flag)
          .allSatisfy(
              request -> assertThat(request.body().get(flag)).isEqualTo(Json.read("false")));
    }
  }

  @Test
  void editsAndTakesBlocksAwayThatAreNoLongerThere() {
    slack().update(new Posted("C1", "1.000100"), Message.ofText("bye"));

    Request request = requests.getFirst();
    assertThat(request.path()).isEqualTo("/api/chat.update");
    assertThat(request.body().path("ts").asText()).isEqualTo("1.000100");
    assertThat(request.body().path("blocks").isArray()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "channel_not_found, CHANNEL",
    "not_in_channel,    CHANNEL",
    "is_archived,       CHANNEL",
    "invalid_auth,      AUTH",
    "missing_scope,     AUTH",
    "ratelimited,       THROTTLED",
    "internal_error,    OUTAGE",
    "message_not_found, GONE",
    "invalid_blocks,    CONTENT",
    "something_new,     REFUSED",
  })
  void givesSlacksErrorAndItsKind(String error, Kind kind) {
    answers.add(error(error));

    SlackException thrown =
        catchThrowableOfType(SlackException.class, () -> slack().post("C1", hello()));

    assertThat(thrown.kind()).isEqualTo(kind);
    assertThat(thrown.error()).isEqualTo(error);
    assertThat(thrown).hasMessageContaining("chat.postMessage").hasMessageContaining(error);
  }

  @ParameterizedTest
  @CsvSource({"500, ''", "503, busy", "302, ''", "200, not json", "200, []", "200, '{}'"})
  void takesAnythingElseForAnOutage(int status, String body) {
    answers.add(new Answer(status, body, null));

    assertThatThrownBy(() -> slack().post("C1", hello()))
        .isInstanceOfSatisfying(
            SlackException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OUTAGE));
  }

  @Test
  void takesASilentServerForAnOutageWithoutItsAddress() {
    SlackWeb slack = slack();
    server.stop(0);

    assertThatThrownBy(() -> slack.post("C1", hello()))
        .isInstanceOfSatisfying(
            SlackException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OUTAGE))
        .hasMessageContaining("ConnectException");
  }

  @Test
  void waitsOutAShortThrottle() {
    answers.add(new Answer(429, "", "1"));

    assertThat(slack().post("C1", hello()).ts()).isEqualTo("1.000100");
    assertThat(slept).containsExactly(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @CsvSource({"30, 30", "999999999, 3600"})
  void leavesALongThrottleToTheCaller(String retryAfter, long seconds) {
    answers.add(new Answer(429, "", retryAfter));

    SlackException thrown =
        catchThrowableOfType(SlackException.class, () -> slack().post("C1", hello()));

    assertThat(thrown.kind()).isEqualTo(Kind.THROTTLED);
    assertThat(thrown.retryAfter()).isEqualTo(Duration.ofSeconds(seconds));
    assertThat(slept).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"soon", "-5", "''"})
  void takesAnUnreadableRetryAfterForOneSecond(String retryAfter) {
    answers.add(new Answer(429, "", retryAfter));

    slack().post("C1", hello());

    assertThat(slept).containsExactly(Duration.ofSeconds(1));
  }

  @Test
  void doesNotWaitForEver() {
    for (int i = 0; i < 5; i++) {
      answers.add(new Answer(429, "", "1"));
    }

    assertThatThrownBy(() -> slack().post("C1", hello())).hasMessageContaining("throttled");
    assertThat(requests).hasSize(3);
  }

  @Test
  void readsANewTokenWhenTheOldOneIsNotAccepted() {
    tokens.add("xoxb-secret-token-2");
    answers.add(error("token_revoked"));

    slack().post("C1", hello());

    assertThat(requests)
        .extracting(Request::authorization)
        .containsExactly("Bearer " + TOKEN, "Bearer xoxb-secret-token-2");
  }

  @Test
  void doesNotTryTheSameTokenTwice() {
    answers.add(error("invalid_auth"));

    assertThatThrownBy(() -> slack().post("C1", hello())).hasMessageContaining("botToken");
    assertThat(requests).hasSize(1);
  }

  @Test
  void readsTheSecretOnceInFiveMinutes() {
    SlackWeb slack = slack();
    slack.post("C1", hello());
    now = now.plus(Duration.ofMinutes(5));
    slack.post("C1", hello());
    assertThat(secretsRead).isEqualTo(1);

    now = now.plusSeconds(1);
    slack.post("C1", hello());
    assertThat(secretsRead).isEqualTo(2);
  }

  @Test
  void answersOnlyWhoAskedOrEveryone() {
    slack().respond(base() + "/response/1", hello(), false);
    slack().respond(base() + "/response/2", hello(), true);

    assertThat(requests)
        .extracting(request -> request.body().path("response_type").asText())
        .containsExactly("ephemeral", "in_channel");
    assertThat(requests).extracting(Request::authorization).containsOnlyNulls();
  }

  @Test
  void neverCallsAnAddressThatIsNotSlacks() {
    assertThatThrownBy(
            () -> slack().respond("http://169.254.169.254/latest/meta-data/", hello(), false))
        .hasMessageContaining("address_not_allowed");
    assertThat(requests).isEmpty();
  }

  @Test
  void postsThroughAWebhookWithoutAToken() {
    answers.add(new Answer(200, "ok", null));

    new Webhook(secrets()).post(hello());

    assertThat(requests.getFirst().path()).isEqualTo(WEBHOOK_PATH);
    assertThat(requests.getFirst().authorization()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "403, invalid_token,              REFUSED",
    "404, no_service,                 CHANNEL",
    "410, channel_is_archived,        CHANNEL",
    "400, invalid_payload,            REFUSED",
    "400, '<html>very-secret-path</html>', REFUSED",
    "429, '',                         THROTTLED",
    "500, rollup_error,               OUTAGE",
  })
  void saysWhatAWebhookAnsweredAndNeverItsAddress(int status, String body, Kind kind) {
    answers.add(new Answer(status, body, null));

    SlackException thrown =
        catchThrowableOfType(SlackException.class, () -> new Webhook(secrets()).post(hello()));

    assertThat(thrown.kind()).isEqualTo(kind);
    assertThat(thrown.getMessage()).doesNotContain("very-secret-path");
  }

  @Test
  void keepsTokenAndAddressOutOfEveryText() {
    SlackSecrets secrets = secrets();
    SlackSecret secret = secrets.get();
    server.stop(0);
    List<String> texts = new ArrayList<>();
    texts.add(secret.toString());
    texts.add(secrets.toString());
    texts.add(new SlackWeb(base(), secrets).toString());
    texts.add(new Webhook(secrets).toString());
    texts.add(stack(() -> new SlackWeb(base(), secrets).post("C1", hello())));
    texts.add(stack(() -> new Webhook(secrets).post(hello())));

    assertThat(texts).noneMatch(text -> text.contains(TOKEN) || text.contains("very-secret-path"));
  }

  private static String stack(Runnable fails) {
    java.io.StringWriter text = new java.io.StringWriter();
    try {
      fails.run();
      throw new AssertionError("expected to fail");
    } catch (SlackException e) {
      e.printStackTrace(new java.io.PrintWriter(text, true));
    }
    return text.toString();
  }

  @Test
  void namesEverySecretToTheLogSoThatItIsMasked() {
    List<String> masked = new ArrayList<>();

    new SlackSecrets(this::secretValue, "arn:secret", () -> now, masked::add).get();

    assertThat(masked).contains(TOKEN, base() + WEBHOOK_PATH);
  }

  @ParameterizedTest
  @CsvSource({"''", "not json", "[]", "xoxb-secret-token-1"})
  void saysWhatASecretShouldLookLikeWithoutSayingWhatItIs(String value) {
    SlackSecrets secrets =
        new SlackSecrets(
            (service, operation, input) -> Json.object().put("SecretString", value),
            "arn:secret",
            () -> now,
            mask -> {});

    assertThatThrownBy(secrets::get)
        .isInstanceOf(SlackException.class)
        .hasMessageContaining("arn:secret")
        .hasMessageContaining("signingSecret")
        .hasMessageNotContaining("xoxb-secret-token-1");
  }

  @Test
  void takesAnEmptySecretForNone() {
    SlackSecrets never =
        new SlackSecrets(
            (service, operation, input) -> {
              throw new AwsException(
                  service, operation, "ResourceNotFoundException", "no value", 400, Json.object());
            },
            "arn:secret",
            () -> now,
            mask -> {});
    SlackSecrets unused =
        new SlackSecrets(
            (service, operation, input) -> {
              throw new AssertionError("not to be read");
            },
            "",
            () -> now,
            mask -> {});

    assertThat(never.get()).isEqualTo(SlackSecret.NONE);
    assertThat(unused.get()).isEqualTo(SlackSecret.NONE);
  }

  @Test
  void refusesABaseThatIsNoAddress() {
    assertThatThrownBy(() -> new SlackWeb("slack.com/api", secrets()))
        .hasMessageContaining("slack.com/api");
  }
}
