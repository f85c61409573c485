package dev.slipway.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each scenario of {@code ./slipway play list}, as fast as it can, one after the other in one
 * account whose functions stay up. {@code -Dslipway.scenarios=a,b} plays these alone.
 */
class ScenariosIT {

  private static final ByteArrayOutputStream PRINTED = new ByteArrayOutputStream();
  private static Playground playground;
  private static Console console;

  /** The demo has a test of its own. */
  static List<String> names() {
    String some = System.getProperty("slipway.scenarios", "");
    return some.isEmpty()
        ? ScenarioFile.names().stream().filter(name -> !name.equals("demo")).toList()
        : Arrays.asList(some.split(","));
  }

  @BeforeAll
  static void start() {
    playground = Playground.start(Path.of(System.getProperty("slipway.root")), 0, false);
    Screen screen = new Screen(new PrintStream(PRINTED, true, StandardCharsets.UTF_8), false, 160);
    console = new Console(screen, Playground.CHANNELS, true);
    playground.timeline().listen(console::entry);
    playground.slack().listen(console::slack);
  }

  @AfterAll
  static void stop() {
    playground.close();
  }

  @ParameterizedTest
  @MethodSource("names")
  void endsAsItShould(String name) {
    Scenario scenario = ScenarioFile.load(name);
    playground.reset();
    PRINTED.reset();
    playground.settle(scenario);
    Player player = new Player(playground, console, 0);
    List<String> wrong = new ArrayList<>();
    for (Player.Result result : player.play(scenario)) {
      if (!result.ok()) {
        wrong.add(result.step().name() + ": " + result.seen());
      }
    }
    wrong.addAll(player.leftovers(scenario));
    assertThat(wrong)
        .as(() -> name + ", as it was played:\n" + PRINTED.toString(StandardCharsets.UTF_8))
        .isEmpty();
  }
}
