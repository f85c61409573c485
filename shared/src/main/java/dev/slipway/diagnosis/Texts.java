package dev.slipway.diagnosis;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** How lengths and times are written. */
final class Texts {

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  private Texts() {}

  /** At most {@code limit} characters on one line; what is cut shows as an ellipsis. */
  static String cap(String text, int limit) {
    return capLine(text.replace('\t', ' ').strip(), limit);
  }

  /** The same for a line of a log, whose indentation tells what belongs together. */
  static String capLine(String text, int limit) {
    String line = text.replace('\n', ' ').replace("\t", "    ").stripTrailing();
    if (line.length() <= limit) {
      return line;
    }
    int end = limit - 1;
    if (Character.isHighSurrogate(line.charAt(end - 1))) {
      end--;
    }
    return line.substring(0, end).stripTrailing() + "…";
  }

  /** With a capital letter. */
  static String sentence(String words) {
    return words.isEmpty() ? words : Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  /** {@code 2026-01-05 09:00 UTC}. */
  static String at(Instant time) {
    return MINUTE.format(time);
  }

  /** {@code 4 s}, {@code 3 min 20 s}, {@code 2 h 5 min}, {@code 1 d 3 h}. */
  static String human(Duration duration) {
    if (duration.isNegative() || duration.toMillis() < 1000) {
      return "less than a second";
    }
    if (duration.toMinutes() < 1) {
      return duration.toSeconds() + " s";
    }
    if (duration.toHours() < 1) {
      return pair(duration.toMinutes(), "min", duration.toSecondsPart(), "s");
    }
    if (duration.toDays() < 1) {
      return pair(duration.toHours(), "h", duration.toMinutesPart(), "min");
    }
    return pair(duration.toDays(), "d", duration.toHoursPart(), "h");
  }

  private static String pair(long large, String unit, int small, String smallUnit) {
    return large + " " + unit + (small == 0 ? "" : " " + small + " " + smallUnit);
  }

  /** AWS leaves out what it has nothing to say in. */
  static String orEmpty(String maybe) {
    return maybe == null ? "" : maybe;
  }
}
