package dev.slipway.local.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A CloudFormation template with SAM's transform, as written: short forms are made long, nothing is
 * resolved. {@link #stack} resolves it.
 */
public final class Template {

  /**
   * A parameter's declaration.
   *
   * @param defaultValue null if there is none
   * @param allowedValues empty if any value may be given
   * @param constraint what would be right, in words; empty if the template has none
   */
  public record Parameter(
      String name,
      String type,
      String description,
      String defaultValue,
      List<String> allowedValues,
      String allowedPattern,
      String constraint,
      boolean noEcho) {}

  private static final Set<String> SECTIONS =
      Set.of(
          "AWSTemplateFormatVersion",
          "Transform",
          "Description",
          "Metadata",
          "Parameters",
          "Mappings",
          "Conditions",
          "Globals",
          "Rules",
          "Resources",
          "Outputs");

  private final ObjectNode document;
  private final Path directory;
  private final Map<String, Parameter> parameters;

  private Template(ObjectNode document, Path directory) {
    this.document = document;
    this.directory = directory;
    document
        .fieldNames()
        .forEachRemaining(section -> {
          if (!SECTIONS.contains(section)) {
            throw new TemplateException(section, "There is no such section in a template");
          }
        });
    Map<String, Parameter> declared = new LinkedHashMap<>();
    document
        .path("Parameters")
        .properties()
        .forEach(
            entry -> declared.put(entry.getKey(), parameter(entry.getKey(), entry.getValue())));
    this.parameters = declared;
  }

  private static Parameter parameter(String name, JsonNode node) {
    JsonNode given = node.path("Default");
    return new Parameter(
        name,
        node.path("Type").asText(),
        node.path("Description").asText(),
        given.isMissingNode() ? null : given.asText(),
        Json.texts(node.path("AllowedValues")),
        node.path("AllowedPattern").asText(),
        node.path("ConstraintDescription").asText(),
        node.path("NoEcho").asBoolean());
  }

  /**
   * @throws TemplateException if the file is not a readable template
   * @throws UncheckedIOException if the file cannot be read
   */
  public static Template read(Path file) {
    try {
      return new Template(
          CloudFormationYaml.read(Files.readString(file)), file.toAbsolutePath().getParent());
    } catch (IOException unreadable) {
      throw new UncheckedIOException("Cannot read the template " + file, unreadable);
    }
  }

  /**
   * @param directory what {@code CodeUri} is relative to
   */
  public static Template parse(String yaml, Path directory) {
    return new Template(CloudFormationYaml.read(yaml), directory);
  }

  /** The whole document, not to be changed. */
  public ObjectNode document() {
    return document;
  }

  /** The folder that the template's file names are relative to. */
  public Path directory() {
    return directory;
  }

  public Map<String, Parameter> parameters() {
    return Map.copyOf(parameters);
  }

  /**
   * What CloudFormation would make of this template.
   *
   * @param overrides parameter values that are not the default
   * @throws TemplateException if a parameter is unknown, missing or refused, or if something in the
   *     template cannot be resolved
   */
  public Stack stack(Map<String, String> overrides, Surroundings surroundings) {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    overrides
        .keySet()
        .forEach(name -> {
          if (!parameters.containsKey(name)) {
            throw new TemplateException(
                "Parameters", "There is no parameter " + name + ", only " + parameters.keySet());
          }
        });
    parameters.forEach((name, parameter) ->
        values.put(name, value(parameter, overrides.getOrDefault(name, parameter.defaultValue))));
    return new Stack(this, values, surroundings);
  }

  public Stack stack(Map<String, String> overrides) {
    return stack(overrides, Surroundings.LOCAL);
  }

  public Stack stack() {
    return stack(Map.of());
  }

  private static JsonNode value(Parameter parameter, String value) {
    String where = "Parameters." + parameter.name;
    if (value == null) {
      throw new TemplateException(where, "It has no default and no value was given");
    }
    boolean list =
        parameter.type.equals("CommaDelimitedList") || parameter.type.startsWith("List<");
    List<String> values = list ? List.of(value.split("\\s*,\\s*", -1)) : List.of(value);
    for (String one : values) {
      if (!parameter.allowedValues.isEmpty() && !parameter.allowedValues.contains(one)) {
        throw new TemplateException(
            where, "'" + one + "' is not one of " + parameter.allowedValues);
      }
      if (!parameter.allowedPattern.isEmpty() && !one.matches(parameter.allowedPattern)) {
        throw new TemplateException(
            where,
            "'"
                + one
                + "' does not match "
                + parameter.allowedPattern
                + (parameter.constraint.isEmpty() ? "" : ": " + parameter.constraint));
      }
    }
    if (parameter.type.equals("Number") && !value.matches("-?[0-9]+(\\.[0-9]+)?")) {
      throw new TemplateException(where, "'" + value + "' is not a number");
    }
    if (!list) {
      return Json.array().add(value).get(0);
    }
    var array = Json.array();
    values.forEach(array::add);
    return array;
  }
}
