package dev.slipway.chat;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Reason.Weight;
import dev.slipway.deployment.Status;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Level;
import dev.slipway.ledger.PushRecord;
import dev.slipway.verdict.Hook;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/** What is worth a message: the tag {@code slipway.notify} and how loud the news is. */
public final class Telling {

  /** How long something waits before it is told. */
  static final Duration WAITS_UNTOLD = Duration.ofSeconds(30);

  private Telling() {}

  /**
   * Whether a deployment gets its message now. One that has a message keeps it, and it is kept
   * true, whatever this says later.
   */
  public static boolean tells(Level level, Status status, Reason reason) {
    return switch (level) {
      case NONE -> false;
      case FAILURES -> bad(status, reason);
      // What a service ran when it was first seen is no news, and a first install would tell it a
      // thousand times.
      case ALL -> reason != Reason.BASELINE && reason.weight() != Weight.QUIET;
    };
  }

  /** Whether a push that changed nothing gets a message: whoever asked for it gets an answer. */
  public static boolean tells(PushRecord push) {
    Level level = push.audience().level();
    return switch (push.trigger().kind()) {
      case PERSON -> level != Level.NONE;
      case PUSH, REPLICATION, RECONCILE, ROLLBACK -> tells(level, push.reason());
    };
  }

  /**
   * Whether what waits gets a message: a wait is no failure, and one that is over in seconds no
   * news.
   *
   * @return when it is worth telling: after half a minute, and at once if it is held, for that ends
   *     by a person only; empty if never
   */
  public static Optional<Instant> tells(Head head, boolean accountHold) {
    boolean held = head.inFlight().isEmpty() && (head.hold().isPresent() || accountHold);
    return switch (audience(head).level()) {
      case NONE, FAILURES -> Optional.empty();
      case ALL ->
          head.waiting().byRepository().values().stream()
              .map(wanted -> wanted.trigger().at())
              .min(Comparator.naturalOrder())
              .map(since -> held ? since : since.plus(WAITS_UNTOLD));
    };
  }

  /** Who is told of what waits: as the service's tags were when it was looked at last. */
  public static Audience audience(Head head) {
    return head.inFlight().map(Deployment::audience).orElse(head.waiting().audience());
  }

  /**
   * What a person is called for: a deployment that needs somebody, or that waits for an answer. An
   * edited message alone would be heard by nobody.
   *
   * @param rollback the deployment that goes back from this one, if there is one
   * @return the same as long as it is the same call; empty for nothing
   */
  public static String calls(Deployment deployment, Optional<Deployment> rollback) {
    return switch (deployment.status()) {
      case FAILED -> "failed";
      case ROLLING_OUT -> waits(deployment);
      case ROLLING_BACK -> rollback.map(Telling::waits).orElse("");
      case PREPARING, BAKING, SUCCEEDED, ROLLED_BACK, SUPERSEDED -> "";
    };
  }

  private static String waits(Deployment deployment) {
    return deployment.status() == Status.ROLLING_OUT
            && Progress.waitsForPerson(deployment.rollout(), deployment.isRollback())
        ? "waits "
            + deployment
                .rollout()
                .shift()
                .awaited()
                .map(Hook::id)
                .orElse(deployment.rollout().stage())
        : "";
  }

  /** Whether it is said in the log where nobody is to be told. */
  public static boolean worthALine(PushRecord push) {
    return push.reason().weight() != Weight.QUIET || push.trigger().kind() == Trigger.Kind.PERSON;
  }

  static boolean tells(Level level, Reason reason) {
    return switch (level) {
      case NONE -> false;
      case FAILURES -> reason.weight() == Weight.BAD;
      case ALL -> reason.weight() == Weight.BAD || reason.weight() == Weight.NOTICE;
    };
  }

  /** Whether something has gone wrong that a person should know. */
  private static boolean bad(Status status, Reason reason) {
    return switch (status) {
      case ROLLING_BACK, FAILED, ROLLED_BACK -> true;
      case PREPARING, ROLLING_OUT, BAKING, SUCCEEDED, SUPERSEDED -> false;
    };
  }

  /**
   * Whether its diagnosis belongs into the thread now: it has one, and the deployment has failed,
   * not just been stopped by a person.
   */
  public static boolean explains(Deployment deployment) {
    return deployment.diagnosis().isPresent()
        && !deployment.reason().byPerson()
        && switch (deployment.status()) {
          case ROLLING_BACK, FAILED, ROLLED_BACK -> true;
          case PREPARING, ROLLING_OUT, BAKING, SUCCEEDED, SUPERSEDED -> false;
        };
  }
}
