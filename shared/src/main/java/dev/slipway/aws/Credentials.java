package dev.slipway.aws;

import java.time.Instant;

/**
 * @param sessionToken empty for a user's long-term key
 * @param expiry null if they do not expire while the process lives
 */
record Credentials(
    String accessKeyId, String secretAccessKey, String sessionToken, Instant expiry) {

  /** The secrets stay out of logs. */
  @Override
  public String toString() {
    return "Credentials[" + accessKeyId + "]";
  }
}
