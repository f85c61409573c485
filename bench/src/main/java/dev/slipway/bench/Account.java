package dev.slipway.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.DynamoLedger;
import dev.slipway.ledger.Ledger;
import dev.slipway.local.SimulatedAccount;
import dev.slipway.local.dynamodb.EmbeddedDynamoDb;
import dev.slipway.local.dynamodb.TableStream;
import dev.slipway.local.ecr.ImagePusher;
import dev.slipway.local.http.AwsFront;
import dev.slipway.local.http.LocalHttp;
import dev.slipway.local.http.LoopbackServer;
import dev.slipway.local.iam.Principal;
import dev.slipway.local.queue.Queue;
import dev.slipway.local.queue.Queues;
import dev.slipway.local.slack.SlackSimulation;
import dev.slipway.local.template.FunctionSpec;
import dev.slipway.local.template.Stack;
import dev.slipway.local.template.Surroundings;
import dev.slipway.local.template.TableSpec;
import dev.slipway.local.template.Template;
import dev.slipway.local.time.AccountClock;
import dev.slipway.runtime.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The laptop account's services, queues, table and Slack without what starts functions by itself:
 * what runs, and when, is for the measurement to say, and nothing else runs beside it. Policies are
 * not checked here, so that no time is measured that AWS spends elsewhere.
 *
 * <p>Functions have the environment that the template gives them, and the real clock.
 */
final class Account implements AutoCloseable {

  /**
   * A call to AWS that has ended.
   *
   * @param principal logical id of the function, or the access key id of anything else
   * @param at {@link System#nanoTime} when it arrived
   * @param took nanoseconds until its answer was known: what AWS needs is another matter
   */
  record Call(String principal, AwsService service, String operation, long at, long took) {

    boolean is(String expected) {
      return name().equals(expected);
    }

    /** As in IAM: {@code ecs:UpdateService}. */
    String name() {
      return service.actionPrefix() + ":" + operation;
    }
  }

  static final String CLUSTER = "prod";
  private static final String CHANNEL = "C0DEPLOYS1";
  private static final String OPERATOR = "U0ANN00001";
  private static final String SLACK_PATH = "/slack";

  private final Optional<Tls> tls;
  private final AccountClock clock;
  private final SimulatedAccount services;
  private final Queues queues;
  private final EmbeddedDynamoDb dynamoDb;
  private final LocalHttp http;
  private final Stack stack;
  private final SlackSimulation slack;
  private final TableStream stream;
  private final Ledger ledger;
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private volatile ObjectNode lastPush;
  private int builds;
  private int answers;

  /**
   * @param tls with which the account speaks HTTPS; empty for plain HTTP
   */
  Account(Path template, Optional<Tls> tls) {
    this.tls = tls;
    // An hour behind, so that what is pushed later was pushed later.
    clock = new AccountClock(Instant.now().minus(Duration.ofHours(1)));
    http = tls.map(how -> new LocalHttp(0, how.context())).orElseGet(() -> new LocalHttp(0));
    slack = new SlackSimulation(clock).at(http.endpoint() + SLACK_PATH);
    services =
        new SimulatedAccount(
            clock,
            new Random(1),
            this::event,
            Surroundings.LOCAL.accountId(),
            Surroundings.LOCAL.region());
    Template read = Template.read(template);
    Map<String, String> parameters =
        Map.of("SlackChannel", CHANNEL, "Operators", OPERATOR, "ChatEndpoint", "function-url");
    Stack draft = read.stack(parameters, Surroundings.LOCAL.at(http.endpoint()));
    stack = read.stack(parameters, withSlackSecret(draft));
    queues = new Queues(clock, new Random(2));
    stack.queues().forEach(queues::create);
    dynamoDb = EmbeddedDynamoDb.start(Surroundings.LOCAL.accountId(), Surroundings.LOCAL.region());
    stack.tables().forEach(table -> dynamoDb.createTable(table.definition()));
    TableSpec table = stack.tables().getFirst();
    stream =
        new TableStream(
            dynamoDb, table.name(), table.streamArn(), Surroundings.LOCAL.region(), clock);
    ledger = new DynamoLedger(dynamoDb, table.name());
    http.handleAws(new AwsFront(this::call));
    http.handle(SLACK_PATH, this::slack);
    services.call(AwsService.ECS, "CreateCluster", Json.object().put("clusterName", CLUSTER));
    services.logs().create("/ecs/bench");
  }

  private Surroundings withSlackSecret(Stack draft) {
    String arn =
        services
            .call(
                AwsService.SECRETS_MANAGER,
                "CreateSecret",
                Json.object()
                    .put("Name", draft.secretName("SlackSecret"))
                    .put("SecretString", slack.secret()))
            .path("ARN")
            .asText();
    return draft.surroundings().withSecret("SlackSecret", arn);
  }

  // ---- what the functions see

  private ObjectNode call(
      String accessKeyId, AwsService service, String operation, ObjectNode input) {
    long at = System.nanoTime();
    String function = Principal.function(accessKeyId);
    AwsApi served =
        switch (service) {
          case SQS -> queues;
          case DYNAMODB -> dynamoDb;
          case ECS, ECR, TAGGING, SSM, SECRETS_MANAGER, EVENTS, LOGS, CODEDEPLOY, CLOUDWATCH ->
              services;
        };
    try {
      return served.call(service, operation, input);
    } finally {
      String principal = function == null ? accessKeyId : function;
      calls.add(new Call(principal, service, operation, at, System.nanoTime() - at));
    }
  }

  private void slack(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new HashMap<>();
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
    SlackSimulation.Response response =
        slack.handle(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            headers,
            exchange.getRequestBody().readAllBytes());
    response.headers().forEach(exchange.getResponseHeaders()::set);
    LoopbackServer.answer(
        exchange,
        response.status(),
        response.headers().getOrDefault("Content-Type", "text/plain"),
        response.body());
  }

  private void event(ObjectNode event) {
    if (Json.text(event, "detail-type").equals("ECR Image Action")) {
      lastPush = event;
    }
  }

  FunctionSpec function(String logicalId) {
    return stack.function(logicalId);
  }

  /** The environment of a function of the template, as Lambda would set it, pointed at here. */
  Map<String, String> environment(String logicalId) {
    Map<String, String> environment = new HashMap<>(stack.function(logicalId).environment());
    environment.put("SLACK_API_URL", http.endpoint() + SLACK_PATH + "/api");
    environment.putAll(credentials(Principal.accessKeyId(logicalId)));
    return environment;
  }

  /** For any AWS client. */
  Map<String, String> credentials(String accessKeyId) {
    return Map.of(
        "AWS_ENDPOINT_URL",
        http.endpoint(),
        "AWS_ACCESS_KEY_ID",
        accessKeyId,
        "AWS_SECRET_ACCESS_KEY",
        "local",
        "AWS_SESSION_TOKEN",
        "local");
  }

  /** What a JVM needs to trust this account. */
  List<String> trust() {
    return tls.map(Tls::flags).orElse(List.of());
  }

  /** What this account's clients trust, as PEM; empty over plain HTTP. */
  Optional<Path> bundle() {
    return tls.map(Tls::bundle);
  }

  // ---- what the measurements do

  /** Account time is real time again; what became due meanwhile happens. */
  void catchUp() {
    clock.advanceTo(Instant.now());
  }

  /**
   * A steady service with one task that runs {@code repository:v1.0.0}, with these tags.
   *
   * @return its ARN
   */
  String service(String name, String repository, Map<String, String> tags) {
    ObjectNode definition =
        Json.object()
            .put("family", name)
            .put("networkMode", "awsvpc")
            .put("cpu", "256")
            .put("memory", "512")
            .put("executionRoleArn", "arn:aws:iam::123456789012:role/ecs-execution");
    definition.putArray("requiresCompatibilities").add("FARGATE");
    ObjectNode container =
        definition
            .putArray("containerDefinitions")
            .addObject()
            .put("name", "web")
            .put("image", services.registry().host() + "/" + repository + ":v1.0.0")
            .put("essential", true);
    container
        .putObject("logConfiguration")
        .put("logDriver", "awslogs")
        .putObject("options")
        .put("awslogs-group", "/ecs/bench")
        .put("awslogs-region", "eu-west-1")
        .put("awslogs-stream-prefix", "web");
    String revision =
        services
            .call(AwsService.ECS, "RegisterTaskDefinition", definition)
            .at("/taskDefinition/taskDefinitionArn")
            .asText();
    ObjectNode service =
        Json.object()
            .put("cluster", CLUSTER)
            .put("serviceName", name)
            .put("taskDefinition", revision)
            .put("desiredCount", 1)
            .put("launchType", "FARGATE");
    ObjectNode network = service.putObject("networkConfiguration").putObject("awsvpcConfiguration");
    network.putArray("subnets").add("subnet-0a1b2c3d4e5f60718");
    service
        .putObject("deploymentConfiguration")
        .putObject("deploymentCircuitBreaker")
        .put("enable", true)
        .put("rollback", true);
    ArrayNode list = service.putArray("tags");
    tags.forEach((key, value) -> list.addObject().put("key", key).put("value", value));
    return services.ecs().createSettledService(service);
  }

  /**
   * Pushes another build.
   *
   * @return the event that ECR sends
   */
  ObjectNode push(String repository, String tag) {
    builds++;
    new ImagePusher(services)
        .push(ImagePusher.Push.simple(repository, tag, "healthy", "build " + builds));
    return lastPush;
  }

  /** The service deployed by Slipway that is in flight. */
  Deployment inFlight(String serviceArn) {
    return ledger
        .head(ServiceRef.parse(serviceArn))
        .inFlight()
        .orElseThrow(() -> new IllegalStateException("Nothing is in flight at " + serviceArn));
  }

  /** What the service runs now. */
  String taskDefinition(String serviceArn) {
    ObjectNode input = Json.object().put("cluster", CLUSTER);
    input.putArray("services").add(serviceArn);
    return services
        .call(AwsService.ECS, "DescribeServices", input)
        .at("/services/0/taskDefinition")
        .asText();
  }

  /** An event of a queue with these bodies, as a function gets it. */
  String batch(String queue, JsonNode... bodies) {
    ArrayNode records = Json.array();
    for (JsonNode body : bodies) {
      record(records, queue, "m-" + records.size(), Json.write(body), Map.of());
    }
    return Json.write(Json.object().set("Records", records));
  }

  /** Takes every message that can be taken out of a queue, each as an event of its own. */
  List<String> take(String queue) {
    Queue source = queues.byArn(stack.queue(queue).arn());
    List<String> events = new ArrayList<>();
    while (true) {
      List<Queue.Received> received = source.receive(1, Duration.ofMinutes(5));
      if (received.isEmpty()) {
        return events;
      }
      Queue.Received message = received.getFirst();
      ArrayNode records = Json.array();
      record(records, queue, message.messageId(), message.body(), message.attributes());
      events.add(Json.write(Json.object().set("Records", records)));
      source.delete(message.receiptHandle());
    }
  }

  private void record(
      ArrayNode records, String queue, String id, String body, Map<String, String> attributes) {
    ObjectNode record =
        records.addObject().put("messageId", id).put("receiptHandle", "h").put("body", body);
    ObjectNode system = record.putObject("attributes");
    system.put("ApproximateReceiveCount", "1");
    attributes.forEach(system::put);
    record.putObject("messageAttributes");
    record.put("eventSource", "aws:sqs");
    record.put("eventSourceARN", stack.queue(queue).arn());
    record.put("awsRegion", "eu-west-1");
  }

  /** What the ledger's stream has that is new, as the template's filter lets it through. */
  String streamRecords() {
    ArrayNode records = Json.array();
    for (ObjectNode record : stream.poll()) {
      String key = record.at("/dynamodb/Keys/sk/S").asText();
      if (!Json.text(record, "eventName").equals("REMOVE")
          && (key.startsWith("deployment#") || key.startsWith("push#") || waits(record, key))) {
        records.add(record);
      }
    }
    return Json.write(Json.object().set("Records", records));
  }

  private static boolean waits(ObjectNode record, String key) {
    return key.equals("head")
        && (record.at("/dynamodb/NewImage").has("waits")
            || record.at("/dynamodb/OldImage").has("waits"));
  }

  /** What Slack sends for a question about one service, signed, as the door gets it. */
  String slashCommand() {
    return Json.write(slack.command(CHANNEL, OPERATOR, "status prod/app-0").toFunctionUrlEvent());
  }

  /** Messages that stand in the channel. */
  int slackMessages() {
    return slack.messages(CHANNEL).size();
  }

  /** Whether a command was answered since this was asked last. */
  boolean slackAnswered() {
    int now = slack.answers().size();
    boolean more = now > answers;
    answers = now;
    return more;
  }

  String table() {
    return stack.tables().getFirst().name();
  }

  /** Position in the list of calls, for {@link #callsSince}. */
  int mark() {
    return calls.size();
  }

  List<Call> callsSince(int mark) {
    return List.copyOf(calls.subList(mark, calls.size()));
  }

  /** Milliseconds that this account, not the caller, took for the calls since then. */
  double answeringSince(int mark) {
    return callsSince(mark).stream().mapToLong(Call::took).sum() / 1e6;
  }

  @Override
  public void close() {
    http.close();
    dynamoDb.close();
  }
}
