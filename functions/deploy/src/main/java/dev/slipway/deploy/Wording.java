package dev.slipway.deploy;

import dev.slipway.deployment.Reason;
import dev.slipway.verdict.AlarmsInUse;

/** How things are called in the details of deployments and in the log. */
final class Wording {

  private Wording() {}

  /** {@code family:revision} of a task definition's ARN. */
  static String revision(String arn) {
    return arn.substring(arn.indexOf('/') + 1);
  }

  static String family(String arn) {
    String revision = revision(arn);
    int colon = revision.lastIndexOf(':');
    return colon < 0 ? revision : revision.substring(0, colon);
  }

  /** What went wrong, in a sentence; of alarms, which. May hold their names, not yet escaped. */
  static String failure(Reason reason, AlarmsInUse alarms) {
    String text =
        reason == Reason.ALARM && !alarms.wentOff().isEmpty()
            ? reason.text() + ": " + AlarmsInUse.names(alarms.wentOff())
            : reason.text();
    return sentence(text);
  }

  /** With a full stop, if it has none: AWS's words often have none. */
  static String stopped(String words) {
    return words.endsWith(".") ? words : words + ".";
  }

  /** With a capital letter and a full stop. */
  static String sentence(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
  }
}
