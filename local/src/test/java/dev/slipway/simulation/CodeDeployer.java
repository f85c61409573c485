package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;
import dev.slipway.runtime.Json;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/** CodeDeploy deploys the service, blue/green, as its deployment group is set up. */
final class CodeDeployer implements Deployer {

  private static final String[] ROLLBACKS = {
    "",
    "'autoRollbackConfiguration': {'enabled': true, 'events': ['DEPLOYMENT_FAILURE']},",
    "'autoRollbackConfiguration': {'enabled': true, 'events': ['DEPLOYMENT_FAILURE',"
        + " 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']},"
  };

  private static final String[] CONFIGURATIONS = {
    "",
    "",
    "'deploymentConfigName': 'CodeDeployDefault.ECSCanary10Percent5Minutes',",
    "'deploymentConfigName': 'CodeDeployDefault.ECSLinear10PercentEvery3Minutes',"
  };

  private static final int[] KEEPS = {0, 5, 30};
  private static final int[] WAITS = {10, 40, 40};
  private static final int[] THINKS_IT_OVER = {0, 0, 5, 40};
  private static final String[] HOOKS = {
    "BeforeInstall", "AfterInstall", "AfterAllowTestTraffic", "AfterAllowTraffic"
  };

  private final OneProcess world;
  private final People people;
  private final String group;
  private final boolean waitsForSomebody;
  private final String hook;
  private final Duration thinksItOver;
  private boolean hookPasses = true;

  CodeDeployer(OneProcess world, People people, Random random) {
    this.world = world;
    this.people = people;
    this.waitsForSomebody = random.nextBoolean();
    this.hook = random.nextInt(5) < 2 ? HOOKS[random.nextInt(HOOKS.length)] : "";
    this.thinksItOver = Duration.ofSeconds(THINKS_IT_OVER[random.nextInt(THINKS_IT_OVER.length)]);
    this.group =
        ROLLBACKS[random.nextInt(ROLLBACKS.length)]
            + CONFIGURATIONS[random.nextInt(CONFIGURATIONS.length)]
            + (random.nextInt(3) == 0
                ? "'alarmConfiguration': {'enabled': true, 'alarms': [{'name': 'errors'}]},"
                : "")
            + "'blueGreenDeploymentConfiguration': {"
            + (waitsForSomebody
                ? "'deploymentReadyOption': {'actionOnTimeout': 'STOP_DEPLOYMENT',"
                    + " 'waitTimeInMinutes': "
                    + WAITS[random.nextInt(WAITS.length)]
                    + "},"
                : "")
            + "'terminateBlueInstancesOnDeploymentSuccess': {'action': 'TERMINATE',"
            + " 'terminationWaitTimeInMinutes': "
            + KEEPS[random.nextInt(KEEPS.length)]
            + "}},";
  }

  @Override
  public String text() {
    return "{"
        + group
        + " rolls back after "
        + thinksItOver
        + (hook.isEmpty() ? "" : ", hook at " + hook)
        + "}";
  }

  @Override
  public void begin() {
    world.codeDeployFollower(people.first(), people.tags(), people.desired(), group);
    world.account.codeDeploy().rollsBackAfter(thinksItOver);
    world.account.codeDeploy().functions(_ -> hookPasses);
    if (!hook.isEmpty()) {
      // Slipway copies the hooks of the deployment before.
      deploy("web:1");
      world.clock.advance(Duration.ofSeconds(40));
      letTheTrafficGo();
      world.clock.advance(Duration.ofMinutes(90).plus(people.drains()));
    }
  }

  @Override
  public ObjectNode service(String taskDefinition) {
    return OneProcess.codeDeployService(taskDefinition, people.tags(), people.desired());
  }

  @Override
  public boolean settled(JsonNode service) {
    return service.path("taskSets").size() == 1
        && service.at("/taskSets/0/stabilityStatus").asText().equals("STEADY_STATE")
        && world.facts.codeDeployments().stream().noneMatch(Facts::underWay);
  }

  private boolean tries(String operation, ObjectNode input) {
    return world.tries(AwsService.CODEDEPLOY, operation, input);
  }

  @Override
  public boolean deploy(String taskDefinition) {
    ObjectNode input =
        json("{'applicationName': 'shop', 'deploymentGroupName': 'web', 'description': 'by hand'}");
    ObjectNode appSpec =
        json(
            """
            {'version': 0.0, 'Resources': [{'TargetService': {'Type': 'AWS::ECS::Service',
             'Properties': {'TaskDefinition': '%s',
               'LoadBalancerInfo': {'ContainerName': 'web', 'ContainerPort': 80}}}}]}
            """
                .formatted(taskDefinition));
    if (!hook.isEmpty()) {
      appSpec.putArray("Hooks").addObject().put(hook, "smoke-test");
    }
    input
        .putObject("revision")
        .put("revisionType", "AppSpecContent")
        .putObject("appSpecContent")
        .put("content", Json.write(appSpec));
    return tries("CreateDeployment", input);
  }

  @Override
  public boolean deployAgain() {
    return deploy(world.service().path("taskDefinition").asText());
  }

  private Optional<String> open() {
    return world.facts.codeDeployments().stream()
        .filter(Facts::underWay)
        .map(info -> info.path("deploymentId").asText())
        .findFirst();
  }

  @Override
  public boolean stop(Random random) {
    Optional<String> open = open();
    boolean back = random.nextBoolean();
    open.ifPresent(id -> {
      world.trace.add(
          "a person stops " + id + " in CodeDeploy, with" + (back ? " rollback" : "out rollback"));
      tries(
          "StopDeployment",
          json("{'deploymentId': '%s', 'autoRollbackEnabled': %b}".formatted(id, back)));
    });
    return open.isPresent();
  }

  @Override
  public boolean act(Random random) {
    if (!hook.isEmpty() && random.nextBoolean()) {
      functionAnswers(random);
      return true;
    }
    return letTheTrafficGo();
  }

  private void functionAnswers(Random random) {
    hookPasses = random.nextBoolean();
    world.trace.add("the hook's function " + (hookPasses ? "succeeds" : "fails"));
  }

  private boolean letTheTrafficGo() {
    for (JsonNode info : world.facts.codeDeployments()) {
      if (info.path("status").asText().equals("Ready")) {
        String id = info.path("deploymentId").asText();
        world.trace.add("a person lets the traffic of " + id + " go");
        return tries(
            "ContinueDeployment",
            json("{'deploymentId': '%s', 'deploymentWaitType': 'READY_WAIT'}".formatted(id)));
      }
    }
    return false;
  }

  @Override
  public void pushed(Random random) {
    if (!hook.isEmpty() && random.nextInt(3) == 0) {
      functionAnswers(random);
    }
    if (waitsForSomebody && random.nextBoolean()) {
      world.clock.after(Duration.ofSeconds(60 + random.nextInt(900)), this::letTheTrafficGo);
    }
  }

  @Override
  public void letGo() {
    hookPasses = true;
  }
}
