package dev.slipway.plan;

import dev.slipway.aws.Patience;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Considered;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.HeadChangedException;
import dev.slipway.ledger.Ledger;
import dev.slipway.policy.Candidate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** What plan does to heads: it reads them, decides, and writes down what is wanted. */
final class Heads {

  /** By then the clock sends the look, if the sending of ours was lost. */
  private static final Duration LOST_LOOK = Duration.ofMinutes(1);

  /** Two plans collide now and then; eight in a row is somebody writing in a loop. */
  private static final int MOST_ATTEMPTS = 8;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

  private final Ledger ledger;
  private final Patience patience;

  Heads(Ledger ledger, Patience patience) {
    this.ledger = ledger;
    this.patience = patience;
  }

  /**
   * Reads the head and lets {@code step} decide and write; again from the start if somebody else
   * wrote first.
   *
   * @throws HeadChangedException if that goes on
   */
  <T> T persistently(ServiceRef service, Function<Head, T> step) {
    for (int attempt = 1; ; attempt++) {
      try {
        return step.apply(ledger.head(service));
      } catch (HeadChangedException e) {
        if (attempt == MOST_ATTEMPTS) {
          throw e;
        }
        pause(attempt);
      }
    }
  }

  /** Between none and all of a time that doubles, so that two that collided part. */
  private void pause(int attempt) {
    Duration most = FIRST_PAUSE.multipliedBy(1L << Math.min(attempt - 1, 5));
    try {
      patience.sleep(Duration.ofNanos((long) (most.toNanos() * patience.random())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting to write a head again", e);
    }
  }

  /** The candidate waits, and has to be looked at within a minute. */
  static Head wants(Head head, Candidate candidate, Trigger trigger, Instant now) {
    Wanted wanted = new Wanted(candidate.image(), candidate.pushedAt(), trigger);
    Instant latest = now.plus(LOST_LOOK);
    boolean sooner = head.due() != null && head.due().isBefore(latest);
    return considers(head, candidate)
        .waiting(head.waiting().with(wanted))
        .due(sooner ? head.due() : latest);
  }

  /** The candidate was decided on, and nothing came of it. */
  static Head considers(Head head, Candidate candidate) {
    return head.considered(
        candidate.image().repository(),
        new Considered(
            candidate.image().tag(),
            Optional.of(candidate.image().digest()),
            candidate.pushedAt()));
  }
}
