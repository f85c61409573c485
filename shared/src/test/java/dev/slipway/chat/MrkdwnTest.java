package dev.slipway.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MrkdwnTest {

  @ParameterizedTest
  @CsvSource({
    "a & b,                 a &amp; b",
    "<!channel>,            &lt;!channel&gt;",
    "<https://evil|click>,  &lt;https://evil|click&gt;",
    "&lt;,                  &amp;lt;",
    "plain,                 plain",
  })
  void takesThePowerOutOfTextFromOutside(String text, String escaped) {
    assertThat(Mrkdwn.escape(text)).isEqualTo(escaped);
  }

  @Test
  void dropsControlCharactersThatCouldMoveATerminalsCursor() {
    assertThat(Mrkdwn.escape("a\u001b[2Jb\rc\nd\te")).isEqualTo("a[2Jbc\nd\te");
  }

  @Test
  void keepsCodeInsideItsMarks() {
    assertThat(Mrkdwn.code("a`b\n<c>")).isEqualTo("`a'b &lt;c&gt;`");
    assertThat(Mrkdwn.codeBlock("a```b")).isEqualTo("```\na'''b\n```");
  }

  @ParameterizedTest
  @CsvSource({"U0123ABCD, <@U0123ABCD>", "W0123ABCD, <@W0123ABCD>", "ada <x>, ada &lt;x&gt;"})
  void mentionsOnlySlacksOwnUsers(String by, String shown) {
    assertThat(Mrkdwn.person(by)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 s",
    "59, 59 s",
    "60, 1 m",
    "125, 2 m 5 s",
    "3600, 1 h",
    "4200, 1 h 10 m",
    "-3, 0 s"
  })
  void writesDurationsForPeople(long seconds, String text) {
    assertThat(Mrkdwn.duration(Duration.ofSeconds(seconds))).isEqualTo(text);
  }

  @Test
  void writesTimesInEachReadersZone() {
    assertThat(Mrkdwn.time(Instant.parse("2026-01-15T09:30:00Z")))
        .isEqualTo("<!date^1768469400^{time}|09:30 UTC>");
  }

  @ParameterizedTest
  @CsvSource({
    "abcdef,        6, abcdef",
    "abcdef,        5, abcd…",
    "abc&amp;def,   6, abc…",
    "abc&amp;def,   9, abc&amp;…",
    "abc&amp;def,   8, abc…",
    "a & b; cdefg,  8, a & b; …",
  })
  void cutsVisiblyAndNeverInsideAnEscape(String text, int most, String cut) {
    assertThat(Mrkdwn.fit(text, most)).isEqualTo(cut);
  }

  @Test
  void neverCutsACharacterInTwo() {
    assertThat(Mrkdwn.fit("ab🚀cd", 4)).isEqualTo("ab…");
  }
}
