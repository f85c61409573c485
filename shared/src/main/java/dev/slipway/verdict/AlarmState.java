package dev.slipway.verdict;

import java.time.Instant;

/**
 * A CloudWatch alarm, metric or composite, as DescribeAlarms tells it.
 *
 * @param state OK, ALARM or INSUFFICIENT_DATA; a new one is kept as it is
 * @param reason CloudWatch's words for the state; from outside, not yet escaped
 * @param since when it came into this state; null if CloudWatch does not say
 */
public record AlarmState(String name, String arn, String state, String reason, Instant since) {

  /** Whether it is in ALARM. Too little data is no alarm. */
  public boolean on() {
    return state.equals("ALARM");
  }
}
