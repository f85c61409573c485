package dev.slipway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.ServiceRef;
import dev.slipway.local.lambda.Invocation;
import dev.slipway.local.runtime.Listener;
import dev.slipway.runtime.Json;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** ECS's staged strategies on the packaged artefacts, between the template's rules and roles. */
class StagedIT {

  private static final Pattern COMMAND =
      Pattern.compile("--service-deployment-arn (\\S+) --hook-id (\\S+) --action CONTINUE");

  private static Laptop laptop;

  @BeforeAll
  static void start() {
    laptop = new Laptop(Map.of());
  }

  @AfterAll
  static void stop() {
    laptop.close();
  }

  @AfterEach
  void noFunctionMayLackAPermission() {
    assertThat(laptop.calls)
        .filteredOn(call -> call.refusal() != null && call.refusal().accessDenied())
        .extracting(Listener.Call::principal, Listener.Call::operation)
        .isEmpty();
    assertThat(laptop.invocations).filteredOn(Invocation::failed).isEmpty();
  }

  private static String card() {
    return Json.write(laptop.messages().getLast().content().toJson());
  }

  @Test
  void aCanaryWaitsForAPersonBakesForTwoHoursAndIsNotStalled() {
    laptop.push("canary/app", "v1", "healthy");
    ServiceRef service =
        laptop.service(
            "canary",
            "canary/app",
            "v1",
            false,
            "slipway",
            "on",
            "slipway:canary/app",
            "any",
            "slipway.deadline",
            "10m");
    laptop.ecs(
        "UpdateService",
        """
        {'cluster': 'prod', 'service': 'canary', 'deploymentConfiguration': {'strategy': 'CANARY',
          'canaryConfiguration': {'canaryPercent': 10, 'canaryBakeTimeInMinutes': 120},
          'lifecycleHooks': [{'targetType': 'PAUSE', 'lifecycleStages': ['POST_TEST_TRAFFIC_SHIFT'],
            'timeoutConfiguration': {'timeoutInMinutes': 1440, 'action': 'ROLLBACK'}}]}}
        """);
    String digest = laptop.push("canary/app", "v2", "healthy");
    laptop.until(
        "the pause is told",
        () -> !laptop.messages().isEmpty() && card().contains("waits for a person"),
        Duration.ofMinutes(30));
    laptop.account.runFor(Duration.ofMinutes(45));

    // As a person does it: with the command in the message.
    Matcher command = COMMAND.matcher(card());
    assertThat(command.find()).as(card()).isTrue();
    laptop.ecs(
        "ContinueServiceDeployment",
        "{'serviceDeploymentArn': '%s', 'hookId': '%s', 'action': 'CONTINUE'}"
            .formatted(command.group(1), command.group(2)));
    laptop.until(
        "the canary is told",
        () -> card().contains("canary: 10 % of traffic on the new revision, bakes until"),
        Duration.ofMinutes(30));
    Deployment done = laptop.ended(service, 2);

    assertThat(done.status()).as(done.detail()).isEqualTo(Status.SUCCEEDED);
    assertThat(done.rollout().shift().strategy()).isEqualTo("CANARY");
    assertThat(done.rollout().shift().trail())
        .extracting(mark -> mark.production().orElse(-1))
        .contains(0., 10., 100.);
    assertThat(laptop.image(service)).endsWith("canary/app:v2@" + digest);
  }

  @Test
  void aFollowerThatIsSwitchedOffInTheMiddleOfARolloutStillGoesBack() {
    laptop.push("off/app", "v1", "healthy");
    ServiceRef service =
        laptop.service("off", "off/app", "v1", false, "slipway", "on", "slipway:off/app", "any");
    laptop.push("off/app", "v2", "crash");
    laptop.until(
        "the rollout",
        () ->
            laptop
                .ledger
                .deployment(service, 2)
                .map(d -> d.status() == Status.ROLLING_OUT)
                .orElse(false),
        Duration.ofMinutes(5));
    laptop.ecs(
        "TagResource",
        "{'resourceArn': '" + service.arn() + "', 'tags': [{'key': 'slipway', 'value': 'off'}]}");
    Deployment failed = laptop.ended(service, 2);

    assertThat(failed.status()).as(failed.detail()).isEqualTo(Status.ROLLED_BACK);
    assertThat(failed.reason()).isEqualTo(Reason.TASKS_FAILED);
    assertThat(laptop.image(service)).endsWith("off/app:v1");
  }
}
