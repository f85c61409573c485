package dev.slipway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation can see: each of these mistakes is found. */
class MutationsTest {

  /** Histories after which a mistake that is still not found counts as invisible. */
  private static final int PATIENCE = 400;

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "SKIPS_THE_CONDITION"})
  void isFound(Mutation mutation) {
    assertThat(found(mutation)).as("what is wrong when the code " + mutation).isPresent();
  }

  private static Optional<String> found(Mutation mutation) {
    for (long seed = 1; seed <= PATIENCE; seed++) {
      try {
        new History(seed, mutation).play();
      } catch (AssertionError e) {
        String first = e.getMessage().lines().findFirst().orElse("");
        System.out.println(mutation + " is found: " + first);
        return Optional.of(first);
      }
    }
    return Optional.empty();
  }
}
