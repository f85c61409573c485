package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The Resource Groups Tagging API over {@link AwsApi}. */
public final class JsonTagging implements Tagging {

  /** The most that GetResources gives in a page. */
  private static final int RESOURCES_A_PAGE = 100;

  private final AwsApi aws;

  public JsonTagging(AwsApi aws) {
    this.aws = aws;
  }

  @Override
  public Map<ServiceRef, Map<String, String>> servicesTagged(String key) {
    try {
      return allPages(key);
    } catch (AwsException e) {
      // A token lives for 15 minutes, and throttles were waited out between two pages.
      if (e.is("PaginationTokenExpiredException")) {
        return allPages(key);
      }
      throw e;
    }
  }

  private Map<ServiceRef, Map<String, String>> allPages(String key) {
    ObjectNode input = Json.object().put("ResourcesPerPage", RESOURCES_A_PAGE);
    input.putArray("TagFilters").addObject().put("Key", key);
    input.set("ResourceTypeFilters", Json.array(List.of("ecs:service")));
    Map<ServiceRef, Map<String, String>> found = new TreeMap<>();
    String token;
    do {
      ObjectNode answer = aws.call(AwsService.TAGGING, "GetResources", input);
      answer.path("ResourceTagMappingList").forEach(resource -> put(found, resource));
      // A page may be short, even empty, while more remain.
      token = Json.text(answer, "PaginationToken");
      input.put("PaginationToken", token);
    } while (!token.isEmpty());
    return found;
  }

  private static void put(Map<ServiceRef, Map<String, String>> found, JsonNode resource) {
    ServiceRef service;
    try {
      service = ServiceRef.parse(Json.text(resource, "ResourceARN"));
    } catch (IllegalArgumentException e) {
      // One odd resource hides no other; ECS lets nobody tag a service with the short ARN.
      return;
    }
    Map<String, String> tags = new TreeMap<>();
    for (JsonNode tag : resource.path("Tags")) {
      tags.put(Json.text(tag, "Key"), Json.text(tag, "Value"));
    }
    found.put(service, tags);
  }
}
