package dev.slipway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.Settings.Level;
import dev.slipway.ledger.MemoryLedger;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.slack.SlackSecrets;
import dev.slipway.slack.Webhook;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** For those who have a webhook and no bot token. */
class WebhookTellerTest {

  private final MemoryLedger ledger = new MemoryLedger();
  private final MemoryMessages store = new MemoryMessages();
  private final List<String> told = new ArrayList<>();
  private HttpServer server;
  private int status = 200;
  private Instant now = Sample.NOW;
  private Voice hook;
  private final PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
  private final Teller teller =
      new Teller(
          ledger,
          store,
          "",
          true,
          () -> now,
          () -> "claim",
          new Log("notify", new Environment(Map.of()), () -> now, nowhere),
          new Metrics(() -> now, nowhere));

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          told.add(Json.write(Json.read(exchange.getRequestBody())));
          // As the client asked, and servers do: else it may keep a connection that is just closed.
          exchange.getResponseHeaders().add("Connection", "close");
          exchange.sendResponseHeaders(status, -1);
        });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    hook =
        new Voice.Hook(
            new Webhook(
                new SlackSecrets(
                    (service, operation, input) ->
                        Json.object().put("SecretString", "{\"webhookUrl\":\"" + url + "\"}"),
                    "arn:secret",
                    () -> now,
                    mask -> {})));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void refresh() {
    teller.refresh(hook, new Circuit(() -> 0), Sample.WEB, 2, 0);
  }

  @Test
  void tellsTheEndOnceWithItsReasonAndNothingBefore() {
    Sample.write(ledger, Sample.deployment(Sample.WEB, 2, Status.ROLLING_OUT, Reason.IN_PROGRESS));
    refresh();
    Sample.write(ledger, Sample.failed(2, Status.ROLLING_BACK));
    refresh();
    assertThat(told).isEmpty();

    Sample.write(ledger, Sample.failed(2, Status.ROLLED_BACK));
    refresh();
    refresh();

    assertThat(told).hasSize(1);
    assertThat(told.getFirst()).contains("Rolled back", "Exited with code 1.");
    assertThat(told.getFirst()).doesNotContain("roll_back");
  }

  @Test
  void tellsAnotherEndToo() {
    Sample.write(ledger, Sample.deployment(Sample.WEB, 2, Status.SUCCEEDED, Reason.COMPLETED));
    refresh();
    Sample.write(
        ledger, Sample.deployment(Sample.WEB, 2, Status.ROLLED_BACK, Reason.STOPPED_BY_PERSON));
    refresh();

    assertThat(told).hasSize(2);
  }

  @Test
  void tellsTheEndLaterWhenSlackIsDown() {
    status = 500;
    Sample.write(ledger, Sample.deployment(Sample.WEB, 2, Status.SUCCEEDED, Reason.COMPLETED));
    refresh();
    status = 200;
    now = now.plus(Duration.ofMinutes(1));
    teller.sweep(hook, new Circuit(() -> 0), 10);
    teller.sweep(hook, new Circuit(() -> 0), 10);

    assertThat(told).hasSize(2);
    assertThat(store.read(MessageKey.deployment(Sample.WEB, 2)).due()).isNull();
  }

  @Test
  void tellsOfAPush() {
    teller.tell(hook, new Circuit(() -> 0), Sample.push(Reason.VERSION_LOWER, Level.ALL));

    assertThat(told).hasSize(1);
  }
}
