package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.local.services.LogGroups;
import java.util.List;

/** What the containers of the local account say, to their awslogs group if they have one. */
final class TaskLogs {
  private final LogGroups logs;

  TaskLogs(LogGroups logs) {
    this.logs = logs;
  }

  void line(Task task, Task.Container container, String... lines) {
    JsonNode options = container.definition.path("logConfiguration").path("options");
    String prefix = options.path("awslogs-stream-prefix").asText("");
    // With a prefix the stream is prefix/container/task; without, the container's runtime id.
    String stream =
        prefix.isEmpty() ? container.runtimeId : prefix + "/" + container.name + "/" + task.id;
    if (stream != null) {
      logs.append(options.path("awslogs-group").asText(""), stream, List.of(lines));
    }
  }

  void started(Task task, Task.Container container) {
    line(
        task,
        container,
        "INFO  main  Starting with profile production",
        "INFO  main  Started application in 1.84 seconds");
  }

  void crash(Task task, Task.Container container, int exitCode) {
    line(
        task,
        container,
        "INFO  main  Starting with profile production",
        "INFO  main  Connecting to jdbc:postgresql://db.internal:5432/app",
        "ERROR main  Application run failed",
        "java.lang.IllegalStateException: required setting PAYMENTS_URL is missing",
        "\tat com.example.app.Settings.require(Settings.java:41)",
        "\tat com.example.app.Main.main(Main.java:17)",
        "INFO  main  Shutting down with exit code " + exitCode);
  }
}
