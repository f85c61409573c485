package dev.slipway.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsService;
import dev.slipway.follow.ServiceRef;
import dev.slipway.local.codedeploy.CodeDeploy;
import dev.slipway.runtime.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** What people do in CodeDeploy, by its own calls. */
final class CodeDeployHands {

  /** Where people's AppSpecs are. */
  private static final String BUCKET = "deployments";

  private final AwsApi aws;
  private final CodeDeploy codeDeploy;
  private final Findings findings;

  CodeDeployHands(AwsApi aws, CodeDeploy codeDeploy, Findings findings) {
    this.aws = aws;
    this.codeDeploy = codeDeploy;
    this.findings = findings;
  }

  /**
   * @param taskDefinition ARN of a revision with the image
   */
  void createDeployment(Action.CreateDeployment create, String taskDefinition) {
    JsonNode balancer = findings.describe(create.service()).at("/taskSets/0/loadBalancers/0");
    ObjectNode spec = Json.object().put("version", 0.0);
    ObjectNode target = spec.putArray("Resources").addObject().putObject("TargetService");
    ObjectNode properties =
        target
            .put("Type", "AWS::ECS::Service")
            .putObject("Properties")
            .put("TaskDefinition", taskDefinition);
    properties
        .putObject("LoadBalancerInfo")
        .put("ContainerName", balancer.path("containerName").asText())
        .put("ContainerPort", balancer.path("containerPort").asInt());
    if (!create.hooks().isEmpty()) {
      ArrayNode hooks = spec.putArray("Hooks");
      create.hooks().forEach((event, function) -> hooks.addObject().put(event, function));
    }
    ObjectNode input = group(create.service());
    input.set("revision", revision(create, spec));
    aws.call(AwsService.CODEDEPLOY, "CreateDeployment", input);
  }

  private ObjectNode revision(Action.CreateDeployment create, ObjectNode spec) {
    ObjectNode revision = Json.object();
    switch (create.appSpec()) {
      case JSON -> text(revision, Json.write(spec));
      case YAML -> text(revision, yaml(spec));
      case YAML_IN_S3 -> {
        String key = create.service() + "/appspec.yaml";
        codeDeploy.object(BUCKET, key, yaml(spec));
        revision
            .put("revisionType", "S3")
            .putObject("s3Location")
            .put("bucket", BUCKET)
            .put("key", key)
            .put("bundleType", "YAML");
      }
    }
    return revision;
  }

  private static void text(ObjectNode revision, String appSpec) {
    revision
        .put("revisionType", "AppSpecContent")
        .putObject("appSpecContent")
        .put("content", appSpec);
  }

  /** As people write it. */
  private static String yaml(ObjectNode spec) {
    return new Dump(DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build())
        .dumpToString(plain(spec));
  }

  private static Object plain(JsonNode node) {
    return switch (node) {
      case ObjectNode object -> {
        Map<String, Object> map = new LinkedHashMap<>();
        object.properties().forEach(each -> map.put(each.getKey(), plain(each.getValue())));
        yield map;
      }
      case ArrayNode array -> {
        List<Object> list = new ArrayList<>();
        array.forEach(each -> list.add(plain(each)));
        yield list;
      }
      case JsonNode number when number.isInt() -> number.intValue();
      case JsonNode number when number.isNumber() -> number.doubleValue();
      default -> node.asText();
    };
  }

  private static ObjectNode group(String service) {
    ServiceRef ref = Findings.service(service);
    return Json.object()
        .put("applicationName", Fleet.application(ref.cluster(), ref.name()))
        .put("deploymentGroupName", ref.name());
  }

  void stopDeployment(String service, boolean rollBack) {
    aws.call(
        AwsService.CODEDEPLOY,
        "StopDeployment",
        underWay(service).put("autoRollbackEnabled", rollBack));
  }

  void continueDeployment(String service) {
    aws.call(
        AwsService.CODEDEPLOY,
        "ContinueDeployment",
        underWay(service).put("deploymentWaitType", "READY_WAIT"));
  }

  /** Names the one under way in the service's deployment group. */
  private ObjectNode underWay(String service) {
    ObjectNode input = group(service);
    input.set("includeOnlyStatuses", Json.array(List.of("Created", "InProgress", "Ready")));
    String id =
        aws.call(AwsService.CODEDEPLOY, "ListDeployments", input).at("/deployments/0").asText();
    if (id.isEmpty()) {
      throw new IllegalStateException("CodeDeploy does not deploy " + service);
    }
    return Json.object().put("deploymentId", id);
  }
}
