package dev.slipway.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.PermanentFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PlanEventsTest {

  static Stream<Named<JsonNode>> understood() {
    return cases("understood");
  }

  static Stream<Named<JsonNode>> notUnderstood() {
    return cases("not-understood");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("understood")
  void understands(JsonNode row) {
    assertThat(brief(PlanEvents.read(Json.write(row.path("event")))))
        .isEqualTo(Json.text(row, "says"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("notUnderstood")
  void saysWhatItDoesNotUnderstand(JsonNode row) {
    assertThatThrownBy(() -> PlanEvents.read(Json.text(row, "body")))
        .isInstanceOf(PermanentFailure.class)
        .satisfies(failure ->
            row.path("says")
                .forEach(part -> assertThat(failure).hasMessageContaining(part.asText())));
  }

  @ParameterizedTest
  @CsvSource({
    "ecr-image-action-push, PUSH 123456789012.dkr.ecr.eu-west-1.amazonaws.com/",
    "ecr-image-action-push-docker, PUSH",
    "ecr-image-action-push-index, PUSH",
    "ecr-image-action-push-without-media-types, PUSH",
    "ecr-image-action-push-helm-chart, PUSH",
    "ecr-image-action-push-build-cache, PUSH",
    "ecr-image-action-push-soci, PUSH",
    "ecr-image-action-push-untagged, no push: what was pushed to",
    "ecr-image-action-push-without-tag, no push: what was pushed to",
    "ecr-image-action-push-signature, no push: the tag sha256-",
    "ecr-image-action-push-attestation, no push: the tag sha256-",
    "ecr-image-action-push-sbom, no push: the tag sha256-",
    "ecr-image-action-delete, no push: action DELETE",
    "ecr-image-action-archive, no push: action UPDATE_STORAGE_CLASS",
    "ecr-image-action-restore, no push: action UPDATE_STORAGE_CLASS",
    "ecr-replication-action, REPLICATION",
    "ecr-replication-action-failed, no push: the replication to",
    "slipway-reconcile, reconcile"
  })
  void understandsTheEventsThatAwsSends(String file, String beginning) throws IOException {
    Path events = Path.of(System.getProperty("slipway.root"), "events");

    assertThat(brief(PlanEvents.read(Files.readString(events.resolve(file + ".json")))))
        .startsWith(beginning);
  }

  /** What a person sends by hand, and what the schedule sends. */
  @Test
  void understandsWhatTheTemplateAndTheDocumentationSayToSend() throws IOException {
    Path root = Path.of(System.getProperty("slipway.root"));
    List<String> bodies = new ArrayList<>();
    for (String file : List.of("template.yaml", "docs/operating.md")) {
      Matcher body =
          Pattern.compile("(?:--message-body|Input:) '(\\{\"source\":\"slipway\",[^']*})'")
              .matcher(Files.readString(root.resolve(file)));
      while (body.find()) {
        if (body.group(1).contains("Reconcile")) {
          bodies.add(body.group(1));
        }
      }
    }
    assertThat(bodies).as("schedule, output and documentation").hasSize(3);
    assertThat(bodies)
        .allSatisfy(body ->
            assertThat(PlanEvents.read(body)).isEqualTo(new PlanEvent.Reconcile(Optional.empty())));
  }

  private static String brief(PlanEvent event) {
    return switch (event) {
      case PlanEvent.Pushed pushed ->
          pushed.trigger().kind()
              + " "
              + pushed.image().name()
              + ":"
              + pushed.image().tag()
              + "@"
              + pushed.image().digest().brief()
              + " at "
              + pushed.trigger().at()
              + " by "
              + pushed.trigger().eventId()
              + " as "
              + pushed.artifactMediaType();
      case PlanEvent.Reconcile(Optional<ServiceRef> after) ->
          "reconcile" + after.map(last -> " after " + last.brief()).orElse("");
      case PlanEvent.NotAPush(String why) -> "no push: " + why;
    };
  }

  private static Stream<Named<JsonNode>> cases(String file) {
    return Json.read(PlanEventsTest.class.getResourceAsStream("/cases/" + file + ".json"))
        .valueStream()
        .map(row -> Named.of(Json.text(row, "name"), row));
  }
}
