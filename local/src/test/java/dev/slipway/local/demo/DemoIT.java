package dev.slipway.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ./slipway demo} plays, as fast as it can, and the page beside it. */
class DemoIT {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ByteArrayOutputStream PRINTED = new ByteArrayOutputStream();
  private static Playground playground;
  private static List<Player.Result> results;

  @BeforeAll
  static void play() {
    Scenario scenario = ScenarioFile.load("demo");
    playground = Playground.start(Path.of(System.getProperty("slipway.root")), 0, true);
    playground.settle(scenario);
    Screen screen = new Screen(new PrintStream(PRINTED, true, StandardCharsets.UTF_8), false, 120);
    Console console = new Console(screen, Playground.CHANNELS, false);
    playground.timeline().listen(console::entry);
    playground.slack().listen(console::slack);
    results = new Player(playground, console, 0).play(scenario);
  }

  @AfterAll
  static void stop() {
    HTTP.close();
    playground.close();
  }

  private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(playground.pageUrl() + path)).build(),
        BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(String path, String type, String body)
      throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(playground.pageUrl() + path))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void everyStepEndsAsItShould() {
    assertThat(results).allSatisfy(result -> assertThat(result.seen()).isEmpty());
    assertThat(results).hasSize(ScenarioFile.load("demo").steps().size());
  }

  @Test
  void whatHappensIsPrintedInWordsAndWithoutEscapes() {
    assertThat(PRINTED.toString(StandardCharsets.UTF_8))
        .contains("ECR Image Action: PUSH team/web:v1.5.0")
        .contains("shop/web       ecs:UpdateService to shop-web:2")
        .contains("SERVICE_DEPLOYMENT_FAILED")
        .contains("│ ✅ shop/web deployed")
        .doesNotContain("\u001b");
  }

  @Test
  void thePageShowsEveryServiceEveryStepAndTheChannel() throws Exception {
    JsonNode state = Json.read(get("state?after=0").body());

    assertThat(state.path("services"))
        .hasSize(4)
        .allSatisfy(service -> {
          assertThat(service.path("deployments")).hasSize(1);
          assertThat(service.path("deployments").path(0).path("tasks"))
              .hasSize(service.path("deployments").path(0).path("desired").asInt())
              .allSatisfy(task -> assertThat(task.path("tone").asText()).isEqualTo("healthy"));
        });
    assertThat(state.path("steps"))
        .allSatisfy(step -> assertThat(step.path("state").asText()).isEqualTo("ok"));
    assertThat(state.path("slack").path("channels").path(0).path("name").asText())
        .isEqualTo("deploys");
    assertThat(state.path("slack").path("channels").path(0).path("messages")).isNotEmpty();

    long last = state.path("timeline").path(state.path("timeline").size() - 1).path("seq").asLong();
    assertThat(Json.read(get("state?after=" + last).body()).path("timeline")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "page.js", "page.css", "mark.svg"})
  void whatThePageNeedsIsServedHereAndNothingIsLoadedFromElsewhere(String file) throws Exception {
    HttpResponse<String> answer = get(file);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'none'");
    assertThat(answer.body().replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http://", "https://", "innerHTML");
  }

  @ParameterizedTest
  @CsvSource({"'', 302", "page, 302", "pages, 404", "nothing, 404"})
  void theAddressOfTheAccountLeadsToThePage(String path, int status) throws Exception {
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(playground.account().http().uri("/" + path)).build(),
            BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Location").orElse(""))
        .isEqualTo(status == 302 ? "/page/" : "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"page.java", "../template.yaml", "%2e%2e/template.yaml", "x"})
  void nothingElseIsServed(String file) throws Exception {
    assertThat(get(file).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "evil.example, , 403",
    "127.0.0.1.evil.example, , 403",
    "HOST, http://evil.example, 403",
    "HOST, http://HOST, 200",
    "HOST, , 200"
  })
  void otherPagesInTheSameBrowserCannotReachIt(String host, String origin, int status)
      throws IOException {
    URI uri = URI.create(playground.pageUrl());
    String here = uri.getHost() + ":" + uri.getPort();
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      String request =
          "GET /page/state HTTP/1.1\r\nHost: "
              + host.replace("HOST", here)
              + (origin == null ? "" : "\r\nOrigin: " + origin.replace("HOST", here))
              + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] head = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
      assertThat(new String(head, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 " + status);
    }
  }

  @Test
  void aFormOfAnotherPageIsRefusedByItsType() throws Exception {
    assertThat(post("speed", "text/plain", "{\"speed\":1}").statusCode()).isEqualTo(415);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "speed | {\"speed\":5000} | between 0 and 1000",
        "push | {\"repository\":\"team/web\",\"tag\":\"<b>\",\"behaviour\":\"healthy\"} | <b>",
        "push | {\"repository\":\"team/web\",\"tag\":\"v9\",\"behaviour\":\"odd\"} | odd",
        "press | {\"channel\":\"C0DEPLOYS1\",\"ts\":\"1\",\"action\":\"roll_back\"} | no message 1",
        "command | {\"channel\":\"C0DEPLOYS1\",\"text\":\"/other\"} | /slipway",
        "speed | not json | json"
      })
  void whatCannotBeDoneIsAnsweredWithItsReason(String path, String body, String named)
      throws Exception {
    HttpResponse<String> answer = post(path, "application/json", body);

    assertThat(answer.statusCode()).isEqualTo(400);
    ObjectNode error = Json.readObject(answer.body());
    assertThat(Json.text(error, "error")).containsIgnoringCase(named);
  }
}
