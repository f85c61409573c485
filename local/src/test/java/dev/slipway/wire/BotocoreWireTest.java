package dev.slipway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The account on a laptop, asked by AWS's client for Python where it is installed: another client
 * that the project did not write, and the only one that speaks JSON to CloudWatch as the functions
 * do.
 */
class BotocoreWireTest {

  @TempDir static Path folder;
  private static WireAccount account;
  private static Botocore aws;

  @BeforeAll
  static void start() {
    if (!Botocore.installed()) {
      System.out.println(
          "Skipped: botocore (pip install boto3) is not installed here and did not ask the account"
              + " on a laptop");
      Assumptions.abort("botocore is not installed");
    }
    account = new WireAccount(folder);
    aws = new Botocore(account.endpoint(), "json");
  }

  @AfterAll
  static void stop() {
    if (aws != null) {
      aws.close();
    }
    if (account != null) {
      account.close();
    }
  }

  @Test
  void aPushIsRolledOut() {
    account.service("web", ", 'tags': [{'key': 'slipway', 'value': 'on'}]");
    Instant pushed = account.now();
    String digest = account.push("web", "v2", "healthy");
    JsonNode detail =
        call("ecr", "DescribeImages", "{'repositoryName': 'web', 'imageIds': [{'imageTag': 'v2'}]}")
            .at("/imageDetails/0");
    assertThat(detail.path("imageDigest").asText()).isEqualTo(digest);
    assertThat(instant(detail, "imagePushedAt")).isEqualTo(pushed);
    assertThat(
            call(
                    "ecr",
                    "BatchGetImage",
                    "{'repositoryName': 'web', 'imageIds': [{'imageTag': 'v2'}]}")
                .at("/images/0/imageId/imageDigest")
                .asText())
        .isEqualTo(digest);
    assertThat(
            call(
                    "resourcegroupstaggingapi",
                    "GetResources",
                    "{'TagFilters': [{'Key': 'slipway'}], 'ResourceTypeFilters': ['ecs:service']}")
                .findValuesAsText("ResourceARN"))
        .containsExactly("arn:aws:ecs:eu-west-1:123456789012:service/prod/web");

    ObjectNode next =
        (ObjectNode)
            call("ecs", "DescribeTaskDefinition", "{'taskDefinition': 'web'}")
                .path("taskDefinition");
    next.remove(
        List.of(
            "taskDefinitionArn",
            "revision",
            "status",
            "requiresAttributes",
            "compatibilities",
            "registeredAt",
            "registeredBy"));
    ((ObjectNode) next.at("/containerDefinitions/0"))
        .put("image", WireAccount.REGISTRY + "web:v2@" + digest);
    String revision =
        aws.call("ecs", "RegisterTaskDefinition", next)
            .at("/taskDefinition/taskDefinitionArn")
            .asText();
    assertThat(revision).endsWith(":task-definition/web:2");
    assertThat(
            call(
                    "ecs",
                    "UpdateService",
                    "{'cluster': 'prod', 'service': 'web', 'taskDefinition': 'web:2'}")
                .at("/service/deployments/0/rolloutState")
                .asText())
        .isEqualTo("IN_PROGRESS");
    account.pass(Duration.ofMinutes(10));

    JsonNode service =
        call("ecs", "DescribeServices", "{'cluster': 'prod', 'services': ['web']}")
            .at("/services/0");
    assertThat(service.at("/deployments/0/rolloutState").asText()).isEqualTo("COMPLETED");
    assertThat(service.path("taskDefinition").asText()).isEqualTo(revision);
    assertThat(instant(service.at("/deployments/0"), "createdAt")).isEqualTo(pushed);
    JsonNode brief =
        call("ecs", "ListServiceDeployments", "{'cluster': 'prod', 'service': 'web'}")
            .at("/serviceDeployments/0");
    assertThat(brief.path("status").asText()).isEqualTo("SUCCESSFUL");
    assertThat(
            call(
                    "ecs",
                    "DescribeServiceRevisions",
                    "{'serviceRevisionArns': ['"
                        + brief.path("targetServiceRevisionArn").asText()
                        + "']}")
                .at("/serviceRevisions/0/containerImages/0/imageDigest")
                .asText())
        .isEqualTo(digest);
    ObjectNode tasks = WireAccount.json("{'cluster': 'prod'}");
    tasks.set(
        "tasks",
        call("ecs", "ListTasks", "{'cluster': 'prod', 'serviceName': 'web'}").path("taskArns"));
    assertThat(aws.call("ecs", "DescribeTasks", tasks).at("/tasks/0/healthStatus").asText())
        .isEqualTo("HEALTHY");

    assertThat(refusal("ecs", "DescribeServices", "{'cluster': 'no', 'services': ['web']}"))
        .isEqualTo("ClusterNotFoundException");
    assertThat(
            refusal(
                "ecr",
                "DescribeImages",
                "{'repositoryName': 'web', 'imageIds': [{'imageTag': 'v9'}]}"))
        .isEqualTo("ImageNotFoundException");
  }

  @Test
  void whatIsKeptAndSentComesBack() {
    assertThat(
            call(
                    "ssm",
                    "PutParameter",
                    "{'Name': '/slipway/prod/web/web', 'Value': 'x', 'Type': 'String'}")
                .path("Version")
                .asInt())
        .isEqualTo(1);
    JsonNode parameter =
        call("ssm", "GetParameter", "{'Name': '/slipway/prod/web/web'}").path("Parameter");
    assertThat(parameter.path("Value").asText()).isEqualTo("x");
    assertThat(instant(parameter, "LastModifiedDate")).isEqualTo(account.now());
    assertThat(refusal("ssm", "GetParameter", "{'Name': '/none'}")).isEqualTo("ParameterNotFound");

    account.services.secrets().put("slack", "{}");
    assertThat(
            call("secretsmanager", "GetSecretValue", "{'SecretId': 'slack'}")
                .path("SecretString")
                .asText())
        .isEqualTo("{}");
    account.services.logs().create("/ecs/web-lines");
    account.services.logs().append("/ecs/web-lines", "web/1", List.of("one", "two"));
    assertThat(
            call(
                    "logs",
                    "GetLogEvents",
                    "{'logGroupName': '/ecs/web-lines', 'logStreamName': 'web/1', 'limit': 1}")
                .at("/events/0/message")
                .asText())
        .isEqualTo("two");
    assertThat(
            call(
                    "events",
                    "PutEvents",
                    "{'Entries': [{'Source': 'slipway', 'DetailType': 'x', 'Detail': '{}'}]}")
                .path("FailedEntryCount")
                .asInt())
        .isZero();

    String url = account.account.stack().ref("Looks");
    ObjectNode message =
        WireAccount.json("{'MessageBody': 'look', 'MessageGroupId': 'g'}")
            .put("QueueUrl", url)
            .put("MessageDeduplicationId", "1");
    assertThat(aws.call("sqs", "SendMessage", message).path("SequenceNumber").asText())
        .isNotBlank();
    assertThat(
            aws.call("sqs", "ReceiveMessage", WireAccount.json("{}").put("QueueUrl", url))
                .at("/Messages/0/Body")
                .asText())
        .isEqualTo("look");

    String table = account.account.stack().ref("Table");
    ObjectNode item =
        WireAccount.json("{'Item': {'pk': {'S': 'a'}, 'sk': {'S': 'b'}}}").put("TableName", table);
    aws.call("dynamodb", "PutItem", item);
    assertThat(
            aws.refusal(
                "dynamodb", "PutItem", item.put("ConditionExpression", "attribute_not_exists(pk)")))
        .isEqualTo("ConditionalCheckFailedException");
  }

  /**
   * In JSON as the functions ask, in CBOR as the AWS CLI does today, and in Query as older clients
   * do.
   */
  @ParameterizedTest
  @ValueSource(strings = {"json", "smithy-rpc-v2-cbor", "query"})
  void cloudWatchTellsAnAlarmInEachProtocolThatItSpeaks(String protocol) {
    ObjectNode alarm =
        WireAccount.json(
            """
            {'MetricName': '5xx', 'Namespace': 'App', 'Threshold': -2.5, 'EvaluationPeriods': 3,
             'Period': 60, 'ComparisonOperator': 'GreaterThanThreshold', 'ActionsEnabled': false,
             'AlarmDescription': 'a text that is longer than two dozen characters: \u00e9',
             'Dimensions': [{'Name': 'Service', 'Value': 'web'}], 'Statistic': 'Sum'}
            """);
    ObjectNode named = WireAccount.json("{'AlarmTypes': ['MetricAlarm', 'CompositeAlarm']}");
    named.putArray("AlarmNames").add(protocol).add("none");
    ObjectNode state = WireAccount.json("{'StateValue': 'ALARM', 'StateReason': 'too many'}");
    try (Botocore client = new Botocore(account.endpoint(), protocol)) {
      client.call("cloudwatch", "PutMetricAlarm", alarm.put("AlarmName", protocol));
      account.pass(Duration.ofMillis(2500));
      Instant since = account.now();
      client.call("cloudwatch", "SetAlarmState", state.put("AlarmName", protocol));
      account.pass(Duration.ofSeconds(5));
      JsonNode told = client.call("cloudwatch", "DescribeAlarms", named).at("/MetricAlarms/0");
      assertThat(told.path("StateValue").asText()).isEqualTo("ALARM");
      assertThat(instant(told, "StateTransitionedTimestamp")).isEqualTo(since);
      alarm
          .properties()
          .forEach(member ->
              assertThat(told.get(member.getKey()))
                  .as(member.getKey())
                  .isEqualTo(member.getValue()));
      assertThat(
              client.refusal(
                  "cloudwatch", "SetAlarmState", state.deepCopy().put("AlarmName", "none")))
          .isEqualTo("ResourceNotFound");
    }
  }

  private static JsonNode call(String service, String operation, String input) {
    return aws.call(service, operation, WireAccount.json(input));
  }

  private static String refusal(String service, String operation, String input) {
    return aws.refusal(service, operation, WireAccount.json(input));
  }

  private static Instant instant(JsonNode node, String member) {
    return Instant.parse(node.path(member).asText());
  }
}
