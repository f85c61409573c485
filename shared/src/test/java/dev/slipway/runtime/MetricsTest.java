package dev.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Metrics metrics =
      new Metrics(
          new Environment(Map.of("AWS_LAMBDA_FUNCTION_NAME", "slipway-NotifyFunction-1A2B")),
          InstantSource.fixed(Instant.ofEpochMilli(1767225600000L)),
          new PrintStream(out, true, StandardCharsets.UTF_8));

  @Test
  void countsInTheEmbeddedMetricFormat() {
    metrics.count("PushRefused", "Reason", "QUARANTINED");
    assertThat(out.toString(StandardCharsets.UTF_8).strip())
        .isEqualTo(
            "{\"_aws\":{\"Timestamp\":1767225600000,\"CloudWatchMetrics\":[{\"Namespace\":"
                + "\"Slipway\",\"Dimensions\":[[\"Reason\"]],\"Metrics\":[{\"Name\":\"PushRefused\","
                + "\"Unit\":\"Count\"}]}]},\"Reason\":\"QUARANTINED\",\"PushRefused\":1}");
  }

  @Test
  void countsForTheFunctionWhatAnAlarmOfItsStackWatches() {
    metrics.countForFunction("MessagesFailed");
    assertThat(out.toString(StandardCharsets.UTF_8).strip())
        .isEqualTo(
            "{\"_aws\":{\"Timestamp\":1767225600000,\"CloudWatchMetrics\":[{\"Namespace\":"
                + "\"Slipway\",\"Dimensions\":[[\"FunctionName\"]],\"Metrics\":[{\"Name\":"
                + "\"MessagesFailed\",\"Unit\":\"Count\"}]}]},\"FunctionName\":"
                + "\"slipway-NotifyFunction-1A2B\",\"MessagesFailed\":1}");
  }

  @Test
  void countsForTheFunctionAndByWhatKind() {
    metrics.countForFunction("SlackFailures", "Kind", "AUTH");
    var line = Json.read(out.toString(StandardCharsets.UTF_8));
    assertThat(Json.write(line.at("/_aws/CloudWatchMetrics/0/Dimensions")))
        .isEqualTo("[[\"FunctionName\"],[\"Kind\"]]");
    assertThat(line.get("Kind").asText()).isEqualTo("AUTH");
    assertThat(line.get("FunctionName").asText()).isEqualTo("slipway-NotifyFunction-1A2B");
  }

  @Test
  void givesDurationsInSeconds() {
    metrics.duration("PushToVerdict", Duration.ofMillis(1500));
    var line = Json.read(out.toString(StandardCharsets.UTF_8));
    assertThat(line.get("PushToVerdict").doubleValue()).isEqualTo(1.5);
    assertThat(line.at("/_aws/CloudWatchMetrics/0/Metrics/0/Unit").asText()).isEqualTo("Seconds");
    assertThat(Json.write(line.at("/_aws/CloudWatchMetrics/0/Dimensions"))).isEqualTo("[[]]");
  }

  @Test
  void refusesADimensionWithoutAValue() {
    assertThatThrownBy(() -> metrics.count("PushRefused", "Reason")).hasMessageContaining("Reason");
  }
}
