package dev.slipway.local.cli;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How a scenario is played. */
final class PlayOptions {

  /** One of them. */
  static final class Speed {
    @Option(
        names = "--speed",
        paramLabel = "N",
        description =
            "Account seconds in a second of yours; 1 is real time. Default: what the scenario says,"
                + " or 10.")
    private Integer factor;

    @Option(names = "--fast", description = "As fast as the machine can.")
    private boolean fast;
  }

  static final int DEFAULT_SPEED = 10;
  private static final int FASTEST = 1000;

  @ArgGroup(exclusive = true)
  private Speed speed;

  @Option(names = "--port", paramLabel = "N", description = "Port of the account. Default: any.")
  private int port;

  @Option(names = "--all", description = "Print each change of a task, and the clock, too.")
  private boolean all;

  @Option(names = "--stay", description = "Keep the page up at the end, until Ctrl-C.")
  private boolean stay;

  /**
   * Account seconds in a real second; 0 for as fast as it can.
   *
   * @param otherwise where the user does not say
   */
  int speed(int otherwise) {
    if (speed == null) {
      return otherwise;
    }
    if (speed.fast) {
      return 0;
    }
    if (speed.factor < 1 || speed.factor > FASTEST) {
      throw new IllegalArgumentException(
          "--speed is between 1 and " + FASTEST + ", not " + speed.factor);
    }
    return speed.factor;
  }

  int port() {
    return port;
  }

  boolean all() {
    return all;
  }

  boolean stay() {
    return stay;
  }
}
