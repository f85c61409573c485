package dev.slipway.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.SimulatedAccount;
import dev.slipway.local.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.ClusterNotFoundException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/** The project's own template in the account, asked by clients that the project did not write. */
class InstalledTemplateTest {

  private static LocalAccount account;

  @BeforeAll
  static void start() {
    account =
        LocalAccount.of(Path.of(System.getProperty("slipway.root"), "template.yaml"))
            .parameter("ChatEndpoint", "function-url")
            .parameter("TaskRoles", "app-*")
            .services(SimulatedAccount::new)
            .start();
    account.admin().call(AwsService.ECS, "CreateCluster", Json.object().put("clusterName", "shop"));
    account
        .admin()
        .call(AwsService.ECR, "CreateRepository", Json.object().put("repositoryName", "team/app"));
    account.admin().call(AwsService.ECS, "RegisterTaskDefinition", revision());
    createService("web", "on");
    createService("other", "off");
  }

  @AfterAll
  static void stop() {
    if (account != null) {
      account.close();
    }
  }

  private static ObjectNode revision() {
    return Json.parseObject(
        """
        {"family": "web", "executionRoleArn": "arn:aws:iam::123456789012:role/app-start",
         "containerDefinitions": [{"name": "web", "memory": 128, "essential": true,
         "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:latest"}]}
        """);
  }

  private static void createService(String name, String slipway) {
    ObjectNode service =
        Json.object()
            .put("cluster", "shop")
            .put("serviceName", name)
            .put("taskDefinition", "web:1")
            .put("desiredCount", 0);
    service.putArray("tags").addObject().put("key", "slipway").put("value", slipway);
    account.admin().call(AwsService.ECS, "CreateService", service);
  }

  private static ObjectNode update(String service) {
    return Json.object()
        .put("cluster", "shop")
        .put("service", service)
        .put("taskDefinition", "web:1");
  }

  @Test
  void deployMayUpdateAServiceThatIsSwitchedOnAndNoOther() {
    account.as("DeployFunction").call(AwsService.ECS, "UpdateService", update("web"));

    assertThatThrownBy(() ->
            account.as("DeployFunction").call(AwsService.ECS, "UpdateService", update("other")))
        .isInstanceOf(AwsException.class)
        .satisfies(refusal -> assertThat(((AwsException) refusal).accessDenied()).isTrue())
        .hasMessageContaining("User: arn:aws:sts::123456789012:assumed-role/slipway-DeployRole-")
        .hasMessageContaining(
            "is not authorized to perform: ecs:UpdateService on resource:"
                + " arn:aws:ecs:eu-west-1:123456789012:service/shop/other because no"
                + " identity-based policy allows the ecs:UpdateService action");
    assertThatThrownBy(
            () -> account.as("PlanFunction").call(AwsService.ECS, "UpdateService", update("web")))
        .hasMessageContaining("ecs:UpdateService");
  }

  @Test
  void aRegistrationNeedsPassRoleForEveryRoleAndTagsNeedTheirOwnPermission() {
    ObjectNode tagged = revision();
    tagged.putArray("tags").addObject().put("key", "slipway.deployment").put("value", "1");
    account.as("DeployFunction").call(AwsService.ECS, "RegisterTaskDefinition", tagged);

    assertThatThrownBy(() ->
            account.as("DeployFunction").call(AwsService.ECS, "RegisterTaskDefinition", revision()))
        .hasMessageContaining("ecs:RegisterTaskDefinition");

    ObjectNode foreign =
        tagged.deepCopy().put("taskRoleArn", "arn:aws:iam::123456789012:role/admin");
    assertThatThrownBy(() ->
            account.as("DeployFunction").call(AwsService.ECS, "RegisterTaskDefinition", foreign))
        .hasMessageContaining("iam:PassRole on resource: arn:aws:iam::123456789012:role/admin");

    ObjectNode later = Json.object();
    later.put("resourceArn", "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1");
    later.putArray("tags").addObject().put("key", "a").put("value", "b");
    assertThatThrownBy(
            () -> account.as("DeployFunction").call(AwsService.ECS, "TagResource", later))
        .hasMessageContaining("ecs:TagResource");
  }

  @Test
  void everyFunctionReadsTheSecretByTheArnInItsEnvironmentIfItMay() {
    String arn = account.stack().function("NotifyFunction").environment().get("SLACK_SECRET_ARN");
    ObjectNode get = Json.object().put("SecretId", arn);
    assertThat(
            account
                .as("NotifyFunction")
                .call(AwsService.SECRETS_MANAGER, "GetSecretValue", get)
                .path("SecretString")
                .asText())
        .contains("signingSecret");
    assertThatThrownBy(() ->
            account.as("DeployFunction").call(AwsService.SECRETS_MANAGER, "GetSecretValue", get))
        .hasMessageContaining("secretsmanager:GetSecretValue on resource: " + arn);
  }

  @Test
  void transactionsAreAuthorisedItemByItem() {
    String table = account.stack().ref("Ledger");
    ObjectNode puts =
        Json.parseObject(
            """
            {"TransactItems": [
              {"Put": {"TableName": "TABLE", "Item": {"pk": {"S": "a"}, "sk": {"S": "b"}}}},
              {"Put": {"TableName": "TABLE", "Item": {"pk": {"S": "c"}, "sk": {"S": "d"}}}}]}
            """
                .replace("TABLE", table));
    ObjectNode check =
        Json.parseObject(
            """
            {"TransactItems": [
              {"Put": {"TableName": "TABLE", "Item": {"pk": {"S": "a"}, "sk": {"S": "b"}}}},
              {"ConditionCheck": {"TableName": "TABLE", "Key": {"pk": {"S": "e"}, "sk": {"S": "f"}},
               "ConditionExpression": "attribute_not_exists(pk)"}}]}
            """
                .replace("TABLE", table));
    account.as("PlanFunction").call(AwsService.DYNAMODB, "TransactWriteItems", puts);
    assertThatThrownBy(
            () -> account.as("PlanFunction").call(AwsService.DYNAMODB, "TransactWriteItems", check))
        .hasMessageContaining("dynamodb:ConditionCheckItem on resource:");
    assertThatThrownBy(() ->
            account.as("NotifyFunction").call(AwsService.DYNAMODB, "TransactWriteItems", puts))
        .hasMessageContaining("dynamodb:PutItem on resource:");
  }

  @Test
  void theAwsCliReadsTheAccount() throws Exception {
    if (!cliIsInstalled()) {
      System.out.println(
          "Skipped: the AWS CLI is not installed here and did not read the account on a laptop");
      Assumptions.abort("the AWS CLI is not installed");
    }

    assertThat(aws("ecs", "describe-services", "--cluster", "shop", "--services", "web"))
        .contains("\"serviceName\": \"web\"", "\"status\": \"ACTIVE\"");
    assertThat(aws("sqs", "list-queues")).contains("slipway-PushQueue-");
    assertThat(
            aws(
                "ecr",
                "put-image",
                "--repository-name",
                "team/app",
                "--image-tag",
                "v1",
                "--image-manifest",
                "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                    + "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\","
                    + "\"digest\":\"sha256:"
                    + "a".repeat(64)
                    + "\",\"size\":2},\"layers\":[]}"))
        .contains("\"imageTag\": \"v1\"");
    String url = account.stack().ref("NotifyDeadLetterQueue");
    aws("sqs", "send-message", "--queue-url", url, "--message-body", "hello");
    assertThat(aws("sqs", "receive-message", "--queue-url", url)).contains("\"Body\": \"hello\"");
    assertThat(aws("dynamodb", "describe-table", "--table-name", account.stack().ref("Ledger")))
        .contains("\"TableArn\": \"arn:aws:dynamodb:eu-west-1:123456789012:table/slipway-Ledger-");
    assertThat(aws("cloudwatch", "describe-alarms")).contains("\"MetricAlarms\": []");
    assertThat(aws("ecs", "describe-services", "--cluster", "nowhere", "--services", "web"))
        .contains("ClusterNotFoundException");
  }

  @Test
  void theSdksTypedClientsReadTheAccount() {
    var credentials =
        StaticCredentialsProvider.create(AwsBasicCredentials.create("anybody", "anything"));
    try (EcsClient ecs =
            EcsClient.builder()
                .endpointOverride(account.endpoint())
                .region(Region.EU_WEST_1)
                .credentialsProvider(credentials)
                .httpClient(UrlConnectionHttpClient.create())
                .build();
        SqsClient sqs =
            SqsClient.builder()
                .endpointOverride(account.endpoint())
                .region(Region.EU_WEST_1)
                .credentialsProvider(credentials)
                .httpClient(UrlConnectionHttpClient.create())
                .build();
        DynamoDbClient dynamoDb =
            DynamoDbClient.builder()
                .endpointOverride(account.endpoint())
                .region(Region.EU_WEST_1)
                .credentialsProvider(credentials)
                .httpClient(UrlConnectionHttpClient.create())
                .build()) {
      var service = ecs.describeServices(r -> r.cluster("shop").services("web")).services().get(0);
      assertThat(service.status()).isEqualTo("ACTIVE");
      assertThat(service.createdAt()).isEqualTo(account.clock().instant());
      assertThatThrownBy(() -> ecs.describeServices(r -> r.cluster("no").services("web")))
          .isInstanceOf(ClusterNotFoundException.class);

      String url = account.stack().ref("ChatDeadLetterQueue");
      sqs.sendMessage(r ->
          r.queueUrl(url)
              .messageBody("hello")
              .messageAttributes(
                  Map.of(
                      "b",
                          MessageAttributeValue.builder()
                              .dataType("Number")
                              .stringValue("2")
                              .build(),
                      "a",
                          MessageAttributeValue.builder()
                              .dataType("String")
                              .stringValue("x")
                              .build())));
      var message =
          sqs.receiveMessage(r ->
                  r.queueUrl(url)
                      .messageAttributeNames("All")
                      .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
              .messages()
              .get(0);
      assertThat(message.body()).isEqualTo("hello");
      assertThat(message.messageAttributes()).containsOnlyKeys("a", "b");
      sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(message.receiptHandle()));
      assertThatThrownBy(() -> sqs.sendMessage(r -> r.queueUrl(url + "x").messageBody("hello")))
          .isInstanceOf(QueueDoesNotExistException.class);

      String table = account.stack().ref("Ledger");
      assertThatThrownBy(() ->
              dynamoDb.putItem(r ->
                  r.tableName(table)
                      .item(
                          Map.of("pk", AttributeValue.fromS("a"), "sk", AttributeValue.fromS("b")))
                      .conditionExpression("attribute_exists(pk)")))
          .isInstanceOf(ConditionalCheckFailedException.class);
      assertThat(dynamoDb.describeTable(r -> r.tableName(table)).table().tableArn())
          .isEqualTo(account.stack().attribute("Ledger", "Arn"));
    }
  }

  private static boolean cliIsInstalled() {
    try {
      Process process = new ProcessBuilder("aws", "--version").redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException notThere) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String aws(String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("aws"));
    command.addAll(List.of(arguments));
    // For SQS, version 1 of the CLI does not read AWS_ENDPOINT_URL.
    command.addAll(List.of("--endpoint-url", account.endpoint().toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("AWS_ACCESS_KEY_ID", "anybody");
    builder.environment().put("AWS_SECRET_ACCESS_KEY", "anything");
    builder.environment().put("AWS_REGION", "eu-west-1");
    builder.environment().put("AWS_DEFAULT_REGION", "eu-west-1");
    builder.environment().put("AWS_PAGER", "");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  @Test
  void timeMovesWithoutAnyFunctionWhenNothingIsDue() {
    var before = account.clock().instant();
    assertThat(account.runUntil(() -> true, Duration.ofMinutes(1))).isTrue();
    assertThat(account.clock().instant()).isEqualTo(before);
  }
}
