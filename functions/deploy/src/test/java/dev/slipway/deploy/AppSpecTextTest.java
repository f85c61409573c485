package dev.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.runtime.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppSpecTextTest {

  private static final String HOOKS =
      "\"Hooks\":[{\"AfterInstall\":\"check\"},"
          + "{\"AfterAllowTraffic\":\"arn:aws:lambda:eu-west-1:123456789012:function:smoke:1\"}]";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"version\":0.0,\"Resources\":[],\"Hooks\":[{\"AfterInstall\":\"check\"},"
            + "{\"AfterAllowTraffic\":\"arn:aws:lambda:eu-west-1:123456789012:function:smoke:1\"}]}",
        """
        version: 0.0
        Resources: []
        Hooks:
          # before anybody sees it
          - AfterInstall: "check"

          - AfterAllowTraffic: arn:aws:lambda:eu-west-1:123456789012:function:smoke:1 # after
        """,
        // Indented as a whole, as people put it into other files.
        "  version: 0.0\n  Resources: []\n  Hooks:\n  - AfterInstall: check\n"
            + "  - AfterAllowTraffic: 'arn:aws:lambda:eu-west-1:123456789012:function:smoke:1'\n",
        "\"Hooks\" : [{AfterInstall: check}, {AfterAllowTraffic:"
            + " 'arn:aws:lambda:eu-west-1:123456789012:function:smoke:1'}]\n",
        "--- # of the shop\nsmoke: &smoke arn:aws:lambda:eu-west-1:123456789012:function:smoke:1\n"
            + "Hooks:\n- AfterInstall: >-\n    check\n- AfterAllowTraffic: *smoke\n",
        // YAML that looks like JSON.
        "{Hooks: [{AfterInstall: check}, {AfterAllowTraffic:"
            + " 'arn:aws:lambda:eu-west-1:123456789012:function:smoke:1'}]}"
      })
  void noHookIsLostInWhateverFormItIsWritten(String text) throws Exception {
    assertThat(Json.write(AppSpecText.read(text))).contains(HOOKS);
  }

  @Test
  void readsTheExampleOfAwsAsItsJson() throws Exception {
    String yaml =
        """
        version: 0.0
        Resources:
          - TargetService:
              Type: AWS::ECS::Service
              Properties:
                TaskDefinition: "arn:aws:ecs:us-east-1:111222333444:task-definition/my-family:1"
                LoadBalancerInfo:
                  ContainerName: "SampleApplicationName"
                  ContainerPort: 80
        # Optional properties
                PlatformVersion: "LATEST"
                NetworkConfiguration:
                  AwsvpcConfiguration:
                    Subnets: ["subnet-1234abcd","subnet-5678abcd"]
                    AssignPublicIp: "ENABLED"
                CapacityProviderStrategy:
                  - Base: 1
                    CapacityProvider: "FARGATE_SPOT"
                    Weight: 2
        """;
    String json =
        """
        {"version": 0.0, "Resources": [{"TargetService": {"Type": "AWS::ECS::Service",
          "Properties": {
            "TaskDefinition": "arn:aws:ecs:us-east-1:111222333444:task-definition/my-family:1",
            "LoadBalancerInfo": {"ContainerName": "SampleApplicationName", "ContainerPort": 80},
            "PlatformVersion": "LATEST",
            "NetworkConfiguration": {"AwsvpcConfiguration": {
              "Subnets": ["subnet-1234abcd", "subnet-5678abcd"], "AssignPublicIp": "ENABLED"}},
            "CapacityProviderStrategy": [
              {"Base": 1, "CapacityProvider": "FARGATE_SPOT", "Weight": 2}]}}}]}
        """;
    assertThat(Json.write(AppSpecText.read(yaml))).isEqualTo(Json.write(AppSpecText.read(json)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "version",
        "- a\n- b\n",
        "Hooks:\n  - AfterInstall: check\n bad",
        "Hooks: &all\n  - AfterInstall: *none\n",
        "Hooks: []\nHooks:\n  - AfterInstall: check\n",
        "version: 0.0\n---\nversion: 0.0\n",
        "Hooks: !Ref Smoke\n",
        "version: .nan\n",
        "{\"Hooks\": [",
        "1: one\n",
        "? [a, b]\n: c\n"
      })
  void whatCannotBeReadIsSaid(String text) {
    assertThatThrownBy(() -> AppSpecText.read(text))
        .isInstanceOf(AppSpecText.UnreadableException.class)
        .hasMessageMatching("(?s).{10,200}");
  }

  @Test
  void theLineIsNamed() {
    assertThatThrownBy(() -> AppSpecText.read("version: 0.0\nHooks: []\nHooks: []\n"))
        .hasMessageContaining("duplicate key")
        .hasMessageContaining("(line 3)");
  }
}
