package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;
import dev.slipway.simulation.People.Meddling;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** ECS deploys the service itself: rolling, or blue/green, linear or canary with its stages. */
final class EcsDeployer implements Deployer {

  private static final String[] STRATEGIES = {
    "'strategy': 'BLUE_GREEN'",
    "'strategy': 'LINEAR', 'linearConfiguration': {'stepPercent': 40, 'stepBakeTimeInMinutes': 7}",
    "'strategy': 'CANARY', 'canaryConfiguration': {'canaryPercent': 10, 'canaryBakeTimeInMinutes':"
        + " 3}",
    "'strategy': 'CANARY', 'canaryConfiguration': {'canaryPercent': 10, 'canaryBakeTimeInMinutes':"
        + " 25}"
  };

  /** In minutes; the longest is longer than the deadline. */
  private static final int[] BAKES = {0, 1, 5, 25};

  /** Of pauses, in minutes. */
  private static final int[] TIMEOUTS = {5, 20, 45};

  private static final String[] STAGES = {
    "PRE_SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT"
  };

  /** What the function behind a hook answers when it has decided. */
  private enum Answer {
    SUCCEEDED,
    FAILED
  }

  private final OneProcess world;
  private final People people;
  private final String configuration;
  private final boolean calls;
  private final boolean pauses;
  private Answer answer = Answer.SUCCEEDED;
  private Instant slowUntil = Instant.MIN;

  private EcsDeployer(
      OneProcess world, People people, String configuration, boolean calls, boolean pauses) {
    this.world = world;
    this.people = people;
    this.configuration = configuration;
    this.calls = calls;
    this.pauses = pauses;
  }

  /**
   * @param failures members of the deployment configuration for breaker and alarms
   */
  static EcsDeployer rolling(OneProcess world, People people, String failures) {
    return new EcsDeployer(world, people, "{" + failures + "}", false, false);
  }

  /** The same with one of the strategies that have stages. */
  static EcsDeployer staged(OneProcess world, People people, String failures, Random random) {
    boolean calls = random.nextBoolean();
    boolean pauses = random.nextInt(5) < 2;
    List<String> hooks = new ArrayList<>();
    if (calls) {
      hooks.add(
          "{'hookTargetArn': 'arn:aws:lambda:eu-west-1:123456789012:function:check-it',"
              + " 'lifecycleStages': ['%s']}".formatted(any(STAGES, random)));
    }
    if (pauses) {
      hooks.add(
          ("{'targetType': 'PAUSE', 'lifecycleStages': ['%s'], 'timeoutConfiguration':"
                  + " {'timeoutInMinutes': %d, 'action': '%s'}}")
              .formatted(
                  any(STAGES, random),
                  TIMEOUTS[random.nextInt(TIMEOUTS.length)],
                  random.nextInt(3) > 0 ? "ROLLBACK" : "CONTINUE"));
    }
    String configuration =
        "{%s, %s, 'bakeTimeInMinutes': %d, 'lifecycleHooks': [%s]}"
            .formatted(
                failures,
                any(STRATEGIES, random),
                BAKES[random.nextInt(BAKES.length)],
                String.join(", ", hooks));
    return new EcsDeployer(world, people, configuration, calls, pauses);
  }

  private static String any(String[] of, Random random) {
    return of[random.nextInt(of.length)];
  }

  @Override
  public String text() {
    return configuration;
  }

  @Override
  public void begin() {
    world.follower(people.first(), people.tags(), people.desired(), configuration);
    world
        .account
        .ecs()
        .lambdaHooks(_ ->
            json(
                world.clock.instant().isBefore(slowUntil)
                    ? "{'hookStatus': 'IN_PROGRESS', 'callBackDelay': 60}"
                    : "{'hookStatus': '" + answer + "'}"));
  }

  @Override
  public ObjectNode service(String taskDefinition) {
    return OneProcess.service(taskDefinition, people.tags(), people.desired(), configuration);
  }

  @Override
  public boolean settled(JsonNode service) {
    return service.path("deployments").size() == 1
        && service.at("/deployments/0/rolloutState").asText().equals("COMPLETED");
  }

  private boolean tries(String operation, String input) {
    return world.tries(AwsService.ECS, operation, json(input));
  }

  @Override
  public boolean deploy(String taskDefinition) {
    return tries(
        "UpdateService",
        "{'cluster': 'prod', 'service': 'web', 'taskDefinition': '" + taskDefinition + "'}");
  }

  @Override
  public boolean deployAgain() {
    return tries(
        "UpdateService", "{'cluster': 'prod', 'service': 'web', 'forceNewDeployment': true}");
  }

  @Override
  public boolean stop(Random random) {
    String arn = world.service().path("currentServiceDeployment").asText();
    if (arn.isEmpty()) {
      return false;
    }
    world.trace.add("a person stops the deployment in the console");
    tries(
        "StopServiceDeployment", "{'serviceDeploymentArn': '" + arn + "', 'stopType': 'ROLLBACK'}");
    return true;
  }

  @Override
  public boolean act(Random random) {
    if (calls && random.nextBoolean()) {
      functionAnswers(random);
      return true;
    }
    return pauses && answerPause(random.nextInt(3) > 0);
  }

  private void functionAnswers(Random random) {
    answer = random.nextInt(3) == 0 ? Answer.FAILED : Answer.SUCCEEDED;
    int minutes = random.nextInt(3) == 0 ? 1 + random.nextInt(30) : 0;
    slowUntil = world.clock.instant().plus(Duration.ofMinutes(minutes));
    world.trace.add("in " + minutes + " minutes the hook's function says " + answer);
  }

  private boolean answerPause(boolean goOn) {
    if (!people.active()) {
      return false;
    }
    String arn = world.facts.newestInEcs().id();
    Optional<String> hook = world.facts.pause(arn);
    hook.ifPresent(id -> {
      String action = goOn ? "CONTINUE" : "ROLLBACK";
      world.trace.add("a person answers the pause with " + action);
      if (!goOn) {
        people.meddled.add(Meddling.STOPPED);
      }
      tries(
          "ContinueServiceDeployment",
          "{'serviceDeploymentArn': '%s', 'hookId': '%s', 'action': '%s'}"
              .formatted(arn, id, action));
    });
    return hook.isPresent();
  }

  @Override
  public void pushed(Random random) {
    if (calls && random.nextInt(3) == 0) {
      functionAnswers(random);
    }
    if (pauses && random.nextInt(3) > 0) {
      boolean goOn = random.nextInt(4) > 0;
      world.clock.after(Duration.ofSeconds(20 + random.nextInt(900)), () -> answerPause(goOn));
    }
  }

  @Override
  public void letGo() {
    answer = Answer.SUCCEEDED;
    slowUntil = Instant.MIN;
  }
}
