package dev.slipway.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsService;
import dev.slipway.chat.RollBackButton;
import dev.slipway.deployment.Deployment;
import dev.slipway.follow.ServiceRef;
import dev.slipway.local.slack.Behaviour;
import dev.slipway.local.slack.SlackMessage;
import dev.slipway.runtime.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Does what a scenario lets people, the CI job and chance do. What is about AWS is done by AWS's
 * own calls, as an administrator.
 */
final class Hands {

  /** Members of a described task definition that RegisterTaskDefinition does not take. */
  private static final Set<String> READ_ONLY =
      Set.of(
          "taskDefinitionArn",
          "revision",
          "status",
          "requiresAttributes",
          "compatibilities",
          "registeredAt",
          "registeredBy");

  private final Playground playground;
  private final AwsApi aws;
  private final Findings findings;
  private final CodeDeployHands codeDeployHands;
  private final Map<String, String> digests;

  /**
   * @param digests {@code repository:tag} to the digest that was pushed under it last; kept up
   */
  Hands(Playground playground, Findings findings, Map<String, String> digests) {
    this.playground = playground;
    this.aws = playground.account().admin();
    this.findings = findings;
    this.codeDeployHands = new CodeDeployHands(aws, playground.services().codeDeploy(), findings);
    this.digests = digests;
  }

  /**
   * @throws IllegalStateException if it cannot be done as things stand
   */
  void act(Action action) {
    switch (action) {
      case Action.Push(String image, String behaviour, List<String> platforms) ->
          digests.put(
              image,
              playground.push(Fleet.repository(image), Fleet.tag(image), behaviour, platforms));
      case Action.PushAgain(String image, String same) -> pushAgain(image, same);
      case Action.RollBack(String service, String image) -> press(service, image);
      case Action.SlashCommand(String text) -> playground.command(text);
      case Action.UpdateService update -> updateService(update);
      case Action.DeleteService(String service) ->
          aws.call(AwsService.ECS, "DeleteService", of(service).put("force", true));
      case Action.StopServiceDeployment(String service) -> stopServiceDeployment(service);
      case Action.ContinueServiceDeployment(String service, String answer) ->
          continueServiceDeployment(service, answer);
      case Action.CreateDeployment create ->
          codeDeployHands.createDeployment(create, register(create.service(), create.image()));
      case Action.StopDeployment(String service, boolean rollBack) ->
          codeDeployHands.stopDeployment(service, rollBack);
      case Action.ContinueDeployment(String service) -> codeDeployHands.continueDeployment(service);
      case Action.StopTasks(String service, String image) ->
          findings
              .runningTasks(service, digest(image))
              .forEach(task ->
                  aws.call(
                      AwsService.ECS,
                      "StopTask",
                      Json.object()
                          .put("cluster", Findings.service(service).cluster())
                          .put("task", task)));
      case Action.TagResource(String service, Map<String, String> tags) ->
          tagResource(service, tags);
      case Action.UntagResource(String service, List<String> keys) -> {
        ObjectNode input = Json.object().put("resourceArn", Findings.service(service).arn());
        input.set("tagKeys", Json.array(keys));
        aws.call(AwsService.ECS, "UntagResource", input);
      }
      case Action.BatchDeleteImage(String image) -> batchDeleteImage(image);
      case Action.DeleteLogGroup(String group) ->
          aws.call(AwsService.LOGS, "DeleteLogGroup", Json.object().put("logGroupName", group));
      case Action.DeregisterTaskDefinition(String service) ->
          aws.call(
              AwsService.ECS,
              "DeregisterTaskDefinition",
              Json.object()
                  .set("taskDefinition", findings.describe(service).path("taskDefinition")));
      case Action.PutParameter(String name, String value) ->
          aws.call(
              AwsService.SSM,
              "PutParameter",
              Json.object()
                  .put("Name", name)
                  .put("Value", value)
                  .put("Type", "String")
                  .put("Overwrite", true));
      case Action.DeleteTaskDefinition(String service, String image) ->
          deleteTaskDefinition(service, image);
      case Action.DeleteParameter(String name) ->
          aws.call(AwsService.SSM, "DeleteParameter", Json.object().put("Name", name));
      case Action.UpdateAssumeRolePolicy(String role) ->
          playground.services().ecs().distrustRole("arn:aws:iam::123456789012:role/" + role);
      case Action.SetAlarmState(String alarm, String state) ->
          aws.call(
              AwsService.CLOUDWATCH,
              "SetAlarmState",
              Json.object()
                  .put("AlarmName", alarm)
                  .put("StateValue", state)
                  .put("StateReason", "as the scenario says"));
      case Action.Capacity(String cluster, int tasks) ->
          playground.services().ecs().limitTasks(cluster, tasks);
      case Action.SpotInterruption(String service, String image) ->
          findings
              .runningTasks(service, digest(image))
              .forEach(task ->
                  playground.services().ecs().interrupt(Findings.service(service).cluster(), task));
      case Action.HookAnswers(String status) -> {
        playground.services().ecs().lambdaHooks(_ -> Json.object().put("hookStatus", status));
        playground.services().codeDeploy().functions(_ -> !status.equals("FAILED"));
      }
      case Action.Events(var conduct, String detailType) ->
          playground.account().events(conduct, detailType);
      case Action.DeliverAgain(String image) -> playground.deliverAgain(image);
      case Action.Refuse(String operation, String error, int times) ->
          playground.disturbance().refuse(operation, "", error, times);
      case Action.Kill(String function, String operation) -> kill(function, operation);
      case Action.Race(String operation, String service) ->
          playground.disturbance().before(operation, () -> complete(service));
      case Action.JustBefore(String operation, Action what) ->
          playground.disturbance().before(operation, () -> act(what));
      case Action.LateDescription(String service) ->
          playground.disturbance().lag(() -> findings.described(service));
      case Action.HoldBack(String function, String operation, String other) -> {
        playground.account().stack().function(function);
        playground.account().stack().function(other);
        playground.disturbance().holdBack(function, operation, other);
      }
      case Action.Slack(boolean works) ->
          playground.slack().behave(works ? new Behaviour.Healthy() : new Behaviour.Outage());
      case Action.Reconcile _ -> playground.reconcile();
      case Action.UpdateStack(var items, var parameters) ->
          playground.updateStack(items, parameters);
      case Action.Wait _, Action.UntilNewTask _, Action.Until _ ->
          throw new IllegalArgumentException("time is not for hands to move: " + action);
    }
  }

  private static ObjectNode of(String service) {
    ServiceRef ref = Findings.service(service);
    return Json.object().put("cluster", ref.cluster()).put("service", ref.name());
  }

  private String digest(String image) {
    String digest = digests.get(image);
    if (digest == null) {
      throw new IllegalStateException("nobody has pushed " + image + " in this scenario");
    }
    return digest;
  }

  private void pushAgain(String image, String same) {
    ObjectNode which = Json.object().put("repositoryName", Fleet.repository(same));
    which.putArray("imageIds").addObject().put("imageDigest", digest(same));
    String manifest =
        aws.call(AwsService.ECR, "BatchGetImage", which).at("/images/0/imageManifest").asText();
    aws.call(
        AwsService.ECR,
        "PutImage",
        Json.object()
            .put("repositoryName", Fleet.repository(image))
            .put("imageTag", Fleet.tag(image))
            .put("imageManifest", manifest));
    digests.put(image, digest(same));
  }

  private void press(String service, String image) {
    Deployment deployment =
        findings
            .deployment(service, digest(image))
            .orElseThrow(() -> new IllegalStateException(service + " never deployed " + image));
    SlackMessage card =
        findings
            .message(deployment)
            .orElseThrow(
                () -> new IllegalStateException("Slack has no message about " + deployment.id()));
    playground.press(card.channel(), card.ts(), RollBackButton.ACTION_ID);
  }

  private void updateService(Action.UpdateService update) {
    ObjectNode input = of(update.service());
    update.desiredCount().ifPresent(count -> input.put("desiredCount", count));
    update
        .image()
        .ifPresent(image -> input.put("taskDefinition", register(update.service(), image)));
    update
        .breaker()
        .ifPresent(breaker -> Fleet.breaker(input.putObject("deploymentConfiguration"), breaker));
    if (update.forced()) {
      input.put("forceNewDeployment", true);
    }
    aws.call(AwsService.ECS, "UpdateService", input);
  }

  /** A new revision of the service's family that names the image by its tag. */
  private String register(String service, String image) {
    ObjectNode which =
        Json.object()
            .put("taskDefinition", findings.describe(service).path("taskDefinition").asText());
    JsonNode described = aws.call(AwsService.ECS, "DescribeTaskDefinition", which);
    ObjectNode definition = described.path("taskDefinition").deepCopy();
    definition.remove(READ_ONLY);
    ((ObjectNode) definition.at("/containerDefinitions/0"))
        .put("image", playground.services().registry().host() + "/" + image);
    return aws.call(AwsService.ECS, "RegisterTaskDefinition", definition)
        .at("/taskDefinition/taskDefinitionArn")
        .asText();
  }

  private void stopServiceDeployment(String service) {
    aws.call(
        AwsService.ECS,
        "StopServiceDeployment",
        Json.object()
            .put("serviceDeploymentArn", serviceDeployment(service))
            .put("stopType", "ROLLBACK"));
  }

  /** The one in progress. */
  private String serviceDeployment(String service) {
    String arn = findings.describe(service).path("currentServiceDeployment").asText();
    if (arn.isEmpty()) {
      throw new IllegalStateException(service + " has no deployment in progress");
    }
    return arn;
  }

  private void continueServiceDeployment(String service, String action) {
    String arn = serviceDeployment(service);
    ObjectNode which = Json.object();
    which.putArray("serviceDeploymentArns").add(arn);
    JsonNode hooks =
        aws.call(AwsService.ECS, "DescribeServiceDeployments", which)
            .at("/serviceDeployments/0/lifecycleHookDetails");
    for (JsonNode hook : hooks) {
      if (hook.path("status").asText().equals("AWAITING_ACTION")) {
        aws.call(
            AwsService.ECS,
            "ContinueServiceDeployment",
            Json.object()
                .put("serviceDeploymentArn", arn)
                .put("hookId", hook.path("hookId").asText())
                .put("action", action));
        return;
      }
    }
    throw new IllegalStateException("no hook of " + service + " waits for anybody");
  }

  /** AWS keeps a deleted revision while something runs it, and then knows nothing of it. */
  private void deleteTaskDefinition(String service, String image) {
    String arn =
        findings
            .deployment(service, digest(image))
            .orElseThrow(() -> new IllegalStateException(service + " never deployed " + image))
            .revisions()
            .own();
    aws.call(AwsService.ECS, "DeregisterTaskDefinition", Json.object().put("taskDefinition", arn));
    playground
        .disturbance()
        .refuse("DescribeTaskDefinition", arn + "\"", "ClientException", Integer.MAX_VALUE);
  }

  private void complete(String service) {
    ServiceRef ref = Findings.service(service);
    if (codeDeployed(service)) {
      playground.services().codeDeploy().completeNow(ref.cluster(), ref.name());
    } else {
      playground.services().ecs().completeNow(ref.cluster(), ref.name());
    }
  }

  private boolean codeDeployed(String service) {
    return findings
        .describe(service)
        .at("/deploymentController/type")
        .asText()
        .equals("CODE_DEPLOY");
  }

  private void tagResource(String service, Map<String, String> tags) {
    ObjectNode input = Json.object().put("resourceArn", Findings.service(service).arn());
    new TreeMap<>(tags)
        .forEach((key, value) ->
            input.withArray("tags").addObject().put("key", key).put("value", value));
    aws.call(AwsService.ECS, "TagResource", input);
  }

  private void batchDeleteImage(String image) {
    ObjectNode input = Json.object().put("repositoryName", Fleet.repository(image));
    input.putArray("imageIds").addObject().put("imageDigest", digest(image));
    aws.call(AwsService.ECR, "BatchDeleteImage", input);
  }

  private void kill(String function, String operation) {
    playground.account().stack().function(function);
    playground.disturbance().after(function, operation, () -> playground.account().kill(function));
  }
}
