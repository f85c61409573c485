package dev.slipway.bench;

import java.util.List;
import java.util.Locale;

/** Values of one quantity, sorted; never empty. */
record Sample(List<Double> sorted) {

  static Sample of(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("A sample needs a value");
    }
    return new Sample(values.stream().sorted().toList());
  }

  double median() {
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  double least() {
    return sorted.getFirst();
  }

  double most() {
    return sorted.getLast();
  }

  /** {@code 123 (110-140)}: the median, the least and the most. */
  String text() {
    return "%s (%s-%s)".formatted(number(median()), number(least()), number(most()));
  }

  /** Three figures are more than such a measurement is good for. */
  static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
  }
}
