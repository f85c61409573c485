package dev.slipway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.PermanentFailure;

/**
 * What the door hands to the desk: a request whose signature was good, as it came.
 *
 * @param signature the request's identity; a second one with the same is a replay
 * @param timestamp seconds since 1970, as Slack signed it
 * @param body the form, not yet decoded
 */
record QueuedRequest(String signature, String timestamp, String body) {

  String text() {
    return Json.write(
        Json.object().put("signature", signature).put("timestamp", timestamp).put("body", body));
  }

  /**
   * @throws PermanentFailure if it is not what {@link #text} writes
   */
  static QueuedRequest parse(String text) {
    JsonNode json;
    try {
      json = Json.read(text);
    } catch (Json.MalformedJsonException e) {
      throw new PermanentFailure("a message of the chat queue is " + e.getMessage(), e);
    }
    for (String field : new String[] {"signature", "timestamp", "body"}) {
      if (!json.path(field).isTextual()) {
        throw new PermanentFailure(
            "a message of the chat queue has no text '"
                + field
                + "': only the chat door writes there, as"
                + " {\"signature\":...,\"timestamp\":...,\"body\":...}");
      }
    }
    return new QueuedRequest(
        json.path("signature").textValue(),
        json.path("timestamp").textValue(),
        json.path("body").textValue());
  }
}
