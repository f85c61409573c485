package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.image.Digest;
import dev.slipway.runtime.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Amazon ECR over {@link AwsApi}, in the caller's own registry. */
public final class JsonEcr implements Ecr {

  /** Without this list ECR may convert an old manifest, and its digest would not be the same. */
  private static final List<String> AS_STORED =
      List.of(
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.oci.image.manifest.v1+json",
          "application/vnd.docker.distribution.manifest.list.v2+json",
          "application/vnd.docker.distribution.manifest.v2+json");

  /** The most that DescribeImages gives in a page. */
  private static final int IMAGES_A_PAGE = 1000;

  private final AwsApi aws;

  public JsonEcr(AwsApi aws) {
    this.aws = aws;
  }

  @Override
  public Optional<ObjectNode> manifest(String repository, Digest digest) {
    ObjectNode input = Json.object().put("repositoryName", repository);
    input.putArray("imageIds").addObject().put("imageDigest", digest.value());
    input.set("acceptedMediaTypes", Json.array(AS_STORED));
    try {
      JsonNode images = aws.call(AwsService.ECR, "BatchGetImage", input).path("images");
      if (images.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(Json.readObject(Json.text(images.get(0), "imageManifest")));
    } catch (AwsException e) {
      return noneIfMissing(e);
    } catch (Json.MalformedJsonException e) {
      throw new IllegalStateException(
          "the manifest of " + repository + "@" + digest + " is not a manifest: " + e.getMessage(),
          e);
    }
  }

  @Override
  public Optional<EcrImage> tagged(String repository, String tag) {
    return one(repository, Json.object().put("imageTag", tag));
  }

  @Override
  public Optional<EcrImage> image(String repository, Digest digest) {
    return one(repository, Json.object().put("imageDigest", digest.value()));
  }

  private Optional<EcrImage> one(String repository, ObjectNode id) {
    ObjectNode input = Json.object().put("repositoryName", repository);
    input.putArray("imageIds").add(id);
    try {
      JsonNode details = aws.call(AwsService.ECR, "DescribeImages", input).path("imageDetails");
      return details.isEmpty() ? Optional.empty() : Optional.of(image(repository, details.get(0)));
    } catch (AwsException e) {
      return noneIfMissing(e);
    }
  }

  @Override
  public Optional<List<EcrImage>> tagged(String repository) {
    ObjectNode input =
        Json.object().put("repositoryName", repository).put("maxResults", IMAGES_A_PAGE);
    input.putObject("filter").put("tagStatus", "TAGGED");
    List<EcrImage> images = new ArrayList<>();
    String next;
    do {
      ObjectNode answer;
      try {
        answer = aws.call(AwsService.ECR, "DescribeImages", input);
      } catch (AwsException e) {
        if (e.is("RepositoryNotFoundException")) {
          return Optional.empty();
        }
        throw e;
      }
      answer.path("imageDetails").forEach(detail -> images.add(image(repository, detail)));
      next = Json.text(answer, "nextToken");
      input.put("nextToken", next);
    } while (!next.isEmpty());
    images.sort(Comparator.comparing(EcrImage::pushedAt).reversed());
    return Optional.of(images);
  }

  private static EcrImage image(String repository, JsonNode detail) {
    List<String> tags = new ArrayList<>();
    detail.path("imageTags").forEach(tag -> tags.add(tag.asText()));
    Instant pushedAt = Json.instant(detail, "imagePushedAt");
    String status = Json.text(detail, "imageStatus");
    return new EcrImage(
        repository,
        new Digest(Json.text(detail, "imageDigest")),
        List.copyOf(tags),
        pushedAt == null ? Instant.EPOCH : pushedAt,
        Json.text(detail, "imageManifestMediaType"),
        Json.text(detail, "artifactMediaType"),
        status.isEmpty() ? "ACTIVE" : status);
  }

  private static <T> Optional<T> noneIfMissing(AwsException e) {
    if (e.is("ImageNotFoundException", "RepositoryNotFoundException")) {
      return Optional.empty();
    }
    throw e;
  }
}
