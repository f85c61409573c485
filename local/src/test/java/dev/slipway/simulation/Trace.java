package dev.slipway.simulation;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** What happened in a history, to be read when it ends badly. */
final class Trace {

  private static final int MOST = 4000;

  private final InstantSource clock;
  private final List<String> lines = new ArrayList<>();

  Trace(InstantSource clock) {
    this.clock = clock;
  }

  void add(String line) {
    if (lines.size() < MOST) {
      lines.add(clock.instant() + " " + line);
    }
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }
}
