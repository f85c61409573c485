package dev.slipway.follow;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The ranges of semantic versions that fit into an ECS tag, which has none of {@code ^ ~ > < * |}.
 * They mean what they mean to npm.
 *
 * @see <a href="https://github.com/npm/node-semver#advanced-range-syntax">npm's ranges</a>
 */
final class VersionRange {

  /** Nine digits at most: a larger number does not fit the comparison, and nobody means it. */
  private static final String NUMBER = "(?:0|[1-9]\\d{0,8})";

  private static final String VERSION =
      "v?" + NUMBER + "\\." + NUMBER + "\\." + NUMBER + "(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?";

  /** {@code 1}, {@code 1.4}, {@code 1.x}, {@code 1.4.x}. */
  private static final String PARTIAL =
      "v?" + NUMBER + "(?:\\.(?:[xX](?:\\.[xX])?|" + NUMBER + "(?:\\.[xX])?))?";

  private static final String BOUND = "(?:" + VERSION + "|v?" + NUMBER + "(?:\\." + NUMBER + ")?)";

  private static final Pattern RANGE =
      Pattern.compile("[xX]|=?" + VERSION + "|" + PARTIAL + "|" + BOUND + " +- +" + BOUND);

  private VersionRange() {}

  /** What is wrong with it, or empty. */
  static Optional<String> problem(String range) {
    return RANGE.matcher(range).matches()
        ? Optional.empty()
        : Optional.of("is not a range of versions that a tag can hold");
  }
}
