package dev.slipway.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.Alarms;
import dev.slipway.aws.AwsService;
import dev.slipway.local.SimulatedAccount;
import dev.slipway.local.demo.Scenario.Breaker;
import dev.slipway.runtime.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the services of a scenario, with what they stand on. */
final class Fleet {

  private Fleet() {}

  /** Pushes an image. */
  interface Pusher {
    void push(String image, String behaviour);
  }

  static void create(SimulatedAccount account, Scenario scenario, Pusher pusher) {
    for (Scenario.Cluster cluster : scenario.clusters()) {
      createCluster(account, cluster.name());
      account
          .ecs()
          .addInstances(cluster.name(), cluster.instances(), cluster.cpu(), cluster.memory());
    }
    Map<String, String> images = new LinkedHashMap<>();
    List<Scenario.Service> services = scenario.services();
    services.forEach(service -> images.put(service.image(), service.behaviour()));
    images.forEach(pusher::push);
    for (Scenario.Service service : services) {
      create(account, service);
    }
  }

  static String repository(String image) {
    return image.substring(0, image.indexOf(':'));
  }

  static String tag(String image) {
    return image.substring(image.indexOf(':') + 1);
  }

  /** CreateCluster answers with the one there is, if there is one. */
  private static void createCluster(SimulatedAccount account, String name) {
    account.call(AwsService.ECS, "CreateCluster", Json.object().put("clusterName", name));
  }

  static String logGroup(Scenario.Service service) {
    return "/ecs/" + service.cluster() + "-" + service.name();
  }

  private static void create(SimulatedAccount account, Scenario.Service service) {
    createCluster(account, service.cluster());
    String logs = logGroup(service);
    account.logs().create(logs);
    for (JsonNode alarm : service.given().deploymentConfiguration().at("/alarms/alarmNames")) {
      quietAlarm(account, alarm.asText(), Map.of());
    }
    for (String alarm : service.taggedAlarms()) {
      quietAlarm(account, alarm, Map.of(Alarms.TAG, service.brief()));
    }
    for (JsonNode secret : service.given().container().path("secrets")) {
      account.call(
          AwsService.SSM,
          "PutParameter",
          Json.object()
              .put("Name", secret.path("valueFrom").asText())
              .put("Value", "secret")
              .put("Type", "SecureString")
              .put("Overwrite", true));
    }
    String definition =
        account
            .call(AwsService.ECS, "RegisterTaskDefinition", definition(account, service, logs))
            .path("taskDefinition")
            .path("taskDefinitionArn")
            .asText();
    ObjectNode input = service(service, definition);
    Optional<ObjectNode> group = service.given().deploymentGroup();
    if (group.isPresent()) {
      input.putObject("deploymentController").put("type", "CODE_DEPLOY");
    }
    if (input.at("/deploymentController/type").asText().equals("CODE_DEPLOY")) {
      input.remove("deploymentConfiguration");
    }
    if (service.settled()) {
      account.ecs().createSettledService(input);
    } else {
      account.call(AwsService.ECS, "CreateService", input);
    }
    group.ifPresent(given -> deploymentGroup(account, service, given));
  }

  /** The CodeDeploy application of a service; its group is named like the service. */
  static String application(String cluster, String service) {
    return cluster + "-" + service;
  }

  private static void deploymentGroup(
      SimulatedAccount account, Scenario.Service service, ObjectNode given) {
    String application = application(service.cluster(), service.name());
    account.call(
        AwsService.CODEDEPLOY,
        "CreateApplication",
        Json.object().put("applicationName", application).put("computePlatform", "ECS"));
    ObjectNode group =
        Json.object()
            .put("applicationName", application)
            .put("deploymentGroupName", service.name());
    group
        .putArray("ecsServices")
        .addObject()
        .put("clusterName", service.cluster())
        .put("serviceName", service.name());
    group.setAll(given);
    for (JsonNode alarm : given.at("/alarmConfiguration/alarms")) {
      quietAlarm(account, alarm.path("name").asText(), Map.of());
    }
    account.call(AwsService.CODEDEPLOY, "CreateDeploymentGroup", group);
  }

  private static void quietAlarm(SimulatedAccount account, String name, Map<String, String> tags) {
    ObjectNode alarm = Json.object().put("AlarmName", name);
    ArrayNode list = alarm.putArray("Tags");
    tags.forEach((key, value) -> list.addObject().put("Key", key).put("Value", value));
    account.call(AwsService.CLOUDWATCH, "PutMetricAlarm", alarm);
    account.call(
        AwsService.CLOUDWATCH,
        "SetAlarmState",
        Json.object().put("AlarmName", name).put("StateValue", "OK"));
  }

  private static ObjectNode definition(
      SimulatedAccount account, Scenario.Service service, String logs) {
    ObjectNode definition =
        Json.object()
            .put("family", service.cluster() + "-" + service.name())
            .put("networkMode", "awsvpc")
            .put("cpu", "256")
            .put("memory", "512")
            .put("executionRoleArn", "arn:aws:iam::123456789012:role/ecs-execution")
            .put("taskRoleArn", "arn:aws:iam::123456789012:role/" + service.name());
    definition.putArray("requiresCompatibilities").add("FARGATE");
    ObjectNode container =
        definition
            .putArray("containerDefinitions")
            .addObject()
            .put("name", service.name())
            .put("image", account.registry().host() + "/" + service.image())
            .put("essential", true);
    ObjectNode log = container.putObject("logConfiguration").put("logDriver", "awslogs");
    log.putObject("options")
        .put("awslogs-group", logs)
        .put("awslogs-region", "eu-west-1")
        .put("awslogs-stream-prefix", "app");
    if (service.checked()) {
      ObjectNode check = container.putObject("healthCheck");
      check
          .putArray("command")
          .add("CMD-SHELL")
          .add("curl -fsS http://localhost:8080/health || exit 1");
    }
    container.setAll(service.given().container());
    definition.setAll(service.given().taskDefinition());
    return definition;
  }

  /** Sets the circuit breaker in a service's deploymentConfiguration. */
  static void breaker(ObjectNode configuration, Breaker breaker) {
    configuration
        .putObject("deploymentCircuitBreaker")
        .put("enable", breaker != Breaker.NONE)
        .put("rollback", breaker == Breaker.ROLLBACK);
  }

  private static ObjectNode service(Scenario.Service service, String definition) {
    ObjectNode input =
        Json.object()
            .put("cluster", service.cluster())
            .put("serviceName", service.name())
            .put("taskDefinition", definition)
            .put("desiredCount", service.tasks());
    ObjectNode network = input.putObject("networkConfiguration").putObject("awsvpcConfiguration");
    network.putArray("subnets").add("subnet-0a1b2c3d4e5f60718");
    network.putArray("securityGroups").add("sg-0a1b2c3d4e5f60718");
    ObjectNode configuration = input.putObject("deploymentConfiguration");
    breaker(configuration, service.breaker());
    configuration.setAll(service.given().deploymentConfiguration());
    if (!service.targetGroup().isEmpty()) {
      input
          .putArray("loadBalancers")
          .addObject()
          .put(
              "targetGroupArn",
              "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/"
                  + service.targetGroup()
                  + "/0a1b2c3d4e5f6071")
          .put("containerName", service.name())
          .put("containerPort", 8080);
    }
    var tags = input.putArray("tags");
    service.tags().forEach((key, value) -> tags.addObject().put("key", key).put("value", value));
    input.setAll(service.given().service());
    if (!input.has("launchType")) {
      input.put("launchType", "FARGATE");
    }
    return input;
  }
}
