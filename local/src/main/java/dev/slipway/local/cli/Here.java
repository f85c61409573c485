package dev.slipway.local.cli;

import dev.slipway.local.demo.Screen;
import java.nio.file.Path;

/** What the script tells about where and how the command was started. */
final class Here {

  private Here() {}

  /** Root of the repository. */
  static Path root() {
    return Path.of(System.getProperty("slipway.root", ".")).toAbsolutePath().normalize();
  }

  /** Where a running account says how it is reached. */
  static Path addressFile() {
    return root().resolve(".slipway").resolve("local.json");
  }

  static Screen screen() {
    return Screen.of(
        System.out,
        Boolean.getBoolean("slipway.terminal"),
        System.getenv("NO_COLOR"),
        System.getProperty("slipway.columns"));
  }
}
