package dev.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {

  private final Environment environment =
      new Environment(Map.of("LEDGER_TABLE", "ledger", "EMPTY", "", "SECRET", "hunter2hunter2"));

  @Test
  void namesTheMissingVariableAndWhoSetsIt() {
    assertThatThrownBy(() -> environment.required("LANE_QUEUE_URL"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("LANE_QUEUE_URL")
        .hasMessageContaining("template.yaml");
  }

  @Test
  void countsAnEmptyValueAsAbsent() {
    assertThat(environment.optional("EMPTY", "otherwise")).isEqualTo("otherwise");
    assertThatThrownBy(() -> environment.required("EMPTY")).hasMessageContaining("EMPTY");
  }

  @Test
  void givesWhatIsThere() {
    assertThat(environment.required("LEDGER_TABLE")).isEqualTo("ledger");
    assertThat(environment.optional("LEDGER_TABLE", "other")).isEqualTo("ledger");
  }

  @Test
  void neverShowsValues() {
    assertThat(environment.toString()).contains("SECRET").doesNotContain("hunter2");
  }
}
