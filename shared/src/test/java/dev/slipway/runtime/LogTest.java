package dev.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.deployment.Reason;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogTest {

  private static final InstantSource NEW_YEAR =
      InstantSource.fixed(Instant.parse("2026-01-01T00:00:00.5Z"));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Log log(Map<String, String> more) {
    Map<String, String> values = new HashMap<>(more);
    values.put("AWS_LAMBDA_FUNCTION_NAME", "slipway-PlanFunction-1A2B");
    values.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512");
    values.put("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG");
    values.put("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1");
    return new Log(
        "plan",
        new Environment(values),
        NEW_YEAR,
        new PrintStream(out, true, StandardCharsets.UTF_8));
  }

  private List<JsonNode> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().map(Json::read).toList();
  }

  @Test
  void writesOneLineInTheShapeOfPowertools() {
    Log log = log(Map.of());
    log.begin("6f747a5d");
    log.info("followers found", "count", 3, "reason", Reason.PUSHED);
    assertThat(out.toString(StandardCharsets.UTF_8).strip())
        .isEqualTo(
            "{\"level\":\"INFO\",\"message\":\"followers found\",\"cold_start\":true,"
                + "\"function_name\":\"slipway-PlanFunction-1A2B\",\"function_version\":\"$LATEST\","
                + "\"function_memory_size\":\"512\",\"function_request_id\":\"6f747a5d\","
                + "\"service\":\"slipway\",\"timestamp\":\"2026-01-01T00:00:00.500Z\","
                + "\"xray_trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\","
                + "\"count\":3,\"reason\":\"PUSHED\"}");
  }

  @Test
  void onlyTheFirstInvocationIsACold() {
    Log log = log(Map.of());
    log.begin("1");
    log.info("one");
    log.begin("2");
    log.info("two");
    assertThat(lines())
        .extracting(line -> line.get("cold_start").booleanValue())
        .containsExactly(true, false);
  }

  @Test
  void everyLineWithinAScopeCarriesItsFieldsAndNoneAfterIt() {
    Log log = log(Map.of());
    try (var _ = log.with("service", "prod/web", "deployment", "prod/web#4")) {
      try (var _ = log.with("image", "team/app:v1")) {
        log.info("inner");
      }
      log.warn("outer");
    }
    log.info("after");
    List<JsonNode> lines = lines();
    assertThat(Json.text(lines.get(0), "image")).isEqualTo("team/app:v1");
    assertThat(Json.text(lines.get(0), "service")).isEqualTo("prod/web");
    assertThat(Json.text(lines.get(1), "deployment")).isEqualTo("prod/web#4");
    assertThat(lines.get(1).has("image")).isFalse();
    assertThat(lines.get(2).has("deployment")).isFalse();
    assertThat(Json.text(lines.get(2), "service")).isEqualTo("slipway");
  }

  @Test
  void anInvocationBeginsWithoutTheScopeOfOneThatDied() {
    Log log = log(Map.of());
    log.begin("1");
    log.with("image", "team/app:v1");
    log.begin("2");
    log.info("next");
    assertThat(lines().getFirst().has("image")).isFalse();
  }

  @Test
  void anErrorHasItsNameMessageAndStack() {
    log(Map.of()).error("failed", new IllegalStateException("because"), "message_id", "m-1");
    JsonNode line = lines().getFirst();
    assertThat(Json.text(line, "level")).isEqualTo("ERROR");
    assertThat(Json.text(line.get("error"), "message")).isEqualTo("because");
    assertThat(Json.text(line.get("error"), "name")).isEqualTo("java.lang.IllegalStateException");
    assertThat(Json.text(line.get("error"), "stack")).contains("LogTest");
    assertThat(Json.text(line, "message_id")).isEqualTo("m-1");
  }

  @Test
  void masksTheProcessesCredentialsAndWhatItIsTold() {
    Log log = log(Map.of());
    log.secret("xoxb-not-for-you");
    log.info("key wJalrXUtnFEMI/K7MDENG", "token", "Bearer xoxb-not-for-you");
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("key ***", "Bearer ***")
        .doesNotContain("wJalr", "xoxb");
  }

  @Test
  void keepsOneEntryInOneLineAndWithinLimits() {
    log(Map.of()).info("two\nlines", "long", "x".repeat(100_000));
    assertThat(lines()).hasSize(1);
    assertThat(out.size()).isLessThan(20_000);
  }

  @Test
  void honoursTheLogLevelThatLambdaSets() {
    Log log = log(Map.of("AWS_LAMBDA_LOG_LEVEL", "WARN"));
    log.debug("no");
    log.info("no");
    log.warn("yes");
    assertThat(lines()).hasSize(1);
  }

  @Test
  void refusesAKeyWithoutAValue() {
    Log log = log(Map.of());
    assertThatThrownBy(() -> log.info("m", "alone")).hasMessageContaining("[alone]");
  }

  @Test
  void whatItIsAboutOutlivesAnExceptionUntilItIsSaidAnew() {
    Log log = log(Map.of());
    log.begin("1");
    log.about("service", "prod/web", "deployment", "prod/web#3");
    try (var _ = log.with("image", "team/web:2")) {
      log.info("within");
    }
    log.error("after", null);
    log.about("service", "prod/api");
    log.info("another");
    log.begin("2");
    log.info("next");

    assertThat(lines())
        .extracting(line -> Json.text(line, "service") + "|" + Json.text(line, "deployment"))
        .containsExactly("prod/web|prod/web#3", "prod/web|prod/web#3", "prod/api|", "slipway|");
  }
}
