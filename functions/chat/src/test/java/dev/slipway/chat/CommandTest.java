package dev.slipway.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CommandTest {

  static Stream<Arguments> understood() {
    return Stream.of(
        arguments("", new Command.Help("")),
        arguments("help", new Command.Help("")),
        arguments("status", new Command.Status(Optional.empty())),
        arguments("  STATUS  all ", new Command.Status(Optional.empty())),
        arguments("status prod/web", new Command.Status(Optional.of("prod/web"))),
        arguments("hold all", new Command.HoldAll("")),
        arguments("hold ALL it is Friday", new Command.HoldAll("it is Friday")),
        arguments("resume all", new Command.ResumeAll()),
        arguments("hold prod/web", new Command.Hold("prod/web", "")),
        arguments("Hold prod/web  a <b> & c", new Command.Hold("prod/web", "a <b> & c")),
        arguments("resume prod/web", new Command.Resume("prod/web")),
        arguments("release prod/web v1.2.3", new Command.Release("prod/web", "v1.2.3")),
        arguments("release prod/web team/app:v1", new Command.Release("prod/web", "team/app:v1")),
        arguments(
            "release prod/web sha256:0123456789ab",
            new Command.Release("prod/web", "sha256:0123456789ab")));
  }

  @ParameterizedTest
  @MethodSource("understood")
  void isUnderstood(String text, Command command) {
    assertThat(Command.parse(text)).isEqualTo(command);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "deploy prod/web | I do not know 'deploy'",
        "hold | 'hold' needs to know what",
        "resume | 'resume' needs to know what",
        "hold web | 'web' is not a service",
        "status prod/web/x | 'prod/web/x' is not a service",
        "resume ../etc | '../etc' is not a service",
        "release | 'release' needs a service and",
        "release prod/web | 'release prod/web' needs the image's digest or tag behind it: '/slipway"
            + " status prod/web'",
        "release web | 'web' is not a service",
        "release web v1 | 'web' is not a service",
        "release prod/web <!here> | '<!here>' is not an image",
      })
  void answersWithHelpAndTheValueWhatIsNotUnderstood(String text, String problem) {
    assertThat(Command.parse(text))
        .isInstanceOfSatisfying(
            Command.Help.class, help -> assertThat(help.problem()).contains(problem));
  }

  @Test
  void doesNotRepeatALongTextAtLength() {
    assertThat(Command.parse("x".repeat(5000)))
        .isInstanceOfSatisfying(
            Command.Help.class, help -> assertThat(help.problem()).hasSizeLessThan(150));
  }

  @ParameterizedTest
  @CsvSource({
    "status, false",
    "help, false",
    "nonsense, false",
    "hold all, true",
    "resume all, true",
    "hold prod/web, true",
    "resume prod/web, true",
    "release prod/web v1, true",
  })
  void knowsWhatOnlyOperatorsMayDo(String text, boolean acts) {
    assertThat(Command.parse(text).acts()).isEqualTo(acts);
  }
}
