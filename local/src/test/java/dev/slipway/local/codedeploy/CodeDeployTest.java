package dev.slipway.local.codedeploy;

import static dev.slipway.local.SimulatedWorld.IMAGE;
import static dev.slipway.local.SimulatedWorld.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.SimulatedWorld;
import dev.slipway.local.account.Json;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeDeployTest {
  private final SimulatedWorld world = new SimulatedWorld();
  private String good;
  private String first;

  @BeforeEach
  void aServiceOfCodeDeployIsThere() {
    good = world.push("v1", "healthy");
    first = world.register(IMAGE + "@" + good);
    world
        .account
        .ecs()
        .createSettledService(
            json(
                """
                {'cluster': 'prod', 'serviceName': 'web', 'taskDefinition': '%s',
                 'desiredCount': 1, 'deploymentController': {'type': 'CODE_DEPLOY'},
                 'loadBalancers': [{'containerName': 'web', 'containerPort': 80,
                   'targetGroupArn': 'arn:tg'}]}
                """
                    .formatted(first)));
    deploy("CreateApplication", "{'applicationName': 'a', 'computePlatform': 'ECS'}");
  }

  private ObjectNode deploy(String operation, String input) {
    return world.call(AwsService.CODEDEPLOY, operation, input);
  }

  private void group(String more) {
    deploy(
        "CreateDeploymentGroup",
        "{'applicationName': 'a', 'deploymentGroupName': 'g', "
            + more
            + " 'ecsServices': [{'clusterName': 'prod', 'serviceName': 'web'}]}");
  }

  private String create(String behaviour) {
    String next = world.register(IMAGE + "@" + world.push("v2", behaviour));
    world.events.clear();
    return createFor(next);
  }

  private String createFor(String taskDefinition) {
    return createFor(taskDefinition, "");
  }

  private String createFor(String taskDefinition, String more) {
    ObjectNode input =
        json(
            "{'applicationName': 'a', 'deploymentGroupName': 'g', "
                + more
                + " 'description': 'slipway 7'}");
    input
        .putObject("revision")
        .put("revisionType", "AppSpecContent")
        .putObject("appSpecContent")
        .put("content", appSpec(taskDefinition));
    return world
        .account
        .call(AwsService.CODEDEPLOY, "CreateDeployment", input)
        .path("deploymentId")
        .asText();
  }

  private static String appSpec(String taskDefinition) {
    return json("""
    {'version': 0.0, 'Resources': [{'TargetService': {'Type': 'AWS::ECS::Service',
     'Properties': {'TaskDefinition': '%s',
       'LoadBalancerInfo': {'ContainerName': 'web', 'ContainerPort': 80}}}}]}
    """
            .formatted(taskDefinition))
        .toString();
  }

  private JsonNode get(String id) {
    return deploy("GetDeployment", "{'deploymentId': '" + id + "'}").path("deploymentInfo");
  }

  private void untilStatus(String id, String status) {
    world.until(() -> get(id).path("status").asText().equals(status));
  }

  private List<String> states() {
    return world.of("CodeDeploy Deployment State-change Notification").stream()
        .map(event ->
            event.path("detail").path("deploymentId").asText()
                + " "
                + event.path("detail").path("state").asText())
        .toList();
  }

  private static final String BACK =
      "'autoRollbackConfiguration': {'enabled': true, 'events': ['DEPLOYMENT_FAILURE',"
          + " 'DEPLOYMENT_STOP_ON_ALARM']},";

  @Test
  void aGoodRevisionTakesOverAndTheOldTaskSetGoes() {
    group("");
    String id = create("healthy");
    untilStatus(id, "Succeeded");

    assertThat(id).matches("d-[A-Z0-9]{9}");
    assertThat(states()).containsExactly(id + " START", id + " SUCCESS");
    JsonNode service = world.service();
    assertThat(service.path("deployments")).isEmpty();
    assertThat(service.path("taskSets")).hasSize(1);
    assertThat(service.path("taskSets").path(0).path("status").asText()).isEqualTo("PRIMARY");
    assertThat(service.path("taskSets").path(0).path("externalId").asText()).isEqualTo(id);
    assertThat(world.runningDigests()).hasSize(1).doesNotContain(good);
    assertThat(get(id).path("creator").asText()).isEqualTo("user");
    ObjectNode event = world.of("CodeDeploy Deployment State-change Notification").getFirst();
    assertThat(event.path("resources").path(0).asText())
        .isEqualTo("arn:aws:codedeploy:eu-west-1:123456789012:deploymentgroup:a/g");
  }

  @Test
  void aRevisionThatNeverGetsHealthyFailsAfterAnHourAndIsTakenBack() {
    group(BACK);
    String id = create("unhealthy");
    world.pass(Duration.ofMinutes(61));

    JsonNode failed = get(id);
    assertThat(failed.path("status").asText()).isEqualTo("Failed");
    assertThat(failed.path("errorInformation").path("code").asText()).isEqualTo("TIMEOUT");
    String back = failed.path("rollbackInfo").path("rollbackDeploymentId").asText();
    untilStatus(back, "Succeeded");
    assertThat(get(back).path("creator").asText()).isEqualTo("codeDeployRollback");
    assertThat(get(back).path("rollbackInfo").path("rollbackTriggeringDeploymentId").asText())
        .isEqualTo(id);
    assertThat(states())
        .containsExactly(id + " START", id + " FAILURE", back + " START", back + " SUCCESS");
    assertThat(world.runningDigests()).containsExactly(good);
    assertThat(world.service().path("taskSets").path(0).path("taskDefinition").asText())
        .isEqualTo(first);
  }

  @Test
  void stoppingWithRollbackDuringTheTrafficShiftGoesBackAtOnce() {
    group("'deploymentConfigName': 'CodeDeployDefault.ECSCanary10Percent5Minutes',");
    String id = create("healthy");
    world.pass(Duration.ofMinutes(2));
    assertThatThrownBy(() -> createFor(first))
        .isInstanceOfSatisfying(
            AwsException.class,
            e -> assertThat(e.code()).isEqualTo("DeploymentLimitExceededException"));
    deploy("StopDeployment", "{'deploymentId': '" + id + "', 'autoRollbackEnabled': true}");
    String back = get(id).path("rollbackInfo").path("rollbackDeploymentId").asText();
    untilStatus(back, "Succeeded");

    assertThat(get(id).path("status").asText()).isEqualTo("Stopped");
    assertThat(world.runningDigests()).containsExactly(good);
    assertThatThrownBy(() -> deploy("StopDeployment", "{'deploymentId': '" + id + "'}"))
        .isInstanceOfSatisfying(
            AwsException.class,
            e -> assertThat(e.code()).isEqualTo("DeploymentAlreadyCompletedException"));
  }

  @ParameterizedTest(name = "continued: {0}")
  @CsvSource({"true, Succeeded", "false, Stopped"})
  void readyWaitsForSomebody(boolean continued, String status) {
    group(
        "'blueGreenDeploymentConfiguration': {'deploymentReadyOption': {'actionOnTimeout':"
            + " 'STOP_DEPLOYMENT', 'waitTimeInMinutes': 30}},");
    String id = create("healthy");
    untilStatus(id, "Ready");
    if (continued) {
      deploy("ContinueDeployment", "{'deploymentId': '" + id + "'}");
    }
    untilStatus(id, status);
    assertThat(states())
        .startsWith(id + " START", id + " READY")
        .last()
        .isEqualTo(id + (continued ? " SUCCESS" : " STOP"));
  }

  @Test
  void anAlarmWhileTheOldTasksWaitStopsAndGoesBack() {
    world.call(AwsService.CLOUDWATCH, "PutMetricAlarm", "{'AlarmName': 'errors'}");
    group(
        BACK
            + "'alarmConfiguration': {'enabled': true, 'alarms': [{'name': 'errors'}]},"
            + "'blueGreenDeploymentConfiguration': {'terminateBlueInstancesOnDeploymentSuccess':"
            + " {'terminationWaitTimeInMinutes': 60}},");
    String id = create("healthy");
    world.pass(Duration.ofMinutes(5));
    assertThat(world.runningDigests()).hasSize(2);
    world.call(
        AwsService.CLOUDWATCH,
        "SetAlarmState",
        "{'AlarmName': 'errors', 'StateValue': 'ALARM', 'StateReason': 'a test'}");

    assertThat(get(id).path("errorInformation").path("code").asText()).isEqualTo("ALARM_ACTIVE");
    untilStatus(get(id).path("rollbackInfo").path("rollbackDeploymentId").asText(), "Succeeded");
    assertThat(world.runningDigests()).containsExactly(good);
  }

  @Test
  void anAlarmThatIsOnBlocksADeploymentUnlessItSetsTheAlarmsAside() {
    world.call(AwsService.CLOUDWATCH, "PutMetricAlarm", "{'AlarmName': 'errors'}");
    world.call(
        AwsService.CLOUDWATCH,
        "SetAlarmState",
        "{'AlarmName': 'errors', 'StateValue': 'ALARM', 'StateReason': 'a test'}");
    group(BACK + "'alarmConfiguration': {'enabled': true, 'alarms': [{'name': 'errors'}]},");
    String blocked = create("healthy");
    untilStatus(blocked, "Stopped");
    assertThat(get(blocked).path("errorInformation").path("code").asText())
        .isEqualTo("ALARM_ACTIVE");
    assertThat(world.service().path("taskSets")).hasSize(1);
    assertThat(get(blocked).path("rollbackInfo").isMissingNode())
        .as("there is nothing to go back from")
        .isTrue();

    String id = createFor(first, "'overrideAlarmConfiguration': {'enabled': false},");
    assertThat(get(id).at("/overrideAlarmConfiguration/enabled").isBoolean()).isTrue();
    untilStatus(id, "Succeeded");
  }

  private static final String YAML =
      """
      version: 0.0
      resources:
        - TargetService:
            type: AWS::ECS::Service
            properties: {taskDefinition: %s, loadBalancerInfo: {containerName: web, containerPort: 80}}
      hooks:
        - BeforeInstall: "say-no"
      """;

  @ParameterizedTest
  @CsvSource({"AppSpecContent, appSpecContent", "String, string", "S3, s3Location"})
  void readsTheHooksOfAnAppSpecInYamlInWhateverWayItIsGiven(String type, String member) {
    group("");
    world.account.codeDeploy().functions(function -> !function.equals("say-no"));
    String content = YAML.formatted(first);
    ObjectNode input = json("{'applicationName': 'a', 'deploymentGroupName': 'g'}");
    ObjectNode given = input.putObject("revision").put("revisionType", type).putObject(member);
    if (type.equals("S3")) {
      world.account.codeDeploy().object("b", "appspec.yaml", content);
      given.put("bucket", "b").put("key", "appspec.yaml").put("bundleType", "YAML");
    } else {
      given.put("content", content);
    }
    String id =
        world
            .account
            .call(AwsService.CODEDEPLOY, "CreateDeployment", input)
            .path("deploymentId")
            .asText();
    untilStatus(id, "Failed");
    assertThat(get(id).at("/errorInformation/code").asText()).isEqualTo("HOOK_EXECUTION_FAILURE");

    ObjectNode asked = Json.object().put("applicationName", "a");
    asked.set("revision", get(id).path("revision"));
    if (type.equals("S3")) {
      assertThat(get(id).path("revision")).isEqualTo(input.path("revision"));
      assertThatThrownBy(
              () -> world.account.call(AwsService.CODEDEPLOY, "GetApplicationRevision", asked))
          .isInstanceOfSatisfying(
              AwsException.class,
              e -> assertThat(e.code()).isEqualTo("RevisionDoesNotExistException"));
    } else {
      assertThat(get(id).path("revision").path(member).has("content")).isFalse();
      assertThat(
              world
                  .account
                  .call(AwsService.CODEDEPLOY, "GetApplicationRevision", asked)
                  .path("revision")
                  .path(member)
                  .path("content")
                  .asText())
          .isEqualTo(content);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "version: [, InvalidRevisionException",
    "version: 0.0, InvalidRevisionException",
    "'', RevisionRequiredException"
  })
  void whatIsNoAppSpecIsRefused(String content, String code) {
    group("");
    ObjectNode input = json("{'applicationName': 'a', 'deploymentGroupName': 'g'}");
    input
        .putObject("revision")
        .put("revisionType", "AppSpecContent")
        .putObject("appSpecContent")
        .put("content", content);
    assertThatThrownBy(() -> world.account.call(AwsService.CODEDEPLOY, "CreateDeployment", input))
        .isInstanceOfSatisfying(AwsException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void aTaskDefinitionThatIsNotThereFailsTheDeployment() {
    group("");
    String id = createFor("web:99");
    untilStatus(id, "Failed");
    assertThat(get(id).path("errorInformation").path("code").asText())
        .isEqualTo("ECS_UPDATE_ERROR");
  }

  @Test
  void ecsLeavesTheTaskDefinitionToCodeDeploy() {
    assertThatThrownBy(() -> world.update("'taskDefinition': '" + first + "'"))
        .isInstanceOfSatisfying(
            AwsException.class, e -> assertThat(e.code()).isEqualTo("InvalidParameterException"))
        .hasMessageContaining(
            "Unable to update task definition on services with a CODE_DEPLOY deployment"
                + " controller. Use AWS CodeDeploy to trigger a new deployment.");
  }

  @Test
  void groupsAreFoundByTheServiceTheyDeploy() {
    group("");
    assertThat(deploy("ListApplications", "{}").path("applications").path(0).asText())
        .isEqualTo("a");
    JsonNode found =
        deploy(
                "BatchGetDeploymentGroups",
                "{'applicationName': 'a', 'deploymentGroupNames': ['g', 'x']}")
            .path("deploymentGroupsInfo");
    assertThat(found).hasSize(1);
    assertThat(found.path(0).path("ecsServices").path(0).path("serviceName").asText())
        .isEqualTo("web");
    assertThat(found.path(0).path("computePlatform").asText()).isEqualTo("ECS");
  }

  /** A service with a deployment that was stopped when its task set was there already. */
  private String stoppedWithRollback(Duration later) {
    group("");
    world.account.codeDeploy().rollsBackAfter(later);
    String id = create("slow:600");
    world.pass(Duration.ofSeconds(5));
    deploy("StopDeployment", "{'deploymentId': '" + id + "', 'autoRollbackEnabled': true}");
    return id;
  }

  @Test
  void itsOwnRollbackCanBeginLater() {
    String id = stoppedWithRollback(Duration.ofSeconds(30));
    world.pass(Duration.ofSeconds(20));
    assertThat(get(id).has("rollbackInfo")).isFalse();
    world.pass(Duration.ofSeconds(20));
    String back = get(id).at("/rollbackInfo/rollbackDeploymentId").asText();
    untilStatus(back, "Succeeded");
  }

  @Test
  void itsOwnRollbackDoesNotBeginOverAnotherDeployment() {
    String id = stoppedWithRollback(Duration.ofSeconds(30));
    String other = createFor(first);
    untilStatus(other, "Succeeded");
    assertThat(get(id).has("rollbackInfo")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"5", "15"})
  void aDeploymentOfAServiceThatIsDeletedMeanwhileFails(int seconds) {
    group(BACK);
    String id = create("healthy");
    world.pass(Duration.ofSeconds(seconds));
    world.call(
        AwsService.ECS, "DeleteService", "{'cluster': 'prod', 'service': 'web', 'force': true}");
    untilStatus(id, "Failed");
    assertThat(get(id).at("/errorInformation/code").asText()).isEqualTo("INVALID_ECS_SERVICE");
    assertThat(get(id).has("rollbackInfo")).isFalse();
  }
}
