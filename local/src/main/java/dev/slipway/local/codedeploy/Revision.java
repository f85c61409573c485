package dev.slipway.local.codedeploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * An AppSpec in YAML or JSON, and how CodeDeploy was given it: as text, under its newer or its
 * older name, or as an object of S3.
 *
 * @param given {@code revision} of CreateDeployment, without the content
 * @param content the text
 */
record Revision(ObjectNode given, String content) {

  private static final String INVALID = "InvalidRevisionException";

  /**
   * @param objects from {@code bucket/key} to what is there, null if nothing is
   * @throws Refusal if there is no AppSpec that can be deployed
   */
  static Revision of(JsonNode revision, UnaryOperator<String> objects) {
    if (!(revision instanceof ObjectNode object)) {
      throw new Refusal("RevisionRequiredException", "RevisionLocation must be specified");
    }
    ObjectNode given = object.deepCopy();
    String type = revision.path("revisionType").asText();
    String content =
        switch (type) {
          case "AppSpecContent", "String" -> revision.path(member(type)).path("content").asText();
          case "S3" -> {
            JsonNode s3 = revision.path("s3Location");
            yield objects.apply(s3.path("bucket").asText() + "/" + s3.path("key").asText());
          }
          default -> null;
        };
    if (content == null || content.isEmpty()) {
      throw new Refusal("RevisionRequiredException", "There is no AppSpec: " + revision);
    }
    if (given.get(member(type)) instanceof ObjectNode text) {
      text.remove("content");
    }
    Revision read = new Revision(given, content);
    if (read.taskDefinition().isEmpty()
        || field(read.properties(), "LoadBalancerInfo").isMissingNode()) {
      throw new Refusal(INVALID, "The AppSpec must name TaskDefinition and LoadBalancerInfo.");
    }
    return read;
  }

  private static String member(String type) {
    return type.equals("String") ? "string" : "appSpecContent";
  }

  private ObjectNode document() {
    try {
      return Json.tree(new Load(LoadSettings.builder().build()).loadFromString(content), INVALID);
    } catch (YamlEngineException e) {
      throw new Refusal(INVALID, "The AppSpec is not well-formed: " + e.getMessage());
    }
  }

  private JsonNode properties() {
    return properties(document());
  }

  private static JsonNode properties(ObjectNode document) {
    JsonNode resource = field(document, "Resources").path(0);
    return resource.isEmpty() ? resource : field(resource.iterator().next(), "Properties");
  }

  /** AWS reads names in small letters, too. */
  private static JsonNode field(JsonNode node, String name) {
    return node.properties().stream()
        .filter(each -> each.getKey().equalsIgnoreCase(name))
        .findFirst()
        .map(java.util.Map.Entry::getValue)
        .orElse(node.path(name));
  }

  String taskDefinition() {
    return field(properties(), "TaskDefinition").asText();
  }

  /** The function that the AppSpec names for this lifecycle event; null if none. */
  String hook(String event) {
    for (JsonNode hook : field(document(), "Hooks")) {
      if (!field(hook, event).isMissingNode()) {
        return field(hook, event).asText();
      }
    }
    return null;
  }

  /** The same with another task definition. */
  Revision with(String taskDefinition) {
    ObjectNode document = document();
    ((ObjectNode) properties(document)).put("TaskDefinition", taskDefinition);
    return new Revision(given, document.toString());
  }

  /** By which CodeDeploy keeps the AppSpec; empty if it does not have it. */
  String sha256() {
    if (given.has("s3Location")) {
      return "";
    }
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(content.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As GetDeployment shows it: "the content property [...] is always null" (API reference). */
  ObjectNode shown() {
    ObjectNode shown = given.deepCopy();
    if (!sha256().isEmpty()) {
      shown.putObject(member(given.path("revisionType").asText())).put("sha256", sha256());
    }
    return shown;
  }

  /** As GetApplicationRevision shows it. */
  ObjectNode whole() {
    ObjectNode whole = shown();
    if (!sha256().isEmpty()) {
      ((ObjectNode) whole.path(member(given.path("revisionType").asText())))
          .put("content", content);
    }
    return whole;
  }

  /** Whether GetApplicationRevision asks for this one. */
  boolean asked(JsonNode revision) {
    String type = given.path("revisionType").asText();
    return !sha256().isEmpty()
        && revision.path("revisionType").asText(type).equals(type)
        && revision.path(member(type)).path("sha256").asText().equals(sha256());
  }
}
