package dev.slipway.local.dynamodb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;
import dev.slipway.local.json.Json;
import dev.slipway.local.template.TableSpec;
import java.time.Instant;

/** Deletes what has expired by the account's clock, which DynamoDB Local does not know. */
public final class TimeToLive {

  private TimeToLive() {}

  /** Deletes every item of the table whose attribute is not later than {@code now}. */
  public static int sweep(EmbeddedDynamoDb dynamoDb, TableSpec table, Instant now) {
    ObjectNode scan = Json.object().put("TableName", table.name());
    scan.put("FilterExpression", "#e <= :now");
    scan.putObject("ExpressionAttributeNames").put("#e", table.timeToLive());
    scan.putObject("ExpressionAttributeValues")
        .putObject(":now")
        .put("N", Long.toString(now.getEpochSecond()));
    int deleted = 0;
    JsonNode next = null;
    do {
      if (next != null) {
        scan.set("ExclusiveStartKey", next);
      }
      ObjectNode page = dynamoDb.call(AwsService.DYNAMODB, "Scan", scan);
      for (JsonNode item : page.path("Items")) {
        ObjectNode delete = Json.object().put("TableName", table.name());
        ObjectNode key = delete.putObject("Key");
        for (JsonNode part : table.definition().path("KeySchema")) {
          String name = part.path("AttributeName").asText();
          key.set(name, item.get(name));
        }
        dynamoDb.call(AwsService.DYNAMODB, "DeleteItem", delete);
        deleted++;
      }
      next = page.get("LastEvaluatedKey");
    } while (next != null && !next.isEmpty());
    return deleted;
  }
}
