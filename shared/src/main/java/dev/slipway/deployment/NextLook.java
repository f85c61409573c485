package dev.slipway.deployment;

import dev.slipway.deployment.Deployment.Rollout;
import java.time.Duration;
import java.time.Instant;

/** When a service is looked at again if no event comes: events can be lost. */
final class NextLook {

  /** How long nobody looks at what moves, or is waited for. */
  static final Duration SAFETY = Duration.ofMinutes(2);

  /** Likewise while ECS waits for a person or a function. */
  static final Duration PAUSED = Duration.ofMinutes(10);

  private NextLook() {}

  static Instant soon(Situation seen) {
    return seen.now().plus(SAFETY);
  }

  /** Soon, or when something is due before. */
  static Instant by(Instant due, Situation seen) {
    return Instants.earlier(due, soon(seen));
  }

  /** At a rollout, which may stall before. */
  static Instant of(Rollout rollout, Situation seen) {
    Instant stalls = Deadline.due(rollout, seen.tags()).plusSeconds(1);
    // A pause may last for days, and its end is an event.
    boolean paused = rollout.shift().stands(seen.now()) && rollout.shift().awaited().isPresent();
    Instant safety = seen.now().plus(paused ? PAUSED : SAFETY);
    return stalls.isAfter(seen.now()) ? Instants.earlier(stalls, safety) : safety;
  }
}
