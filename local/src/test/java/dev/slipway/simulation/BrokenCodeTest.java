package dev.slipway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Mistakes in the classes that are shipped, where {@link MutationsTest} changes what stands around
 * them.
 */
class BrokenCodeTest {

  private static final long PATIENCE = 1000;
  private static final long BLOCK = 50;

  @ParameterizedTest(name = "{0}.{1} always says {2}")
  @CsvSource({
    "dev.slipway.deployment.Head, quarantined, false",
    "dev.slipway.deployment.SomebodyElse, deployedElsewhere, false",
    "dev.slipway.verdict.TaskFailures, failed, true",
    "dev.slipway.deployment.InFlight, asksFor, false",
    "dev.slipway.deployment.Deadline, draining, false",
    "dev.slipway.deployment.InFlight, notListedYet, false",
    "dev.slipway.deployment.Deadline, stalled, false",
    "dev.slipway.deploy.EcsController, movesTo, true",
    "dev.slipway.deploy.WayForward, unchanged, true",
    "dev.slipway.verdict.Judge, ecsCounts, false",
  })
  void isFound(String type, String method, boolean answer) {
    Broken code = new Broken(type, method, answer);
    Optional<Map<Long, String>> found =
        LongStream.iterate(1, first -> first <= PATIENCE, first -> first + BLOCK)
            .mapToObj(first -> code.play(first, BLOCK))
            .filter(failures -> !failures.isEmpty())
            .findFirst();

    assertThat(found).as("what is wrong when %s.%s says %s", type, method, answer).isPresent();
  }
}
