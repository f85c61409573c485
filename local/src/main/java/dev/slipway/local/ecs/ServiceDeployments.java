package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Page;
import dev.slipway.local.account.Refusal;
import dev.slipway.local.ecs.ServiceDeployment.Status;
import java.util.List;

/** The calls about service deployments and service revisions. */
final class ServiceDeployments {
  private static final int MOST_DESCRIBED = 20;

  private final Account account;
  private final EcsUnknowns unknowns;
  private final Clusters clusters;
  private final Services services;
  private final Rollouts rollouts;
  private final ServiceScheduler scheduler;

  ServiceDeployments(
      Account account,
      EcsUnknowns unknowns,
      Clusters clusters,
      Services services,
      Rollouts rollouts,
      ServiceScheduler scheduler) {
    this.account = account;
    this.unknowns = unknowns;
    this.clusters = clusters;
    this.services = services;
    this.rollouts = rollouts;
    this.scheduler = scheduler;
  }

  Operations operations() {
    return new Operations()
        .on("ListServiceDeployments", this::list)
        .on("DescribeServiceDeployments", this::describe)
        .on("DescribeServiceRevisions", this::describeRevisions)
        .on("StopServiceDeployment", this::stop)
        .on("ContinueServiceDeployment", this::proceed);
  }

  /** The service in the middle of {@code ...:<type>/<cluster>/<service>/<id>}, or null. */
  private EcsService service(String arn, String type) {
    String prefix = account.arn("ecs", type + "/");
    if (!arn.startsWith(prefix)) {
      return null;
    }
    String[] parts = arn.substring(prefix.length()).split("/", -1);
    Cluster cluster = parts.length == 3 ? clusters.find(parts[0]) : null;
    return cluster == null ? null : services.find(cluster, parts[1]);
  }

  private ServiceDeployment find(String arn) {
    EcsService service = service(arn, "service-deployment");
    if (service != null) {
      for (ServiceDeployment each : service.history) {
        if (each.arn.equals(arn) && each.seen(unknowns)) {
          return each;
        }
      }
    }
    return null;
  }

  private ObjectNode list(ObjectNode input) {
    EcsService service = services.require(input);
    List<String> statuses = Json.texts(input, "status");
    double after = input.path("createdAt").path("after").asDouble(0);
    double before = input.path("createdAt").path("before").asDouble(Double.MAX_VALUE);
    List<ServiceDeployment> matching =
        service.history.reversed().stream()
            .filter(each -> each.seen(unknowns))
            .filter(each -> statuses.isEmpty() || statuses.contains(each.status.name()))
            .filter(each -> {
              double created = each.createdAt.toEpochMilli() / 1000.0;
              return created >= after && created <= before;
            })
            .toList();
    Page<ServiceDeployment> page = Page.of(matching, input, 20, 100);
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("serviceDeployments");
    for (ServiceDeployment each : page.items()) {
      ObjectNode node = list.addObject();
      node.put("serviceDeploymentArn", each.arn)
          .put("serviceArn", service.arn)
          .put("clusterArn", service.cluster.arn)
          .put("targetServiceRevisionArn", each.target.revision.arn);
      status(node, each);
    }
    page.writeToken(answer);
    return answer;
  }

  private static void status(ObjectNode node, ServiceDeployment each) {
    node.put("status", each.status.name());
    if (each.statusReason != null) {
      node.put("statusReason", each.statusReason);
    }
    node.set("createdAt", Json.seconds(each.createdAt));
    if (each.startedAt != null) {
      node.set("startedAt", Json.seconds(each.startedAt));
    }
    if (each.finishedAt != null) {
      node.set("finishedAt", Json.seconds(each.finishedAt));
    }
  }

  private static List<String> arns(ObjectNode input, String member) {
    List<String> arns = Json.texts(input, member);
    if (arns.isEmpty() || arns.size() > MOST_DESCRIBED) {
      throw new Refusal(
          "InvalidParameterException", member + " must have 1 to 20 elements: " + arns.size());
    }
    return arns;
  }

  private ObjectNode describe(ObjectNode input) {
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("serviceDeployments");
    ArrayNode failures = answer.putArray("failures");
    for (String arn : arns(input, "serviceDeploymentArns")) {
      ServiceDeployment found = find(arn);
      if (found == null) {
        failures.addObject().put("arn", arn).put("reason", "MISSING");
      } else {
        list.add(describe(found));
      }
    }
    return answer;
  }

  private ObjectNode describe(ServiceDeployment each) {
    EcsService service = each.service;
    ObjectNode node = Json.object();
    node.put("serviceDeploymentArn", each.arn)
        .put("serviceArn", service.arn)
        .put("clusterArn", service.cluster.arn);
    status(node, each);
    node.set("updatedAt", Json.seconds(each.updatedAt));
    if (each.stoppedAt != null) {
      node.set("stoppedAt", Json.seconds(each.stoppedAt));
    }
    if (each.lifecycleStage != null) {
      node.put("lifecycleStage", each.lifecycleStage);
    }
    ArrayNode sources = node.putArray("sourceServiceRevisions");
    for (ServiceRevision source : each.sources) {
      service.deployments.stream()
          .filter(deployment -> deployment.revision == source)
          .findFirst()
          .ifPresentOrElse(
              deployment -> sources.add(ServiceView.revision(service, deployment)),
              () -> sources.add(gone(source)));
    }
    node.set(
        "targetServiceRevision",
        service.deployments.contains(each.target)
            ? ServiceView.revision(service, each.target)
            : gone(each.target.revision));
    weights(node, each);
    node.set("deploymentConfiguration", each.configuration.deepCopy());
    node.set("deploymentCircuitBreaker", breaker(each));
    alarms(node, each);
    if (each.rollback != null) {
      ObjectNode rollback = node.putObject("rollback");
      rollback
          .put("reason", each.rollbackReason)
          .put("serviceRevisionArn", each.rollback.revision.arn);
      rollback.set("startedAt", Json.seconds(each.rollbackStartedAt));
    }
    return node;
  }

  private void weights(ObjectNode node, ServiceDeployment each) {
    TrafficShift shift = each.shift;
    if (shift == null) {
      return;
    }
    ((ObjectNode) node.path("targetServiceRevision"))
        .put("requestedTestTrafficWeight", shift.test)
        .put("requestedProductionTrafficWeight", shift.production);
    for (JsonNode source : node.path("sourceServiceRevisions")) {
      ((ObjectNode) source)
          .put("requestedTestTrafficWeight", 100 - shift.test)
          .put("requestedProductionTrafficWeight", 100 - shift.production);
    }
    List<LifecycleHook> hooks =
        each.status != Status.IN_PROGRESS && unknowns.endedHooksListed()
            ? shift.lastHooks
            : shift.hooks;
    if (hooks != null) {
      ArrayNode details = node.putArray("lifecycleHookDetails");
      for (LifecycleHook hook : hooks) {
        ObjectNode detail =
            details
                .addObject()
                .put("hookId", hook.id)
                .put("targetType", hook.type())
                .put("status", hook.status.name())
                .put("timeoutAction", hook.timeoutAction());
        detail.set("expiresAt", Json.seconds(hook.expiresAt));
        if (!hook.isPause()) {
          detail.put("targetArn", hook.definition.path("hookTargetArn").asText());
        }
      }
    }
  }

  private ObjectNode proceed(ObjectNode input) {
    String arn = Json.required(input, "serviceDeploymentArn");
    String action = Json.text(input, "action", "CONTINUE");
    if (!action.equals("CONTINUE") && !action.equals("ROLLBACK")) {
      throw new Refusal(
          "InvalidParameterException", "action must be CONTINUE or ROLLBACK: " + action);
    }
    ServiceDeployment found = find(arn);
    if (found == null) {
      throw new Refusal("ServiceDeploymentNotFoundException", "Service deployment not found.");
    }
    if (found.status != Status.IN_PROGRESS) {
      throw new Refusal(
          "InvalidParameterException",
          "The service deployment cannot be continued in its status " + found.status + ".");
    }
    scheduler.hooks().act(found, Json.required(input, "hookId"), action);
    return Json.object().put("serviceDeploymentArn", arn);
  }

  private static ObjectNode gone(ServiceRevision revision) {
    return Json.object()
        .put("arn", revision.arn)
        .put("requestedTaskCount", 0)
        .put("runningTaskCount", 0)
        .put("pendingTaskCount", 0);
  }

  private static ObjectNode breaker(ServiceDeployment each) {
    String status =
        !each.settings.breaker()
            ? "DISABLED"
            : each.breakerTriggered
                ? "TRIGGERED"
                : each.status.ended() ? "MONITORING_COMPLETE" : "MONITORING";
    return Json.object()
        .put("status", status)
        .put("failureCount", each.target.breakerCount)
        .put("threshold", each.settings.threshold(each.service.desiredCount));
  }

  private static void alarms(ObjectNode node, ServiceDeployment each) {
    ObjectNode alarms = node.putObject("alarms");
    String status =
        each.settings.alarms().isEmpty() || (each.startedAt != null && !each.alarmsWatched)
            ? "DISABLED"
            : !each.triggeredAlarms.isEmpty()
                ? "TRIGGERED"
                : each.status.ended() ? "MONITORING_COMPLETE" : "MONITORING";
    alarms.put("status", status);
    alarms.set("alarmNames", Json.strings(each.settings.alarms()));
    alarms.set("triggeredAlarmNames", Json.strings(each.triggeredAlarms));
  }

  private ObjectNode describeRevisions(ObjectNode input) {
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("serviceRevisions");
    ArrayNode failures = answer.putArray("failures");
    for (String arn : arns(input, "serviceRevisionArns")) {
      EcsService service = service(arn, "service-revision");
      ServiceRevision revision = service == null ? null : service.revisions.get(arn);
      if (revision == null) {
        failures.addObject().put("arn", arn).put("reason", "MISSING");
        continue;
      }
      ObjectNode node = list.addObject();
      node.put("serviceRevisionArn", arn)
          .put("serviceArn", service.arn)
          .put("clusterArn", service.cluster.arn)
          .put("taskDefinition", revision.taskDefinition.arn)
          .put("launchType", ServiceScheduler.launchType(service, revision.taskDefinition));
      node.set("containerImages", revision.containerImages());
      node.set("createdAt", Json.seconds(revision.createdAt));
      for (String member :
          List.of(
              "loadBalancers",
              "networkConfiguration",
              "platformVersion",
              "capacityProviderStrategy",
              "serviceRegistries")) {
        JsonNode value = revision.settings.get(member);
        if (value != null) {
          node.set(member, value.deepCopy());
        }
      }
    }
    return answer;
  }

  private ObjectNode stop(ObjectNode input) {
    String arn = Json.required(input, "serviceDeploymentArn");
    String type = Json.text(input, "stopType", "ROLLBACK");
    if (!type.equals("ROLLBACK")) {
      throw new Refusal("InvalidParameterException", "stopType must be ROLLBACK: " + type);
    }
    ServiceDeployment found = find(arn);
    if (found == null) {
      throw new Refusal("ServiceDeploymentNotFoundException", "Service deployment not found.");
    }
    if (found.status.ended()) {
      throw new Refusal(
          "ConflictException",
          "The service deployment cannot be stopped in its status " + found.status + ".");
    }
    if (found.status == Status.PENDING || found.status == Status.IN_PROGRESS) {
      if (found.service.lastSuccessful == null) {
        throw new Refusal(
            "ConflictException", "There is no successful service revision to roll back to.");
      }
      rollouts.stop(found, found.service.lastSuccessful);
      scheduler.poke(found.service);
    }
    return Json.object().put("serviceDeploymentArn", arn);
  }
}
