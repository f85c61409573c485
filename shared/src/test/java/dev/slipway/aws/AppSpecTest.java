package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.ServiceView.Capacity;
import dev.slipway.aws.ServiceView.TaskSet;
import dev.slipway.runtime.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AppSpecTest {

  private static final String ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:42";

  private static TaskSet set(String container, String platform, Capacity... capacity) {
    return new TaskSet(
        "ecs-svc/1", "d-1", "PRIMARY", "web:41", container, 8080, platform, List.of(capacity));
  }

  private static ObjectNode json(String text) {
    return Json.readObject(text.replace('\'', '"'));
  }

  @Test
  void namesWhatCodeDeployWouldOtherwiseTakeFromADefault() {
    assertThat(AppSpec.of(ARN, set("web", "1.4.0", new Capacity("FARGATE_SPOT", 1, 2))))
        .isEqualTo(
            "{\"version\":0.0,\"Resources\":[{\"TargetService\":{\"Type\":\"AWS::ECS::Service\","
                + "\"Properties\":{\"TaskDefinition\":\""
                + ARN
                + "\",\"LoadBalancerInfo\":{\"ContainerName\":\"web\",\"ContainerPort\":8080},"
                + "\"PlatformVersion\":\"1.4.0\",\"CapacityProviderStrategy\":["
                + "{\"CapacityProvider\":\"FARGATE_SPOT\",\"Base\":1,\"Weight\":2}]}}}]}");
  }

  @Test
  void saysNothingOfWhatTheTaskSetDoesNotHave() {
    assertThat(AppSpec.of(ARN, set("web", "")))
        .doesNotContain("PlatformVersion", "CapacityProviderStrategy", "Hooks");
  }

  @Test
  void aServiceWithoutALoadBalancerIsRefused() {
    assertThatThrownBy(() -> AppSpec.of(ARN, set("", "")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no load balancer");
  }

  @Test
  void ofTheOneBeforeNothingChangesButTheTaskDefinition() {
    String before =
        """
        {'version':0.0,'Resources':[{'Shop':{'Type':'AWS::ECS::Service','Properties':{
          'TaskDefinition':'<TASK_DEFINITION>',
          'LoadBalancerInfo':{'ContainerName':'proxy','ContainerPort':80},
          'PlatformVersion':'LATEST',
          'NetworkConfiguration':{'AwsvpcConfiguration':{'Subnets':['subnet-1'],
            'SecurityGroups':['sg-1'],'AssignPublicIp':'ENABLED'}},
          'CapacityProviderStrategy':[{'CapacityProvider':'FARGATE','Base':0,'Weight':1}],
          'SomethingNew':{'Depth':1}}}}],
         'Hooks':[{'AfterInstall':'check'},{'AfterAllowTraffic':'arn:aws:lambda:x:1:function:smoke:1'}],
         'Later':true}
        """;
    ObjectNode given = json(before);
    assertThat(
            Json.readObject(
                AppSpec.of(ARN, set("web", "1.4.0", new Capacity("FARGATE_SPOT", 1, 2)), given)))
        .isEqualTo(json(before.replace("<TASK_DEFINITION>", ARN)));
    assertThat(given).as("not changed").isEqualTo(json(before));
  }

  @Test
  void whatTheOneBeforeLeavesOpenIsNamedAsItRuns() {
    ObjectNode before =
        json(
            "{'version':0.0,'Resources':[{'TargetService':{'Type':'AWS::ECS::Service',"
                + "'Properties':{'PlatformVersion':null}}}],'Hooks':[{'AfterInstall':'check'}]}");
    assertThat(
            Json.readObject(
                AppSpec.of(ARN, set("web", "1.4.0", new Capacity("FARGATE_SPOT", 1, 2)), before)))
        .isEqualTo(
            json(
                "{'version':0.0,'Resources':[{'TargetService':{'Type':'AWS::ECS::Service',"
                    + "'Properties':{'PlatformVersion':'1.4.0','TaskDefinition':'"
                    + ARN
                    + "','LoadBalancerInfo':{'ContainerName':'web','ContainerPort':8080},"
                    + "'CapacityProviderStrategy':[{'CapacityProvider':'FARGATE_SPOT','Base':1,"
                    + "'Weight':2}]}}}],'Hooks':[{'AfterInstall':'check'}]}"));
  }

  @Test
  void namesInSmallLettersAreTheSame() {
    ObjectNode before =
        json(
            "{'version':0.0,'resources':[{'svc':{'type':'AWS::ECS::Service','properties':{"
                + "'taskDefinition':'old','loadBalancerInfo':{'containerName':'web',"
                + "'containerPort':80}}}}],'hooks':[{'AfterInstall':'check'}]}");
    assertThat(AppSpec.of(ARN, set("web", ""), before))
        .contains("\"taskDefinition\":\"" + ARN + "\"", "\"hooks\":[{\"AfterInstall\":\"check\"}]")
        .doesNotContain("TaskDefinition\":\"old", "LoadBalancerInfo\":{\"ContainerName");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                             | does not have one resource
          {'Resources':[]}                               | does not have one resource
          {'Resources':[{'A':{'Properties':{}}},{}]}     | does not have one resource
          {'Resources':[{'A':{}}]}                       | has no 'Properties'
          {'Resources':[{'A':{'Properties':[]}}]}        | has no 'Properties'
          {'Resources':['A']}                            | has no 'Properties'
          {'Resources':[{'A':{},'B':{}}]}                | has no 'Properties'
          """,
      quoteCharacter = '"')
  void whatIsNoAppSpecIsRefused(String document, String words) {
    assertThatThrownBy(() -> AppSpec.of(ARN, set("web", ""), json(document)))
        .isInstanceOf(AppSpec.NoAppSpecException.class)
        .hasMessageContaining(words);
  }
}
