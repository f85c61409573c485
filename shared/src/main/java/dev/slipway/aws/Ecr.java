package dev.slipway.aws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.image.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The calls that Slipway makes to Amazon ECR. */
public interface Ecr {

  /** BatchGetImage of one digest: its manifest, if the image is there and can be pulled. */
  Optional<ObjectNode> manifest(String repository, Digest digest);

  /** DescribeImages of one tag; empty if no image has it. */
  Optional<EcrImage> tagged(String repository, String tag);

  /** DescribeImages of one digest; empty if it is gone. */
  Optional<EcrImage> image(String repository, Digest digest);

  /**
   * DescribeImages: the tagged images of a repository, all pages, newest push first.
   *
   * @return empty if there is no such repository
   */
  Optional<List<EcrImage>> tagged(String repository);

  /** One of imageDetails. */
  record EcrImage(
      String repository,
      Digest digest,
      List<String> tags,
      Instant pushedAt,
      String manifestMediaType,
      String artifactMediaType,
      String status) {}
}
