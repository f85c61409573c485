package dev.slipway.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {

  private static String said(int status, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream before = System.out;
    PrintStream errors = System.err;
    PrintStream both = new PrintStream(out, true, StandardCharsets.UTF_8);
    System.setOut(both);
    System.setErr(both);
    try {
      assertThat(Main.run(arguments)).isEqualTo(status);
    } finally {
      System.setOut(before);
      System.setErr(errors);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "local", "push", "play"})
  void everyCommandExplainsItself(String command) {
    assertThat(said(0, command, "--help")).contains("Usage: slipway " + command);
  }

  @Test
  void theScenariosAreListed() {
    assertThat(said(0, "play", "list")).contains("demo");
  }

  @Test
  void aScenarioThatIsNotThereEndsWithWhereTheNamesAre() {
    assertThat(said(1, "play", "nothing")).contains("'nothing'", "./slipway play list");
    assertThat(said(1, "play", "crash-lop")).contains("'crash-lop'", "crash-loop");
  }

  @Test
  void twoConductsAtOnceAreRefused() {
    assertThat(said(2, "push", "team/web", "v1", "--crash", "--oom"))
        .contains("mutually exclusive");
  }

  @Test
  void aSpeedThatNobodyCouldWatchIsRefused() {
    assertThat(said(1, "demo", "--speed", "0")).contains("between 1 and 1000, not 0");
  }
}
