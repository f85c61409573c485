package dev.slipway.local.bus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.iam.Access;
import dev.slipway.local.iam.Policies;
import dev.slipway.local.json.Json;
import dev.slipway.local.queue.Queue;
import dev.slipway.local.queue.Queues;
import dev.slipway.local.template.RuleSpec;
import dev.slipway.local.template.Stack;
import dev.slipway.local.template.Surroundings;
import dev.slipway.local.time.AccountClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import software.amazon.event.ruler.Ruler;

/**
 * EventBridge: the template's rules over AWS's own event-ruler, its schedules over the account's
 * clock, delivery to queues. Delivery is at least once; with shuffling, events also come late,
 * twice and in another order, decided by the seed.
 *
 * <p>A queue takes an event only if its policy lets the rule in, as in AWS; otherwise the event
 * goes to the target's dead-letter queue, or is lost.
 */
public final class EventBus implements AwsApi {

  /**
   * What became of one event at one target.
   *
   * @param rule logical id
   * @param target logical id of the queue, or its ARN if there is no such queue
   * @param outcome {@code delivered}, {@code dead-letter} or {@code lost}
   */
  public record Delivery(String rule, String target, String outcome, String body) {}

  /** How the events of AWS's services reach the targets of rules. */
  public enum Conduct {
    /** Once, at once, in order. */
    DELIVERED,
    /** Never. */
    LOST,
    /** Some twice, each up to four seconds late, and so in any order. */
    SHUFFLED
  }

  /**
   * @param detailType empty for every one
   */
  private record Way(Conduct conduct, String detailType) {
    boolean concerns(ObjectNode event) {
      return event.path("source").asText().startsWith("aws.")
          && (detailType.isEmpty() || detailType.equals(event.path("detail-type").asText()));
    }
  }

  private static final String SERVICE = "events.amazonaws.com";

  /** How late a shuffled event may be. */
  private static final int LATEST_MILLIS = 4_000;

  private final AccountClock clock;
  private final Surroundings surroundings;
  private final Queues queues;
  private final List<RuleSpec> rules;
  private final List<Stack.QueuePolicy> policies;
  private final Random random;
  private final List<Way> ways = new CopyOnWriteArrayList<>();
  private final List<Consumer<ObjectNode>> events = new CopyOnWriteArrayList<>();
  private final List<Consumer<Delivery>> deliveries = new CopyOnWriteArrayList<>();

  public EventBus(AccountClock clock, Stack stack, Queues queues, Random random, boolean shuffle) {
    this.clock = clock;
    this.surroundings = stack.surroundings();
    this.queues = queues;
    this.rules = stack.rules();
    this.policies = stack.queuePolicies();
    this.random = random;
    conduct(shuffle ? Conduct.SHUFFLED : Conduct.DELIVERED, "");
  }

  /**
   * From now on events of this type come so; schedules and the functions' own events always come.
   *
   * @param detailType empty for every one, and then nothing said before counts any more
   */
  public void conduct(Conduct conduct, String detailType) {
    if (detailType.isEmpty()) {
      ways.clear();
    }
    ways.addFirst(new Way(conduct, detailType));
  }

  private Conduct conduct(ObjectNode event) {
    return ways.stream()
        .filter(way -> way.concerns(event))
        .findFirst()
        .map(Way::conduct)
        .orElse(Conduct.DELIVERED);
  }

  /** Told of every event on any bus, before it is routed. */
  public void onEvent(Consumer<ObjectNode> listener) {
    events.add(listener);
  }

  public void onDelivery(Consumer<Delivery> listener) {
    deliveries.add(listener);
  }

  /** Starts the schedules; the first run of a rate is one period from now. */
  public void startSchedules() {
    for (RuleSpec rule : rules) {
      if (rule.schedule() != null && rule.enabled()) {
        schedule(rule);
      }
    }
  }

  private void schedule(RuleSpec rule) {
    Instant now = clock.instant();
    rule.schedule().next(now).ifPresent(at -> schedule(rule, Duration.between(now, at)));
  }

  private void schedule(RuleSpec rule, Duration until) {
    clock.background(
        until,
        () -> {
          ObjectNode event = Json.object();
          event.put("version", "0").put("id", id()).put("detail-type", "Scheduled Event");
          event.put("source", "aws.events").put("account", surroundings.accountId());
          event.put("time", time()).put("region", surroundings.region());
          event.putArray("resources").add(rule.arn());
          event.putObject("detail");
          send(rule, event);
          schedule(rule);
        });
  }

  /** Puts an event of an AWS service on the default bus; id, time, account, Region are added. */
  public void accept(ObjectNode event) {
    route(event, "default");
  }

  private void route(ObjectNode event, String bus) {
    complete(event);
    events.forEach(listener -> listener.accept(event));
    String json = Json.write(event);
    for (RuleSpec rule : rules) {
      if (rule.enabled()
          && rule.pattern() != null
          && rule.bus().equals(bus)
          && matches(rule, json)) {
        send(rule, event);
      }
    }
  }

  private void complete(ObjectNode event) {
    if (!event.has("version")) {
      event.put("version", "0");
    }
    if (!event.has("id")) {
      event.put("id", id());
    }
    if (!event.has("account")) {
      event.put("account", surroundings.accountId());
    }
    if (!event.has("region")) {
      event.put("region", surroundings.region());
    }
    if (!event.has("time")) {
      event.put("time", time());
    }
    if (!event.has("resources")) {
      event.putArray("resources");
    }
  }

  private String time() {
    // EventBridge's time has no fraction of a second.
    return clock.instant().truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString();
  }

  private String id() {
    synchronized (random) {
      return new UUID(random.nextLong(), random.nextLong()).toString();
    }
  }

  private static boolean matches(RuleSpec rule, String json) {
    try {
      return Ruler.matchesRule(json, rule.pattern());
    } catch (Exception unreadable) {
      throw new IllegalStateException("event-ruler cannot read " + rule.logicalId(), unreadable);
    }
  }

  private void send(RuleSpec rule, ObjectNode event) {
    for (RuleSpec.Target target : rule.targets()) {
      String body = target.input() == null ? Json.write(event) : target.input();
      switch (rule.schedule() == null ? conduct(event) : Conduct.DELIVERED) {
        case DELIVERED -> deliver(rule, target, body);
        case LOST -> report(rule, target.arn(), "lost", body);
        case SHUFFLED -> shuffled(rule, target, body);
      }
    }
  }

  private void shuffled(RuleSpec rule, RuleSpec.Target target, String body) {
    int times;
    synchronized (random) {
      times = random.nextInt(8) == 0 ? 2 : 1;
    }
    for (int i = 0; i < times; i++) {
      Duration late;
      synchronized (random) {
        late = Duration.ofMillis(random.nextInt(LATEST_MILLIS));
      }
      clock.after(late, () -> deliver(rule, target, body));
    }
  }

  private void deliver(RuleSpec rule, RuleSpec.Target target, String body) {
    String failure = refusal(rule, target.arn());
    if (failure.isEmpty()) {
      Queue queue = queues.byArn(target.arn());
      queue.send(draft(queue, target.messageGroupId(), body, Json.object()));
      report(rule, queue.spec().logicalId(), "delivered", body);
      return;
    }
    if (target.deadLetterArn() == null || !refusal(rule, target.deadLetterArn()).isEmpty()) {
      report(rule, target.arn(), "lost", body);
      return;
    }
    ObjectNode attributes = Json.object();
    attribute(attributes, "RULE_ARN", rule.arn());
    attribute(attributes, "TARGET_ARN", target.arn());
    attribute(attributes, "ERROR_CODE", failure);
    attribute(attributes, "ERROR_MESSAGE", "The target refused the event: " + failure);
    Queue grave = queues.byArn(target.deadLetterArn());
    grave.send(draft(grave, null, body, attributes));
    report(rule, grave.spec().logicalId(), "dead-letter", body);
  }

  /** EventBridge's error code, or nothing if the queue takes it. */
  private String refusal(RuleSpec rule, String queueArn) {
    String url =
        queues.all().stream()
            .filter(queue -> queue.spec().arn().equals(queueArn))
            .map(queue -> queue.spec().url())
            .findFirst()
            .orElse(null);
    if (url == null) {
      return "NO_RESOURCE";
    }
    Access access =
        Access.of("sqs:SendMessage", queueArn)
            .with("aws:SourceArn", rule.arn())
            .with("aws:SourceAccount", surroundings.accountId());
    boolean allowed =
        policies.stream()
            .filter(policy -> policy.queueUrls().contains(url))
            .anyMatch(policy -> Policies.letsServiceIn(policy.statements(), SERVICE, access));
    return allowed ? "" : "NO_PERMISSIONS";
  }

  private static Queue.Draft draft(Queue queue, String group, String body, ObjectNode attributes) {
    return new Queue.Draft(
        body,
        attributes,
        group,
        queue.spec().fifo() ? Integer.toHexString(body.hashCode()) : null,
        null);
  }

  private static void attribute(ObjectNode attributes, String name, String value) {
    attributes.putObject(name).put("DataType", "String").put("StringValue", value);
  }

  private void report(RuleSpec rule, String target, String outcome, String body) {
    Delivery delivery = new Delivery(rule.logicalId(), target, outcome, body);
    deliveries.forEach(listener -> listener.accept(delivery));
  }

  @Override
  public ObjectNode call(AwsService service, String operation, ObjectNode input) {
    if (!operation.equals("PutEvents")) {
      throw new AwsException(
          service,
          operation,
          "UnknownOperationException",
          "The local account does not serve this operation of EventBridge",
          400,
          Json.object());
    }
    ArrayNode results = Json.array();
    for (JsonNode entry : input.path("Entries")) {
      ObjectNode result = results.addObject();
      String detail = entry.path("Detail").asText();
      if (entry.path("Source").asText().startsWith("aws.")) {
        result
            .put("ErrorCode", "NotAuthorizedForSourceException")
            .put("ErrorMessage", "Not authorized for the source.");
        continue;
      }
      try {
        ObjectNode event = Json.object();
        event.put("version", "0").put("id", id());
        event.put("detail-type", entry.path("DetailType").asText());
        event.put("source", entry.path("Source").asText());
        event.set("resources", entry.has("Resources") ? entry.get("Resources") : Json.array());
        event.set("detail", Json.parseObject(detail));
        String bus = entry.path("EventBusName").asText("default");
        route(event, bus.substring(bus.lastIndexOf('/') + 1));
        result.put("EventId", event.path("id").asText());
      } catch (IllegalArgumentException malformed) {
        result.put("ErrorCode", "MalformedDetail").put("ErrorMessage", "Detail is malformed.");
      }
    }
    long failed = results.findValues("ErrorCode").size();
    ObjectNode output = Json.object().put("FailedEntryCount", failed);
    output.set("Entries", results);
    return output;
  }
}
