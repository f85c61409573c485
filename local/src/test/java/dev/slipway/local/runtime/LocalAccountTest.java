package dev.slipway.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.json.Json;
import dev.slipway.local.lambda.Invocation;
import dev.slipway.local.queue.Queue;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A function under AWS's runtime interface client, between a queue, a table and its stream. */
class LocalAccountTest {

  private static final String TEMPLATE =
      """
      AWSTemplateFormatVersion: "2010-09-09"
      Transform: AWS::Serverless-2016-10-31
      Globals:
        Function: { Runtime: java25, MemorySize: 256, Timeout: 5, CodeUri: CODE }
      Resources:
        Work:
          Type: AWS::SQS::Queue
          Properties:
            VisibilityTimeout: 60
            RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2 }
        Dead: { Type: AWS::SQS::Queue }
        Given: { Type: AWS::SQS::Queue }
        Table:
          Type: AWS::DynamoDB::Table
          Properties:
            BillingMode: PAY_PER_REQUEST
            KeySchema: [{ AttributeName: pk, KeyType: HASH }]
            AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
            StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }
            TimeToLiveSpecification: { AttributeName: expires, Enabled: true }
        Worker:
          Type: AWS::Serverless::Function
          Properties:
            Handler: dev.slipway.local.fixture.Worker::handleRequest
            Environment: { Variables: { TABLE: !Ref Table } }
            FunctionUrlConfig: { AuthType: NONE }
            Policies:
              - Statement:
                  - Effect: Allow
                    Action: dynamodb:PutItem
                    Resource: !GetAtt Table.Arn
                    Condition: { "ForAllValues:StringLike": { dynamodb:LeadingKeys: ["free-*"] } }
            Events:
              Works:
                Type: SQS
                Properties:
                  Queue: !GetAtt Work.Arn
                  FunctionResponseTypes: [ReportBatchItemFailures]
              Hook: { Type: HttpApi, Properties: { Path: /hook, Method: POST } }
        Broken:
          Type: AWS::Serverless::Function
          Properties: { Handler: example.Missing::handleRequest }
        Reader:
          Type: AWS::Serverless::Function
          Properties:
            Handler: dev.slipway.local.fixture.Worker::handleRequest
            Events:
              Changes:
                Type: DynamoDB
                Properties:
                  Stream: !GetAtt Table.StreamArn
                  StartingPosition: TRIM_HORIZON
                  MaximumRetryAttempts: 1
                  DestinationConfig:
                    OnFailure: { Type: SQS, Destination: !GetAtt Given.Arn }
        Minutes:
          Type: AWS::Events::Rule
          Properties:
            ScheduleExpression: rate(10 minutes)
            Targets: [{ Id: work, Arn: !GetAtt Work.Arn, Input: '{"clock":1}' }]
        Pushes:
          Type: AWS::Events::Rule
          Properties:
            EventPattern: { source: [aws.ecr] }
            Targets: [{ Id: work, Arn: !GetAtt Work.Arn }]
        WorkPolicy:
          Type: AWS::SQS::QueuePolicy
          Properties:
            Queues: [!Ref Work]
            PolicyDocument:
              Statement:
                - Effect: Allow
                  Principal: { Service: events.amazonaws.com }
                  Action: sqs:SendMessage
                  Resource: !GetAtt Work.Arn
                  Condition: { ArnEquals: { aws:SourceArn: !GetAtt Minutes.Arn } }
      """;

  @TempDir static Path folder;
  private static LocalAccount account;
  private static final List<Invocation> invocations = new CopyOnWriteArrayList<>();
  private static final List<String> logs = new CopyOnWriteArrayList<>();
  private static final List<Listener.Call> calls = new CopyOnWriteArrayList<>();
  private static final List<String> deliveries = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    account = LocalAccount.of(template(TEMPLATE)).listener(listener()).start();
  }

  private static Path template(String text) throws IOException {
    Path code =
        Path.of(
            URI.create(
                LocalAccountTest.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toString()));
    Path file = Files.createTempFile(folder, "template", ".yaml");
    return Files.writeString(file, text.replace("CODE", code.toString()));
  }

  private static Listener listener() {
    return new Listener() {
      @Override
      public void invocation(Invocation invocation) {
        invocations.add(invocation);
      }

      @Override
      public void log(String function, String line) {
        logs.add(function + ": " + line);
      }

      @Override
      public void call(Call call) {
        calls.add(call);
      }

      @Override
      public void delivery(dev.slipway.local.bus.EventBus.Delivery delivery) {
        deliveries.add(delivery.rule() + " " + delivery.outcome());
      }
    };
  }

  @AfterAll
  static void stop() {
    if (account != null) {
      account.close();
    }
  }

  private static boolean stored(String key) {
    ObjectNode get = Json.object().put("TableName", account.stack().ref("Table"));
    get.putObject("Key").putObject("pk").put("S", key);
    return account.dynamoDb().call(AwsService.DYNAMODB, "GetItem", get).has("Item");
  }

  private static void send(String body) {
    account.queue("Work").send(Queue.Draft.of(body));
    account.settle();
  }

  @Test
  void aMessageBecomesAnItemAndTheItemAStreamRecord() {
    int before = invocations.size();
    Instant at = account.clock().instant();

    send("put free-1");

    assertThat(stored("free-1")).isTrue();
    assertThat(account.queue("Work").bodies()).isEmpty();
    assertThat(invocations.subList(before, invocations.size()))
        .extracting(Invocation::function)
        .containsExactlyInAnyOrder("Worker", "Reader");
    assertThat(logs).contains("Worker: at " + at + " do put free-1");
    assertThat(calls)
        .anySatisfy(call -> {
          assertThat(call.principal()).isEqualTo("Worker");
          assertThat(call.operation()).isEqualTo("PutItem");
          assertThat(call.refusal()).isNull();
        });
    assertThat(account.clock().instant()).isEqualTo(at);
  }

  @Test
  void whatTheTemplateDoesNotGrantIsDenied() {
    send("put other");

    assertThat(stored("other")).isFalse();
    assertThat(logs)
        .anySatisfy(line ->
            assertThat(line)
                .contains("AccessDeniedException")
                .contains(
                    "is not authorized to perform: dynamodb:PutItem on resource:"
                        + " arn:aws:dynamodb:eu-west-1:123456789012:table/")
                .contains("because no identity-based policy allows the dynamodb:PutItem action"));
    assertThat(account.queue("Work").inFlight()).isGreaterThan(0);
    account.runFor(Duration.ofMinutes(5));
    assertThat(account.queue("Dead").bodies()).contains("put other");
  }

  @Test
  void onlyTheFailedMessagesOfABatchComeBackAndThenDie() {
    Queue work = account.queue("Work");
    send("fail this");
    send("put free-2");
    assertThat(work.bodies()).containsExactly("fail this");

    assertThat(
            account.runUntil(
                () -> account.queue("Dead").bodies().contains("fail this"), Duration.ofMinutes(5)))
        .isTrue();
    assertThat(work.bodies()).isEmpty();
  }

  @Test
  void aCrashAndATimeoutEndTheProcessAndTheNextInvocationStartsAnother() {
    send("crash");
    assertThat(invocations.getLast().error()).isEqualTo("Runtime.ExitError");
    send("sleep");
    assertThat(invocations.getLast().error()).isEqualTo("Sandbox.Timedout");
    send("throw");
    assertThat(invocations.getLast().response()).contains("asked to throw");
    send("put free-3");
    assertThat(stored("free-3")).isTrue();
    account.runFor(Duration.ofMinutes(5));
    assertThat(account.queue("Dead").bodies()).contains("crash", "sleep", "throw");
  }

  @Test
  void aScheduleRunsByTheAccountsClock() {
    Instant before = account.clock().instant();
    int already = deliveries.size();
    account.runFor(Duration.ofMinutes(30));
    assertThat(account.clock().instant()).isEqualTo(before.plus(Duration.ofMinutes(30)));
    assertThat(deliveries.subList(already, deliveries.size()))
        .containsExactly("Minutes delivered", "Minutes delivered", "Minutes delivered");
  }

  @Test
  void aQueueWhosePolicyDoesNotNameTheRuleLosesItsEvents() {
    account.event(Json.object().put("source", "aws.ecr").put("detail-type", "ECR Image Action"));
    account.settle();
    assertThat(deliveries).contains("Pushes lost");
    assertThat(account.queue("Work").bodies()).noneMatch(body -> body.contains("aws.ecr"));
  }

  @Test
  void aFunctionUrlInvokesTheFunction() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(
                      URI.create(account.stack().function("Worker").url() + "some/path?a=b"))
                  .POST(HttpRequest.BodyPublishers.ofString("x"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(201);
      assertThat(response.body()).isEqualTo("hello");
      assertThat(response.headers().firstValue("X-Path")).contains("seen");
      assertThat(invocations.getLast().request())
          .contains("\"rawPath\":\"/some/path\"", "\"rawQueryString\":\"a=b\"");
    }
  }

  @Test
  void aRouteOfAnHttpApiInvokesTheFunctionForItsMethodOnly() throws Exception {
    URI hook = URI.create(account.endpoint() + "/http-api/serverlesshttpapi/hook");
    try (HttpClient client = HttpClient.newHttpClient()) {
      var post =
          client.send(
              HttpRequest.newBuilder(hook).POST(HttpRequest.BodyPublishers.noBody()).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(post.statusCode()).isEqualTo(201);
      assertThat(invocations.getLast().request())
          .contains("\"routeKey\":\"POST /hook\"", "\"rawPath\":\"/hook\"");
      var get =
          client.send(HttpRequest.newBuilder(hook).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(get.statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aFaultIsSeenByTheFunctionBeforeOrAfterTheEffect() {
    boolean[] lost = {true};
    account.fault(
        new Fault() {
          @Override
          public void after(
              String principal, AwsService service, String operation, ObjectNode input) {
            if (principal.equals("Worker") && Json.write(input).contains("free-lost") && lost[0]) {
              lost[0] = false;
              throw new AwsException(
                  service, operation, "InternalServerError", "lost", 500, Json.object());
            }
          }

          @Override
          public void before(
              String principal, AwsService service, String operation, ObjectNode input) {
            if (principal.equals("Worker") && Json.write(input).contains("free-killed")) {
              account.kill("Worker");
            }
          }
        });
    send("put free-lost");
    assertThat(invocations).anyMatch(one -> one.function().equals("Worker") && one.failed());
    assertThat(stored("free-lost")).isTrue();
    send("put free-killed");
    assertThat(
            invocations.stream()
                .filter(one -> one.function().equals("Worker"))
                .filter(one -> one.request().contains("free-killed"))
                .toList())
        .extracting(Invocation::error)
        .containsExactly("Runtime.ExitError");
    account.runFor(Duration.ofMinutes(5));
  }

  @Test
  void aRoleThatMayNotLogIsRefusedAtTheStart() throws IOException {
    Path template =
        template(
            TEMPLATE.replace(
                    "{ Handler: example.Missing",
                    "{ Role: !GetAtt Bare.Arn, Handler: example.Missing")
                + """
                  Bare:
                    Type: AWS::IAM::Role
                    Properties: { Policies: [] }
                """);
    assertThatThrownBy(() -> LocalAccount.of(template).start())
        .hasMessageContaining("Broken could not write its log: its role may not")
        .hasMessageContaining("logs:CreateLogStream");
  }

  @Test
  void aFunctionThatCannotStartSaysWhy() {
    Invocation invocation = account.invoke("Broken", "{}");
    assertThat(invocation.error()).isEqualTo("Runtime.BadFunctionCode");
    assertThat(invocation.response()).contains("Class not found: example.Missing");
  }

  @Test
  void timeRunsByItselfAtAChosenSpeed() throws Exception {
    Instant before = account.clock().instant();
    account.play(600);
    try {
      for (int i = 0; i < 200 && !minutesLater(before, 11); i++) {
        Thread.sleep(50);
      }
    } finally {
      account.pause();
    }
    assertThat(minutesLater(before, 11)).isTrue();
    account.settle();
    Instant paused = account.clock().instant();
    Thread.sleep(100);
    assertThat(account.clock().instant()).isEqualTo(paused);
  }

  private static boolean minutesLater(Instant before, long minutes) {
    return Duration.between(before, account.clock().instant()).toMinutes() >= minutes;
  }

  @Test
  void anUnsignedCallAndAnUnknownOneAreRefusedInAwssWay() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String[] row :
          new String[][] {
            {"AmazonSQS.ListQueues", "none", "403", "MissingAuthenticationTokenException"},
            {"AmazonSQS.ListQueues", "Basic x", "403", "IncompleteSignatureException"},
            {"AmazonSQS.Nothing", "signed", "400", "UnknownOperationException"},
            {"Kinesis_20131202.PutRecord", "signed", "404", "UnknownOperationException"},
          }) {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(account.endpoint())
                .header("X-Amz-Target", row[0])
                .POST(HttpRequest.BodyPublishers.ofString("{}"));
        if (!row[1].equals("none")) {
          request.header(
              "Authorization",
              row[1].equals("signed")
                  ? "AWS4-HMAC-SHA256 Credential=me/20260101/eu-west-1/sqs/aws4_request,"
                      + " SignedHeaders=host, Signature=0"
                  : row[1]);
        }
        var response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(Integer.parseInt(row[2]));
        assertThat(response.headers().firstValue("x-amzn-ErrorType")).contains(row[3]);
      }
    }
  }

  @Test
  void expiredItemsGoByTheAccountsClock() {
    ObjectNode put = Json.object().put("TableName", account.stack().ref("Table"));
    put.putObject("Item").putObject("pk").put("S", "passing");
    ((ObjectNode) put.path("Item"))
        .putObject("expires")
        .put("N", "" + account.clock().instant().plusSeconds(60).getEpochSecond());
    account.admin().call(AwsService.DYNAMODB, "PutItem", put);
    account.settle();
    assertThat(stored("passing")).isTrue();
    account.runFor(Duration.ofMinutes(70));
    assertThat(stored("passing")).isFalse();
  }

  @Test
  void aRoleThatMayNotPollItsQueueIsRefusedAtTheStart() throws IOException {
    Path template =
        template(
            TEMPLATE.replace("      Policies:\n", "      Role: !GetAtt Bare.Arn\n      Policies:\n")
                + """
                  Bare:
                    Type: AWS::IAM::Role
                    Properties: { Policies: [] }
                """);
    assertThatThrownBy(() -> LocalAccount.of(template).start())
        .hasMessageContaining(
            "CloudFormation would refuse WorkerWorks: The function execution role does not have"
                + " permissions to call sqs:ReceiveMessage");
  }
}
