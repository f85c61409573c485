package dev.slipway.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.runtime.Json;
import java.time.Duration;
import java.time.Instant;

/**
 * In the ledger's table, under the partition key {@code replay#<signature>}. The door lets a
 * signature in for five minutes, so ten are enough.
 */
final class LedgerReplays implements Replays {

  private static final Duration KEPT = Duration.ofMinutes(10);

  private final AwsApi aws;
  private final String table;

  LedgerReplays(AwsApi aws, String table) {
    this.aws = aws;
    this.table = table;
  }

  @Override
  public boolean first(String signature, String messageId, Instant now) {
    ObjectNode put = Json.object().put("TableName", table);
    ObjectNode item = put.putObject("Item");
    item.putObject("pk").put("S", "replay#" + signature);
    item.putObject("sk").put("S", "-");
    item.putObject("messageId").put("S", messageId);
    item.putObject("expires").put("N", Long.toString(now.plus(KEPT).getEpochSecond()));
    put.put("ConditionExpression", "attribute_not_exists(pk) OR messageId = :messageId");
    put.putObject("ExpressionAttributeValues").putObject(":messageId").put("S", messageId);
    try {
      aws.call(AwsService.DYNAMODB, "PutItem", put);
      return true;
    } catch (AwsException e) {
      if (e.is("ConditionalCheckFailedException")) {
        return false;
      }
      throw e;
    }
  }
}
