package dev.slipway.chat;

import static dev.slipway.chat.Mrkdwn.fit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deployment.Deployment;
import dev.slipway.runtime.Json;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Blocks within Slack's limits.
 *
 * @see <a href="https://docs.slack.dev/reference/block-kit/blocks">limits of blocks</a>
 */
final class Blocks {

  static final int HEADER = 150;
  static final int SECTION = 3000;
  static final int CONTEXT = 2000;
  static final int TEXT = 3000;

  final ArrayNode all = Json.array();

  /** Plain text: Slack does not interpret it, so it must not be escaped. */
  void header(String text) {
    ObjectNode block = all.addObject().put("type", "header");
    block
        .putObject("text")
        .put("type", "plain_text")
        .put("text", fit(text, HEADER))
        .put("emoji", true);
  }

  void section(String mrkdwn) {
    ObjectNode block = all.addObject().put("type", "section");
    block.putObject("text").put("type", "mrkdwn").put("text", fit(mrkdwn, SECTION));
  }

  /** Parts that are empty are left out. */
  void context(String... parts) {
    ObjectNode block = all.addObject().put("type", "context");
    block
        .putArray("elements")
        .addObject()
        .put("type", "mrkdwn")
        .put(
            "text",
            fit(
                Arrays.stream(parts)
                    .filter(part -> !part.isEmpty())
                    .collect(Collectors.joining(" · ")),
                CONTEXT));
  }

  void rollBackButton(Deployment deployment, String target) {
    ObjectNode button = all.addObject().put("type", "actions").putArray("elements").addObject();
    button.put("type", "button").put("action_id", RollBackButton.ACTION_ID);
    button.putObject("text").put("type", "plain_text").put("text", "Roll back");
    button.put("style", "danger");
    button.put(
        "value", new RollBackButton.Value(deployment.service(), deployment.sequence()).text());
    ObjectNode confirm = button.putObject("confirm");
    confirm.putObject("title").put("type", "plain_text").put("text", "Roll back?");
    confirm
        .putObject("text")
        .put("type", "plain_text")
        .put("text", fit(deployment.service().brief() + " goes back to " + target + ".", 300));
    confirm.putObject("confirm").put("type", "plain_text").put("text", "Roll back");
    confirm.putObject("deny").put("type", "plain_text").put("text", "Leave it");
  }
}
