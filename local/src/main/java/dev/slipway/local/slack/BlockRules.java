package dev.slipway.local.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;

/**
 * What Slack refuses as {@code invalid_blocks}.
 *
 * @see <a href="https://docs.slack.dev/reference/block-kit/blocks">limits of blocks</a>
 */
final class BlockRules {

  private static final Set<String> STYLES = Set.of("primary", "danger");

  private BlockRules() {}

  /** What is wrong with them, if anything. */
  static Optional<String> broken(JsonNode blocks) {
    if (blocks.isMissingNode()) {
      return Optional.empty();
    }
    if (!blocks.isArray()) {
      return Optional.of("blocks is not an array");
    }
    if (blocks.size() > 50) {
      return Optional.of(blocks.size() + " blocks, at most 50 are allowed");
    }
    for (JsonNode block : blocks) {
      Optional<String> problem =
          switch (block.path("type").asText()) {
            case "header" -> text(block.path("text"), "plain_text", 150);
            case "section" -> text(block.path("text"), "mrkdwn", 3000);
            case "context" -> context(block.path("elements"));
            case "actions" -> actions(block.path("elements"));
            case "divider" -> Optional.empty();
            default -> Optional.of("block type '" + block.path("type").asText() + "'");
          };
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> context(JsonNode elements) {
    if (elements.isEmpty() || elements.size() > 10) {
      return Optional.of("a context of " + elements.size() + " elements");
    }
    for (JsonNode element : elements) {
      Optional<String> problem = text(element, "mrkdwn", 2000);
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> actions(JsonNode elements) {
    if (elements.isEmpty() || elements.size() > 25) {
      return Optional.of("actions of " + elements.size() + " elements");
    }
    for (JsonNode button : elements) {
      Optional<String> problem =
          text(button.path("text"), "plain_text", 75)
              .or(() -> length("action_id", button.path("action_id").asText(), 255))
              .or(() -> length("value", button.path("value").asText(), 2000))
              .or(() -> confirm(button.path("confirm")));
      if (problem.isPresent()) {
        return problem;
      }
      if (button.has("style") && !STYLES.contains(button.path("style").asText())) {
        return Optional.of("style '" + button.path("style").asText() + "'");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> confirm(JsonNode confirm) {
    if (confirm.isMissingNode()) {
      return Optional.empty();
    }
    return text(confirm.path("title"), "plain_text", 100)
        .or(() -> text(confirm.path("text"), "plain_text", 300))
        .or(() -> text(confirm.path("confirm"), "plain_text", 30))
        .or(() -> text(confirm.path("deny"), "plain_text", 30));
  }

  private static Optional<String> text(JsonNode text, String type, int most) {
    if (!text.path("type").asText().equals(type)) {
      return Optional.of("a text of type '" + text.path("type").asText() + "', not " + type);
    }
    return length("text", text.path("text").asText(), most);
  }

  private static Optional<String> length(String what, String text, int most) {
    return text.isEmpty() || text.length() > most
        ? Optional.of(what + " of " + text.length() + " characters, 1 to " + most + " are allowed")
        : Optional.empty();
  }
}
