package dev.slipway.ledger;

import static dev.slipway.ledger.LedgerSamples.NOON;
import static dev.slipway.ledger.LedgerSamples.deployment;
import static dev.slipway.ledger.LedgerSamples.digest;
import static dev.slipway.ledger.LedgerSamples.quarantine;
import static dev.slipway.ledger.LedgerSamples.service;
import static dev.slipway.ledger.LedgerSamples.withoutLogs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Head;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.runtime.Json;
import dev.slipway.verdict.Hook;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What it asks of DynamoDB, and what it makes of the refusals; the rest is in the contract. */
class DynamoLedgerTest {

  private static final ServiceRef WEB = service("web");

  private final List<String> operations = new ArrayList<>();
  private final List<ObjectNode> inputs = new ArrayList<>();
  private final Deque<Supplier<ObjectNode>> answers = new ArrayDeque<>();
  private final DynamoLedger ledger =
      new DynamoLedger(
          (service, operation, input) -> {
            assertThat(service).isEqualTo(AwsService.DYNAMODB);
            operations.add(operation);
            inputs.add(input.deepCopy());
            return answers.isEmpty() ? Json.object() : answers.remove().get();
          },
          "slipway-Ledger",
          () -> "token-1");

  private static Supplier<ObjectNode> refusal(String code, String body) {
    return () -> {
      throw new AwsException(
          AwsService.DYNAMODB, "TransactWriteItems", code, "", 400, Json.readObject(body));
    };
  }

  private static String reasons(String... codes) {
    ObjectNode body = Json.object();
    var reasons = body.putArray("CancellationReasons");
    for (String code : codes) {
      reasons.addObject().put("Code", code);
    }
    return Json.write(body);
  }

  @Test
  void aChangeIsOneTransactionOverTheVersionThatWasRead() {
    Head before = LedgerFormat.head(LedgerFormat.write(LedgerSamples.head(WEB)), 7, List.of());
    ledger.write(
        new Change(
            before,
            before,
            List.of(deployment(WEB, 5)),
            List.of(quarantine(2)),
            List.of(digest(3))));
    assertThat(operations).containsExactly("TransactWriteItems");
    JsonNode input = inputs.getFirst();
    assertThat(Json.text(input, "ClientRequestToken")).isEqualTo("token-1");
    JsonNode head = input.at("/TransactItems/0/Put");
    assertThat(Json.text(head, "TableName")).isEqualTo("slipway-Ledger");
    assertThat(Json.text(head, "ConditionExpression")).isEqualTo("version = :version");
    assertThat(head.at("/ExpressionAttributeValues/:version/N").asText()).isEqualTo("7");
    assertThat(head.at("/Item/version/N").asText()).isEqualTo("8");
    assertThat(head.at("/Item/schema/N").asText()).isEqualTo("1");
    assertThat(head.at("/Item/due/S").asText()).isEqualTo("2026-01-01T12:01Z");
    assertThat(head.at("/Item/duePartition/S").asText()).isEqualTo("due");
    JsonNode deployment = input.at("/TransactItems/1/Put/Item");
    assertThat(deployment.at("/sk/S").asText()).isEqualTo("deployment#0000000005");
    assertThat(deployment.at("/status/S").asText()).isEqualTo("ROLLED_BACK");
    assertThat(deployment.at("/reason/S").asText()).isEqualTo("TASKS_FAILED");
    assertThat(deployment.has("expires")).isFalse();
    assertThat(input.at("/TransactItems/2/Put/Item/sk/S").asText()).isEqualTo("logs#0000000005");
    assertThat(input.at("/TransactItems/3/Put/Item/released/BOOL").asBoolean()).isTrue();
    assertThat(input.at("/TransactItems/4/Put/Item/sk/S").asText())
        .isEqualTo("head.quarantine#" + digest(2));
    assertThat(input.get("TransactItems")).hasSize(5);
  }

  @Test
  void aHeadThatIsNotDueIsNotInTheIndex() {
    Head head = Head.unseen(WEB);
    ledger.write(Change.of(head, head));
    JsonNode item = inputs.getFirst().at("/TransactItems/0/Put/Item");
    assertThat(item.has("due")).isFalse();
    assertThat(item.has("duePartition")).isFalse();
  }

  @Test
  void readsHeadAndQuarantineInOneCall() {
    ledger.head(WEB);
    assertThat(operations).containsExactly("Query");
    assertThat(inputs.getFirst().path("ConsistentRead").asBoolean()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ConditionalCheckFailed", "TransactionConflict"})
  void whoeverLosesTheRaceReadsAgain(String code) {
    answers.add(refusal("TransactionCanceledException", reasons(code, "None")));
    Head head = Head.unseen(WEB);
    assertThatThrownBy(() -> ledger.write(Change.of(head, head)))
        .isInstanceOf(HeadChangedException.class);
  }

  @Test
  void itsOwnHeadIsNoConflictWhenTheFirstAnswerWasLost() {
    answers.add(
        refusal(
            "TransactionCanceledException",
            "{\"CancellationReasons\":[{\"Code\":\"ConditionalCheckFailed\","
                + "\"Item\":{\"change\":{\"S\":\"token-1\"}}}]}"));
    Head head = Head.unseen(WEB);
    assertThat(ledger.write(Change.of(head, head)).version()).isEqualTo(1);
  }

  @Test
  void aThrottledTransactionMaySucceedLater() {
    answers.add(refusal("TransactionCanceledException", reasons("None", "ThrottlingError")));
    Head head = Head.unseen(WEB);
    AwsException e =
        catchThrowableOfType(AwsException.class, () -> ledger.write(Change.of(head, head)));
    assertThat(e.passing()).isTrue();
  }

  @Test
  void anyOtherRefusalIsPassedOn() {
    answers.add(refusal("AccessDeniedException", "{}"));
    Head head = Head.unseen(WEB);
    AwsException e =
        catchThrowableOfType(AwsException.class, () -> ledger.write(Change.of(head, head)));
    assertThat(e.accessDenied()).isTrue();
  }

  @Test
  void followsThePagesOfALongAnswer() {
    answers.add(() ->
        Json.readObject(
            "{\"Items\":[{\"pk\":{\"S\":\""
                + WEB.arn()
                + "\"}}],\"LastEvaluatedKey\":{\"pk\":{\"S\":\"k\"}}}"));
    answers.add(
        () -> Json.readObject("{\"Items\":[{\"pk\":{\"S\":\"" + service("api").arn() + "\"}}]}"));
    assertThat(ledger.due(NOON, 100)).containsExactly(WEB, service("api"));
    assertThat(inputs.get(0).path("Limit").asInt()).isEqualTo(100);
    assertThat(inputs.get(1).path("Limit").asInt()).isEqualTo(99);
    assertThat(inputs.get(1).at("/ExclusiveStartKey/pk/S").asText()).isEqualTo("k");
  }

  @Test
  void logLinesExpireAMonthAfterTheyWereWritten() {
    Head head = Head.unseen(WEB);
    ledger.write(Change.of(head, head, deployment(WEB, 5)));
    JsonNode logs = inputs.getFirst().at("/TransactItems/3/Put/Item");
    assertThat(logs.at("/sk/S").asText()).isEqualTo("logs#0000000005");
    assertThat(logs.at("/expires/N").asLong())
        .isEqualTo(deployment(WEB, 5).updatedAt().getEpochSecond() + 30 * 86_400);
  }

  @Test
  void evidenceExpiresAfterAWeekAndPushesAndUsesOfAlarmsAfterAMonth() {
    ledger.addEvidence(WEB, 5, LedgerSamples.task("aaa", NOON), NOON);
    ledger.addPush(LedgerSamples.push(WEB, "event-1", NOON), NOON);
    assertThat(inputs.get(0).at("/Item/expires/N").asLong())
        .isEqualTo(NOON.getEpochSecond() + 7 * 86_400);
    assertThat(inputs.get(1).at("/Item/expires/N").asLong())
        .isEqualTo(NOON.getEpochSecond() + 30 * 86_400);
    ledger.useAlarms(WEB, 5, List.of("arn:alarm"), NOON);
    assertThat(inputs.get(2).at("/Item/expires/N").asLong())
        .isEqualTo(NOON.getEpochSecond() + 31 * 86_400);
  }

  @Test
  void whatAHookDidIsKeptLongerThanEcsKeepsADeploymentGoing() {
    ledger.addHook(WEB, "arn:sd/prod/web/one", LedgerSamples.hook(Hook.State.FAILED, NOON), NOON);
    assertThat(inputs.getFirst().at("/Item/sk/S").asText())
        .isEqualTo("hook#one#ecs-pause-1#FAILED");
    assertThat(inputs.getFirst().at("/Item/expires/N").asLong())
        .isGreaterThan(NOON.getEpochSecond() + 30 * 86_400);
  }

  @Test
  void readsADeploymentAndAPushOutOfTheStream() {
    Head head = Head.unseen(WEB);
    ledger.write(Change.of(head, head, deployment(WEB, 5)));
    ledger.addPush(LedgerSamples.push(WEB, "event-1", NOON), NOON);
    JsonNode headImage = inputs.get(0).at("/TransactItems/0/Put/Item");
    JsonNode deploymentImage = inputs.get(0).at("/TransactItems/2/Put/Item");
    JsonNode logsImage = inputs.get(0).at("/TransactItems/3/Put/Item");
    JsonNode pushImage = inputs.get(1).get("Item");
    assertThat(DynamoLedger.deploymentIn(deploymentImage)).contains(withoutLogs(WEB, 5));
    assertThat(DynamoLedger.deploymentIn(logsImage)).isEmpty();
    assertThat(DynamoLedger.pushIn(pushImage)).contains(LedgerSamples.push(WEB, "event-1", NOON));
    assertThat(DynamoLedger.deploymentIn(headImage)).isEmpty();
    assertThat(DynamoLedger.deploymentIn(pushImage)).isEmpty();
    assertThat(DynamoLedger.pushIn(deploymentImage)).isEmpty();
  }

  @Test
  void marksTheHeadInWhichSomethingKeepsWaiting() {
    Head wanted = LedgerSamples.head(WEB);
    Head idle = wanted.idle();
    Head resting = idle.waiting(idle.waiting().because("held by somebody", Audience.DEFAULT));
    for (Head head : List.of(wanted, idle, resting, resting.waiting(Head.Waiting.NOTHING))) {
      ledger.write(Change.of(Head.unseen(WEB), head));
    }
    assertThat(inputs.stream().map(input -> input.at("/TransactItems/0/Put/Item")))
        .extracting(DynamoLedger::waitsIn)
        .as("in flight, to be begun at once, waits, nothing wanted")
        .containsExactly(Optional.of(WEB), Optional.empty(), Optional.of(WEB), Optional.empty());
  }

  @Test
  void namesAnItemThatSomebodyHasDamaged() {
    answers.add(() ->
        Json.readObject(
            "{\"Item\":{\"pk\":{\"S\":\"account\"},\"sk\":{\"S\":\"hold\"},"
                + "\"doc\":{\"S\":\"oops\"}}}"));
    assertThatThrownBy(ledger::accountHold)
        .isInstanceOf(UnreadableItemException.class)
        .hasMessageContaining("account hold");
  }
}
