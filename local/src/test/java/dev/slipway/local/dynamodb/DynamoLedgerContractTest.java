package dev.slipway.local.dynamodb;

import static dev.slipway.ledger.LedgerSamples.service;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsService;
import dev.slipway.aws.SignedJson;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.DynamoLedger;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.ledger.LedgerContract;
import dev.slipway.ledger.LedgerSamples;
import dev.slipway.local.template.TableSpec;
import dev.slipway.local.template.Template;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract, over HTTP and signed, against DynamoDB's own code and the template's table. */
class DynamoLedgerContractTest extends LedgerContract {

  private static final AtomicInteger TABLES = new AtomicInteger();

  private static EmbeddedDynamoDb dynamoDb;
  private static TableSpec table;
  private static AwsApi aws;

  private String tableName;

  @BeforeAll
  static void start() {
    dynamoDb = EmbeddedDynamoDb.start();
    table =
        Template.read(Path.of(System.getProperty("slipway.root"), "template.yaml"))
            .stack()
            .tables()
            .getFirst();
    aws =
        new SignedJson(
            new Environment(
                Map.of(
                    "AWS_REGION", "eu-west-1",
                    "AWS_ENDPOINT_URL", dynamoDb.endpoint().toString(),
                    "AWS_ACCESS_KEY_ID", "local",
                    "AWS_SECRET_ACCESS_KEY", "local")));
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  private static String newTable() {
    String name = "ledger-" + TABLES.incrementAndGet();
    dynamoDb.createTable(table.definition().deepCopy().put("TableName", name));
    return name;
  }

  @Override
  protected Ledger ledger() {
    tableName = newTable();
    return new DynamoLedger(aws, tableName);
  }

  @Override
  protected void plant(ServiceRef service, String sk, String document) {
    ObjectNode put = Json.object().put("TableName", tableName);
    ObjectNode item = put.putObject("Item");
    item.putObject("pk").put("S", service.arn());
    item.putObject("sk").put("S", sk);
    item.putObject("schema").put("N", "1");
    item.putObject("doc").put("S", document);
    aws.call(AwsService.DYNAMODB, "PutItem", put);
  }

  @Test
  void logLinesThatHaveExpiredLeaveTheirDeploymentAsItIs() {
    Ledger ledger = ledger();
    Head head = Head.unseen(service("web"));
    ledger.write(Change.of(head, head, LedgerSamples.deployment(service("web"), 5)));
    ObjectNode delete = Json.object().put("TableName", tableName);
    ObjectNode key = delete.putObject("Key");
    key.putObject("pk").put("S", service("web").arn());
    key.putObject("sk").put("S", "logs#0000000005");
    aws.call(AwsService.DYNAMODB, "DeleteItem", delete);

    Deployment left = ledger.deployment(service("web"), 5).orElseThrow();
    assertThat(left).isEqualTo(LedgerSamples.withoutLogs(service("web"), 5));
    assertThat(ledger.withLogs(left)).isEqualTo(left);
  }

  @Test
  void aTransactionThatIsSentAgainBecauseItsAnswerWasLostIsAppliedOnce() {
    AwsApi twice =
        (service, operation, input) -> {
          aws.call(service, operation, input);
          return aws.call(service, operation, input);
        };
    Head head = Head.unseen(service("web"));
    Ledger ledger = new DynamoLedger(twice, newTable());
    Head written = ledger.write(Change.of(head, head.lastSequence(1)));
    Head again = ledger.write(Change.of(written, written.lastSequence(2)));
    assertThat(again.version()).isEqualTo(2);
    assertThat(ledger.head(service("web"))).isEqualTo(again);
  }

  @Test
  void itIsNoConflictEvenWhenDynamoDbHasForgottenTheToken() {
    AwsApi forgetful =
        (service, operation, input) -> {
          aws.call(service, operation, input);
          return operation.equals("TransactWriteItems")
              ? aws.call(
                  service, operation, input.deepCopy().put("ClientRequestToken", "another-token"))
              : aws.call(service, operation, input);
        };
    Head head = Head.unseen(service("web"));
    Ledger ledger = new DynamoLedger(forgetful, newTable());
    Head written = ledger.write(Change.of(head, head.lastSequence(1)));
    assertThat(ledger.head(service("web"))).isEqualTo(written);
  }
}
