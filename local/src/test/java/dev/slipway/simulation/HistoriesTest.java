package dev.slipway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Thousands of histories in which everything goes wrong that can. As many as one likes: {@code
 * ./slipway histories 100000}; from another seed on: {@code ./slipway histories 1000 5000}; one
 * alone, with its trace when it ends badly: {@code ./slipway histories 1 42}.
 */
class HistoriesTest {

  private static final long MANY = 3000;

  @Test
  void everyHistoryEndsInTheTruth() {
    long first = Long.getLong("slipway.firstSeed", 1);
    long count = Long.getLong("slipway.histories", MANY);
    Map<Long, String> failures = Histories.play(first, count, Mutation.NONE);
    System.out.println(
        count
            + " histories from seed "
            + first
            + " on: "
            + (count - failures.size())
            + " end in the truth, "
            + failures.size()
            + " do not");
    if (!failures.isEmpty()) {
      throw new AssertionError(Histories.report(failures, count));
    }
  }

  @Test
  void theSameSeedPlaysTheSameHistory() {
    for (long seed = 1; seed <= 5; seed++) {
      History one = new History(seed);
      one.play();
      History other = new History(seed);
      other.play();
      assertThat(other.trace()).isEqualTo(one.trace());
    }
  }
}
