package dev.slipway.local.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** JSON as a tree, with the few shorthands that the local account needs. */
public final class Json {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /**
   * @throws IllegalArgumentException if {@code text} is not JSON; the message holds its beginning
   */
  public static JsonNode parse(String text) {
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node == null || node.isMissingNode()) {
        throw new IllegalArgumentException("Empty where JSON was expected");
      }
      return node;
    } catch (JsonProcessingException notJson) {
      throw new IllegalArgumentException(
          "Not JSON: " + text.substring(0, Math.min(200, text.length())), notJson);
    }
  }

  /**
   * @throws IllegalArgumentException if {@code text} is not a JSON object
   */
  public static ObjectNode parseObject(String text) {
    if (parse(text) instanceof ObjectNode object) {
      return object;
    }
    throw new IllegalArgumentException(
        "Not a JSON object: " + text.substring(0, Math.min(200, text.length())));
  }

  public static String write(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The texts of an array, the text of a single value, or nothing. */
  public static List<String> texts(JsonNode node) {
    List<String> texts = new ArrayList<>();
    if (node != null && node.isArray()) {
      node.forEach(element -> texts.add(element.asText()));
    } else if (node != null && node.isValueNode() && !node.isNull()) {
      texts.add(node.asText());
    }
    return List.copyOf(texts);
  }
}
