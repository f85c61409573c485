package dev.slipway.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The account's event bus. */
final class Bus {

  /** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
  private static final int MOST_ENTRIES = 10;

  private final AwsApi aws;
  private final Log log;

  Bus(AwsApi aws, Log log) {
    this.aws = aws;
    this.log = log;
  }

  /** Publishes entries of PutEvents and gives the indexes of those that the bus did not take. */
  Set<Integer> publish(List<ObjectNode> entries) {
    Set<Integer> failed = new HashSet<>();
    for (int start = 0; start < entries.size(); start += MOST_ENTRIES) {
      int end = Math.min(entries.size(), start + MOST_ENTRIES);
      ObjectNode input = Json.object();
      ArrayNode batch = input.putArray("Entries");
      entries.subList(start, end).forEach(batch::add);
      try {
        JsonNode results = aws.call(AwsService.EVENTS, "PutEvents", input).path("Entries");
        for (int i = start; i < end; i++) {
          String code = Json.text(results.path(i - start), "ErrorCode");
          if (!code.isEmpty()) {
            failed.add(i);
            log.warn("an event was not taken by the bus and is published again", "error", code);
          }
        }
      } catch (AwsException e) {
        for (int i = start; i < end; i++) {
          failed.add(i);
        }
        log.error("events could not be published and are published again", e);
      }
    }
    return failed;
  }
}
