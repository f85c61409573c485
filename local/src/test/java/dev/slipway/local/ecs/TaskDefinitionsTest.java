package dev.slipway.local.ecs;

import static dev.slipway.local.SimulatedWorld.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.local.SimulatedWorld;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskDefinitionsTest {
  private static final String SIMPLE =
      "{'family': 'f', 'memory': '512', 'containerDefinitions': [{'name': 'a', 'image': 'i'}]}";

  private final SimulatedWorld world = new SimulatedWorld();

  @Test
  void membersThatNobodyKnowsComeBack() {
    ObjectNode document =
        json(
            """
            {'family': 'f', 'memory': '512', 'fieldOfNextYear': {'deep': [1, 2.50, null]},
             'containerDefinitions': [{'name': 'a', 'image': 'i', 'alsoNew': true}],
             'tags': [{'key': 'team', 'value': 'a b'}]}
            """);
    world.account.call(dev.slipway.aws.AwsService.ECS, "RegisterTaskDefinition", document);
    ObjectNode described =
        world.ecs("DescribeTaskDefinition", "{'taskDefinition': 'f:1', 'include': ['TAGS']}");

    assertThat(described.path("taskDefinition").path("fieldOfNextYear"))
        .isEqualTo(document.path("fieldOfNextYear"));
    assertThat(
            described
                .path("taskDefinition")
                .path("containerDefinitions")
                .path(0)
                .path("alsoNew")
                .asBoolean())
        .isTrue();
    assertThat(described.path("taskDefinition").has("tags")).isFalse();
    assertThat(described.path("tags")).isEqualTo(document.path("tags"));
  }

  @Test
  void aFamilyMeansItsNewestActiveRevision() {
    for (int i = 0; i < 3; i++) {
      world.ecs("RegisterTaskDefinition", SIMPLE);
    }
    world.ecs("DeregisterTaskDefinition", "{'taskDefinition': 'f:3'}");

    assertThat(
            world
                .ecs("DescribeTaskDefinition", "{'taskDefinition': 'f'}")
                .path("taskDefinition")
                .path("revision")
                .asInt())
        .isEqualTo(2);
    ObjectNode gone = world.ecs("DescribeTaskDefinition", "{'taskDefinition': 'f:3'}");
    assertThat(gone.path("taskDefinition").path("status").asText()).isEqualTo("INACTIVE");
    assertThat(gone.path("taskDefinition").has("deregisteredAt")).isTrue();
    assertThat(
            world
                .ecs("ListTaskDefinitions", "{'familyPrefix': 'f', 'sort': 'DESC'}")
                .path("taskDefinitionArns"))
        .extracting(arn -> arn.asText().replaceFirst(".*/", ""))
        .isEqualTo(List.of("f:2", "f:1"));
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'family': 'f', 'containerDefinitions': []}                              | Container list cannot be empty.
          {'family': 'a b', 'containerDefinitions': []}                            | Family contains invalid characters
          {'family': 'f', 'memory': '1', 'containerDefinitions': [{'name': 'a'}]}  | Container.image should not be null or empty.
          {'family': 'f', 'containerDefinitions': [{'name': 'a', 'image': 'i'}]}   | At least one of 'memory' or 'memoryReservation' must be specified.
          {'family': 'f', 'requiresCompatibilities': ['FARGATE'], 'containerDefinitions': [{'name': 'a', 'image': 'i'}]} | Fargate only supports network mode 'awsvpc'.
          """,
      quoteCharacter = '`')
  void whatAwsRefusesIsRefused(String document, String words) {
    assertThatThrownBy(() -> world.ecs("RegisterTaskDefinition", document))
        .isInstanceOfSatisfying(
            AwsException.class, e -> assertThat(e.code()).isEqualTo("ClientException"))
        .hasMessageContaining(words);
  }

  @Test
  void anImagesNameMayBeLongOnlyBehindItsAt() {
    String digest = "@sha256:" + "a".repeat(64);
    world.ecs(
        "RegisterTaskDefinition", SIMPLE.replace("'i'", "'" + "i".repeat(255) + digest + "'"));
    assertThatThrownBy(() ->
            world.ecs(
                "RegisterTaskDefinition",
                SIMPLE.replace("'i'", "'" + "i".repeat(256) + digest + "'")))
        .hasMessageContaining("at most 255");
  }

  @Test
  void tagsAreHeldToEcsAlphabet() {
    for (String value : List.of("v1.*", "^1", "a,b", "x".repeat(257))) {
      assertThatThrownBy(() ->
              world.ecs(
                  "RegisterTaskDefinition",
                  SIMPLE.replace(
                      "'memory'", "'tags': [{'key': 'k', 'value': '" + value + "'}], 'memory'")))
          .hasMessageContaining("InvalidParameterException");
    }
  }
}
