package dev.slipway.local.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.SimulatedAccount;
import dev.slipway.local.demo.Scenario.Breaker;
import dev.slipway.runtime.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/** Makes the services of a scenario, with what they stand on. */
final class Fleet {

  private Fleet() {}

  /**
   * @param push pushes a healthy image, given repository and tag
   */
  static void create(
      SimulatedAccount account, List<Scenario.Service> services, BiConsumer<String, String> push) {
    Set<String> images = new LinkedHashSet<>();
    services.forEach(service -> images.add(service.image()));
    for (String image : images) {
      push.accept(repository(image), tag(image));
    }
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

  private static void create(SimulatedAccount account, Scenario.Service service) {
    try {
      account.call(
          AwsService.ECS, "CreateCluster", Json.object().put("clusterName", service.cluster()));
    } catch (AwsException e) {
      if (!e.is("ClusterAlreadyExistsException")) {
        throw e;
      }
    }
    String logs = "/ecs/" + service.cluster() + "-" + service.name();
    account.logs().create(logs);
    String definition =
        account
            .call(AwsService.ECS, "RegisterTaskDefinition", definition(account, service, logs))
            .path("taskDefinition")
            .path("taskDefinitionArn")
            .asText();
    account.ecs().createSettledService(service(service, definition));
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
    return definition;
  }

  private static ObjectNode service(Scenario.Service service, String definition) {
    ObjectNode input =
        Json.object()
            .put("cluster", service.cluster())
            .put("serviceName", service.name())
            .put("taskDefinition", definition)
            .put("desiredCount", service.tasks())
            .put("launchType", "FARGATE");
    ObjectNode network = input.putObject("networkConfiguration").putObject("awsvpcConfiguration");
    network.putArray("subnets").add("subnet-0a1b2c3d4e5f60718");
    network.putArray("securityGroups").add("sg-0a1b2c3d4e5f60718");
    input
        .putObject("deploymentConfiguration")
        .putObject("deploymentCircuitBreaker")
        .put("enable", service.breaker() != Breaker.NONE)
        .put("rollback", service.breaker() == Breaker.ROLLBACK);
    var tags = input.putArray("tags");
    service.tags().forEach((key, value) -> tags.addObject().put("key", key).put("value", value));
    return input;
  }
}
