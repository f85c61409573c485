package dev.slipway.local.template;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * A field of numbers: {@code *}, {@code 5}, {@code 1-5}, {@code 0/15}, {@code MON,WED}.
 *
 * @param names of the values, from {@code first} on
 */
record CronField(String name, int first, int last, List<String> names) {

  static CronField of(String name, int first, int last, List<String> names) {
    return new CronField(name, first, last, names);
  }

  BitSet values(String text) {
    BitSet values = new BitSet();
    for (String part : text.split(",", -1)) {
      add(values, part);
    }
    return values;
  }

  private void add(BitSet values, String part) {
    String[] stepped = part.split("/", -1);
    String[] range = stepped[0].split("-", -1);
    if (stepped.length > 2 || range.length > 2) {
      throw wrong(part);
    }
    int from = stepped[0].equals("*") ? first : value(range[0]);
    int to =
        stepped[0].equals("*") || (range.length == 1 && stepped.length == 2)
            ? last
            : value(range[range.length - 1]);
    int step = stepped.length == 1 ? 1 : number(stepped[1], part);
    if (step < 1 || to < from) {
      throw wrong(part);
    }
    for (int value = from; value <= to; value += step) {
      values.set(value);
    }
  }

  int value(String text) {
    int named = names.indexOf(text.toUpperCase(Locale.ROOT));
    int value = named >= 0 ? first + named : number(text, text);
    if (value < first || value > last) {
      throw wrong(text);
    }
    return value;
  }

  private int number(String text, String part) {
    if (!text.matches("\\d{1,4}")) {
      throw wrong(part);
    }
    return Integer.parseInt(text);
  }

  private IllegalArgumentException wrong(String part) {
    return new IllegalArgumentException(
        "'"
            + part
            + "' is nothing for the field "
            + name
            + " of a cron expression: it takes "
            + first
            + " to "
            + last
            + (names.isEmpty() ? "" : " or " + names.getFirst() + " to " + names.getLast())
            + ", with , - * /");
  }
}
