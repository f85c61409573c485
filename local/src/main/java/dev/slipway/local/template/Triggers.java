package dev.slipway.local.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.iam.Statement;
import dev.slipway.local.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What starts the functions: event source mappings, rules and routes, from the {@code Events} of
 * functions (as SAM expands them) and from resources of their own.
 */
final class Triggers {

  private final Stack stack;
  private final List<MappingSpec> mappings = new ArrayList<>();
  private final List<RuleSpec> rules = new ArrayList<>();
  private final List<Stack.QueuePolicy> queuePolicies = new ArrayList<>();
  private final Map<String, List<FunctionSpec.Route>> routes = new java.util.LinkedHashMap<>();
  private final Map<String, List<Statement>> granted = new java.util.LinkedHashMap<>();

  Triggers(Stack stack) {
    this.stack = stack;
    for (Resource function : stack.ofType("AWS::Serverless::Function")) {
      function
          .properties()
          .path("Events")
          .properties()
          .forEach(event -> event(function.logicalId(), event.getKey(), event.getValue()));
    }
    for (Resource mapping : stack.ofType("AWS::Lambda::EventSourceMapping")) {
      mapping(mapping);
    }
    for (Resource rule : stack.ofType("AWS::Events::Rule")) {
      rule(rule);
    }
    for (Resource route : stack.ofType("AWS::ApiGatewayV2::Route")) {
      route(route);
    }
  }

  List<MappingSpec> mappings() {
    return List.copyOf(mappings);
  }

  List<RuleSpec> rules() {
    return List.copyOf(rules);
  }

  List<Stack.QueuePolicy> queuePolicies() {
    return queuePolicies;
  }

  List<FunctionSpec.Route> routes(String function) {
    return List.copyOf(routes.getOrDefault(function, List.of()));
  }

  /** What SAM lets a function's role do because of its events. */
  List<Statement> granted(String function) {
    return granted.getOrDefault(function, List.of());
  }

  private void event(String function, String name, JsonNode event) {
    JsonNode properties = event.path("Properties");
    String id = function + name;
    String where = function + ".Properties.Events." + name;
    switch (event.path("Type").asText()) {
      case "SQS" -> {
        grant(function, Roles.QUEUE_EXECUTION);
        mappings.add(
            queueMapping(where, id, function, properties.path("Queue").asText(), properties));
      }
      case "DynamoDB" -> {
        grant(function, Roles.STREAM_EXECUTION);
        JsonNode onFailure = properties.path("DestinationConfig").path("OnFailure");
        if (onFailure.path("Type").asText().equals("SQS")) {
          grant(
              function,
              List.of(
                  Statement.allow(
                      List.of("sqs:SendMessage"),
                      List.of(onFailure.path("Destination").asText()))));
        }
        mappings.add(
            streamMapping(where, id, function, properties.path("Stream").asText(), properties));
      }
      case "EventBridgeRule", "CloudWatchEvent" -> {
        ObjectNode rule = ((ObjectNode) properties).deepCopy();
        rule.set("EventPattern", properties.path("Pattern"));
        functionRule(where, id, function, properties.path("RuleName").asText(), rule);
      }
      case "Schedule", "ScheduleV2" -> {
        ObjectNode rule = ((ObjectNode) properties).deepCopy();
        rule.put(
            "ScheduleExpression",
            properties.path("Schedule").asText(properties.path("ScheduleExpression").asText()));
        functionRule(where, id, function, properties.path("Name").asText(), rule);
      }
      case "HttpApi" -> {
        JsonNode api = properties.path("ApiId");
        routes
            .computeIfAbsent(function, key -> new ArrayList<>())
            .add(
                new FunctionSpec.Route(
                    api.isTextual() ? api.asText() : "serverlesshttpapi",
                    properties.path("Method").asText("ANY").toUpperCase(java.util.Locale.ROOT),
                    properties.path("Path").asText("$default")));
      }
      default ->
          throw new TemplateException(
              where, "Events of the type '" + event.path("Type").asText() + "' are not supported");
    }
  }

  private void route(Resource route) {
    String target = route.properties().path("Target").asText();
    String key = route.properties().path("RouteKey").asText();
    for (Resource integration : stack.ofType("AWS::ApiGatewayV2::Integration")) {
      if (target.equals("integrations/" + stack.ref(integration.logicalId()))) {
        String function =
            stack.functionOf(
                integration.logicalId(), integration.properties().path("IntegrationUri").asText());
        int space = key.indexOf(' ');
        routes
            .computeIfAbsent(function, name -> new ArrayList<>())
            .add(
                new FunctionSpec.Route(
                    route.properties().path("ApiId").asText(),
                    space < 0 ? "ANY" : key.substring(0, space),
                    space < 0 ? key : key.substring(space + 1)));
        return;
      }
    }
    throw new TemplateException(route.logicalId(), "There is no integration " + target);
  }

  private void grant(String function, List<Statement> statements) {
    granted.computeIfAbsent(function, key -> new ArrayList<>()).addAll(statements);
  }

  private void functionRule(
      String where, String id, String function, String name, ObjectNode properties) {
    ObjectNode target = Json.object();
    target.put("Id", id + "Target");
    target.put("Arn", stack.attribute(function, "Arn"));
    for (String member :
        List.of("Input", "InputPath", "InputTransformer", "RetryPolicy", "DeadLetterConfig")) {
      if (properties.has(member)) {
        target.set(member, properties.get(member));
      }
    }
    if (target.path("DeadLetterConfig").path("Type").isTextual()) {
      throw new TemplateException(
          where, "A dead-letter queue that SAM makes itself is not supported: give its Arn");
    }
    String ruleName =
        name.isEmpty()
            ? stack.surroundings().stackName() + "-" + id + "-" + Names.suffix(id)
            : name;
    rules.add(ruleOf(where, id, ruleName, properties, List.of(target(where, target))));
  }

  private void mapping(Resource resource) {
    String id = resource.logicalId();
    ObjectNode properties = resource.properties();
    String function = stack.functionOf(id, properties.path("FunctionName").asText());
    String source = properties.path("EventSourceArn").asText();
    mappings.add(
        source.contains(":dynamodb:")
            ? streamMapping(id, id, function, source, properties)
            : queueMapping(id, id, function, source, properties));
  }

  private static MappingSpec.Queue queueMapping(
      String where, String id, String function, String source, JsonNode properties) {
    requireEnabled(where, properties);
    if (!source.contains(":sqs:")) {
      throw new TemplateException(where, "The source is not the ARN of a queue: " + source);
    }
    return new MappingSpec.Queue(
        id,
        function,
        source,
        properties.path("BatchSize").asInt(10),
        Numbers.seconds(properties.path("MaximumBatchingWindowInSeconds"), 0),
        partialFailures(properties),
        filters(properties),
        properties.path("ScalingConfig").path("MaximumConcurrency").asInt(0));
  }

  private static MappingSpec.Stream streamMapping(
      String where, String id, String function, String source, JsonNode properties) {
    requireEnabled(where, properties);
    JsonNode destination =
        properties.path("DestinationConfig").path("OnFailure").path("Destination");
    int age = properties.path("MaximumRecordAgeInSeconds").asInt(-1);
    return new MappingSpec.Stream(
        id,
        function,
        source,
        properties.path("BatchSize").asInt(100),
        Numbers.seconds(properties.path("MaximumBatchingWindowInSeconds"), 0),
        partialFailures(properties),
        filters(properties),
        properties.path("BisectBatchOnFunctionError").asBoolean(),
        properties.path("MaximumRetryAttempts").asInt(-1),
        age < 0 ? Duration.ofHours(24) : Duration.ofSeconds(age),
        destination.isTextual() ? destination.asText() : null);
  }

  private static void requireEnabled(String where, JsonNode properties) {
    if (!properties.path("Enabled").asBoolean(true)) {
      throw new TemplateException(where, "A mapping that is not enabled is not supported");
    }
  }

  private static boolean partialFailures(JsonNode properties) {
    return Json.texts(properties.path("FunctionResponseTypes")).contains("ReportBatchItemFailures");
  }

  private static List<String> filters(JsonNode properties) {
    List<String> filters = new ArrayList<>();
    properties
        .path("FilterCriteria")
        .path("Filters")
        .forEach(filter -> filters.add(filter.path("Pattern").asText()));
    return List.copyOf(filters);
  }

  private void rule(Resource resource) {
    String id = resource.logicalId();
    List<RuleSpec.Target> targets = new ArrayList<>();
    for (JsonNode target : resource.properties().path("Targets")) {
      targets.add(target(id + ".Properties.Targets", target));
    }
    if (targets.isEmpty()) {
      throw new TemplateException(id, "The rule has no target");
    }
    rules.add(ruleOf(id, id, stack.ref(id), resource.properties(), targets));
  }

  private RuleSpec ruleOf(
      String where, String id, String name, ObjectNode properties, List<RuleSpec.Target> targets) {
    JsonNode pattern = properties.path("EventPattern");
    String expression = properties.path("ScheduleExpression").asText();
    if (pattern.isObject() != expression.isEmpty()) {
      throw new TemplateException(where, "A rule needs a pattern or a schedule, and not both");
    }
    String bus = properties.path("EventBusName").asText("default");
    String path = bus.equals("default") ? name : bus + "/" + name;
    return new RuleSpec(
        id,
        name,
        stack.surroundings().arn("events", "rule/" + path),
        bus,
        !properties.path("State").asText("ENABLED").equals("DISABLED"),
        pattern.isObject() ? Json.write(pattern) : null,
        expression.isEmpty() ? null : schedule(where, expression),
        targets);
  }

  private static Schedule schedule(String where, String expression) {
    try {
      return Schedule.parse(expression);
    } catch (IllegalArgumentException e) {
      throw new TemplateException(where, e.getMessage());
    }
  }

  private static final Set<String> TARGET_MEMBERS =
      Set.of("Id", "Arn", "Input", "RetryPolicy", "DeadLetterConfig", "SqsParameters");

  private static RuleSpec.Target target(String where, JsonNode target) {
    target
        .fieldNames()
        .forEachRemaining(member -> {
          if (!TARGET_MEMBERS.contains(member)) {
            throw new TemplateException(where, member + " of a target is not supported");
          }
        });
    String input = target.path("Input").isTextual() ? target.path("Input").asText() : null;
    if (input != null) {
      try {
        Json.parse(input);
      } catch (IllegalArgumentException notJson) {
        throw new TemplateException(where, "Input is not JSON: " + input);
      }
    }
    JsonNode deadLetter = target.path("DeadLetterConfig").path("Arn");
    JsonNode group = target.path("SqsParameters").path("MessageGroupId");
    return new RuleSpec.Target(
        target.path("Id").asText(),
        target.path("Arn").asText(),
        input,
        deadLetter.isTextual() ? deadLetter.asText() : null,
        target.path("RetryPolicy").path("MaximumRetryAttempts").asInt(185),
        Numbers.seconds(target.path("RetryPolicy").path("MaximumEventAgeInSeconds"), 86_400),
        group.isTextual() ? group.asText() : null);
  }
}
