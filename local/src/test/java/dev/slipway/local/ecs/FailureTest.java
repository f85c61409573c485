package dev.slipway.local.ecs;

import static dev.slipway.local.SimulatedWorld.IMAGE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;
import dev.slipway.local.SimulatedWorld;
import dev.slipway.local.ecr.ImagePusher;
import dev.slipway.local.ecr.ImagePusher.Push;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways in which tasks and rollouts go wrong, each with what AWS would say. */
class FailureTest {
  private static final String BREAKER =
      "{'deploymentCircuitBreaker': {'enable': true, 'rollback': true}}";

  private final SimulatedWorld world = new SimulatedWorld();
  private String first;

  @BeforeEach
  void aGoodImageIsThere() {
    first = world.register(IMAGE + "@" + world.push("v1", "healthy"));
  }

  private JsonNode firstStopped() {
    world.until(() ->
        world.of("ECS Task State Change").stream()
            .anyMatch(event -> event.path("detail").path("lastStatus").asText().equals("STOPPED")));
    return world.of("ECS Task State Change").stream()
        .map(event -> event.path("detail"))
        .filter(task -> task.path("lastStatus").asText().equals("STOPPED"))
        .findFirst()
        .orElseThrow();
  }

  private String startedBy(String taskDefinition) {
    world.events.clear();
    return world
        .update("'taskDefinition': '" + taskDefinition + "'")
        .path("deployments")
        .path(0)
        .path("id")
        .asText();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          crash        | EssentialContainerExited  | Essential container in task exited       | 1      |
          crash:7:0    | EssentialContainerExited  | Essential container in task exited       | 7      |
          oom          | EssentialContainerExited  | Essential container in task exited       | 137    | OutOfMemoryError
          never-starts | TaskFailedToStart         | CannotStartContainerError                | absent | CannotStartContainerError
          unhealthy    | ServiceSchedulerInitiated | Task failed container health checks      | 143    |
          """)
  void aTaskSaysWhyItStopped(
      String behaviour, String stopCode, String reason, String exitCode, String containerReason) {
    world.settled(first, 1, "{}");
    startedBy(world.register(IMAGE + "@" + world.push("v2", behaviour)));
    JsonNode task = firstStopped();

    assertThat(task.path("stopCode").asText()).isEqualTo(stopCode);
    assertThat(task.path("stoppedReason").asText()).startsWith(reason);
    JsonNode container = task.path("containers").path(0);
    assertThat(container.path("exitCode").asText("absent")).isEqualTo(exitCode);
    assertThat(container.path("reason").asText())
        .startsWith(containerReason == null ? "" : containerReason);
    assertThat(container.path("imageDigest").asText()).startsWith("sha256:");
  }

  @Test
  void aMissingImageCannotBePulled() {
    world.settled(first, 1, BREAKER);
    startedBy(world.register(IMAGE + ":nowhere"));
    JsonNode task = firstStopped();

    assertThat(task.path("stopCode").asText()).isEqualTo("TaskFailedToStart");
    assertThat(task.path("stoppedReason").asText())
        .startsWith("CannotPullContainerError")
        .endsWith(":nowhere: not found");
    assertThat(task.path("containers").path(0).has("imageDigest")).isFalse();
    assertThat(task.path("containers").path(0).has("exitCode")).isFalse();
    world.untilStatus("ROLLBACK_SUCCESSFUL");
    assertThat(world.of("ECS Service Action"))
        .extracting(event -> event.path("detail").path("eventName").asText())
        .containsExactly("SERVICE_TASK_START_IMPAIRED", "SERVICE_STEADY_STATE");
  }

  @Test
  void anIndexWithoutThePlatformCannotBePulled() {
    world.settled(first, 1, "{}");
    String digest =
        new ImagePusher(world.account)
            .push(new Push("team/app", "v2", List.of("arm64"), "healthy", "arm", true));
    startedBy(world.register(IMAGE + "@" + digest));

    assertThat(firstStopped().path("stoppedReason").asText())
        .contains("image Manifest does not contain descriptor matching platform 'linux/amd64'");
  }

  @Test
  void aSingleManifestOfAnotherArchitectureExitsAtOnce() {
    world.settled(first, 1, "{}");
    String digest =
        new ImagePusher(world.account)
            .push(new Push("team/app", "v2", List.of("arm64"), "healthy", "arm", false));
    startedBy(world.register(IMAGE + "@" + digest));
    JsonNode task = firstStopped();

    assertThat(task.path("containers").path(0).path("exitCode").asInt()).isEqualTo(255);
    assertThat(
            world
                .call(
                    AwsService.LOGS,
                    "FilterLogEvents",
                    "{'logGroupName': '/app', 'filterPattern': 'format'}")
                .path("events"))
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'secrets': [{'name': 'S', 'valueFrom':"
            + " 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:gone-abcdef'}],",
        "'secrets': [{'name': 'S', 'valueFrom': '/gone'}],"
      })
  void aMissingSecretKeepsTheTaskFromStarting(String secrets) {
    world.settled(first, 1, "{}");
    startedBy(world.register(IMAGE + ":v1", secrets));
    assertThat(firstStopped().path("stoppedReason").asText())
        .startsWith("ResourceInitializationError: unable to pull secrets");
  }

  @Test
  void aMissingLogGroupKeepsTheTaskFromStarting() {
    world.settled(first, 1, "{}");
    world.call(AwsService.LOGS, "DeleteLogGroup", "{'logGroupName': '/app'}");
    startedBy(world.register(IMAGE + ":v1"));
    assertThat(firstStopped().path("stoppedReason").asText())
        .startsWith("ResourceInitializationError: failed to validate logger args")
        .contains("The specified log group does not exist.");
  }

  @Test
  void aCrashAfterRunningNeverTripsTheBreakerWithoutAHealthCheck() {
    world.settled(first, 1, BREAKER);
    String started = startedBy(world.register(IMAGE + "@" + world.push("v2", "crash"), ""));
    world.pass(Duration.ofMinutes(30));

    assertThat(world.deploymentEvents()).containsExactly("IN_PROGRESS " + started);
    assertThat(world.serviceDeployment().path("status").asText()).isEqualTo("IN_PROGRESS");
  }

  @Test
  void aContainerThatDiesLaterIsReplacedAfterTheDeploymentWasComplete() {
    world.settled(first, 1, BREAKER);
    startedBy(world.register(IMAGE + "@" + world.push("v2", "dies-later:120")));
    world.untilStatus("SUCCESSFUL");
    int before = world.of("ECS Task State Change").size();
    world.pass(Duration.ofMinutes(5));

    assertThat(world.of("ECS Task State Change").size()).isGreaterThan(before + 5);
    assertThat(world.service().path("deployments").path(0).path("rolloutState").asText())
        .isEqualTo("COMPLETED");
  }

  @Test
  void aFullClusterIsSaidAndRoomIsUsedWhenThereIsSome() {
    world.account.ecs().addInstances("prod", 1, 512, 1024);
    String ec2 =
        """
        {'family': 'web', 'containerDefinitions': [{'name': 'web', 'cpu': 256, 'memory': 256,
         'image': '%s'}]}
        """;
    String old = registered(ec2.formatted(IMAGE + ":v1"));
    world.settled(first, 0, "{}");
    world.update("'taskDefinition': '" + old + "', 'desiredCount': 2");
    world.untilStatus("SUCCESSFUL");
    world.push("v2", "healthy");
    startedBy(registered(ec2.formatted(IMAGE + ":v2")));
    world.pass(Duration.ofMinutes(10));

    assertThat(world.serviceDeployment().path("status").asText()).isEqualTo("IN_PROGRESS");
    assertThat(world.service().path("events").path(0).path("message").asText())
        .contains(
            "was unable to place a task because no container instance met all of its requirements")
        .contains("has insufficient CPU units available");
    assertThat(world.of("ECS Service Action"))
        .extracting(event ->
            event.path("detail").path("eventName").asText()
                + " "
                + event.path("detail").path("reason").asText())
        .containsExactly("SERVICE_TASK_PLACEMENT_FAILURE RESOURCE:CPU");

    world.account.ecs().addInstances("prod", 1, 512, 1024);
    world.untilStatus("SUCCESSFUL");
  }

  private String registered(String document) {
    return world
        .ecs("RegisterTaskDefinition", document)
        .path("taskDefinition")
        .path("taskDefinitionArn")
        .asText();
  }

  @Test
  void aFixedHostPortFitsOncePerInstance() {
    world.account.ecs().addInstances("prod", 1, 4096, 8192);
    String fixed =
        """
        {'family': 'web', 'networkMode': 'bridge', 'containerDefinitions': [{'name': 'web',
         'cpu': 256, 'memory': 256, 'image': '%s',
         'portMappings': [{'containerPort': 80, 'hostPort': 8080}]}]}
        """
            .formatted(IMAGE + ":v1");
    world.settled(first, 0, "{}");
    world.update("'taskDefinition': '" + registered(fixed) + "', 'desiredCount': 1");
    world.untilStatus("SUCCESSFUL");
    startedBy(registered(fixed));
    world.pass(Duration.ofMinutes(2));

    assertThat(world.of("ECS Service Action"))
        .extracting(event -> event.path("detail").path("reason").asText())
        .containsExactly("RESOURCE:PORTS");
    String instance =
        world
            .ecs("ListContainerInstances", "{'cluster': 'prod'}")
            .path("containerInstanceArns")
            .path(0)
            .asText();
    ObjectNode described =
        world.ecs(
            "DescribeContainerInstances",
            "{'cluster': 'prod', 'containerInstances': ['" + instance + "']}");
    assertThat(
            described
                .path("containerInstances")
                .path(0)
                .path("remainingResources")
                .path(2)
                .path("stringSetValue")
                .path(0)
                .asText())
        .isEqualTo("8080");
  }

  @Test
  void settingsThatAllowNoStepAreSaid() {
    world.settled(first, 1, "{'minimumHealthyPercent': 100, 'maximumPercent': 100}");
    startedBy(world.register(IMAGE + "@" + world.push("v2", "healthy")));
    world.pass(Duration.ofMinutes(5));

    assertThat(world.service().path("events").path(0).path("message").asText())
        .contains("was unable to stop or start tasks during a deployment");
    assertThat(world.serviceDeployment().path("status").asText()).isEqualTo("IN_PROGRESS");
  }

  private static final String ALARMS =
      "{'alarms': {'alarmNames': ['errors'], 'enable': true, 'rollback': true}}";

  private void alarm(String state) {
    world.call(AwsService.CLOUDWATCH, "PutMetricAlarm", "{'AlarmName': 'errors'}");
    world.call(
        AwsService.CLOUDWATCH,
        "SetAlarmState",
        "{'AlarmName': 'errors', 'StateValue': '" + state + "', 'StateReason': 'a test'}");
  }

  @Test
  void anAlarmDuringTheBakeGoesBack() {
    alarm("OK");
    world.settled(first, 1, ALARMS);
    String started = startedBy(world.register(IMAGE + "@" + world.push("v2", "healthy")));
    world.until(
        () -> world.serviceDeployment().path("lifecycleStage").asText().equals("BAKE_TIME"));
    assertThat(world.serviceDeployment().path("status").asText()).isEqualTo("IN_PROGRESS");
    alarm("ALARM");
    world.untilStatus("ROLLBACK_SUCCESSFUL");

    assertThat(world.deploymentEvents()).element(1).isEqualTo("FAILED " + started);
    assertThat(
            world.serviceDeployment().path("alarms").path("triggeredAlarmNames").path(0).asText())
        .isEqualTo("errors");
    assertThat(
            world
                .of("CloudWatch Alarm State Change")
                .getLast()
                .path("detail")
                .path("state")
                .path("value")
                .asText())
        .isEqualTo("ALARM");
  }

  @Test
  void anAlarmThatRangBeforeIsNotListenedTo() {
    alarm("ALARM");
    world.settled(first, 1, ALARMS);
    startedBy(world.register(IMAGE + "@" + world.push("v2", "healthy")));
    world.untilStatus("SUCCESSFUL");

    assertThat(world.serviceDeployment().path("alarms").path("status").asText())
        .isEqualTo("DISABLED");
  }

  @Test
  void aDeploymentBegunDuringARollbackCannotGoBack() {
    world.settled(first, 1, BREAKER);
    startedBy(world.register(IMAGE + "@" + world.push("v2", "crash")));
    world.until(() -> world.serviceDeployment().path("status").asText().startsWith("ROLLBACK_"));
    world.update(
        "'taskDefinition': '" + world.register(IMAGE + "@" + world.push("v3", "crash")) + "'");
    world.untilStatus("ROLLBACK_FAILED");

    assertThat(world.service().path("deployments").path(0).path("rolloutState").asText())
        .isEqualTo("FAILED");
  }

  @Test
  void aTargetThatFailsItsChecksIsNamed() {
    String plain = world.register(IMAGE + "@" + world.push("v2", "unhealthy"), "");
    world
        .account
        .ecs()
        .createSettledService(
            SimulatedWorld.json(
                """
                {'cluster': 'prod', 'serviceName': 'web', 'taskDefinition': '%s',
                 'desiredCount': 1, 'loadBalancers': [{'containerName': 'web',
                   'containerPort': 80, 'targetGroupArn': 'arn:aws:elasticloadbalancing:tg'}]}
                """
                    .formatted(first)));
    startedBy(plain);
    assertThat(firstStopped().path("stoppedReason").asText())
        .isEqualTo(
            "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:tg)");
  }
}
