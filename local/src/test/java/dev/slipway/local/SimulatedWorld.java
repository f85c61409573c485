package dev.slipway.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;
import dev.slipway.local.ecr.ImagePusher;
import dev.slipway.local.ecr.ImagePusher.Push;
import dev.slipway.local.ecs.EcsTimings;
import dev.slipway.local.ecs.EcsUnknowns;
import dev.slipway.local.time.AccountClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.StreamSupport;

/** An account with a cluster {@code prod} and a repository {@code team/app}, for scenarios. */
public final class SimulatedWorld {
  public static final String IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  public final AccountClock clock = new AccountClock(Instant.parse("2026-01-01T00:00:00Z"));
  public final List<ObjectNode> events = new ArrayList<>();
  public final SimulatedAccount account;
  private int builds;

  public SimulatedWorld() {
    this(1);
  }

  public SimulatedWorld(long seed) {
    this(seed, EcsUnknowns.standard());
  }

  public SimulatedWorld(long seed, EcsUnknowns unknowns) {
    account =
        new SimulatedAccount(
            clock,
            new Random(seed),
            events::add,
            "123456789012",
            "eu-west-1",
            EcsTimings.standard(),
            unknowns);
    ecs("CreateCluster", "{'clusterName': 'prod'}");
    account.logs().create("/app");
  }

  /** JSON with single quotes, so that it can be read in a test. */
  public static ObjectNode json(String text) {
    try {
      return (ObjectNode) MAPPER.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  public ObjectNode call(AwsService service, String operation, String input) {
    return account.call(service, operation, json(input));
  }

  public ObjectNode ecs(String operation, String input) {
    return call(AwsService.ECS, operation, input);
  }

  public ObjectNode ecr(String operation, String input) {
    return call(AwsService.ECR, operation, input);
  }

  /** Pushes a new build with this tag and returns its digest. */
  public String push(String tag, String behaviour) {
    builds++;
    return new ImagePusher(account)
        .push(Push.simple("team/app", tag, behaviour, "build " + builds));
  }

  /** Registers a revision of the family {@code web}, with a container health check. */
  public String register(String image) {
    return register(image, "'healthCheck': {'command': ['CMD-SHELL', 'true']},");
  }

  /**
   * @param more members of the container, each with a comma behind it
   */
  public String register(String image, String more) {
    return ecs(
            "RegisterTaskDefinition",
            """
            {'family': 'web', 'networkMode': 'awsvpc', 'cpu': '256', 'memory': '512',
             'requiresCompatibilities': ['FARGATE'],
             'containerDefinitions': [{'name': 'web', %s 'image': '%s',
               'logConfiguration': {'logDriver': 'awslogs', 'options': {'awslogs-group': '/app',
                 'awslogs-stream-prefix': 'web', 'awslogs-region': 'eu-west-1'}}}]}
            """
                .formatted(more, image))
        .path("taskDefinition")
        .path("taskDefinitionArn")
        .asText();
  }

  /** A service {@code web} in {@code prod} that has run this revision for long. */
  public void settled(String taskDefinition, int desiredCount, String deploymentConfiguration) {
    account
        .ecs()
        .createSettledService(
            json(
                """
                {'cluster': 'prod', 'serviceName': 'web', 'taskDefinition': '%s',
                 'desiredCount': %d, 'deploymentConfiguration': %s}
                """
                    .formatted(taskDefinition, desiredCount, deploymentConfiguration)));
  }

  public JsonNode update(String members) {
    return ecs("UpdateService", "{'cluster': 'prod', 'service': 'web', " + members + "}")
        .path("service");
  }

  public JsonNode service() {
    return ecs("DescribeServices", "{'cluster': 'prod', 'services': ['web']}")
        .path("services")
        .path(0);
  }

  public JsonNode serviceDeployment() {
    String arn =
        ecs("ListServiceDeployments", "{'cluster': 'prod', 'service': 'web'}")
            .path("serviceDeployments")
            .path(0)
            .path("serviceDeploymentArn")
            .asText();
    return ecs("DescribeServiceDeployments", "{'serviceDeploymentArns': ['" + arn + "']}")
        .path("serviceDeployments")
        .path(0);
  }

  public void pass(Duration time) {
    clock.advance(time);
  }

  /** Lets time pass until {@code so}, and fails after an hour. */
  public void until(BooleanSupplier so) {
    Instant end = clock.instant().plus(Duration.ofHours(1));
    while (!so.getAsBoolean()) {
      if (clock.instant().isAfter(end)) {
        throw new AssertionError("not so within an hour\n" + service().toPrettyString());
      }
      clock.advance(Duration.ofSeconds(1));
    }
  }

  public void untilStatus(String status) {
    until(() -> serviceDeployment().path("status").asText().equals(status));
  }

  /** The service's deployment events: name, deployment and reason. */
  public List<String> deploymentEvents() {
    return of("ECS Deployment State Change").stream()
        .map(event -> event.path("detail"))
        .map(detail ->
            detail.path("eventName").asText().replace("SERVICE_DEPLOYMENT_", "")
                + " "
                + detail.path("deploymentId").asText())
        .toList();
  }

  public List<ObjectNode> of(String detailType) {
    return events.stream()
        .filter(event -> event.path("detail-type").asText().equals(detailType))
        .toList();
  }

  /** Digests of the running tasks' first containers. */
  public List<String> runningDigests() {
    ObjectNode listed = ecs("ListTasks", "{'cluster': 'prod', 'serviceName': 'web'}");
    if (listed.path("taskArns").isEmpty()) {
      return List.of();
    }
    ObjectNode input = json("{'cluster': 'prod'}");
    input.set("tasks", listed.path("taskArns"));
    return StreamSupport.stream(
            account.call(AwsService.ECS, "DescribeTasks", input).path("tasks").spliterator(), false)
        .map(task -> task.path("containers").path(0).path("imageDigest").asText())
        .toList();
  }
}
