package dev.slipway.local.dynamodb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.json.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A table's stream, read from its beginning, each record once. Thread-safe. */
public final class TableStream {

  private static final class Shard {
    String iterator;
    String last;
    boolean closed;
  }

  private final EmbeddedDynamoDb dynamoDb;
  private final String table;
  private final String arn;
  private final String region;
  private final InstantSource clock;
  private final Map<String, Shard> shards = new LinkedHashMap<>();
  private String localArn;

  /**
   * @param arn the stream's, as the template knows it
   */
  public TableStream(
      EmbeddedDynamoDb dynamoDb, String table, String arn, String region, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.arn = arn;
    this.region = region;
    this.clock = clock;
  }

  public String arn() {
    return arn;
  }

  /** The records that are new since the last call, as a function gets them, in order. */
  public synchronized List<ObjectNode> poll() {
    if (localArn == null) {
      localArn =
          dynamoDb
              .call(AwsService.DYNAMODB, "DescribeTable", Json.object().put("TableName", table))
              .path("Table")
              .path("LatestStreamArn")
              .asText();
    }
    List<ObjectNode> records = new ArrayList<>();
    boolean readToTheEnd;
    do {
      if (shards.values().stream().allMatch(shard -> shard.closed)) {
        findShards();
      }
      long open = open();
      shards.forEach((id, shard) -> read(id, shard, records));
      // When a shard closed on the way, its child may hold more.
      readToTheEnd = open() == open;
    } while (!readToTheEnd);
    return records;
  }

  private long open() {
    return shards.values().stream().filter(shard -> !shard.closed).count();
  }

  private void findShards() {
    dynamoDb
        .streams("DescribeStream", Json.object().put("StreamArn", localArn))
        .path("StreamDescription")
        .path("Shards")
        .forEach(
            shard -> shards.computeIfAbsent(shard.path("ShardId").asText(), id -> new Shard()));
  }

  private void read(String id, Shard shard, List<ObjectNode> records) {
    while (!shard.closed) {
      if (shard.iterator == null) {
        shard.iterator = iterator(id, shard);
      }
      ObjectNode output;
      try {
        output = dynamoDb.streams("GetRecords", Json.object().put("ShardIterator", shard.iterator));
      } catch (AwsException expired) {
        if (!expired.is("ExpiredIteratorException")) {
          throw expired;
        }
        shard.iterator = null;
        continue;
      }
      for (JsonNode record : output.path("Records")) {
        shard.last = record.path("dynamodb").path("SequenceNumber").asText();
        records.add(asLambdaSeesIt((ObjectNode) record));
      }
      JsonNode next = output.path("NextShardIterator");
      if (!next.isTextual()) {
        // The shard is closed and read to its end; its child holds what follows.
        shard.closed = true;
        return;
      }
      shard.iterator = next.asText();
      if (output.path("Records").isEmpty()) {
        return;
      }
    }
  }

  private String iterator(String id, Shard shard) {
    ObjectNode input = Json.object().put("StreamArn", localArn).put("ShardId", id);
    if (shard.last == null) {
      input.put("ShardIteratorType", "TRIM_HORIZON");
    } else {
      input.put("ShardIteratorType", "AFTER_SEQUENCE_NUMBER").put("SequenceNumber", shard.last);
    }
    return dynamoDb.streams("GetShardIterator", input).path("ShardIterator").asText();
  }

  private ObjectNode asLambdaSeesIt(ObjectNode record) {
    Instant now = clock.instant();
    record.put("awsRegion", region);
    record.put("eventSourceARN", arn);
    ((ObjectNode) record.path("dynamodb")).put("ApproximateCreationDateTime", now.getEpochSecond());
    return record;
  }
}
