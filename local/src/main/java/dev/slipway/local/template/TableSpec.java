package dev.slipway.local.template;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A table, as the template wants it.
 *
 * @param definition input of CreateTable
 * @param timeToLive name of the attribute (epoch seconds), or empty
 */
public record TableSpec(
    String logicalId,
    String name,
    String arn,
    String streamArn,
    ObjectNode definition,
    String timeToLive) {

  /** Name of the partition key. */
  public String hashKey() {
    for (var key : definition.path("KeySchema")) {
      if (key.path("KeyType").asText().equals("HASH")) {
        return key.path("AttributeName").asText();
      }
    }
    throw new TemplateException(logicalId, "The table has no HASH key");
  }
}
