package dev.slipway.local.cli;

import dev.slipway.local.demo.ScenarioFile;
import dev.slipway.local.demo.Screen;
import dev.slipway.local.demo.Screen.Style;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Any scenario. */
@Command(
    name = "play",
    description =
        "Plays a scenario on an account in this process: what the CI job, people and chance do, and"
            + " what Slipway has to make of it. Exit status 0 only if every step ended as it"
            + " should.")
final class PlayCommand implements Callable<Integer> {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "This.")
  private boolean help;

  @Parameters(
      paramLabel = "NAME",
      description =
          "Its name; list for all of them; or a file of your own, ./mine.yaml, written like those"
              + " in local/src/main/resources/scenarios.")
  private String name;

  @Mixin private PlayOptions options;

  @Override
  public Integer call() {
    if (!name.equals("list")) {
      return ScenarioRun.run(name, options);
    }
    Screen screen = Here.screen();
    int width = ScenarioFile.names().stream().mapToInt(String::length).max().orElse(0);
    for (ScenarioFile.Group group : ScenarioFile.groups()) {
      screen.line();
      screen.line(screen.styled(Style.STRONG, group.title()));
      for (String each : group.names()) {
        screen.line(
            "  "
                + screen.styled(Style.ACCENT, Screen.column(each, width))
                + "  "
                + ScenarioFile.load(each).title());
      }
    }
    screen.line();
    screen.line("./slipway play NAME plays one; ./slipway play ./mine.yaml plays your own.");
    return 0;
  }
}
