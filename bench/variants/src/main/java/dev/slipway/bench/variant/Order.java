package dev.slipway.bench.variant;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Json;

/** What a variant is asked to do: to look at this service. */
record Order(String cluster, String service, String serviceArn, String table) {

  static Order read(ObjectNode event) {
    return new Order(
        Json.text(event, "cluster"),
        Json.text(event, "service"),
        Json.text(event, "serviceArn"),
        Json.text(event, "table"));
  }
}
