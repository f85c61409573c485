package dev.slipway.simulation;

import java.util.Comparator;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The versions that developers push where the service follows {@code semver:1.x}. */
final class Releases {

  /** What the service has run all along. */
  static final String FIRST = "1.0.0";

  private static final Pattern WANTED = Pattern.compile("1\\.(\\d+)\\.(\\d+)");

  /** By the number of versions, not by their text. */
  static final Comparator<String> ORDER =
      Comparator.comparingInt((String tag) -> number(tag, 1))
          .thenComparingInt(tag -> number(tag, 2));

  private int minor;
  private int patch;

  /** Mostly higher than all before, as releases are; a fix of an older one; or none of 1.x. */
  String next(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> "2.0." + random.nextInt(3);
      case 1 -> "1." + (minor + 1) + ".0-rc." + random.nextInt(3);
      case 2 -> "nightly-" + random.nextInt(3);
      case 3 -> "1." + minor + "." + patch;
      case 4, 5 -> "1." + random.nextInt(minor + 1) + "." + random.nextInt(9);
      default -> higher(random);
    };
  }

  /** Higher than any that {@link #higher} gave before. */
  String higher(Random random) {
    if (random.nextBoolean()) {
      minor++;
      patch = 0;
    } else {
      // Beyond the fixes of older ones.
      patch = Math.max(patch, 9) + 1;
    }
    return "1." + minor + "." + patch;
  }

  /** Whether it is a whole version in 1.x. */
  static boolean wanted(String tag) {
    return WANTED.matcher(tag).matches();
  }

  private static int number(String tag, int group) {
    Matcher matcher = WANTED.matcher(tag);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(tag + " is no version in 1.x");
    }
    return Integer.parseInt(matcher.group(group));
  }
}
