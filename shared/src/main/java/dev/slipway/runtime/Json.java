package dev.slipway.runtime;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;

/**
 * JSON as a tree, read and written with Jackson's streaming parser. An {@code ObjectMapper} would
 * do the same and cost a cold start about 90 ms for its machinery of types and beans, which is why
 * there is none here; for the same reason use {@link #write} and not {@code JsonNode.toString()}.
 * Every field survives a round trip, numbers with all their digits. Thread-safe.
 */
public final class Json {

  private static final JsonFactory FACTORY = new JsonFactory();

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Json() {}

  /** Text that is not one JSON value. The message says where, and never quotes the text. */
  public static final class MalformedJsonException extends IllegalArgumentException {
    MalformedJsonException(String message) {
      super(message);
    }
  }

  public static ObjectNode object() {
    return NODES.objectNode();
  }

  public static ArrayNode array() {
    return NODES.arrayNode();
  }

  /** An array of strings. */
  public static ArrayNode array(Collection<String> texts) {
    ArrayNode array = array();
    texts.forEach(array::add);
    return array;
  }

  /**
   * @throws MalformedJsonException if it is not exactly one JSON value
   */
  public static JsonNode read(String text) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      return document(parser);
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /**
   * @throws MalformedJsonException if it is not exactly one JSON value
   */
  public static JsonNode read(byte[] utf8) {
    try (JsonParser parser = FACTORY.createParser(utf8)) {
      return document(parser);
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /**
   * Reads to the end and closes the stream.
   *
   * @throws MalformedJsonException if it is not exactly one JSON value
   * @throws UncheckedIOException if the stream fails
   */
  public static JsonNode read(InputStream utf8) {
    try (utf8) {
      return read(utf8.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @throws MalformedJsonException if it is not exactly one JSON object
   */
  public static ObjectNode readObject(String text) {
    return asObject(read(text));
  }

  /**
   * @throws MalformedJsonException if it is not exactly one JSON object
   */
  public static ObjectNode readObject(byte[] utf8) {
    return asObject(read(utf8));
  }

  private static ObjectNode asObject(JsonNode node) {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new MalformedJsonException("expected a JSON object and found " + kind(node));
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "an array";
      case STRING -> "a string";
      case NUMBER -> "a number";
      case BOOLEAN -> "a boolean";
      default -> "null";
    };
  }

  /** Compact, fields in the order of the tree. */
  public static String write(JsonNode node) {
    return write(node, false);
  }

  /** Indented, for people and for files that people read. */
  public static String pretty(JsonNode node) {
    return write(node, true);
  }

  private static String write(JsonNode node, boolean indented) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      if (indented) {
        generator.setPrettyPrinter(new DefaultPrettyPrinter());
      }
      write(generator, node);
    } catch (IOException e) {
      throw new UncheckedIOException("a tree in memory could not be written", e);
    }
    return text.toString();
  }

  /** The text of a string or number; empty if the field is missing, null or something else. */
  public static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isTextual() || value.isNumber() || value.isBoolean() ? value.asText() : "";
  }

  /**
   * ISO text with any offset, or seconds since 1970 with fractions, as the AWS JSON protocol writes
   * them.
   *
   * @return null if the field is missing, null, empty or unreadable
   */
  public static Instant instant(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (value.isNumber()) {
      BigDecimal seconds = value.decimalValue();
      long whole = seconds.longValue();
      return Instant.ofEpochSecond(
          whole, seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValue());
    }
    if (value.isTextual() && !value.textValue().isEmpty()) {
      try {
        return OffsetDateTime.parse(value.textValue()).toInstant();
      } catch (DateTimeException e) {
        return null;
      }
    }
    return null;
  }

  private static MalformedJsonException malformed(IOException e) {
    return new MalformedJsonException("not JSON: " + e.getMessage());
  }

  private static JsonNode document(JsonParser parser) throws IOException {
    if (parser.nextToken() == null) {
      throw new MalformedJsonException("not JSON: there is nothing to read");
    }
    JsonNode node = node(parser);
    if (parser.nextToken() != null) {
      throw new MalformedJsonException("not JSON: something follows after the first value");
    }
    return node;
  }

  /** Depth is limited by Jackson's StreamReadConstraints, so recursion is safe. */
  private static JsonNode node(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        ObjectNode object = NODES.objectNode();
        for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
          parser.nextToken();
          object.set(field, node(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(node(parser));
        }
        yield array;
      }
      case VALUE_STRING -> NODES.textNode(parser.getText());
      case VALUE_NUMBER_INT ->
          switch (parser.getNumberType()) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            default -> NODES.numberNode(parser.getBigIntegerValue());
          };
      // Not through the factory, which would drop a trailing zero.
      case VALUE_NUMBER_FLOAT -> DecimalNode.valueOf(parser.getDecimalValue());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      default -> throw new MalformedJsonException("not JSON: unexpected " + parser.currentToken());
    };
  }

  private static void write(JsonGenerator generator, JsonNode node) throws IOException {
    switch (node.getNodeType()) {
      case OBJECT -> {
        generator.writeStartObject();
        for (var field : node.properties()) {
          generator.writeFieldName(field.getKey());
          write(generator, field.getValue());
        }
        generator.writeEndObject();
      }
      case ARRAY -> {
        generator.writeStartArray();
        for (JsonNode element : node) {
          write(generator, element);
        }
        generator.writeEndArray();
      }
      case STRING -> generator.writeString(node.textValue());
      case BOOLEAN -> generator.writeBoolean(node.booleanValue());
      case NUMBER -> number(generator, node);
      case BINARY -> generator.writeBinary(node.binaryValue());
      case NULL, MISSING -> generator.writeNull();
      case POJO ->
          throw new IllegalArgumentException("a tree may not hold objects that are not JSON");
    }
  }

  private static void number(JsonGenerator generator, JsonNode node) throws IOException {
    switch (node.numberType()) {
      case INT -> generator.writeNumber(node.intValue());
      case LONG -> generator.writeNumber(node.longValue());
      case BIG_INTEGER -> generator.writeNumber(node.bigIntegerValue());
      case FLOAT -> generator.writeNumber(node.floatValue());
      case DOUBLE -> generator.writeNumber(node.doubleValue());
      case BIG_DECIMAL -> generator.writeNumber(node.decimalValue());
    }
  }
}
