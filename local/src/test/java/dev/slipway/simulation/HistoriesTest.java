package dev.slipway.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Thousands of histories in which everything goes wrong that can. As many as one likes: {@code
 * -Dslipway.histories=100000 -Dslipway.firstSeed=1}; one alone: {@code -Dslipway.seed=42}.
 */
class HistoriesTest {

  private static final long MANY = 2000;

  @Test
  void everyHistoryEndsInTheTruth() {
    Long alone = Long.getLong("slipway.seed");
    long first = Long.getLong("slipway.firstSeed", 1);
    long count = Long.getLong("slipway.histories", MANY);
    LongStream seeds =
        alone != null ? LongStream.of(alone) : LongStream.range(first, first + count);
    List<String> failures = new ArrayList<>();
    seeds.forEach(seed -> {
      try {
        new History(seed).play();
      } catch (AssertionError e) {
        failures.add(e.getMessage());
      }
    });
    if (!failures.isEmpty()) {
      failures.sort((a, b) -> Integer.compare(a.length(), b.length()));
      throw new AssertionError(
          failures.size()
              + " histories end badly; the shortest:\n"
              + failures.getFirst()
              + "\nAll:\n"
              + String.join(
                  "\n", failures.stream().map(f -> f.lines().findFirst().orElse("")).toList()));
    }
  }
}
