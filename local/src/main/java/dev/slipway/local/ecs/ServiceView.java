package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Json;

/** A service as DescribeServices and the calls that change one give it. */
final class ServiceView {
  private ServiceView() {}

  static ObjectNode of(EcsService service, boolean withTags, EcsUnknowns unknowns) {
    ObjectNode node = service.settings.deepCopy();
    node.put("serviceArn", service.arn)
        .put("serviceName", service.name)
        .put("clusterArn", service.cluster.arn)
        .put("status", service.status)
        .put("desiredCount", service.desiredCount)
        .put("runningCount", service.tasks.stream().filter(Task::running).count())
        .put("pendingCount", service.tasks.stream().filter(Task::pending).count());
    node.set("createdAt", Json.seconds(service.createdAt));
    node.set(
        "deploymentConfiguration",
        DeploymentSettings.complete(service.settings.path("deploymentConfiguration")));
    for (String list :
        new String[] {
          "loadBalancers", "serviceRegistries", "placementConstraints", "placementStrategy"
        }) {
      if (!node.has(list)) {
        node.putArray(list);
      }
    }
    if (!node.has("schedulingStrategy")) {
      node.put("schedulingStrategy", "REPLICA");
    }
    if (!node.has("deploymentController")) {
      node.putObject("deploymentController").put("type", "ECS");
    }
    if (!node.has("propagateTags")) {
      node.put("propagateTags", "NONE");
    }
    ArrayNode deployments = node.putArray("deployments");
    if (service.codeDeployed()) {
      TaskSets.write(node, service);
    } else {
      service.deployments.forEach(each -> deployments.add(deployment(service, each)));
    }
    if (!service.deployments.isEmpty()) {
      ServiceRevision primary = service.primary().revision;
      node.put("taskDefinition", primary.taskDefinition.arn);
      node.put("launchType", ServiceScheduler.launchType(service, primary.taskDefinition));
    }
    ArrayNode events = node.putArray("events");
    service.messages.forEach(message ->
        events
            .addObject()
            .put("id", message.id())
            .put("message", message.text())
            .set("createdAt", Json.seconds(message.at())));
    ServiceDeployment current = current(service, unknowns);
    if (current != null && current.seen(unknowns)) {
      node.put("currentServiceDeployment", current.arn);
    }
    if (!service.codeDeployed()) {
      ArrayNode revisions = node.putArray("currentServiceRevisions");
      service.deployments.forEach(each -> revisions.add(revision(service, each)));
    }
    if (withTags) {
      node.set("tags", Json.tags(service.tags, "key", "value"));
    }
    return node;
  }

  private static ServiceDeployment current(EcsService service, EcsUnknowns unknowns) {
    ServiceDeployment current =
        unknowns.currentStays() && !service.history.isEmpty()
            ? service.history.getLast()
            : service.current();
    boolean begins =
        current != null
            && current.status == ServiceDeployment.Status.PENDING
            && service.history.size() > 1;
    return begins && unknowns.replacedNamed()
        ? service.history.get(service.history.size() - 2)
        : current;
  }

  /** How many tasks a deployment is to have; one that is not PRIMARY keeps what it has. */
  private static long desired(EcsService service, Deployment deployment) {
    return deployment.primary
        ? service.desiredCount
        : service.tasksOf(deployment).filter(Task::wanted).count();
  }

  private static ObjectNode deployment(EcsService service, Deployment deployment) {
    ObjectNode node =
        Json.object()
            .put("id", deployment.id)
            .put("status", deployment.primary ? "PRIMARY" : "ACTIVE")
            .put("taskDefinition", deployment.revision.taskDefinition.arn)
            .put("desiredCount", desired(service, deployment))
            .put("pendingCount", service.tasksOf(deployment).filter(Task::pending).count())
            .put("runningCount", service.tasksOf(deployment).filter(Task::running).count())
            .put("failedTasks", deployment.failedTasks)
            .put("rolloutState", deployment.state.name())
            .put("rolloutStateReason", deployment.reason)
            .put(
                "launchType",
                ServiceScheduler.launchType(service, deployment.revision.taskDefinition));
    node.set("createdAt", Json.seconds(deployment.createdAt));
    node.set("updatedAt", Json.seconds(deployment.updatedAt));
    if (deployment.revision.settings.has("networkConfiguration")) {
      node.set(
          "networkConfiguration",
          deployment.revision.settings.path("networkConfiguration").deepCopy());
    }
    return node;
  }

  static ObjectNode revision(EcsService service, Deployment deployment) {
    return Json.object()
        .put("arn", deployment.revision.arn)
        .put("requestedTaskCount", desired(service, deployment))
        .put("runningTaskCount", service.tasksOf(deployment).filter(Task::running).count())
        .put("pendingTaskCount", service.tasksOf(deployment).filter(Task::pending).count());
  }
}
