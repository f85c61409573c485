package dev.slipway.local.ecr;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One repository: images by digest, digests by tag, blobs by digest. */
final class Repository {

  /** A manifest that was put, byte for byte as it came. */
  static final class Image {
    final String digest;
    final String manifest;
    final ObjectNode document;
    final String mediaType;
    final Instant pushedAt;
    boolean archived;
    ObjectNode scanFindings;

    Image(String digest, String manifest, ObjectNode document, String mediaType, Instant pushedAt) {
      this.digest = digest;
      this.manifest = manifest;
      this.document = document;
      this.mediaType = mediaType;
      this.pushedAt = pushedAt;
    }

    /** Type of the config, or of the artifact; null for an index. */
    String artifactMediaType() {
      String artifact = document.path("artifactType").asText("");
      if (!artifact.isEmpty()) {
        return artifact;
      }
      String config = document.path("config").path("mediaType").asText("");
      return config.isEmpty() ? null : config;
    }
  }

  final String name;
  final String arn;
  final Instant createdAt;
  final Map<String, Image> images = new LinkedHashMap<>();
  final TreeMap<String, String> tags = new TreeMap<>();
  final Map<String, byte[]> blobs = new LinkedHashMap<>();
  String mutability;

  Repository(String name, String arn, String mutability, Instant createdAt) {
    this.name = name;
    this.arn = arn;
    this.mutability = mutability;
    this.createdAt = createdAt;
  }

  boolean immutable() {
    return mutability.equals("IMMUTABLE");
  }

  List<String> tagsOf(String digest) {
    List<String> found = new ArrayList<>();
    tags.forEach((tag, named) -> {
      if (named.equals(digest)) {
        found.add(tag);
      }
    });
    return found;
  }

  /** The image that an {@code imageId} names, or null. */
  Image find(String digest, String tag) {
    if (tag == null) {
      return digest == null ? null : images.get(digest);
    }
    String named = tags.get(tag);
    return named == null || (digest != null && !digest.equals(named)) ? null : images.get(named);
  }

  Image get(String digest, String tag, String registryId) {
    Image image = find(digest, tag);
    if (image == null) {
      throw new Refusal(
          "ImageNotFoundException",
          "The image with imageId {imageDigest:'%s', imageTag:'%s'} does not exist within the repository with name '%s' in the registry with id '%s'"
              .formatted(
                  digest == null ? "null" : digest, tag == null ? "null" : tag, name, registryId));
    }
    return image;
  }
}
