package dev.slipway.follow;

/** Which tags of a repository a follower wants; {@code dev.slipway.policy} decides by it. */
public sealed interface Policy {
  /** What this tag names now, also when it is moved back. */
  record Tag(String name) implements Policy {}

  /** Newest push among the tags that start so. */
  record Prefix(String prefix) implements Policy {}

  /** Newest push among the tags that end so. */
  record Suffix(String suffix) implements Policy {}

  /** Highest version in the range, never a downgrade. */
  record Semver(String range) implements Policy {}

  /** Newest push of a container image. */
  record Any() implements Policy {}
}
