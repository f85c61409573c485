package dev.slipway.template;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.local.json.Json;
import dev.slipway.local.template.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files that the tests of this package hold against each other. */
final class Repository {

  static final Path ROOT = Path.of(System.getProperty("slipway.root"));

  static final Path TEMPLATE = ROOT.resolve("template.yaml");

  /** Parameter values with which every resource of the template that can exist does. */
  static final Map<String, String> WITH_CHAT =
      Map.of(
          "ChatEndpoint", "function-url",
          "Operators", "U0123456789",
          "SlackChannel", "C0123456789",
          "AlarmEmail", "ops@example.com");

  private Repository() {}

  static Template template() {
    return Template.read(TEMPLATE);
  }

  /** The files in {@code events/} by name, without their ending. */
  static Map<String, JsonNode> events() {
    Map<String, JsonNode> events = new TreeMap<>();
    try (Stream<Path> files = Files.list(ROOT.resolve("events"))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".json")).toList()) {
        String name = file.getFileName().toString();
        events.put(name.substring(0, name.length() - ".json".length()), Json.parse(text(file)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return events;
  }

  static JsonNode event(String name) {
    return Json.parse(text(ROOT.resolve("events/" + name + ".json")));
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> lines(Path file) {
    return text(file).lines().toList();
  }
}
