package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** An EC2 instance of a cluster: what it has, and the tasks that take of it. */
final class ContainerInstance {
  final String arn;
  final String ec2InstanceId;
  final int cpu;
  final int memory;
  private final Instant registeredAt;
  private final List<Task> tasks = new ArrayList<>();

  ContainerInstance(String arn, String ec2InstanceId, int cpu, int memory, Instant registeredAt) {
    this.arn = arn;
    this.ec2InstanceId = ec2InstanceId;
    this.cpu = cpu;
    this.memory = memory;
    this.registeredAt = registeredAt;
  }

  int remainingCpu() {
    return cpu - tasks.stream().mapToInt(task -> task.definition.cpu()).sum();
  }

  int remainingMemory() {
    return memory - tasks.stream().mapToInt(task -> task.definition.memory()).sum();
  }

  private List<Integer> usedPorts() {
    return tasks.stream().flatMap(task -> fixedPorts(task.definition).stream()).toList();
  }

  /** Host ports that a task claims on its instance; in awsvpc it has an address of its own. */
  private static List<Integer> fixedPorts(TaskDefinition definition) {
    List<Integer> ports = new ArrayList<>();
    if (!definition.awsvpc()) {
      boolean host = definition.document.path("networkMode").asText().equals("host");
      for (JsonNode container : definition.containers()) {
        for (JsonNode mapping : container.path("portMappings")) {
          int port = mapping.path("hostPort").asInt(0);
          if (port == 0 && host) {
            port = mapping.path("containerPort").asInt(0);
          }
          if (port != 0) {
            ports.add(port);
          }
        }
      }
    }
    return ports;
  }

  /** What is missing for one more task, as the service's event words it, or null if it fits. */
  Shortage shortage(TaskDefinition definition) {
    if (definition.cpu() > remainingCpu()) {
      return new Shortage("RESOURCE:CPU", "has insufficient CPU units available");
    }
    if (definition.memory() > remainingMemory()) {
      return new Shortage("RESOURCE:MEMORY", "has insufficient memory available");
    }
    List<Integer> used = usedPorts();
    return fixedPorts(definition).stream().anyMatch(used::contains)
        ? new Shortage("RESOURCE:PORTS", "is already using a port required by your task")
        : null;
  }

  record Shortage(String code, String words) {}

  void take(Task task) {
    tasks.add(task);
  }

  void release(Task task) {
    tasks.remove(task);
  }

  ObjectNode describe() {
    ObjectNode node =
        Json.object()
            .put("containerInstanceArn", arn)
            .put("ec2InstanceId", ec2InstanceId)
            .put("status", "ACTIVE")
            .put("agentConnected", true)
            .put("runningTasksCount", tasks.size())
            .put("pendingTasksCount", 0);
    resources(node.putArray("registeredResources"), cpu, memory, List.of());
    resources(node.putArray("remainingResources"), remainingCpu(), remainingMemory(), usedPorts());
    node.putArray("attributes");
    node.set("registeredAt", Json.seconds(registeredAt));
    return node;
  }

  private static void resources(ArrayNode list, int cpu, int memory, List<Integer> ports) {
    list.addObject().put("name", "CPU").put("type", "INTEGER").put("integerValue", cpu);
    list.addObject().put("name", "MEMORY").put("type", "INTEGER").put("integerValue", memory);
    ArrayNode set =
        list.addObject().put("name", "PORTS").put("type", "STRINGSET").putArray("stringSetValue");
    ports.forEach(port -> set.add(port.toString()));
  }
}
