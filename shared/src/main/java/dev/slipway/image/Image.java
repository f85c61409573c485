package dev.slipway.image;

import java.util.Optional;

/**
 * One image, by content.
 *
 * @param registry host of the registry, for ECR {@code <account>.dkr.ecr.<region>.amazonaws.com}
 * @param repository name of the repository
 * @param tag the tag it was pushed or found under; empty when only the digest is known
 * @param digest what it is
 */
public record Image(String registry, String repository, String tag, Digest digest) {

  public static Image of(
      String account, String region, String repository, String tag, Digest digest) {
    return new Image(registryOf(account, region), repository, tag, digest);
  }

  /** Host of an account's private registry; the Regions of China have a domain of their own. */
  public static String registryOf(String account, String region) {
    String suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    return account + ".dkr.ecr." + region + "." + suffix;
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
