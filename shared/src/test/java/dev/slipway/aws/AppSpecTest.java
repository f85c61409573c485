package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.aws.ServiceView.Capacity;
import dev.slipway.aws.ServiceView.TaskSet;
import dev.slipway.runtime.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppSpecTest {

  private static final String ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:42";

  private static TaskSet set(String container, String platform, Capacity... capacity) {
    return new TaskSet(
        "ecs-svc/1", "d-1", "PRIMARY", "web:41", container, 8080, platform, List.of(capacity));
  }

  @Test
  void namesWhatCodeDeployWouldOtherwiseTakeFromADefault() {
    assertThat(AppSpec.of(ARN, set("web", "1.4.0", new Capacity("FARGATE_SPOT", 1, 2)), ""))
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
    assertThat(AppSpec.of(ARN, set("web", ""), ""))
        .doesNotContain("PlatformVersion", "CapacityProviderStrategy", "Hooks");
  }

  @Test
  void aServiceWithoutALoadBalancerIsRefused() {
    assertThatThrownBy(() -> AppSpec.of(ARN, set("", ""), ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no load balancer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"version\":0.0,\"Resources\":[],\"Hooks\":[{\"AfterInstall\":\"check\"},"
            + "{\"AfterAllowTraffic\":\"arn:aws:lambda:eu-west-1:123456789012:function:smoke:1\"}]}",
        """
        version: 0.0
        Resources:
          - TargetService:
              Type: AWS::ECS::Service
              Properties:
                TaskDefinition: <TASK_DEFINITION>
        Hooks:
          # before anybody sees it
          - AfterInstall: "check"

          - AfterAllowTraffic: arn:aws:lambda:eu-west-1:123456789012:function:smoke:1 # after
        """,
        """
        Hooks:
        - AfterInstall: 'check'
        - AfterAllowTraffic: "arn:aws:lambda:eu-west-1:123456789012:function:smoke:1"
        version: 0.0
        Resources:
        - TargetService: {Type: AWS::ECS::Service}
        """
      })
  void theHooksOfTheDeploymentBeforeAreKept(String before) {
    assertThat(Json.write(Json.readObject(AppSpec.of(ARN, set("web", ""), before)).path("Hooks")))
        .isEqualTo(
            "[{\"AfterInstall\":\"check\"},"
                + "{\"AfterAllowTraffic\":\"arn:aws:lambda:eu-west-1:123456789012:function:smoke:1\"}]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "version: 0.0\nResources:\n  - A: b\n", "{\"version\":0.0}"})
  void whereThereAreNoHooksThereAreNone(String before) {
    assertThat(AppSpec.of(ARN, set("web", ""), before)).doesNotContain("Hooks");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Hooks: [{AfterInstall: check}]\n",
        "Hooks:\n  - AfterInstall:\n      - location: x\n",
        "Hooks: &all\n  - AfterInstall: check\n"
      })
  void hooksThatCannotBeReadAreNotSilentlyLost(String before) {
    assertThatThrownBy(() -> AppSpec.of(ARN, set("web", ""), before))
        .isInstanceOf(AppSpec.UnreadableHooksException.class)
        .hasMessageContaining("cannot be read: '");
  }
}
