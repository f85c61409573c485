package dev.slipway.local.account;

import java.util.random.RandomGenerator;

/** Names as AWS makes them up, from a seeded source, so that a run can be repeated. */
public final class Ids {
  private static final String HEX = "0123456789abcdef";
  private static final String DIGITS = "0123456789";
  private static final String URL_SAFE =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  private static final String CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

  private final RandomGenerator random;

  Ids(RandomGenerator random) {
    this.random = random;
  }

  private String draw(String alphabet, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  public String hex(int length) {
    return draw(HEX, length);
  }

  /** Nineteen digits, the first of which is not 0: an ECS deployment or service revision. */
  public String nineteenDigits() {
    return (1 + random.nextInt(9)) + draw(DIGITS, 18);
  }

  /** The last part of a service deployment's ARN: 21 characters. */
  public String serviceDeployment() {
    return draw(URL_SAFE, 21);
  }

  /** {@code d-} and nine capitals or digits: a CodeDeploy deployment. */
  public String codeDeploy() {
    return "d-" + draw(CAPITALS, 9);
  }

  public String uuid() {
    return hex(8) + "-" + hex(4) + "-4" + hex(3) + "-a" + hex(3) + "-" + hex(12);
  }

  public boolean chance(double probability) {
    return random.nextDouble() < probability;
  }
}
