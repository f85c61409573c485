package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.runtime.Json;
import dev.slipway.verdict.StoppedTask;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads a stopped task. */
public final class StoppedTasks {

  private StoppedTasks() {}

  /**
   * From a task of DescribeTasks, or from the detail of the event ECS Task State Change: the same
   * members, times as seconds in the one and as ISO text in the other. Missing members become empty
   * text or null.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html">
   *     Task state change events</a>
   */
  public static StoppedTask fromTask(JsonNode task) {
    List<StoppedTask.Container> containers = new ArrayList<>();
    for (JsonNode container : task.path("containers")) {
      JsonNode exitCode = container.path("exitCode");
      containers.add(
          new StoppedTask.Container(
              Json.text(container, "name"),
              Json.text(container, "image"),
              exitCode.isNumber() ? Integer.valueOf(exitCode.intValue()) : null,
              Json.text(container, "reason"),
              Json.text(container, "healthStatus"),
              Json.text(container, "runtimeId")));
    }
    return new StoppedTask(
        Json.text(task, "taskArn"),
        Json.text(task, "taskDefinitionArn"),
        Json.text(task, "startedBy"),
        Json.text(task, "stopCode"),
        Json.text(task, "stoppedReason"),
        Json.instant(task, "createdAt"),
        Json.instant(task, "startedAt"),
        Json.instant(task, "stoppedAt"),
        earlier(Json.instant(task, "executionStoppedAt"), Json.instant(task, "stoppingAt")),
        containers);
  }

  /**
   * A container that ends by itself ends before ECS begins to stop the others; one that is stopped
   * ends after.
   */
  private static Instant earlier(Instant one, Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.isBefore(other) ? one : other;
  }
}
