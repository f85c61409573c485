package dev.slipway.local.ecs;

import static dev.slipway.local.SimulatedWorld.IMAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.local.SimulatedWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blue/green, canary and linear deployments. */
class TrafficShiftTest {
  private final SimulatedWorld world = new SimulatedWorld();
  private String good;
  private String first;

  @BeforeEach
  void aGoodImageIsThere() {
    good = world.push("v1", "healthy");
    first = world.register(IMAGE + "@" + good);
  }

  private String start(String behaviour) {
    world.events.clear();
    return world
        .update(
            "'taskDefinition': '" + world.register(IMAGE + "@" + world.push("v2", behaviour)) + "'")
        .path("deployments")
        .path(0)
        .path("id")
        .asText();
  }

  private double share() {
    return world
        .serviceDeployment()
        .path("targetServiceRevision")
        .path("requestedProductionTrafficWeight")
        .asDouble();
  }

  @Test
  void blueGreenGoesThroughItsStagesAndTheOldTasksStayUntilTheBakeIsOver() {
    world.settled(first, 2, "{'strategy': 'BLUE_GREEN', 'bakeTimeInMinutes': 5}");
    String started = start("healthy");
    List<String> stages = new ArrayList<>();
    world.until(() -> {
      JsonNode deployment = world.serviceDeployment();
      String stage = deployment.path("lifecycleStage").asText();
      if (!stage.isEmpty() && (stages.isEmpty() || !stages.getLast().equals(stage))) {
        stages.add(stage);
      }
      if (stage.equals("BAKE_TIME")) {
        assertThat(world.runningDigests()).hasSize(4);
        assertThat(share()).isEqualTo(100);
      }
      return deployment.path("status").asText().equals("SUCCESSFUL");
    });

    assertThat(stages)
        .containsExactly(
            "RECONCILE_SERVICE",
            "PRE_SCALE_UP",
            "SCALE_UP",
            "POST_SCALE_UP",
            "TEST_TRAFFIC_SHIFT",
            "POST_TEST_TRAFFIC_SHIFT",
            "PRODUCTION_TRAFFIC_SHIFT",
            "POST_PRODUCTION_TRAFFIC_SHIFT",
            "BAKE_TIME",
            "CLEAN_UP");
    assertThat(world.runningDigests()).hasSize(2).doesNotContain(good);
    assertThat(world.deploymentEvents())
        .containsExactly("IN_PROGRESS " + started, "COMPLETED " + started);
    assertThat(world.clock.instant()).isAfter(java.time.Instant.parse("2026-01-01T00:05:00Z"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'strategy': 'CANARY', 'canaryConfiguration': {'canaryPercent': 10, 'canaryBakeTimeInMinutes': 10}}          | 10 100 | 10
          {'strategy': 'LINEAR', 'linearConfiguration': {'stepPercent': 30, 'stepBakeTimeInMinutes': 6}}               | 30 60 90 100 | 18
          {'strategy': 'CANARY'}                                                                                       | 5 100 | 10
          """)
  void trafficMovesInSteps(String configuration, String shares, int minutes) {
    world.settled(first, 1, configuration);
    start("healthy");
    List<String> seen = new ArrayList<>();
    world.until(() -> {
      String now = Integer.toString((int) share());
      if (!now.equals("0") && (seen.isEmpty() || !seen.getLast().equals(now))) {
        seen.add(now);
      }
      return world.serviceDeployment().path("status").asText().equals("SUCCESSFUL");
    });

    assertThat(String.join(" ", seen)).isEqualTo(shares);
    assertThat(
            Duration.between(
                java.time.Instant.parse("2026-01-01T00:00:00Z"), world.clock.instant()))
        .isBetween(Duration.ofMinutes(minutes), Duration.ofMinutes(minutes + 2));
  }

  private static final String PAUSING =
      "{'strategy': 'BLUE_GREEN', 'bakeTimeInMinutes': 0, 'lifecycleHooks': [{'targetType':"
          + " 'PAUSE', 'lifecycleStages': ['POST_TEST_TRAFFIC_SHIFT'], 'timeoutConfiguration':"
          + " {'timeoutInMinutes': 30, 'action': '%s'}}]}";

  private JsonNode untilPaused() {
    world.until(() -> !world.of("ECS Hook State Change").isEmpty());
    return world.of("ECS Hook State Change").getFirst().path("detail");
  }

  private void answer(JsonNode hook, String action) {
    world.ecs(
        "ContinueServiceDeployment",
        "{'serviceDeploymentArn': '%s', 'hookId': '%s', 'action': '%s'}"
            .formatted(
                hook.path("serviceDeploymentArn").asText(), hook.path("hookId").asText(), action));
  }

  @Test
  void aPauseWaitsForAPersonAndGoesOn() {
    world.settled(first, 1, PAUSING.formatted("ROLLBACK"));
    start("healthy");
    JsonNode hook = untilPaused();
    world.pass(Duration.ofMinutes(20));

    assertThat(hook.path("eventName").asText()).isEqualTo("HOOK_AWAITING_ACTION");
    assertThat(hook.path("hookId").asText()).startsWith("ecs-pause-");
    assertThat(hook.path("updatedAt").asText()).matches(".*\\.\\d{9}Z");
    JsonNode deployment = world.serviceDeployment();
    assertThat(deployment.path("lifecycleStage").asText()).isEqualTo("POST_TEST_TRAFFIC_SHIFT");
    assertThat(deployment.path("lifecycleHookDetails").path(0).path("status").asText())
        .isEqualTo("AWAITING_ACTION");
    answer(hook, "CONTINUE");
    assertThatThrownBy(() -> answer(hook, "CONTINUE"))
        .isInstanceOfSatisfying(
            AwsException.class, e -> assertThat(e.code()).isEqualTo("InvalidParameterException"));
    world.untilStatus("SUCCESSFUL");
  }

  @ParameterizedTest(name = "answer {0}, timeout action {1}")
  @CsvSource({
    "ROLLBACK, CONTINUE, HOOK_FAILED, ROLLBACK_SUCCESSFUL",
    "nothing, ROLLBACK, HOOK_TIMED_OUT, ROLLBACK_SUCCESSFUL",
    "nothing, CONTINUE, HOOK_TIMED_OUT, SUCCESSFUL",
  })
  void aPauseEndsAsItIsAnsweredOrAsItSays(
      String answer, String timeoutAction, String event, String status) {
    world.settled(first, 1, PAUSING.formatted(timeoutAction));
    start("healthy");
    JsonNode hook = untilPaused();
    if (!answer.equals("nothing")) {
      answer(hook, answer);
    }
    world.untilStatus(status);

    assertThat(
            world.of("ECS Hook State Change").getLast().path("detail").path("eventName").asText())
        .isEqualTo(event);
    if (status.startsWith("ROLLBACK")) {
      assertThat(world.runningDigests()).containsExactly(good);
      assertThat(world.serviceDeployment().path("statusReason").asText())
          .contains("POST_TEST_TRAFFIC_SHIFT lifecycle hook(s) failed");
    }
  }

  @Test
  void aFunctionMayTakeItsTimeAndRefuse() {
    world.settled(
        first,
        1,
        "{'strategy': 'BLUE_GREEN', 'lifecycleHooks': [{'hookTargetArn': 'arn:f',"
            + " 'lifecycleStages': ['PRE_SCALE_UP']}]}");
    List<ObjectNode> payloads = new ArrayList<>();
    world
        .account
        .ecs()
        .lambdaHooks(payload -> {
          payloads.add(payload);
          return SimulatedWorld.json(
              payloads.size() < 3
                  ? "{'hookStatus': 'IN_PROGRESS', 'callBackDelay': 10}"
                  : "{'hookStatus': 'FAILED'}");
        });
    start("healthy");
    world.untilStatus("ROLLBACK_SUCCESSFUL");

    assertThat(payloads).hasSize(3);
    assertThat(payloads.getFirst().path("lifecycleStage").asText()).isEqualTo("PRE_SCALE_UP");
    assertThat(world.of("ECS Task State Change")).isEmpty();
  }

  @Test
  void aGreenRevisionThatNeverGetsHealthyTripsTheBreaker() {
    world.settled(
        first,
        2,
        "{'strategy': 'BLUE_GREEN', 'deploymentCircuitBreaker': {'enable': true, 'rollback':"
            + " true}}");
    String started = start("crash");
    world.untilStatus("ROLLBACK_SUCCESSFUL");

    assertThat(world.deploymentEvents().get(1)).isEqualTo("FAILED " + started);
    assertThat(world.runningDigests()).containsExactly(good, good);
  }

  @Test
  void stoppingDuringACanaryTakesTheTrafficBack() {
    world.settled(first, 1, "{'strategy': 'CANARY'}");
    start("healthy");
    world.until(() -> share() == 5);
    world.ecs(
        "StopServiceDeployment",
        "{'serviceDeploymentArn': '"
            + world.serviceDeployment().path("serviceDeploymentArn").asText()
            + "', 'stopType': 'ROLLBACK'}");
    assertThat(share()).isZero();
    world.untilStatus("ROLLBACK_SUCCESSFUL");
    assertThat(world.runningDigests()).containsExactly(good);
  }
}
