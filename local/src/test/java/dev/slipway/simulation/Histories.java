package dev.slipway.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Many histories at once, one thread for each processor. */
final class Histories {

  private Histories() {}

  /** Seeds of the histories that end badly, with what they tell. */
  static Map<Long, String> play(long first, long count, Mutation mutation) {
    Map<Long, String> failures = new TreeMap<>();
    AtomicLong next = new AtomicLong(first);
    everywhere(() -> {
      for (long seed = next.getAndIncrement();
          seed < first + count;
          seed = next.getAndIncrement()) {
        Optional<String> failure = play(seed, mutation);
        if (failure.isPresent()) {
          synchronized (failures) {
            failures.put(seed, failure.get());
          }
        }
      }
    });
    return failures;
  }

  /**
   * The first seed that finds the mistake, with what it tells.
   *
   * @param most histories after which it counts as invisible
   */
  static Optional<Map.Entry<Long, String>> firstToFind(Mutation mutation, long most) {
    // Blocks, so that the answer does not depend on which thread is quicker.
    int block = 2 * Runtime.getRuntime().availableProcessors();
    for (long first = 1; first <= most; first += block) {
      Map<Long, String> failures = play(first, Math.min(block, most - first + 1), mutation);
      if (!failures.isEmpty()) {
        return Optional.of(failures.entrySet().iterator().next());
      }
    }
    return Optional.empty();
  }

  private static Optional<String> play(long seed, Mutation mutation) {
    try {
      new History(seed, mutation).play();
      return Optional.empty();
    } catch (AssertionError e) {
      return Optional.of(e.getMessage());
    }
  }

  private static void everywhere(Runnable work) {
    int threads = Runtime.getRuntime().availableProcessors();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        all.add(executor.submit(work));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException("a history broke off", e.getCause());
    }
  }

  /** The shortest in full, the others by their first line. */
  static String report(Map<Long, String> failures, long count) {
    String shortest =
        failures.values().stream().min(Comparator.comparingInt(String::length)).orElse("");
    StringBuilder text = new StringBuilder();
    text.append(failures.size())
        .append(" of ")
        .append(count)
        .append(" histories end badly; the shortest:\n")
        .append(shortest)
        .append("\nAll:\n");
    failures
        .values()
        .forEach(failure -> text.append(failure.lines().findFirst().orElse("")).append('\n'));
    return text.toString();
  }
}
