package dev.slipway.policy;

import java.util.Optional;
import org.semver4j.Semver;

/** Semantic versions as image tags write them, and npm's ranges. */
final class Versions {

  private Versions() {}

  /** A whole version, {@code v1.2.3} or {@code 1.2.3-rc.1}; empty for anything else. */
  static Optional<Semver> parse(String tag) {
    boolean prefixed = tag.length() > 1 && (tag.charAt(0) == 'v' || tag.charAt(0) == 'V');
    return Optional.ofNullable(Semver.parse(prefixed ? tag.substring(1) : tag));
  }

  /** As npm decides it: a pre-release only where the range names one of the same version. */
  static boolean inRange(Semver version, String range) {
    return version.satisfies(readable(range));
  }

  /** As if it were no pre-release. */
  static boolean inRangeButForPrerelease(Semver version, String range) {
    return version.satisfies(readable(range), true);
  }

  /** The library knows {@code *} and not {@code x}; a version's {@code v} means nothing. */
  private static String readable(String range) {
    String stripped = range.strip();
    return stripped.equalsIgnoreCase("x")
        ? "*"
        : stripped.replaceAll("(^|[\\s=])[vV](?=\\d)", "$1");
  }
}
