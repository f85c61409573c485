package dev.slipway.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsService;
import dev.slipway.runtime.Json;
import java.util.List;

/**
 * The ledger's table, item by item: emptied, or as if another version of Slipway had written it.
 */
final class LedgerItems {

  /** Which other version. */
  enum Version {
    /** Without the fields that have a default because some version did not write them. */
    OLDER,
    /** With a field that this version does not know. */
    LATER
  }

  /** Of a deployment's document: all that {@code LedgerFormat} reads with a default. */
  private static final List<String> DEFAULTED =
      List.of(
          "rolledBackBy", "backByController", "audience", "tasksSeen", "stopRequested", "steady");

  private static final String UNKNOWN = "fieldOfALaterVersion";

  private final AwsApi dynamoDb;
  private final String table;

  LedgerItems(AwsApi dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  private JsonNode all() {
    return dynamoDb
        .call(
            AwsService.DYNAMODB,
            "Scan",
            Json.object().put("TableName", table).put("ConsistentRead", true))
        .path("Items");
  }

  /** Nothing is left in it. */
  void delete() {
    for (JsonNode item : all()) {
      ObjectNode key = Json.object();
      key.set("pk", item.path("pk"));
      key.set("sk", item.path("sk"));
      ObjectNode input = Json.object().put("TableName", table);
      input.set("Key", key);
      dynamoDb.call(AwsService.DYNAMODB, "DeleteItem", input);
    }
  }

  /** Every document of it as that version would have written it. */
  void rewrite(Version version) {
    for (JsonNode item : all()) {
      String text = item.path("doc").path("S").asText();
      if (text.isEmpty()) {
        continue;
      }
      ObjectNode document = Json.readObject(text);
      change(document, version);
      ObjectNode written = item.deepCopy();
      written.putObject("doc").put("S", Json.write(document));
      ObjectNode input = Json.object().put("TableName", table);
      input.set("Item", written);
      dynamoDb.call(AwsService.DYNAMODB, "PutItem", input);
    }
  }

  private static void change(ObjectNode document, Version version) {
    switch (version) {
      case OLDER -> document.remove(DEFAULTED);
      case LATER -> {
        // Not in a map of containers or repositories, whose keys are names.
        if (document.valueStream().anyMatch(JsonNode::isValueNode)) {
          document.put(UNKNOWN, "written by a later version");
        }
      }
    }
    for (JsonNode member : document) {
      if (member instanceof ObjectNode object) {
        change(object, version);
      }
    }
  }
}
