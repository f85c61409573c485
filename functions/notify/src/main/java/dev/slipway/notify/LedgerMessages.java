package dev.slipway.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.Json;
import dev.slipway.slack.Slack.Posted;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * In the ledger's table: partition {@code message#<service ARN>}, sort key the deployment's
 * sequence in ten digits. What waits is in the table's index {@code due}, in a partition of its
 * own.
 */
final class LedgerMessages implements MessageStore {

  private static final String DUE_PARTITION = "message";

  /** Nothing about a deployment changes after so long. */
  private static final Duration KEPT = Duration.ofDays(90);

  /** After that the same complaint may be made again. */
  private static final Duration PUSH_KEPT = Duration.ofDays(7);

  private final AwsApi aws;
  private final String table;

  LedgerMessages(AwsApi aws, String table) {
    this.aws = aws;
    this.table = table;
  }

  @Override
  public MessageItem read(MessageKey key) {
    ObjectNode get = Json.object().put("TableName", table).put("ConsistentRead", true);
    ObjectNode keys = get.putObject("Key");
    string(keys, "pk", key.pk());
    string(keys, "sk", key.sk());
    JsonNode item = aws.call(AwsService.DYNAMODB, "GetItem", get).path("Item");
    return item.isMissingNode() ? MessageItem.absent(key) : item(key, item);
  }

  @Override
  public Optional<MessageItem> write(MessageItem before, Instant now) {
    MessageItem item = before.version(before.version() + 1);
    ObjectNode put = Json.object().put("TableName", table);
    put.set("Item", attributes(item, now));
    if (before.version() == 0) {
      put.put("ConditionExpression", "attribute_not_exists(pk)");
    } else {
      put.put("ConditionExpression", "version = :before");
      number(put.putObject("ExpressionAttributeValues"), ":before", before.version());
    }
    try {
      aws.call(AwsService.DYNAMODB, "PutItem", put);
      return Optional.of(item);
    } catch (AwsException e) {
      if (e.is("ConditionalCheckFailedException")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public List<MessageKey> due(Instant until, int limit) {
    ObjectNode query =
        Json.object()
            .put("TableName", table)
            .put("IndexName", "due")
            .put("KeyConditionExpression", "duePartition = :partition AND due <= :until")
            .put("Limit", limit);
    ObjectNode values = query.putObject("ExpressionAttributeValues");
    string(values, ":partition", DUE_PARTITION);
    string(values, ":until", time(until));
    List<MessageKey> keys = new ArrayList<>();
    for (JsonNode item : aws.call(AwsService.DYNAMODB, "Query", query).path("Items")) {
      keys.add(MessageKey.of(text(item, "pk"), text(item, "sk")));
    }
    return keys;
  }

  @Override
  public Optional<MessageKey> newestBefore(ServiceRef service, long sequence) {
    MessageKey key = MessageKey.deployment(service, sequence);
    ObjectNode query =
        Json.object()
            .put("TableName", table)
            .put("ConsistentRead", true)
            .put("KeyConditionExpression", "pk = :pk AND sk < :sk")
            .put("ProjectionExpression", "pk, sk")
            .put("ScanIndexForward", false)
            .put("Limit", 1);
    ObjectNode values = query.putObject("ExpressionAttributeValues");
    string(values, ":pk", key.pk());
    string(values, ":sk", key.sk());
    JsonNode item = aws.call(AwsService.DYNAMODB, "Query", query).path("Items").path(0);
    return item.isMissingNode()
        ? Optional.empty()
        : Optional.of(new MessageKey(service, text(item, "sk")));
  }

  // ---- the item

  private static ObjectNode attributes(MessageItem item, Instant now) {
    ObjectNode node = Json.object();
    string(node, "pk", item.key().pk());
    string(node, "sk", item.key().sk());
    number(node, "schema", 1);
    number(node, "version", item.version());
    item.posted()
        .ifPresent(posted -> {
          string(node, "channel", posted.channel());
          string(node, "ts", posted.ts());
        });
    string(node, "shown", item.shown());
    node.putObject("explained").put("BOOL", item.explained());
    if (item.called() != null) {
      string(node, "called", item.called());
    }
    number(node, "rollback", item.rollback());
    item.content().ifPresent(content -> string(node, "content", Json.write(content)));
    number(node, "attempts", item.attempts());
    if (item.due() != null) {
      string(node, "duePartition", DUE_PARTITION);
      string(node, "due", time(item.due()));
    }
    if (!item.claim().isEmpty()) {
      string(node, "claim", item.claim());
      string(node, "claimedUntil", time(item.claimedUntil()));
    }
    node.putObject("again").put("BOOL", item.again());
    number(node, "expires", now.plus(item.key().isPush() ? PUSH_KEPT : KEPT).getEpochSecond());
    return node;
  }

  private static MessageItem item(MessageKey key, JsonNode node) {
    String ts = text(node, "ts");
    String content = text(node, "content");
    return new MessageItem(
        key,
        longOf(node, "version"),
        ts.isEmpty() ? Optional.empty() : Optional.of(new Posted(text(node, "channel"), ts)),
        text(node, "shown"),
        node.path("explained").path("BOOL").asBoolean(false),
        node.has("called") ? text(node, "called") : null,
        longOf(node, "rollback"),
        content.isEmpty() ? Optional.empty() : Optional.of(Json.readObject(content)),
        (int) longOf(node, "attempts"),
        instant(node, "due"),
        text(node, "claim"),
        instant(node, "claimedUntil"),
        node.path("again").path("BOOL").asBoolean(false));
  }

  /** All of one length, so that their order as text is their order in time. */
  private static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static Instant instant(JsonNode item, String name) {
    String text = text(item, name);
    return text.isEmpty() ? null : Instant.parse(text);
  }

  private static String text(JsonNode item, String name) {
    return item.path(name).path("S").asText("");
  }

  private static long longOf(JsonNode item, String name) {
    return item.path(name).path("N").asLong(0);
  }

  private static void string(ObjectNode item, String name, String value) {
    item.putObject(name).put("S", value);
  }

  private static void number(ObjectNode item, String name, long value) {
    item.putObject(name).put("N", Long.toString(value));
  }
}
