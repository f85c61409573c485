package dev.slipway.local.ecs;

import static dev.slipway.local.SimulatedWorld.IMAGE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.local.SimulatedWorld;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EcsUnknownsTest {
  private final SimulatedWorld world = new SimulatedWorld(1, EcsUnknowns.otherwise());
  private String first;

  @BeforeEach
  void aGoodImageIsThere() {
    first = world.register(IMAGE + "@" + world.push("v1", "healthy"), "");
    world.settled(first, 1, "{'deploymentCircuitBreaker': {'enable': true, 'rollback': true}}");
  }

  private JsonNode start(String behaviour) {
    world.events.clear();
    return world.update(
        "'taskDefinition': '"
            + world.register(IMAGE + "@" + world.push("v2", behaviour), "")
            + "'");
  }

  @Test
  void anExitAfterRunningTripsTheBreakerThoughNobodyChecksHealth() {
    start("crash");
    world.untilStatus("ROLLBACK_SUCCESSFUL");
    assertThat(world.service().has("currentServiceDeployment")).isTrue();
    assertThat(world.of("ECS Service Action"))
        .extracting(event -> event.path("detail").path("eventName").asText())
        .containsExactly(
            "SERVICE_DEPLOYMENT_IN_PROGRESS",
            "SERVICE_DEPLOYMENT_FAILED",
            "SERVICE_DEPLOYMENT_IN_PROGRESS",
            "SERVICE_DEPLOYMENT_COMPLETED",
            "SERVICE_STEADY_STATE");
  }

  @Test
  void aDeploymentIsSeenLateAndItsStopIsAFailure() {
    String before = world.service().path("currentServiceDeployment").asText();
    JsonNode answered = start("slow:600");
    String id = answered.path("deployments").path(0).path("id").asText();
    assertThat(answered.path("currentServiceDeployment").asText())
        .as("the one that is replaced")
        .isEqualTo(before);
    assertThat(world.serviceDeployment().path("serviceDeploymentArn").asText()).isEqualTo(before);
    world.pass(Duration.ofSeconds(5));
    world.ecs(
        "StopServiceDeployment",
        "{'serviceDeploymentArn': '"
            + world.serviceDeployment().path("serviceDeploymentArn").asText()
            + "'}");
    assertThat(world.deploymentEvents()).contains("FAILED " + id);
  }
}
