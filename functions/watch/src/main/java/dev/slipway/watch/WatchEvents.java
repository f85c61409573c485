package dev.slipway.watch;

import static dev.slipway.runtime.EventFields.detail;
import static dev.slipway.runtime.EventFields.quote;
import static dev.slipway.runtime.EventFields.required;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.aws.DeploymentGroup;
import dev.slipway.aws.StoppedTasks;
import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.EventFields;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.PermanentFailure;
import dev.slipway.verdict.Hook;
import dev.slipway.watch.WatchEvent.AlarmChanged;
import dev.slipway.watch.WatchEvent.Clock;
import dev.slipway.watch.WatchEvent.CodeDeployChanged;
import dev.slipway.watch.WatchEvent.DeploymentChanged;
import dev.slipway.watch.WatchEvent.HookChanged;
import dev.slipway.watch.WatchEvent.ServiceAction;
import dev.slipway.watch.WatchEvent.TaskChanged;
import dev.slipway.watch.WatchEvent.Unrelated;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads EventBridge's envelopes. Fields that are not known are left alone: AWS adds some.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html">
 *     Amazon ECS events</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html">
 *     Alarm events</a>
 */
final class WatchEvents {

  static final String DEPLOYMENT = "ECS Deployment State Change";
  static final String TASK = "ECS Task State Change";
  static final String SERVICE_ACTION = "ECS Service Action";
  static final String HOOK = "ECS Hook State Change";
  static final String ALARM = "CloudWatch Alarm State Change";
  static final String CODE_DEPLOY = "CodeDeploy Deployment State-change Notification";
  static final String CLOCK = "Slipway Clock";

  private static final String GROUP = "service:";
  private static final Pattern CLUSTER_ARN =
      Pattern.compile("arn:aws[a-z-]*:ecs:[a-z0-9-]+:\\d{12}:cluster/[A-Za-z0-9_-]{1,255}");
  private static final Pattern SHORT_SERVICE_ARN =
      Pattern.compile("arn:aws[a-z-]*:ecs:[a-z0-9-]+:\\d{12}:service/[^/]+");
  private static final Pattern ALARM_ARN =
      Pattern.compile("arn:aws[a-z-]*:cloudwatch:[a-z0-9-]+:\\d{12}:alarm:.{1,255}");
  private static final Pattern SERVICE_DEPLOYMENT_ARN =
      Pattern.compile("arn:aws[a-z-]*:ecs:[a-z0-9-]+:\\d{12}:service-deployment/[^/]+/[^/]+/[^/]+");

  private WatchEvents() {}

  /**
   * @throws PermanentFailure if it can never be understood; the text quotes what it could not read
   */
  static WatchEvent read(String body) {
    JsonNode event = EventFields.event(body);
    String source = Json.text(event, "source");
    String type = Json.text(event, "detail-type");
    return switch (source + "/" + type) {
      case "aws.ecs/" + DEPLOYMENT ->
          named(event, DEPLOYMENT, resource(event, DEPLOYMENT, "service"));
      case "aws.ecs/" + SERVICE_ACTION ->
          named(event, SERVICE_ACTION, resource(event, SERVICE_ACTION, "service"));
      case "aws.ecs/" + HOOK ->
          named(event, HOOK, required(detail(event, HOOK), "serviceArn", HOOK));
      case "aws.ecs/" + TASK -> task(detail(event, TASK));
      case "aws.cloudwatch/" + ALARM -> alarm(event);
      case "aws.codedeploy/" + CODE_DEPLOY -> codeDeploy(detail(event, CODE_DEPLOY));
      case "slipway/" + CLOCK -> new Clock();
      default ->
          throw new PermanentFailure(
              "watch does not know events of source '"
                  + quote(source)
                  + "' and detail-type '"
                  + quote(type)
                  + "': it takes aws.ecs with '"
                  + DEPLOYMENT
                  + "', '"
                  + TASK
                  + "', '"
                  + SERVICE_ACTION
                  + "' or '"
                  + HOOK
                  + "', aws.cloudwatch with '"
                  + ALARM
                  + "', aws.codedeploy with '"
                  + CODE_DEPLOY
                  + "', and slipway with '"
                  + CLOCK
                  + "'. Correct the rule that sent it");
    };
  }

  private static WatchEvent named(JsonNode event, String type, String arn) {
    String name = required(detail(event, type), "eventName", type);
    Function<ServiceRef, WatchEvent> made =
        switch (type) {
          case DEPLOYMENT -> service -> new DeploymentChanged(service, name);
          case HOOK -> service -> hook(service, name, event);
          default -> service -> new ServiceAction(service, name);
        };
    try {
      return made.apply(ServiceRef.parse(arn));
    } catch (IllegalArgumentException e) {
      // Such services are in the account with right, and send events with right: no dead letters.
      if (SHORT_SERVICE_ARN.matcher(arn).matches()) {
        return new Unrelated(e.getMessage());
      }
      throw new PermanentFailure("an event '" + type + "' is about " + e.getMessage(), e);
    }
  }

  /** By its codes alone; ECS adds some, and one that is not known here is kept as such. */
  private static WatchEvent hook(ServiceRef service, String name, JsonNode event) {
    JsonNode detail = detail(event, HOOK);
    String arn = required(detail, "serviceDeploymentArn", HOOK);
    if (!SERVICE_DEPLOYMENT_ARN.matcher(arn).matches()) {
      throw new PermanentFailure(
          "'"
              + quote(arn)
              + "' in detail.serviceDeploymentArn is not the ARN of an ECS service deployment");
    }
    return new HookChanged(
        service,
        arn,
        new Hook(
            required(detail, "hookId", HOOK),
            Hook.Type.of(Json.text(detail, "hookType")),
            "",
            Json.text(detail, "lifecycleStage"),
            Hook.State.of(name.startsWith("HOOK_") ? name.substring("HOOK_".length()) : name),
            Json.instant(detail, "expiresAt"),
            Hook.TimeoutAction.UNKNOWN,
            Json.instant(detail, "updatedAt")));
  }

  private static String resource(JsonNode event, String type, String what) {
    JsonNode first = event.path("resources").path(0);
    if (!first.isTextual()) {
      throw new PermanentFailure(
          "an event '"
              + type
              + "' has 'resources' "
              + quote(event.has("resources") ? Json.write(event.get("resources")) : "missing")
              + "; its first must be the ARN of the "
              + what);
    }
    return first.textValue();
  }

  private static WatchEvent task(JsonNode detail) {
    String task = required(detail, "taskArn", TASK);
    String group = Json.text(detail, "group");
    if (!group.startsWith(GROUP)) {
      return new Unrelated("the task " + quote(task) + " belongs to no service");
    }
    String cluster = required(detail, "clusterArn", TASK);
    if (!CLUSTER_ARN.matcher(cluster).matches()) {
      throw new PermanentFailure(
          "'" + quote(cluster) + "' in detail.clusterArn is not the ARN of an ECS cluster");
    }
    String status = required(detail, "lastStatus", TASK);
    required(detail, "taskDefinitionArn", TASK);
    ServiceRef service;
    try {
      service =
          ServiceRef.parse(
              cluster.replace(":cluster/", ":service/") + "/" + group.substring(GROUP.length()));
    } catch (IllegalArgumentException e) {
      throw new PermanentFailure(
          "'" + quote(group) + "' in detail.group does not name an ECS service", e);
    }
    return new TaskChanged(service, StoppedTasks.fromTask(detail), status.equals("STOPPED"));
  }

  private static WatchEvent alarm(JsonNode event) {
    String arn = resource(event, ALARM, "alarm");
    if (!ALARM_ARN.matcher(arn).matches()) {
      throw new PermanentFailure(
          "'" + quote(arn) + "' in resources is not the ARN of a CloudWatch alarm");
    }
    JsonNode state = detail(event, ALARM).path("state");
    return new AlarmChanged(arn, required(state, "value", ALARM));
  }

  private static WatchEvent codeDeploy(JsonNode detail) {
    return new CodeDeployChanged(
        new DeploymentGroup(
            required(detail, "application", CODE_DEPLOY),
            required(detail, "deploymentGroup", CODE_DEPLOY)),
        required(detail, "deploymentId", CODE_DEPLOY),
        required(detail, "state", CODE_DEPLOY));
  }
}
