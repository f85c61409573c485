package dev.slipway.chat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What Slack sends: {@code application/x-www-form-urlencoded}. */
record Form(Map<String, String> fields) {

  /**
   * Reads a form; of a field that comes twice, the first counts.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Form parse(String body) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String pair : body.split("&")) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      fields.putIfAbsent(decode(name), decode(value));
    }
    return new Form(fields);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  boolean has(String name) {
    return fields.containsKey(name);
  }

  /** Empty if absent. */
  String get(String name) {
    return fields.getOrDefault(name, "");
  }
}
