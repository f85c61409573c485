package dev.slipway.local.template;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When a rule of EventBridge with a schedule runs. Time zone UTC, exact to the minute.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html">
 *     schedule expressions</a>
 */
public sealed interface Schedule {

  /** The first run after that moment; empty if there is none any more. */
  Optional<Instant> next(Instant after);

  /** {@code rate(5 minutes)}. */
  record Rate(Duration every) implements Schedule {
    @Override
    public Optional<Instant> next(Instant after) {
      return Optional.of(after.plus(every));
    }
  }

  /** {@code cron(minutes hours day-of-month month day-of-week year)}. */
  record Cron(BitSet minutes, BitSet hours, Predicate<LocalDate> days) implements Schedule {

    @Override
    public Optional<Instant> next(Instant after) {
      var from = after.atZone(ZoneOffset.UTC).withSecond(0).withNano(0).plusMinutes(1);
      int hour = from.getHour();
      int minute = from.getMinute();
      for (LocalDate day = from.toLocalDate(); day.getYear() <= LAST_YEAR; day = day.plusDays(1)) {
        if (days.test(day)) {
          for (int h = hours.nextSetBit(hour); h >= 0; h = hours.nextSetBit(h + 1)) {
            int m = minutes.nextSetBit(h == hour ? minute : 0);
            if (m >= 0) {
              return Optional.of(day.atTime(h, m).toInstant(ZoneOffset.UTC));
            }
          }
        }
        hour = 0;
        minute = 0;
      }
      return Optional.empty();
    }
  }

  /** Years that AWS takes. */
  int FIRST_YEAR = 1970;

  int LAST_YEAR = 2199;

  Pattern RATE = Pattern.compile("rate\\((\\d+) (minute|hour|day)s?\\)");
  Pattern CRON = Pattern.compile("cron\\(([^()]*)\\)");

  /**
   * @throws IllegalArgumentException naming the part that is wrong, and what EventBridge takes
   */
  static Schedule parse(String expression) {
    Matcher rate = RATE.matcher(expression);
    if (rate.matches()) {
      return rate(expression, rate.group(1), rate.group(2));
    }
    Matcher cron = CRON.matcher(expression);
    if (cron.matches()) {
      return cron(expression, cron.group(1).strip().split("\\s+"));
    }
    throw new IllegalArgumentException(
        "EventBridge wants rate(5 minutes) or cron(0 6 * * ? *), not " + expression);
  }

  private static Schedule rate(String expression, String number, String unit) {
    int value = Integer.parseInt(number);
    boolean plural = expression.endsWith("s)");
    if (value == 0 || (value == 1) == plural) {
      throw new IllegalArgumentException(
          "EventBridge wants rate(1 minute) or rate(2 minutes), not " + expression);
    }
    return new Rate(
        switch (unit) {
          case "minute" -> Duration.ofMinutes(value);
          case "hour" -> Duration.ofHours(value);
          default -> Duration.ofDays(value);
        });
  }

  private static Schedule cron(String expression, String[] fields) {
    if (fields.length != 6) {
      throw new IllegalArgumentException(
          expression
              + " has "
              + fields.length
              + " fields; EventBridge wants six: minutes hours day-of-month month day-of-week"
              + " year");
    }
    if (fields[2].equals("?") == fields[4].equals("?")) {
      throw new IllegalArgumentException(
          expression + " must have ? for day-of-month or for day-of-week, and not for both");
    }
    BitSet months =
        CronField.of(
                "month",
                1,
                12,
                List.of(
                    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV",
                    "DEC"))
            .values(fields[3]);
    BitSet years = CronField.of("year", FIRST_YEAR, LAST_YEAR, List.of()).values(fields[5]);
    Predicate<LocalDate> days =
        fields[4].equals("?") ? CronDays.ofMonth(fields[2]) : CronDays.ofWeek(fields[4]);
    return new Cron(
        CronField.of("minutes", 0, 59, List.of()).values(fields[0]),
        CronField.of("hours", 0, 23, List.of()).values(fields[1]),
        date -> years.get(date.getYear()) && months.get(date.getMonthValue()) && days.test(date));
  }
}
