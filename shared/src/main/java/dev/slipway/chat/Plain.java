package dev.slipway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.slack.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The same message for terminals and logs: Slack's markup taken out, one string a line. Reads what
 * {@link Cards} writes; a block that it does not know is left out.
 */
public final class Plain {

  /** {@code <@U123>}, {@code <!date^...|fallback>}, {@code <https://...|text>}. */
  private static final Pattern LINK = Pattern.compile("<([^<>|]*)(?:\\|([^<>]*))?>");

  private Plain() {}

  /** The lines of a message, its button in square brackets. */
  public static List<String> lines(Message message) {
    if (message.blocks().isEmpty()) {
      return split(text(message.text()));
    }
    List<String> lines = new ArrayList<>();
    for (JsonNode block : message.blocks()) {
      switch (block.path("type").asText()) {
        case "header" -> lines.addAll(split(block.path("text").path("text").asText()));
        case "section" -> lines.addAll(split(text(block.path("text").path("text").asText())));
        case "context" -> {
          for (JsonNode element : block.path("elements")) {
            lines.addAll(split(text(element.path("text").asText())));
          }
        }
        case "actions" -> {
          List<String> buttons = new ArrayList<>();
          for (JsonNode element : block.path("elements")) {
            buttons.add("[ " + element.path("text").path("text").asText() + " ]");
          }
          lines.add(String.join("  ", buttons));
        }
        default -> {}
      }
    }
    return lines;
  }

  /** Its one line, for a log. */
  public static String line(Message message) {
    return text(message.text()).replace('\n', ' ');
  }

  /** mrkdwn without its markup. */
  static String text(String mrkdwn) {
    String unlinked = LINK.matcher(mrkdwn).replaceAll(Plain::readable);
    return unlinked
        .replaceAll("(?m)^```\\n?|\\n?```$", "")
        .replaceAll("`([^`\\n]*)`", "$1")
        .replaceAll("(?<![\\w*])\\*([^*\\n]+)\\*(?![\\w*])", "$1")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
  }

  private static String readable(MatchResult link) {
    return Matcher.quoteReplacement(link.group(link.group(2) == null ? 1 : 2));
  }

  private static List<String> split(String text) {
    return text.lines().filter(line -> !line.isBlank()).toList();
  }
}
