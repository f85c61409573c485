package dev.slipway.local.codedeploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Json;
import java.time.Duration;
import java.util.List;

/** A deployment group of one ECS service, as CreateDeploymentGroup was given it. */
final class Group {
  final String application;
  final String name;
  final String id;
  final String cluster;
  final String service;
  final ObjectNode document;

  Group(String application, String name, String id, ObjectNode document) {
    this.application = application;
    this.name = name;
    this.id = id;
    this.document = document;
    JsonNode first = document.path("ecsServices").path(0);
    this.cluster = first.path("clusterName").asText();
    this.service = first.path("serviceName").asText();
  }

  String deploymentConfig() {
    return document.path("deploymentConfigName").asText("CodeDeployDefault.ECSAllAtOnce");
  }

  boolean rollsBackOn(String event) {
    JsonNode rollback = document.path("autoRollbackConfiguration");
    return rollback.path("enabled").asBoolean() && Json.texts(rollback, "events").contains(event);
  }

  List<String> alarms() {
    return alarms(document.path("alarmConfiguration"));
  }

  static List<String> alarms(JsonNode alarms) {
    return alarms.path("enabled").asBoolean()
        ? alarms.path("alarms").findValuesAsText("name")
        : List.of();
  }

  private JsonNode blueGreen() {
    return document.path("blueGreenDeploymentConfiguration");
  }

  /** How long traffic waits for somebody to continue; null when it waits for nobody. */
  Duration readyWait() {
    JsonNode ready = blueGreen().path("deploymentReadyOption");
    return ready.path("actionOnTimeout").asText().equals("STOP_DEPLOYMENT")
        ? Duration.ofMinutes(ready.path("waitTimeInMinutes").asLong(0))
        : null;
  }

  Duration terminationWait() {
    return Duration.ofMinutes(
        blueGreen()
            .path("terminateBlueInstancesOnDeploymentSuccess")
            .path("terminationWaitTimeInMinutes")
            .asLong(0));
  }

  ObjectNode describe() {
    ObjectNode node = document.deepCopy();
    node.put("applicationName", application)
        .put("deploymentGroupName", name)
        .put("deploymentGroupId", id)
        .put("deploymentConfigName", deploymentConfig())
        .put("computePlatform", "ECS");
    return node;
  }
}
