package dev.slipway.local.template;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/** Names that CloudFormation gives to what the template leaves nameless. */
final class Names {

  private Names() {}

  /**
   * Twelve characters that nobody can guess from the logical id, as in AWS: a template that builds
   * the name itself fails here too. The same in every run.
   */
  static String suffix(String logicalId) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(logicalId.getBytes(StandardCharsets.UTF_8));
      return new java.math.BigInteger(1, hash)
          .toString(36)
          .substring(0, 12)
          .toUpperCase(Locale.ROOT);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
