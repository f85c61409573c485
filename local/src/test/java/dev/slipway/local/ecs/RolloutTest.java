package dev.slipway.local.ecs;

import static dev.slipway.local.SimulatedWorld.IMAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.SimulatedWorld;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RolloutTest {
  private static final String BREAKER =
      "{'deploymentCircuitBreaker': {'enable': true, 'rollback': true}}";
  private static final String BREAKER_ONLY =
      "{'deploymentCircuitBreaker': {'enable': true, 'rollback': false}}";

  private final SimulatedWorld world = new SimulatedWorld();
  private String good;
  private String first;

  @BeforeEach
  void aGoodImageIsThere() {
    good = world.push("v1", "healthy");
    first = world.register(IMAGE + "@" + good);
  }

  private String deploymentOf(JsonNode service) {
    return service.path("deployments").path(0).path("id").asText();
  }

  private String bad(String behaviour) {
    return world.register(IMAGE + "@" + world.push("v2", behaviour));
  }

  private String start(String behaviour) {
    return deploymentOf(world.update("'taskDefinition': '" + bad(behaviour) + "'"));
  }

  @Test
  void aGoodImageRollsOutAndTheOldTasksLeave() {
    world.settled(first, 2, "{}");
    String old = deploymentOf(world.service());
    world.events.clear();
    String digest = world.push("v2", "healthy");
    String started =
        deploymentOf(
            world.update("'taskDefinition': '" + world.register(IMAGE + "@" + digest) + "'"));

    assertThat(world.service().path("deployments").findValuesAsText("status"))
        .containsExactly("PRIMARY", "ACTIVE");
    assertThat(world.service().path("currentServiceDeployment").asText())
        .matches(
            "arn:aws:ecs:eu-west-1:123456789012:service-deployment/prod/web/[A-Za-z0-9_-]{21}");
    world.untilStatus("SUCCESSFUL");

    assertThat(started).matches("ecs-svc/\\d{19}").isNotEqualTo(old);
    assertThat(world.deploymentEvents())
        .containsExactly("IN_PROGRESS " + started, "COMPLETED " + started);
    assertThat(world.runningDigests()).containsExactly(digest, digest);
    JsonNode service = world.service();
    assertThat(service.path("deployments")).hasSize(1);
    assertThat(service.path("deployments").path(0).path("rolloutState").asText())
        .isEqualTo("COMPLETED");
    assertThat(service.has("currentServiceDeployment")).isFalse();
    assertThat(world.of("ECS Service Action"))
        .extracting(event -> event.path("detail").path("eventName").asText())
        .containsExactly("SERVICE_STEADY_STATE");
  }

  @Test
  void aTaskGoesThroughAllItsStatesWithRisingVersions() {
    world.settled(first, 1, "{}");
    world.events.clear();
    start("healthy");
    world.untilStatus("SUCCESSFUL");

    List<ObjectNode> tasks = world.of("ECS Task State Change");
    String newest = tasks.getFirst().path("detail").path("taskArn").asText();
    assertThat(tasks)
        .filteredOn(event -> event.path("detail").path("taskArn").asText().equals(newest))
        .extracting(event -> event.path("detail").path("lastStatus").asText())
        .containsExactly("PROVISIONING", "PENDING", "RUNNING");
    assertThat(tasks)
        .filteredOn(event -> !event.path("detail").path("taskArn").asText().equals(newest))
        .extracting(event ->
            event.path("detail").path("version").asInt()
                + " "
                + event.path("detail").path("lastStatus").asText())
        .containsExactly("6 STOPPING", "7 DEPROVISIONING", "8 STOPPED");
    JsonNode stopped = tasks.getLast().path("detail");
    assertThat(stopped.path("stopCode").asText()).isEqualTo("ServiceSchedulerInitiated");
    assertThat(stopped.path("stoppedReason").asText())
        .startsWith("Scaling activity initiated by (deployment ecs-svc/");
    assertThat(stopped.path("startedBy").asText()).startsWith("ecs-svc/");
    assertThat(stopped.path("group").asText()).isEqualTo("service:web");
    assertThat(stopped.path("stoppedAt").asText()).startsWith("2026-01-01T00:");
  }

  @Test
  void theCircuitBreakerGoesBackAndTheLastEventsCarryTheOldDeployment() {
    world.settled(first, 2, BREAKER);
    String old = deploymentOf(world.service());
    world.events.clear();
    String started = start("crash");
    world.untilStatus("ROLLBACK_SUCCESSFUL");

    assertThat(world.deploymentEvents())
        .containsExactly(
            "IN_PROGRESS " + started,
            "FAILED " + started,
            "IN_PROGRESS " + old,
            "COMPLETED " + old);
    assertThat(world.of("ECS Deployment State Change"))
        .extracting(event -> event.path("detail").path("reason").asText())
        .containsExactly(
            "ECS deployment " + started + " in progress.",
            "ECS deployment circuit breaker: task failed to start.",
            "ECS deployment circuit breaker: rolling back to deploymentId " + old + ".",
            "ECS deployment " + old + " completed.");
    assertThat(world.runningDigests()).containsExactly(good, good);
    JsonNode deployment = world.serviceDeployment();
    assertThat(deployment.path("deploymentCircuitBreaker").path("status").asText())
        .isEqualTo("TRIGGERED");
    assertThat(deployment.path("deploymentCircuitBreaker").path("failureCount").asInt())
        .isEqualTo(3);
    assertThat(deployment.path("rollback").path("serviceRevisionArn").asText())
        .contains(":service-revision/prod/web/");
    assertThat(world.service().path("taskDefinition").asText()).isEqualTo(first);
  }

  @Test
  void aCrashedContainerLeavesItsExitCodeAndItsLastWords() {
    world.settled(first, 1, "{}");
    world.events.clear();
    start("crash:3:2");
    world.until(() ->
        world.of("ECS Task State Change").stream()
            .anyMatch(event -> event.path("detail").path("lastStatus").asText().equals("STOPPED")));

    JsonNode task = world.of("ECS Task State Change").getLast().path("detail");
    assertThat(task.path("stopCode").asText()).isEqualTo("EssentialContainerExited");
    assertThat(task.path("containers").path(0).path("exitCode").asInt()).isEqualTo(3);
    String id = task.path("taskArn").asText().replaceFirst(".*/", "");
    ObjectNode logs =
        world.call(
            AwsService.LOGS,
            "GetLogEvents",
            "{'logGroupName': '/app', 'logStreamName': 'web/web/" + id + "'}");
    assertThat(logs.path("events").findValuesAsText("message"))
        .contains("ERROR main  Application run failed")
        .last()
        .isEqualTo("INFO  main  Shutting down with exit code 3");
  }

  @Test
  void withoutRollbackTheBreakerStopsAndTheOldTasksStay() {
    world.settled(first, 2, BREAKER_ONLY);
    world.events.clear();
    String started = start("unhealthy");
    world.untilStatus("STOPPED");
    world.pass(Duration.ofMinutes(10));

    assertThat(world.deploymentEvents())
        .containsExactly("IN_PROGRESS " + started, "FAILED " + started);
    assertThat(world.runningDigests()).contains(good, good);
    JsonNode primary = world.service().path("deployments").path(0);
    assertThat(primary.path("id").asText()).isEqualTo(started);
    assertThat(primary.path("rolloutState").asText()).isEqualTo("FAILED");
  }

  @Test
  void withoutABreakerItTriesForEver() {
    world.settled(first, 2, "{}");
    world.events.clear();
    String started = start("crash");
    world.pass(Duration.ofMinutes(30));

    assertThat(world.deploymentEvents()).containsExactly("IN_PROGRESS " + started);
    assertThat(world.service().path("deployments").path(0).path("failedTasks").asInt())
        .isGreaterThan(20);
    assertThat(world.serviceDeployment().path("status").asText()).isEqualTo("IN_PROGRESS");
    assertThat(world.runningDigests()).contains(good, good);
  }

  @Test
  void aNewerDeploymentSupersedes() {
    world.settled(first, 2, BREAKER);
    world.events.clear();
    String slow = start("slow:600");
    world.pass(Duration.ofSeconds(30));
    String superseded = world.serviceDeployment().path("serviceDeploymentArn").asText();
    String digest = world.push("v3", "healthy");
    String newer =
        deploymentOf(
            world.update("'taskDefinition': '" + world.register(IMAGE + "@" + digest) + "'"));
    assertThat(status(superseded)).isEqualTo("STOP_REQUESTED");
    world.untilStatus("SUCCESSFUL");

    assertThat(status(superseded)).isEqualTo("STOPPED");
    assertThat(world.deploymentEvents())
        .containsExactly("IN_PROGRESS " + slow, "IN_PROGRESS " + newer, "COMPLETED " + newer);
    assertThat(world.runningDigests()).containsExactly(digest, digest);
  }

  private String status(String serviceDeployment) {
    return world
        .ecs(
            "DescribeServiceDeployments",
            "{'serviceDeploymentArns': ['" + serviceDeployment + "']}")
        .path("serviceDeployments")
        .path(0)
        .path("status")
        .asText();
  }

  @Test
  void stoppingGoesBackToTheLastSuccessfulRevision() {
    world.settled(first, 2, "{}");
    String old = deploymentOf(world.service());
    world.events.clear();
    String started = start("crash");
    world.pass(Duration.ofSeconds(30));
    String arn = world.serviceDeployment().path("serviceDeploymentArn").asText();
    world.ecs(
        "StopServiceDeployment", "{'serviceDeploymentArn': '" + arn + "', 'stopType': 'ROLLBACK'}");
    assertThat(status(arn)).isEqualTo("ROLLBACK_REQUESTED");
    world.untilStatus("ROLLBACK_SUCCESSFUL");

    assertThat(world.deploymentEvents())
        .containsExactly("IN_PROGRESS " + started, "IN_PROGRESS " + old, "COMPLETED " + old);
    assertThat(world.runningDigests()).containsExactly(good, good);
    assertThatThrownBy(
            () -> world.ecs("StopServiceDeployment", "{'serviceDeploymentArn': '" + arn + "'}"))
        .isInstanceOfSatisfying(
            AwsException.class, e -> assertThat(e.code()).isEqualTo("ConflictException"));
    assertThatThrownBy(
            () -> world.ecs("StopServiceDeployment", "{'serviceDeploymentArn': '" + arn + "x'}"))
        .isInstanceOfSatisfying(
            AwsException.class,
            e -> assertThat(e.code()).isEqualTo("ServiceDeploymentNotFoundException"));
  }

  @Test
  void aServiceOfNoTasksCompletesThoughNothingRan() {
    world.settled(first, 0, BREAKER);
    world.events.clear();
    String started = start("crash");
    world.untilStatus("SUCCESSFUL");

    assertThat(world.deploymentEvents())
        .containsExactly("IN_PROGRESS " + started, "COMPLETED " + started);
    assertThat(world.of("ECS Task State Change")).isEmpty();
  }

  @Test
  void aFirstDeploymentThatFailsHasNothingToGoBackTo() {
    world.ecs(
        "CreateService",
        """
        {'cluster': 'prod', 'serviceName': 'web', 'desiredCount': 2, 'taskDefinition': '%s',
         'deploymentConfiguration': %s}
        """
            .formatted(bad("never-starts"), BREAKER));
    world.untilStatus("ROLLBACK_FAILED");
    int tasks = world.of("ECS Task State Change").size();
    world.pass(Duration.ofMinutes(30));

    assertThat(world.of("ECS Task State Change").size()).isLessThan(tasks + 10);
    assertThat(world.runningDigests()).isEmpty();
    assertThat(world.service().path("deployments").path(0).path("rolloutState").asText())
        .isEqualTo("FAILED");
  }

  @Test
  void ecsGoesBackToTheDigestAHomeMadeRollbackToTheTagsImage() {
    String tagged = world.register(IMAGE + ":latest");
    String before = world.push("latest", "healthy");
    world.settled(tagged, 1, BREAKER);
    String broken = world.push("latest", "crash");
    world.update("'forceNewDeployment': true");
    world.untilStatus("ROLLBACK_SUCCESSFUL");
    assertThat(world.runningDigests()).containsExactly(before);

    world.update("'taskDefinition': '" + first + "'");
    world.untilStatus("SUCCESSFUL");
    world.update("'taskDefinition': '" + tagged + "'");
    world.pass(Duration.ofSeconds(11));
    assertThat(world.runningDigests()).contains(broken);
  }

  @Test
  void theSameTaskDefinitionStartsNothing() {
    world.settled(first, 1, "{}");
    world.events.clear();
    world.update("'taskDefinition': '" + first + "'");
    world.pass(Duration.ofMinutes(5));

    assertThat(world.events).isEmpty();
  }

  @Test
  void aDeletedTaskIsReplaced() {
    world.settled(first, 1, "{}");
    String task =
        world
            .ecs("ListTasks", "{'cluster': 'prod', 'serviceName': 'web'}")
            .path("taskArns")
            .path(0)
            .asText();
    world.ecs("StopTask", "{'cluster': 'prod', 'task': '" + task + "', 'reason': 'a try'}");
    world.pass(Duration.ofMinutes(2));

    assertThat(world.runningDigests()).containsExactly(good);
    assertThat(world.service().path("runningCount").asInt()).isEqualTo(1);
    assertThat(world.service().path("events").path(0).path("message").asText())
        .isEqualTo("(service web) has reached a steady state.");
  }
}
