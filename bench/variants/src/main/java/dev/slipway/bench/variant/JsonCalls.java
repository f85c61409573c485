package dev.slipway.bench.variant;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsService;
import dev.slipway.runtime.Json;

/** The job's four calls as JSON documents. */
final class JsonCalls {

  private JsonCalls() {}

  static String image(AwsApi aws, Order order) {
    ObjectNode head = Json.object().put("TableName", order.table()).put("ConsistentRead", true);
    ObjectNode key = head.putObject("Key");
    key.putObject("pk").put("S", order.serviceArn());
    key.putObject("sk").put("S", "head");
    aws.call(AwsService.DYNAMODB, "GetItem", head);

    ObjectNode services = Json.object().put("cluster", order.cluster());
    services.putArray("services").add(order.service());
    String revision =
        aws.call(AwsService.ECS, "DescribeServices", services)
            .at("/services/0/taskDefinition")
            .asText();
    String image =
        aws.call(
                AwsService.ECS,
                "DescribeTaskDefinition",
                Json.object().put("taskDefinition", revision))
            .at("/taskDefinition/containerDefinitions/0/image")
            .asText();

    ObjectNode item = Json.object().put("TableName", order.table());
    ObjectNode attributes = item.putObject("Item");
    attributes.putObject("pk").put("S", "bench");
    attributes.putObject("sk").put("S", order.service());
    attributes.putObject("image").put("S", image);
    aws.call(AwsService.DYNAMODB, "PutItem", item);
    return image;
  }
}
