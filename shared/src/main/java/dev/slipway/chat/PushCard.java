package dev.slipway.chat;

import static dev.slipway.chat.Lines.DETAIL;
import static dev.slipway.chat.Lines.asSentence;
import static dev.slipway.chat.Lines.askedFor;
import static dev.slipway.chat.Lines.stopped;
import static dev.slipway.chat.Mrkdwn.code;
import static dev.slipway.chat.Mrkdwn.escape;
import static dev.slipway.chat.Mrkdwn.fit;

import dev.slipway.deployment.Reason;
import dev.slipway.image.Digest;
import dev.slipway.ledger.PushRecord;
import dev.slipway.slack.Message;

/** The message of a push that changed nothing. */
public final class PushCard {

  private PushCard() {}

  /** A push that changed nothing for a follower, and why. */
  public static Message of(PushRecord push) {
    Blocks blocks = new Blocks();
    String symbol =
        switch (push.reason().weight()) {
          case BAD -> "⚠️";
          case QUIET, GOOD, NOTICE -> "ℹ️";
        };
    String does = push.isWayBack() ? " does not go back to " : " does not take ";
    String what = push.image().isEmpty() ? "a push" : code(fit(push.image(), 400));
    String line =
        symbol
            + " *"
            + escape(push.service().brief())
            + "*"
            + does
            + what
            + askedFor(push.trigger())
            + ": "
            + push.reason().text()
            + ".";
    String detail = asSentence(fit(escape(push.detail()).strip(), DETAIL));
    blocks.section((detail.isEmpty() ? line : line + " " + stopped(detail)) + letItCome(push));
    String text =
        symbol
            + " "
            + escape(push.service().brief())
            + does
            + escape(push.image().isEmpty() ? "a push" : push.image())
            + askedFor(push.trigger())
            + ": "
            + push.reason().text();
    return new Message(fit(text, Blocks.TEXT), blocks.all);
  }

  /** How a digest leaves quarantine. */
  private static String letItCome(PushRecord push) {
    return push.reason() != Reason.QUARANTINED || push.digest().isEmpty()
        ? ""
        : " If the image was not to blame: `/slipway release "
            + escape(push.service().brief())
            + " "
            + new Digest(push.digest()).brief()
            + "`.";
  }
}
