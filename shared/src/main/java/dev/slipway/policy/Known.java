package dev.slipway.policy;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Considered;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.Status;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import java.util.List;
import java.util.Optional;

/**
 * What is known of one service and one repository when a push is decided on.
 *
 * @param running the images of the containers that follow the repository; none before the first
 *     look
 * @param inFlight the images that the deployment in flight brings
 * @param waiting the image that is wanted next
 * @param considered the push that was decided on last
 */
public record Known(
    List<Image> running,
    List<Image> inFlight,
    Optional<Image> waiting,
    Optional<Considered> considered) {

  public static final Known NOTHING =
      new Known(List.of(), List.of(), Optional.empty(), Optional.empty());

  public Known {
    running = List.copyOf(running);
    inFlight = List.copyOf(inFlight);
  }

  /** What the head says about a repository. */
  public static Known of(Head head, String repository) {
    return new Known(
        images(head.running(), repository),
        images(underWay(head), repository),
        Optional.ofNullable(head.waiting().byRepository().get(repository)).map(Wanted::image),
        head.considered(repository));
  }

  /** A deployment that failed brings nothing any more: the service is on its way to last good. */
  private static ImageSet underWay(Head head) {
    if (head.inFlight().isEmpty()) {
      return ImageSet.EMPTY;
    }
    Deployment deployment = head.inFlight().get();
    return deployment.status() == Status.ROLLING_BACK
        ? head.lastGood().map(LastGood::images).orElse(ImageSet.EMPTY)
        : deployment.to();
  }

  private static List<Image> images(ImageSet set, String repository) {
    return set.byContainer().values().stream()
        .filter(image -> image.repository().equals(repository))
        .toList();
  }
}
