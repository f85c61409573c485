package dev.slipway.local.template;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;

/** The two fields of a cron expression that choose days; only one of them does so at a time. */
final class CronDays {

  private static final CronField OF_MONTH = CronField.of("day-of-month", 1, 31, List.of());
  private static final CronField OF_WEEK =
      CronField.of("day-of-week", 1, 7, List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"));

  private CronDays() {}

  /** {@code L} is the last day, {@code 3W} the weekday nearest to the third. */
  static Predicate<LocalDate> ofMonth(String text) {
    if (text.equals("L")) {
      return date -> date.getDayOfMonth() == date.lengthOfMonth();
    }
    if (text.endsWith("W")) {
      int day = OF_MONTH.value(text.substring(0, text.length() - 1));
      return date ->
          day <= date.lengthOfMonth() && date.equals(nearestWeekday(YearMonth.from(date), day));
    }
    BitSet days = OF_MONTH.values(text);
    return date -> days.get(date.getDayOfMonth());
  }

  /** In the same month always. */
  private static LocalDate nearestWeekday(YearMonth month, int day) {
    LocalDate date = month.atDay(day);
    if (date.getDayOfWeek() == DayOfWeek.SATURDAY) {
      return day == 1 ? date.plusDays(2) : date.minusDays(1);
    }
    if (date.getDayOfWeek() == DayOfWeek.SUNDAY) {
      return day == month.lengthOfMonth() ? date.minusDays(2) : date.plusDays(1);
    }
    return date;
  }

  /** {@code L} is Saturday, {@code 6L} the month's last Friday, {@code 3#2} its second Tuesday. */
  static Predicate<LocalDate> ofWeek(String text) {
    if (text.equals("L")) {
      return date -> date.getDayOfWeek() == DayOfWeek.SATURDAY;
    }
    if (text.endsWith("L")) {
      int day = OF_WEEK.value(text.substring(0, text.length() - 1));
      return date -> number(date) == day && date.getDayOfMonth() + 7 > date.lengthOfMonth();
    }
    int hash = text.indexOf('#');
    if (hash >= 0) {
      int day = OF_WEEK.value(text.substring(0, hash));
      int which =
          CronField.of("day-of-week, behind #,", 1, 5, List.of()).value(text.substring(hash + 1));
      return date -> number(date) == day && (date.getDayOfMonth() - 1) / 7 + 1 == which;
    }
    BitSet days = OF_WEEK.values(text);
    return date -> days.get(number(date));
  }

  /** AWS counts from Sunday, which is 1. */
  private static int number(LocalDate date) {
    return date.getDayOfWeek().getValue() % 7 + 1;
  }
}
