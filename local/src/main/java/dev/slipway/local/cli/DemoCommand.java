package dev.slipway.local.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The main job, played. */
@Command(
    name = "demo",
    description =
        "Plays the main job on an account in this process: a push that rolls out, one that fails"
            + " and goes back, one that is refused, and one that comes while another is in flight."
            + " Exit status 0 only if every step ended as it should.")
final class DemoCommand implements Callable<Integer> {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "This.")
  private boolean help;

  @Mixin private PlayOptions options;

  @Override
  public Integer call() {
    return ScenarioRun.run("demo", options);
  }
}
