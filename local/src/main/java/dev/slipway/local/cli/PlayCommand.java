package dev.slipway.local.cli;

import dev.slipway.local.demo.ScenarioFile;
import dev.slipway.local.demo.Screen;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Any scenario. */
@Command(name = "play", description = "Plays a scenario from local/src/main/resources/scenarios.")
final class PlayCommand implements Callable<Integer> {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "This.")
  private boolean help;

  @Parameters(paramLabel = "NAME", description = "Its name, or list for all of them.")
  private String name;

  @Mixin private PlayOptions options;

  @Override
  public Integer call() {
    if (!name.equals("list")) {
      return ScenarioRun.run(name, options);
    }
    Screen screen = Here.screen();
    for (String each : ScenarioFile.names()) {
      screen.line(Screen.column(each, 16) + " " + ScenarioFile.load(each).title());
    }
    return 0;
  }
}
