package dev.slipway.local.template;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.local.iam.Statement;
import dev.slipway.local.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the role of each function may do, with what SAM adds by itself. */
final class Roles {

  private static final List<String> EVERYTHING = List.of("*");

  private static final List<Statement> BASIC_EXECUTION =
      List.of(
          Statement.allow(
              List.of("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
              EVERYTHING));

  /** The managed policy AWSLambdaSQSQueueExecutionRole. */
  static final List<Statement> QUEUE_EXECUTION =
      List.of(
          Statement.allow(
              List.of(
                  "sqs:ReceiveMessage",
                  "sqs:DeleteMessage",
                  "sqs:GetQueueAttributes",
                  "logs:CreateLogGroup",
                  "logs:CreateLogStream",
                  "logs:PutLogEvents"),
              EVERYTHING));

  /** The managed policy AWSLambdaDynamoDBExecutionRole. */
  static final List<Statement> STREAM_EXECUTION =
      List.of(
          Statement.allow(
              List.of(
                  "dynamodb:DescribeStream",
                  "dynamodb:GetRecords",
                  "dynamodb:GetShardIterator",
                  "dynamodb:ListStreams",
                  "logs:CreateLogGroup",
                  "logs:CreateLogStream",
                  "logs:PutLogEvents"),
              EVERYTHING));

  private static final Map<String, List<Statement>> MANAGED =
      Map.of(
          "AWSLambdaBasicExecutionRole", BASIC_EXECUTION,
          "AWSLambdaSQSQueueExecutionRole", QUEUE_EXECUTION,
          "AWSLambdaDynamoDBExecutionRole", STREAM_EXECUTION);

  private final Stack stack;
  private final Triggers triggers;

  Roles(Stack stack, Triggers triggers) {
    this.stack = stack;
    this.triggers = triggers;
  }

  /** Name of the function's role. */
  String name(String function) {
    JsonNode role = stack.resource(function).properties().path("Role");
    String arn = role.isTextual() ? role.asText() : stack.attribute(function + "Role", "Arn");
    return arn.substring(arn.indexOf(":role/") + ":role/".length());
  }

  List<Statement> statements(String function) {
    Resource resource = stack.resource(function);
    String where = function + ".Properties.Policies";
    JsonNode role = resource.properties().path("Role");
    if (role.isTextual()) {
      return ofRole(function, role.asText());
    }
    List<Statement> statements = new ArrayList<>(BASIC_EXECUTION);
    statements.addAll(triggers.granted(function));
    JsonNode policies = resource.properties().path("Policies");
    for (JsonNode policy : policies.isArray() ? policies : Json.array().add(policies)) {
      if (policy.isTextual()) {
        statements.addAll(managed(where, policy.asText()));
      } else if (policy.has("Statement")) {
        statements.addAll(statements(where, policy));
      } else if (policy.isObject()) {
        throw new TemplateException(
            where,
            "The SAM policy template "
                + policy.fieldNames().next()
                + " is not supported: write its statements out, so that a reader sees them");
      }
    }
    return List.copyOf(statements);
  }

  private List<Statement> ofRole(String function, String arn) {
    for (Resource role : stack.ofType("AWS::IAM::Role")) {
      if (stack.attribute(role.logicalId(), "Arn").equals(arn)) {
        List<Statement> statements = new ArrayList<>();
        String where = role.logicalId() + ".Properties.Policies";
        for (JsonNode policy : role.properties().path("Policies")) {
          statements.addAll(statements(where, policy.path("PolicyDocument")));
        }
        for (JsonNode managed : role.properties().path("ManagedPolicyArns")) {
          statements.addAll(managed(where, managed.asText()));
        }
        return List.copyOf(statements);
      }
    }
    throw new TemplateException(function, "The stack has no role " + arn);
  }

  private static List<Statement> managed(String where, String nameOrArn) {
    List<Statement> statements = MANAGED.get(nameOrArn.substring(nameOrArn.lastIndexOf('/') + 1));
    if (statements == null) {
      throw new TemplateException(
          where,
          "The managed policy " + nameOrArn + " is not known here, only " + MANAGED.keySet());
    }
    return statements;
  }

  static List<Statement> statements(String where, JsonNode document) {
    try {
      return Statement.read(document);
    } catch (IllegalArgumentException unreadable) {
      throw new TemplateException(where, unreadable.getMessage());
    }
  }
}
