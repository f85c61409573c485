package dev.slipway.local.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/** Numbers of a template, which may be written as texts. */
final class Numbers {

  private Numbers() {}

  static Duration seconds(JsonNode node, int otherwise) {
    return Duration.ofSeconds(node.asInt(otherwise));
  }
}
