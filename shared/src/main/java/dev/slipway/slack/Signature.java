package dev.slipway.slack;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tells Slack's requests from anybody else's.
 *
 * @see <a
 *     href="https://docs.slack.dev/authentication/verifying-requests-from-slack">docs.slack.dev</a>
 */
public final class Signature {

  public static final String TIMESTAMP_HEADER = "x-slack-request-timestamp";
  public static final String SIGNATURE_HEADER = "x-slack-signature";

  /** Slack's own window, into the past and into the future. */
  static final Duration WINDOW = Duration.ofMinutes(5);

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");

  private Signature() {}

  /** What the signature says of a request. */
  public enum Outcome {
    GOOD,
    /** One of the two headers is missing or unreadable. */
    MISSING,
    /** Signed too long ago, or in the future. */
    STALE,
    /** Not signed with this secret, or changed on the way. */
    WRONG
  }

  /**
   * @param timestamp the header's text, seconds since 1970; null if it was not sent
   * @param signature the header's text, {@code v0=<hex>}; null if it was not sent
   * @param body exactly as it came, before anything decoded it
   */
  public static Outcome verify(
      String secret, String timestamp, String signature, byte[] body, Instant now) {
    if (secret.isEmpty()) {
      throw new IllegalArgumentException("without a signing secret nothing can be verified");
    }
    if (timestamp == null || signature == null || !SECONDS.matcher(timestamp).matches()) {
      return Outcome.MISSING;
    }
    long seconds = Long.parseLong(timestamp);
    if (Math.abs(now.getEpochSecond() - seconds) > WINDOW.toSeconds()) {
      return Outcome.STALE;
    }
    // isEqual takes the same time for every wrong signature, so that it cannot be guessed by parts.
    return MessageDigest.isEqual(
            sign(secret, seconds, body).getBytes(StandardCharsets.UTF_8),
            signature.getBytes(StandardCharsets.UTF_8))
        ? Outcome.GOOD
        : Outcome.WRONG;
  }

  /** The signature that Slack would send: {@code v0=} and the HMAC-SHA256 in hex. */
  public static String sign(String secret, long timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update(("v0:" + timestamp + ":").getBytes(StandardCharsets.UTF_8));
      return "v0=" + HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
