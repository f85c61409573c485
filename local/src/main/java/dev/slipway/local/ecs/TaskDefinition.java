package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** One revision of a family; the document is what was registered, whole. */
final class TaskDefinition {
  final String family;
  final int revision;
  final String arn;
  final ObjectNode document;
  final Map<String, String> tags;
  private final String architecture;
  private final boolean awsvpc;
  private final int cpu;
  private final int memory;

  TaskDefinition(
      String family, int revision, String arn, ObjectNode document, Map<String, String> tags) {
    this.family = family;
    this.revision = revision;
    this.arn = arn;
    this.document = document;
    this.tags = tags;
    this.architecture =
        document.path("runtimePlatform").path("cpuArchitecture").asText().equals("ARM64")
            ? "arm64"
            : "amd64";
    this.awsvpc = document.path("networkMode").asText().equals("awsvpc");
    this.cpu = units("cpu");
    this.memory = units("memory");
  }

  /** Of the task if it says so, else of its containers together. */
  private int units(String member) {
    if (document.hasNonNull(member)) {
      return document.path(member).asInt();
    }
    int sum = 0;
    for (JsonNode container : containers()) {
      sum +=
          member.equals("memory") && !container.hasNonNull("memory")
              ? container.path("memoryReservation").asInt()
              : container.path(member).asInt();
    }
    return sum;
  }

  JsonNode containers() {
    return document.path("containerDefinitions");
  }

  boolean active() {
    return document.path("status").asText().equals("ACTIVE");
  }

  /** As OCI platforms name it; where the document says nothing, ECS means X86_64. */
  String architecture() {
    return architecture;
  }

  boolean awsvpc() {
    return awsvpc;
  }

  /** In units, of which a virtual CPU has 1024. */
  int cpu() {
    return cpu;
  }

  /** In MiB. */
  int memory() {
    return memory;
  }
}
