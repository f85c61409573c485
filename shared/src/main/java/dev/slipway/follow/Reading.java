package dev.slipway.follow;

import dev.slipway.follow.Settings.Audience;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What {@link FollowerTags} made of a service's tags. */
public sealed interface Reading {

  /**
   * The service follows something, or only observes, or is switched off ({@link Settings#state}).
   * Of a service that is switched off, what cannot be read is left out without a word.
   */
  record Following(Settings settings) implements Reading {}

  /**
   * At least one tag cannot be read. Nothing starts on this service until that is put right.
   *
   * @param audience where to tell, as far as that could be read
   * @param problems never empty
   */
  record Unreadable(Audience audience, List<TagProblem> problems) implements Reading {
    public Unreadable {
      problems = List.copyOf(problems);
      if (problems.isEmpty()) {
        throw new IllegalArgumentException("tags without a problem are not unreadable");
      }
    }

    /** All problems, one sentence each. */
    public String text() {
      return problems.stream().map(TagProblem::sentence).collect(Collectors.joining(" "));
    }
  }

  /**
   * The service does not ask for anything.
   *
   * @param why one sentence: which tag is missing
   */
  record NotFollowing(String why) implements Reading {}

  /** The settings, if the tags can be read and follow something. */
  default Optional<Settings> following() {
    return this instanceof Following(Settings settings) ? Optional.of(settings) : Optional.empty();
  }

  /** How long without progress is too long; the default, where the tags do not say. */
  default Duration deadline() {
    return following().map(Settings::deadline).orElse(Settings.DEFAULT_DEADLINE);
  }

  /** Where to tell about the service, as far as its tags say so. */
  default Audience audience() {
    return switch (this) {
      case Following(Settings settings) -> settings.audience();
      case Unreadable(Audience audience, List<TagProblem> problems) -> audience;
      case NotFollowing(String why) -> Audience.DEFAULT;
    };
  }
}
