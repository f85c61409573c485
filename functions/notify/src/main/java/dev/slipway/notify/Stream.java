package dev.slipway.notify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.deployment.Deployment;
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
    return DynamoLedger.pushIn(now).<Stream>map(Declined::new).orElseGet(Other::new);
  }

  /** For the log: which item it was. */
  static String item(JsonNode dynamodb) {
    JsonNode keys = dynamodb.path("Keys");
    return Json.text(keys.path("pk"), "S") + " " + Json.text(keys.path("sk"), "S");
  }
}
