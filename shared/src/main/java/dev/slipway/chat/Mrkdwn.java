package dev.slipway.chat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/**
 * Text in Slack's mrkdwn. Everything that comes from outside passes {@link #escape} or {@link
 * #code} before it is put into a message: otherwise a task's error text could name everybody in the
 * channel.
 *
 * @see <a href="https://docs.slack.dev/messaging/formatting-message-text">formatting text</a>
 */
public final class Mrkdwn {

  /** Ids of Slack's users: https://docs.slack.dev/reference/objects/user-object */
  private static final Pattern USER = Pattern.compile("[UW][A-Z0-9]{2,20}");

  /** Control characters other than line breaks and tabs; they can move a terminal's cursor. */
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\\n\\t]]");

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  private Mrkdwn() {}

  /** Text from outside, as it reads, with no power over the message. */
  public static String escape(String text) {
    return CONTROL
        .matcher(text)
        .replaceAll("")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;");
  }

  /** Text from outside in one line of code style. */
  public static String code(String text) {
    return "`" + escape(text).replace('`', '\'').replace('\n', ' ') + "`";
  }

  /** Lines from outside as a block of code. */
  public static String codeBlock(String text) {
    return "```\n" + escape(text).replace("```", "'''") + "\n```";
  }

  /** A person: a mention for one of Slack's user ids, the name for anything else. */
  public static String person(String by) {
    return USER.matcher(by).matches() ? "<@" + by + ">" : escape(by);
  }

  /** A time of day in each reader's own time zone. */
  public static String time(Instant at) {
    return "<!date^" + at.getEpochSecond() + "^{time}|" + CLOCK.format(at) + ">";
  }

  /** A day and a time of day in each reader's own time zone. */
  public static String day(Instant at) {
    return "<!date^" + at.getEpochSecond() + "^{date_short_pretty} {time}|" + DAY.format(at) + ">";
  }

  /** {@code 42 s}, {@code 2 m 5 s}, {@code 1 h 10 m}. */
  public static String duration(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return seconds / 60 + " m" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
    }
    long minutes = seconds / 60;
    return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " m");
  }

  /**
   * The text, or its beginning with an ellipsis, in at most {@code most} characters; never cuts an
   * escape or a pair of surrogates in two.
   */
  public static String fit(String escaped, int most) {
    if (escaped.length() <= most) {
      return escaped;
    }
    int end = most - 1;
    // The longest escape has five characters.
    int ampersand = escaped.lastIndexOf('&', end - 1);
    if (ampersand >= 0 && end - ampersand <= 5 && escaped.indexOf(';', ampersand) >= end) {
      end = ampersand;
    }
    if (Character.isHighSurrogate(escaped.charAt(end - 1))) {
      end--;
    }
    return escaped.substring(0, end) + "…";
  }

  /** First letter in upper case. */
  static String sentence(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + text.substring(1);
  }
}
