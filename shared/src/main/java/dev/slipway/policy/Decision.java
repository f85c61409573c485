package dev.slipway.policy;

import dev.slipway.deployment.Reason;

/** Whether a follower wants a push; it always says why, with the values that decided. */
public sealed interface Decision {

  /** Half a sentence or more for people; may hold text from outside. */
  String text();

  Reason reason();

  /** It shall run next. */
  record Accept(String text) implements Decision {
    @Override
    public Reason reason() {
      return Reason.PUSHED;
    }
  }

  /** It changes nothing. */
  record Refuse(Reason reason, String text) implements Decision {}
}
