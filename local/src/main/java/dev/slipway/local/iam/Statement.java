package dev.slipway.local.iam;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.local.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One statement of an IAM policy. Exactly one of actions and notActions, and at most one of
 * resources and notResources, is not empty.
 *
 * @param conditions operator (as written) to condition key to values
 * @param principals what stands in {@code Principal}, as texts such as {@code
 *     Service:events.amazonaws.com}; empty in policies of a role
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html">Policy
 *     elements</a>
 */
public record Statement(
    String sid,
    boolean allow,
    List<String> actions,
    List<String> notActions,
    List<String> resources,
    List<String> notResources,
    Map<String, Map<String, List<String>>> conditions,
    List<String> principals) {

  private static final Set<String> ELEMENTS =
      Set.of(
          "Sid",
          "Effect",
          "Action",
          "NotAction",
          "Resource",
          "NotResource",
          "Condition",
          "Principal");

  public Statement {
    actions = List.copyOf(actions);
    notActions = List.copyOf(notActions);
    resources = List.copyOf(resources);
    notResources = List.copyOf(notResources);
    conditions = Map.copyOf(conditions);
    principals = List.copyOf(principals);
    if (actions.isEmpty() == notActions.isEmpty()) {
      throw new IllegalArgumentException(
          "A statement needs either Action or NotAction: " + (sid.isEmpty() ? actions : sid));
    }
    conditions.keySet().forEach(Conditions::refuseUnknown);
    if ((resources + " " + notResources + " " + conditions).contains("${")) {
      throw new IllegalArgumentException(
          "Policy variables are not supported: " + resources + notResources + conditions);
    }
  }

  public static Statement allow(List<String> actions, List<String> resources) {
    return new Statement("", true, actions, List.of(), resources, List.of(), Map.of(), List.of());
  }

  /**
   * All statements of a policy document.
   *
   * @throws IllegalArgumentException if an element is unknown or missing; the message names it
   */
  public static List<Statement> read(JsonNode document) {
    JsonNode statements = document.path("Statement");
    List<Statement> result = new ArrayList<>();
    if (statements.isArray()) {
      statements.forEach(statement -> result.add(of(statement)));
    } else if (statements.isObject()) {
      result.add(of(statements));
    } else {
      throw new IllegalArgumentException("A policy without Statement: " + document);
    }
    return List.copyOf(result);
  }

  private static Statement of(JsonNode node) {
    node.fieldNames()
        .forEachRemaining(name -> {
          if (!ELEMENTS.contains(name)) {
            throw new IllegalArgumentException(
                "The policy element " + name + " is not supported: " + node);
          }
        });
    String effect = node.path("Effect").asText();
    if (!effect.equals("Allow") && !effect.equals("Deny")) {
      throw new IllegalArgumentException("Effect is Allow or Deny, not '" + effect + "': " + node);
    }
    Statement statement =
        new Statement(
            node.path("Sid").asText(),
            effect.equals("Allow"),
            Json.texts(node.path("Action")),
            Json.texts(node.path("NotAction")),
            Json.texts(node.path("Resource")),
            Json.texts(node.path("NotResource")),
            conditions(node.path("Condition")),
            principals(node.path("Principal")));
    if (statement.principals.isEmpty()
        && statement.resources.isEmpty() == statement.notResources.isEmpty()) {
      throw new IllegalArgumentException("A statement needs Resource or NotResource: " + node);
    }
    return statement;
  }

  private static Map<String, Map<String, List<String>>> conditions(JsonNode node) {
    Map<String, Map<String, List<String>>> conditions = new LinkedHashMap<>();
    node.properties()
        .forEach(operator -> {
          Map<String, List<String>> keys = new LinkedHashMap<>();
          operator
              .getValue()
              .properties()
              .forEach(key -> keys.put(key.getKey(), Json.texts(key.getValue())));
          conditions.put(operator.getKey(), keys);
        });
    return conditions;
  }

  private static List<String> principals(JsonNode node) {
    List<String> principals = new ArrayList<>();
    if (node.isTextual()) {
      principals.add(node.asText());
    }
    node.properties()
        .forEach(kind ->
            Json.texts(kind.getValue())
                .forEach(value -> principals.add(kind.getKey() + ":" + value)));
    return principals;
  }
}
