package dev.slipway.local.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.json.Json;
import dev.slipway.local.template.QueueSpec;
import dev.slipway.local.time.AccountClock;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * SQS: the queues of the account, and its API. Long polling answers at once, because the account's
 * time stands still meanwhile.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html">Actions</a>
 */
public final class Queues implements AwsApi {

  /** Told when a message went to a dead-letter queue. */
  @FunctionalInterface
  public interface Burial {
    void buried(Queue from, Queue to, String body);
  }

  private static final int MAX_MESSAGE_BYTES = 1_048_576;

  /** Of MessageGroupId and MessageDeduplicationId. */
  private static final String IDENTIFIER = "[a-zA-Z0-9\\p{Punct}]{1,128}";

  private final AccountClock clock;
  private final Random random;
  private final Map<String, Queue> byName = new LinkedHashMap<>();
  private final List<Burial> burials = new CopyOnWriteArrayList<>();

  public Queues(AccountClock clock, Random random) {
    this.clock = clock;
    this.random = random;
  }

  public Queue create(QueueSpec spec) {
    Queue queue = new Queue(spec, clock, this);
    synchronized (byName) {
      byName.put(spec.name(), queue);
    }
    return queue;
  }

  public List<Queue> all() {
    synchronized (byName) {
      return List.copyOf(byName.values());
    }
  }

  /**
   * @throws IllegalArgumentException if there is none
   */
  public Queue byArn(String arn) {
    return all().stream()
        .filter(queue -> queue.spec().arn().equals(arn))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("There is no queue " + arn));
  }

  public void onBurial(Burial listener) {
    burials.add(listener);
  }

  void buried(Queue from, Queue to, String body) {
    burials.forEach(burial -> burial.buried(from, to, body));
  }

  /** A new id, the same in every run with the same seed. */
  String id() {
    synchronized (random) {
      return new UUID(
              (random.nextLong() & ~0xF000L) | 0x4000L,
              (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L)
          .toString();
    }
  }

  @Override
  public ObjectNode call(AwsService service, String operation, ObjectNode input) {
    Call call = new Call(operation, input);
    return switch (operation) {
      case "SendMessage" -> call.send(call.queue());
      case "SendMessageBatch" -> call.batch(entry -> new Call(operation, entry).send(call.queue()));
      case "ReceiveMessage" -> call.receive(call.queue());
      case "DeleteMessage" -> call.delete(call.queue());
      case "DeleteMessageBatch" ->
          call.batch(entry -> new Call(operation, entry).delete(call.queue()));
      case "ChangeMessageVisibility" -> call.changeVisibility(call.queue());
      case "ChangeMessageVisibilityBatch" ->
          call.batch(entry -> new Call(operation, entry).changeVisibility(call.queue()));
      case "GetQueueAttributes" -> call.attributes(call.queue());
      case "GetQueueUrl" ->
          Json.object().put("QueueUrl", call.find(input.path("QueueName").asText()).spec().url());
      case "ListQueues" -> call.list();
      case "PurgeQueue" -> {
        call.queue().purge();
        yield Json.object();
      }
      default ->
          throw call.refuse(
              "UnknownOperationException",
              "The local account does not serve this operation of SQS");
    };
  }

  /** Lower-case hexadecimal digits of a hash. */
  static String hash(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static String md5(String text) {
    return hash("MD5", text.getBytes(StandardCharsets.UTF_8));
  }

  /** One call, with what it needs to refuse it in SQS's words. */
  private final class Call {
    private final String operation;
    private final ObjectNode input;

    Call(String operation, ObjectNode input) {
      this.operation = operation;
      this.input = input;
    }

    AwsException refuse(String code, String message) {
      return new AwsException(AwsService.SQS, operation, code, message, 400, Json.object());
    }

    private AwsException missing(String parameter) {
      return refuse(
          "MissingParameter", "The request must contain the parameter " + parameter + ".");
    }

    private AwsException invalid(String parameter, String value, String reason) {
      return refuse(
          "InvalidParameterValue",
          "Value " + value + " for parameter " + parameter + " is invalid. Reason: " + reason);
    }

    Queue queue() {
      String url = input.path("QueueUrl").asText();
      if (url.isEmpty()) {
        throw missing("QueueUrl");
      }
      return find(url.substring(url.lastIndexOf('/') + 1));
    }

    Queue find(String name) {
      Queue queue;
      synchronized (byName) {
        queue = byName.get(name);
      }
      if (queue == null) {
        throw refuse("QueueDoesNotExist", "The specified queue does not exist: " + name);
      }
      return queue;
    }

    ObjectNode send(Queue queue) {
      String body = input.path("MessageBody").asText();
      if (body.isEmpty()) {
        throw missing("MessageBody");
      }
      if (body.getBytes(StandardCharsets.UTF_8).length > MAX_MESSAGE_BYTES) {
        throw refuse(
            "InvalidParameterValue",
            "One or more parameters are invalid. Reason: Message must be shorter than "
                + MAX_MESSAGE_BYTES
                + " bytes.");
      }
      boolean fifo = queue.spec().fifo();
      String group = identifier("MessageGroupId");
      if (fifo && group == null) {
        throw missing("MessageGroupId");
      }
      ObjectNode attributes =
          input.path("MessageAttributes") instanceof ObjectNode given ? given : Json.object();
      Queue.Sent sent =
          queue.send(
              new Queue.Draft(
                  body, attributes, group, deduplicationId(queue.spec(), body), delay(fifo)));
      ObjectNode output =
          Json.object().put("MessageId", sent.messageId()).put("MD5OfMessageBody", md5(body));
      if (!attributes.isEmpty()) {
        output.put("MD5OfMessageAttributes", AttributeDigest.of(attributes));
      }
      if (fifo) {
        output.put("SequenceNumber", sent.sequenceNumber());
      }
      return output;
    }

    private String deduplicationId(QueueSpec spec, String body) {
      String given = identifier("MessageDeduplicationId");
      if (given != null && !spec.fifo()) {
        throw invalid(
            "MessageDeduplicationId",
            given,
            "The request includes a parameter that is not valid for this queue type");
      }
      if (given != null || !spec.fifo()) {
        return given;
      }
      if (!spec.contentBasedDeduplication()) {
        throw refuse(
            "InvalidParameterValue",
            "The queue should either have ContentBasedDeduplication enabled or"
                + " MessageDeduplicationId provided explicitly");
      }
      return hash("SHA-256", body.getBytes(StandardCharsets.UTF_8));
    }

    private Duration delay(boolean fifo) {
      if (!input.has("DelaySeconds")) {
        return null;
      }
      Duration delay = seconds("DelaySeconds", 900);
      if (fifo && !delay.isZero()) {
        throw invalid(
            "DelaySeconds",
            "" + delay.toSeconds(),
            "The request include parameter that is not valid for this queue type.");
      }
      return delay;
    }

    private String identifier(String parameter) {
      if (!input.has(parameter)) {
        return null;
      }
      String value = input.get(parameter).asText();
      if (!value.matches(IDENTIFIER)) {
        throw invalid(
            parameter,
            value,
            parameter
                + " can only include alphanumeric and punctuation characters. 1 to 128 in length.");
      }
      return value;
    }

    private Duration seconds(String parameter, int max) {
      int value = input.path(parameter).asInt(-1);
      if (value < 0 || value > max) {
        throw invalid(parameter, "" + value, "Must be >= 0 and <= " + max + ", if provided.");
      }
      return Duration.ofSeconds(value);
    }

    ObjectNode receive(Queue queue) {
      int max = input.path("MaxNumberOfMessages").asInt(1);
      if (max < 1 || max > 10) {
        throw invalid("MaxNumberOfMessages", "" + max, "Must be between 1 and 10, if provided.");
      }
      Duration visibility =
          input.has("VisibilityTimeout")
              ? seconds("VisibilityTimeout", 43_200)
              : queue.spec().visibility();
      Set<String> wanted = new HashSet<>(Json.texts(input.path("AttributeNames")));
      wanted.addAll(Json.texts(input.path("MessageSystemAttributeNames")));
      boolean withAttributes = !Json.texts(input.path("MessageAttributeNames")).isEmpty();
      ArrayNode messages = Json.array();
      for (Queue.Received received : queue.receive(max, visibility)) {
        ObjectNode message = messages.addObject();
        message.put("MessageId", received.messageId());
        message.put("ReceiptHandle", received.receiptHandle());
        message.put("Body", received.body());
        message.put("MD5OfBody", md5(received.body()));
        if (!wanted.isEmpty()) {
          message.set("Attributes", chosen(received.attributes(), wanted));
        }
        if (withAttributes && !received.messageAttributes().isEmpty()) {
          message.set("MessageAttributes", received.messageAttributes());
          message.put("MD5OfMessageAttributes", AttributeDigest.of(received.messageAttributes()));
        }
      }
      return messages.isEmpty() ? Json.object() : Json.object().set("Messages", messages);
    }

    ObjectNode delete(Queue queue) {
      if (!queue.delete(input.path("ReceiptHandle").asText())) {
        throw refuse("ReceiptHandleIsInvalid", "The input receipt handle is invalid.");
      }
      return Json.object();
    }

    ObjectNode changeVisibility(Queue queue) {
      Duration visibility = seconds("VisibilityTimeout", 43_200);
      if (!queue.changeVisibility(input.path("ReceiptHandle").asText(), visibility)) {
        throw refuse(
            "MessageNotInflight", "The message referred to isn't in flight, or is unknown.");
      }
      return Json.object();
    }

    ObjectNode batch(Function<ObjectNode, ObjectNode> action) {
      queue();
      JsonNode entries = input.path("Entries");
      if (entries.isEmpty()) {
        throw refuse("EmptyBatchRequest", "There should be at least one entry in the request.");
      }
      if (entries.size() > 10) {
        throw refuse(
            "TooManyEntriesInBatchRequest",
            "Maximum number of entries per request are 10. You have sent " + entries.size() + ".");
      }
      Set<String> ids = new HashSet<>();
      for (JsonNode entry : entries) {
        if (!ids.add(entry.path("Id").asText())) {
          throw refuse(
              "BatchEntryIdsNotDistinct", "Id " + entry.path("Id").asText() + " repeated.");
        }
      }
      ArrayNode successful = Json.array();
      ArrayNode failed = Json.array();
      for (JsonNode entry : entries) {
        String id = entry.path("Id").asText();
        try {
          successful.add(action.apply((ObjectNode) entry).put("Id", id));
        } catch (AwsException refused) {
          failed
              .addObject()
              .put("Id", id)
              .put("Code", refused.code())
              .put("Message", refused.getMessage())
              .put("SenderFault", true);
        }
      }
      ObjectNode output = Json.object();
      output.set("Successful", successful);
      output.set("Failed", failed);
      return output;
    }

    ObjectNode attributes(Queue queue) {
      QueueSpec spec = queue.spec();
      Map<String, String> all = new LinkedHashMap<>();
      all.put("QueueArn", spec.arn());
      all.put("ApproximateNumberOfMessages", Integer.toString(queue.visible()));
      all.put("ApproximateNumberOfMessagesNotVisible", Integer.toString(queue.inFlight()));
      all.put("ApproximateNumberOfMessagesDelayed", Integer.toString(queue.delayed()));
      all.put("VisibilityTimeout", Long.toString(spec.visibility().toSeconds()));
      all.put("DelaySeconds", Long.toString(spec.delay().toSeconds()));
      all.put("MessageRetentionPeriod", Long.toString(spec.retention().toSeconds()));
      all.put("MaximumMessageSize", Integer.toString(MAX_MESSAGE_BYTES));
      if (spec.deadLetterArn() != null) {
        all.put(
            "RedrivePolicy",
            Json.write(
                Json.object()
                    .put("deadLetterTargetArn", spec.deadLetterArn())
                    .put("maxReceiveCount", spec.maxReceives())));
      }
      if (spec.fifo()) {
        all.put("FifoQueue", "true");
        all.put("ContentBasedDeduplication", "" + spec.contentBasedDeduplication());
        all.put("DeduplicationScope", spec.deduplicationPerGroup() ? "messageGroup" : "queue");
      }
      return Json.object()
          .set("Attributes", chosen(all, Set.copyOf(Json.texts(input.path("AttributeNames")))));
    }

    private static ObjectNode chosen(Map<String, String> all, Set<String> wanted) {
      ObjectNode chosen = Json.object();
      all.forEach((name, value) -> {
        if (wanted.contains("All") || wanted.contains(name)) {
          chosen.put(name, value);
        }
      });
      return chosen;
    }

    ObjectNode list() {
      String prefix = input.path("QueueNamePrefix").asText();
      ArrayNode urls = Json.array();
      for (Queue queue : all()) {
        if (queue.spec().name().startsWith(prefix)) {
          urls.add(queue.spec().url());
        }
      }
      return Json.object().set("QueueUrls", urls);
    }
  }
}
