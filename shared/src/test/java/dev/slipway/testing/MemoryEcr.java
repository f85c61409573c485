package dev.slipway.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.Ecr;
import dev.slipway.image.Digest;
import dev.slipway.runtime.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Repositories with images, indexes and what else people push. */
public final class MemoryEcr implements Ecr {

  public static final String IMAGE = "application/vnd.oci.image.config.v1+json";

  private final Map<String, Map<Digest, EcrImage>> repositories = new HashMap<>();
  private final Map<Digest, ObjectNode> manifests = new HashMap<>();
  private final Calls calls;

  public MemoryEcr(Calls calls) {
    this.calls = calls;
  }

  /** An image of one platform; the tag leaves the image that had it. */
  public Digest push(String repository, String tag, Digest digest, Instant at) {
    return push(repository, tag, digest, at, IMAGE);
  }

  /** A single manifest with a config of this media type. */
  public Digest push(
      String repository, String tag, Digest digest, Instant at, String configMediaType) {
    ObjectNode manifest = Json.object().put("schemaVersion", 2);
    manifest.putObject("config").put("mediaType", configMediaType);
    return put(
        repository,
        tag,
        digest,
        at,
        "application/vnd.oci.image.manifest.v1+json",
        configMediaType,
        manifest);
  }

  /**
   * An index.
   *
   * @param children digest to platform, {@code linux/arm64}
   */
  public Digest pushIndex(
      String repository, String tag, Digest digest, Instant at, Map<Digest, String> children) {
    ObjectNode manifest = Json.object().put("schemaVersion", 2);
    var list = manifest.putArray("manifests");
    new LinkedHashMap<>(children)
        .forEach((child, platform) -> {
          String[] parts = platform.split("/");
          list.addObject()
              .put("digest", child.value())
              .putObject("platform")
              .put("os", parts[0])
              .put("architecture", parts[1]);
        });
    return put(
        repository, tag, digest, at, "application/vnd.oci.image.index.v1+json", "", manifest);
  }

  private Digest put(
      String repository,
      String tag,
      Digest digest,
      Instant at,
      String manifestMediaType,
      String artifactMediaType,
      ObjectNode manifest) {
    Map<Digest, EcrImage> images =
        repositories.computeIfAbsent(repository, name -> new LinkedHashMap<>());
    images.replaceAll((known, image) -> tags(image, without(image.tags(), tag)));
    EcrImage before = images.get(digest);
    List<String> tags = new ArrayList<>(before == null ? List.of() : before.tags());
    if (!tag.isEmpty()) {
      tags.add(tag);
    }
    // Another tag for a known image does not make its push later.
    Instant pushedAt = before == null ? at : before.pushedAt();
    images.put(
        digest,
        new EcrImage(
            repository,
            digest,
            List.copyOf(tags),
            pushedAt,
            manifestMediaType,
            artifactMediaType,
            "ACTIVE"));
    manifests.put(digest, manifest);
    return digest;
  }

  /** A repository without an image. */
  public void create(String repository) {
    repositories.computeIfAbsent(repository, name -> new LinkedHashMap<>());
  }

  public void delete(String repository, Digest digest) {
    repositories.get(repository).remove(digest);
    manifests.remove(digest);
  }

  @Override
  public Optional<ObjectNode> manifest(String repository, Digest digest) {
    calls.add("BatchGetImage " + repository + "@" + digest.brief());
    return Optional.ofNullable(manifests.get(digest)).map(ObjectNode::deepCopy);
  }

  @Override
  public Optional<EcrImage> tagged(String repository, String tag) {
    calls.add("DescribeImages " + repository + ":" + tag);
    return images(repository).stream().filter(image -> image.tags().contains(tag)).findFirst();
  }

  @Override
  public Optional<EcrImage> image(String repository, Digest digest) {
    calls.add("DescribeImages " + repository + "@" + digest.brief());
    return images(repository).stream().filter(image -> image.digest().equals(digest)).findFirst();
  }

  @Override
  public Optional<List<EcrImage>> tagged(String repository) {
    calls.add("DescribeImages " + repository);
    return Optional.ofNullable(repositories.get(repository))
        .map(images ->
            images.values().stream()
                .filter(image -> !image.tags().isEmpty())
                .sorted(Comparator.comparing(EcrImage::pushedAt).reversed())
                .toList());
  }

  private List<EcrImage> images(String repository) {
    return List.copyOf(repositories.getOrDefault(repository, Map.of()).values());
  }

  private static List<String> without(List<String> tags, String tag) {
    return tags.stream().filter(other -> !other.equals(tag)).toList();
  }

  private static EcrImage tags(EcrImage image, List<String> tags) {
    return new EcrImage(
        image.repository(),
        image.digest(),
        tags,
        image.pushedAt(),
        image.manifestMediaType(),
        image.artifactMediaType(),
        image.status());
  }
}
