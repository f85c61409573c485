package dev.slipway.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Json;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The text of an AppSpec, in JSON or YAML, as a tree. A YAML library reads it and not a pattern: a
 * hook that a pattern does not see would be lost without a word. Its classes are loaded when there
 * is YAML to read, and at no cold start.
 */
final class AppSpecText {

  private AppSpecText() {}

  /** Text that is no document in JSON or YAML. The message says where, and does not quote it. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableException(String message) {
      super(message);
    }
  }

  /**
   * @throws UnreadableException saying what is wrong, and in which line
   */
  static ObjectNode read(String text) throws UnreadableException {
    if (read(text.strip(), text) instanceof ObjectNode document) {
      return document;
    }
    throw new UnreadableException("it is not a mapping");
  }

  private static JsonNode read(String stripped, String text) throws UnreadableException {
    if (stripped.startsWith("{")) {
      try {
        return Json.read(stripped);
      } catch (Json.MalformedJsonException ignored) {
        // YAML can begin so, too.
      }
    }
    return Yaml.read(text);
  }

  /** Apart, so that the library's classes are not needed for JSON. */
  private static final class Yaml {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    static JsonNode read(String text) throws UnreadableException {
      try {
        return node(new Load(LoadSettings.builder().build()).loadFromString(text));
      } catch (MarkedYamlEngineException e) {
        throw new UnreadableException(
            e.getProblem()
                + e.getProblemMark()
                    .map(mark -> " (line " + (mark.getLine() + 1) + ")")
                    .orElse(""));
      } catch (YamlEngineException e) {
        throw new UnreadableException("it is not YAML: " + e.getMessage());
      }
    }

    private static JsonNode node(Object value) throws UnreadableException {
      return switch (value) {
        case null -> NODES.nullNode();
        case String text -> NODES.textNode(text);
        case Boolean flag -> NODES.booleanNode(flag);
        case Integer number -> NODES.numberNode(number);
        case Long number -> NODES.numberNode(number);
        case BigInteger number -> NODES.numberNode(number);
        case Double number when number.isNaN() || number.isInfinite() ->
            throw new UnreadableException("it has the number " + number);
        case Double number -> NODES.numberNode(number);
        case List<?> list -> {
          ArrayNode array = NODES.arrayNode(list.size());
          for (Object each : list) {
            array.add(node(each));
          }
          yield array;
        }
        case Map<?, ?> map -> {
          ObjectNode object = NODES.objectNode();
          for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
              throw new UnreadableException("it has the key '" + entry.getKey() + "'");
            }
            object.set(key, node(entry.getValue()));
          }
          yield object;
        }
        default ->
            throw new UnreadableException(
                "it has a " + value.getClass().getSimpleName() + " in it");
      };
    }
  }
}
