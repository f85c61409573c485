package dev.slipway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.PermanentFailure;

/** What a request of Slack's asks for. */
sealed interface Incoming {

  /** {@code /slipway ...}. */
  record Slash(String user, String text, String responseUrl) implements Incoming {}

  /**
   * A press of a button.
   *
   * @param value what the button carries
   */
  record Press(String user, String action, String value, String responseUrl) implements Incoming {}

  /** Something that Slipway has not asked Slack for. */
  record Other(String type) implements Incoming {}

  /**
   * @throws PermanentFailure if it is none of what Slack documents
   */
  static Incoming parse(String body) {
    Form form;
    try {
      form = Form.parse(body);
    } catch (IllegalArgumentException e) {
      throw new PermanentFailure("a request of Slack's is not a form: " + e.getMessage(), e);
    }
    if (form.has("command")) {
      return new Slash(form.get("user_id"), form.get("text"), form.get("response_url"));
    }
    JsonNode payload;
    try {
      payload = Json.read(form.get("payload"));
    } catch (Json.MalformedJsonException e) {
      throw new PermanentFailure("the payload of a request of Slack's is " + e.getMessage(), e);
    }
    String type = Json.text(payload, "type");
    JsonNode action = payload.path("actions").path(0);
    if (!type.equals("block_actions") || !action.isObject()) {
      return new Other(type);
    }
    return new Press(
        Json.text(payload.path("user"), "id"),
        Json.text(action, "action_id"),
        Json.text(action, "value"),
        Json.text(payload, "response_url"));
  }
}
