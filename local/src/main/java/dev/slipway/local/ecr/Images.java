package dev.slipway.local.ecr;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The registry as a container host sees it. Images of any other registry exist, are healthy and run
 * everywhere: a sidecar from a public registry needs no push first.
 */
public final class Images {
  private final Registry registry;

  public Images(Registry registry) {
    this.registry = registry;
  }

  /**
   * The digest that {@code reference} names now; null when the registry does not have it.
   *
   * @param reference {@code host/repository}, with {@code :tag}, {@code @digest}, both or neither
   */
  public String digest(String reference) {
    Reference parsed = Reference.parse(reference);
    if (!parsed.host().equals(registry.host())) {
      return parsed.digest() != null ? parsed.digest() : Sha256.of(reference);
    }
    Repository repository = registry.find(parsed.repository());
    Repository.Image image = repository == null ? null : find(repository, parsed);
    return image == null ? null : image.digest;
  }

  // A digest decides alone: the container agent ignores the tag in front of it.
  private static Repository.Image find(Repository repository, Reference reference) {
    return reference.digest() != null
        ? repository.find(reference.digest(), null)
        : repository.find(null, reference.tag());
  }

  /**
   * @param architecture of the host, as an OCI platform names it: {@code amd64} or {@code arm64}
   */
  public PulledImage pull(String reference, String architecture) throws PulledImage.Refused {
    Reference parsed = Reference.parse(reference);
    if (!parsed.host().equals(registry.host())) {
      return new PulledImage(digest(reference), null, new Behaviour.Healthy());
    }
    Repository repository = registry.find(parsed.repository());
    if (repository == null) {
      throw new PulledImage.Refused(
          "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to"
              + " resolve ref "
              + reference
              + ": "
              + reference
              + ": not found");
    }
    Repository.Image image = find(repository, parsed);
    if (image == null || image.archived) {
      throw new PulledImage.Refused(
          "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to"
              + " resolve ref "
              + reference
              + ": "
              + reference
              + ": not found");
    }
    if (!MediaTypes.isIndex(image.mediaType)) {
      return new PulledImage(image.digest, architecture(repository, image), behaviour(image));
    }
    for (JsonNode child : image.document.path("manifests")) {
      JsonNode platform = child.path("platform");
      if (platform.path("os").asText().equals("linux")
          && platform.path("architecture").asText().equals(architecture)) {
        Repository.Image fitting = repository.images.get(child.path("digest").asText());
        if (fitting != null) {
          boolean said = image.document.path("annotations").has(Behaviour.ANNOTATION);
          return new PulledImage(image.digest, architecture, behaviour(said ? image : fitting));
        }
      }
    }
    throw new PulledImage.Refused(
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): image Manifest"
            + " does not contain descriptor matching platform 'linux/"
            + architecture
            + "'");
  }

  private static Behaviour behaviour(Repository.Image image) {
    String said = Json.text(image.document.path("annotations"), Behaviour.ANNOTATION);
    return said == null ? new Behaviour.Healthy() : Behaviour.parse(said);
  }

  private String architecture(Repository repository, Repository.Image image) {
    byte[] config =
        registry.blob(repository.name, image.document.path("config").path("digest").asText());
    if (config == null) {
      return null;
    }
    try {
      return Json.text(
          Json.parse(new String(config, StandardCharsets.UTF_8), "InvalidConfig"), "architecture");
    } catch (Refusal e) {
      return null;
    }
  }

  /** An image's name in a task definition, taken apart. */
  record Reference(String host, String repository, String tag, String digest) {
    static Reference parse(String text) {
      String rest = text;
      String digest = null;
      int at = rest.indexOf('@');
      if (at >= 0) {
        digest = rest.substring(at + 1);
        rest = rest.substring(0, at);
      }
      String tag = null;
      int colon = rest.lastIndexOf(':');
      if (colon > rest.lastIndexOf('/')) {
        tag = rest.substring(colon + 1);
        rest = rest.substring(0, colon);
      }
      List<String> parts = new ArrayList<>(List.of(rest.split("/", 2)));
      // Docker's rule: the first part is a host when it has a dot or a port, or is localhost.
      boolean host =
          parts.size() == 2
              && (parts.getFirst().contains(".")
                  || parts.getFirst().contains(":")
                  || parts.getFirst().equals("localhost"));
      return new Reference(
          host ? parts.getFirst() : "docker.io",
          host ? parts.getLast() : rest,
          tag == null && digest == null ? "latest" : tag,
          digest);
    }
  }
}
