package dev.slipway.aws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Batch;
import dev.slipway.runtime.DeadLetters;
import dev.slipway.runtime.Json;

/**
 * A dead-letter queue, standard or FIFO: the body as it came, and the reason in the message
 * attribute {@code Reason}, where the console shows it.
 */
public final class QueueDeadLetters implements DeadLetters {

  private static final int LONGEST_REASON = 2_000;

  private final AwsApi aws;
  private final String queueUrl;

  public QueueDeadLetters(AwsApi aws, String queueUrl) {
    this.aws = aws;
    this.queueUrl = queueUrl;
  }

  @Override
  public void add(Batch.Message message, String reason) {
    ObjectNode input = Json.object().put("QueueUrl", queueUrl).put("MessageBody", message.body());
    input
        .putObject("MessageAttributes")
        .putObject("Reason")
        .put("DataType", "String")
        .put("StringValue", allowed(reason));
    if (queueUrl.endsWith(".fifo")) {
      input.put("MessageGroupId", message.groupId().isEmpty() ? "none" : message.groupId());
      input.put("MessageDeduplicationId", message.id());
    }
    aws.call(AwsService.SQS, "SendMessage", input);
  }

  /**
   * SQS refuses characters that XML does not have, and empty values; reasons quote what others
   * wrote.
   */
  private static String allowed(String reason) {
    StringBuilder text = new StringBuilder();
    reason
        .codePoints()
        .limit(LONGEST_REASON)
        .map(c -> c >= 0x20 && c != 0xFFFE && c != 0xFFFF && (c < 0xD800 || c > 0xDFFF) ? c : ' ')
        .forEach(text::appendCodePoint);
    return text.toString().isBlank() ? "no reason given" : text.toString();
  }
}
