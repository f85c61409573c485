package dev.slipway.chat;

import static dev.slipway.chat.Mrkdwn.code;
import static dev.slipway.chat.Mrkdwn.escape;
import static dev.slipway.chat.Mrkdwn.fit;
import static dev.slipway.chat.Mrkdwn.person;
import static dev.slipway.chat.Mrkdwn.sentence;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Reason;
import dev.slipway.image.Image;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.Function;

/** What messages of several kinds say alike. */
final class Lines {

  /** Characters of what is known beside a reason. */
  static final int DETAIL = 1500;

  static final int IMAGE_LINES = 10;

  private Lines() {}

  static String image(Image image, boolean digest) {
    return code(image.brief())
        + (digest && !image.tag().isEmpty()
            ? " (" + image.digest().brief().substring(7) + ")"
            : "");
  }

  static boolean says(String text, String words) {
    return text.toLowerCase(Locale.ROOT).contains(words.toLowerCase(Locale.ROOT));
  }

  /** The reason, and what is known beside it; a detail that has the reason in it is enough. */
  static String reason(Reason reason, String detail) {
    String words = fit(escape(detail).strip(), DETAIL);
    String text = sentence(reason.text());
    return words.isEmpty()
        ? text + "."
        : (says(words, reason.text()) ? "" : text + ". ") + stopped(words);
  }

  /** With a full stop, unless it ends with a mark of its own. */
  static String stopped(String sentence) {
    return sentence.isEmpty() || ".!?:…".indexOf(sentence.charAt(sentence.length() - 1)) >= 0
        ? sentence
        : sentence + ".";
  }

  /** Not of ecs:UpdateService or v1.2.3, which are no words of a sentence. */
  static String asSentence(String words) {
    return words.matches("(?s)[a-z]+ .*") ? sentence(words) : words;
  }

  static String askedFor(Trigger trigger) {
    String requester = requester(trigger);
    return requester.isEmpty() ? "" : ", which " + requester + " asked for";
  }

  static String requester(Deployment deployment) {
    return requester(deployment.trigger());
  }

  /** Who asked for it, ready for a message; empty if nobody did, or nobody knows. */
  static String requester(Trigger trigger) {
    return switch (trigger.kind()) {
      case PERSON -> person(fit(trigger.by(), 100));
      case PUSH, REPLICATION, RECONCILE, ROLLBACK -> "";
    };
  }

  static String trigger(Trigger trigger, long rollbackOf, Function<Instant, String> told) {
    String by = trigger.by().isEmpty() ? "" : " by " + person(fit(trigger.by(), 100));
    String at = trigger.at() == null ? "" : " at " + told.apply(trigger.at());
    return switch (trigger.kind()) {
      case PUSH -> "pushed" + by + at;
      case REPLICATION -> "replicated" + by + at;
      case RECONCILE -> "found by the reconcile run" + at;
      // Nobody tells Slipway who deploys beside it.
      case PERSON -> by.isEmpty() ? "seen" + at : "asked for" + by + at;
      case ROLLBACK -> "way back from #" + rollbackOf + at;
    };
  }

  /** As many whole lines as fit into a section, and how many more there are. */
  static String joined(List<String> lines, int most) {
    StringJoiner kept = new StringJoiner("\n");
    int told = 0;
    for (String line : lines) {
      if (told == most || kept.length() + line.length() > Blocks.SECTION - 200) {
        break;
      }
      kept.add(line);
      told++;
    }
    if (told < lines.size()) {
      kept.add("… and " + (lines.size() - told) + " more");
    }
    return kept.toString();
  }

  /** One line without markup for the fallback text; it stays escaped. */
  static String plainLine(String mrkdwn) {
    return mrkdwn.replace("*", "").replace("`", "").replace('\n', ' ');
  }
}
