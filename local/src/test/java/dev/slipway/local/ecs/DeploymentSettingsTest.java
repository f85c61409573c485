package dev.slipway.local.ecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.local.SimulatedWorld;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeploymentSettingsTest {
  @ParameterizedTest(name = "{0} {1} of {2} tasks is {3}")
  @CsvSource({
    "BOUNDED_PERCENT, 50, 0, 3",
    "BOUNDED_PERCENT, 50, 1, 3",
    "BOUNDED_PERCENT, 50, 6, 3",
    "BOUNDED_PERCENT, 50, 7, 4",
    "BOUNDED_PERCENT, 50, 25, 13",
    "BOUNDED_PERCENT, 50, 400, 200",
    "BOUNDED_PERCENT, 50, 1000, 200",
    "UNBOUNDED_PERCENT, 50, 1000, 500",
    "UNBOUNDED_PERCENT, 50, 1, 1",
    "COUNT, 7, 1000, 7",
  })
  void theBreakersThreshold(String type, int value, int desired, int threshold) {
    assertThat(
            DeploymentSettings.of(
                    SimulatedWorld.json(
                        "{'deploymentCircuitBreaker': {'thresholdConfiguration': {'type': '"
                            + type
                            + "', 'value': "
                            + value
                            + "}}}"))
                .threshold(desired))
        .isEqualTo(threshold);
  }

  @Test
  void theBreakerCountsAsAlwaysWhereNothingIsSaid() {
    assertThat(DeploymentSettings.of(SimulatedWorld.json("{}")).threshold(25)).isEqualTo(13);
  }

  @Test
  void percentagesThatLeaveNothingAreRefused() {
    assertThatThrownBy(() ->
            DeploymentSettings.of(
                SimulatedWorld.json("{'minimumHealthyPercent': 0, 'maximumPercent': 0}")))
        .hasMessageContaining("maximumPercent");
  }
}
