package dev.slipway.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.runtime.Json;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where the AppSpec comes from, so that nobody's hooks are lost without a word. */
class AppSpecLoopTest extends CodeDeployLoop {

  private static String inYaml(String revision, String hook) {
    return """
    version: 0.0
    Resources:
      - TargetService:
          Type: AWS::ECS::Service
          Properties:
            TaskDefinition: %s
            LoadBalancerInfo: {ContainerName: web, ContainerPort: 80}
    Hooks:
      - AfterAllowTestTraffic: "%s" # before anybody sees it
    """
        .formatted(revision, hook);
  }

  private static final String PARAMETER = "/slipway/codedeploy.appspec/prod/web";

  private void parameter(String value) {
    world.account.call(
        AwsService.SSM,
        "PutParameter",
        Json.object()
            .put("Name", PARAMETER)
            .put("Value", value)
            .put("Type", "String")
            .put("Overwrite", true));
  }

  /** The AppSpec of the newest deployment. */
  private JsonNode appSpec() {
    ObjectNode asked = Json.object().put("applicationName", "shop");
    asked.set("revision", created().getLast().path("revision"));
    return Json.read(
        world
            .account
            .call(AwsService.CODEDEPLOY, "GetApplicationRevision", asked)
            .at("/revision/appSpecContent/content")
            .asText());
  }

  private String hook() {
    return appSpec().at("/Hooks/0/AfterAllowTestTraffic").asText();
  }

  @Test
  void theAppSpecKeepsLoadBalancerPlatformCapacityAndHooks() {
    world("");
    personDeploys("web:1");
    world.pass(Duration.ofMinutes(20));
    world.push("v2", "healthy");
    world.until(() -> is(head().lastSequence(), Status.ROLLING_OUT), Duration.ofMinutes(5));
    JsonNode properties = appSpec().at("/Resources/0/TargetService/Properties");
    assertThat(properties.path("TaskDefinition").asText()).endsWith("task-definition/web:2");
    assertThat(properties.at("/LoadBalancerInfo/ContainerName").asText()).isEqualTo("web");
    assertThat(properties.at("/LoadBalancerInfo/ContainerPort").isInt()).isTrue();
    assertThat(properties.path("PlatformVersion").asText()).isEqualTo("1.4.0");
    assertThat(properties.at("/CapacityProviderStrategy/0/CapacityProvider").asText())
        .isEqualTo("FARGATE_SPOT");
    assertThat(hook()).isEqualTo("smoke-test");
  }

  static Stream<Arguments> given() {
    return Stream.of(
        arguments("AppSpecContent", inJson("web:1", "smoke-test")),
        arguments("AppSpecContent", inYaml("web:1", "smoke-test")),
        arguments("String", inJson("web:1", "smoke-test")),
        arguments("String", inYaml("web:1", "smoke-test")));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("given")
  void hooksAreKeptInWhateverFormTheyWereGiven(String type, String appSpec) {
    world("");
    personGives(type, appSpec);
    world.pass(Duration.ofMinutes(20));
    world.push("v2", "healthy");
    long sequence = head().lastSequence() + 1;
    untilEnded(sequence);
    assertThat(deployment(sequence).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(hook()).isEqualTo("smoke-test");
  }

  private void refused(long sequence, String... words) {
    untilEnded(sequence);
    assertThat(deployment(sequence).status()).isEqualTo(Status.FAILED);
    assertThat(deployment(sequence).reason()).isEqualTo(Reason.NOT_DEPLOYABLE);
    assertThat(deployment(sequence).detail())
        .contains(words)
        .contains("aws ssm put-parameter", PARAMETER);
    assertThat(creators()).doesNotContain("Slipway prod/web#" + sequence);
  }

  @Test
  void hooksInS3AreNotLostButAskedForAndThenKept() {
    world("");
    personGives("S3", inYaml("web:1", "smoke-test"));
    world.pass(Duration.ofMinutes(20));
    world.push("v2", "healthy");
    long sequence = head().lastSequence() + 1;
    refused(sequence, "s3://artifacts/shop/appspec.yaml");

    parameter(inYaml("<TASK_DEFINITION>", "smoke-test"));
    world.push("v3", "healthy");
    untilEnded(sequence + 1);
    assertThat(deployment(sequence + 1).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(hook()).isEqualTo("smoke-test");
    assertThat(world.image(runs())).contains("team/app:v3");
  }

  @Test
  void theParameterOutranksTheDeploymentBeforeAndCountsForTheFirstOneToo() {
    world("");
    parameter(inYaml("<TASK_DEFINITION>", "first-test"));
    world.push("v2", "healthy");
    untilEnded(2);
    assertThat(hook()).isEqualTo("first-test");
    parameter(inJson("any", "second-test"));
    world.push("v3", "healthy");
    untilEnded(3);
    assertThat(hook()).isEqualTo("second-test");
    assertThat(deployment(3).status()).isEqualTo(Status.SUCCEEDED);
    // Without it, the deployment before is what is left.
    noParameter();
    world.push("v4", "healthy");
    untilEnded(4);
    assertThat(hook()).isEqualTo("second-test");
  }

  private void noParameter() {
    world.account.call(AwsService.SSM, "DeleteParameter", Json.object().put("Name", PARAMETER));
  }

  @Test
  void aParameterThatIsNoAppSpecIsToldWithItsLine() {
    world("");
    parameter("version: 0.0\nHooks: []\nHooks: []\n");
    world.push("v2", "healthy");
    refused(2, "The parameter " + PARAMETER + " cannot be read: ", "duplicate key", "(line 3)");
    parameter("version: 0.0\n");
    world.push("v3", "healthy");
    refused(3, "does not have one resource under 'Resources'");
  }

  @Test
  void aWayBackGoesWithoutHooksRatherThanNotAndNothingIsCopiedFromIt() {
    world(KEEPS_OLD_TASKS);
    personGives("S3", inYaml("web:1", "smoke-test"));
    world.pass(Duration.ofMinutes(90));
    parameter(inYaml("<TASK_DEFINITION>", "smoke-test"));
    world.account.codeDeploy().functions(function -> !function.equals("smoke-test"));
    world.push("v2", "healthy");
    long sequence = head().lastSequence() + 1;
    world.until(() -> is(sequence, Status.ROLLING_OUT), Duration.ofMinutes(5));
    noParameter();
    untilEnded(sequence);
    rolledBack(sequence, Reason.HOOK_FAILED, RolledBackBy.SLIPWAY);
    assertThat(deployment(sequence).detail()).contains("without the hooks", PARAMETER);
    assertThat(created().getLast().path("description").asText()).endsWith("(without its hooks)");
    assertThat(appSpec().has("Hooks")).isFalse();

    world.push("v3", "healthy");
    refused(sequence + 2, "went back without hooks");
  }
}
