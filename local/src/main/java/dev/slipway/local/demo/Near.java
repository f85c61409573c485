package dev.slipway.local.demo;

import dev.slipway.follow.Spelling;
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
            Spelling.distance(small, each) <= Math.max(2, each.length() / 3)
                || (small.length() > 3 && each.startsWith(small)))
        .min(Comparator.comparingInt(each -> Spelling.distance(small, each)));
  }

  /** The end of a sentence: {@code ; did you mean 'push'?}, or a full stop. */
  static String hint(String word, Collection<String> known) {
    return to(word, known).map(near -> "; did you mean '" + near + "'?").orElse(".");
  }
}
