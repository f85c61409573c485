package dev.slipway.local.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.SimulatedWorld;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SmallServicesTest {
  private final SimulatedWorld world = new SimulatedWorld();

  private static void refuses(String code, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(AwsException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void aParameterIsOverwrittenOnlyWhenAskedTo() {
    String put = "{'Name': '/slipway/prod/web/web', 'Value': 'a', 'Type': 'String'}";
    world.call(AwsService.SSM, "PutParameter", put);
    refuses("ParameterAlreadyExists", () -> world.call(AwsService.SSM, "PutParameter", put));
    ObjectNode again =
        world.call(
            AwsService.SSM,
            "PutParameter",
            "{'Name': '/slipway/prod/web/web', 'Value': 'b', 'Overwrite': true}");

    assertThat(again.path("Version").asInt()).isEqualTo(2);
    ObjectNode read =
        world.call(AwsService.SSM, "GetParameter", "{'Name': '/slipway/prod/web/web'}");
    assertThat(read.path("Parameter").path("Value").asText()).isEqualTo("b");
    assertThat(read.path("Parameter").path("ARN").asText())
        .isEqualTo("arn:aws:ssm:eu-west-1:123456789012:parameter/slipway/prod/web/web");
    assertThat(
            world
                .call(AwsService.SSM, "GetParameters", "{'Names': ['/slipway/prod/web/web', 'x']}")
                .path("InvalidParameters")
                .path(0)
                .asText())
        .isEqualTo("x");
    refuses("ParameterNotFound", () -> world.call(AwsService.SSM, "GetParameter", "{'Name': 'x'}"));
  }

  @Test
  void aSecretIsFoundByNameAndArn() {
    String arn = world.account.secrets().put("slack", "{}");
    for (String id : List.of("slack", arn, arn.substring(0, arn.length() - 7))) {
      assertThat(
              world
                  .call(AwsService.SECRETS_MANAGER, "GetSecretValue", "{'SecretId': '" + id + "'}")
                  .path("SecretString")
                  .asText())
          .isEqualTo("{}");
    }
    refuses(
        "ResourceNotFoundException",
        () -> world.call(AwsService.SECRETS_MANAGER, "GetSecretValue", "{'SecretId': 'x'}"));
  }

  @Test
  void theLastLinesOfAStreamAreRead() {
    world.account.logs().append("/app", "s", List.of("one", "two", "three"));
    ObjectNode last =
        world.call(
            AwsService.LOGS,
            "GetLogEvents",
            "{'logGroupName': '/app', 'logStreamName': 's', 'limit': 2}");
    assertThat(last.path("events").findValuesAsText("message")).containsExactly("two", "three");
    ObjectNode earlier =
        world.call(
            AwsService.LOGS,
            "GetLogEvents",
            "{'logGroupName': '/app', 'logStreamName': 's', 'limit': 2, 'nextToken': '"
                + last.path("nextBackwardToken").asText()
                + "'}");
    assertThat(earlier.path("events").findValuesAsText("message")).containsExactly("one");
    refuses(
        "ResourceNotFoundException",
        () ->
            world.call(
                AwsService.LOGS,
                "GetLogEvents",
                "{'logGroupName': '/app', 'logStreamName': 'none'}"));
    assertThat(
            world
                .call(AwsService.LOGS, "DescribeLogGroups", "{'logGroupNamePrefix': '/a'}")
                .path("logGroups")
                .path(0)
                .path("logGroupName")
                .asText())
        .isEqualTo("/app");
  }

  @Test
  void anEventThatIsPutComesOutInItsEnvelope() {
    ObjectNode answer =
        world.call(
            AwsService.EVENTS,
            "PutEvents",
            """
            {'Entries': [
              {'Source': 'slipway', 'DetailType': 'Slipway Deployment', 'Resources': ['arn:x'],
               'Detail': '{}'},
              {'Source': 'slipway', 'DetailType': 'Slipway Deployment', 'Detail': 'no json'},
              {'Source': 'aws.ecs', 'DetailType': 'forged', 'Detail': '{}'}]}
            """);
    assertThat(answer.path("FailedEntryCount").asInt()).isEqualTo(2);
    assertThat(answer.path("Entries").path(1).path("ErrorCode").asText())
        .isEqualTo("MalformedDetail");
    assertThat(world.events).hasSize(1);
    ObjectNode event = world.events.getFirst();
    assertThat(event.path("id").asText())
        .isEqualTo(answer.path("Entries").path(0).path("EventId").asText());
    assertThat(event.path("time").asText()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(event.path("account").asText()).isEqualTo("123456789012");
  }

  @Test
  void compositeAlarmsAreToldOfOnlyToThoseWhoAskAndPagesAreAsLongAsAsked() {
    world.call(AwsService.CLOUDWATCH, "PutMetricAlarm", "{'AlarmName': 'a'}");
    world.call(
        AwsService.CLOUDWATCH, "PutCompositeAlarm", "{'AlarmName': 'b', 'AlarmRule': 'ALARM(a)'}");
    world.call(AwsService.CLOUDWATCH, "PutMetricAlarm", "{'AlarmName': 'c'}");
    JsonNode metric = world.call(AwsService.CLOUDWATCH, "DescribeAlarms", "{}");
    assertThat(metric.findValuesAsText("AlarmName")).containsExactly("a", "c");
    String both = "{'AlarmTypes': ['MetricAlarm', 'CompositeAlarm'], 'MaxRecords': 2";
    JsonNode first = world.call(AwsService.CLOUDWATCH, "DescribeAlarms", both + "}");
    assertThat(first.path("MetricAlarms").findValuesAsText("AlarmName")).containsExactly("a");
    assertThat(first.path("CompositeAlarms").findValuesAsText("AlarmName")).containsExactly("b");
    JsonNode second =
        world.call(
            AwsService.CLOUDWATCH,
            "DescribeAlarms",
            both + ", 'NextToken': '" + first.path("NextToken").asText() + "'}");
    assertThat(second.findValuesAsText("AlarmName")).containsExactly("c");
    assertThat(second.has("NextToken")).isFalse();
  }

  @Test
  void anAlarmThatIsSetToTheStateThatItHasHasNotChanged() {
    world.call(AwsService.CLOUDWATCH, "PutMetricAlarm", "{'AlarmName': 'a'}");
    String set = "{'AlarmName': 'a', 'StateValue': 'ALARM', 'StateReason': 'a test'}";
    world.call(AwsService.CLOUDWATCH, "SetAlarmState", set);
    JsonNode before =
        world.call(AwsService.CLOUDWATCH, "DescribeAlarms", "{}").at("/MetricAlarms/0").deepCopy();
    world.pass(Duration.ofMinutes(1));
    world.call(AwsService.CLOUDWATCH, "SetAlarmState", set);
    JsonNode after =
        world.call(AwsService.CLOUDWATCH, "DescribeAlarms", "{}").at("/MetricAlarms/0");
    assertThat(after.get("StateTransitionedTimestamp"))
        .isEqualTo(before.get("StateTransitionedTimestamp"));
    assertThat(after.get("StateUpdatedTimestamp"))
        .isNotEqualTo(before.get("StateUpdatedTimestamp"));
  }

  @Test
  void alarmsAreFoundByTheirTags() {
    world.call(
        AwsService.CLOUDWATCH,
        "PutMetricAlarm",
        "{'AlarmName': 'errors', 'Tags': [{'Key': 'slipway.service', 'Value': 'prod/web'}]}");
    assertThat(
            world
                .call(
                    AwsService.TAGGING,
                    "GetResources",
                    "{'ResourceTypeFilters': ['cloudwatch:alarm'], 'TagFilters': [{'Key':"
                        + " 'slipway.service', 'Values': ['prod/web']}]}")
                .path("ResourceTagMappingList")
                .path(0)
                .path("ResourceARN")
                .asText())
        .isEqualTo("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors");
    assertThat(
            world
                .call(AwsService.CLOUDWATCH, "DescribeAlarms", "{'AlarmNames': ['errors']}")
                .path("MetricAlarms")
                .path(0)
                .path("StateValue")
                .asText())
        .isEqualTo("INSUFFICIENT_DATA");
  }
}
