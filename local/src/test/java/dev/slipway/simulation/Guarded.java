package dev.slipway.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.SimulatedAccount;
import dev.slipway.runtime.Json;

/**
 * The account as Slipway's roles see it: IAM lets deploy change only what is tagged {@code slipway
 * = on}, and whether ECS takes a tag and a digest together is not documented.
 */
record Guarded(SimulatedAccount account, boolean refusesTagAndDigest) implements AwsApi {

  @Override
  public ObjectNode call(AwsService service, String operation, ObjectNode input) {
    boolean changes =
        operation.equals("UpdateService") || operation.equals("StopServiceDeployment");
    if (service == AwsService.ECS && changes && !switchedOn()) {
      throw new AwsException(
          service,
          operation,
          "AccessDeniedException",
          "no identity-based policy allows the action",
          400,
          Json.object());
    }
    if (operation.equals("RegisterTaskDefinition") && refusesTagAndDigest) {
      for (JsonNode container : input.path("containerDefinitions")) {
        if (container.path("image").asText().matches(".*:[^/@]+@.*")) {
          throw new AwsException(
              service,
              operation,
              "ClientException",
              "The image names a tag and a digest.",
              400,
              Json.object());
        }
      }
    }
    return account.call(service, operation, input);
  }

  private boolean switchedOn() {
    ObjectNode input = Json.object().put("cluster", "prod");
    input.putArray("services").add("web");
    input.putArray("include").add("TAGS");
    for (JsonNode tag :
        account.call(AwsService.ECS, "DescribeServices", input).at("/services/0/tags")) {
      if (tag.path("key").asText().equals("slipway")) {
        return tag.path("value").asText().equals("on");
      }
    }
    return false;
  }
}
