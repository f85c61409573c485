package dev.slipway.slack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What is said in Slack: Block Kit, and the same in one line for notifications and for readers of
 * the screen.
 *
 * @param text the line; already escaped
 * @param blocks the blocks; empty for a message of text alone
 * @see <a href="https://docs.slack.dev/reference/block-kit/blocks">Block Kit</a>
 */
public record Message(String text, ArrayNode blocks) {

  public static Message ofText(String text) {
    return new Message(text, Json.array());
  }

  /** The same without blocks: what is left to say when Slack refuses them. */
  public Message textOnly() {
    return ofText(text);
  }

  /** What is shown, as Slack's methods take it; a new node each time. */
  public ObjectNode toJson() {
    ObjectNode json = Json.object();
    json.put("text", text);
    if (!blocks.isEmpty()) {
      json.set("blocks", blocks.deepCopy());
    }
    return json;
  }

  /**
   * As it is sent, whatever way: without previews of its links. A link in somebody's error text
   * shall not become a picture in the channel.
   *
   * @see <a href="https://docs.slack.dev/messaging/unfurling-links-in-messages">unfurl_links and
   *     unfurl_media</a>
   */
  ObjectNode withoutPreviews() {
    return toJson().put("unfurl_links", false).put("unfurl_media", false);
  }

  /** Equal for equal content: tells whether there is anything to update. */
  public String hash() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(Json.write(toJson()).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
