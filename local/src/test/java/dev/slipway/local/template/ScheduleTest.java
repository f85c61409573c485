package dev.slipway.local.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 2026-01-15 is a Thursday. */
class ScheduleTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rate(1 minute)          | 2026-01-15T09:30:20Z | 2026-01-15T09:31:20Z",
        "rate(2 hours)           | 2026-01-15T09:30:20Z | 2026-01-15T11:30:20Z",
        "rate(1 day)             | 2026-01-15T09:30:20Z | 2026-01-16T09:30:20Z",
        // Lists, ranges, steps
        "cron(0 6 * * ? *)       | 2026-01-15T09:30:20Z | 2026-01-16T06:00:00Z",
        "cron(0 6 * * ? *)       | 2026-01-15T05:59:59Z | 2026-01-15T06:00:00Z",
        "cron(0 6 * * ? *)       | 2026-01-15T06:00:00Z | 2026-01-16T06:00:00Z",
        "cron(0/15 * * * ? *)    | 2026-01-15T09:30:20Z | 2026-01-15T09:45:00Z",
        "cron(0/15 * * * ? *)    | 2026-01-15T09:45:00Z | 2026-01-15T10:00:00Z",
        "cron(*/20 * * * ? *)    | 2026-01-15T23:41:00Z | 2026-01-16T00:00:00Z",
        "cron(5,35 14 * * ? *)   | 2026-01-15T14:05:00Z | 2026-01-15T14:35:00Z",
        "cron(10-12 14 * * ? *)  | 2026-01-15T14:12:00Z | 2026-01-16T14:10:00Z",
        "cron(0 8-17/3 * * ? *)  | 2026-01-15T11:00:00Z | 2026-01-15T14:00:00Z",
        "cron(* * * * ? *)       | 2026-12-31T23:59:30Z | 2027-01-01T00:00:00Z",
        // Days of the month
        "cron(0 8 1 * ? *)       | 2026-01-15T09:30:20Z | 2026-02-01T08:00:00Z",
        "cron(0 0 31 * ? *)      | 2026-01-31T00:00:00Z | 2026-03-31T00:00:00Z",
        "cron(0 0 29 2 ? *)      | 2026-01-15T09:30:20Z | 2028-02-29T00:00:00Z",
        "cron(0 0 L * ? *)       | 2026-02-01T00:00:00Z | 2026-02-28T00:00:00Z",
        "cron(0 0 15W * ? *)     | 2026-01-15T09:30:20Z | 2026-02-16T00:00:00Z",
        "cron(0 0 1W * ? *)      | 2026-01-15T09:30:20Z | 2026-02-02T00:00:00Z",
        "cron(0 0 1W 8 ? *)      | 2026-01-15T09:30:20Z | 2026-08-03T00:00:00Z",
        "cron(0 0 31W 5 ? *)     | 2026-01-15T09:30:20Z | 2026-05-29T00:00:00Z",
        "cron(0 0 10W 1 ? *)     | 2026-01-01T00:00:00Z | 2026-01-09T00:00:00Z",
        // Months and years
        "cron(0 0 1 JAN,jul ? *) | 2026-01-15T09:30:20Z | 2026-07-01T00:00:00Z",
        "cron(0 0 1 1/3 ? *)     | 2026-01-15T09:30:20Z | 2026-04-01T00:00:00Z",
        "cron(0 0 1 1 ? 2030)    | 2026-01-15T09:30:20Z | 2030-01-01T00:00:00Z",
        "cron(0 0 1 1 ? 2026-2028) | 2026-01-15T09:30:20Z | 2027-01-01T00:00:00Z",
        // Days of the week: Sunday is 1
        "cron(0 18 ? * MON-FRI *) | 2026-01-16T18:00:00Z | 2026-01-19T18:00:00Z",
        "cron(0 18 ? * 2-6 *)    | 2026-01-16T18:00:00Z | 2026-01-19T18:00:00Z",
        "cron(0 0 ? * 1 *)       | 2026-01-15T09:30:20Z | 2026-01-18T00:00:00Z",
        "cron(0 0 ? * L *)       | 2026-01-15T09:30:20Z | 2026-01-17T00:00:00Z",
        "cron(0 10 ? * 6L *)     | 2026-01-15T09:30:20Z | 2026-01-30T10:00:00Z",
        "cron(0 10 ? * FRIL *)   | 2026-01-31T00:00:00Z | 2026-02-27T10:00:00Z",
        "cron(0 0 ? * 3#2 *)     | 2026-01-15T09:30:20Z | 2026-02-10T00:00:00Z",
        "cron(0 0 ? * THU#5 *)   | 2026-01-15T09:30:20Z | 2026-01-29T00:00:00Z",
      })
  void saysWhenItRunsNext(String expression, Instant after, Instant next) {
    assertThat(Schedule.parse(expression).next(after)).isEqualTo(Optional.of(next));
  }

  @ParameterizedTest
  @CsvSource({"cron(0 0 1 1 ? 2020)", "cron(0 0 30 2 ? *)"})
  void mayNeverRunAgain(String expression) {
    assertThat(Schedule.parse(expression).next(Instant.parse("2026-01-15T09:30:20Z"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "rate(1 minutes)      | rate(1 minute) or rate(2 minutes), not rate(1 minutes)",
        "rate(0 minutes)      | not rate(0 minutes)",
        "rate(5 weeks)        | EventBridge wants rate(5 minutes) or cron(0 6 * * ? *)",
        "at(2026-01-01)       | EventBridge wants",
        "cron(0 6 * * ?)      | has 5 fields; EventBridge wants six",
        "cron(0 0 6 * * ? *)  | has 7 fields",
        "cron(0 6 * * * *)    | ? for day-of-month or for day-of-week",
        "cron(0 6 ? * ? *)    | ? for day-of-month or for day-of-week",
        "cron(60 6 * * ? *)   | '60' is nothing for the field minutes",
        "cron(0 24 * * ? *)   | '24' is nothing for the field hours",
        "cron(0 6 0 * ? *)    | '0' is nothing for the field day-of-month",
        "cron(0 6 * 13 ? *)   | '13' is nothing for the field month of a cron expression: it takes"
            + " 1 to 12 or JAN to DEC",
        "cron(0 6 ? * 0 *)    | '0' is nothing for the field day-of-week",
        "cron(0 6 ? * MOO *)  | 'MOO' is nothing",
        "cron(0 6 ? * 3#6 *)  | '6' is nothing for the field day-of-week, behind #",
        "cron(0 6 ? * 2#1,3#1 *) | is nothing for the field day-of-week",
        "cron(0 6 * * ? 1969) | '1969' is nothing for the field year",
        "cron(5- 6 * * ? *)   | is nothing for the field minutes",
        "cron(9-5 6 * * ? *)  | '9-5' is nothing",
        "cron(0/0 6 * * ? *)  | '0/0' is nothing",
        "cron(1,,2 6 * * ? *) | '' is nothing for the field minutes",
        "cron(? 6 * * ? *)    | '?' is nothing for the field minutes",
      })
  void namesWhatEventBridgeWouldRefuse(String expression, String message) {
    assertThatThrownBy(() -> Schedule.parse(expression))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
