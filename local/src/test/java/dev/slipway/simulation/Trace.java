package dev.slipway.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened in a history, to be read when it ends badly: who did what when. What runs between
 * two calls of something else stands further in.
 */
final class Trace {

  /** A history that goes in circles must not fill the memory. */
  private static final int MOST = 20_000;

  private record Line(Instant at, int depth, String text) {}

  private final InstantSource clock;
  private final Instant start;
  private final List<Line> lines = new ArrayList<>();
  private int depth;

  Trace(InstantSource clock) {
    this.clock = clock;
    this.start = clock.instant();
  }

  void add(String text) {
    if (lines.size() < MOST) {
      lines.add(new Line(clock.instant(), depth, text));
    }
  }

  /** What {@code work} adds belongs to the line before it. */
  void within(Runnable work) {
    depth++;
    try {
      work.run();
    } finally {
      depth--;
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      Duration since = Duration.between(start, line.at());
      text.append(
              "%3d:%02d:%02d  "
                  .formatted(since.toHours(), since.toMinutesPart(), since.toSecondsPart()))
          .append("  ".repeat(line.depth()))
          .append(line.text())
          .append('\n');
    }
    return text.toString();
  }
}
