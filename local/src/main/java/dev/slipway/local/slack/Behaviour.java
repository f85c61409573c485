package dev.slipway.local.slack;

import java.time.Duration;

/** How the simulated Slack behaves. */
public sealed interface Behaviour {

  /** As it should. */
  record Healthy() implements Behaviour {}

  /** Answers every call with HTTP 500 and does nothing. */
  record Outage() implements Behaviour {}

  /** Does what is asked, and answers HTTP 500 all the same. */
  record LosesAnswers() implements Behaviour {}

  /** Answers with HTTP 429 and Retry-After in seconds, to the next {@code calls} calls. */
  record Throttles(int retryAfter, int calls) implements Behaviour {}

  /** Answers every call of the Web API with {@code "ok": false} and this error. */
  record Refuses(String error) implements Behaviour {}

  /** Takes this long, in real time, for each call, and then does it. */
  record Slow(Duration by) implements Behaviour {}
}
