package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.WEB;
import static dev.slipway.simulation.OneProcess.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.runtime.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A service that CodeDeploy deploys, blue/green, with nothing going wrong by itself. */
abstract class CodeDeployLoop {

  static final String ANY = tags("");
  static final String BUILDS =
      "[{'key': 'slipway', 'value': 'on'}, {'key': 'slipway:team/app', 'value': 'prefix:build-'}]";
  static final String TAKES_BACK =
      "'autoRollbackConfiguration': {'enabled': true, 'events': ['DEPLOYMENT_FAILURE',"
          + " 'DEPLOYMENT_STOP_ON_ALARM']},";
  static final String KEEPS_OLD_TASKS =
      "'blueGreenDeploymentConfiguration': {'terminateBlueInstancesOnDeploymentSuccess':"
          + " {'action': 'TERMINATE', 'terminationWaitTimeInMinutes': 60}},";
  static final String WAITS_FOR_A_PERSON =
      "'blueGreenDeploymentConfiguration': {'deploymentReadyOption': {'actionOnTimeout':"
          + " 'STOP_DEPLOYMENT', 'waitTimeInMinutes': 2800}},";

  OneProcess world;

  static String tags(String more) {
    return "[{'key': 'slipway', 'value': 'on'}, {'key': 'slipway:team/app', 'value': 'any'}"
        + more
        + "]";
  }

  final void world(String group) {
    world(ANY, group);
  }

  final void world(String tags, String group) {
    world = new OneProcess(1, Setting.ORDERLY);
    world.codeDeployFollower(tags, 2, group);
    world.reconcile();
    world.until(() -> head().lastSequence() == 1, Duration.ofMinutes(30));
  }

  // ---- what is seen

  final Head head() {
    return world.truth.head(WEB);
  }

  final Deployment deployment(long sequence) {
    return world.truth.deployment(WEB, sequence).orElseThrow();
  }

  final boolean is(long sequence, Status status) {
    return world.truth.deployment(WEB, sequence).map(d -> d.status() == status).orElse(false);
  }

  final void untilEnded(long sequence) {
    world.until(sequence, d -> d.status().ended(), Duration.ofHours(72));
  }

  final void untilStage(long sequence, String stage) {
    world.until(sequence, d -> d.rollout().stage().equals(stage), Duration.ofHours(2));
  }

  /** The revision that production traffic goes to. */
  final String runs() {
    return world
        .service()
        .path("taskSets")
        .path(0)
        .path("taskDefinition")
        .asText()
        .replaceAll(".*/", "");
  }

  final JsonNode codeDeploy(String operation, String input) {
    return world.account.call(AwsService.CODEDEPLOY, operation, json(input));
  }

  final List<JsonNode> created() {
    List<JsonNode> all = new ArrayList<>();
    codeDeploy("ListDeployments", "{'applicationName': 'shop', 'deploymentGroupName': 'web'}")
        .path("deployments")
        .forEach(id -> all.addFirst(info(id.asText())));
    return all;
  }

  final JsonNode info(String id) {
    return codeDeploy("GetDeployment", "{'deploymentId': '" + id + "'}").path("deploymentInfo");
  }

  final List<String> creators() {
    return created().stream()
        .map(info ->
            info.path("creator").asText().equals("user")
                ? info.path("description").asText().replaceAll(":.*", "")
                : info.path("creator").asText())
        .toList();
  }

  static String inJson(String revision, String hook) {
    return Json.write(
        json(
            """
            {'version': 0.0, 'Resources': [{'TargetService': {'Type': 'AWS::ECS::Service',
             'Properties': {'TaskDefinition': '%s',
               'LoadBalancerInfo': {'ContainerName': 'web', 'ContainerPort': 80}}}}],
             'Hooks': [{'AfterAllowTestTraffic': '%s'}]}
            """
                .formatted(revision, hook)));
  }

  final void personDeploys(String revision) {
    personDeploys(revision, "AfterAllowTestTraffic");
  }

  /**
   * @param hooked the lifecycle event behind which there is a smoke test
   */
  final void personDeploys(String revision, String hooked) {
    personGives(
        "AppSpecContent", inJson(revision, "smoke-test").replace("AfterAllowTestTraffic", hooked));
  }

  /** How an AppSpec can be given to CodeDeploy. */
  final void personGives(String type, String appSpec) {
    ObjectNode input =
        json("{'applicationName': 'shop', 'deploymentGroupName': 'web', 'description': 'by hand'}");
    ObjectNode given = input.putObject("revision").put("revisionType", type);
    switch (type) {
      case "AppSpecContent" -> given.putObject("appSpecContent").put("content", appSpec);
      case "String" -> given.putObject("string").put("content", appSpec);
      case "S3" -> {
        world.account.codeDeploy().object("artifacts", "shop/appspec.yaml", appSpec);
        given
            .putObject("s3Location")
            .put("bucket", "artifacts")
            .put("key", "shop/appspec.yaml")
            .put("bundleType", "YAML");
      }
      default -> throw new IllegalArgumentException(type);
    }
    world.account.call(AwsService.CODEDEPLOY, "CreateDeployment", input);
  }

  final void rolledBack(long sequence, Reason reason, RolledBackBy by) {
    assertThat(deployment(sequence).status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(deployment(sequence).reason()).isEqualTo(reason);
    assertThat(deployment(sequence).rolledBackBy()).isEqualTo(by);
    assertThat(head().inFlight()).isEmpty();
    assertThat(world.image(runs())).contains("team/app:v1");
    world.until(() -> world.service().path("taskSets").size() == 1, Duration.ofHours(2));
    assertThat(world.image(runs())).contains("team/app:v1");
  }
}
