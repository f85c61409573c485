package dev.slipway.local.cli;

import dev.slipway.local.demo.Console;
import dev.slipway.local.demo.Outcome;
import dev.slipway.local.demo.Player;
import dev.slipway.local.demo.Playground;
import dev.slipway.local.demo.Scenario;
import dev.slipway.local.demo.ScenarioFile;
import dev.slipway.local.demo.Screen;
import dev.slipway.local.demo.Screen.Style;
import java.time.Duration;
import java.util.List;

/** Plays a scenario in this terminal. */
final class ScenarioRun {

  private ScenarioRun() {}

  /**
   * @return 0 only if every step ended as it should
   */
  static int run(String name, PlayOptions options) {
    Screen screen = Here.screen();
    Scenario scenario = ScenarioFile.load(name);
    int speed = options.speed(scenario.speed());
    long started = System.nanoTime();
    screen.line(screen.styled(Style.STRONG, scenario.title()));
    if (!scenario.about().isEmpty()) {
      Screen.wrap(scenario.about(), screen.width()).forEach(screen::line);
    }
    screen.line();
    try (Playground playground = Playground.start(Here.root(), options.port(), false)) {
      playground.settle(scenario);
      fleet(screen, scenario.services());
      screen.line();
      screen.line("Watch it at " + screen.styled(Style.ACCENT, playground.pageUrl()));
      Console console = new Console(screen, Playground.CHANNELS, options.all());
      playground.timeline().listen(console::entry);
      playground.slack().listen(console::slack);
      Player player = new Player(playground, console, speed);
      List<Player.Result> results = player.play(scenario);
      List<String> leftovers = player.leftovers(scenario);
      Duration wall = Duration.ofNanos(System.nanoTime() - started);
      boolean ok = summary(screen, results, leftovers, wall);
      if (options.stay()) {
        screen.line();
        screen.line("The page stays at " + playground.pageUrl() + " until Ctrl-C.");
        playground.pace().speed(PlayOptions.DEFAULT_SPEED);
        Thread.sleep(Duration.ofDays(365));
      }
      return ok ? 0 : 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  static void fleet(Screen screen, List<Scenario.Service> services) {
    for (Scenario.Service service : services) {
      StringBuilder tags = new StringBuilder();
      service
          .tags()
          .forEach((key, value) -> tags.append(key).append(" = ").append(value).append("  "));
      screen.line(
          Screen.column(service.brief(), 15)
              + Screen.column(service.tasks() + " tasks", 9)
              + Screen.column(service.image(), 21)
              + screen.styled(Style.SOFT, tags.toString().strip()));
    }
  }

  private static boolean summary(
      Screen screen, List<Player.Result> results, List<String> leftovers, Duration wall) {
    int names = results.stream().mapToInt(result -> result.step().name().length()).max().orElse(0);
    screen.line();
    screen.line(
        screen.styled(
            Style.SOFT,
            Screen.column("step", names) + "  " + Screen.column("took", 9) + "ok   expected"));
    for (Player.Result result : results) {
      String ok =
          screen.styled(result.ok() ? Style.GOOD : Style.BAD, result.ok() ? "yes  " : "NO   ");
      String start =
          Screen.column(result.step().name(), names)
              + "  "
              + Screen.column(words(result.took()), 9)
              + ok;
      for (Outcome outcome : result.step().outcomes()) {
        screen.line(start + outcome.words());
        start = " ".repeat(names + 2 + 9 + 5);
      }
      if (!result.ok()) {
        screen.line(screen.styled(Style.BAD, "    seen: " + Screen.clean(result.seen())));
      }
    }
    long good = results.stream().filter(Player.Result::ok).count();
    boolean ok = good == results.size() && leftovers.isEmpty();
    screen.line();
    for (String leftover : leftovers) {
      screen.line(screen.styled(Style.BAD, "left behind: " + Screen.clean(leftover)));
    }
    screen.line(
        screen.styled(
                ok ? Style.GOOD : Style.BAD,
                good
                    + " of "
                    + results.size()
                    + (results.size() == 1 ? " step" : " steps")
                    + " ended as "
                    + (results.size() == 1 ? "it" : "they")
                    + " should")
            + screen.styled(
                Style.SOFT,
                ", by the ledger, by ECS and by Slack; " + wall.toSeconds() + " s of your time"));
    return ok;
  }

  private static String words(Duration time) {
    return time.toMinutes() > 0
        ? time.toMinutes() + " m " + time.toSecondsPart() + " s"
        : time.toSeconds() + " s";
  }
}
