package dev.slipway.chat;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** The Slack user ids of those who may act from chat; nobody if there is none. */
record Operators(Set<String> ids) {

  Operators {
    ids = Set.copyOf(ids);
  }

  /**
   * @param text ids with commas between them, as in the stack's parameter Operators
   */
  static Operators parse(String text) {
    return new Operators(
        Arrays.stream(text.split(","))
            .map(String::strip)
            .filter(id -> !id.isEmpty())
            .collect(Collectors.toSet()));
  }

  boolean may(String user) {
    return ids.contains(user);
  }
}
