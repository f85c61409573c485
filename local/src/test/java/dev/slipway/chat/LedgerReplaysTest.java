package dev.slipway.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;
import dev.slipway.local.dynamodb.EmbeddedDynamoDb;
import dev.slipway.local.template.TableSpec;
import dev.slipway.local.template.Template;
import dev.slipway.runtime.Json;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against DynamoDB's own code and the template's table. */
class LedgerReplaysTest {

  private static final Instant NOW = Instant.parse("2026-01-15T09:30:00Z");

  private static EmbeddedDynamoDb dynamoDb;
  private static Replays replays;

  @BeforeAll
  static void start() {
    dynamoDb = EmbeddedDynamoDb.start();
    TableSpec table =
        Template.read(Path.of(System.getProperty("slipway.root"), "template.yaml"))
            .stack()
            .tables()
            .getFirst();
    dynamoDb.createTable(table.definition().deepCopy().put("TableName", "ledger"));
    replays = new LedgerReplays(dynamoDb, "ledger");
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @Test
  void letsARequestInOnceAndItsOwnRepetition() {
    assertThat(replays.first("v0=aa", "message-1", NOW)).isTrue();
    assertThat(replays.first("v0=aa", "message-1", NOW)).isTrue();
    assertThat(replays.first("v0=aa", "message-2", NOW)).isFalse();
    assertThat(replays.first("v0=bb", "message-2", NOW)).isTrue();
  }

  @Test
  void forgetsItAfterTenMinutes() {
    replays.first("v0=cc", "message-1", NOW);

    ObjectNode get = Json.object().put("TableName", "ledger");
    ObjectNode key = get.putObject("Key");
    key.putObject("pk").put("S", "replay#v0=cc");
    key.putObject("sk").put("S", "-");
    assertThat(
            dynamoDb
                .call(AwsService.DYNAMODB, "GetItem", get)
                .path("Item")
                .path("expires")
                .path("N")
                .asLong())
        .isEqualTo(NOW.getEpochSecond() + 600);
  }
}
