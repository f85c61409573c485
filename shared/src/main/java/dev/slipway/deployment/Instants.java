package dev.slipway.deployment;

import java.time.Instant;

/** Which of two instants comes first. */
final class Instants {

  private Instants() {}

  static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
