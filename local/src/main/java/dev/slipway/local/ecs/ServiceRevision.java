package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Json;
import dev.slipway.local.ecr.Images;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What a service runs or ran: a task definition, the settings beside it, and the digests that its
 * tags named when its first task started. A rollback by ECS returns to a revision, and so to these
 * digests; a new deployment of the same task definition makes a new revision and resolves anew.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html">container
 *     image resolution</a>
 */
final class ServiceRevision {
  final String arn;
  final TaskDefinition taskDefinition;

  /**
   * The service's settings as they were, {@code loadBalancers} and {@code launchType} among them.
   */
  final ObjectNode settings;

  final Instant createdAt;
  private final Map<String, String> digests = new HashMap<>();
  private boolean resolved;

  ServiceRevision(
      String arn, TaskDefinition taskDefinition, ObjectNode settings, Instant createdAt) {
    this.arn = arn;
    this.taskDefinition = taskDefinition;
    this.settings = settings;
    this.createdAt = createdAt;
  }

  /**
   * The image that a new task's container is to run. The first task resolves and keeps its image's
   * name; later ones get {@code name@digest}.
   */
  Map<String, String> images(Images registry) {
    Map<String, String> images = new HashMap<>();
    boolean first = !resolved;
    for (JsonNode container : taskDefinition.containers()) {
      String name = container.path("name").asText();
      String image = container.path("image").asText();
      if (container.path("versionConsistency").asText().equals("disabled") || image.contains("@")) {
        images.put(name, image);
        continue;
      }
      if (first) {
        String digest = registry.digest(image);
        if (digest != null) {
          digests.put(name, digest);
        }
      }
      images.put(
          name, first || !digests.containsKey(name) ? image : image + "@" + digests.get(name));
    }
    // Until every tag could be resolved, the next task tries again.
    resolved =
        images.keySet().stream().allMatch(name -> digests.containsKey(name) || !resolvable(name));
    return images;
  }

  /**
   * What a container whose image is shown like this pulls: the digest that its tag was resolved to,
   * also by the first task, which shows no digest.
   */
  String pulls(String container, String shown) {
    boolean byTag = !shown.contains("@") && resolvable(container);
    return byTag && digests.containsKey(container) ? shown + "@" + digests.get(container) : shown;
  }

  private boolean resolvable(String name) {
    for (JsonNode container : taskDefinition.containers()) {
      if (container.path("name").asText().equals(name)) {
        return !container.path("versionConsistency").asText().equals("disabled")
            && !container.path("image").asText().contains("@");
      }
    }
    return false;
  }

  ArrayNode containerImages() {
    ArrayNode list = Json.array();
    for (JsonNode container : taskDefinition.containers()) {
      String name = container.path("name").asText();
      String image = container.path("image").asText();
      ObjectNode node = list.addObject().put("containerName", name).put("image", image);
      int at = image.indexOf('@');
      String digest = at >= 0 ? image.substring(at + 1) : digests.get(name);
      if (digest != null) {
        node.put("imageDigest", digest);
      }
    }
    return list;
  }
}
