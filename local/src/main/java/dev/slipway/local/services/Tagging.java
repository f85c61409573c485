package dev.slipway.local.services;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Refusal;
import dev.slipway.local.account.TagIndex;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The Resource Groups Tagging API, as far as it finds things. */
public final class Tagging {
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(15);

  private final Account account;
  private final TagIndex index;

  public Tagging(Account account, TagIndex index) {
    this.account = account;
    this.index = index;
  }

  public Operations operations() {
    return new Operations().on("GetResources", this::getResources);
  }

  private ObjectNode getResources(ObjectNode input) {
    int size = input.path("ResourcesPerPage").asInt(50);
    if (size < 1 || size > 100) {
      throw new Refusal(
          "InvalidParameterException", "ResourcesPerPage must be between 1 and 100: " + size);
    }
    Map<String, Set<String>> filters = filters(input);
    Set<String> types = new LinkedHashSet<>(Json.texts(input, "ResourceTypeFilters"));
    Set<String> arns = new LinkedHashSet<>(Json.texts(input, "ResourceARNList"));
    if (!arns.isEmpty() && (!filters.isEmpty() || !types.isEmpty())) {
      throw new Refusal(
          "InvalidParameterException", "ResourceARNList cannot be combined with filters");
    }
    Predicate<TagIndex.Tagged> wanted =
        tagged ->
            (arns.isEmpty() || arns.contains(tagged.arn()))
                && (types.isEmpty() || types.stream().anyMatch(type -> covers(type, tagged)));
    // One more than fits tells whether there is another page.
    List<TagIndex.Tagged> found =
        index.find(filters, wanted, after(Json.text(input, "PaginationToken", "")), size + 1);
    boolean more = found.size() > size;
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("ResourceTagMappingList");
    for (TagIndex.Tagged tagged : more ? found.subList(0, size) : found) {
      list.addObject()
          .put("ResourceARN", tagged.arn())
          .set("Tags", Json.tags(tagged.tags(), "Key", "Value"));
    }
    answer.put("PaginationToken", more ? token(found.get(size - 1).arn()) : "");
    return answer;
  }

  private static boolean covers(String filter, TagIndex.Tagged tagged) {
    return tagged.type().equals(filter) || tagged.type().startsWith(filter + ":");
  }

  private static Map<String, Set<String>> filters(ObjectNode input) {
    Map<String, Set<String>> filters = new LinkedHashMap<>();
    for (JsonNode filter : input.path("TagFilters")) {
      List<String> values = Json.texts(filter, "Values");
      if (values.size() > 20) {
        throw new Refusal("InvalidParameterException", "A tag filter has at most 20 values");
      }
      filters.put(Json.required(filter, "Key"), new LinkedHashSet<>(values));
    }
    if (filters.size() > 50) {
      throw new Refusal("InvalidParameterException", "There are at most 50 tag filters");
    }
    return filters;
  }

  private String token(String lastArn) {
    String text = account.now().toEpochMilli() + " " + lastArn;
    return Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private String after(String token) {
    if (token.isEmpty()) {
      return null;
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      int space = text.indexOf(' ');
      Instant given = Instant.ofEpochMilli(Long.parseLong(text.substring(0, Math.max(0, space))));
      if (account.now().isAfter(given.plus(TOKEN_LIFE))) {
        throw new Refusal(
            "PaginationTokenExpiredException", "A PaginationToken is valid for 15 minutes");
      }
      return text.substring(space + 1);
    } catch (IllegalArgumentException e) {
      throw new Refusal("InvalidParameterException", "Invalid PaginationToken: " + token);
    }
  }
}
