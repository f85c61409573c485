package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.CodeDeployment.Revision;
import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** AWS CodeDeploy over {@link AwsApi}. Names that are new to us are passed on as they are. */
public final class JsonCodeDeploy implements CodeDeploy {

  /** BatchGetDeployments takes 25. */
  private static final int DEPLOYMENTS_A_CALL = 25;

  /** BatchGetDeploymentGroups takes a hundred. */
  private static final int GROUPS_A_CALL = 100;

  private static final String NOT_STARTED = "DeploymentNotStartedException";

  /** The configuration that moves the traffic in one step. */
  private static final String AT_ONCE = "CodeDeployDefault.ECSAllAtOnce";

  /** Statuses of a lifecycle event that has not begun, and will not if the deployment has ended. */
  private static final Set<String> NOT_BEGUN = Set.of("Pending", "Skipped");

  private final AwsApi aws;

  public JsonCodeDeploy(AwsApi aws) {
    this.aws = aws;
  }

  @Override
  public Optional<CodeDeployment> deployment(String id) {
    try {
      JsonNode info =
          aws.call(AwsService.CODEDEPLOY, "GetDeployment", Json.object().put("deploymentId", id))
              .path("deploymentInfo");
      return info.isObject() ? Optional.of(view(info)) : Optional.empty();
    } catch (AwsException e) {
      if (e.is("DeploymentDoesNotExistException")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static CodeDeployment view(JsonNode info) {
    JsonNode error = info.path("errorInformation");
    JsonNode rollback = info.path("rollbackInfo");
    return new CodeDeployment(
        Json.text(info, "deploymentId"),
        new DeploymentGroup(
            Json.text(info, "applicationName"), Json.text(info, "deploymentGroupName")),
        Json.text(info, "status"),
        Json.text(info, "creator"),
        Json.text(info, "description"),
        Json.text(error, "code"),
        Json.text(error, "message"),
        Json.text(rollback, "rollbackDeploymentId"),
        Json.text(rollback, "rollbackTriggeringDeploymentId"),
        info.path("autoRollbackConfiguration").path("enabled").asBoolean(),
        revision(info.path("revision")),
        Json.instant(info, "createTime"),
        Json.instant(info, "completeTime"));
  }

  private static Revision revision(JsonNode revision) {
    String type = Json.text(revision, "revisionType");
    // The CLI's guide for ECS has the older name, which AWS keeps answering with.
    JsonNode given = revision.path(revision.has("string") ? "string" : "appSpecContent");
    JsonNode s3 = revision.path("s3Location");
    String place =
        s3.isObject()
            ? "s3://" + Json.text(s3, "bucket") + "/" + Json.text(s3, "key")
            : given.isObject() ? "" : type.isEmpty() ? "an unknown place" : type;
    return new Revision(type, Json.text(given, "content"), Json.text(given, "sha256"), place);
  }

  @Override
  public List<CodeDeployment> deployments(DeploymentGroup group, Instant since) {
    ObjectNode input = named(group);
    input.putObject("createTimeRange").put("start", since.getEpochSecond());
    return listed(input);
  }

  @Override
  public List<CodeDeployment> underWay(DeploymentGroup group) {
    ObjectNode input = named(group);
    input.set(
        "includeOnlyStatuses",
        Json.array(List.of("Created", "Queued", "InProgress", "Baking", "Ready")));
    // What has ended between the two calls is not under way.
    return listed(input).stream().filter(CodeDeployment::underWay).toList();
  }

  private List<CodeDeployment> listed(ObjectNode input) {
    List<String> ids =
        pages(
            page -> aws.call(AwsService.CODEDEPLOY, "ListDeployments", page), input, "deployments");
    List<CodeDeployment> found = new ArrayList<>();
    for (int i = 0; i < ids.size(); i += DEPLOYMENTS_A_CALL) {
      ObjectNode batch = Json.object();
      batch.set(
          "deploymentIds",
          Json.array(ids.subList(i, Math.min(i + DEPLOYMENTS_A_CALL, ids.size()))));
      aws.call(AwsService.CODEDEPLOY, "BatchGetDeployments", batch)
          .path("deploymentsInfo")
          .forEach(info -> found.add(view(info)));
    }
    found.sort(
        Comparator.comparing(
                CodeDeployment::createdAt, Comparator.nullsFirst(Comparator.naturalOrder()))
            .reversed());
    return found;
  }

  @Override
  public boolean deploys(DeploymentGroup group, ServiceRef service) {
    return deploys(info(group), service);
  }

  @Override
  public List<String> alarms(DeploymentGroup group) {
    JsonNode watched = info(group).path("alarmConfiguration");
    List<String> names = new ArrayList<>();
    if (watched.path("enabled").asBoolean()) {
      watched.path("alarms").forEach(alarm -> names.add(Json.text(alarm, "name")));
    }
    return names;
  }

  /** A missing node if it is not there. */
  private JsonNode info(DeploymentGroup group) {
    try {
      return aws.call(AwsService.CODEDEPLOY, "GetDeploymentGroup", named(group))
          .path("deploymentGroupInfo");
    } catch (AwsException e) {
      if (e.is("ApplicationDoesNotExistException", "DeploymentGroupDoesNotExistException")) {
        return MissingNode.getInstance();
      }
      throw e;
    }
  }

  private static boolean deploys(JsonNode group, ServiceRef service) {
    JsonNode services = group.path("ecsServices");
    return services.size() == 1
        && Json.text(services.get(0), "serviceName").equals(service.name())
        && Json.text(services.get(0), "clusterName").equals(service.cluster());
  }

  @Override
  public Optional<DeploymentGroup> groupOf(ServiceRef service) {
    for (String application :
        pages(
            page -> aws.call(AwsService.CODEDEPLOY, "ListApplications", page),
            Json.object(),
            "applications")) {
      try {
        Optional<DeploymentGroup> found = groupOf(application, service);
        if (found.isPresent()) {
          return found;
        }
      } catch (AwsException e) {
        // Deleted since it was listed.
        if (!e.is("ApplicationDoesNotExistException")) {
          throw e;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<DeploymentGroup> groupOf(String application, ServiceRef service) {
    List<String> names =
        pages(
            page -> aws.call(AwsService.CODEDEPLOY, "ListDeploymentGroups", page),
            Json.object().put("applicationName", application),
            "deploymentGroups");
    for (int i = 0; i < names.size(); i += GROUPS_A_CALL) {
      ObjectNode input = Json.object().put("applicationName", application);
      input.set(
          "deploymentGroupNames",
          Json.array(names.subList(i, Math.min(i + GROUPS_A_CALL, names.size()))));
      for (JsonNode group :
          aws.call(AwsService.CODEDEPLOY, "BatchGetDeploymentGroups", input)
              .path("deploymentGroupsInfo")) {
        if (deploys(group, service)) {
          return Optional.of(
              new DeploymentGroup(application, Json.text(group, "deploymentGroupName")));
        }
      }
    }
    return Optional.empty();
  }

  /** The texts in this field of all pages. */
  private static List<String> pages(
      UnaryOperator<ObjectNode> call, ObjectNode first, String field) {
    List<String> found = new ArrayList<>();
    ObjectNode input = first;
    String next;
    do {
      ObjectNode answer = call.apply(input);
      answer.path(field).forEach(text -> found.add(text.asText()));
      next = Json.text(answer, "nextToken");
      input = first.deepCopy().put("nextToken", next);
    } while (!next.isEmpty());
    return found;
  }

  @Override
  public Optional<String> appSpec(CodeDeployment deployment) {
    Revision deployed = deployment.revision();
    if (!deployed.content().isEmpty() || deployed.sha256().isEmpty()) {
      return Optional.of(deployed.content()).filter(content -> !content.isEmpty());
    }
    String member = deployed.type().equals("String") ? "string" : "appSpecContent";
    ObjectNode input = Json.object().put("applicationName", deployment.group().application());
    input
        .putObject("revision")
        .put("revisionType", deployed.type())
        .putObject(member)
        .put("sha256", deployed.sha256());
    try {
      JsonNode revision =
          aws.call(AwsService.CODEDEPLOY, "GetApplicationRevision", input).path("revision");
      return Optional.of(Json.text(revision.path(member), "content"))
          .filter(content -> !content.isEmpty());
    } catch (AwsException e) {
      if (e.is("RevisionDoesNotExistException", "ApplicationDoesNotExistException")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public String create(DeploymentGroup group, String description, String appSpec) {
    return created(named(group).put("description", description), appSpec);
  }

  @Override
  public String createWayBack(DeploymentGroup group, String description, String appSpec) {
    ObjectNode input =
        named(group).put("description", description).put("deploymentConfigName", AT_ONCE);
    // Not where there are none: it takes a permission that may be denied.
    if (!alarms(group).isEmpty()) {
      input.putObject("overrideAlarmConfiguration").put("enabled", false);
    }
    return created(input, appSpec);
  }

  private String created(ObjectNode input, String appSpec) {
    input
        .putObject("revision")
        .put("revisionType", "AppSpecContent")
        .putObject("appSpecContent")
        .put("content", appSpec);
    String id =
        Json.text(aws.call(AwsService.CODEDEPLOY, "CreateDeployment", input), "deploymentId");
    if (id.isEmpty()) {
      throw new AwsException(
          AwsService.CODEDEPLOY,
          "CreateDeployment",
          AwsException.NO_ANSWER,
          "the answer has no deploymentId",
          200,
          Json.object());
    }
    return id;
  }

  @Override
  public void stopAndRollBack(String id) {
    aws.call(
        AwsService.CODEDEPLOY,
        "StopDeployment",
        Json.object().put("deploymentId", id).put("autoRollbackEnabled", true));
  }

  @Override
  public void reroute(String id) {
    aws.call(
        AwsService.CODEDEPLOY,
        "ContinueDeployment",
        Json.object().put("deploymentId", id).put("deploymentWaitType", "READY_WAIT"));
  }

  @Override
  public List<String> failedEvents(String id, ServiceRef service) {
    JsonNode target;
    try {
      target = target(id, service);
    } catch (AwsException e) {
      if (e.is(NOT_STARTED, "DeploymentTargetDoesNotExistException")) {
        return List.of();
      }
      throw e;
    }
    List<String> lines = new ArrayList<>();
    for (JsonNode event : target.path("ecsTarget").path("lifecycleEvents")) {
      if (Json.text(event, "status").equals("Failed")) {
        JsonNode diagnostics = event.path("diagnostics");
        String words = Json.text(diagnostics, "message");
        lines.add(
            "Lifecycle event "
                + Json.text(event, "lifecycleEventName")
                + " failed"
                + (words.isEmpty() ? "" : ": " + words));
      }
    }
    return lines;
  }

  @Override
  public boolean neverInstalled(String id, ServiceRef service) {
    JsonNode ecs;
    try {
      ecs = target(id, service).path("ecsTarget");
    } catch (AwsException e) {
      if (e.is(NOT_STARTED)) {
        return true;
      }
      if (e.is("DeploymentTargetDoesNotExistException")) {
        return false;
      }
      throw e;
    }
    for (JsonNode set : ecs.path("taskSetsInfo")) {
      if (Json.text(set, "taskSetLabel").equalsIgnoreCase("Green")) {
        return false;
      }
    }
    for (JsonNode event : ecs.path("lifecycleEvents")) {
      if (Json.text(event, "lifecycleEventName").equals("Install")) {
        return !event.has("startTime") && NOT_BEGUN.contains(Json.text(event, "status"));
      }
    }
    return ecs.isObject();
  }

  private JsonNode target(String id, ServiceRef service) {
    return aws.call(
            AwsService.CODEDEPLOY,
            "GetDeploymentTarget",
            Json.object()
                .put("deploymentId", id)
                .put("targetId", service.cluster() + ":" + service.name()))
        .path("deploymentTarget");
  }

  private static ObjectNode named(DeploymentGroup group) {
    return Json.object()
        .put("applicationName", group.application())
        .put("deploymentGroupName", group.name());
  }
}
