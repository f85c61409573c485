package dev.slipway.deploy;

import dev.slipway.follow.Settings.Follow;
import dev.slipway.image.Image;
import dev.slipway.image.ImageReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which containers of a task definition follow a repository. */
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
