package dev.slipway.taskdef;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskDefinitionCopyTest {

  private static final String DESCRIBED =
      """
      {
        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/app:7",
        "family": "app", "revision": 7, "status": "ACTIVE",
        "requiresAttributes": [{"name": "com.amazonaws.ecs.capability.docker-remote-api.1.18"}],
        "compatibilities": ["EC2", "FARGATE"], "registeredAt": 1767225600.123,
        "registeredBy": "arn:aws:iam::123456789012:user/ann", "deregisteredAt": 1767225601.0,
        "deleteRequestedAt": 1767225602.0,
        "cpu": "256", "memory": "512", "networkMode": "awsvpc", "volumes": [],
        "aFieldOfTheFuture": {"deep": [1, 2.50, null, {"x": "y"}]},
        "containerDefinitions": [
          {"name": "web", "image": "r/app:v1", "essential": true,
           "environment": [{"name": "KEY", "value": "ünïcode \\" value"}],
           "aContainerFieldOfTheFuture": true},
          {"name": "proxy", "image": "nginx:1.27", "portMappings": [{"containerPort": 80}]}
        ]
      }
      """;

  @Test
  void everyFieldIsCopiedThatMayBeAlsoThoseNobodyKnowsYet() {
    ObjectNode copy = copy(Map.of(), Map.of("web", "r/app:v2"));
    ObjectNode expected = (ObjectNode) Json.read(DESCRIBED);
    for (String readOnly :
        new String[] {
          "taskDefinitionArn",
          "revision",
          "status",
          "requiresAttributes",
          "compatibilities",
          "registeredAt",
          "registeredBy",
          "deregisteredAt",
          "deleteRequestedAt"
        }) {
      expected.remove(readOnly);
    }
    ((ObjectNode) expected.path("containerDefinitions").get(0)).put("image", "r/app:v2");
    copy.remove("tags");
    assertThat(copy).isEqualTo(expected);
  }

  @Test
  void theSourceIsNotChanged() {
    ObjectNode source = (ObjectNode) Json.read(DESCRIBED);
    TaskDefinitionCopy.of(source, Map.of(), Map.of("web", "r/app:v2"), "demo/app/2");
    assertThat(source).isEqualTo(Json.read(DESCRIBED));
  }

  @Test
  void tagsComeAlongExceptThoseOfAwsAndTheNewDeploymentReplacesTheOld() {
    ObjectNode copy =
        copy(
            Map.of("team", "a", "aws:cloudformation:stack-name", "s", "slipway.deployment", "x/1"),
            Map.of());
    assertThat(copy.path("tags").findValuesAsText("key"))
        .containsExactlyInAnyOrder("team", "slipway.deployment");
    assertThat(copy.path("tags").findValuesAsText("value"))
        .containsExactlyInAnyOrder("a", "demo/app/2");
  }

  @Test
  void aMissingContainerIsNamedTogetherWithThoseThatAreThere() {
    assertThatThrownBy(() -> copy(Map.of(), Map.of("worker", "r/app:v2")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("worker")
        .hasMessageContaining("web, proxy");
  }

  private static ObjectNode copy(Map<String, String> tags, Map<String, String> images) {
    return TaskDefinitionCopy.of((ObjectNode) Json.read(DESCRIBED), tags, images, "demo/app/2");
  }
}
