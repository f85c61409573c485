package dev.slipway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.DynamoLedger;
import dev.slipway.local.dynamodb.EmbeddedDynamoDb;
import dev.slipway.local.template.TableSpec;
import dev.slipway.local.template.Template;
import dev.slipway.runtime.Json;
import dev.slipway.slack.Slack.Posted;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against DynamoDB's own code and the template's table. */
class LedgerMessagesTest {

  private static final Instant NOW = Instant.parse("2026-01-15T09:30:00Z");
  private static final String SERVICES = "arn:aws:ecs:eu-west-1:123456789012:service/prod/";

  private static EmbeddedDynamoDb dynamoDb;
  private static LedgerMessages messages;

  @BeforeAll
  static void start() {
    dynamoDb = EmbeddedDynamoDb.start();
    TableSpec table =
        Template.read(Path.of(System.getProperty("slipway.root"), "template.yaml"))
            .stack()
            .tables()
            .getFirst();
    dynamoDb.createTable(table.definition().deepCopy().put("TableName", "ledger"));
    messages = new LedgerMessages(dynamoDb, "ledger");
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  private static MessageKey key(String service, long sequence) {
    return MessageKey.deployment(ServiceRef.parse(SERVICES + service), sequence);
  }

  private static MessageItem write(MessageItem item) {
    return messages.write(item, NOW).orElseThrow();
  }

  @Test
  void keepsEverythingThatAnItemKnows() {
    MessageItem item =
        MessageItem.absent(key("all", 2))
            .content(Json.object().put("text", "größe <&>"))
            .rollback(3)
            .attempts(4)
            .as(Optional.of(new Posted("C1", "1.000100")), "hash", true)
            .called("failed")
            .claimedBy("nonce", NOW.plusSeconds(90))
            .wantedAgain(NOW.plusSeconds(60));

    MessageItem written = write(item);

    assertThat(written.version()).isEqualTo(1);
    assertThat(messages.read(key("all", 2))).isEqualTo(written);
  }

  /**
   * A version before did not know what a person was called for: that is not the same as nothing.
   */
  @Test
  void tellsAnItemOfAnOlderVersionFromOneThatHasCalledNobody() {
    write(MessageItem.absent(key("older", 1)).called(null));
    write(MessageItem.absent(key("older", 2)));

    assertThat(messages.read(key("older", 1)).called()).isNull();
    assertThat(messages.read(key("older", 2)).called()).isEmpty();
  }

  @Test
  void knowsNothingOfAMessageThatIsNotThere() {
    assertThat(messages.read(key("none", 1))).isEqualTo(MessageItem.absent(key("none", 1)));
  }

  @Test
  void writesOnlyOverWhatWasRead() {
    MessageItem first = write(MessageItem.absent(key("race", 1)));
    MessageItem second = write(first.attempts(1));

    assertThat(messages.write(MessageItem.absent(key("race", 1)), NOW)).isEmpty();
    assertThat(messages.write(first.attempts(9), NOW)).isEmpty();
    assertThat(messages.read(key("race", 1))).isEqualTo(second);
  }

  @Test
  void findsWhatIsDueAndOnlyThat() {
    MessageItem late = write(MessageItem.absent(key("due", 1)).released(NOW.plusSeconds(30)));
    write(MessageItem.absent(key("due", 2)).released(NOW));
    write(MessageItem.absent(key("due", 3)).released(NOW.plus(Duration.ofHours(1))));
    write(MessageItem.absent(key("due", 4)));

    assertThat(messages.due(NOW.plusSeconds(30), 10)).containsExactly(key("due", 2), key("due", 1));
    assertThat(messages.due(NOW.plusSeconds(30), 1)).containsExactly(key("due", 2));

    write(late.released(null));
    assertThat(messages.due(NOW.plusSeconds(30), 10)).containsExactly(key("due", 2));
    assertThat(new DynamoLedger(dynamoDb, "ledger").due(NOW.plus(Duration.ofDays(1)), 10))
        .as("the clock's looks are of another partition")
        .isEmpty();
  }

  @Test
  void findsTheDeploymentBefore() {
    ServiceRef service = ServiceRef.parse(SERVICES + "before");
    write(MessageItem.absent(key("before", 9)));
    write(MessageItem.absent(key("before", 10)));
    write(MessageItem.absent(key("before", 12)));

    assertThat(messages.newestBefore(service, 12)).contains(key("before", 10));
    assertThat(messages.newestBefore(service, 10)).contains(key("before", 9));
    assertThat(messages.newestBefore(service, 9)).isEmpty();
  }
}
