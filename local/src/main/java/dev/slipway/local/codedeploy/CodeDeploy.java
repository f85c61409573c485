package dev.slipway.local.codedeploy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Refusal;
import dev.slipway.local.codedeploy.CodeDeployment.Status;
import dev.slipway.local.ecs.TaskSets;
import dev.slipway.local.services.Alarms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * CodeDeploy for ECS: applications, deployment groups, blue/green deployments. The functions that
 * an AppSpec names as hooks are not called; {@link #functions} says what comes of them.
 */
public final class CodeDeploy {
  private final Account account;
  private final TaskSets taskSets;
  private final BlueGreen blueGreen;

  /** Deployment groups by application, then by name. */
  private final TreeMap<String, TreeMap<String, Group>> applications = new TreeMap<>();

  private final Map<String, CodeDeployment> deployments = new LinkedHashMap<>();

  /** AppSpecs in S3, by bucket and key. */
  private final Map<String, String> objects = new TreeMap<>();

  public CodeDeploy(Account account, TaskSets taskSets, Alarms alarms) {
    this.account = account;
    this.taskSets = taskSets;
    this.blueGreen =
        new BlueGreen(
            account, taskSets, alarms, back -> deployments.put(back.id, back), this::busy);
    taskSets.watch(service ->
        open().stream()
            .filter(deployment -> deployment.serviceArn.equals(service))
            .forEach(blueGreen::look));
    alarms.watch(() -> open().forEach(blueGreen::alarmChanged));
  }

  /** Puts an object into S3, as far as CodeDeploy reads there. */
  public void object(String bucket, String key, String text) {
    account.exclusively(() -> objects.put(bucket + "/" + key, text));
  }

  /** Whether the functions that an AppSpec names as hooks succeed; at first all of them do. */
  public void functions(Predicate<String> succeeds) {
    account.exclusively(() -> blueGreen.functions(succeeds));
  }

  /**
   * Ends the deployment of a service that keeps its old tasks for a while, with success, at once:
   * to be the other one in a race.
   *
   * @throws IllegalStateException if no deployment of the service keeps its old tasks
   */
  public void completeNow(String cluster, String service) {
    account.exclusively(() ->
        blueGreen.completeNow(
            open().stream()
                .filter(each -> each.group.cluster.equals(cluster))
                .filter(each -> each.group.service.equals(service))
                .findFirst()
                .orElseThrow(() ->
                    new IllegalStateException(
                        "CodeDeploy does not deploy " + cluster + "/" + service))));
  }

  /**
   * How long after the end of a deployment the one begins that takes it back: AWS does not say. At
   * first at once. It does not begin if another one of the group has begun by then.
   */
  public void rollsBackAfter(Duration delay) {
    account.exclusively(() -> blueGreen.rollsBackAfter(delay));
  }

  private boolean busy(Group group) {
    return open().stream().anyMatch(each -> each.group == group);
  }

  private List<CodeDeployment> open() {
    return deployments.values().stream().filter(each -> !each.status.ended()).toList();
  }

  public Operations operations() {
    return new Operations()
        .on("CreateApplication", this::createApplication)
        .on("DeleteApplication", this::deleteApplication)
        .on("ListApplications", this::listApplications)
        .on("CreateDeploymentGroup", this::createGroup)
        .on("ListDeploymentGroups", this::listGroups)
        .on("GetDeploymentGroup", this::getGroup)
        .on("BatchGetDeploymentGroups", this::batchGetGroups)
        .on("CreateDeployment", this::createDeployment)
        .on("GetDeployment", this::getDeployment)
        .on("BatchGetDeployments", this::batchGetDeployments)
        .on("ListDeployments", this::listDeployments)
        .on("GetDeploymentTarget", this::getTarget)
        .on("GetApplicationRevision", this::getRevision)
        .on("StopDeployment", this::stopDeployment)
        .on("ContinueDeployment", this::continueDeployment);
  }

  private ObjectNode createApplication(ObjectNode input) {
    String name = Json.text(input, "applicationName", "");
    if (!Json.text(input, "computePlatform", "Server").equals("ECS")) {
      throw new Refusal(
          "InvalidComputePlatformException", "The local account knows the platform ECS only.");
    }
    if (applications.putIfAbsent(name, new TreeMap<>()) != null) {
      throw new Refusal("ApplicationAlreadyExistsException", "Application already exists: " + name);
    }
    return Json.object().put("applicationId", account.ids().uuid());
  }

  /** With its groups, its revisions and what it deployed. */
  private ObjectNode deleteApplication(ObjectNode input) {
    String name = Json.text(input, "applicationName", "");
    applications.remove(name);
    deployments
        .values()
        .removeIf(each -> {
          boolean its = each.group.application.equals(name);
          if (its) {
            BlueGreen.cancel(each);
          }
          return its;
        });
    return Json.object();
  }

  private ObjectNode listApplications(ObjectNode input) {
    ObjectNode answer = Json.object();
    answer.set("applications", Json.strings(applications.keySet()));
    return answer;
  }

  private TreeMap<String, Group> application(ObjectNode input) {
    String name = Json.text(input, "applicationName", "");
    TreeMap<String, Group> found = applications.get(name);
    if (found == null) {
      throw new Refusal(
          "ApplicationDoesNotExistException", "No application found for name: " + name);
    }
    return found;
  }

  private Group group(ObjectNode input) {
    String name = Json.text(input, "deploymentGroupName", "");
    Group found = application(input).get(name);
    if (found == null) {
      throw new Refusal(
          "DeploymentGroupDoesNotExistException", "No Deployment Group found for name: " + name);
    }
    return found;
  }

  private ObjectNode createGroup(ObjectNode input) {
    TreeMap<String, Group> groups = application(input);
    String name = Json.text(input, "deploymentGroupName", "");
    if (groups.containsKey(name)) {
      throw new Refusal(
          "DeploymentGroupAlreadyExistsException", "Deployment group already exists: " + name);
    }
    checkConfig(Json.text(input, "deploymentConfigName", "CodeDeployDefault.ECSAllAtOnce"));
    Group group =
        new Group(
            Json.text(input, "applicationName"), name, account.ids().uuid(), input.deepCopy());
    if (taskSets.service(group.cluster, group.service) == null) {
      throw new Refusal(
          "InvalidECSServiceException",
          "There is no ACTIVE service of the CODE_DEPLOY controller: "
              + group.cluster
              + "/"
              + group.service);
    }
    groups.put(name, group);
    return Json.object().put("deploymentGroupId", group.id);
  }

  private static void checkConfig(String config) {
    try {
      CodeDeployment.Shifting.of(config);
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          "DeploymentConfigDoesNotExistException",
          "No deployment configuration found for name: " + config);
    }
  }

  private ObjectNode listGroups(ObjectNode input) {
    ObjectNode answer = Json.object();
    answer.set("deploymentGroups", Json.strings(application(input).keySet()));
    return answer.put("applicationName", Json.text(input, "applicationName"));
  }

  private ObjectNode getGroup(ObjectNode input) {
    ObjectNode answer = Json.object();
    answer.set("deploymentGroupInfo", group(input).describe());
    return answer;
  }

  private ObjectNode batchGetGroups(ObjectNode input) {
    TreeMap<String, Group> groups = application(input);
    ObjectNode answer = Json.object();
    ArrayNode found = answer.putArray("deploymentGroupsInfo");
    for (String name : Json.texts(input, "deploymentGroupNames")) {
      if (groups.containsKey(name)) {
        found.add(groups.get(name).describe());
      }
    }
    return answer;
  }

  private ObjectNode createDeployment(ObjectNode input) {
    Group group = group(input);
    Revision revision = Revision.of(input.path("revision"), objects::get);
    String config = Json.text(input, "deploymentConfigName", group.deploymentConfig());
    checkConfig(config);
    for (CodeDeployment other : open()) {
      if (other.group == group) {
        throw new Refusal(
            "DeploymentLimitExceededException",
            "The Deployment Group '"
                + group.name
                + "' already has an active Deployment '"
                + other.id
                + "'");
      }
    }
    String service = taskSets.service(group.cluster, group.service);
    if (service == null) {
      throw new Refusal(
          "InvalidECSServiceException", "The service is not ACTIVE: " + group.service);
    }
    CodeDeployment deployment =
        new CodeDeployment(
            account.ids().codeDeploy(),
            group,
            service,
            "user",
            Json.text(input, "description"),
            revision,
            config,
            account.now());
    if (input.get("overrideAlarmConfiguration") instanceof ObjectNode alarms) {
      deployment.ownAlarms = alarms.deepCopy();
      deployment.alarms = Group.alarms(alarms);
    }
    deployments.put(deployment.id, deployment);
    blueGreen.start(deployment);
    return Json.object().put("deploymentId", deployment.id);
  }

  private CodeDeployment deployment(ObjectNode input) {
    String id = Json.text(input, "deploymentId", "");
    CodeDeployment found = deployments.get(id);
    if (found == null) {
      throw new Refusal(
          "DeploymentDoesNotExistException", "The deployment " + id + " could not be found");
    }
    return found;
  }

  private ObjectNode getDeployment(ObjectNode input) {
    ObjectNode answer = Json.object();
    answer.set("deploymentInfo", deployment(input).describe());
    return answer;
  }

  private ObjectNode getTarget(ObjectNode input) {
    CodeDeployment found = deployment(input);
    if (found.status == Status.CREATED) {
      throw new Refusal(
          "DeploymentNotStartedException", "The deployment " + found.id + " has not started.");
    }
    ObjectNode target = found.target();
    if (!target
        .path("ecsTarget")
        .path("targetId")
        .asText()
        .equals(Json.text(input, "targetId", ""))) {
      throw new Refusal(
          "DeploymentTargetDoesNotExistException",
          "No target " + Json.text(input, "targetId") + " in " + found.id);
    }
    ObjectNode answer = Json.object();
    answer.set("deploymentTarget", target);
    return answer;
  }

  private ObjectNode getRevision(ObjectNode input) {
    application(input);
    for (CodeDeployment each : deployments.values()) {
      if (each.revision.asked(input.path("revision"))) {
        ObjectNode answer =
            Json.object().put("applicationName", Json.text(input, "applicationName"));
        answer.set("revision", each.revision.whole());
        return answer;
      }
    }
    throw new Refusal(
        "RevisionDoesNotExistException", "No such revision: " + input.path("revision"));
  }

  private ObjectNode batchGetDeployments(ObjectNode input) {
    ObjectNode answer = Json.object();
    ArrayNode found = answer.putArray("deploymentsInfo");
    for (String id : Json.texts(input, "deploymentIds")) {
      if (deployments.containsKey(id)) {
        found.add(deployments.get(id).describe());
      }
    }
    return answer;
  }

  private ObjectNode listDeployments(ObjectNode input) {
    String application = Json.text(input, "applicationName");
    String group = Json.text(input, "deploymentGroupName");
    List<String> statuses = Json.texts(input, "includeOnlyStatuses");
    long since = input.path("createTimeRange").path("start").asLong(0);
    List<String> ids = new ArrayList<>();
    for (CodeDeployment each : deployments.values()) {
      if ((application == null || application.equals(each.group.application))
          && (group == null || group.equals(each.group.name))
          && each.createdAt.getEpochSecond() >= since
          && (statuses.isEmpty() || statuses.contains(each.describe().path("status").asText()))) {
        ids.addFirst(each.id);
      }
    }
    ObjectNode answer = Json.object();
    answer.set("deployments", Json.strings(ids));
    return answer;
  }

  private ObjectNode stopDeployment(ObjectNode input) {
    CodeDeployment found = deployment(input);
    if (found.status.ended()) {
      throw new Refusal(
          "DeploymentAlreadyCompletedException",
          "The deployment " + found.id + " is already completed and can't be stopped.");
    }
    boolean rollBack =
        input.path("autoRollbackEnabled").asBoolean()
            || found.group.rollsBackOn("DEPLOYMENT_STOP_ON_REQUEST");
    blueGreen.stop(found, "MANUAL_STOP", "The deployment was stopped by a user.", rollBack);
    return Json.object()
        .put("status", "Succeeded")
        .put("statusMessage", "The deployment was stopped.");
  }

  private ObjectNode continueDeployment(ObjectNode input) {
    CodeDeployment found = deployment(input);
    if (found.status != Status.READY) {
      throw new Refusal(
          "DeploymentIsNotInReadyStateException",
          "The deployment " + found.id + " does not wait for traffic to be rerouted.");
    }
    blueGreen.proceed(found);
    return Json.object();
  }
}
