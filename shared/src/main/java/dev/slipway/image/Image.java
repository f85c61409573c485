package dev.slipway.image;

import java.util.Optional;

/**
 * One image, by content.
 *
 * @param registry host of the registry, as {@link #registryOf} gives it for ECR
 * @param repository name of the repository
 * @param tag the tag it was pushed or found under; empty when only the digest is known
 * @param digest what it is
 */
public record Image(String registry, String repository, String tag, Digest digest) {

  public static Image of(
      String account, String region, String repository, String tag, Digest digest) {
    return new Image(registryOf(account, region), repository, tag, digest);
  }

  /** Host of an account's private registry: {@code <account>.dkr.ecr.<region>.<domain>}. */
  public static String registryOf(String account, String region) {
    return account + ".dkr.ecr." + region + "." + Partition.of(region).dnsSuffix();
  }

  public String name() {
    return registry.isEmpty() ? repository : registry + "/" + repository;
  }

  /** As a reference that keeps the tag readable and lets the digest decide. */
  public ImageReference tagged() {
    return new ImageReference(
        registry,
        repository,
        tag.isEmpty() ? Optional.empty() : Optional.of(tag),
        Optional.of(digest));
  }

  /** As a reference by digest alone. */
  public ImageReference byDigest() {
    return new ImageReference(registry, repository, Optional.empty(), Optional.of(digest));
  }

  /** What people read: {@code team/app:v1.2.3}, or the short digest where no tag is known. */
  public String brief() {
    return repository + (tag.isEmpty() ? "@" + digest.brief() : ":" + tag);
  }
}
