package dev.slipway.policy;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Considered;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.Reason;
import dev.slipway.follow.Policy;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.policy.Decision.Accept;
import dev.slipway.policy.Decision.Refuse;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.semver4j.Semver;

/**
 * Decides which pushes a follower wants. Pure: the same question has the same answer, whatever the
 * order in which events come.
 */
public final class Policies {

  private Policies() {}

  /** The question of a push, asked of a head. */
  public static Decision decide(Policy policy, Head head, Candidate candidate) {
    return decide(
        policy,
        Known.of(head, candidate.image().repository()),
        candidate,
        quarantine(head, candidate.image().digest()));
  }

  /**
   * The question asked again before what waits is started: the tags may have changed, a digest may
   * have come into quarantine, and at first sight the baseline was not known yet. It knows only
   * what runs, since the wish itself is what waits and what was considered last.
   */
  public static Decision recheck(Policy policy, Head head, Wanted wanted) {
    Known known = Known.of(head, wanted.image().repository());
    return decide(
        policy,
        new Known(known.running(), List.of(), Optional.empty(), Optional.empty()),
        Candidate.of(wanted.image(), wanted.pushedAt()),
        quarantine(head, wanted.image().digest()));
  }

  /**
   * The same for an image that a person released from quarantine. Its push may be older than that
   * of what runs now, so what runs counts as decided on, with the time of its push.
   *
   * @param newestFirst the service's last deployments, which remember the pushes
   */
  public static Decision recheckReleased(
      Policy policy, Head head, Wanted wanted, List<Deployment> newestFirst) {
    Known known = Known.of(head, wanted.image().repository());
    Optional<Considered> runs =
        known.running().stream()
            .flatMap(image ->
                Release.pushedAt(newestFirst, image).stream()
                    .map(at -> new Considered(image.tag(), Optional.of(image.digest()), at)))
            .max(Comparator.comparing(Considered::at));
    return decide(
        policy,
        new Known(known.running(), List.of(), Optional.empty(), runs),
        Candidate.of(wanted.image(), wanted.pushedAt()),
        quarantine(head, wanted.image().digest()));
  }

  /**
   * Whether a push shall run next.
   *
   * @param quarantine the entry for the pushed digest, if it failed here before
   */
  public static Decision decide(
      Policy policy, Known known, Candidate candidate, Optional<Quarantine> quarantine) {
    Image image = candidate.image();
    Optional<Refuse> unwanted = unwanted(policy, image.tag());
    if (unwanted.isPresent()) {
      return unwanted.get();
    }
    Optional<Refuse> already = already(known, candidate);
    if (already.isPresent()) {
      return already.get();
    }
    if (quarantine.isPresent()) {
      Quarantine entry = quarantine.get();
      return new Refuse(
          Reason.QUARANTINED,
          image.digest().brief()
              + " failed here as #"
              + entry.sequence()
              + " ("
              + entry.reason().text()
              + "); it comes back only if a person releases it");
    }
    return switch (policy) {
      case Policy.Semver(String range) -> higher(range, known, candidate);
      case Policy.Tag(String name) ->
          newer(known, candidate, "the tag " + name + " now names " + image.digest().brief());
      case Policy.Prefix(String prefix) ->
          newer(known, candidate, image.tag() + " begins with " + prefix);
      case Policy.Suffix(String suffix) ->
          newer(known, candidate, image.tag() + " ends with " + suffix);
      case Policy.Any() -> newer(known, candidate, "any image is wanted");
    };
  }

  /** Those whose tag the policy wants, the one it wants most first. */
  public static List<Candidate> ranked(Policy policy, Collection<Candidate> candidates) {
    Comparator<Candidate> byTime = Comparator.comparing(Candidate::pushedAt);
    Comparator<Candidate> order =
        policy instanceof Policy.Semver
            ? Comparator.comparing((Candidate candidate) ->
                    Versions.parse(candidate.image().tag()).orElse(Semver.ZERO))
                .thenComparing(byTime)
            : byTime;
    return candidates.stream()
        .filter(candidate -> unwanted(policy, candidate.image().tag()).isEmpty())
        .sorted(order.reversed())
        .toList();
  }

  private static Optional<Quarantine> quarantine(Head head, Digest digest) {
    return head.quarantine().stream().filter(entry -> entry.digest().equals(digest)).findFirst();
  }

  /** Why the policy does not want this tag, whatever runs. */
  private static Optional<Refuse> unwanted(Policy policy, String tag) {
    return switch (policy) {
      case Policy.Tag(String name) ->
          tag.equals(name) ? Optional.empty() : notWanted(tag + " is not the followed tag " + name);
      case Policy.Prefix(String prefix) ->
          tag.startsWith(prefix)
              ? Optional.empty()
              : notWanted(tag + " does not begin with " + prefix);
      case Policy.Suffix(String suffix) ->
          tag.endsWith(suffix) ? Optional.empty() : notWanted(tag + " does not end with " + suffix);
      case Policy.Any() -> Optional.empty();
      case Policy.Semver(String range) -> outOfRange(range, tag);
    };
  }

  private static Optional<Refuse> notWanted(String text) {
    return Optional.of(new Refuse(Reason.TAG_NOT_WANTED, text));
  }

  private static Optional<Refuse> outOfRange(String range, String tag) {
    Optional<Semver> version = Versions.parse(tag);
    if (version.isEmpty()) {
      return Optional.of(
          new Refuse(
              Reason.VERSION_UNREADABLE,
              tag + " is not a semantic version such as 1.2.3 or v1.2.3"));
    }
    if (Versions.inRange(version.get(), range)) {
      return Optional.empty();
    }
    boolean prerelease = !version.get().getPreRelease().isEmpty();
    if (prerelease && Versions.inRangeButForPrerelease(version.get(), range)) {
      return Optional.of(
          new Refuse(
              Reason.PRERELEASE,
              tag + " is a pre-release, and the range " + range + " names none of that version"));
    }
    return Optional.of(
        new Refuse(Reason.VERSION_NOT_IN_RANGE, tag + " is not in the range " + range));
  }

  /** What the service runs, or will run when all that is known has happened, may be it already. */
  private static Optional<Refuse> already(Known known, Candidate candidate) {
    Digest digest = candidate.image().digest();
    if (known.waiting().isPresent()) {
      if (known.waiting().get().digest().equals(digest)) {
        return Optional.of(
            new Refuse(Reason.ALREADY_WANTED, digest.brief() + " is what waits to be deployed"));
      }
    } else if (!known.inFlight().isEmpty()) {
      if (all(known.inFlight(), digest)) {
        return Optional.of(
            new Refuse(Reason.ALREADY_WANTED, digest.brief() + " is being deployed"));
      }
    } else if (all(known.running(), digest)) {
      return Optional.of(
          new Refuse(Reason.ALREADY_RUNNING, "the service runs " + digest.brief() + " already"));
    }
    return known
        .considered()
        .filter(last -> last.tag().equals(candidate.image().tag()))
        .filter(last -> last.digest().equals(Optional.of(digest)))
        .filter(last -> !candidate.pushedAt().isAfter(last.at()))
        .map(last ->
            new Refuse(
                Reason.ALREADY_DECIDED,
                candidate.image().brief() + " of " + last.at() + " was decided on before"));
  }

  private static boolean all(List<Image> images, Digest digest) {
    return !images.isEmpty() && images.stream().allMatch(image -> image.digest().equals(digest));
  }

  /** For the policies that go by time. */
  private static Decision newer(Known known, Candidate candidate, String why) {
    return later(known, candidate)
        ? new Accept(why + " (pushed at " + candidate.pushedAt() + ")")
        : older(known, candidate);
  }

  /** For the policy that goes by version. */
  private static Decision higher(String range, Known known, Candidate candidate) {
    String tag = candidate.image().tag();
    Semver version = Versions.parse(tag).orElseThrow();
    Optional<Bound> highest =
        bounds(known).entrySet().stream()
            .flatMap(entry ->
                Versions.parse(entry.getKey()).stream()
                    .map(bound -> new Bound(entry.getKey(), bound, entry.getValue())))
            .max(Comparator.comparing(Bound::version));
    if (highest.isPresent()) {
      Bound bound = highest.get();
      int order = version.compareTo(bound.version());
      if (order < 0) {
        return new Refuse(
            Reason.VERSION_LOWER,
            tag + " is lower than " + bound.tag() + ", which " + bound.where());
      }
      if (order == 0) {
        return later(known, candidate)
            ? new Accept(
                tag
                    + " was pushed again at "
                    + candidate.pushedAt()
                    + " with other content: "
                    + candidate.image().digest().brief())
            : older(known, candidate);
      }
    }
    if (!later(known, candidate) && !aboveConsidered(known, version)) {
      return older(known, candidate);
    }
    return new Accept(
        tag
            + " is in the range "
            + range
            + highest
                .map(bound -> " and higher than " + bound.tag() + ", which " + bound.where())
                .orElse(""));
  }

  /** A version that something else must not be lower than. */
  private record Bound(String tag, Semver version, String where) {}

  /** Tag to the words that say where it is. */
  private static Map<String, String> bounds(Known known) {
    Map<String, String> tags = new LinkedHashMap<>();
    known.waiting().ifPresent(image -> tags.put(image.tag(), "waits to be deployed"));
    known.inFlight().forEach(image -> tags.put(image.tag(), "is being deployed"));
    known.running().forEach(image -> tags.put(image.tag(), "is running"));
    return tags;
  }

  /**
   * Events come in any order: a version higher than all that was decided on is new, whenever it was
   * pushed; one that is neither higher nor later may have been left behind on purpose.
   */
  private static boolean aboveConsidered(Known known, Semver version) {
    return known
        .considered()
        .flatMap(last -> Versions.parse(last.tag()))
        .map(last -> version.compareTo(last) > 0)
        .orElse(false);
  }

  private static boolean later(Known known, Candidate candidate) {
    if (known.considered().isEmpty()) {
      return true;
    }
    Instant last = known.considered().get().at();
    return candidate.pushedAt().isAfter(last)
        || (candidate.pushedAt().equals(last) && candidate.laterOnTie());
  }

  private static Refuse older(Known known, Candidate candidate) {
    Considered last = known.considered().orElseThrow();
    return new Refuse(
        Reason.OLDER_PUSH,
        candidate.image().brief()
            + " was pushed at "
            + candidate.pushedAt()
            + ", not later than "
            + (last.tag().isEmpty() ? "what was there" : last.tag())
            + " at "
            + last.at());
  }
}
