package dev.slipway.runtime;

import com.fasterxml.jackson.databind.JsonNode;

/** What every event of EventBridge is read with, so that a bad one is told of in the same words. */
public final class EventFields {

  private static final int LONGEST_QUOTE = 200;

  private EventFields() {}

  /**
   * The event itself.
   *
   * @param body of the message that carries it
   * @throws PermanentFailure if it can never be understood; the text quotes what it could not read
   */
  public static JsonNode event(String body) {
    JsonNode event;
    try {
      event = Json.read(body);
    } catch (Json.MalformedJsonException e) {
      throw new PermanentFailure(
          "the message is not JSON (it begins '"
              + quote(body)
              + "'); this queue takes events of EventBridge only",
          e);
    }
    if (!event.isObject()) {
      throw new PermanentFailure(
          "the message '" + quote(body) + "' is no event; this queue takes EventBridge's JSON");
    }
    return event;
  }

  /**
   * The object {@code detail}.
   *
   * @param type the event's detail-type, for the message
   * @throws PermanentFailure if there is none
   */
  public static JsonNode detail(JsonNode event, String type) {
    JsonNode detail = event.path("detail");
    if (!detail.isObject()) {
      throw new PermanentFailure("an event '" + type + "' has no object 'detail'");
    }
    return detail;
  }

  /**
   * A text that AWS documents as always there.
   *
   * @param type the event's detail-type, for the message
   * @throws PermanentFailure if it is missing, empty or no text; it names the field and what is
   *     there
   */
  public static String required(JsonNode node, String field, String type) {
    String text = Json.text(node, field);
    if (text.isEmpty()) {
      throw new PermanentFailure(
          "an event '"
              + type
              + "' has no '"
              + field
              + "' (it is "
              + quote(node.has(field) ? Json.write(node.get(field)) : "missing")
              + "); AWS documents it as always there, so look at who sent this");
    }
    return text;
  }

  /** As much of a text from outside as a message can bear. */
  public static String quote(String text) {
    return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
  }
}
