package dev.slipway.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.local.demo.Screen.Style;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScreenTest {

  @ParameterizedTest
  @CsvSource({"true, , true", "true, '', true", "true, 1, false", "false, , false"})
  void coloursAreForTerminalsWhoseOwnerWantsThem(
      boolean terminal, String noColor, boolean coloured) {
    Screen screen = Screen.of(System.out, terminal, noColor, "80");

    assertThat(screen.styled(Style.BAD, "no").contains("\u001b")).isEqualTo(coloured);
  }

  @ParameterizedTest
  @CsvSource({"100, 100", "20, 60", "wide, 120", ", 120", "-5, 120"})
  void theWidthIsTheTerminalsOrAReadableOne(String columns, int width) {
    assertThat(Screen.of(System.out, true, null, columns).width()).isEqualTo(width);
  }

  @Test
  void textFromOutsideCannotMoveTheCursor() {
    assertThat(Screen.clean("a\u001b[2Jb\rc\u0007")).isEqualTo("a [2Jb c ");
  }

  @Test
  void columnsAreAsWideAsTheyShouldBe() {
    assertThat(Screen.column("web", 5)).isEqualTo("web  ");
    assertThat(Screen.column("checkout", 5)).isEqualTo("chec…");
  }

  @Test
  void longTextIsBrokenAtSpaces() {
    assertThat(Screen.wrap("one two  three\nfour", 9)).containsExactly("one two", "three", "four");
  }

  @Test
  void aLineIsPrintedAtOnce() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Screen(new PrintStream(out, false, StandardCharsets.UTF_8), false, 80).line("✓ done");

    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("✓ done" + System.lineSeparator());
  }
}
