package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Page;
import dev.slipway.local.account.Refusal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The calls about tasks. */
final class Tasks {
  private static final int MOST_DESCRIBED = 100;

  private final Account account;
  private final Clusters clusters;
  private final TaskDefinitions definitions;
  private final TaskLifecycle lifecycle;
  private final Map<String, ObjectNode> runs = new HashMap<>();

  Tasks(Account account, Clusters clusters, TaskDefinitions definitions, TaskLifecycle lifecycle) {
    this.account = account;
    this.clusters = clusters;
    this.definitions = definitions;
    this.lifecycle = lifecycle;
  }

  Operations operations() {
    return new Operations()
        .on("ListTasks", this::list)
        .on("DescribeTasks", this::describe)
        .on("StopTask", this::stop)
        .on("RunTask", this::run);
  }

  private static Task find(Cluster cluster, String idOrArn) {
    Task task = cluster.task(idOrArn);
    return task != null || idOrArn.startsWith("arn:")
        ? task
        : cluster.task(
            cluster.arn.replace(":cluster/" + cluster.name, ":task/" + cluster.name + "/")
                + idOrArn);
  }

  private ObjectNode list(ObjectNode input) {
    Cluster cluster = clusters.require(input);
    String service = Json.text(input, "serviceName");
    String name = service == null ? null : service.substring(service.lastIndexOf('/') + 1);
    if (name != null && !cluster.services.containsKey(name)) {
      throw new Refusal("ServiceNotFoundException", "Service not found.");
    }
    String desired = Json.text(input, "desiredStatus", "RUNNING");
    String startedBy = Json.text(input, "startedBy");
    String family = Json.text(input, "family");
    List<String> arns =
        (name == null ? cluster.tasks() : cluster.tasks("service:" + name))
            .stream()
                .filter(task -> task.desiredStatus.equals(desired))
                .filter(task -> startedBy == null || startedBy.equals(task.startedBy))
                .filter(task -> family == null || family.equals(task.definition.family))
                .map(task -> task.arn)
                .toList();
    Page<String> page = Page.of(arns, input, 100, 100);
    ObjectNode answer = Json.object();
    answer.set("taskArns", Json.strings(page.items()));
    page.writeToken(answer);
    return answer;
  }

  private ObjectNode describe(ObjectNode input) {
    Cluster cluster = clusters.require(input);
    List<String> wanted = Json.texts(input, "tasks");
    if (wanted.isEmpty() || wanted.size() > MOST_DESCRIBED) {
      throw new Refusal(
          "InvalidParameterException", "Tasks must have 1 to 100 elements: " + wanted.size());
    }
    ObjectNode answer = Json.object();
    ArrayNode found = answer.putArray("tasks");
    ArrayNode failures = answer.putArray("failures");
    for (String idOrArn : wanted) {
      Task task = find(cluster, idOrArn);
      if (task == null) {
        failures
            .addObject()
            .put(
                "arn",
                idOrArn.startsWith("arn:")
                    ? idOrArn
                    : account.arn("ecs", "task/" + cluster.name + "/" + idOrArn))
            .put("reason", "MISSING");
      } else {
        found.add(TaskView.answer(task));
      }
    }
    return answer;
  }

  private ObjectNode stop(ObjectNode input) {
    Task task = find(clusters.require(input), Json.required(input, "task"));
    if (task == null) {
      throw new Refusal("InvalidParameterException", "The referenced task was not found.");
    }
    lifecycle.stop(task, "UserInitiated", Json.text(input, "reason", "Task stopped by user"));
    ObjectNode answer = Json.object();
    answer.set("task", TaskView.answer(task));
    return answer;
  }

  private ObjectNode run(ObjectNode input) {
    String token = Json.text(input, "clientToken");
    return token == null
        ? runNow(input)
        : runs.computeIfAbsent(token, unused -> runNow(input)).deepCopy();
  }

  private ObjectNode runNow(ObjectNode input) {
    Cluster cluster = clusters.require(input);
    TaskDefinition definition = definitions.usable(Json.required(input, "taskDefinition"));
    int count = input.path("count").asInt(1);
    if (count < 1 || count > 10) {
      throw new Refusal("InvalidParameterException", "count must be between 1 and 10: " + count);
    }
    String launchType =
        Json.text(
            input,
            "launchType",
            Json.texts(definition.document, "requiresCompatibilities").contains("FARGATE")
                ? "FARGATE"
                : "EC2");
    ObjectNode answer = Json.object();
    ArrayNode started = answer.putArray("tasks");
    ArrayNode failures = answer.putArray("failures");
    for (int i = 0; i < count; i++) {
      Placement placement = Placement.find(cluster, definition, launchType);
      if (!placement.found()) {
        ObjectNode failure = failures.addObject().put("reason", placement.shortage().code());
        if (placement.instance() != null) {
          failure.put("arn", placement.instance().arn);
        }
        continue;
      }
      Task task = task(input, cluster, definition, launchType);
      if (placement.instance() != null) {
        task.instance = placement.instance();
        task.instance.take(task);
      }
      lifecycle.launch(task);
      started.add(TaskView.answer(task));
    }
    return answer;
  }

  private Task task(
      ObjectNode input, Cluster cluster, TaskDefinition definition, String launchType) {
    String id = account.ids().hex(32);
    Task task =
        new Task(
            id,
            account.arn("ecs", "task/" + cluster.name + "/" + id),
            cluster,
            definition,
            null,
            null,
            Json.text(input, "startedBy"),
            Json.text(input, "group", "family:" + definition.family),
            launchType,
            input.path("overrides") instanceof ObjectNode overrides
                ? overrides.deepCopy()
                : Json.object(),
            account.now());
    ServiceScheduler.addContainers(account, task, Map.of());
    return task;
  }
}
