package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignedJsonTest {

  private interface Reply {
    void to(HttpExchange exchange) throws IOException;
  }

  private record Asked(Map<String, String> headers, String body) {}

  /** Time passes only by sleeping, and chance always says "almost the longest". */
  private static final class Instantly implements Patience {
    final List<Duration> slept = new ArrayList<>();
    private long now = 1_000;
    double chance = 0.999;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void sleep(Duration duration) {
      slept.add(duration);
      now += duration.toNanos();
    }

    @Override
    public double random() {
      return chance;
    }
  }

  private final Deque<Reply> replies = new ArrayDeque<>();
  private final List<Asked> asked = new ArrayList<>();
  private final Instantly patience = new Instantly();
  private final Map<String, String> variables = new HashMap<>();
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          Map<String, String> headers = new HashMap<>();
          exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
          asked.add(
              new Asked(
                  headers,
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
          replies.remove().to(exchange);
          exchange.getResponseBody().close();
        });
    server.start();
    variables.put("AWS_REGION", "eu-west-1");
    variables.put("AWS_ENDPOINT_URL", url());
    variables.put("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    variables.put("AWS_SECRET_ACCESS_KEY", "secret");
    variables.put("AWS_SESSION_TOKEN", "session");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private SignedJson aws() {
    InstantSource time = () -> now;
    return new SignedJson(new Environment(variables), time, patience);
  }

  private static Reply reply(int status, String body, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  private static Reply throttle() {
    return reply(400, "{\"__type\":\"ThrottlingException\",\"message\":\"Rate exceeded\"}");
  }

  private ObjectNode describe() {
    return aws().call(AwsService.ECS, "DescribeServices", Json.object().put("cluster", "prod"));
  }

  private AwsException refusal(AwsService service, String operation) {
    return catchThrowableOfType(
        AwsException.class, () -> aws().call(service, operation, Json.object()));
  }

  @Test
  void sendsTheOperationAsASignedPostAndReadsTheAnswer() {
    replies.add(reply(200, "{\"services\":[]}"));
    assertThat(Json.write(describe())).isEqualTo("{\"services\":[]}");
    Asked request = asked.getFirst();
    assertThat(request.body()).isEqualTo("{\"cluster\":\"prod\"}");
    assertThat(request.headers())
        .containsEntry("X-amz-target", "AmazonEC2ContainerServiceV20141113.DescribeServices")
        .containsEntry("Content-type", "application/x-amz-json-1.1")
        .containsEntry("X-amz-date", "20260101T000000Z")
        .containsEntry("X-amz-security-token", "session");
    assertThat(request.headers().get("Authorization"))
        .startsWith(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/ecs/aws4_request,"
                + " SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target,"
                + " Signature=");
  }

  @Test
  void signsTheHostThatIsSent() {
    replies.add(reply(200, "{}"));
    describe();
    Asked request = asked.getFirst();
    Map<String, String> again =
        SigV4.sign(
            java.net.URI.create("http://" + request.headers().get("Host") + "/"),
            Map.of(
                "Content-Type", "application/x-amz-json-1.1",
                "X-Amz-Target", "AmazonEC2ContainerServiceV20141113.DescribeServices"),
            request.body().getBytes(StandardCharsets.UTF_8),
            new Credentials("AKIDEXAMPLE", "secret", "session", null),
            "ecs",
            "eu-west-1",
            now);
    assertThat(request.headers()).containsEntry("Authorization", again.get("Authorization"));
  }

  @Test
  void anEmptyAnswerIsAnAnswerWithoutMembers() {
    replies.add(reply(200, ""));
    assertThat(describe().isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"__type\":\"ClusterNotFoundException\",\"message\":\"gone\"} | '' |"
            + " ClusterNotFoundException | gone",
        "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\",\"Message\":\"gone\"} | '' |"
            + " QueueDoesNotExist | gone",
        "{\"code\":\"InvalidParameterException\"} | '' | InvalidParameterException | ''",
        "{} | AccessDeniedException:http://internal.amazon.com/ | AccessDeniedException | ''",
        "<html>teapot</html> | '' | Http400 | ''"
      })
  void readsTheErrorCodeWhereverAwsPutsIt(String body, String header, String code, String message) {
    replies.add(header.isEmpty() ? reply(400, body) : reply(400, body, "x-amzn-ErrorType", header));
    AwsException e = refusal(AwsService.ECS, "DescribeServices");
    assertThat(e.code()).isEqualTo(code);
    assertThat(e.status()).isEqualTo(400);
    assertThat(e.getMessage())
        .isEqualTo("ecs:DescribeServices answered " + code + (message.isEmpty() ? "" : ": gone"));
    assertThat(asked).hasSize(1);
  }

  @Test
  void keepsTheWholeErrorDocument() {
    replies.add(
        reply(
            400,
            "{\"__type\":\"TransactionCanceledException\",\"CancellationReasons\":"
                + "[{\"Code\":\"ConditionalCheckFailed\"}]}"));
    assertThat(
            refusal(AwsService.DYNAMODB, "TransactWriteItems")
                .body()
                .at("/CancellationReasons/0/Code")
                .asText())
        .isEqualTo("ConditionalCheckFailed");
  }

  @Test
  void waitsOutAThrottleEvenOnWhatMayNotBeRepeated() {
    replies.addAll(List.of(throttle(), throttle(), reply(200, "{\"taskDefinition\":{}}")));
    aws().call(AwsService.ECS, "RegisterTaskDefinition", Json.object());
    assertThat(asked).hasSize(3);
    assertThat(patience.slept).extracting(Duration::toMillis).containsExactly(499L, 999L);
  }

  @Test
  void aFamilyThatIsBusyRegisteringCountsAsAThrottle() {
    replies.addAll(
        List.of(
            reply(
                400,
                "{\"__type\":\"ClientException\",\"message\":\"Too many concurrent attempts to"
                    + " create a new revision of the specified family.\"}"),
            reply(200, "{}")));
    aws().call(AwsService.ECS, "RegisterTaskDefinition", Json.object());
    assertThat(asked).hasSize(2);
  }

  @Test
  void spreadsTheRetriesOfManyCallersOverTheWholePause() {
    patience.chance = 0;
    replies.addAll(List.of(throttle(), reply(200, "{}")));
    describe();
    assertThat(patience.slept).containsExactly(Duration.ZERO);
  }

  @Test
  void waitsAtLeastAsLongAsItIsAskedTo() {
    replies.addAll(List.of(reply(429, "{}", "Retry-After", "3"), reply(200, "{}")));
    describe();
    assertThat(patience.slept).containsExactly(Duration.ofSeconds(3));
  }

  @Test
  void givesUpOnAThrottleInTimeForTheCallerToAnswer() {
    for (int i = 0; i < 20; i++) {
      replies.add(throttle());
    }
    SignedJson aws = aws();
    aws.deadlineIn(Duration.ofSeconds(4));
    assertThatThrownBy(() -> aws.call(AwsService.ECS, "UpdateService", Json.object()))
        .isInstanceOfSatisfying(AwsException.class, e -> assertThat(e.throttled()).isTrue());
    Duration slept = patience.slept.stream().reduce(Duration.ZERO, Duration::plus);
    assertThat(slept).isLessThan(Duration.ofSeconds(4)).isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void asksAgainAfterAServerErrorWhereThatDoesNoHarm() {
    replies.addAll(
        List.of(reply(500, "{\"__type\":\"ServerException\"}"), reply(200, "{\"services\":[]}")));
    describe();
    assertThat(asked).hasSize(2);
  }

  @Test
  void givesUpOnServerErrorsAfterThreeAttempts() {
    for (int i = 0; i < 5; i++) {
      replies.add(reply(503, "{\"__type\":\"ServiceUnavailable\"}"));
    }
    AwsException e = refusal(AwsService.ECS, "DescribeServices");
    assertThat(e.outcomeUnknown()).isTrue();
    assertThat(asked).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"RegisterTaskDefinition", "CreateDeployment", "RunTask", "TransactWriteItems"})
  void neverRepeatsWhatWouldHappenTwice(String operation) {
    replies.add(reply(500, "{\"__type\":\"ServerException\"}"));
    AwsException e = refusal(AwsService.ECS, operation);
    assertThat(e.outcomeUnknown()).isTrue();
    assertThat(asked).hasSize(1);
  }

  @Test
  void repeatsATransactionThatHasAToken() {
    replies.addAll(List.of(reply(500, "{}"), reply(200, "{}")));
    aws()
        .call(
            AwsService.DYNAMODB,
            "TransactWriteItems",
            Json.object().put("ClientRequestToken", "t-1"));
    assertThat(asked).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"not json", "[1]", "{\"services\":["})
  void doesNotKnowTheOutcomeWhenTheAnswerCannotBeRead(String body) {
    replies.add(reply(200, body));
    AwsException e = refusal(AwsService.ECS, "RegisterTaskDefinition");
    assertThat(e.code()).isEqualTo(AwsException.NO_ANSWER);
    assertThat(e.outcomeUnknown()).isTrue();
    assertThat(e.getMessage()).contains("unreadable body");
  }

  @Test
  void doesNotKnowTheOutcomeWhenTheConnectionBreaksAfterTheRequest() throws Exception {
    try (ServerSocket breaking = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      List<String> seen = new CopyOnWriteArrayList<>();
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            while (!breaking.isClosed()) {
              try (Socket socket = breaking.accept()) {
                byte[] some = new byte[8192];
                int read = socket.getInputStream().read(some);
                seen.add(new String(some, 0, Math.max(0, read), StandardCharsets.UTF_8));
                // An abortive close: the other side sees a reset.
                socket.setSoLinger(true, 0);
              } catch (IOException e) {
                return;
              }
            }
          });
      variables.put("AWS_ENDPOINT_URL", "http://127.0.0.1:" + breaking.getLocalPort());
      AwsException e = refusal(AwsService.ECS, "RegisterTaskDefinition");
      assertThat(e.code()).isEqualTo(AwsException.NO_ANSWER);
      assertThat(e.outcomeUnknown()).isTrue();
      assertThat(seen).as("HttpURLConnection must not repeat a POST by itself").hasSize(1);

      assertThat(refusal(AwsService.ECS, "DescribeServices").outcomeUnknown()).isTrue();
      assertThat(seen).hasSize(4);
    }
  }

  @Test
  void triesAgainUntilTheDeadlineWhileNobodyListensForThenNothingHasHappened() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    variables.put("AWS_ENDPOINT_URL", "http://127.0.0.1:" + port);
    SignedJson aws = aws();
    aws.deadlineIn(Duration.ofSeconds(5));
    assertThatThrownBy(() -> aws.call(AwsService.ECS, "RegisterTaskDefinition", Json.object()))
        .isInstanceOf(AwsException.class)
        .hasMessageContaining("no connection to 127.0.0.1");
    assertThat(patience.slept).hasSizeGreaterThan(4);
  }

  @Test
  void takesCredentialsFromTheContainerEndpointAndRenewsThemBeforeTheyExpire() {
    variables.remove("AWS_ACCESS_KEY_ID");
    variables.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", url() + "/credentials");
    variables.put("AWS_CONTAINER_AUTHORIZATION_TOKEN", "let-me-in");
    String credentials =
        "{\"AccessKeyId\":\"ASIA%s\",\"SecretAccessKey\":\"s\",\"Token\":\"t\","
            + "\"Expiration\":\"%s\"}";
    replies.add(reply(200, credentials.formatted("ONE", "2026-01-01T01:00:00Z")));
    replies.add(reply(200, "{}"));
    replies.add(reply(200, "{}"));
    replies.add(reply(200, credentials.formatted("TWO", "2026-01-01T02:00:00Z")));
    replies.add(reply(200, "{}"));
    SignedJson aws = aws();
    aws.call(AwsService.ECS, "DescribeServices", Json.object());
    now = Instant.parse("2026-01-01T00:54:59Z");
    aws.call(AwsService.ECS, "DescribeServices", Json.object());
    now = Instant.parse("2026-01-01T00:55:00Z");
    aws.call(AwsService.ECS, "DescribeServices", Json.object());
    assertThat(asked).hasSize(5);
    assertThat(asked.get(0).headers()).containsEntry("Authorization", "let-me-in");
    assertThat(asked.get(2).headers().get("Authorization")).contains("Credential=ASIAONE/");
    assertThat(asked.get(4).headers().get("Authorization")).contains("Credential=ASIATWO/");
  }

  @Test
  void goesOnWithCredentialsThatAreStillGoodWhenNewOnesCannotBeHad() {
    variables.remove("AWS_ACCESS_KEY_ID");
    variables.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", url() + "/credentials");
    replies.add(
        reply(
            200,
            "{\"AccessKeyId\":\"ASIAONE\",\"SecretAccessKey\":\"s\",\"Token\":\"t\","
                + "\"Expiration\":\"2026-01-01T01:00:00Z\"}"));
    replies.add(reply(200, "{}"));
    replies.add(reply(500, ""));
    replies.add(reply(200, "{}"));
    SignedJson aws = aws();
    aws.call(AwsService.ECS, "DescribeServices", Json.object());
    now = Instant.parse("2026-01-01T00:58:00Z");
    aws.call(AwsService.ECS, "DescribeServices", Json.object());
    assertThat(asked.getLast().headers().get("Authorization")).contains("Credential=ASIAONE/");
  }

  @Test
  void fetchesCredentialsAnewOnceWhenAwsSaysThatTheyHaveExpired() {
    replies.add(reply(400, "{\"__type\":\"ExpiredTokenException\"}"));
    replies.add(reply(400, "{\"__type\":\"ExpiredTokenException\"}"));
    assertThat(refusal(AwsService.ECS, "DescribeServices").code())
        .isEqualTo("ExpiredTokenException");
    assertThat(asked).hasSize(2);
  }

  @Test
  void saysWhereItLookedForCredentials() {
    variables.remove("AWS_ACCESS_KEY_ID");
    assertThatThrownBy(this::describe)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("AWS_ACCESS_KEY_ID")
        .hasMessageContaining("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  }

  @Test
  void warmingUpAsksNobody() {
    aws().warmUp(AwsService.DYNAMODB);
    assertThat(asked).isEmpty();
  }

  @Test
  void warmingUpIsNoFaultWhereNobodyAnswers() {
    variables.put("AWS_ENDPOINT_URL", "https://127.0.0.1:1");
    assertThatCode(() -> aws().warmUp(AwsService.DYNAMODB)).doesNotThrowAnyException();
  }
}
