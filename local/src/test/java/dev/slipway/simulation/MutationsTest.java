package dev.slipway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation can see: each of these mistakes is found. */
class MutationsTest {

  /** Histories after which a mistake that is still not found counts as invisible. */
  private static final long PATIENCE = 1000;

  @ParameterizedTest(name = "{0}")
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void isFound(Mutation mutation) {
    Optional<Map.Entry<Long, String>> found = Histories.firstToFind(mutation, PATIENCE);
    assertThat(found).as("what is wrong when the code " + mutation).isPresent();
    System.out.println(
        mutation + " is found: " + found.get().getValue().lines().findFirst().orElse(""));
  }
}
