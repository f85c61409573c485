package dev.slipway.local.services;

import static dev.slipway.local.SimulatedWorld.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.SimulatedWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TaggingTest {
  private final SimulatedWorld world = new SimulatedWorld();

  @BeforeEach
  void aTaskDefinitionIsThere() {
    world.ecs(
        "RegisterTaskDefinition",
        "{'family': 'f', 'memory': '1', 'containerDefinitions': [{'name': 'a', 'image': 'i'}]}");
  }

  private String service(String name, String key, String value) {
    return world
        .account
        .ecs()
        .createSettledService(
            json(
                """
                {'cluster': 'prod', 'serviceName': '%s', 'taskDefinition': 'f', 'desiredCount': 1,
                 'tags': [{'key': '%s', 'value': '%s'}, {'key': 'slipway', 'value': 'on'}]}
                """
                    .formatted(name, key, value)));
  }

  private List<String> find(String filters) {
    List<String> found = new ArrayList<>();
    String token = "";
    do {
      ObjectNode page =
          world.call(
              AwsService.TAGGING,
              "GetResources",
              "{'ResourceTypeFilters': ['ecs:service'], 'ResourcesPerPage': 100, 'TagFilters': "
                  + filters
                  + ", 'PaginationToken': '"
                  + token
                  + "'}");
      page.path("ResourceTagMappingList")
          .forEach(mapping -> found.add(mapping.path("ResourceARN").asText()));
      token = page.path("PaginationToken").asText();
    } while (!token.isEmpty());
    return found;
  }

  @Test
  void keysAreAndedAndValuesAreOred() {
    String a = service("a", "slipway:team/app", "any");
    String b = service("b", "slipway:team/app", "tag:latest");
    service("c", "slipway:team/other", "any");

    assertThat(find("[{'Key': 'slipway:team/app'}]")).containsExactly(a, b);
    assertThat(find("[{'Key': 'slipway:team/app', 'Values': ['any', 'x']}]")).containsExactly(a);
    assertThat(find("[{'Key': 'slipway:team/app'}, {'Key': 'slipway', 'Values': ['off']}]"))
        .isEmpty();
  }

  @Test
  void anAccountOfTenThousandServicesIsMadeAndSearchedInPages() {
    for (int i = 0; i < 10_000; i++) {
      service("s" + i, i % 10 == 0 ? "slipway:team/app" : "slipway:team/other" + i, "any");
    }
    List<String> followers = find("[{'Key': 'slipway:team/app'}]");

    assertThat(followers).hasSize(1_000);
    assertThat(new HashSet<>(followers)).hasSize(1_000);
    assertThat(world.account.calls()).containsEntry("tag:GetResources", 10L);
  }

  @Test
  void changedTagsAreSeen() {
    String a = service("a", "slipway:team/app", "any");
    world.ecs("UntagResource", "{'resourceArn': '" + a + "', 'tagKeys': ['slipway:team/app']}");
    assertThat(find("[{'Key': 'slipway:team/app'}]")).isEmpty();
    world.ecs(
        "TagResource",
        "{'resourceArn': '" + a + "', 'tags': [{'key': 'slipway:team/new', 'value': 'any'}]}");
    assertThat(find("[{'Key': 'slipway:team/new'}]")).containsExactly(a);
  }

  @Test
  void deletedServicesCanStayListedAndNewTagsBeLate() {
    world.account.tags().stale(Duration.ofMinutes(1), Duration.ofDays(1));
    String a = service("a", "slipway:team/app", "any");
    assertThat(find("[{'Key': 'slipway:team/app'}]")).isEmpty();
    world.pass(Duration.ofMinutes(2));
    assertThat(find("[{'Key': 'slipway:team/app'}]")).containsExactly(a);
    world.ecs("DeleteService", "{'cluster': 'prod', 'service': 'a', 'force': true}");
    world.pass(Duration.ofHours(1));
    assertThat(find("[{'Key': 'slipway:team/app'}]")).containsExactly(a);
    world.pass(Duration.ofDays(1));
    assertThat(find("[{'Key': 'slipway:team/app'}]")).isEmpty();
  }

  @Test
  void aTokenExpiresAfterFifteenMinutes() {
    service("a", "slipway:team/app", "any");
    service("b", "slipway:team/app", "any");
    String token =
        world
            .call(AwsService.TAGGING, "GetResources", "{'ResourcesPerPage': 1}")
            .path("PaginationToken")
            .asText();
    world.pass(Duration.ofMinutes(16));
    assertThatThrownBy(() ->
            world.call(AwsService.TAGGING, "GetResources", "{'PaginationToken': '" + token + "'}"))
        .isInstanceOfSatisfying(
            AwsException.class,
            e -> assertThat(e.code()).isEqualTo("PaginationTokenExpiredException"));
  }
}
