package dev.slipway.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;

/** A call to AWS and its answer in a line of the trace: what a reader needs, and no more. */
final class CallText {

  private CallText() {}

  static String of(AwsService service, String operation, ObjectNode input) {
    String about =
        switch (operation) {
          case "UpdateService", "DescribeTaskDefinition", "DeregisterTaskDefinition" ->
              tail(input.path("taskDefinition"));
          case "RegisterTaskDefinition" -> image(input);
          case "StopServiceDeployment" -> tail(input.path("serviceDeploymentArn"));
          case "DescribeServiceDeployments" -> tail(input.path("serviceDeploymentArns").path(0));
          case "PutParameter" -> input.path("Value").asText().replaceAll(".*/", "");
          default -> "";
        };
    return service.signingName() + ":" + operation + (about.isEmpty() ? "" : " " + about);
  }

  /** What came of it, with what leads to it. */
  static String of(String operation, ObjectNode answer) {
    return switch (operation) {
      case "DescribeServices" -> " -> " + service(answer.path("services").path(0));
      case "UpdateService" -> " -> " + service(answer.path("service"));
      case "RegisterTaskDefinition" ->
          " -> " + tail(answer.path("taskDefinition").path("taskDefinitionArn"));
      case "DescribeServiceDeployments" -> {
        JsonNode found = answer.path("serviceDeployments").path(0);
        yield " -> "
            + found.path("status").asText("none")
            + ", breaker "
            + found.path("deploymentCircuitBreaker").path("status").asText()
            + ", alarms "
            + found.path("alarms").path("status").asText();
      }
      default -> "";
    };
  }

  /** {@code web:3 IN_PROGRESS 1/2 + web:1 COMPLETED 2/2}. */
  static String service(JsonNode service) {
    StringBuilder text = new StringBuilder();
    for (JsonNode deployment : service.path("deployments")) {
      text.append(text.isEmpty() ? "" : " + ")
          .append(tail(deployment.path("taskDefinition")))
          .append(' ')
          .append(deployment.path("rolloutState").asText())
          .append(' ')
          .append(deployment.path("runningCount").asInt())
          .append('/')
          .append(deployment.path("desiredCount").asInt());
    }
    return text.isEmpty() ? service.path("status").asText("none") : text.toString();
  }

  private static String image(ObjectNode input) {
    return input
        .path("containerDefinitions")
        .path(0)
        .path("image")
        .asText()
        .replaceAll(".*/", "")
        .replaceAll("(sha256:[0-9a-f]{12})[0-9a-f]*", "$1");
  }

  /** What stands behind the last slash of an ARN. */
  static String tail(JsonNode arn) {
    String text = arn.asText();
    return text.substring(text.lastIndexOf('/') + 1);
  }
}
