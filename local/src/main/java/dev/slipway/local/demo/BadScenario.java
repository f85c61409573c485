package dev.slipway.local.demo;

/**
 * A scenario's file that cannot be played: what is wrong, with the file, the line and the value.
 */
public final class BadScenario extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  BadScenario(String message) {
    super(message);
  }

  /**
   * @param line counts from 1
   */
  static BadScenario at(String file, int line, String what) {
    return new BadScenario(file + ":" + line + ": " + what);
  }
}
