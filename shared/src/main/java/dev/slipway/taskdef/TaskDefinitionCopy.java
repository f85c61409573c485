package dev.slipway.taskdef;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A new revision as a copy of an old one. The document is copied as a tree, so that fields which
 * this version has never heard of are kept.
 */
public final class TaskDefinitionCopy {

  /** The tag by which a revision is found again when the answer to its registration was lost. */
  public static final String DEPLOYMENT_TAG = "slipway.deployment";

  /**
   * What DescribeTaskDefinition gives and RegisterTaskDefinition does not take.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html">RegisterTaskDefinition</a>
   */
  private static final List<String> READ_ONLY =
      List.of(
          "taskDefinitionArn",
          "revision",
          "status",
          "requiresAttributes",
          "compatibilities",
          "registeredAt",
          "registeredBy",
          "deregisteredAt",
          "deleteRequestedAt");

  private TaskDefinitionCopy() {}

  /**
   * The input of RegisterTaskDefinition.
   *
   * @param document as DescribeTaskDefinition gives it; not changed
   * @param tags of the old revision; those of AWS itself ({@code aws:}) cannot be set and stay
   *     behind
   * @param images container name to the image it shall have; each container must exist
   * @param deployment id that the new revision is tagged with
   * @throws IllegalArgumentException if a container does not exist
   */
  public static ObjectNode of(
      ObjectNode document,
      Map<String, String> tags,
      Map<String, String> images,
      String deployment) {
    ObjectNode copy = document.deepCopy();
    copy.remove(READ_ONLY);
    Map<String, String> left = new LinkedHashMap<>(images);
    for (JsonNode container : copy.path("containerDefinitions")) {
      String image = left.remove(container.path("name").asText());
      if (image != null) {
        ((ObjectNode) container).put("image", image);
      }
    }
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(
          "the task definition has no container named "
              + String.join(", ", left.keySet())
              + "; it has "
              + String.join(", ", containers(document).keySet()));
    }
    ArrayNode newTags = copy.putArray("tags");
    Map<String, String> all = new LinkedHashMap<>(tags);
    all.put(DEPLOYMENT_TAG, deployment);
    all.forEach((key, value) -> {
      if (!key.toLowerCase(java.util.Locale.ROOT).startsWith("aws:")) {
        newTags.addObject().put("key", key).put("value", value);
      }
    });
    return copy;
  }

  /** Container name to the text of its image, in the order of the document. */
  public static Map<String, String> containers(ObjectNode document) {
    Map<String, String> images = new LinkedHashMap<>();
    document
        .path("containerDefinitions")
        .forEach(container ->
            images.put(container.path("name").asText(), container.path("image").asText()));
    return images;
  }
}
