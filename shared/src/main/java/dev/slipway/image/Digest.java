package dev.slipway.image;

import java.util.regex.Pattern;

/** The content address of an image in ECR: {@code sha256:} and 64 hexadecimal digits. */
public record Digest(String value) implements Comparable<Digest> {

  /**
   * https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests; ECR uses SHA-256
   * only.
   */
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  public Digest {
    if (!DIGEST.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'" + value + "' is not an image digest: expected sha256: and 64 hexadecimal digits");
    }
  }

  /** {@code sha256:} and the first twelve digits: enough for people to tell two images apart. */
  public String brief() {
    return value.substring(0, 19);
  }

  @Override
  public int compareTo(Digest other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
