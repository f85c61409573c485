package dev.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccountTimeTest {

  private HttpServer server;
  private volatile String told = "2026-01-01T00:00:00Z\n";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = told.getBytes(StandardCharsets.UTF_8);
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.getResponseBody().close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private AccountTime time() {
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/now";
    return AccountTime.from(new Environment(Map.of("SLIPWAY_CLOCK_URL", url)));
  }

  @Test
  void standsStillBetweenTwoInvocations() {
    AccountTime time = time();
    assertThat(time.instant()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    told = "2026-01-01T01:00:00Z";
    assertThat(time.instant()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    time.refresh();
    assertThat(time.instant()).isEqualTo(Instant.parse("2026-01-01T01:00:00Z"));
  }

  @Test
  void saysWhichClockGaveNoTime() {
    told = "noon";
    assertThatThrownBy(time()::refresh).hasMessageContaining("/now gave no time");
  }

  @Test
  void isTheSystemsTimeWhereNobodySetsAClock() {
    AccountTime time = AccountTime.from(new Environment(Map.of()));
    time.refresh();
    assertThat(time.instant()).isBetween(Instant.now().minusSeconds(5), Instant.now());
  }
}
