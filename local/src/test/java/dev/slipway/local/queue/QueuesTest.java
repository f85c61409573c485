package dev.slipway.local.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.json.Json;
import dev.slipway.local.template.Stack;
import dev.slipway.local.template.Template;
import dev.slipway.local.time.AccountClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueuesTest {

  private static final String TEMPLATE =
      """
      Resources:
        Plain:
          Type: AWS::SQS::Queue
          Properties:
            VisibilityTimeout: 30
            RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2 }
        Dead: { Type: AWS::SQS::Queue }
        Lane: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true, DeduplicationScope: messageGroup } }
        Content: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true, ContentBasedDeduplication: true } }
      """;

  private final AccountClock clock = new AccountClock(Instant.parse("2026-01-05T09:00:00Z"));
  private final Queues queues = new Queues(clock, new Random(1));
  private final Stack stack = Template.parse(TEMPLATE, Path.of(".")).stack();

  @BeforeEach
  void create() {
    stack.queues().forEach(queues::create);
  }

  private ObjectNode call(String operation, String queue, String... members) {
    ObjectNode input = Json.object().put("QueueUrl", stack.ref(queue));
    for (int i = 0; i < members.length; i += 2) {
      String value = members[i + 1];
      input.set(
          members[i],
          value.matches("-?[0-9]{1,6}") || value.startsWith("[")
              ? Json.parse(value)
              : Json.object().put("x", value).get("x"));
    }
    return queues.call(AwsService.SQS, operation, input);
  }

  private void sendToLane(String group, String id, String body) {
    call(
        "SendMessage",
        "Lane",
        "MessageBody",
        body,
        "MessageGroupId",
        group,
        "MessageDeduplicationId",
        id);
  }

  private List<String> receive(String queue) {
    List<String> bodies = new ArrayList<>();
    for (JsonNode message :
        call("ReceiveMessage", queue, "MaxNumberOfMessages", "10").path("Messages")) {
      bodies.add(message.path("Body").asText());
    }
    return bodies;
  }

  @Test
  void aReceivedMessageIsHiddenUntilItsVisibilityEnds() {
    call("SendMessage", "Plain", "MessageBody", "a");
    assertThat(receive("Plain")).containsExactly("a");
    assertThat(receive("Plain")).isEmpty();
    clock.advance(Duration.ofSeconds(29));
    assertThat(receive("Plain")).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(receive("Plain")).containsExactly("a");
  }

  @Test
  void aMessageReceivedTooOftenGoesToTheDeadLetterQueue() {
    List<String> buried = new ArrayList<>();
    queues.onBurial((from, to, body) ->
        buried.add(from.spec().logicalId() + " > " + to.spec().logicalId() + ": " + body));
    call("SendMessage", "Plain", "MessageBody", "a");
    for (int i = 0; i < 2; i++) {
      assertThat(receive("Plain")).containsExactly("a");
      clock.advance(Duration.ofSeconds(30));
    }
    assertThat(receive("Plain")).isEmpty();
    assertThat(receive("Dead")).containsExactly("a");
    assertThat(buried).containsExactly("Plain > Dead: a");
  }

  @Test
  void aDelayedMessageArrivesLater() {
    call("SendMessage", "Plain", "MessageBody", "a", "DelaySeconds", "60");
    assertThat(receive("Plain")).isEmpty();
    assertThat(
            call("GetQueueAttributes", "Plain", "AttributeNames", "[\"All\"]")
                .path("Attributes")
                .path("ApproximateNumberOfMessagesDelayed")
                .asText())
        .isEqualTo("1");
    clock.advance(Duration.ofSeconds(60));
    assertThat(receive("Plain")).containsExactly("a");
  }

  @Test
  void visibilityCanBeChangedWhileInFlightOnly() {
    call("SendMessage", "Plain", "MessageBody", "a");
    String handle =
        call("ReceiveMessage", "Plain").path("Messages").path(0).path("ReceiptHandle").asText();
    call("ChangeMessageVisibility", "Plain", "ReceiptHandle", handle, "VisibilityTimeout", "0");
    assertThat(receive("Plain")).containsExactly("a");
    assertThatThrownBy(() ->
            call(
                "ChangeMessageVisibility",
                "Plain",
                "ReceiptHandle",
                handle,
                "VisibilityTimeout",
                "5"))
        .hasMessageContaining("MessageNotInflight");
    call("DeleteMessage", "Plain", "ReceiptHandle", handle);
    assertThatThrownBy(() -> call("DeleteMessage", "Plain", "ReceiptHandle", "nonsense"))
        .hasMessageContaining("ReceiptHandleIsInvalid");
  }

  @Test
  void aGroupHasOneBatchInFlightAndKeepsItsOrder() {
    sendToLane("x", "1", "x1");
    sendToLane("y", "2", "y1");
    sendToLane("x", "3", "x2");
    JsonNode first =
        call("ReceiveMessage", "Lane", "MaxNumberOfMessages", "1").path("Messages").path(0);
    assertThat(first.path("Body").asText()).isEqualTo("x1");
    assertThat(receive("Lane")).containsExactly("y1");
    call("DeleteMessage", "Lane", "ReceiptHandle", first.path("ReceiptHandle").asText());
    assertThat(receive("Lane")).containsExactly("x2");
  }

  @Test
  void aBatchOfOneGroupMayHoldSeveralMessages() {
    sendToLane("x", "1", "x1");
    sendToLane("x", "2", "x2");
    assertThat(receive("Lane")).containsExactly("x1", "x2");
    sendToLane("x", "3", "x3");
    assertThat(receive("Lane")).isEmpty();
    clock.advance(Duration.ofSeconds(30));
    assertThat(receive("Lane")).containsExactly("x1", "x2", "x3");
  }

  @Test
  void aRepeatedDeduplicationIdIsDroppedForFiveMinutesEvenAfterTheMessageWasConsumed() {
    sendToLane("x", "1", "first");
    JsonNode message = call("ReceiveMessage", "Lane").path("Messages").path(0);
    call("DeleteMessage", "Lane", "ReceiptHandle", message.path("ReceiptHandle").asText());
    sendToLane("x", "1", "again");
    assertThat(receive("Lane")).isEmpty();
    sendToLane("y", "1", "of another group");
    assertThat(receive("Lane")).containsExactly("of another group");
    clock.advance(Duration.ofMinutes(5));
    sendToLane("x", "1", "later");
    assertThat(receive("Lane")).contains("later");
  }

  @Test
  void theContentCanBeTheDeduplicationId() {
    for (String body : List.of("a", "a", "b")) {
      call("SendMessage", "Content", "MessageBody", body, "MessageGroupId", "g");
    }
    assertThat(receive("Content")).containsExactly("a", "b");
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "Plain | MessageDeduplicationId=x | InvalidParameterValue",
        "Plain | DelaySeconds=901 | InvalidParameterValue",
        "Lane | MessageDeduplicationId=x | MissingParameter",
        "Lane | MessageGroupId=x | InvalidParameterValue",
        "Lane | MessageGroupId=x,MessageDeduplicationId=x y | InvalidParameterValue",
        "Lane | MessageGroupId=x,MessageDeduplicationId=LONG | InvalidParameterValue",
        "Content | MessageGroupId=x,DelaySeconds=5 | InvalidParameterValue",
      })
  void whatSqsRefusesIsRefused(String queue, String members, String code) {
    List<String> arguments = new ArrayList<>(List.of("MessageBody", "a"));
    for (String member : members.split(",")) {
      arguments.addAll(List.of(member.replace("LONG", "x".repeat(129)).split("=")));
    }
    assertThatThrownBy(() -> call("SendMessage", queue, arguments.toArray(String[]::new)))
        .isInstanceOf(AwsException.class)
        .extracting(refusal -> ((AwsException) refusal).code())
        .isEqualTo(code);
  }

  @Test
  void aBatchReportsEachEntryOnItsOwn() {
    ObjectNode output =
        call(
            "SendMessageBatch",
            "Lane",
            "Entries",
            """
            [{"Id":"a","MessageBody":"a","MessageGroupId":"g","MessageDeduplicationId":"1"},
             {"Id":"b","MessageBody":"b","MessageDeduplicationId":"2"}]\
            """);
    assertThat(output.path("Successful").findValuesAsText("Id")).containsExactly("a");
    assertThat(output.path("Failed").findValuesAsText("Code")).containsExactly("MissingParameter");
    assertThatThrownBy(() -> call("SendMessageBatch", "Lane", "Entries", "[]"))
        .hasMessageContaining("EmptyBatchRequest");
  }

  @Test
  void oldMessagesAreForgotten() {
    call("SendMessage", "Plain", "MessageBody", "a");
    clock.advance(Duration.ofDays(4));
    assertThat(receive("Plain")).isEmpty();
  }

  @Test
  void anUnknownOperationSaysSo() {
    assertThatThrownBy(() -> call("StartMessageMoveTask", "Plain"))
        .hasMessageContaining("does not serve");
    assertThatThrownBy(() ->
            queues.call(
                AwsService.SQS, "SendMessage", Json.object().put("QueueUrl", "http://x/none")))
        .hasMessageContaining("QueueDoesNotExist");
  }
}
