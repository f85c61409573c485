package dev.slipway.policy;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.Reason;
import dev.slipway.image.Image;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of an image that a person takes out of quarantine. Nothing brings it back by itself:
 * its push was decided on long ago, and stays so. So the release writes the wish down, unless
 * something newer of the same repository is under way. Whether the service's tags still want it is
 * not known here; {@link Policies#recheckReleased} asks them before anything is started.
 */
public sealed interface Release {

  /** So far back deployments are looked through for the push of an image. */
  int DEPLOYMENTS = 25;

  /** It waits from now on. */
  record Again(Wanted wish) implements Release {}

  /** It runs: there is nothing to deploy. */
  record Runs() implements Release {}

  /** No deployment that brought it is known any more. */
  record Forgotten() implements Release {}

  /** Another image of the repository waits, and only one can. */
  record OtherWaits(Image other) implements Release {}

  /** A deployment of another image of the repository has no verdict yet. */
  record OtherUnderWay(Deployment other) implements Release {}

  /**
   * @param entry what is released
   * @param newestFirst the service's last deployments
   * @param by the person
   */
  static Release of(
      Head head, Quarantine entry, List<Deployment> newestFirst, String by, Instant now) {
    Optional<Image> found =
        newestFirst.stream()
            .filter(deployment -> deployment.sequence() == entry.sequence())
            .flatMap(deployment -> deployment.to().byContainer().values().stream())
            .filter(image -> image.digest().equals(entry.digest()))
            .findFirst();
    if (found.isEmpty()) {
      return new Forgotten();
    }
    Image image = found.get();
    Known known = Known.of(head, image.repository());
    if (known.waiting().isPresent()) {
      return new OtherWaits(known.waiting().get());
    }
    Optional<Deployment> other =
        head.inFlight()
            .filter(
                deployment -> !deployment.isRollback() && brings(deployment, image.repository()));
    if (other.isPresent()) {
      return new OtherUnderWay(other.get());
    }
    if (!known.running().isEmpty()
        && known.running().stream().allMatch(each -> each.digest().equals(image.digest()))) {
      return new Runs();
    }
    Instant pushedAt =
        pushedAt(newestFirst, image)
            .orElseGet(() ->
                newestFirst.stream()
                    .filter(deployment -> deployment.sequence() == entry.sequence())
                    .map(deployment -> deployment.trigger().at())
                    .findFirst()
                    .orElse(entry.at()));
    return new Again(
        new Wanted(
            image,
            pushedAt,
            new Trigger(Trigger.Kind.PERSON, by, "release:" + image.digest().value(), now)));
  }

  /**
   * When an image was pushed, as the last deployment remembers that a push brought; empty if none
   * is known: it was there before Slipway, or somebody else deployed it.
   */
  static Optional<Instant> pushedAt(List<Deployment> newestFirst, Image image) {
    return newestFirst.stream()
        .filter(deployment -> !deployment.isRollback() && deployment.reason() != Reason.BASELINE)
        .filter(deployment ->
            switch (deployment.trigger().kind()) {
              case PUSH, REPLICATION, RECONCILE -> true;
              case PERSON, ROLLBACK -> false;
            })
        .filter(deployment -> brings(deployment, image))
        .findFirst()
        .map(deployment -> deployment.trigger().at());
  }

  private static boolean brings(Deployment deployment, String repository) {
    return deployment.to().byContainer().values().stream()
        .anyMatch(image -> image.repository().equals(repository) && brings(deployment, image));
  }

  /** Whether the image is new with it: an image set also has what stays as it was. */
  private static boolean brings(Deployment deployment, Image wanted) {
    return deployment.to().byContainer().entrySet().stream()
        .filter(entry ->
            entry.getValue().repository().equals(wanted.repository())
                && entry.getValue().digest().equals(wanted.digest()))
        .map(Map.Entry::getKey)
        .map(container -> Optional.ofNullable(deployment.from().byContainer().get(container)))
        .anyMatch(
            before -> before.map(image -> !image.digest().equals(wanted.digest())).orElse(true));
  }
}
