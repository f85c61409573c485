package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Refusal;
import dev.slipway.local.account.TagIndex;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Tags of ECS resources, under ECS's rules, which are narrower than the tagging API's. */
final class ResourceTags {
  /** Amazon ECS API reference, Tag: letters, separators, digits and {@code _ . : / = + - @}. */
  private static final Pattern ALLOWED = Pattern.compile("([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)");

  private static final int MOST = 50;

  private record Owned(String type, Map<String, String> tags) {}

  private final TagIndex index;
  private final Map<String, Owned> owned = new HashMap<>();

  ResourceTags(TagIndex index) {
    this.index = index;
  }

  Operations operations() {
    return new Operations()
        .on("TagResource", this::tag)
        .on("UntagResource", this::untag)
        .on("ListTagsForResource", this::list);
  }

  /**
   * @throws Refusal {@code InvalidParameterException} for what ECS does not take as tags
   */
  static Map<String, String> parse(JsonNode list) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (JsonNode tag : list) {
      String key = Json.text(tag, "key", "");
      String value = Json.text(tag, "value", "");
      if (key.isEmpty() || key.length() > 128 || !ALLOWED.matcher(key).matches()) {
        throw new Refusal("InvalidParameterException", "Invalid tag key: '" + key + "'");
      }
      if (key.toLowerCase(Locale.ROOT).startsWith("aws:")) {
        throw new Refusal(
            "InvalidParameterException", "Tag keys must not begin with aws: '" + key + "'");
      }
      if (value.length() > 256 || !ALLOWED.matcher(value).matches()) {
        throw new Refusal(
            "InvalidParameterException", "Invalid value of tag '" + key + "': '" + value + "'");
      }
      if (tags.put(key, value) != null) {
        throw new Refusal("InvalidParameterException", "Duplicate tag key: '" + key + "'");
      }
    }
    checkNumber(tags);
    return tags;
  }

  private static void checkNumber(Map<String, String> tags) {
    if (tags.size() > MOST) {
      throw new Refusal(
          "InvalidParameterException", "A resource has at most 50 tags: " + tags.size());
    }
  }

  /** From now on {@code arn} has these tags; the map stays the resource's own. */
  void own(String arn, String type, Map<String, String> tags) {
    owned.put(arn, new Owned(type, tags));
    if (!tags.isEmpty()) {
      index.put(arn, type, tags);
    }
  }

  void disown(String arn) {
    owned.remove(arn);
    index.remove(arn);
  }

  private Owned require(ObjectNode input) {
    String arn = Json.required(input, "resourceArn");
    Owned found = owned.get(arn);
    if (found == null) {
      throw new Refusal("InvalidParameterException", "The specified resource is not found: " + arn);
    }
    return found;
  }

  private ObjectNode tag(ObjectNode input) {
    Owned found = require(input);
    Map<String, String> merged = new LinkedHashMap<>(found.tags());
    merged.putAll(parse(input.path("tags")));
    checkNumber(merged);
    found.tags().putAll(merged);
    index.put(Json.text(input, "resourceArn"), found.type(), found.tags());
    return Json.object();
  }

  private ObjectNode untag(ObjectNode input) {
    Owned found = require(input);
    Json.texts(input, "tagKeys").forEach(found.tags()::remove);
    index.put(Json.text(input, "resourceArn"), found.type(), found.tags());
    return Json.object();
  }

  private ObjectNode list(ObjectNode input) {
    ObjectNode answer = Json.object();
    answer.set("tags", Json.tags(require(input).tags(), "key", "value"));
    return answer;
  }
}
