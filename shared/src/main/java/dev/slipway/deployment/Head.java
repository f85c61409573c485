package dev.slipway.deployment;

import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The ledger's one item for a service: all that is needed to decide what comes next.
 *
 * @param version counts the changes; a change is written only over the version it was decided on.
 *     0: not in the ledger yet
 * @param lastSequence of the newest deployment; 0 before the first
 * @param running what the service is known to run, as of the last time anybody looked
 * @param inFlight the deployment under way
 * @param waiting what is wanted next
 * @param request what a person asked for and nobody has done yet
 * @param considered repository to the push that was decided on last; older ones do not come back
 * @param due when somebody has to look again at the latest; null for not by itself
 * @param quarantine digests that failed here; kept as items of their own, read together with the
 *     head
 */
public record Head(
    ServiceRef service,
    long version,
    long lastSequence,
    ImageSet running,
    Optional<LastGood> lastGood,
    Optional<Deployment> inFlight,
    Waiting waiting,
    Optional<Hold> hold,
    Optional<Request> request,
    Map<String, Considered> considered,
    Instant due,
    List<Quarantine> quarantine) {

  public Head {
    considered = Collections.unmodifiableMap(new TreeMap<>(considered));
    quarantine = List.copyOf(quarantine);
  }

  public static Head unseen(ServiceRef service) {
    return new Head(
        service,
        0,
        0,
        ImageSet.EMPTY,
        Optional.empty(),
        Optional.empty(),
        Waiting.NOTHING,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        null,
        List.of());
  }

  /**
   * The newest state that is known to have worked.
   *
   * @param sequence of the deployment that reached it; 0 for the baseline
   * @param steady whether the service was steady at that time; a baseline that was not is no place
   *     to go back to
   */
  public record LastGood(
      String taskDefinition, ImageSet images, long sequence, Instant at, boolean steady) {}

  /**
   * Repository to what is wanted from it.
   *
   * @param byRepository at most one per followed repository: the newest wish wins
   * @param because what it waits for, as the last look found, in words for people; empty before
   *     that. Decides nothing
   * @param audience who is told of the wait, as the last look found the service's tags
   */
  public record Waiting(Map<String, Wanted> byRepository, String because, Audience audience) {
    public static final Waiting NOTHING = new Waiting(Map.of());

    public Waiting {
      byRepository = Collections.unmodifiableMap(new TreeMap<>(byRepository));
    }

    public Waiting(Map<String, Wanted> byRepository) {
      this(byRepository, "", Audience.DEFAULT);
    }

    public boolean isEmpty() {
      return byRepository.isEmpty();
    }

    public Waiting with(Wanted wanted) {
      Map<String, Wanted> next = new TreeMap<>(byRepository);
      next.put(wanted.image().repository(), wanted);
      return new Waiting(next, because, audience);
    }

    public Waiting because(String why, Audience told) {
      return new Waiting(byRepository, why, told);
    }
  }

  /**
   * One image that the policy wants.
   *
   * @param pushedAt time of the push, by which pushes are ordered
   */
  public record Wanted(Image image, Instant pushedAt, Deployment.Trigger trigger) {}

  /**
   * The push of a repository that was decided on last: accepted, or found there when the repository
   * was first followed. It keeps repeated and late events, and the reconcile run, from bringing
   * back what a person or a rollback has left behind.
   *
   * @param tag empty if there was none
   * @param digest absent if there was none
   * @param at time of the push; at first sight, the time of that
   */
  public record Considered(String tag, Optional<Digest> digest, Instant at) {}

  /** Nothing new starts here until a person says so. */
  public record Hold(String by, String why, Instant at) {}

  /** What a person asked for. */
  public sealed interface Request {
    String by();

    Instant at();

    /** Stop that deployment, or undo it if it has completed. */
    record RollBack(long sequence, String by, Instant at) implements Request {}
  }

  /** A digest that failed here and does not come back unless a person says so. */
  public record Quarantine(Digest digest, String image, long sequence, Reason reason, Instant at) {}

  public boolean quarantined(Digest digest) {
    return quarantine.stream().anyMatch(entry -> entry.digest().equals(digest));
  }

  /**
   * Whether something waits, and it is known for what: for the end of what is in flight, or for
   * what the last look found. A push that is begun at once never does.
   */
  public boolean keepsWaiting() {
    return !waiting.isEmpty() && (inFlight.isPresent() || !waiting.because().isEmpty());
  }

  public Head running(ImageSet images) {
    return but(draft -> draft.running = images);
  }

  public Head lastGood(LastGood good) {
    return but(draft -> draft.lastGood = Optional.of(good));
  }

  /** With this deployment in flight; a new one takes the next sequence with it. */
  public Head inFlight(Deployment deployment) {
    return but(draft -> {
      draft.inFlight = Optional.of(deployment);
      draft.lastSequence = Math.max(lastSequence, deployment.sequence());
    });
  }

  public Head idle() {
    return but(draft -> draft.inFlight = Optional.empty());
  }

  public Head waiting(Waiting next) {
    return but(draft -> draft.waiting = next);
  }

  public Head hold(Hold next) {
    return but(draft -> draft.hold = Optional.ofNullable(next));
  }

  public Head request(Request next) {
    return but(draft -> draft.request = Optional.ofNullable(next));
  }

  public Head due(Instant next) {
    return but(draft -> draft.due = next);
  }

  public Head lastSequence(long sequence) {
    return but(draft -> draft.lastSequence = sequence);
  }

  public Head quarantine(List<Quarantine> next) {
    return but(draft -> draft.quarantine = next);
  }

  public Head considered(String repository, Considered push) {
    Map<String, Considered> next = new TreeMap<>(considered);
    next.put(repository, push);
    return but(draft -> draft.considered = next);
  }

  /** What was decided on last from this repository; empty if it was never followed here. */
  public Optional<Considered> considered(String repository) {
    return Optional.ofNullable(considered.get(repository));
  }

  private Head but(Consumer<Draft> change) {
    Draft draft = new Draft();
    change.accept(draft);
    return draft.done();
  }

  /** A copy that can be changed. */
  private final class Draft {
    long lastSequence = Head.this.lastSequence;
    ImageSet running = Head.this.running;
    Optional<LastGood> lastGood = Head.this.lastGood;
    Optional<Deployment> inFlight = Head.this.inFlight;
    Waiting waiting = Head.this.waiting;
    Optional<Hold> hold = Head.this.hold;
    Optional<Request> request = Head.this.request;
    Map<String, Considered> considered = Head.this.considered;
    Instant due = Head.this.due;
    List<Quarantine> quarantine = Head.this.quarantine;

    Head done() {
      return new Head(
          service,
          version,
          lastSequence,
          running,
          lastGood,
          inFlight,
          waiting,
          hold,
          request,
          considered,
          due,
          quarantine);
    }
  }
}
