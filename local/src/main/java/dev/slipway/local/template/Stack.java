package dev.slipway.local.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.iam.Statement;
import dev.slipway.local.json.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What CloudFormation would make of a template: names, ARNs and URLs are those of the local
 * account, nothing is left to resolve. Immutable.
 */
public final class Stack {

  /** A policy of a queue. */
  public record QueuePolicy(Set<String> queueUrls, List<Statement> statements) {}

  /** Parsed, resolved and checked, but nothing in the local account plays them. */
  private static final Set<String> IGNORED =
      Set.of(
          "AWS::CloudWatch::Alarm",
          "AWS::CloudWatch::CompositeAlarm",
          "AWS::CloudWatch::Dashboard",
          "AWS::Logs::LogGroup",
          "AWS::Logs::MetricFilter",
          "AWS::SNS::Topic",
          "AWS::SNS::TopicPolicy",
          "AWS::SNS::Subscription",
          "AWS::Lambda::Permission",
          "AWS::ApiGatewayV2::Stage",
          "AWS::SSM::Parameter");

  private static final Set<String> PLAYED =
      Set.of(
          "AWS::Serverless::Function",
          "AWS::Serverless::HttpApi",
          "AWS::Lambda::EventSourceMapping",
          "AWS::Lambda::Url",
          "AWS::ApiGatewayV2::Api",
          "AWS::ApiGatewayV2::Integration",
          "AWS::ApiGatewayV2::Route",
          "AWS::SQS::Queue",
          "AWS::SQS::QueuePolicy",
          "AWS::DynamoDB::Table",
          "AWS::SecretsManager::Secret",
          "AWS::Events::Rule",
          "AWS::IAM::Role");

  private final Template template;
  private final Surroundings surroundings;
  private final Intrinsics intrinsics;
  private final Map<String, JsonNode> parameters;
  private final Map<String, Boolean> conditions;
  private final Map<String, Resource> resources = new LinkedHashMap<>();
  private final List<String> ignored = new ArrayList<>();
  private final List<QueueSpec> queues;
  private final List<QueuePolicy> queuePolicies = new ArrayList<>();
  private final List<TableSpec> tables;
  private final List<FunctionSpec> functions;
  private final List<MappingSpec> mappings;
  private final List<RuleSpec> rules;
  private final Map<String, String> outputs = new LinkedHashMap<>();

  Stack(Template template, Map<String, JsonNode> parameters, Surroundings surroundings) {
    this.template = template;
    this.surroundings = surroundings;
    this.parameters = Map.copyOf(parameters);
    ObjectNode document = template.document();
    this.intrinsics =
        new Intrinsics(
            document,
            parameters,
            surroundings,
            new Intrinsics.Resources() {
              @Override
              public JsonNode ref(String where, String logicalId) {
                return Stack.this.refTo(where, logicalId);
              }

              @Override
              public JsonNode attribute(String where, String logicalId, String attribute) {
                return Stack.this.attributeOf(where, logicalId, attribute);
              }
            });
    this.conditions = intrinsics.conditions();
    intrinsics.checkRules();
    document.path("Resources").properties().forEach(entry -> add(entry.getKey(), entry.getValue()));
    this.queues = ofType("AWS::SQS::Queue").stream().map(this::queue).toList();
    this.tables = ofType("AWS::DynamoDB::Table").stream().map(this::table).toList();
    Triggers triggers = new Triggers(this);
    this.mappings = triggers.mappings();
    this.rules = triggers.rules();
    Roles roles = new Roles(this, triggers);
    this.functions =
        ofType("AWS::Serverless::Function").stream()
            .map(resource -> function(resource, roles, triggers))
            .toList();
    ofType("AWS::SQS::QueuePolicy").forEach(this::queuePolicy);
    queuePolicies.addAll(triggers.queuePolicies());
    document
        .path("Outputs")
        .properties()
        .forEach(entry -> {
          JsonNode output = entry.getValue();
          if (exists("Outputs." + entry.getKey(), output)) {
            outputs.put(
                entry.getKey(),
                intrinsics.resolve("Outputs." + entry.getKey(), output.path("Value")).asText());
          }
        });
  }

  private void add(String id, JsonNode written) {
    String type = written.path("Type").asText();
    if (!PLAYED.contains(type) && !IGNORED.contains(type)) {
      throw new TemplateException(
          id, "The local account has no resources of the type '" + type + "'");
    }
    if (!exists(id, written)) {
      return;
    }
    JsonNode properties =
        type.equals("AWS::Serverless::Function")
            ? Globals.merge(
                template.document().path("Globals").path("Function"), written.path("Properties"))
            : written.path("Properties");
    JsonNode resolved = intrinsics.resolve(id + ".Properties", properties);
    ObjectNode attributes = ((ObjectNode) written).deepCopy();
    attributes.remove(List.of("Type", "Properties"));
    resources.put(
        id,
        new Resource(
            id,
            type,
            resolved instanceof ObjectNode object ? object : Json.object(),
            written.path("Condition").asText(),
            attributes));
    if (IGNORED.contains(type)) {
      ignored.add(id + ": " + type + " is read and checked, not played");
    }
  }

  private boolean exists(String where, JsonNode written) {
    return !written.has("Condition") || intrinsics.holds(where, written.path("Condition").asText());
  }

  // ---- what a stack is asked

  public Template template() {
    return template;
  }

  public Surroundings surroundings() {
    return surroundings;
  }

  /** Resolved values of the parameters. */
  public Map<String, JsonNode> parameters() {
    return parameters;
  }

  /** The conditions that hold. */
  public Set<String> conditions() {
    Set<String> holding = new LinkedHashSet<>();
    conditions.forEach((name, holds) -> {
      if (holds) {
        holding.add(name);
      }
    });
    return holding;
  }

  /** The resources that exist, in the template's order. */
  public Map<String, Resource> resources() {
    return Collections.unmodifiableMap(resources);
  }

  /**
   * @throws TemplateException if there is none, or its condition does not hold
   */
  public Resource resource(String logicalId) {
    Resource resource = resources.get(logicalId);
    if (resource == null) {
      throw new TemplateException(logicalId, "The stack has no such resource");
    }
    return resource;
  }

  public List<Resource> ofType(String type) {
    return resources.values().stream().filter(resource -> resource.type().equals(type)).toList();
  }

  public List<FunctionSpec> functions() {
    return functions;
  }

  /**
   * @throws TemplateException if there is none
   */
  public FunctionSpec function(String logicalId) {
    return functions.stream()
        .filter(function -> function.logicalId().equals(logicalId))
        .findFirst()
        .orElseThrow(() -> new TemplateException(logicalId, "The stack has no such function"));
  }

  public List<QueueSpec> queues() {
    return queues;
  }

  /**
   * @throws TemplateException if there is none
   */
  public QueueSpec queue(String logicalId) {
    return queues.stream()
        .filter(queue -> queue.logicalId().equals(logicalId))
        .findFirst()
        .orElseThrow(() -> new TemplateException(logicalId, "The stack has no such queue"));
  }

  public List<QueuePolicy> queuePolicies() {
    return queuePolicies;
  }

  public List<TableSpec> tables() {
    return tables;
  }

  public List<MappingSpec> mappings() {
    return mappings;
  }

  public List<RuleSpec> rules() {
    return rules;
  }

  /** Values of the outputs whose condition holds. */
  public Map<String, String> outputs() {
    return Collections.unmodifiableMap(outputs);
  }

  /** What stands in the template and is not played here, one sentence each. */
  public List<String> ignored() {
    return List.copyOf(ignored);
  }

  /** What {@code !Ref} gives. */
  public String ref(String logicalId) {
    return refTo("", logicalId).asText();
  }

  /** What {@code !GetAtt} gives. */
  public String attribute(String logicalId, String attribute) {
    return attributeOf("", logicalId, attribute).asText();
  }

  // ---- references

  private JsonNode written(String where, String id) {
    JsonNode written = template.document().path("Resources").path(id);
    if (written.isMissingNode()) {
      throw new TemplateException(where, "There is no parameter or resource " + id);
    }
    if (!exists(id, written)) {
      throw new TemplateException(
          where,
          "It refers to "
              + id
              + ", which the condition "
              + written.path("Condition").asText()
              + " leaves out");
    }
    return written;
  }

  private String physicalName(String id, JsonNode written, String property) {
    JsonNode given = written.path("Properties").path(property);
    JsonNode name =
        given.isMissingNode() ? given : intrinsics.resolve(id + ".Properties." + property, given);
    return name.isMissingNode()
        ? surroundings.stackName() + "-" + id + "-" + Names.suffix(id)
        : name.asText();
  }

  private JsonNode refTo(String where, String id) {
    JsonNode implicit = implicit(where, id, "");
    if (!implicit.isMissingNode()) {
      return implicit;
    }
    JsonNode written = written(where, id);
    String text =
        switch (written.path("Type").asText()) {
          case "AWS::Serverless::Function" -> physicalName(id, written, "FunctionName");
          case "AWS::SQS::Queue" -> queueUrl(queueName(id, written));
          case "AWS::DynamoDB::Table" -> physicalName(id, written, "TableName");
          case "AWS::SecretsManager::Secret" -> secretArn(id, written);
          case "AWS::SNS::Topic" -> surroundings.arn("sns", physicalName(id, written, "TopicName"));
          case "AWS::Logs::LogGroup" -> physicalName(id, written, "LogGroupName");
          case "AWS::IAM::Role" -> physicalName(id, written, "RoleName");
          case "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm" ->
              physicalName(id, written, "AlarmName");
          case "AWS::CloudWatch::Dashboard" -> physicalName(id, written, "DashboardName");
          case "AWS::Serverless::HttpApi",
              "AWS::ApiGatewayV2::Api",
              "AWS::ApiGatewayV2::Integration",
              "AWS::ApiGatewayV2::Route" ->
              apiId(id);
          case "AWS::Lambda::Url" ->
              intrinsics.resolve(id, written.path("Properties").path("TargetFunctionArn")).asText();
          default -> physicalName(id, written, "Name");
        };
    return JsonNodeFactory.instance.textNode(text);
  }

  private JsonNode attributeOf(String where, String id, String attribute) {
    JsonNode implicit = implicit(where, id, attribute);
    if (!implicit.isMissingNode()) {
      return implicit;
    }
    JsonNode written = written(where, id);
    String type = written.path("Type").asText();
    String value =
        switch (type + "." + attribute) {
          case "AWS::Serverless::Function.Arn" ->
              surroundings.arn("lambda", "function:" + physicalName(id, written, "FunctionName"));
          case "AWS::SQS::Queue.Arn" -> surroundings.arn("sqs", queueName(id, written));
          case "AWS::SQS::Queue.QueueName" -> queueName(id, written);
          case "AWS::SQS::Queue.QueueUrl" -> queueUrl(queueName(id, written));
          case "AWS::DynamoDB::Table.Arn" ->
              surroundings.arn("dynamodb", "table/" + physicalName(id, written, "TableName"));
          case "AWS::DynamoDB::Table.StreamArn" ->
              surroundings.arn(
                  "dynamodb",
                  "table/"
                      + physicalName(id, written, "TableName")
                      + "/stream/2026-01-01T00:00:00.000");
          case "AWS::SecretsManager::Secret.Id" -> secretArn(id, written);
          case "AWS::Events::Rule.Arn" ->
              surroundings.arn("events", "rule/" + physicalName(id, written, "Name"));
          case "AWS::SNS::Topic.TopicArn" ->
              surroundings.arn("sns", physicalName(id, written, "TopicName"));
          case "AWS::SNS::Topic.TopicName" -> physicalName(id, written, "TopicName");
          case "AWS::Logs::LogGroup.Arn" ->
              surroundings.arn(
                  "logs", "log-group:" + physicalName(id, written, "LogGroupName") + ":*");
          case "AWS::IAM::Role.Arn" -> roleArn(physicalName(id, written, "RoleName"));
          case "AWS::CloudWatch::Alarm.Arn", "AWS::CloudWatch::CompositeAlarm.Arn" ->
              surroundings.arn("cloudwatch", "alarm:" + physicalName(id, written, "AlarmName"));
          case "AWS::Serverless::HttpApi.ApiEndpoint", "AWS::ApiGatewayV2::Api.ApiEndpoint" ->
              apiEndpoint(id);
          case "AWS::Lambda::Url.FunctionUrl" -> functionUrl(urlFunction(id, written));
          default ->
              throw new TemplateException(
                  where, "The attribute " + attribute + " of " + type + " is not supported");
        };
    return JsonNodeFactory.instance.textNode(value);
  }

  /** Resources that SAM makes beside a function: its role, its URL, the default HTTP API. */
  private JsonNode implicit(String where, String id, String attribute) {
    JsonNode all = template.document().path("Resources");
    if (all.has(id)) {
      return MissingNode.getInstance();
    }
    String value = null;
    if (id.equals("ServerlessHttpApi")) {
      value = attribute.isEmpty() ? apiId(id) : apiEndpoint(id);
    } else if (id.endsWith("Role") && isFunction(id.substring(0, id.length() - 4))) {
      written(where, id.substring(0, id.length() - 4));
      value = attribute.isEmpty() ? roleName(id) : roleArn(roleName(id));
    } else if (id.endsWith("Url") && isFunction(id.substring(0, id.length() - 3))) {
      String function = id.substring(0, id.length() - 3);
      written(where, function);
      value =
          attribute.equals("FunctionUrl")
              ? functionUrl(function)
              : attributeOf(where, function, "Arn").asText();
    }
    return value == null ? MissingNode.getInstance() : JsonNodeFactory.instance.textNode(value);
  }

  /** Logical id of the function behind a resource of the type AWS::Lambda::Url. */
  private String urlFunction(String id, JsonNode written) {
    JsonNode target = written.path("Properties").path("TargetFunctionArn");
    return functionOf(id, intrinsics.resolve(id, target).asText());
  }

  /**
   * Logical id of the function with this name or ARN.
   *
   * @throws TemplateException if there is none
   */
  String functionOf(String where, String nameOrArn) {
    for (Resource function : ofType("AWS::Serverless::Function")) {
      if (nameOrArn.equals(ref(function.logicalId()))
          || nameOrArn.equals(attribute(function.logicalId(), "Arn"))) {
        return function.logicalId();
      }
    }
    throw new TemplateException(where, "There is no function " + nameOrArn);
  }

  private boolean isFunction(String id) {
    return template
        .document()
        .path("Resources")
        .path(id)
        .path("Type")
        .asText()
        .equals("AWS::Serverless::Function");
  }

  private String roleName(String id) {
    return surroundings.stackName() + "-" + id + "-" + Names.suffix(id);
  }

  private String roleArn(String name) {
    return "arn:aws:iam::" + surroundings.accountId() + ":role/" + name;
  }

  private String functionUrl(String function) {
    return surroundings.endpoint() + "/function-url/" + function + "/";
  }

  private static String apiId(String id) {
    return id.toLowerCase(java.util.Locale.ROOT);
  }

  private String apiEndpoint(String id) {
    return surroundings.endpoint() + "/http-api/" + apiId(id);
  }

  private String queueName(String id, JsonNode written) {
    String name = physicalName(id, written, "QueueName");
    JsonNode fifo = written.path("Properties").path("FifoQueue");
    boolean isFifo = fifo.asBoolean();
    if (isFifo && !name.endsWith(".fifo")) {
      if (written.path("Properties").has("QueueName")) {
        throw new TemplateException(id, "The name of a FIFO queue ends in .fifo, not: " + name);
      }
      return name + ".fifo";
    }
    return name;
  }

  private String queueUrl(String name) {
    return "https://sqs."
        + surroundings.region()
        + ".amazonaws.com/"
        + surroundings.accountId()
        + "/"
        + name;
  }

  private String secretArn(String id, JsonNode written) {
    return surroundings
        .secretArns()
        .getOrDefault(
            id,
            surroundings.arn(
                "secretsmanager",
                "secret:"
                    + physicalName(id, written, "Name")
                    + "-"
                    + Names.suffix(id).substring(0, 6)));
  }

  /** Name of a secret: the one that the template gives, or CloudFormation's. */
  public String secretName(String logicalId) {
    return physicalName(logicalId, written("", logicalId), "Name");
  }

  // ---- resources as the parts of the account want them

  private QueueSpec queue(Resource resource) {
    JsonNode properties = resource.properties();
    JsonNode redrive = properties.path("RedrivePolicy");
    String name = attribute(resource.logicalId(), "QueueName");
    return new QueueSpec(
        resource.logicalId(),
        name,
        attribute(resource.logicalId(), "Arn"),
        queueUrl(name),
        properties.path("FifoQueue").asBoolean(),
        properties.path("ContentBasedDeduplication").asBoolean(),
        properties.path("DeduplicationScope").asText().equals("messageGroup"),
        Numbers.seconds(properties.path("VisibilityTimeout"), 30),
        Numbers.seconds(properties.path("DelaySeconds"), 0),
        Numbers.seconds(properties.path("MessageRetentionPeriod"), 345_600),
        redrive.path("deadLetterTargetArn").isTextual()
            ? redrive.path("deadLetterTargetArn").asText()
            : null,
        redrive.path("maxReceiveCount").asInt());
  }

  private TableSpec table(Resource resource) {
    ObjectNode definition = Json.object();
    String name = ref(resource.logicalId());
    definition.put("TableName", name);
    for (String member :
        List.of(
            "KeySchema",
            "AttributeDefinitions",
            "BillingMode",
            "ProvisionedThroughput",
            "GlobalSecondaryIndexes",
            "LocalSecondaryIndexes")) {
      if (resource.properties().has(member)) {
        definition.set(member, resource.properties().get(member));
      }
    }
    JsonNode stream = resource.properties().path("StreamSpecification");
    if (stream.has("StreamViewType")) {
      definition
          .putObject("StreamSpecification")
          .put("StreamEnabled", true)
          .put("StreamViewType", stream.get("StreamViewType").asText());
    }
    JsonNode timeToLive = resource.properties().path("TimeToLiveSpecification");
    return new TableSpec(
        resource.logicalId(),
        name,
        attribute(resource.logicalId(), "Arn"),
        attribute(resource.logicalId(), "StreamArn"),
        definition,
        timeToLive.path("Enabled").asBoolean() ? timeToLive.path("AttributeName").asText() : "");
  }

  private FunctionSpec function(Resource resource, Roles roles, Triggers triggers) {
    String id = resource.logicalId();
    JsonNode properties = resource.properties();
    for (String required : List.of("Handler", "Runtime", "CodeUri")) {
      if (!properties.path(required).isTextual()) {
        throw new TemplateException(id, "The function needs " + required);
      }
    }
    Map<String, String> environment = new LinkedHashMap<>();
    properties
        .path("Environment")
        .path("Variables")
        .properties()
        .forEach(variable -> {
          if (!variable.getValue().isValueNode()) {
            throw new TemplateException(
                id + ".Properties.Environment." + variable.getKey(),
                "An environment variable is a text: " + variable.getValue());
          }
          environment.put(variable.getKey(), variable.getValue().asText());
        });
    return new FunctionSpec(
        id,
        ref(id),
        attribute(id, "Arn"),
        properties.path("Handler").asText(),
        properties.path("Runtime").asText(),
        properties.path("MemorySize").asInt(128),
        Numbers.seconds(properties.path("Timeout"), 3),
        template.directory().resolve(properties.path("CodeUri").asText()).normalize(),
        Collections.unmodifiableMap(environment),
        properties.path("LoggingConfig").path("LogFormat").asText("Text"),
        properties.path("LoggingConfig").path("LogGroup").asText("/aws/lambda/" + ref(id)),
        roles.name(id),
        roles.statements(id),
        properties.path("ReservedConcurrentExecutions").asInt(-1),
        hasUrl(resource) ? functionUrl(id) : null,
        triggers.routes(id));
  }

  private boolean hasUrl(Resource function) {
    return function.properties().has("FunctionUrlConfig")
        || ofType("AWS::Lambda::Url").stream()
            .anyMatch(url ->
                functionOf(url.logicalId(), url.properties().path("TargetFunctionArn").asText())
                    .equals(function.logicalId()));
  }

  private void queuePolicy(Resource resource) {
    queuePolicies.add(
        new QueuePolicy(
            Set.copyOf(Json.texts(resource.properties().path("Queues"))),
            Roles.statements(resource.logicalId(), resource.properties().path("PolicyDocument"))));
  }
}
