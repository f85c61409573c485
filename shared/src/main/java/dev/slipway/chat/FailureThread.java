package dev.slipway.chat;

import static dev.slipway.chat.Lines.DETAIL;
import static dev.slipway.chat.Lines.joined;
import static dev.slipway.chat.Lines.stopped;
import static dev.slipway.chat.Mrkdwn.code;
import static dev.slipway.chat.Mrkdwn.codeBlock;
import static dev.slipway.chat.Mrkdwn.escape;
import static dev.slipway.chat.Mrkdwn.fit;

import dev.slipway.deployment.Deployment;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.image.Image;
import dev.slipway.slack.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The reason of a failure, in the thread of its card. */
public final class FailureThread {

  /** Sections for the lines of a log, and characters of a line: 20 long ones fit. */
  private static final int LOG_SECTIONS = 4;

  private static final int LOG_LINE = 490;
  private static final int MOST_IMAGES = 5;

  private static final String WAY_BACK = "Why the way back failed";

  private FailureThread() {}

  /**
   * Why it failed, for the thread of its card; and why the way back from it failed, where both are
   * told at once.
   *
   * @param rollback the deployment that goes back from this one, if there is one
   * @param quarantined those of its images that are in quarantine
   * @param calls whether it calls for a person
   */
  public static Message of(
      Deployment deployment,
      Optional<Deployment> rollback,
      List<Image> quarantined,
      boolean calls) {
    Blocks blocks = new Blocks();
    String name = escape(deployment.service().brief());
    if (calls) {
      blocks.section("❌ *" + name + "* failed, and a person is needed.");
    }
    Optional<Deployment> failed = Optional.of(deployment).filter(Telling::explains);
    Optional<Deployment> back = rollback.filter(Telling::explains);
    failed.ifPresent(known -> explain(blocks, "Cause", known));
    back.ifPresent(known -> explain(blocks, WAY_BACK, known));
    quarantined.stream()
        .limit(MOST_IMAGES)
        .map(image -> quarantine(deployment, image))
        .forEach(blocks::section);
    String what =
        calls
            ? "❌ " + name + " failed, and a person is needed: "
            : name + (failed.isPresent() ? " failed: " : " could not go back: ");
    String cause =
        failed.or(() -> back).flatMap(Deployment::diagnosis).map(Diagnosis::cause).orElse("");
    return new Message(fit(what + escape(cause), Blocks.TEXT), blocks.all);
  }

  /**
   * A call for a person after the failure itself has been explained; with why the way back failed,
   * if that is known.
   *
   * @param card of the deployment, which says what the call is for
   */
  public static Message call(Message card, Optional<Deployment> rollback) {
    Optional<Deployment> back = rollback.filter(Telling::explains);
    if (back.isEmpty()) {
      return Message.ofText(card.text());
    }
    Blocks blocks = new Blocks();
    blocks.section(card.text());
    explain(blocks, WAY_BACK, back.get());
    return new Message(card.text(), blocks.all);
  }

  private static void explain(Blocks blocks, String title, Deployment failed) {
    Diagnosis diagnosis = failed.diagnosis().orElseThrow();
    blocks.section("*" + title + ":* " + stopped(fit(escape(diagnosis.cause()), DETAIL)));
    if (!diagnosis.advice().isEmpty()) {
      blocks.section("*What to do:* " + stopped(fit(escape(diagnosis.advice()), DETAIL)));
    }
    if (!diagnosis.evidence().isEmpty()) {
      blocks.section("*Evidence*\n" + bullets(diagnosis.evidence()));
    }
    if (!diagnosis.events().isEmpty()) {
      blocks.section("*What ECS said*\n" + bullets(diagnosis.events()));
    }
    if (!diagnosis.logs().isEmpty() && failed.audience().logs()) {
      String of =
          diagnosis.container().isEmpty() ? "" : " of " + code(fit(diagnosis.container(), 255));
      lastLines("*Last log lines*" + of, diagnosis.logs()).forEach(blocks::section);
    }
  }

  /** That it does not come again by itself, and how it does. */
  private static String quarantine(Deployment deployment, Image image) {
    return code(image.brief())
        + " is in quarantine, and does not come back here by itself. If it was not to blame:"
        + " `/slipway release "
        + escape(deployment.service().brief())
        + " "
        + image.digest().brief()
        + "`.";
  }

  private static String bullets(List<String> items) {
    return joined(
        items.stream()
            // A block of code would swallow the rest of the section.
            .map(item -> "• " + fit(escape(item).replace('\n', ' ').replace("```", "'''"), 600))
            .toList(),
        Integer.MAX_VALUE);
  }

  /**
   * Sections with the lines as blocks of code. The end of a log says more than its beginning: what
   * does not fit is left out at the top.
   */
  private static List<String> lastLines(String title, List<String> logs) {
    int room = Blocks.SECTION - 500;
    int first = logs.size();
    List<String> blocks = new ArrayList<>();
    while (first > 0 && blocks.size() < LOG_SECTIONS) {
      List<String> kept = new ArrayList<>();
      int length = 0;
      while (first > 0) {
        String line = fit(logs.get(first - 1), LOG_LINE);
        // Escaping makes a text at most five times as long, so that one line always fits.
        int escaped = escape(line).length() + 1;
        if (length + escaped > room) {
          break;
        }
        length += escaped;
        kept.addFirst(line);
        first--;
      }
      blocks.addFirst(codeBlock(String.join("\n", kept)));
    }
    String left = first == 0 ? "" : "\n… " + first + " earlier left out";
    blocks.set(0, title + left + "\n" + blocks.getFirst());
    return blocks;
  }
}
