package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The lanes over {@link AwsApi}. Each look has a deduplication id of its own, made once: a call
 * that is repeated because its answer was lost sends nothing twice, and a second look at the same
 * service within five minutes is never swallowed.
 */
public final class JsonLanes implements Lanes {

  /** SendMessageBatch takes ten. */
  private static final int MESSAGES_A_CALL = 10;

  private static final int ATTEMPTS = 4;

  private final AwsApi aws;
  private final String queueUrl;
  private final Supplier<String> nonces;

  public JsonLanes(AwsApi aws, String queueUrl) {
    this(aws, queueUrl, () -> UUID.randomUUID().toString());
  }

  /**
   * @param nonces at most 63 characters each: with the group before it an id has at most 128
   */
  public JsonLanes(AwsApi aws, String queueUrl, Supplier<String> nonces) {
    this.aws = aws;
    this.queueUrl = queueUrl;
    this.nonces = nonces;
  }

  @Override
  public void look(Collection<ServiceRef> services, String cause) {
    List<ServiceRef> all = services.stream().distinct().toList();
    for (int i = 0; i < all.size(); i += MESSAGES_A_CALL) {
      send(all.subList(i, Math.min(i + MESSAGES_A_CALL, all.size())), cause);
    }
  }

  private void send(List<ServiceRef> services, String cause) {
    Map<String, ObjectNode> left = new LinkedHashMap<>();
    for (ServiceRef service : services) {
      String id = Integer.toString(left.size());
      left.put(id, entry(id, service, cause));
    }
    List<JsonNode> failed = List.of();
    for (int attempt = 0; attempt < ATTEMPTS && !left.isEmpty(); attempt++) {
      ObjectNode input = Json.object().put("QueueUrl", queueUrl);
      input.putArray("Entries").addAll(left.values());
      ObjectNode answer = aws.call(AwsService.SQS, "SendMessageBatch", input);
      failed = new ArrayList<>();
      answer.path("Failed").forEach(failed::add);
      answer.path("Successful").forEach(sent -> left.remove(Json.text(sent, "Id")));
      if (failed.stream().anyMatch(entry -> entry.path("SenderFault").asBoolean())) {
        break;
      }
    }
    if (!left.isEmpty()) {
      throw refused(failed, left.size());
    }
  }

  private ObjectNode entry(String id, ServiceRef service, String cause) {
    return Json.object()
        .put("Id", id)
        .put(
            "MessageBody", Json.write(Json.object().put("look", service.arn()).put("cause", cause)))
        .put("MessageGroupId", service.lane())
        .put("MessageDeduplicationId", service.lane() + "-" + nonces.get());
  }

  private static AwsException refused(List<JsonNode> failed, int count) {
    String code = failed.isEmpty() ? AwsException.NO_ANSWER : Json.text(failed.getFirst(), "Code");
    String why = failed.isEmpty() ? "" : ": " + Json.text(failed.getFirst(), "Message");
    return new AwsException(
        AwsService.SQS,
        "SendMessageBatch",
        code,
        count + " looks were not sent" + why,
        200,
        Json.object());
  }
}
