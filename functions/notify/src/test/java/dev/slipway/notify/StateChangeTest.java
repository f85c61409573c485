package dev.slipway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The event on the bus is an interface that others build on: schema, sample and code agree. */
class StateChangeTest {

  private static final Path EVENTS = Path.of(System.getProperty("slipway.root"), "events");

  private static JsonNode file(String name) throws IOException {
    return Json.read(Files.readString(EVENTS.resolve(name)));
  }

  private static JsonNode schema() throws IOException {
    return file("schema/slipway-deployment-state-change.json");
  }

  @ParameterizedTest
  @EnumSource(Status.class)
  void isAsItsSchemaSays(Status status) throws IOException {
    Deployment deployment = Sample.deployment(Sample.WEB, 2, status, Reason.PUSHED);

    ObjectNode detail = StateChange.detail(Optional.empty(), deployment);

    assertThat(violations(schema(), detail, "detail")).isEmpty();
  }

  @Test
  void isAsItsSampleShows() throws IOException {
    JsonNode sample = file("slipway-deployment-state-change.json");

    assertThat(violations(schema(), sample.path("detail"), "detail")).isEmpty();
    assertThat(sample.path("source").asText()).isEqualTo(StateChange.SOURCE);
    assertThat(sample.path("detail-type").asText()).isEqualTo(StateChange.DETAIL_TYPE);
    Deployment before = Sample.deployment(Sample.WEB, 2, Status.PREPARING, Reason.PUSHED);
    ObjectNode ours =
        StateChange.detail(
            Optional.of(before), Sample.deployment(Sample.WEB, 2, Status.FAILED, Reason.ALARM));
    assertThat(names(sample.path("detail"))).isEqualTo(names(ours));
  }

  @Test
  void hasASchemaThatKnowsEveryStatusReasonAndCause() throws IOException {
    JsonNode properties = schema().path("properties");

    assertThat(texts(properties.path("status").path("enum")))
        .containsExactlyElementsOf(all(Status.values()));
    assertThat(texts(properties.path("reason").path("enum")))
        .containsExactlyElementsOf(all(Reason.values()));
    assertThat(texts(properties.path("rolledBackBy").path("enum")))
        .containsExactlyElementsOf(all(RolledBackBy.values()));
    assertThat(texts(properties.path("trigger").path("properties").path("kind").path("enum")))
        .containsExactlyElementsOf(all(Trigger.Kind.values()));
  }

  private static List<String> all(Enum<?>[] values) {
    return Arrays.stream(values).map(Enum::name).toList();
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    for (Iterator<String> all = object.fieldNames(); all.hasNext(); ) {
      names.add(all.next());
    }
    return names;
  }

  /** As much of JSON Schema as the schema uses. */
  private static List<String> violations(JsonNode schema, JsonNode value, String where) {
    List<String> found = new ArrayList<>();
    boolean type =
        switch (schema.path("type").asText()) {
          case "object" -> value.isObject();
          case "array" -> value.isArray();
          case "string" -> value.isTextual();
          case "integer" -> value.isIntegralNumber();
          case "boolean" -> value.isBoolean();
          default -> false;
        };
    if (!type) {
      found.add(where + " is not of type '" + schema.path("type").asText() + "'");
    }
    if (schema.has("enum") && !texts(schema.path("enum")).contains(value.asText())) {
      found.add(where + " is '" + value.asText() + "'");
    }
    if (schema.has("pattern") && !value.asText().matches(schema.path("pattern").asText())) {
      found.add(where + " is '" + value.asText() + "', not " + schema.path("pattern").asText());
    }
    for (String required : texts(schema.path("required"))) {
      if (!value.has(required)) {
        found.add(where + " has no " + required);
      }
    }
    if (value.isObject()) {
      for (String name : names(value)) {
        JsonNode property = schema.path("properties").path(name);
        if (property.isMissingNode()) {
          found.add(where + "." + name + " is not in the schema");
        } else {
          found.addAll(violations(property, value.path(name), where + "." + name));
        }
      }
    }
    for (int i = 0; value.isArray() && i < value.size(); i++) {
      found.addAll(violations(schema.path("items"), value.path(i), where + "[" + i + "]"));
    }
    return found;
  }
}
