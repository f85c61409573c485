package dev.slipway.deploy;

import dev.slipway.follow.Settings;
import dev.slipway.follow.Settings.Follow;
import dev.slipway.image.Image;
import dev.slipway.image.ImageReference;
import dev.slipway.image.ImageSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which containers of a task definition follow, and which image each of them is to run. */
final class Containers {

  private Containers() {}

  /**
   * The named container, or else every container whose image is of the same registry and
   * repository.
   *
   * @param containers container name to the text of its image
   */
  static List<String> following(Follow follow, Image pushed, Map<String, String> containers) {
    if (follow.container().isPresent()) {
      return follow.container().filter(containers::containsKey).map(List::of).orElse(List.of());
    }
    return containers.entrySet().stream()
        .filter(entry -> sameRepository(entry.getValue(), pushed))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Why nothing follows, with what was looked for and what is there. */
  static String nothingFollows(Follow follow, Image pushed, Map<String, String> containers) {
    String there =
        String.join(
            ", ",
            containers.entrySet().stream()
                .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
                .toList());
    return follow
        .container()
        .map(name ->
            "The task definition has no container '"
                + name
                + "', which the tag 'slipway:"
                + follow.repository()
                + "' names. It has: "
                + there
                + ".")
        .orElse(
            "No container of the task definition uses "
                + pushed.name()
                + ". It has: "
                + there
                + ". Name the container in the tag: 'slipway:"
                + follow.repository()
                + "' = '<policy> container=<name>'.");
  }

  /**
   * What the service is to run: each container that follows has the wished image, or, where nothing
   * new is wished, the very digest that it runs now, whatever the base says and wherever its tag
   * points meanwhile. A container that does not follow has what the base says.
   *
   * @param registry of the account and Region that pushes come from
   * @param running what the service runs now
   * @param wish container to image
   * @param containers container name to the text of its image, in the revision that is copied
   * @return no entry for a container whose digest nobody knows: it does not follow and is named by
   *     tag, or runs for the first time
   */
  static ImageSet target(
      Settings settings,
      String registry,
      ImageSet running,
      ImageSet wish,
      Map<String, String> containers) {
    Map<String, Image> images = new TreeMap<>();
    containers.forEach((container, text) -> {
      Image wished = wish.byContainer().get(container);
      Image now = running.byContainer().get(container);
      if (wished != null) {
        images.put(container, wished);
      } else if (now != null && follows(settings, registry, container, text, now)) {
        images.put(container, now);
      } else {
        read(text)
            .filter(reference -> reference.digest().isPresent())
            .ifPresent(reference -> images.put(container, image(reference)));
      }
    });
    return new ImageSet(images);
  }

  private static boolean follows(
      Settings settings, String registry, String container, String text, Image now) {
    return settings.follows().stream()
        .filter(follow -> now.name().equals(registry + "/" + follow.repository()))
        .anyMatch(follow ->
            follow.container().map(container::equals).orElseGet(() -> sameRepository(text, now)));
  }

  private static Image image(ImageReference reference) {
    return new Image(
        reference.registry(),
        reference.repository(),
        reference.tag().orElse(""),
        reference.digest().orElseThrow());
  }

  /**
   * Of {@code target} what the copied revision does not say yet: these images are written into the
   * copy.
   */
  static ImageSet pinned(ImageSet target, Map<String, String> containers) {
    Map<String, Image> images = new TreeMap<>(target.byContainer());
    images
        .entrySet()
        .removeIf(entry ->
            read(containers.getOrDefault(entry.getKey(), ""))
                .filter(said -> said.digest().isPresent())
                .map(said -> image(said).equals(entry.getValue()))
                .orElse(false));
    return new ImageSet(images);
  }

  private static boolean sameRepository(String image, Image pushed) {
    return read(image).map(reference -> reference.name().equals(pushed.name())).orElse(false);
  }

  /** An image that cannot be read follows nothing. */
  static Optional<ImageReference> read(String image) {
    try {
      return Optional.of(ImageReference.parse(image));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
