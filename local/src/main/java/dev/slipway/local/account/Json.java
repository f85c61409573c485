package dev.slipway.local.account;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The few things that are done with JSON trees over and over. */
public final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  public static ArrayNode strings(Collection<String> values) {
    ArrayNode array = array();
    values.forEach(array::add);
    return array;
  }

  /**
   * @throws Refusal with {@code code} if {@code text} is not a JSON object
   */
  public static ObjectNode parse(String text, String code) {
    try {
      if (MAPPER.readTree(text) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new Refusal(code, "not JSON: " + e.getOriginalMessage());
    }
    throw new Refusal(code, "not a JSON object: " + text);
  }

  /**
   * Maps, lists and scalars as a tree.
   *
   * @throws Refusal with {@code code} if {@code value} is not a map
   */
  public static ObjectNode tree(Object value, String code) {
    if (MAPPER.valueToTree(value) instanceof ObjectNode object) {
      return object;
    }
    throw new Refusal(code, "not a mapping: " + value);
  }

  /** The member's text, or null when it is absent or null. */
  public static String text(JsonNode node, String member) {
    JsonNode value = node.get(member);
    return value == null || value.isNull() ? null : value.asText();
  }

  public static String text(JsonNode node, String member, String otherwise) {
    String value = text(node, member);
    return value == null ? otherwise : value;
  }

  /**
   * @throws Refusal {@code InvalidParameterException} if the member is absent or empty
   */
  public static String required(JsonNode node, String member) {
    String value = text(node, member);
    if (value == null || value.isEmpty()) {
      throw new Refusal("InvalidParameterException", member + " must not be empty.");
    }
    return value;
  }

  public static List<String> texts(JsonNode node, String member) {
    List<String> values = new ArrayList<>();
    node.path(member).forEach(value -> values.add(value.asText()));
    return values;
  }

  /** A time as the AWS JSON protocol writes it: seconds of the epoch, with milliseconds. */
  public static JsonNode seconds(Instant instant) {
    long millis = instant.toEpochMilli();
    return millis % 1000 == 0
        ? LongNode.valueOf(millis / 1000)
        : DecimalNode.valueOf(BigDecimal.valueOf(millis, 3));
  }

  /** {@code [{key, value}]} with the members' names as given; the last of two equal keys counts. */
  public static Map<String, String> tags(JsonNode list, String key, String value) {
    Map<String, String> tags = new LinkedHashMap<>();
    list.forEach(tag -> tags.put(text(tag, key, ""), text(tag, value, "")));
    return tags;
  }

  public static ArrayNode tags(Map<String, String> tags, String key, String value) {
    ArrayNode list = array();
    tags.forEach((k, v) -> list.addObject().put(key, k).put(value, v));
    return list;
  }
}
