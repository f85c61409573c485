package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.WEB;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import java.time.Duration;

/** A service that ECS deploys, from the first look at it on, with nothing going wrong by itself. */
abstract class EcsLoop {

  static final String ANY =
      "[{'key': 'slipway', 'value': 'on'}, {'key': 'slipway:team/app', 'value': 'any'}]";
  static final String BREAKER = "{'deploymentCircuitBreaker': {'enable': true, 'rollback': true}}";
  static final String BREAKER_WITHOUT_ROLLBACK =
      "{'deploymentCircuitBreaker': {'enable': true, 'rollback': false}}";
  static final String NO_BREAKER = "{}";

  OneProcess world;

  final OneProcess world(String tags, String configuration) {
    world = new OneProcess(1, Setting.ORDERLY);
    world.follower(tags, 2, configuration);
    world.reconcile();
    world.until(() -> head().lastSequence() == 1, Duration.ofMinutes(1));
    return world;
  }

  final Head head() {
    return world.truth.head(WEB);
  }

  final Deployment deployment(long sequence) {
    return world.truth.deployment(WEB, sequence).orElseThrow();
  }

  final void untilEnded(long sequence) {
    world.until(sequence, d -> d.status().ended(), Duration.ofHours(2));
  }

  final String runs() {
    return world.service().path("taskDefinition").asText().replaceAll(".*/", "");
  }
}
