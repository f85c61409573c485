package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** The events of ECS, as the developer guide and EventBridge's schema registry give them. */
final class EcsEvents {
  private static final String SOURCE = "aws.ecs";
  private static final DateTimeFormatter NANOS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);

  private final Account account;
  private final EcsUnknowns unknowns;

  EcsEvents(Account account, EcsUnknowns unknowns) {
    this.account = account;
    this.unknowns = unknowns;
  }

  void taskState(Task task) {
    account.emit(SOURCE, "ECS Task State Change", List.of(task.arn), TaskView.event(task));
  }

  void deploymentInProgress(EcsService service, Deployment deployment, String reason) {
    deployment(service, "INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS", deployment.id, reason);
  }

  void deploymentCompleted(EcsService service, Deployment deployment) {
    deployment(
        service,
        "INFO",
        "SERVICE_DEPLOYMENT_COMPLETED",
        deployment.id,
        "ECS deployment " + deployment.id + " completed.");
  }

  void deploymentFailed(EcsService service, Deployment deployment, String reason) {
    deployment(service, "ERROR", "SERVICE_DEPLOYMENT_FAILED", deployment.id, reason);
  }

  private void deployment(
      EcsService service, String type, String name, String deploymentId, String reason) {
    account.emit(
        SOURCE,
        "ECS Deployment State Change",
        List.of(service.arn),
        Json.object()
            .put("eventType", type)
            .put("eventName", name)
            .put("deploymentId", deploymentId)
            .put("updatedAt", account.now().toString())
            .put("reason", reason));
    if (unknowns.deploymentsAsServiceActions()) {
      emitAction(service, action(service, type, name).put("reason", reason));
    }
  }

  /** A person or a hook ended the deployment; whether ECS calls that a failure is not known. */
  void deploymentStopped(EcsService service, Deployment deployment, String reason) {
    if (unknowns.stoppingFails()) {
      deploymentFailed(service, deployment, reason);
    }
  }

  /** The times of this event have nine decimals. */
  void hook(ServiceDeployment deployment, LifecycleHook hook) {
    account.emit(
        SOURCE,
        "ECS Hook State Change",
        List.of(deployment.arn),
        Json.object()
            .put("eventType", hook.waiting() || succeeded(hook) ? "INFO" : "ERROR")
            .put("eventName", "HOOK_" + hook.status.name())
            .put("hookId", hook.id)
            .put("hookType", hook.type())
            .put("expiresAt", NANOS.format(hook.expiresAt))
            .put("lifecycleStage", hook.stage.name())
            .put("clusterArn", deployment.service.cluster.arn)
            .put("serviceArn", deployment.service.arn)
            .put("serviceDeploymentArn", deployment.arn)
            .put("updatedAt", NANOS.format(account.now())));
  }

  private static boolean succeeded(LifecycleHook hook) {
    return hook.status == LifecycleHook.Status.SUCCEEDED;
  }

  private ObjectNode action(EcsService service, String type, String name) {
    return Json.object()
        .put("eventType", type)
        .put("eventName", name)
        .put("clusterArn", service.cluster.arn)
        .put("createdAt", account.now().toString());
  }

  private void emitAction(EcsService service, ObjectNode detail) {
    account.emit(SOURCE, "ECS Service Action", List.of(service.arn), detail);
  }

  void steady(EcsService service) {
    emitAction(service, action(service, "INFO", "SERVICE_STEADY_STATE"));
  }

  /** ECS cannot start the service's tasks and now waits longer between attempts. */
  void startImpaired(EcsService service) {
    emitAction(service, action(service, "WARN", "SERVICE_TASK_START_IMPAIRED"));
  }

  void placementFailure(EcsService service, ContainerInstance instance, String reason) {
    ObjectNode detail =
        action(service, "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE").put("reason", reason);
    if (instance != null) {
      detail.putArray("containerInstanceArns").add(instance.arn);
      detail.putArray("ec2InstanceIds").add(instance.ec2InstanceId);
    }
    emitAction(service, detail);
  }
}
