package dev.slipway.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsService;
import dev.slipway.chat.Plain;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.DynamoLedger;
import dev.slipway.ledger.Ledger;
import dev.slipway.local.SimulatedAccount;
import dev.slipway.local.ecr.ImagePusher;
import dev.slipway.local.ecr.ImagePusher.Push;
import dev.slipway.local.lambda.Invocation;
import dev.slipway.local.runtime.Listener;
import dev.slipway.local.runtime.LocalAccount;
import dev.slipway.local.slack.SignedRequest;
import dev.slipway.local.slack.SlackMessage;
import dev.slipway.local.slack.SlackSimulation;
import dev.slipway.runtime.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * Slipway as it is installed: the template's own queues, rules and policies, the packaged functions
 * under AWS's runtime interface client, DynamoDB Local, IAM enforced, Slack beside it.
 */
final class Laptop implements AutoCloseable {

  static final String CHANNEL = "C0DEPLOYS1";
  static final String OPERATOR = "U0ANN00001";

  final LocalAccount account;
  final SlackSimulation slack;
  final Ledger ledger;
  final List<Listener.Call> calls = new CopyOnWriteArrayList<>();
  final List<String> logs = new CopyOnWriteArrayList<>();
  final List<Invocation> invocations = new CopyOnWriteArrayList<>();
  private final AwsApi admin;
  private int builds;

  Laptop(Map<String, String> parameters) {
    Path root = Path.of(System.getProperty("slipway.root"));
    LocalAccount.Builder builder =
        LocalAccount.of(root.resolve("template.yaml"))
            .services(SimulatedAccount::new)
            .environment("SLACK_API_URL", endpoint -> endpoint + "/slack/api")
            .parameter("SlackChannel", CHANNEL)
            .parameter("Operators", OPERATOR)
            .parameter("ChatEndpoint", "function-url")
            .listener(
                new Listener() {
                  @Override
                  public void call(Call call) {
                    calls.add(call);
                  }

                  @Override
                  public void log(String function, String line) {
                    logs.add(function + " " + line);
                  }

                  @Override
                  public void invocation(Invocation invocation) {
                    invocations.add(invocation);
                  }
                });
    parameters.forEach(builder::parameter);
    account = builder.start();
    admin = account.admin();
    slack = new SlackSimulation(account.clock()).at(account.endpoint() + "/slack");
    account.http().handle("/slack", this::slack);
    ((SimulatedAccount) account.services()).secrets().put(secretName(), slack.secret());
    ledger = new DynamoLedger(admin, account.stack().ref("Ledger"));
  }

  private String secretName() {
    String arn = account.stack().ref("SlackSecret");
    return arn.substring(arn.indexOf(":secret:") + ":secret:".length(), arn.length() - 7);
  }

  private void slack(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new HashMap<>();
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
    SlackSimulation.Response response =
        slack.handle(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath().substring("/slack".length()),
            headers,
            exchange.getRequestBody().readAllBytes());
    byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
    response.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    exchange.sendResponseHeaders(response.status(), body.length == 0 ? -1 : body.length);
    // Closing the exchange itself may cut the connection before the client has read the answer.
    exchange.getResponseBody().write(body);
    exchange.getResponseBody().close();
  }

  /** JSON with single quotes, so that it can be read in a test. */
  static ObjectNode json(String text) {
    return (ObjectNode) Json.read(text.replace('\'', '"'));
  }

  JsonNode call(AwsService service, String operation, String input) {
    return admin.call(service, operation, json(input));
  }

  JsonNode ecs(String operation, String input) {
    return call(AwsService.ECS, operation, input);
  }

  String push(String repository, String tag, String behaviour) {
    builds++;
    account.runFor(Duration.ofSeconds(2));
    return new ImagePusher(admin).push(Push.simple(repository, tag, behaviour, "build " + builds));
  }

  /**
   * A service in the cluster "prod" that runs the repository's image and is steady.
   *
   * @param tags key and value by turns
   */
  ServiceRef service(
      String name, String repository, String image, boolean breaker, String... tags) {
    return service(name, repository, image, "ecsTaskExecutionRole", breaker, tags);
  }

  /** The same with a role of this name and a circuit breaker, following every push. */
  ServiceRef serviceWithRole(String name, String repository, String image, String role) {
    return service(
        name, repository, image, role, true, "slipway", "on", "slipway:" + repository, "any");
  }

  /** The same with a role of this name. */
  ServiceRef service(
      String name, String repository, String image, String role, boolean breaker, String... tags) {
    if (ecs("DescribeClusters", "{'clusters': ['prod']}").path("clusters").isEmpty()) {
      ecs("CreateCluster", "{'clusterName': 'prod'}");
    }
    call(AwsService.LOGS, "CreateLogGroup", "{'logGroupName': '/ecs/" + name + "'}");
    String revision =
        ecs(
                "RegisterTaskDefinition",
                """
                {'family': '%1$s', 'networkMode': 'awsvpc', 'cpu': '256', 'memory': '512',
                 'requiresCompatibilities': ['FARGATE'],
                 'executionRoleArn': 'arn:aws:iam::123456789012:role/%4$s',
                 'containerDefinitions': [{'name': 'web', 'essential': true,
                   'image': '123456789012.dkr.ecr.eu-west-1.amazonaws.com/%2$s:%3$s',
                   'environment': [{'name': 'TOKEN', 'value': 'not-to-be-shown-1234'}],
                   'healthCheck': {'command': ['CMD-SHELL', 'true']},
                   'logConfiguration': {'logDriver': 'awslogs', 'options': {
                     'awslogs-group': '/ecs/%1$s', 'awslogs-stream-prefix': 'web',
                     'awslogs-region': 'eu-west-1'}}}]}
                """
                    .formatted(name, repository, image, role))
            .path("taskDefinition")
            .path("taskDefinitionArn")
            .asText();
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < tags.length; i += 2) {
      pairs.add("{'key': '" + tags[i] + "', 'value': '" + tags[i + 1] + "'}");
    }
    ((SimulatedAccount) account.services())
        .ecs()
        .createSettledService(
            json(
                """
                {'cluster': 'prod', 'serviceName': '%s', 'taskDefinition': '%s', 'desiredCount': 2,
                 'deploymentConfiguration': {'deploymentCircuitBreaker':
                   {'enable': %s, 'rollback': %s}}, 'tags': [%s]}
                """
                    .formatted(name, revision, breaker, breaker, String.join(",", pairs))));
    return ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/prod/" + name);
  }

  /** Reconciles, as the template's schedule does it. */
  void reconcile() {
    admin.call(
        AwsService.SQS,
        "SendMessage",
        json("{}")
            .put("QueueUrl", account.stack().ref("PushQueue"))
            .put("MessageBody", "{\"source\":\"slipway\",\"detail-type\":\"Slipway Reconcile\"}"));
  }

  void until(String what, BooleanSupplier condition, Duration limit) {
    if (!account.runUntil(condition, limit)) {
      throw new AssertionError(
          what + " did not happen within " + limit + "\n" + String.join("\n", last(logs, 60)));
    }
  }

  Deployment ended(ServiceRef service, long sequence) {
    until(
        service.brief() + "#" + sequence + " ended",
        () -> ledger.deployment(service, sequence).map(d -> d.status().ended()).orElse(false),
        Duration.ofHours(2));
    return ledger.deployment(service, sequence).orElseThrow();
  }

  Head head(ServiceRef service) {
    return ledger.head(service);
  }

  /** What the service's task definition says of its container's image. */
  String image(ServiceRef service) {
    String revision =
        ecs(
                "DescribeServices",
                "{'cluster': '" + service.cluster() + "', 'services': ['" + service.name() + "']}")
            .at("/services/0/taskDefinition")
            .asText();
    return ecs("DescribeTaskDefinition", "{'taskDefinition': '" + revision + "'}")
        .at("/taskDefinition/containerDefinitions/0/image")
        .asText();
  }

  /** The channel's messages, oldest first, without their threads. */
  List<SlackMessage> messages() {
    account.settle();
    return slack.messages(CHANNEL).stream().filter(message -> !message.inThread()).toList();
  }

  /**
   * What chat shows about this: each message that names it, with its thread, as a person reads it.
   *
   * @param named for example {@code prod/web}; {@code prod/web-2} is another
   */
  List<String> said(String named) {
    Pattern name = Pattern.compile(Pattern.quote(named) + "(?![\\w-])");
    List<String> said = new ArrayList<>();
    for (SlackMessage message : messages()) {
      List<String> lines = new ArrayList<>(Plain.lines(message.content()));
      slack
          .thread(CHANNEL, message.ts())
          .forEach(reply -> lines.addAll(Plain.lines(reply.content())));
      String text = String.join("\n", lines);
      if (name.matcher(text).find()) {
        said.add(text);
      }
    }
    return said;
  }

  /**
   * What is in a dead-letter queue: body, and the reason beside it.
   *
   * @param queue logical id
   */
  Map<String, String> deadLetters(String queue) {
    ObjectNode input =
        json(
            "{'MaxNumberOfMessages': 10, 'VisibilityTimeout': 0, 'MessageAttributeNames':"
                + " ['All']}");
    input.put("QueueUrl", account.stack().ref(queue));
    Map<String, String> letters = new HashMap<>();
    for (JsonNode message : admin.call(AwsService.SQS, "ReceiveMessage", input).path("Messages")) {
      letters.put(
          message.path("Body").asText(),
          message.at("/MessageAttributes/Reason/StringValue").asText());
    }
    return letters;
  }

  /** Sends what Slack would send, to the door. */
  Invocation toDoor(SignedRequest request) {
    return account.invoke("ChatDoorFunction", Json.write(request.toFunctionUrlEvent()));
  }

  static List<String> last(List<String> lines, int count) {
    return lines.subList(Math.max(0, lines.size() - count), lines.size());
  }

  @Override
  public void close() {
    account.close();
  }
}
