package dev.slipway.ledger;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Reason;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import java.time.Instant;

/**
 * Why a push changed nothing for a follower.
 *
 * @param image repository and tag as pushed, for people
 * @param digest of what was pushed
 * @param detail one sentence with the values that decided; may hold text from outside
 */
public record PushRecord(
    ServiceRef service,
    String image,
    String digest,
    Reason reason,
    String detail,
    Deployment.Trigger trigger,
    Audience audience) {

  /** What the id of such a wish begins with, where a push has that of its event. */
  private static final String ROLL_BACK = "roll-back-";

  /**
   * Likewise of a person's wish to go back from a deployment: of what was not brought back.
   *
   * @param by Slack's id of the person
   */
  public static PushRecord notGoneBack(
      Deployment asked, String by, Instant at, Reason reason, String detail) {
    return new PushRecord(
        asked.service(),
        asked.from().brief(),
        "",
        reason,
        detail,
        new Trigger(Trigger.Kind.PERSON, by, ROLL_BACK + asked.sequence(), at),
        asked.audience());
  }

  /** Whether it is about a wish to go back. */
  public boolean isWayBack() {
    return trigger.kind() == Trigger.Kind.PERSON && trigger.eventId().startsWith(ROLL_BACK);
  }
}
