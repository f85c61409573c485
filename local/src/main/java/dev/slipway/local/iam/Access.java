package dev.slipway.local.iam;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What IAM is asked: one action on one resource, in a context.
 *
 * @param context condition keys and their values; keys compare without regard to case, as in IAM
 */
public record Access(String action, String resource, Map<String, List<String>> context) {

  public Access {
    Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    copy.putAll(context);
    context = java.util.Collections.unmodifiableMap(copy);
  }

  public static Access of(String action, String resource) {
    return new Access(action, resource, Map.of());
  }

  public Access with(String key, String... values) {
    return with(key, List.of(values));
  }

  public Access with(String key, List<String> values) {
    Map<String, List<String>> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    more.putAll(context);
    more.put(key, List.copyOf(values));
    return new Access(action, resource, more);
  }
}
