package dev.slipway.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;
import dev.slipway.local.SimulatedAccount;
import dev.slipway.runtime.Json;
import java.util.ArrayList;
import java.util.List;

/** Sweeps what a scenario made out of the account, so that the next one finds it empty. */
final class Broom {

  private final SimulatedAccount account;

  Broom(SimulatedAccount account) {
    this.account = account;
  }

  void sweep() {
    for (JsonNode cluster :
        call(AwsService.ECS, "ListClusters", Json.object()).path("clusterArns")) {
      ObjectNode in = Json.object().put("cluster", cluster.asText());
      for (JsonNode service : call(AwsService.ECS, "ListServices", in).path("serviceArns")) {
        delete(cluster.asText(), service.asText());
      }
      account.ecs().forgetCapacity(cluster.asText());
    }
    for (JsonNode application :
        call(AwsService.CODEDEPLOY, "ListApplications", Json.object()).path("applications")) {
      call(
          AwsService.CODEDEPLOY,
          "DeleteApplication",
          Json.object().put("applicationName", application.asText()));
    }
    ObjectNode active = Json.object().put("status", "ACTIVE");
    for (JsonNode revision :
        call(AwsService.ECS, "ListTaskDefinitions", active).path("taskDefinitionArns")) {
      call(
          AwsService.ECS,
          "DeregisterTaskDefinition",
          Json.object().put("taskDefinition", revision.asText()));
    }
    account.ecs().trustAllRoles();
    account.ecs().lambdaHooks(_ -> Json.object().put("hookStatus", "SUCCEEDED"));
    account.codeDeploy().functions(_ -> true);
    for (JsonNode repository :
        call(AwsService.ECR, "DescribeRepositories", Json.object()).path("repositories")) {
      call(
          AwsService.ECR,
          "DeleteRepository",
          Json.object()
              .put("repositoryName", repository.path("repositoryName").asText())
              .put("force", true));
    }
    ObjectNode below = Json.object().put("Path", "/slipway").put("Recursive", true);
    for (JsonNode parameter :
        call(AwsService.SSM, "GetParametersByPath", below).path("Parameters")) {
      call(
          AwsService.SSM,
          "DeleteParameter",
          Json.object().put("Name", parameter.path("Name").asText()));
    }
    List<String> alarms = new ArrayList<>();
    ObjectNode all = Json.object().put("MaxRecords", 100);
    all.set("AlarmTypes", Json.array(List.of("MetricAlarm", "CompositeAlarm")));
    call(AwsService.CLOUDWATCH, "DescribeAlarms", all)
        .findValuesAsText("AlarmName")
        .forEach(alarms::add);
    if (!alarms.isEmpty()) {
      ObjectNode input = Json.object();
      input.set("AlarmNames", Json.array(alarms));
      call(AwsService.CLOUDWATCH, "DeleteAlarms", input);
    }
  }

  private void delete(String cluster, String service) {
    ObjectNode which = Json.object().put("cluster", cluster);
    which.putArray("services").add(service);
    boolean active =
        call(AwsService.ECS, "DescribeServices", which)
            .at("/services/0/status")
            .asText()
            .equals("ACTIVE");
    if (active) {
      call(
          AwsService.ECS,
          "DeleteService",
          Json.object().put("cluster", cluster).put("service", service).put("force", true));
    }
  }

  private ObjectNode call(AwsService service, String operation, ObjectNode input) {
    return account.call(service, operation, input);
  }
}
