package dev.slipway.local.page;

import dev.slipway.deployment.Deployment;
import dev.slipway.image.ImageReference;

/** Short words for long values. */
final class Terms {

  private Terms() {}

  /** {@code team/app:v1.2.3} of any image reference; one that cannot be read stays as it is. */
  static String image(String reference) {
    try {
      ImageReference image = ImageReference.parse(reference);
      return image.repository()
          + image
              .tag()
              .map(tag -> ":" + tag)
              .or(() -> image.digest().map(digest -> "@" + digest.brief()))
              .orElse("");
    } catch (IllegalArgumentException unreadable) {
      return reference;
    }
  }

  /** The digest in an image reference, empty if it has none. */
  static String digest(String reference) {
    int at = reference.indexOf('@');
    return at < 0 ? "" : reference.substring(at + 1);
  }

  /** The first eight letters of an id. */
  static String shortId(String id) {
    return id.substring(0, Math.min(8, id.length()));
  }

  /** Where a deployment stands, in a word or two. */
  static String status(Deployment deployment) {
    boolean back = deployment.isRollback();
    return switch (deployment.status()) {
      case PREPARING -> back ? "prepares to go back" : "prepares";
      case ROLLING_OUT -> back ? "is going back" : "is rolling out";
      case BAKING -> "is being watched";
      case ROLLING_BACK -> deployment.reason().byPerson() ? "going back" : "failed, going back";
      case SUCCEEDED -> back ? "went back" : "succeeded";
      case FAILED -> "failed";
      case ROLLED_BACK -> "rolled back";
      case SUPERSEDED -> "superseded";
    };
  }
}
