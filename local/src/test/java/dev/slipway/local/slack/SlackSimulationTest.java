package dev.slipway.local.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.slipway.chat.RollBackButton;
import dev.slipway.local.slack.SlackSimulation.Change;
import dev.slipway.local.slack.SlackSimulation.Response;
import dev.slipway.runtime.Json;
import dev.slipway.slack.Message;
import dev.slipway.slack.Signature;
import dev.slipway.slack.Slack.Posted;
import dev.slipway.slack.SlackException;
import dev.slipway.slack.SlackException.Kind;
import dev.slipway.slack.SlackSecrets;
import dev.slipway.slack.SlackWeb;
import dev.slipway.slack.Webhook;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Slipway's own client against the simulation, over HTTP. */
class SlackSimulationTest {

  private Instant now = Instant.parse("2026-01-15T09:30:00Z");
  private final SlackSimulation slack = new SlackSimulation(() -> now);
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          Map<String, String> headers = new TreeMap<>();
          exchange.getRequestHeaders().forEach((name, all) -> headers.put(name, all.getFirst()));
          Response response =
              slack.handle(
                  exchange.getRequestMethod(),
                  exchange.getRequestURI().getPath(),
                  headers,
                  exchange.getRequestBody().readAllBytes());
          response.headers().forEach(exchange.getResponseHeaders()::add);
          byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(response.status(), body.length);
          // Closing the exchange itself may cut the connection before the client has read the
          // answer.
          exchange.getResponseBody().write(body);
          exchange.getResponseBody().close();
        });
    server.start();
    slack.at("http://127.0.0.1:" + server.getAddress().getPort() + "/slack");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private SlackSecrets secrets(String value) {
    return new SlackSecrets(
        (service, operation, input) -> Json.object().put("SecretString", value),
        "arn:secret",
        () -> now,
        mask -> {});
  }

  private SlackWeb client() {
    return new SlackWeb(slack.apiUrl(), secrets(slack.secret()));
  }

  private static Message message(String text) {
    Message message = Message.ofText(text);
    message
        .blocks()
        .addObject()
        .put("type", "section")
        .putObject("text")
        .put("type", "mrkdwn")
        .put("text", text);
    return message;
  }

  private static Message withButton() {
    Message message = message("one");
    var button =
        message.blocks().addObject().put("type", "actions").putArray("elements").addObject();
    button.put("type", "button").put("action_id", RollBackButton.ACTION_ID).put("value", "v");
    button.putObject("text").put("type", "plain_text").put("text", "Roll back");
    return message;
  }

  @Test
  void keepsMessagesEditsAndThreadsAsAChannelDoes() {
    List<Change> changes = new ArrayList<>();
    slack.listen(changes::add);

    Posted posted = client().post("C1", message("one"));
    client().update(posted, message("two"));
    client().reply(posted, message("why"), false);
    client().reply(posted, message("hear"), true);

    assertThat(slack.messages("C1")).hasSize(1);
    SlackMessage shown = slack.messages("C1").getFirst();
    assertThat(shown.content().text()).isEqualTo("two");
    assertThat(shown.history()).extracting(Message::text).containsExactly("one");
    assertThat(slack.thread("C1", posted.ts()))
        .extracting(reply -> reply.content().text())
        .containsExactly("why", "hear");
    assertThat(slack.thread("C1", posted.ts()))
        .extracting(SlackMessage::aloud)
        .containsExactly(false, true);
    assertThat(changes)
        .extracting(change -> change.getClass().getSimpleName())
        .containsExactly("Posted", "Edited", "Replied", "Replied");
  }

  @Test
  void givesEveryMessageAnIdentityOfItsOwn() {
    assertThat(client().post("C1", message("a"))).isNotEqualTo(client().post("C1", message("a")));
  }

  @Test
  void refusesAnotherToken() {
    SlackWeb other = new SlackWeb(slack.apiUrl(), secrets("{\"botToken\":\"xoxb-someone-elses\"}"));

    assertThatThrownBy(() -> other.post("C1", message("a")))
        .isInstanceOfSatisfying(
            SlackException.class, e -> assertThat(e.error()).isEqualTo("invalid_auth"));
  }

  @Test
  void refusesBlocksThatSlackWouldRefuse() {
    assertThatThrownBy(() -> client().post("C1", message("x".repeat(3001))))
        .isInstanceOfSatisfying(
            SlackException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONTENT));
  }

  @Test
  void refusesToEditWhatIsNotThere() {
    assertThatThrownBy(() -> client().update(new Posted("C1", "1.000001"), message("a")))
        .isInstanceOfSatisfying(
            SlackException.class, e -> assertThat(e.kind()).isEqualTo(Kind.GONE));
  }

  @Test
  void canBeDown() {
    slack.behave(new Behaviour.Outage());

    assertThat(failure()).isEqualTo(Kind.OUTAGE);
    assertThat(slack.messages("C1")).isEmpty();
  }

  @Test
  void canDoItsWorkAndLoseTheAnswer() {
    slack.behave(new Behaviour.LosesAnswers());

    assertThat(failure()).isEqualTo(Kind.OUTAGE);
    assertThat(slack.messages("C1")).hasSize(1);
  }

  @Test
  void canThrottleForAWhile() {
    slack.behave(new Behaviour.Throttles(30, 1));

    SlackException thrown =
        catchThrowableOfType(SlackException.class, () -> client().post("C1", message("a")));

    assertThat(thrown.retryAfter()).isEqualTo(Duration.ofSeconds(30));
    client().post("C1", message("a"));
  }

  @Test
  void canRefuseForAnyReason() {
    slack.behave(new Behaviour.Refuses("is_archived"));

    assertThat(failure()).isEqualTo(Kind.CHANNEL);
  }

  @Test
  void canBeTooSlowToBeWaitedFor() {
    slack.behave(new Behaviour.Slow(Duration.ofSeconds(5)));

    assertThat(failure()).isEqualTo(Kind.OUTAGE);
  }

  private Kind failure() {
    return catchThrowableOfType(SlackException.class, () -> client().post("C1", message("a")))
        .kind();
  }

  @Test
  void takesMessagesThroughItsWebhook() {
    new Webhook(secrets(slack.webhookSecret())).post(message("hooked"));

    assertThat(slack.messages(SlackSimulation.WEBHOOK_CHANNEL))
        .extracting(shown -> shown.content().text())
        .containsExactly("hooked");
  }

  @Test
  void signsWhatPeopleDoAndTakesTheAnswer() {
    SignedRequest request = slack.command("C1", "U0123ABCD", "status prod/web");

    assertThat(verify(request)).isEqualTo(Signature.Outcome.GOOD);
    String form = new String(request.body(), StandardCharsets.UTF_8);
    assertThat(form).contains("command=%2Fslipway", "text=status+prod%2Fweb");
    String responseUrl =
        URLDecoder.decode(
            form.replaceAll(".*response_url=([^&]*).*", "$1"), StandardCharsets.UTF_8);
    client().respond(responseUrl, message("here"), false);
    client().respond(responseUrl, message("all"), true);
    assertThat(slack.answers())
        .extracting(answer -> answer.content().text())
        .containsExactly("here", "all");
    assertThat(slack.messages("C1")).hasSize(1);

    now = now.plus(Duration.ofMinutes(31));
    assertThatThrownBy(() -> client().respond(responseUrl, message("late"), false))
        .hasMessageContaining("http_404");
  }

  @Test
  void pressesTheButtonThatTheMessageHas() {
    Posted posted = client().post("C1", withButton());

    SignedRequest request = slack.press("C1", posted.ts(), RollBackButton.ACTION_ID, "U0123ABCD");

    assertThat(verify(request)).isEqualTo(Signature.Outcome.GOOD);
    String payload =
        URLDecoder.decode(
            new String(request.body(), StandardCharsets.UTF_8).substring("payload=".length()),
            StandardCharsets.UTF_8);
    assertThat(Json.read(payload).path("actions").path(0).path("value").asText()).isEqualTo("v");
    assertThatThrownBy(() -> slack.press("C1", posted.ts(), "other", "U0123ABCD"))
        .hasMessageContaining("no button 'other'");
  }

  private Signature.Outcome verify(SignedRequest request) {
    return Signature.verify(
        SlackSimulation.SIGNING_SECRET,
        request.headers().get(Signature.TIMESTAMP_HEADER),
        request.headers().get(Signature.SIGNATURE_HEADER),
        request.body(),
        now);
  }

  @Test
  void drawsAMessageAsABoxOfEqualLines() {
    Posted posted = client().post("C1", withButton());
    client()
        .update(
            posted,
            message(
                "🚀 *prod/web* is ⚠️ `team/app:v1` " + "and so on ".repeat(10) + "z".repeat(90)));
    SlackMessage shown = slack.message("C1", posted.ts()).orElseThrow();

    List<String> box = new Terminal(60, false).draw(shown);

    assertThat(box).allMatch(line -> Terminal.columns(line) == 60);
    assertThat(box.getFirst()).startsWith("╭─ #C1 ─").endsWith(" 09:30:00 ─╮");
    assertThat(box.get(1)).startsWith("│ 🚀 prod/web is ⚠️ team/app:v1 and so on");
    assertThat(box.getLast()).startsWith("╰─ edited once ─");
  }
}
