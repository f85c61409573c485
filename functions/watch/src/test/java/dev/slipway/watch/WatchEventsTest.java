package dev.slipway.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.aws.DeploymentGroup;
import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.PermanentFailure;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.StoppedTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WatchEventsTest {

  static Stream<Named<JsonNode>> understood() {
    return cases("understood");
  }

  static Stream<Named<JsonNode>> notUnderstood() {
    return cases("not-understood");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("understood")
  void understands(JsonNode row) {
    assertThat(brief(WatchEvents.read(Json.write(row.path("event")))))
        .isEqualTo(Json.text(row, "says"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("notUnderstood")
  void saysWhatItDoesNotUnderstand(JsonNode row) {
    assertThatThrownBy(() -> WatchEvents.read(Json.text(row, "body")))
        .isInstanceOf(PermanentFailure.class)
        .satisfies(failure ->
            row.path("says")
                .forEach(part -> assertThat(failure).hasMessageContaining(part.asText())));
  }

  static Stream<Path> filesOfAws() throws IOException {
    Path events = Path.of(System.getProperty("slipway.root"), "events");
    try (Stream<Path> files = Files.list(events)) {
      return files
          .filter(file ->
              file.getFileName()
                  .toString()
                  .matches("(ecs-|cloudwatch-|codedeploy-|slipway-clock).*"))
          .sorted()
          .toList()
          .stream()
          // No rule sends those.
          .filter(file -> !file.getFileName().toString().startsWith("ecs-container-instance"));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("filesOfAws")
  void understandsTheEventsThatAwsSends(Path file) throws IOException {
    String name = file.getFileName().toString();
    String beginning =
        switch (name) {
          case "ecs-task-state-change-stopped-standalone.json" -> "unrelated: the task ";
          case "ecs-task-state-change-running.json", "ecs-task-state-change-stopping.json" ->
              "task ";
          case "slipway-clock.json" -> "clock";
          default ->
              name.startsWith("codedeploy")
                  ? "CodeDeploy shop/web d-0A1B2C3D4 "
                  : name.startsWith("ecs-task")
                      ? "stopped task "
                      : name.startsWith("ecs-hook")
                          ? "hook "
                          : name.startsWith("ecs-service")
                              ? "action "
                              : name.startsWith("cloudwatch-alarm") ? "alarm " : "deployment ";
        };

    assertThat(brief(WatchEvents.read(Files.readString(file)))).startsWith(beginning);
  }

  private static String brief(WatchEvent event) {
    return switch (event) {
      case WatchEvent.DeploymentChanged(ServiceRef service, String name) ->
          "deployment " + service.brief() + " " + name;
      case WatchEvent.ServiceAction(ServiceRef service, String name) ->
          "action " + service.brief() + " " + name;
      case WatchEvent.HookChanged(ServiceRef service, String deployment, Hook hook) ->
          "hook "
              + service.brief()
              + deployment.substring(deployment.lastIndexOf('/'))
              + " "
              + String.join(" ", hook.id(), hook.type().name(), hook.stage(), hook.state().name());
      case WatchEvent.TaskChanged(ServiceRef service, StoppedTask task, boolean stopped) ->
          (stopped ? "stopped " : "") + "task " + service.brief() + " " + task.startedBy();
      case WatchEvent.AlarmChanged(String arn, String state) -> "alarm " + arn + " " + state;
      case WatchEvent.CodeDeployChanged(DeploymentGroup group, String id, String state) ->
          "CodeDeploy " + group + " " + id + " " + state;
      case WatchEvent.Clock() -> "clock";
      case WatchEvent.Unrelated(String why) -> "unrelated: " + why;
    };
  }

  private static Stream<Named<JsonNode>> cases(String file) {
    return Json.read(WatchEventsTest.class.getResourceAsStream("/cases/" + file + ".json"))
        .valueStream()
        .map(row -> Named.of(Json.text(row, "name"), row));
  }
}
