package dev.slipway.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;
import dev.slipway.local.ecr.ImagePusher;
import dev.slipway.local.ecr.ImagePusher.Push;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Whatever the simulated account emits looks like the samples in {@code events/}: nothing that is
 * in all samples of its kind is missing, and nothing is there that no sample has.
 */
class SimulatedEventsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Documented for tasks and placements on EC2, of which there is no sample. */
  private static final Set<String> ON_EC2 =
      Set.of("containerInstanceArn", "containerInstanceArns", "ec2InstanceIds");

  /** Every sample is of a task whose host was reached; the first event of a task is earlier. */
  private static final Set<String> ONCE_CONNECTED = Set.of("connectivity", "connectivityAt");

  private record Members(Set<String> always, Set<String> ever) {}

  private static Map<String, Members> samples() throws IOException {
    Map<String, Members> members = new HashMap<>();
    Path events = Path.of(System.getProperty("slipway.root")).resolve("events");
    try (DirectoryStream<Path> files = Files.newDirectoryStream(events, "*.json")) {
      for (Path file : files) {
        JsonNode sample = MAPPER.readTree(file.toFile());
        Set<String> names = names(sample.path("detail"));
        if (!names.isEmpty()) {
          Members known =
              members.computeIfAbsent(
                  sample.path("detail-type").asText(),
                  unused -> new Members(new HashSet<>(names), new HashSet<>()));
          known.always().retainAll(names);
          known.ever().addAll(names);
        }
      }
    }
    return members;
  }

  private static Set<String> names(JsonNode node) {
    Set<String> names = new HashSet<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** A good rollout, a failing one, a full cluster, a buildx push, an alarm, a pause. */
  private static SimulatedWorld busy() {
    SimulatedWorld world = new SimulatedWorld();
    new ImagePusher(world.account)
        .push(Push.multiPlatform("team/app", "v0", "healthy", "first build"));
    world.settled(
        world.register(SimulatedWorld.IMAGE + ":v0"),
        2,
        "{'deploymentCircuitBreaker': {'enable': true, 'rollback': true}}");
    for (String behaviour : new String[] {"healthy", "crash", "never-starts", "oom"}) {
      world.push("v1", behaviour);
      world.update("'taskDefinition': '" + world.register(SimulatedWorld.IMAGE + ":v1") + "'");
      world.pass(Duration.ofMinutes(10));
    }
    world.update(
        "'forceNewDeployment': true, 'deploymentConfiguration': {'strategy': 'BLUE_GREEN',"
            + " 'lifecycleHooks': [{'targetType': 'PAUSE', 'lifecycleStages': ['PRE_SCALE_UP']}]}");
    world.account.ecs().limitTasks("prod", 2);
    world.call(AwsService.CLOUDWATCH, "PutMetricAlarm", "{'AlarmName': 'errors'}");
    world.call(
        AwsService.CLOUDWATCH,
        "SetAlarmState",
        "{'AlarmName': 'errors', 'StateValue': 'ALARM', 'StateReason': 'a test'}");
    world.pass(Duration.ofMinutes(10));
    ObjectNode pause = world.of("ECS Hook State Change").getFirst();
    world.ecs(
        "ContinueServiceDeployment",
        "{'serviceDeploymentArn': '%s', 'hookId': '%s', 'action': 'CONTINUE'}"
            .formatted(
                pause.path("detail").path("serviceDeploymentArn").asText(),
                pause.path("detail").path("hookId").asText()));
    world.pass(Duration.ofMinutes(10));
    return world;
  }

  @Test
  void whatIsEmittedLooksLikeTheSamples() throws IOException {
    Map<String, Members> samples = samples();
    Set<String> kinds = new HashSet<>();
    for (ObjectNode event : busy().events) {
      String kind = event.path("detail-type").asText();
      kinds.add(kind);
      Set<String> names = names(event.path("detail"));
      assertThat(samples).containsKey(kind);
      Set<String> needed = new HashSet<>(samples.get(kind).always());
      if (event.path("detail").path("lastStatus").asText().equals("PROVISIONING")) {
        needed.removeAll(ONCE_CONNECTED);
      }
      assertThat(names).as("%s%n%s", kind, event).containsAll(needed);
      names.removeAll(samples.get(kind).ever());
      names.removeAll(ON_EC2);
      assertThat(names).as("%s has what no sample has%n%s", kind, event).isEmpty();
      assertThat(names(event))
          .containsExactlyInAnyOrder(
              "version",
              "id",
              "detail-type",
              "source",
              "account",
              "time",
              "region",
              "resources",
              "detail");
    }
    assertThat(kinds)
        .containsExactlyInAnyOrder(
            "ECR Image Action",
            "ECS Deployment State Change",
            "ECS Task State Change",
            "ECS Service Action",
            "ECS Hook State Change",
            "CloudWatch Alarm State Change");
  }
}
