package dev.slipway.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.ledger.DynamoLedger;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Json;
import java.util.Optional;

/** Records of the ledger's stream, with items as the ledger writes them. */
final class StreamEvents {

  private final ArrayNode records = Json.array();

  JsonNode records() {
    return records;
  }

  ObjectNode event() {
    ObjectNode event = Json.object();
    event.set("Records", records);
    return event;
  }

  StreamEvents changed(String sequenceNumber, Optional<Deployment> before, Deployment now) {
    return record(sequenceNumber, before.map(StreamEvents::item), Optional.of(item(now)));
  }

  StreamEvents declined(String sequenceNumber, PushRecord push) {
    ObjectNode[] written = new ObjectNode[1];
    new DynamoLedger(
            (service, operation, input) -> {
              written[0] = (ObjectNode) input.path("Item");
              return Json.object();
            },
            "ledger")
        .addPush(push, Sample.NOW);
    return record(sequenceNumber, Optional.empty(), Optional.of(written[0]));
  }

  StreamEvents record(
      String sequenceNumber, Optional<ObjectNode> before, Optional<ObjectNode> now) {
    ObjectNode record = records.addObject();
    record.put("eventID", "e" + sequenceNumber).put("eventSource", "aws:dynamodb");
    record.put("eventName", now.isEmpty() ? "REMOVE" : before.isEmpty() ? "INSERT" : "MODIFY");
    ObjectNode dynamodb = record.putObject("dynamodb");
    dynamodb.put("SequenceNumber", sequenceNumber).put("StreamViewType", "NEW_AND_OLD_IMAGES");
    ObjectNode any = now.or(() -> before).orElseThrow();
    ObjectNode keys = dynamodb.putObject("Keys");
    keys.set("pk", any.path("pk"));
    keys.set("sk", any.path("sk"));
    before.ifPresent(item -> dynamodb.set("OldImage", item));
    now.ifPresent(item -> dynamodb.set("NewImage", item));
    return this;
  }

  /** A head that was written over another. */
  StreamEvents changed(String sequenceNumber, Head before, Head now) {
    return record(
        sequenceNumber, Optional.of(item(before, "head")), Optional.of(item(now, "head")));
  }

  /** As DynamoLedger puts it. */
  static ObjectNode item(Deployment deployment) {
    return item(Head.unseen(deployment.service()), "deployment#", deployment);
  }

  private static ObjectNode item(Head head, String kind, Deployment... deployments) {
    ObjectNode[] written = new ObjectNode[1];
    new DynamoLedger(
            (service, operation, input) -> {
              for (JsonNode each : input.path("TransactItems")) {
                JsonNode item = each.path("Put").path("Item");
                if (item.path("sk").path("S").asText().startsWith(kind) && written[0] == null) {
                  written[0] = (ObjectNode) item;
                }
              }
              return Json.object();
            },
            "ledger")
        .write(Ledger.Change.of(head, head, deployments));
    return written[0];
  }
}
