package dev.slipway.local.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What {@code ./slipway} starts. */
@Command(
    name = "slipway",
    description = "An AWS account on this laptop, with Slipway in it.",
    subcommands = {DemoCommand.class, LocalCommand.class, PushCommand.class, PlayCommand.class})
final class Main {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "This.")
  private boolean help;

  private Main() {}

  /** Ends the process with 0 if all went well, 1 if not, 2 if it was asked wrongly. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    return new CommandLine(new Main())
        .setExecutionExceptionHandler((failure, line, parsed) -> {
          line.getErr().println("slipway: " + failure.getMessage());
          if (System.getenv("SLIPWAY_TRACE") != null) {
            failure.printStackTrace(line.getErr());
          }
          return 1;
        })
        .execute(arguments);
  }
}
