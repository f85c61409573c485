package dev.slipway.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A batch of SQS messages with a partial batch response: what failed is seen again, and nothing
 * else.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html">
 *     Handling errors for an SQS event source</a>
 */
public final class Batch {

  /** The metric that the alarms of the template watch. */
  public static final String MESSAGES_FAILED = "MessagesFailed";

  private Batch() {}

  /**
   * One record of the event.
   *
   * @param groupId message group of a FIFO queue; empty for a standard queue
   * @param receiveCount 1 the first time
   * @param attributes the message attributes that the sender set
   */
  public record Message(
      String id, String body, String groupId, int receiveCount, JsonNode attributes) {}

  /**
   * Gives each message to {@code each}. One that throws {@link PermanentFailure} goes to the
   * dead-letter queue with its reason at once; one that throws anything else is reported as failed,
   * and with it the rest of its message group, whose order would otherwise be lost. Each that
   * failed is counted as {@value #MESSAGES_FAILED}: Lambda's own {@code Errors} stays at zero, for
   * an invocation that names its failures has succeeded.
   *
   * @throws PermanentFailure if the event is not a batch of SQS messages at all
   */
  public static void sqs(
      InputStream in,
      OutputStream out,
      Log log,
      Metrics metrics,
      DeadLetters deadLetters,
      Consumer<Message> each)
      throws IOException {
    JsonNode records = records(in);
    ArrayNode failures = Json.array();
    Set<String> failedGroups = new HashSet<>();
    for (JsonNode node : records) {
      Message message = message(node);
      if (failedGroups.contains(message.groupId())
          || !handled(message, log, metrics, deadLetters, each)) {
        failures.add(Json.object().put("itemIdentifier", message.id()));
        if (!message.groupId().isEmpty()) {
          failedGroups.add(message.groupId());
        }
      }
    }
    ObjectNode answer = Json.object();
    answer.set("batchItemFailures", failures);
    out.write(Json.write(answer).getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode records(InputStream in) {
    JsonNode event;
    try {
      event = Json.read(in);
    } catch (Json.MalformedJsonException e) {
      throw new PermanentFailure("the invocation's payload is " + e.getMessage(), e);
    }
    JsonNode records = event.path("Records");
    if (!records.isArray()) {
      throw new PermanentFailure(
          "the invocation's payload has no array 'Records': this function is fed by an SQS queue,"
              + " and takes {\"Records\":[{\"messageId\":...,\"body\":...}]}");
    }
    return records;
  }

  private static Message message(JsonNode node) {
    JsonNode attributes = node.path("attributes");
    return new Message(
        Json.text(node, "messageId"),
        Json.text(node, "body"),
        Json.text(attributes, "MessageGroupId"),
        attributes.path("ApproximateReceiveCount").asInt(1),
        node.path("messageAttributes"));
  }

  /** Whether the message need not be seen again. */
  private static boolean handled(
      Message message, Log log, Metrics metrics, DeadLetters deadLetters, Consumer<Message> each) {
    log.about();
    try {
      try {
        each.accept(message);
      } catch (PermanentFailure e) {
        log.error(
            "message goes to the dead-letter queue: " + e.getMessage(),
            e,
            "message_id",
            message.id());
        deadLetters.add(message, e.getMessage());
      }
      return true;
    } catch (RuntimeException e) {
      log.error(
          "message failed and will be seen again",
          e,
          "message_id",
          message.id(),
          "receive_count",
          message.receiveCount());
      metrics.countForFunction(MESSAGES_FAILED);
      return false;
    }
  }
}
