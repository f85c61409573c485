package dev.slipway.local.iam;

import java.util.List;

/**
 * Who calls.
 *
 * @param name logical id of the function, or {@code admin}
 * @param arn as AWS's error messages name it
 * @param statements what it may do; null for somebody who may do everything
 */
public record Principal(String name, String arn, List<Statement> statements) {

  /** Access key ids that begin so name a function. */
  private static final String KEY_PREFIX = "SLIPWAYLOCAL.";

  public static Principal admin(String accountId) {
    return new Principal("admin", "arn:aws:iam::" + accountId + ":user/admin", null);
  }

  public boolean unrestricted() {
    return statements == null;
  }

  /** The access key id that a function's process is given. */
  public static String accessKeyId(String function) {
    return KEY_PREFIX + function;
  }

  /** The function that an access key id names, or null for anybody else's. */
  public static String function(String accessKeyId) {
    return accessKeyId.startsWith(KEY_PREFIX) ? accessKeyId.substring(KEY_PREFIX.length()) : null;
  }
}
