package dev.slipway.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.Ecr;
import dev.slipway.image.Digest;
import dev.slipway.runtime.Json;
import java.util.Optional;
import java.util.Set;

/**
 * Tells container images from all else that repositories hold: charts, signatures, attestations,
 * SBOMs, build caches. An allow-list of config media types, because anybody may invent another
 * artifact.
 */
final class ContainerImages {

  /**
   * https://github.com/opencontainers/image-spec/blob/main/media-types.md and
   * https://distribution.github.io/distribution/spec/manifest-v2-2/#media-types
   */
  private static final Set<String> IMAGE_CONFIGS =
      Set.of(
          "application/vnd.oci.image.config.v1+json",
          "application/vnd.docker.container.image.v1+json");

  /**
   * https://github.com/opencontainers/image-spec/blob/main/media-types.md and
   * https://distribution.github.io/distribution/spec/manifest-v2-2/#media-types
   */
  private static final Set<String> INDEXES =
      Set.of(
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.docker.distribution.manifest.list.v2+json");

  /** An index of more platforms than this has shown one of them long before. */
  private static final int MOST_CHILDREN = 20;

  private final Ecr ecr;

  ContainerImages(Ecr ecr) {
    this.ecr = ecr;
  }

  /**
   * Asks ECR only if the media types do not say it. Of an index they never do: an index has no
   * config, and what AWS puts into its artifact media type is not documented.
   *
   * @param manifestMediaType empty if not known
   * @param artifactMediaType empty if not known
   * @return why it is no container image, or empty if it is one
   */
  Optional<String> refuse(
      String repository, Digest digest, String manifestMediaType, String artifactMediaType) {
    if (!artifactMediaType.isEmpty() && !INDEXES.contains(manifestMediaType)) {
      return config(artifactMediaType);
    }
    Optional<ObjectNode> manifest = ecr.manifest(repository, digest);
    if (manifest.isEmpty()) {
      return Optional.of(digest.brief() + " is no longer in " + repository);
    }
    return manifest.get().path("manifests").isArray()
        ? index(repository, manifest.get())
        : manifest(manifest.get());
  }

  private Optional<String> index(String repository, JsonNode index) {
    String last = "it is an index of nothing that runs";
    int asked = 0;
    for (JsonNode child : index.path("manifests")) {
      if (attestation(child) || asked == MOST_CHILDREN) {
        continue;
      }
      Digest digest;
      try {
        digest = new Digest(Json.text(child, "digest"));
      } catch (IllegalArgumentException e) {
        last = "it is an index with a child whose digest cannot be read: " + e.getMessage();
        continue;
      }
      asked++;
      Optional<ObjectNode> manifest = ecr.manifest(repository, digest);
      if (manifest.isEmpty()) {
        last = "it is an index whose child " + digest.brief() + " is not in " + repository;
        continue;
      }
      Optional<String> refused = manifest(manifest.get());
      if (refused.isEmpty()) {
        return refused;
      }
      last = refused.get();
    }
    return Optional.of(last);
  }

  /** As BuildKit marks what it says about an image, beside the image. */
  private static boolean attestation(JsonNode child) {
    JsonNode platform = child.path("platform");
    return (Json.text(platform, "os").equals("unknown")
            && Json.text(platform, "architecture").equals("unknown"))
        || Json.text(child.path("annotations"), "vnd.docker.reference.type")
            .equals("attestation-manifest");
  }

  private static Optional<String> manifest(JsonNode manifest) {
    String type = Json.text(manifest.path("config"), "mediaType");
    return type.isEmpty()
        ? Optional.of("its manifest names no config, as that of a container image does")
        : config(type);
  }

  private static Optional<String> config(String mediaType) {
    return IMAGE_CONFIGS.contains(mediaType)
        ? Optional.empty()
        : Optional.of("its config is " + mediaType + ", which is no container image");
  }
}
