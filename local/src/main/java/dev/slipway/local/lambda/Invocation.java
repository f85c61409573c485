package dev.slipway.local.lambda;

import java.time.Duration;
import java.time.Instant;

/**
 * One invocation of a function that has ended.
 *
 * @param function logical id
 * @param source what caused it, for example {@code PushQueue}
 * @param at account time
 * @param cold whether a process was started for it
 * @param init real time from the start of the process until it asked for work, zero if not cold
 * @param ran real time in the handler
 * @param error Lambda's error type, for example {@code Sandbox.Timedout}, or empty
 * @param response what the handler answered, or the error document
 */
public record Invocation(
    String function,
    String source,
    String requestId,
    Instant at,
    boolean cold,
    Duration init,
    Duration ran,
    String error,
    String request,
    String response) {

  public boolean failed() {
    return !error.isEmpty();
  }
}
