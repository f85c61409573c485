package dev.slipway.local.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.json.Json;

/**
 * SAM's globals: maps are merged, lists are added up with the global ones first, of other values
 * the function's own wins.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html">Globals</a>
 */
final class Globals {

  private Globals() {}

  static JsonNode merge(JsonNode global, JsonNode own) {
    if (own.isMissingNode()) {
      return global.isMissingNode() ? Json.object() : global;
    }
    if (global instanceof ObjectNode globals
        && own instanceof ObjectNode owns
        && !function(globals)
        && !function(owns)) {
      ObjectNode merged = globals.deepCopy();
      owns.properties()
          .forEach(entry ->
              merged.set(entry.getKey(), merge(globals.path(entry.getKey()), entry.getValue())));
      return merged;
    }
    if (global instanceof ArrayNode globals && own instanceof ArrayNode owns) {
      return globals.deepCopy().addAll(owns);
    }
    return own;
  }

  private static boolean function(ObjectNode node) {
    return node.size() == 1 && (node.has("Ref") || node.fieldNames().next().startsWith("Fn::"));
  }
}
