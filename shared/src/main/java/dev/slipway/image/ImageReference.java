package dev.slipway.image;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a task definition writes in {@code image}: {@code name}, {@code name:tag}, {@code
 * name@digest} or {@code name:tag@digest}, the name with or without a registry.
 *
 * @param registry host and port, empty for Docker Hub's short names
 * @param repository path within the registry
 */
public record ImageReference(
    String registry, String repository, Optional<String> tag, Optional<Digest> digest) {

  /** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

  private static final Pattern REPOSITORY = Pattern.compile("[a-z0-9]+(?:[._/-]+[a-z0-9]+)*");

  public ImageReference {
    if (!REPOSITORY.matcher(repository).matches()) {
      throw new IllegalArgumentException("'" + repository + "' is not a repository name");
    }
    tag.filter(t -> !TAG.matcher(t).matches())
        .ifPresent(t -> {
          throw new IllegalArgumentException("'" + t + "' is not an image tag");
        });
  }

  /** Reads any of the four forms; the error names the text that could not be read. */
  public static ImageReference parse(String text) {
    try {
      String rest = text;
      Optional<Digest> digest = Optional.empty();
      int at = rest.indexOf('@');
      if (at >= 0) {
        digest = Optional.of(new Digest(rest.substring(at + 1)));
        rest = rest.substring(0, at);
      }
      String registry = "";
      int slash = rest.indexOf('/');
      if (slash > 0 && isRegistry(rest.substring(0, slash))) {
        registry = rest.substring(0, slash);
        rest = rest.substring(slash + 1);
      }
      Optional<String> tag = Optional.empty();
      int colon = rest.lastIndexOf(':');
      if (colon >= 0) {
        tag = Optional.of(rest.substring(colon + 1));
        rest = rest.substring(0, colon);
      }
      return new ImageReference(registry, rest, tag, digest);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an image reference: " + e.getMessage(), e);
    }
  }

  /**
   * As Docker decides it: the first part names a registry if it has a dot or a port, or is
   * localhost.
   */
  private static boolean isRegistry(String first) {
    return first.contains(".") || first.contains(":") || first.equals("localhost");
  }

  /** Registry and repository, without tag and digest. */
  public String name() {
    return registry.isEmpty() ? repository : registry + "/" + repository;
  }

  @Override
  public String toString() {
    return name() + tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
  }
}
