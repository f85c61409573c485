package dev.slipway.local.ecr;

/**
 * What a container host has after a pull.
 *
 * @param digest what the image reference named: the index, when it named one
 * @param architecture as the image's config says, for example {@code amd64}; null when it runs
 *     anywhere
 */
public record PulledImage(String digest, String architecture, Behaviour behaviour) {

  /** A pull that failed, with the words that the container agent reports. */
  public static final class Refused extends Exception {
    Refused(String reason) {
      super(reason);
    }
  }
}
