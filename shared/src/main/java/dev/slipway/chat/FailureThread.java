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
import dev.slipway.slack.Message;
import java.util.ArrayList;
import java.util.List;

/** The reason of a failure, in the thread of its card. */
public final class FailureThread {

  /** Sections for the lines of a log, and characters of a line: 20 long ones fit. */
  private static final int LOG_SECTIONS = 4;

  private static final int LOG_LINE = 490;

  private FailureThread() {}

  /**
   * Why it failed, for the thread of its card.
   *
   * @throws java.util.NoSuchElementException if there is no diagnosis
   */
  public static Message of(Deployment deployment) {
    Diagnosis diagnosis = deployment.diagnosis().orElseThrow();
    Blocks blocks = new Blocks();
    String cause = escape(diagnosis.cause());
    blocks.section("*Cause:* " + stopped(fit(cause, DETAIL)));
    if (!diagnosis.advice().isEmpty()) {
      blocks.section("*What to do:* " + stopped(fit(escape(diagnosis.advice()), DETAIL)));
    }
    if (!diagnosis.evidence().isEmpty()) {
      blocks.section("*Evidence*\n" + bullets(diagnosis.evidence()));
    }
    if (!diagnosis.events().isEmpty()) {
      blocks.section("*What ECS said*\n" + bullets(diagnosis.events()));
    }
    if (!diagnosis.logs().isEmpty() && deployment.audience().logs()) {
      String of =
          diagnosis.container().isEmpty() ? "" : " of " + code(fit(diagnosis.container(), 255));
      lastLines("*Last log lines*" + of, diagnosis.logs()).forEach(blocks::section);
    }
    return new Message(
        fit(escape(deployment.service().brief() + " failed: ") + cause, Blocks.TEXT), blocks.all);
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
