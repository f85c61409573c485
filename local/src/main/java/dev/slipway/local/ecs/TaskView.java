package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.slipway.local.account.Json;
import java.time.Instant;
import java.util.function.Function;

/** A task as JSON: DescribeTasks and the event have the same members, but write times apart. */
final class TaskView {
  private TaskView() {}

  static ObjectNode answer(Task task) {
    ObjectNode node = view(task, Json::seconds);
    node.put("healthStatus", task.health());
    if (task.fargate()) {
      node.put("platformFamily", "Linux");
    }
    node.putArray("tags");
    for (int i = 0; i < task.containers.size(); i++) {
      ((ObjectNode) node.path("containers").get(i))
          .put("healthStatus", task.containers.get(i).health);
    }
    return node;
  }

  static ObjectNode event(Task task) {
    ObjectNode node = view(task, instant -> TextNode.valueOf(instant.toString()));
    // The one member that DescribeTasks does not have.
    node.put("updatedAt", task.updatedAt.toString());
    return node;
  }

  private static ObjectNode view(Task task, Function<Instant, JsonNode> time) {
    ObjectNode node = Json.object();
    node.putArray("attachments");
    node.putArray("attributes")
        .addObject()
        .put("name", "ecs.cpu-architecture")
        .put("value", task.definition.architecture().equals("arm64") ? "arm64" : "x86_64");
    node.put("availabilityZone", "eu-west-1a");
    node.put("clusterArn", task.cluster.arn);
    if (task.instance != null) {
      node.put("containerInstanceArn", task.instance.arn);
    }
    if (task.connectedAt != null) {
      node.put("connectivity", "CONNECTED");
      node.set("connectivityAt", time.apply(task.connectedAt));
    }
    ArrayNode containers = node.putArray("containers");
    task.containers.forEach(container -> containers.add(container(task, container)));
    node.put("cpu", Integer.toString(task.definition.cpu()));
    node.set("createdAt", time.apply(task.createdAt));
    node.put("desiredStatus", task.desiredStatus);
    when(node, "executionStoppedAt", task.executionStoppedAt, time);
    if (task.group != null) {
      node.put("group", task.group);
    }
    node.put("enableExecuteCommand", false);
    node.put("launchType", task.launchType);
    node.put("lastStatus", task.lastStatus);
    node.put("memory", Integer.toString(task.definition.memory()));
    node.set("overrides", task.overrides.deepCopy());
    if (task.fargate()) {
      node.put("platformVersion", "1.4.0");
      node.putObject("ephemeralStorage").put("sizeInGiB", 20);
    }
    when(node, "pullStartedAt", task.pullStartedAt, time);
    when(node, "pullStoppedAt", task.pullStoppedAt, time);
    when(node, "startedAt", task.startedAt, time);
    if (task.startedBy != null) {
      node.put("startedBy", task.startedBy);
    }
    when(node, "stoppingAt", task.stoppingAt, time);
    when(node, "stoppedAt", task.stoppedAt, time);
    if (task.stoppedReason != null) {
      node.put("stoppedReason", task.stoppedReason);
    }
    if (task.stopCode != null) {
      node.put("stopCode", task.stopCode);
    }
    node.put("taskArn", task.arn);
    node.put("taskDefinitionArn", task.definition.arn);
    node.put("version", task.version);
    return node;
  }

  private static void when(
      ObjectNode node, String member, Instant instant, Function<Instant, JsonNode> time) {
    if (instant != null) {
      node.set(member, time.apply(instant));
    }
  }

  private static ObjectNode container(Task task, Task.Container container) {
    ObjectNode node =
        Json.object()
            .put("containerArn", container.arn)
            .put("taskArn", task.arn)
            .put("name", container.name)
            .put("image", container.image)
            .put("lastStatus", container.lastStatus);
    if (container.digest != null) {
      node.put("imageDigest", container.digest);
    }
    if (container.runtimeId != null) {
      node.put("runtimeId", container.runtimeId);
    }
    // Absent, not 0, for a container that never ran.
    if (container.exitCode != null) {
      node.put("exitCode", container.exitCode);
    }
    if (container.reason != null) {
      node.put("reason", container.reason);
    }
    node.putArray("networkBindings");
    node.putArray("networkInterfaces");
    node.put("cpu", container.definition.path("cpu").asText("0"));
    if (container.definition.has("memory")) {
      node.put("memory", container.definition.path("memory").asText());
    }
    return node;
  }
}
