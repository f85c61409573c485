package dev.slipway.local.lambda;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.json.Json;
import java.util.List;
import software.amazon.event.ruler.Ruler;

/** Filter criteria of an event source mapping, matched by event-ruler. */
final class Filters {

  private Filters() {}

  static boolean pass(List<String> patterns, ObjectNode item) {
    if (patterns.isEmpty()) {
      return true;
    }
    String json = Json.write(item);
    try {
      for (String pattern : patterns) {
        if (Ruler.matchesRule(json, pattern)) {
          return true;
        }
      }
      return false;
    } catch (Exception unreadable) {
      throw new IllegalStateException("Not a filter pattern: " + patterns, unreadable);
    }
  }

  /** A message with its body as JSON where it is JSON, as patterns see it. */
  static ObjectNode withBody(ObjectNode item) {
    ObjectNode seen = item.deepCopy();
    try {
      seen.set("body", Json.parse(item.path("body").asText()));
    } catch (IllegalArgumentException plainText) {
      seen.put("body", item.path("body").asText());
    }
    return seen;
  }
}
