package dev.slipway.local.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CloudFormation's functions and pseudo parameters, resolved for one stack. */
final class Intrinsics {

  /** What only the stack knows: names, ARNs and attributes of its resources. */
  interface Resources {
    JsonNode ref(String where, String logicalId);

    JsonNode attribute(String where, String logicalId, String attribute);
  }

  private static final Pattern SUB = Pattern.compile("\\$\\{([^}]*)}");

  /** CloudFormation resolves these at deployment, from services that answer elsewhere. */
  private static final String DYNAMIC = "{{resolve:";

  private static final Set<String> CONDITION_FUNCTIONS =
      Set.of("Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or", "Condition");

  private final Map<String, JsonNode> parameters;
  private final JsonNode mappings;
  private final JsonNode conditions;
  private final JsonNode rules;
  private final Surroundings surroundings;
  private final Resources resources;
  private final Map<String, Boolean> held = new LinkedHashMap<>();
  private final Set<String> asking = new java.util.LinkedHashSet<>();

  Intrinsics(
      ObjectNode document,
      Map<String, JsonNode> parameters,
      Surroundings surroundings,
      Resources resources) {
    this.parameters = parameters;
    this.mappings = document.path("Mappings");
    this.conditions = document.path("Conditions");
    this.rules = document.path("Rules");
    this.surroundings = surroundings;
    this.resources = resources;
  }

  Map<String, Boolean> conditions() {
    conditions.fieldNames().forEachRemaining(name -> holds("Conditions." + name, name));
    return held;
  }

  boolean holds(String where, String name) {
    Boolean known = held.get(name);
    if (known != null) {
      return known;
    }
    if (!conditions.has(name)) {
      throw new TemplateException(where, "There is no condition " + name);
    }
    if (!asking.add(name)) {
      throw new TemplateException(where, "The conditions " + asking + " ask each other");
    }
    boolean answer = truth("Conditions." + name, conditions.get(name));
    asking.remove(name);
    held.put(name, answer);
    return answer;
  }

  /** The template's own assertions about its parameters. */
  void checkRules() {
    rules
        .properties()
        .forEach(rule -> {
          String where = "Rules." + rule.getKey();
          JsonNode condition = rule.getValue().path("RuleCondition");
          if (condition.isMissingNode() || truth(where, condition)) {
            for (JsonNode assertion : rule.getValue().path("Assertions")) {
              if (!truth(where, assertion.path("Assert"))) {
                throw new TemplateException(
                    where, assertion.path("AssertDescription").asText("does not hold"));
              }
            }
          }
        });
  }

  private boolean truth(String where, JsonNode node) {
    if (!(node instanceof ObjectNode) || node.size() != 1) {
      throw new TemplateException(where, "Not a condition: " + node);
    }
    String function = node.fieldNames().next();
    JsonNode argument = node.get(function);
    return switch (function) {
      case "Condition" -> holds(where, argument.asText());
      case "Fn::Equals" ->
          text(where, resolve(where, argument.path(0)))
              .equals(text(where, resolve(where, argument.path(1))));
      case "Fn::Not" -> !truth(where, argument.path(0));
      case "Fn::And" -> {
        boolean all = true;
        for (JsonNode part : argument) {
          all &= truth(where, part);
        }
        yield all;
      }
      case "Fn::Or" -> {
        boolean any = false;
        for (JsonNode part : argument) {
          any |= truth(where, part);
        }
        yield any;
      }
      default -> throw new TemplateException(where, function + " is not a condition");
    };
  }

  /** The value without functions; a missing node stands for {@code AWS::NoValue}. */
  JsonNode resolve(String where, JsonNode node) {
    if (node instanceof ArrayNode array) {
      ArrayNode resolved = Json.array();
      int index = 0;
      for (JsonNode element : array) {
        JsonNode value = resolve(where + "[" + index++ + "]", element);
        if (!value.isMissingNode()) {
          resolved.add(value);
        }
      }
      return resolved;
    }
    if (node instanceof ObjectNode object) {
      if (object.size() == 1) {
        String name = object.fieldNames().next();
        if (name.equals("Ref") || name.startsWith("Fn::")) {
          return function(where, name, object.get(name));
        }
      }
      ObjectNode resolved = Json.object();
      object
          .properties()
          .forEach(entry -> {
            JsonNode value = resolve(where + "." + entry.getKey(), entry.getValue());
            if (!value.isMissingNode()) {
              resolved.set(entry.getKey(), value);
            }
          });
      return resolved;
    }
    if (node.isTextual() && node.asText().contains(DYNAMIC)) {
      throw new TemplateException(
          where, "The dynamic reference " + node.asText() + " is not supported");
    }
    return node;
  }

  private JsonNode function(String where, String name, JsonNode argument) {
    return switch (name) {
      case "Ref" -> ref(where, argument.asText());
      case "Fn::GetAtt" -> {
        JsonNode resource = argument.path(0);
        if (!argument.isArray() || argument.size() != 2) {
          throw new TemplateException(where, "Fn::GetAtt needs [resource, attribute]: " + argument);
        }
        yield resources.attribute(where, resource.asText(), argument.path(1).asText());
      }
      case "Fn::Sub" -> sub(where, argument);
      case "Fn::If" ->
          resolve(where, argument.path(holds(where, argument.path(0).asText()) ? 1 : 2));
      case "Fn::Join" -> {
        List<String> parts = new ArrayList<>();
        JsonNode list = resolve(where, argument.path(1));
        list.forEach(part -> parts.add(text(where, part)));
        yield textNode(String.join(argument.path(0).asText(), parts));
      }
      case "Fn::Split" -> {
        ArrayNode parts = Json.array();
        String whole = text(where, resolve(where, argument.path(1)));
        for (String part : whole.split(Pattern.quote(argument.path(0).asText()), -1)) {
          parts.add(part);
        }
        yield parts;
      }
      case "Fn::Select" -> {
        JsonNode list = resolve(where, argument.path(1));
        int index = resolve(where, argument.path(0)).asInt(-1);
        if (index < 0 || index >= list.size()) {
          throw new TemplateException(where, "Fn::Select " + index + " of " + list);
        }
        yield list.get(index);
      }
      case "Fn::FindInMap" -> {
        JsonNode found = mappings;
        for (JsonNode key : argument) {
          found = found.path(text(where, resolve(where, key)));
        }
        if (found.isMissingNode()) {
          throw new TemplateException(where, "Fn::FindInMap finds nothing for " + argument);
        }
        yield found;
      }
      case "Fn::ImportValue" ->
          throw new TemplateException(
              where, "Fn::ImportValue: there is no other stack in the local account");
      default -> {
        if (CONDITION_FUNCTIONS.contains(name)) {
          throw new TemplateException(where, name + " belongs into Conditions");
        }
        throw new TemplateException(where, "The function " + name + " is not supported");
      }
    };
  }

  private JsonNode ref(String where, String name) {
    if (parameters.containsKey(name)) {
      return parameters.get(name);
    }
    return switch (name) {
      case "AWS::AccountId" -> textNode(surroundings.accountId());
      case "AWS::Region" -> textNode(surroundings.region());
      case "AWS::Partition" -> textNode("aws");
      case "AWS::URLSuffix" -> textNode("amazonaws.com");
      case "AWS::StackName" -> textNode(surroundings.stackName());
      case "AWS::StackId" ->
          textNode(
              surroundings.arn(
                  "cloudformation",
                  "stack/" + surroundings.stackName() + "/00000000-0000-0000-0000-000000000000"));
      case "AWS::NoValue" -> MissingNode.getInstance();
      case "AWS::NotificationARNs" -> Json.array();
      default -> resources.ref(where, name);
    };
  }

  private JsonNode sub(String where, JsonNode argument) {
    String text = argument.isArray() ? argument.path(0).asText() : argument.asText();
    JsonNode own = argument.isArray() ? argument.path(1) : MissingNode.getInstance();
    Matcher matcher = SUB.matcher(text);
    StringBuilder result = new StringBuilder();
    while (matcher.find()) {
      String name = matcher.group(1).strip();
      String value;
      if (name.startsWith("!")) {
        value = "${" + name.substring(1) + "}";
      } else if (own.has(name)) {
        value = text(where, resolve(where, own.get(name)));
      } else if (name.contains(".") && !parameters.containsKey(name)) {
        int dot = name.indexOf('.');
        value =
            text(
                where, resources.attribute(where, name.substring(0, dot), name.substring(dot + 1)));
      } else {
        value = text(where, ref(where, name));
      }
      matcher.appendReplacement(result, Matcher.quoteReplacement(value));
    }
    return textNode(matcher.appendTail(result).toString());
  }

  private static JsonNode textNode(String text) {
    return JsonNodeFactory.instance.textNode(text);
  }

  private static String text(String where, JsonNode node) {
    if (!node.isValueNode() || node.isNull()) {
      throw new TemplateException(where, "A single value was expected, not " + node);
    }
    return node.asText();
  }
}
