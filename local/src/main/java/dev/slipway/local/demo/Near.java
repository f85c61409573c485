package dev.slipway.local.demo;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What somebody may have meant. */
final class Near {

  private Near() {}

  /** The known word that differs from this one by a slip of the hand, if there is one. */
  static Optional<String> to(String word, Collection<String> known) {
    String small = word.toLowerCase(Locale.ROOT);
    return known.stream()
        .filter(each ->
            distance(small, each) <= Math.max(2, each.length() / 3)
                || (small.length() > 3 && each.startsWith(small)))
        .min(Comparator.comparingInt(each -> distance(small, each)));
  }

  /** The end of a sentence: {@code ; did you mean 'push'?}, or a full stop. */
  static String hint(String word, Collection<String> known) {
    return to(word, known).map(near -> "; did you mean '" + near + "'?").orElse(".");
  }

  /** Letters to change, add or leave out: Levenshtein's distance. */
  private static int distance(String one, String other) {
    int[] previous = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] current = new int[other.length() + 1];
      current[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int change = previous[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(change, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[other.length()];
  }
}
