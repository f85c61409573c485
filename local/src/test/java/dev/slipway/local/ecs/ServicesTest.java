package dev.slipway.local.ecs;

import static dev.slipway.local.SimulatedWorld.IMAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.local.SimulatedWorld;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServicesTest {
  private final SimulatedWorld world = new SimulatedWorld();
  private String definition;

  @BeforeEach
  void aServiceIsThere() {
    definition = world.register(IMAGE + "@" + world.push("v1", "healthy"));
    world.settled(definition, 1, "{}");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          UpdateService         | {'cluster': 'prod', 'service': 'nobody'}                             | ServiceNotFoundException
          UpdateService         | {'cluster': 'nowhere', 'service': 'web'}                             | ClusterNotFoundException
          UpdateService         | {'cluster': 'prod', 'service': 'web', 'taskDefinition': 'web:99'}    | ClientException
          UpdateService         | {'cluster': 'prod', 'service': 'web', 'desiredCount': -1}            | InvalidParameterException
          DescribeServices      | {'cluster': 'prod', 'services': []}                                  | InvalidParameterException
          DescribeServices      | {'cluster': 'prod', 'services': ['1','2','3','4','5','6','7','8','9','10','11']} | InvalidParameterException
          DeleteService         | {'cluster': 'prod', 'service': 'web'}                                | InvalidParameterException
          CreateService         | {'cluster': 'prod', 'serviceName': 'a b', 'taskDefinition': 'web'}   | InvalidParameterException
          CreateService         | {'cluster': 'prod', 'serviceName': 'web', 'taskDefinition': 'web'}   | InvalidParameterException
          ListTasks             | {'cluster': 'prod', 'serviceName': 'nobody'}                         | ServiceNotFoundException
          TagResource           | {'resourceArn': 'arn:aws:ecs:x', 'tags': []}                         | InvalidParameterException
          """)
  void whatAwsRefusesIsRefusedWithItsCode(String operation, String input, String code) {
    assertThatThrownBy(() -> world.ecs(operation, input))
        .isInstanceOfSatisfying(AwsException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void tagsComeOnlyWhenAskedForAndMissingServicesAreFailures() {
    ObjectNode described =
        world.ecs("DescribeServices", "{'cluster': 'prod', 'services': ['web', 'nobody']}");
    assertThat(described.path("services").path(0).has("tags")).isFalse();
    assertThat(described.path("failures").path(0).path("reason").asText()).isEqualTo("MISSING");
    assertThat(
            world
                .ecs(
                    "DescribeServices",
                    "{'cluster': 'prod', 'services': ['web'], 'include': ['TAGS']}")
                .path("services")
                .path(0)
                .path("tags")
                .isArray())
        .isTrue();
  }

  @Test
  void aDeletedServiceDrainsBecomesInactiveAndTakesNoUpdate() {
    world.ecs("DeleteService", "{'cluster': 'prod', 'service': 'web', 'force': true}");
    assertThat(world.service().path("status").asText()).isEqualTo("DRAINING");
    world.pass(Duration.ofMinutes(1));

    assertThat(world.service().path("status").asText()).isEqualTo("INACTIVE");
    assertThatThrownBy(() -> world.update("'desiredCount': 1"))
        .isInstanceOfSatisfying(
            AwsException.class, e -> assertThat(e.code()).isEqualTo("ServiceNotActiveException"));
    world.settled(definition, 1, "{}");
    assertThat(world.service().path("status").asText()).isEqualTo("ACTIVE");
  }

  @Test
  void anInactiveRevisionStartsNothing() {
    String next = world.register(IMAGE + ":v1");
    world.ecs("DeregisterTaskDefinition", "{'taskDefinition': '" + next + "'}");
    assertThatThrownBy(() -> world.update("'taskDefinition': '" + next + "'"))
        .hasMessageContaining("TaskDefinition is inactive");
  }

  @Test
  void scalingIsNoDeployment() {
    world.update("'desiredCount': 3");
    world.pass(Duration.ofMinutes(2));

    assertThat(world.service().path("runningCount").asInt()).isEqualTo(3);
    assertThat(world.deploymentEvents()).isEmpty();
    world.update("'desiredCount': 1");
    world.pass(Duration.ofMinutes(1));
    assertThat(world.service().path("runningCount").asInt()).isEqualTo(1);
  }

  @Test
  void aRevisionRecordsTheDigestsOfItsImages() {
    String digest = world.push("latest", "healthy");
    world.update("'taskDefinition': '" + world.register(IMAGE + ":latest") + "'");
    world.untilStatus("SUCCESSFUL");
    JsonNode deployment = world.serviceDeployment();
    String revision = deployment.path("targetServiceRevision").path("arn").asText();

    JsonNode described =
        world
            .ecs("DescribeServiceRevisions", "{'serviceRevisionArns': ['" + revision + "']}")
            .path("serviceRevisions")
            .path(0);
    assertThat(described.path("containerImages").path(0).path("imageDigest").asText())
        .isEqualTo(digest);
    assertThat(described.path("taskDefinition").asText()).endsWith("web:2");
    assertThat(world.service().path("currentServiceRevisions").path(0).path("arn").asText())
        .isEqualTo(revision);
  }

  @Test
  void laterTasksOfADeploymentAreShownWithTheDigestThatTheFirstResolved() {
    String digest = world.push("latest", "healthy");
    world.update(
        "'desiredCount': 2, 'taskDefinition': '" + world.register(IMAGE + ":latest") + "'");
    world.untilStatus("SUCCESSFUL");
    ObjectNode tasks = SimulatedWorld.json("{'cluster': 'prod'}");
    tasks.set(
        "tasks", world.ecs("ListTasks", "{'cluster': 'prod', 'family': 'web'}").path("taskArns"));

    assertThat(
            world
                .account
                .call(dev.slipway.aws.AwsService.ECS, "DescribeTasks", tasks)
                .path("tasks"))
        .extracting(task -> task.path("containers").path(0).path("image").asText())
        .containsExactlyInAnyOrder(IMAGE + ":latest", IMAGE + ":latest@" + digest);
  }

  @Test
  void aTaskOfRunTaskEndsWithTheExitCodeOfItsCommand() {
    String run =
        """
        {'cluster': 'prod', 'taskDefinition': 'web', 'launchType': 'FARGATE', 'clientToken': 'once',
         'overrides': {'containerOverrides': [{'name': 'web',
           'command': ['sh', '-c', 'bin/migrate && exit 3']}]}}
        """;
    String task = world.ecs("RunTask", run).path("tasks").path(0).path("taskArn").asText();
    assertThat(world.ecs("RunTask", run).path("tasks").path(0).path("taskArn").asText())
        .isEqualTo(task);
    world.pass(Duration.ofMinutes(1));
    JsonNode ended =
        world
            .ecs("DescribeTasks", "{'cluster': 'prod', 'tasks': ['" + task + "']}")
            .path("tasks")
            .path(0);

    assertThat(ended.path("lastStatus").asText()).isEqualTo("STOPPED");
    assertThat(ended.path("containers").path(0).path("exitCode").asInt()).isEqualTo(3);
    world.pass(Duration.ofHours(2));
    assertThat(
            world
                .ecs("DescribeTasks", "{'cluster': 'prod', 'tasks': ['" + task + "']}")
                .path("failures")
                .path(0)
                .path("reason")
                .asText())
        .isEqualTo("MISSING");
  }

  @Test
  void listsComeInPages() {
    for (int i = 0; i < 12; i++) {
      world
          .account
          .ecs()
          .createSettledService(
              SimulatedWorld.json(
                  "{'cluster': 'prod', 'serviceName': 's" + i + "', 'taskDefinition': 'web'}"));
    }
    ObjectNode page = world.ecs("ListServices", "{'cluster': 'prod'}");
    assertThat(page.path("serviceArns")).hasSize(10);
    ObjectNode rest =
        world.ecs(
            "ListServices",
            "{'cluster': 'prod', 'nextToken': '" + page.path("nextToken").asText() + "'}");
    assertThat(rest.path("serviceArns")).hasSize(3);
    assertThat(rest.has("nextToken")).isFalse();
  }
}
