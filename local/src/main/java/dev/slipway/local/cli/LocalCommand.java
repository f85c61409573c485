package dev.slipway.local.cli;

import dev.slipway.local.demo.Console;
import dev.slipway.local.demo.Playground;
import dev.slipway.local.demo.Scenario;
import dev.slipway.local.demo.ScenarioFile;
import dev.slipway.local.demo.Screen;
import dev.slipway.local.demo.Screen.Style;
import dev.slipway.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The account, until Ctrl-C. */
@Command(
    name = "local",
    description = "Starts the account with the demo's services, and keeps it up until Ctrl-C.")
final class LocalCommand implements Callable<Integer> {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "This.")
  private boolean help;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port of the account, 0 for any. Default: ${DEFAULT-VALUE}.")
  private int port = 4510;

  @Option(
      names = "--speed",
      paramLabel = "N",
      description = "Account seconds in a second of yours. Default: ${DEFAULT-VALUE}.")
  private int speed = 10;

  @Option(names = "--all", description = "Print each change of a task, and the clock, too.")
  private boolean all;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Screen screen = Here.screen();
    Scenario scenario = ScenarioFile.load("demo");
    Path addressFile = Here.addressFile();
    try (Playground playground = start()) {
      playground.settle(scenario);
      playground.pace().speed(speed);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> forget(addressFile)));
      tell(addressFile, playground);
      welcome(screen, scenario, playground);
      Console console = new Console(screen, Playground.CHANNELS, all);
      playground.timeline().listen(console::entry);
      playground.slack().listen(console::slack);
      Thread.sleep(Duration.ofDays(365));
    }
    return 0;
  }

  private Playground start() {
    try {
      return Playground.start(Here.root(), port, true);
    } catch (UncheckedIOException taken) {
      throw new IllegalStateException(
          taken.getMessage()
              + ": is an account up already? ./slipway local --port 0 takes any free port",
          taken);
    }
  }

  private static void tell(Path file, Playground playground) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        Json.pretty(
            Json.object()
                .put("endpoint", playground.account().endpoint().toString())
                .put("page", playground.pageUrl())
                .put("region", playground.account().stack().surroundings().region())
                .put("pid", ProcessHandle.current().pid())));
  }

  /** A leftover is found out by whoever tries the address in it. */
  private static void forget(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException cannot) {
      System.err.println("slipway: could not remove " + file + ": " + cannot.getMessage());
    }
  }

  private static void welcome(Screen screen, Scenario scenario, Playground playground) {
    String endpoint = playground.account().endpoint().toString();
    ScenarioRun.fleet(screen, scenario.services());
    screen.line();
    screen.line("Page      " + screen.styled(Style.ACCENT, playground.pageUrl()));
    screen.line("Account   " + endpoint + " (123456789012 in eu-west-1; nothing of it is in AWS)");
    screen.line();
    screen.line("In another terminal:");
    screen.line("  ./slipway push team/web v1.5.0");
    screen.line("  ./slipway push team/web v1.6.0 --crash");
    screen.line();
    screen.line("Or with any AWS client:");
    screen.line("  export AWS_ENDPOINT_URL=" + endpoint + " AWS_DEFAULT_REGION=eu-west-1");
    screen.line("  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local");
    screen.line("  aws ecs describe-services --cluster shop --services web");
    screen.line("  aws ecr describe-images --repository-name team/web");
    screen.line();
    screen.line(screen.styled(Style.SOFT, "What happens from here on, until Ctrl-C:"));
  }
}
