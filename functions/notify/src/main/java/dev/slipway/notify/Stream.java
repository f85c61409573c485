package dev.slipway.notify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.deployment.Deployment;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.DynamoLedger;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Json;
import java.util.Optional;

/**
 * What the ledger's stream says.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html#events-sample-dynamodb">the
 *     event</a>
 */
sealed interface Stream {

  /**
   * A deployment is new or has changed.
   *
   * @param before as it was; empty for a new one
   */
  record Changed(Optional<Deployment> before, Deployment now) implements Stream {}

  /** A push changed nothing for a follower. */
  record Declined(PushRecord push) implements Stream {}

  /**
   * Something keeps waiting in a service's head, or does not any more.
   *
   * @param begins whether it did not before
   */
  record Waits(ServiceRef service, boolean begins) implements Stream {}

  /** An item of another kind, or one that is gone. */
  record Other() implements Stream {}

  /**
   * @param dynamodb the member of that name of a record
   * @throws dev.slipway.ledger.UnreadableItemException if an item of ours cannot be read
   */
  static Stream read(JsonNode dynamodb) {
    JsonNode now = dynamodb.path("NewImage");
    if (!now.isObject() || now.path("pk").path("S").asText("").startsWith("message#")) {
      return new Other();
    }
    Optional<Deployment> deployment = DynamoLedger.deploymentIn(now);
    if (deployment.isPresent()) {
      JsonNode old = dynamodb.path("OldImage");
      return new Changed(
          old.isObject() ? DynamoLedger.deploymentIn(old) : Optional.empty(), deployment.get());
    }
    Optional<ServiceRef> waits = DynamoLedger.waitsIn(now);
    Optional<ServiceRef> waited = DynamoLedger.waitsIn(dynamodb.path("OldImage"));
    return DynamoLedger.pushIn(now)
        .<Stream>map(Declined::new)
        .or(() -> waits.or(() -> waited).map(service -> new Waits(service, waited.isEmpty())))
        .orElseGet(Other::new);
  }

  /** For the log: which item it was. */
  static String item(JsonNode dynamodb) {
    JsonNode keys = dynamodb.path("Keys");
    return Json.text(keys.path("pk"), "S") + " " + Json.text(keys.path("sk"), "S");
  }
}
