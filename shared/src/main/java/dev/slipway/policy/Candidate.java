package dev.slipway.policy;

import dev.slipway.image.Image;
import java.time.Instant;

/**
 * An image that was pushed.
 *
 * @param pushedAt time of the event, which is exact to the second only; of an image that was found
 *     without an event, when it was pushed
 * @param laterOnTie whether the registry says that it is later than what was pushed in the same
 *     second. False if nobody knows: ties go to what is running
 */
public record Candidate(Image image, Instant pushedAt, boolean laterOnTie) {

  public static Candidate of(Image image, Instant pushedAt) {
    return new Candidate(image, pushedAt, false);
  }

  /** The same, and later than what was pushed in the same second. */
  public Candidate winsTies() {
    return new Candidate(image, pushedAt, true);
  }
}
