package dev.slipway.local.account;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What the tagging API knows: the tags of every resource that has any, indexed by key, so that a
 * question costs what its answer holds and not what the account holds.
 *
 * <p>In AWS this view lags behind the services that own the tags, and deleted ECS services stay
 * listed for minutes to days. Both can be set; neither is on at first.
 */
public final class TagIndex {

  /** A resource as the tagging API sees it. */
  public record Tagged(String arn, String type, Map<String, String> tags) {}

  private final Account account;
  private final TreeMap<String, Tagged> byArn = new TreeMap<>();
  private final Map<String, TreeSet<String>> byKey = new LinkedHashMap<>();
  private Duration lag = Duration.ZERO;
  private Duration tombstone = Duration.ZERO;

  public TagIndex(Account account) {
    this.account = account;
  }

  /**
   * @param lag how long a change of tags stays unseen
   * @param tombstone how long a deleted resource stays listed
   */
  public void stale(Duration lag, Duration tombstone) {
    account.exclusively(() -> {
      this.lag = lag;
      this.tombstone = tombstone;
    });
  }

  /** The resource's tags are now these. */
  public void put(String arn, String type, Map<String, String> tags) {
    // In the order given: a copy by Map.copyOf would order them differently in each JVM.
    Tagged tagged = new Tagged(arn, type, new LinkedHashMap<>(tags));
    afterwards(lag, () -> replace(arn, tagged));
  }

  /** The resource was deleted. */
  public void remove(String arn) {
    Tagged deleted = byArn.get(arn);
    afterwards(
        tombstone,
        () -> {
          // Unless it was created again meanwhile.
          if (byArn.get(arn) == deleted) {
            replace(arn, null);
          }
        });
  }

  private void afterwards(Duration delay, Runnable change) {
    if (delay.isZero()) {
      change.run();
    } else {
      account.after(delay, change);
    }
  }

  private void replace(String arn, Tagged tagged) {
    Tagged before = byArn.remove(arn);
    if (before != null) {
      before.tags().keySet().forEach(key -> byKey.get(key).remove(arn));
    }
    if (tagged != null && !tagged.tags().isEmpty()) {
      byArn.put(arn, tagged);
      tagged
          .tags()
          .keySet()
          .forEach(key -> byKey.computeIfAbsent(key, unused -> new TreeSet<>()).add(arn));
    }
  }

  /**
   * Resources that have all of {@code filters}' keys, each with one of its values (any value when
   * it names none), in order of their ARNs.
   *
   * @param after ARN behind which to start, or null
   * @param limit at most so many
   */
  public List<Tagged> find(
      Map<String, Set<String>> filters, Predicate<Tagged> also, String after, int limit) {
    NavigableSet<String> candidates = byArn.navigableKeySet();
    for (String key : filters.keySet()) {
      NavigableSet<String> having = byKey.getOrDefault(key, new TreeSet<>());
      if (having.size() < candidates.size()) {
        candidates = having;
      }
    }
    List<Tagged> found = new ArrayList<>();
    for (String arn : after == null ? candidates : candidates.tailSet(after, false)) {
      Tagged tagged = byArn.get(arn);
      if (matches(tagged, filters) && also.test(tagged)) {
        found.add(tagged);
        if (found.size() == limit) {
          break;
        }
      }
    }
    return found;
  }

  private static boolean matches(Tagged tagged, Map<String, Set<String>> filters) {
    return filters.entrySet().stream()
        .allMatch(filter -> {
          String value = tagged.tags().get(filter.getKey());
          return value != null
              && (filter.getValue().isEmpty() || filter.getValue().contains(value));
        });
  }
}
