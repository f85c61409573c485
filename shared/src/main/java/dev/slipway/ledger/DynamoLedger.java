package dev.slipway.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.aws.DeploymentGroup;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.Json;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.StoppedTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The ledger in one DynamoDB table.
 *
 * <p>The table: partition key {@code pk} (S), sort key {@code sk} (S); TTL attribute {@code
 * expires} (N); stream with new and old images; one global secondary index {@code due} with hash
 * {@code duePartition} (S), range {@code due} (S), keys only. It is asked for GetItem, PutItem,
 * Query, TransactWriteItems (authorised as PutItem) and Query on the index; nothing is ever deleted
 * but by TTL, so nobody needs that permission.
 *
 * <table>
 *   <caption>Items</caption>
 *   <tr><th>pk</th><th>sk</th><th>what</th></tr>
 *   <tr><td>service ARN</td><td>head</td><td>the head; {@code version} (N); {@code duePartition}
 *       and {@code due}, an ISO minute, while it is due; {@code waits} while something keeps
 *       waiting in it</td></tr>
 *   <tr><td></td><td>head.quarantine#digest</td><td>a quarantine; {@code released} (BOOL) once a
 *       person said so</td></tr>
 *   <tr><td></td><td>deployment#0000000001</td><td>a deployment; {@code sequence} (N), {@code
 *       status}, {@code reason} for people who read the table</td></tr>
 *   <tr><td></td><td>logs#0000000001</td><td>the log lines of its diagnosis; 30 days</td></tr>
 *   <tr><td></td><td>evidence#0000000001#task</td><td>a stopped task; 7 days</td></tr>
 *   <tr><td></td><td>push#time#event</td><td>a push that changed nothing; 30 days</td></tr>
 *   <tr><td>alarm#ARN</td><td>service ARN</td><td>an alarm that watches the service's newest
 *       deployment, or did; 31 days</td></tr>
 *   <tr><td>account</td><td>hold</td><td>the hold over the account</td></tr>
 *   <tr><td>heads</td><td>service ARN</td><td>written once, with a service's first head: the list
 *       for people. A second index would have cost a write with every change, and a scan reads
 *       every deployment there ever was</td></tr>
 * </table>
 *
 * Each item has {@code schema} (N) and {@code doc} (S), the JSON of {@link LedgerFormat}. Reads of
 * the table are strongly consistent.
 */
public final class DynamoLedger implements Ledger {

  private static final String ACCOUNT = "account";
  private static final String HOLD = "hold";
  private static final String HEADS = "heads";
  private static final String DUE_INDEX = "due";
  private static final String DUE_PARTITION = "due";

  /** By this the stream's reader is woken: heads change far more often than they keep waiting. */
  private static final String WAITS = "waits";

  /** TransactWriteItems takes a hundred. */
  private static final int MOST_ITEMS = 100;

  private final AwsApi aws;
  private final String table;
  private final Supplier<String> tokens;

  public DynamoLedger(AwsApi aws, String table) {
    this(aws, table, () -> UUID.randomUUID().toString());
  }

  /**
   * @param tokens unique, at most 36 characters: DynamoDB applies one transaction once for ten
   *     minutes
   */
  public DynamoLedger(AwsApi aws, String table, Supplier<String> tokens) {
    this.aws = aws;
    this.table = table;
    this.tokens = tokens;
  }

  // Heads

  @Override
  public Head head(ServiceRef service) {
    JsonNode head = null;
    List<Quarantine> quarantine = new ArrayList<>();
    for (JsonNode item : query(service.arn(), LedgerKeys.HEAD, true, Integer.MAX_VALUE)) {
      if (text(item, "sk").equals(LedgerKeys.HEAD)) {
        head = item;
      } else if (!item.path("released").path("BOOL").asBoolean()) {
        quarantine.add(LedgerFormat.quarantine(document(item)));
      }
    }
    if (head == null) {
      return Head.unseen(service);
    }
    return LedgerFormat.head(document(head), number(head, "version"), quarantine);
  }

  @Override
  public Head write(Change change) {
    ServiceRef service = change.after().service();
    long version = change.before().version();
    String token = tokens.get();
    ObjectNode input = Json.object().put("ClientRequestToken", token);
    ArrayNode items = input.putArray("TransactItems");
    items.add(headPut(change.after(), version, token));
    if (version == 0) {
      items.addObject().set("Put", put(item(HEADS, service.arn(), Json.object())));
    }
    others(change).values().forEach(item -> items.addObject().set("Put", put(item)));
    if (items.size() > MOST_ITEMS) {
      throw new IllegalArgumentException(
          "a change of "
              + service.brief()
              + " has "
              + items.size()
              + " items, and DynamoDB takes "
              + MOST_ITEMS
              + " in one transaction");
    }
    try {
      aws.call(AwsService.DYNAMODB, "TransactWriteItems", input);
    } catch (AwsException e) {
      if (!writtenBefore(e, token)) {
        throw refused(e, service, version);
      }
    }
    return LedgerFormat.head(
        LedgerFormat.write(change.after()), version + 1, Quarantines.after(change));
  }

  /** By sort key, for a transaction may name an item only once. */
  private Map<String, ObjectNode> others(Change change) {
    String pk = change.after().service().arn();
    Map<String, ObjectNode> items = new LinkedHashMap<>();
    for (Deployment deployment : change.deployments()) {
      String sk = LedgerKeys.deployment(deployment.sequence());
      ObjectNode item = item(pk, sk, LedgerFormat.write(deployment));
      number(item, "sequence", deployment.sequence());
      text(item, "status", deployment.status().name());
      text(item, "reason", deployment.reason().name());
      items.put(sk, item);
      LedgerFormat.logs(deployment)
          .ifPresent(document -> {
            String key = LedgerKeys.logs(deployment.sequence());
            ObjectNode logs = item(pk, key, document);
            expires(logs, deployment.updatedAt().plus(LedgerTimes.LOGS_LIVE));
            items.put(key, logs);
          });
    }
    for (var digest : change.release()) {
      ObjectNode item =
          item(pk, LedgerKeys.quarantine(digest), Json.object().put("digest", digest.value()));
      item.putObject("released").put("BOOL", true);
      items.put(LedgerKeys.quarantine(digest), item);
    }
    for (Quarantine entry : change.quarantine()) {
      String sk = LedgerKeys.quarantine(entry.digest());
      items.put(sk, item(pk, sk, LedgerFormat.write(entry)));
    }
    return items;
  }

  private ObjectNode headPut(Head head, long version, String token) {
    ObjectNode item = item(head.service().arn(), LedgerKeys.HEAD, LedgerFormat.write(head));
    text(item, "service", head.service().brief());
    number(item, "version", version + 1);
    text(item, "change", token);
    if (head.due() != null) {
      text(item, "duePartition", DUE_PARTITION);
      text(item, "due", LedgerTimes.minute(head.due()));
    }
    if (head.keepsWaiting()) {
      text(item, WAITS, "yes");
    }
    ObjectNode put = put(item);
    put.put("ReturnValuesOnConditionCheckFailure", "ALL_OLD");
    if (version == 0) {
      put.put("ConditionExpression", "attribute_not_exists(pk)");
    } else {
      put.put("ConditionExpression", "version = :version");
      number(put.putObject("ExpressionAttributeValues"), ":version", version);
    }
    ObjectNode operation = Json.object();
    operation.set("Put", put);
    return operation;
  }

  /**
   * Whether the head that failed the condition is the one that this very transaction wrote: its
   * answer was lost, and the repetition came when DynamoDB no longer knew the token.
   */
  private static boolean writtenBefore(AwsException e, String token) {
    return text(headReason(e).path("Item"), "change").equals(token);
  }

  private static JsonNode headReason(AwsException e) {
    return e.body().path("CancellationReasons").path(0);
  }

  private static RuntimeException refused(AwsException e, ServiceRef service, long version) {
    if (!e.is("TransactionCanceledException")) {
      return e;
    }
    for (JsonNode reason : e.body().path("CancellationReasons")) {
      switch (Json.text(reason, "Code")) {
        case "ConditionalCheckFailed", "TransactionConflict" -> {
          return new HeadChangedException(service, version);
        }
        case "ThrottlingError", "ProvisionedThroughputExceeded" -> {
          return new AwsException(
              AwsService.DYNAMODB,
              "TransactWriteItems",
              "ThrottlingException",
              Json.text(reason, "Message"),
              e.status(),
              e.body());
        }
        default -> {
          // The next one may say more.
        }
      }
    }
    return e;
  }

  @Override
  public List<ServiceRef> due(Instant until, int limit) {
    ObjectNode input =
        Json.object()
            .put("TableName", table)
            .put("IndexName", DUE_INDEX)
            .put("KeyConditionExpression", "duePartition = :partition AND due <= :until");
    ObjectNode values = input.putObject("ExpressionAttributeValues");
    text(values, ":partition", DUE_PARTITION);
    text(values, ":until", LedgerTimes.minute(until));
    return pages(input, limit).stream().map(item -> ServiceRef.parse(text(item, "pk"))).toList();
  }

  @Override
  public List<Head> heads(int limit) {
    return query(HEADS, "", true, limit).stream()
        .map(item -> head(ServiceRef.parse(text(item, "sk"))))
        .filter(head -> head.version() > 0)
        .toList();
  }

  // Deployments, evidence, pushes

  @Override
  public List<Deployment> deployments(ServiceRef service, int limit) {
    return documents(service, LedgerKeys.DEPLOYMENT, false, limit, LedgerFormat::deployment);
  }

  @Override
  public Optional<Deployment> deployment(ServiceRef service, long sequence) {
    return get(service.arn(), LedgerKeys.deployment(sequence)).map(LedgerFormat::deployment);
  }

  @Override
  public List<String> logs(ServiceRef service, long sequence) {
    return get(service.arn(), LedgerKeys.logs(sequence)).map(LedgerFormat::logs).orElse(List.of());
  }

  @Override
  public void addEvidence(ServiceRef service, long sequence, StoppedTask task, Instant now) {
    addOnce(
        service,
        LedgerKeys.evidence(sequence, task),
        LedgerFormat.write(task),
        now,
        LedgerTimes.EVIDENCE_LIVES);
  }

  @Override
  public List<StoppedTask> evidence(ServiceRef service, long sequence) {
    return documents(
            service,
            LedgerKeys.evidence(sequence),
            true,
            Integer.MAX_VALUE,
            LedgerFormat::stoppedTask)
        .stream()
        .sorted(MemoryLedger.IN_ORDER_OF_STOPPING)
        .toList();
  }

  @Override
  public void addHook(ServiceRef service, String serviceDeploymentArn, Hook hook, Instant now) {
    addOnce(
        service,
        LedgerKeys.hook(serviceDeploymentArn, hook),
        LedgerFormat.write(hook),
        now,
        LedgerTimes.HOOKS_LIVE);
  }

  @Override
  public List<Hook> hooks(ServiceRef service, String serviceDeploymentArn) {
    return documents(
            service,
            LedgerKeys.hooks(serviceDeploymentArn),
            true,
            Integer.MAX_VALUE,
            LedgerFormat::hook)
        .stream()
        .sorted(MemoryLedger.IN_ORDER_OF_HAPPENING)
        .toList();
  }

  @Override
  public List<PushRecord> pushes(ServiceRef service, int limit) {
    return documents(service, LedgerKeys.PUSH, false, limit, LedgerFormat::push);
  }

  @Override
  public void addPush(PushRecord push, Instant now) {
    addOnce(
        push.service(),
        LedgerKeys.push(push),
        LedgerFormat.write(push),
        now,
        LedgerTimes.PUSHES_LIVE);
  }

  /** What is there stays as it is: writing it again would only wake the stream's reader. */
  private void addOnce(
      ServiceRef service, String sk, ObjectNode document, Instant now, Duration lives) {
    ObjectNode item = item(service.arn(), sk, document);
    expires(item, now.plus(lives));
    ObjectNode input = put(item).put("ConditionExpression", "attribute_not_exists(pk)");
    try {
      aws.call(AwsService.DYNAMODB, "PutItem", input);
    } catch (AwsException e) {
      if (!e.is("ConditionalCheckFailedException")) {
        throw e;
      }
    }
  }

  // Alarms

  /** One item each: a batch of writes would be a permission more, and there are one or two. */
  @Override
  public void useAlarms(
      ServiceRef service, long sequence, Collection<String> alarmArns, Instant now) {
    for (String arn : alarmArns) {
      ObjectNode item =
          item(
              LedgerKeys.alarm(arn),
              service.arn(),
              LedgerFormat.write(new AlarmUse(service, sequence)));
      number(item, "expires", now.plus(LedgerTimes.ALARM_USES_LIVE).getEpochSecond());
      aws.call(AwsService.DYNAMODB, "PutItem", put(item));
    }
  }

  @Override
  public List<AlarmUse> usesOfAlarm(String alarmArn) {
    return query(LedgerKeys.alarm(alarmArn), "", true, Integer.MAX_VALUE).stream()
        .map(item -> LedgerFormat.alarmUse(document(item)))
        .toList();
  }

  // CodeDeploy

  @Override
  public Optional<DeploymentGroup> deploymentGroup(ServiceRef service) {
    return get(service.arn(), LedgerKeys.GROUP).map(LedgerFormat::deploymentGroup);
  }

  @Override
  public Optional<ServiceRef> deployedBy(DeploymentGroup group) {
    return get(LedgerKeys.group(group), LedgerKeys.SERVICE).map(LedgerFormat::deployedService);
  }

  /** The service's item last: while it is not there, the next deployment remembers both again. */
  @Override
  public void remember(ServiceRef service, DeploymentGroup group) {
    ObjectNode document = LedgerFormat.write(service, group);
    aws.call(
        AwsService.DYNAMODB,
        "PutItem",
        put(item(LedgerKeys.group(group), LedgerKeys.SERVICE, document)));
    aws.call(AwsService.DYNAMODB, "PutItem", put(item(service.arn(), LedgerKeys.GROUP, document)));
  }

  // The account

  @Override
  public Optional<Head.Hold> accountHold() {
    return get(ACCOUNT, HOLD)
        .map(document -> document.path("hold"))
        .filter(JsonNode::isObject)
        .map(LedgerFormat::hold);
  }

  @Override
  public void accountHold(Optional<Head.Hold> hold) {
    ObjectNode document = Json.object();
    hold.ifPresent(each -> document.set("hold", LedgerFormat.write(each)));
    aws.call(AwsService.DYNAMODB, "PutItem", put(item(ACCOUNT, HOLD, document)));
  }

  // What the stream's reader sees

  /**
   * The deployment in an item as the stream gives it, or nothing if it is another kind of item.
   *
   * @param image {@code dynamodb.NewImage} of a record
   */
  public static Optional<Deployment> deploymentIn(JsonNode image) {
    return text(image, "sk").startsWith(LedgerKeys.DEPLOYMENT)
        ? Optional.of(LedgerFormat.deployment(document(image)))
        : Optional.empty();
  }

  /** The push that changed nothing in an item as the stream gives it, likewise. */
  public static Optional<PushRecord> pushIn(JsonNode image) {
    return text(image, "sk").startsWith(LedgerKeys.PUSH)
        ? Optional.of(LedgerFormat.push(document(image)))
        : Optional.empty();
  }

  /** The service in whose head something keeps waiting, or does not any more, likewise. */
  public static Optional<ServiceRef> waitsIn(JsonNode image) {
    return text(image, "sk").equals(LedgerKeys.HEAD) && !text(image, WAITS).isEmpty()
        ? Optional.of(ServiceRef.parse(text(image, "pk")))
        : Optional.empty();
  }

  // Items

  private <T> List<T> documents(
      ServiceRef service, String prefix, boolean forward, int limit, Function<JsonNode, T> format) {
    return query(service.arn(), prefix, forward, limit).stream()
        .map(item -> format.apply(document(item)))
        .toList();
  }

  private List<JsonNode> query(String pk, String prefix, boolean forward, int limit) {
    ObjectNode input =
        Json.object()
            .put("TableName", table)
            .put("ConsistentRead", true)
            .put("ScanIndexForward", forward);
    ObjectNode values = input.putObject("ExpressionAttributeValues");
    text(values, ":pk", pk);
    if (prefix.isEmpty()) {
      input.put("KeyConditionExpression", "pk = :pk");
    } else {
      input.put("KeyConditionExpression", "pk = :pk AND begins_with(sk, :prefix)");
      text(values, ":prefix", prefix);
    }
    return pages(input, limit);
  }

  /** A page ends at 1 MB, wherever that is. */
  private List<JsonNode> pages(ObjectNode input, int limit) {
    List<JsonNode> items = new ArrayList<>();
    JsonNode last;
    do {
      if (limit < Integer.MAX_VALUE) {
        input.put("Limit", limit - items.size());
      }
      ObjectNode answer = aws.call(AwsService.DYNAMODB, "Query", input);
      answer.path("Items").forEach(items::add);
      last = answer.path("LastEvaluatedKey");
      input.set("ExclusiveStartKey", last);
    } while (last.isObject() && items.size() < limit);
    return items;
  }

  private Optional<JsonNode> get(String pk, String sk) {
    ObjectNode input = Json.object().put("TableName", table).put("ConsistentRead", true);
    ObjectNode key = input.putObject("Key");
    text(key, "pk", pk);
    text(key, "sk", sk);
    JsonNode item = aws.call(AwsService.DYNAMODB, "GetItem", input).path("Item");
    return item.isObject() ? Optional.of(document(item)) : Optional.empty();
  }

  private ObjectNode put(ObjectNode item) {
    ObjectNode put = Json.object().put("TableName", table);
    put.set("Item", item);
    return put;
  }

  private static ObjectNode item(String pk, String sk, ObjectNode document) {
    ObjectNode item = Json.object();
    text(item, "pk", pk);
    text(item, "sk", sk);
    number(item, "schema", LedgerFormat.SCHEMA);
    text(item, "doc", Json.write(document));
    return item;
  }

  private static JsonNode document(JsonNode item) {
    try {
      return Json.readObject(text(item, "doc"));
    } catch (Json.MalformedJsonException e) {
      throw new UnreadableItemException(
          text(item, "pk") + " " + text(item, "sk"), "its attribute 'doc' is " + e.getMessage());
    }
  }

  private static void text(ObjectNode item, String attribute, String value) {
    item.putObject(attribute).put("S", value);
  }

  private static String text(JsonNode item, String attribute) {
    return Json.text(item.path(attribute), "S");
  }

  /** DynamoDB takes it away within a few days after that. */
  private static void expires(ObjectNode item, Instant at) {
    number(item, "expires", at.getEpochSecond());
  }

  private static void number(ObjectNode item, String attribute, long value) {
    item.putObject(attribute).put("N", Long.toString(value));
  }

  private static long number(JsonNode item, String attribute) {
    return item.path(attribute).path("N").asLong();
  }
}
