package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.WEB;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.image.ImageReference;
import dev.slipway.ledger.Ledger;
import dev.slipway.runtime.Json;
import java.util.List;
import java.util.Optional;

/** AWS as code sees and asks it that has a mistake: the {@link Mutation}s of calls. */
final class MutatedAws {

  private MutatedAws() {}

  /**
   * @param truth to know what is in flight
   */
  static AwsApi around(AwsApi aws, Mutation mutation, Ledger truth) {
    return switch (mutation) {
      case REGISTERS_WITHOUT_LOOKING ->
          answered(aws, "ListTaskDefinitions", answer -> answer.putArray("taskDefinitionArns"));
      case COUNTS_SCALING_IN ->
          answered(
              aws,
              "DescribeTasks",
              answer -> answer.path("tasks").forEach(MutatedAws::looksFailed));
      case STARTS_A_SECOND_ROLLBACK ->
          answered(
              aws,
              "DescribeServiceDeployments",
              answer -> answer.path("serviceDeployments").forEach(MutatedAws::looksStopped));
      case TAKES_STABLE_FOR_SUCCESS ->
          answered(
              answered(
                  answered(
                      aws,
                      "DescribeServices",
                      answer ->
                          answer.path("services").forEach(service -> looksOwn(service, truth))),
                  "DescribeServiceDeployments",
                  answer -> answer.putArray("serviceDeployments")),
              "ListServiceDeployments",
              answer -> answer.putArray("serviceDeployments"));
      case RESOLVES_THE_TAG_AGAIN ->
          (service, operation, input) ->
              operation.equals("RegisterTaskDefinition")
                      && truth.head(WEB).inFlight().map(Deployment::isRollback).orElse(false)
                  ? asItIs(truth.head(WEB).inFlight().orElseThrow())
                  : aws.call(service, operation, input);
      case DOES_NOT_PIN ->
          (service, operation, input) ->
              aws.call(
                  service,
                  operation,
                  service == AwsService.ECS && operation.equals("RegisterTaskDefinition")
                      ? byTag(input)
                      : input);
      case COUNTS_A_BAKE_AS_STANDSTILL ->
          answered(
              aws,
              "DescribeServiceDeployments",
              answer -> answer.path("serviceDeployments").forEach(MutatedAws::looksUnbaked));
      case GOES_OVER_ANOTHERS_DEPLOYMENT ->
          answered(
              aws,
              "DescribeServices",
              answer -> {
                if (truth.head(WEB).inFlight().isEmpty()) {
                  answer
                      .path("services")
                      .forEach(
                          service -> service.path("deployments").forEach(MutatedAws::looksDone));
                }
              });
      case FORGETS_CODEDEPLOYS_ROLLBACK ->
          answered(
              aws,
              "GetDeployment",
              answer ->
                  ((ObjectNode) answer.path("deploymentInfo"))
                      .remove(List.of("rollbackInfo", "autoRollbackConfiguration")));
      case TAKES_READY_FOR_STANDSTILL ->
          answered(
              answered(aws, "GetDeployment", MutatedAws::looksInProgress),
              "DescribeServices",
              answer -> answer.path("services").forEach(MutatedAws::looksUnsteady));
      case ANSWERS_FOR_THE_PERSON ->
          (service, operation, input) -> {
            ObjectNode answer = aws.call(service, operation, input);
            if (answer.at("/deploymentInfo/status").asText().equals("Ready")) {
              aws.call(service, "ContinueDeployment", input);
            }
            return answer;
          };
      case STOPS_WHAT_IS_IN_THE_WAY -> inTheWay(aws);
      case OVERLOOKS_THE_SWITCH ->
          answered(
              aws,
              "DescribeServices",
              answer ->
                  answer
                      .path("services")
                      .forEach(service -> service.path("tags").forEach(MutatedAws::looksOn)));
      default -> aws;
    };
  }

  private static AwsApi inTheWay(AwsApi aws) {
    return (service, operation, input) -> {
      try {
        return aws.call(service, operation, input);
      } catch (AwsException e) {
        if (!e.is("DeploymentLimitExceededException")) {
          throw e;
        }
        ObjectNode list = (ObjectNode) Json.read(Json.write(input));
        list.remove(List.of("revision", "description", "deploymentConfigName"));
        list.putArray("includeOnlyStatuses").add("InProgress").add("Ready");
        for (JsonNode id : aws.call(service, "ListDeployments", list).path("deployments")) {
          aws.call(service, "StopDeployment", Json.object().put("deploymentId", id.asText()));
        }
        return aws.call(service, operation, input);
      }
    };
  }

  private static void looksUnbaked(JsonNode serviceDeployment) {
    if (serviceDeployment.path("lifecycleStage").asText().equals("BAKE_TIME")) {
      ((ObjectNode) serviceDeployment).put("lifecycleStage", "CLEAN_UP");
    }
  }

  private static void looksDone(JsonNode deployment) {
    ((ObjectNode) deployment).put("rolloutState", "COMPLETED");
  }

  private static void looksInProgress(ObjectNode answer) {
    if (answer.at("/deploymentInfo/status").asText().equals("Ready")) {
      ((ObjectNode) answer.path("deploymentInfo")).put("status", "InProgress");
    }
  }

  /** The tasks that wait for their traffic. */
  private static void looksUnsteady(JsonNode service) {
    for (JsonNode set : service.path("taskSets")) {
      if (set.path("status").asText().equals("ACTIVE")) {
        ((ObjectNode) set).put("stabilityStatus", "STABILIZING");
      }
    }
  }

  private static void looksOn(JsonNode tag) {
    if (tag.path("key").asText().equals("slipway")) {
      ((ObjectNode) tag).put("value", "on");
    }
  }

  private interface Rewrite {
    void of(ObjectNode answer);
  }

  private static AwsApi answered(AwsApi aws, String which, Rewrite rewrite) {
    return (service, operation, input) -> {
      ObjectNode answer = aws.call(service, operation, input);
      if (operation.equals(which)) {
        rewrite.of(answer);
      }
      return answer;
    };
  }

  private static void looksFailed(JsonNode task) {
    if (task.path("stoppedReason").asText().startsWith(Mutation.SCALING)) {
      ((ObjectNode) task).put("stoppedReason", Mutation.FAILED_CHECK);
    }
  }

  private static void looksStopped(JsonNode serviceDeployment) {
    String status = serviceDeployment.path("status").asText();
    if (status.equals("ROLLBACK_REQUESTED") || status.equals("ROLLBACK_IN_PROGRESS")) {
      ((ObjectNode) serviceDeployment).put("status", "STOPPED");
    }
  }

  /** A stable service's one deployment passes for the one that is in flight. */
  private static void looksOwn(JsonNode service, Ledger truth) {
    JsonNode deployments = service.path("deployments");
    ((ObjectNode) service).remove("currentServiceDeployment");
    if (deployments.size() == 1
        && deployments.path(0).path("rolloutState").asText().equals("COMPLETED")) {
      truth
          .head(WEB)
          .inFlight()
          .map(flying -> flying.rollout().ecsDeploymentId())
          .filter(id -> !id.isEmpty())
          .ifPresent(id -> ((ObjectNode) deployments.path(0)).put("id", id));
    }
  }

  private static ObjectNode asItIs(Deployment back) {
    ObjectNode answer = Json.object();
    answer.putObject("taskDefinition").put("taskDefinitionArn", back.revisions().own());
    return answer;
  }

  private static ObjectNode byTag(ObjectNode input) {
    ObjectNode copy = (ObjectNode) Json.read(Json.write(input));
    for (JsonNode container : copy.path("containerDefinitions")) {
      ImageReference image = ImageReference.parse(container.path("image").asText());
      ((ObjectNode) container)
          .put(
              "image",
              new ImageReference(
                      image.registry(),
                      image.repository(),
                      image.tag().or(() -> Optional.of("v1")),
                      Optional.empty())
                  .toString());
    }
    return copy;
  }
}
