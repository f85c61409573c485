package dev.slipway.local.iam;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.json.Json;
import dev.slipway.local.template.Surroundings;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which permissions a call needs: one table, service by service. A call that is not in it is
 * refused to everybody whose policies are checked, so that nothing is allowed because nobody
 * thought of it.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html">Service
 *     authorization reference</a>
 */
public final class Authorisation {

  private static final String ANY = "*";
  private static final Pattern EQUALITY = Pattern.compile("(#?[\\w.-]+)\\s*=\\s*(:\\w+)");

  private final Surroundings surroundings;
  private final AwsApi unrestricted;
  private final Function<String, String> hashKeys;

  /**
   * @param unrestricted answers what must be known of a resource, its tags for example
   * @param hashKeys name of a table to the name of its partition key
   */
  public Authorisation(
      Surroundings surroundings, AwsApi unrestricted, Function<String, String> hashKeys) {
    this.surroundings = surroundings;
    this.unrestricted = unrestricted;
    this.hashKeys = hashKeys;
  }

  /**
   * @throws AwsException {@code AccessDeniedException} in IAM's words, if the caller may not
   */
  public void check(Principal caller, AwsService service, String operation, ObjectNode input) {
    if (caller.unrestricted()) {
      return;
    }
    for (Access access : needed(service, operation, input)) {
      Access full =
          access
              .with("aws:PrincipalAccount", surroundings.accountId())
              .with("aws:RequestedRegion", surroundings.region())
              .with("aws:SecureTransport", "true");
      Policies.Decision decision = Policies.decide(caller.statements(), full);
      if (decision != Policies.Decision.ALLOWED) {
        throw new AwsException(
            service,
            operation,
            "AccessDeniedException",
            denial(caller, access, decision),
            400,
            Json.object());
      }
    }
  }

  static String denial(Principal caller, Access access, Policies.Decision decision) {
    String beginning =
        "User: "
            + caller.arn()
            + " is not authorized to perform: "
            + access.action()
            + " on resource: "
            + access.resource();
    return decision == Policies.Decision.DENIED_EXPLICITLY
        ? beginning + " with an explicit deny in an identity-based policy"
        : beginning + " because no identity-based policy allows the " + access.action() + " action";
  }

  /** Everything that must be allowed for this call. */
  public List<Access> needed(AwsService service, String operation, ObjectNode input) {
    return switch (service) {
      case ECS -> ecs(operation, input);
      case ECR -> ecr(operation, input);
      case SQS -> sqs(operation, input);
      case DYNAMODB -> dynamoDb(operation, input);
      case TAGGING -> List.of(Access.of("tag:" + operation, ANY));
      case SSM -> ssm(operation, input);
      case SECRETS_MANAGER -> secretsManager(operation, input);
      case EVENTS -> events(operation, input);
      case LOGS -> logs(operation, input);
      case CODEDEPLOY -> codeDeploy(operation, input);
      case CLOUDWATCH -> cloudWatch(operation, input);
    };
  }

  private static AwsException unknown(AwsService service, String operation) {
    return new AwsException(
        service,
        operation,
        "AccessDeniedException",
        "The local account does not know which permissions "
            + service.actionPrefix()
            + ":"
            + operation
            + " needs; add it to Authorisation",
        400,
        Json.object());
  }

  // ---- ECS

  private List<Access> ecs(String operation, ObjectNode input) {
    String action = "ecs:" + operation;
    String cluster = lastPart(input.path("cluster").asText("default"));
    String clusterArn = surroundings.arn("ecs", "cluster/" + cluster);
    return switch (operation) {
      case "UpdateService", "DeleteService" -> {
        String service = ecsArn("service", cluster, input.path("service").asText());
        Access access =
            tagged(Access.of(action, service), serviceTags(cluster, service))
                .with("ecs:cluster", clusterArn);
        if (input.has("taskDefinition")) {
          access =
              access.with(
                  "ecs:task-definition", taskDefinitionArn(input.path("taskDefinition").asText()));
        }
        if (input.has("enableExecuteCommand")) {
          access =
              access.with(
                  "ecs:enable-execute-command", input.path("enableExecuteCommand").asText());
        }
        yield List.of(access);
      }
      case "DescribeServices" ->
          Json.texts(input.path("services")).stream()
              .map(name -> ecsArn("service", cluster, name))
              .map(arn ->
                  tagged(Access.of(action, arn), serviceTags(cluster, arn))
                      .with("ecs:cluster", clusterArn))
              .toList();
      case "ListServiceDeployments" -> {
        String service = ecsArn("service", cluster, input.path("service").asText());
        yield List.of(
            tagged(Access.of(action, service), serviceTags(cluster, service))
                .with("ecs:cluster", clusterArn)
                .with("ecs:service", service));
      }
      case "DescribeServiceDeployments" ->
          onDeployments(action, Json.texts(input.path("serviceDeploymentArns")));
      case "DescribeServiceRevisions" ->
          onDeployments(action, Json.texts(input.path("serviceRevisionArns")));
      case "StopServiceDeployment", "ContinueServiceDeployment" ->
          onDeployments(action, List.of(input.path("serviceDeploymentArn").asText()));
      case "DescribeTasks" ->
          Json.texts(input.path("tasks")).stream()
              .map(task ->
                  Access.of(action, ecsArn("task", cluster, task)).with("ecs:cluster", clusterArn))
              .toList();
      case "StopTask" ->
          List.of(
              Access.of(action, ecsArn("task", cluster, input.path("task").asText()))
                  .with("ecs:cluster", clusterArn));
      case "ListTasks", "ListServices" ->
          List.of(Access.of(action, ANY).with("ecs:cluster", clusterArn));
      case "DescribeClusters" ->
          Json.texts(input.path("clusters")).stream()
              .map(name -> Access.of(action, surroundings.arn("ecs", "cluster/" + lastPart(name))))
              .toList();
      case "ListContainerInstances" -> List.of(Access.of(action, clusterArn));
      case "DescribeContainerInstances" ->
          Json.texts(input.path("containerInstances")).stream()
              .map(instance ->
                  Access.of(action, ecsArn("container-instance", cluster, instance))
                      .with("ecs:cluster", clusterArn))
              .toList();
      case "DescribeTaskDefinition",
          "ListTaskDefinitions",
          "ListTaskDefinitionFamilies",
          "DeregisterTaskDefinition",
          "ListClusters",
          "ListAccountSettings" ->
          List.of(Access.of(action, ANY));
      case "RegisterTaskDefinition" -> registration(action, input);
      case "RunTask" -> runTask(action, clusterArn, input);
      case "ListTagsForResource", "TagResource", "UntagResource" -> {
        String arn = input.path("resourceArn").asText();
        Access access = tagged(Access.of(action, arn), tagsOf(arn));
        yield List.of(requested(access, input.path("tags")));
      }
      default -> throw unknown(AwsService.ECS, operation);
    };
  }

  private List<Access> registration(String action, ObjectNode input) {
    // The number of the revision is not known before.
    String revision =
        surroundings.arn("ecs", "task-definition/" + input.path("family").asText() + ":*");
    List<Access> needed = new ArrayList<>();
    needed.add(requested(Access.of(action, revision), input.path("tags")));
    needed.addAll(passRoles(input));
    if (!input.path("tags").isEmpty()) {
      needed.add(
          requested(Access.of("ecs:TagResource", revision), input.path("tags"))
              .with("ecs:CreateAction", "RegisterTaskDefinition"));
    }
    return needed;
  }

  private List<Access> runTask(String action, String clusterArn, ObjectNode input) {
    String revision = taskDefinitionArn(input.path("taskDefinition").asText());
    List<Access> needed = new ArrayList<>();
    needed.add(
        requested(Access.of(action, revision), input.path("tags")).with("ecs:cluster", clusterArn));
    ObjectNode definition =
        (ObjectNode)
            unrestricted
                .call(
                    AwsService.ECS,
                    "DescribeTaskDefinition",
                    Json.object().put("taskDefinition", input.path("taskDefinition").asText()))
                .path("taskDefinition");
    definition = definition.deepCopy();
    for (String role : List.of("taskRoleArn", "executionRoleArn")) {
      if (input.path("overrides").has(role)) {
        definition.set(role, input.path("overrides").get(role));
      }
    }
    needed.addAll(passRoles(definition));
    if (!input.path("tags").isEmpty()) {
      needed.add(
          requested(
                  Access.of("ecs:TagResource", clusterArn.replace(":cluster/", ":task/") + "/*"),
                  input.path("tags"))
              .with("ecs:CreateAction", "RunTask"));
    }
    return needed;
  }

  private List<Access> passRoles(ObjectNode input) {
    Set<String> roles = new LinkedHashSet<>();
    for (String member : List.of("taskRoleArn", "executionRoleArn")) {
      String role = input.path(member).asText();
      if (!role.isEmpty()) {
        roles.add(
            role.startsWith("arn:")
                ? role
                : "arn:aws:iam::" + surroundings.accountId() + ":role/" + role);
      }
    }
    return roles.stream()
        .map(role ->
            Access.of("iam:PassRole", role).with("iam:PassedToService", "ecs-tasks.amazonaws.com"))
        .toList();
  }

  /**
   * On service deployments and revisions. Whether they carry their service's tags is not known, so
   * here they carry none.
   */
  private List<Access> onDeployments(String action, List<String> arns) {
    return arns.stream()
        .map(arn -> {
          String[] path = arn.substring(arn.lastIndexOf(':') + 1).split("/");
          Access access = Access.of(action, arn);
          return path.length < 3
              ? access
              : access
                  .with("ecs:cluster", surroundings.arn("ecs", "cluster/" + path[1]))
                  .with(
                      "ecs:service", surroundings.arn("ecs", "service/" + path[1] + "/" + path[2]));
        })
        .toList();
  }

  private String ecsArn(String kind, String cluster, String nameOrArn) {
    return nameOrArn.startsWith("arn:")
        ? nameOrArn
        : surroundings.arn("ecs", kind + "/" + cluster + "/" + nameOrArn);
  }

  private String taskDefinitionArn(String nameOrArn) {
    return nameOrArn.startsWith("arn:")
        ? nameOrArn
        : surroundings.arn(
            "ecs", "task-definition/" + nameOrArn + (nameOrArn.contains(":") ? "" : ":*"));
  }

  private JsonNode serviceTags(String cluster, String arn) {
    try {
      ObjectNode input = Json.object().put("cluster", cluster);
      input.putArray("services").add(arn);
      input.putArray("include").add("TAGS");
      return unrestricted
          .call(AwsService.ECS, "DescribeServices", input)
          .path("services")
          .path(0)
          .path("tags");
    } catch (AwsException noSuchCluster) {
      return Json.array();
    }
  }

  private JsonNode tagsOf(String arn) {
    try {
      return unrestricted
          .call(AwsService.ECS, "ListTagsForResource", Json.object().put("resourceArn", arn))
          .path("tags");
    } catch (AwsException noSuchResource) {
      return Json.array();
    }
  }

  /** ECS names tags' members in lower case, other services with a capital. */
  private static String member(JsonNode tag, String name) {
    return tag.path(name)
        .asText(tag.path(Character.toUpperCase(name.charAt(0)) + name.substring(1)).asText());
  }

  private static Access tagged(Access access, JsonNode tags) {
    Access result = access;
    for (JsonNode tag : tags) {
      result =
          result
              .with("aws:ResourceTag/" + member(tag, "key"), member(tag, "value"))
              .with("ecs:ResourceTag/" + member(tag, "key"), member(tag, "value"));
    }
    return result;
  }

  private static Access requested(Access access, JsonNode tags) {
    Access result = access;
    List<String> keys = new ArrayList<>();
    for (JsonNode tag : tags) {
      keys.add(member(tag, "key"));
      result = result.with("aws:RequestTag/" + member(tag, "key"), member(tag, "value"));
    }
    return keys.isEmpty() ? result : result.with("aws:TagKeys", keys);
  }

  private static String lastPart(String nameOrArn) {
    return nameOrArn.substring(nameOrArn.lastIndexOf('/') + 1);
  }

  // ---- the others

  private List<Access> ecr(String operation, ObjectNode input) {
    if (operation.equals("GetAuthorizationToken")) {
      return List.of(Access.of("ecr:" + operation, ANY));
    }
    String account = input.path("registryId").asText(surroundings.accountId());
    String prefix = "arn:aws:ecr:" + surroundings.region() + ":" + account + ":repository/";
    if (operation.equals("DescribeRepositories")) {
      List<String> names = Json.texts(input.path("repositoryNames"));
      return (names.isEmpty() ? List.of(ANY) : names)
          .stream().map(name -> Access.of("ecr:" + operation, prefix + name)).toList();
    }
    if (!input.has("repositoryName")) {
      throw unknown(AwsService.ECR, operation);
    }
    return List.of(Access.of("ecr:" + operation, prefix + input.path("repositoryName").asText()));
  }

  private List<Access> sqs(String operation, ObjectNode input) {
    String action =
        "sqs:"
            + (operation.endsWith("Batch")
                ? operation.substring(0, operation.length() - "Batch".length())
                : operation);
    return switch (operation) {
      case "ListQueues" -> List.of(Access.of(action, surroundings.arn("sqs", ANY)));
      case "GetQueueUrl" ->
          List.of(Access.of(action, surroundings.arn("sqs", input.path("QueueName").asText())));
      default ->
          List.of(
              Access.of(
                  action, surroundings.arn("sqs", lastPart(input.path("QueueUrl").asText()))));
    };
  }

  private List<Access> dynamoDb(String operation, ObjectNode input) {
    return switch (operation) {
      case "GetItem", "DeleteItem", "UpdateItem" ->
          List.of(onItem(operation, input, input.path("Key")));
      case "PutItem" -> List.of(onItem(operation, input, input.path("Item")));
      case "Query" -> {
        Access access = onTable(operation, input);
        String key = queriedKey(input);
        yield List.of(key == null ? access : access.with("dynamodb:LeadingKeys", key));
      }
      case "Scan" -> List.of(onTable(operation, input));
      case "TransactWriteItems", "TransactGetItems" -> {
        List<Access> needed = new ArrayList<>();
        for (JsonNode item : input.path("TransactItems")) {
          item.properties()
              .forEach(entry -> {
                boolean put = entry.getKey().equals("Put");
                String action =
                    entry.getKey().equals("ConditionCheck")
                        ? "ConditionCheckItem"
                        : entry.getKey() + "Item";
                needed.add(
                    onItem(action, entry.getValue(), entry.getValue().path(put ? "Item" : "Key")));
              });
        }
        yield needed;
      }
      case "BatchGetItem", "BatchWriteItem" -> {
        List<Access> needed = new ArrayList<>();
        input
            .path("RequestItems")
            .properties()
            .forEach(table -> {
              List<String> keys = new ArrayList<>();
              String hashKey = hashKeys.apply(lastPart(table.getKey()));
              table.getValue().findValues(hashKey).forEach(value -> keys.add(scalar(value)));
              needed.add(
                  Access.of("dynamodb:" + operation, tableArn(table.getKey()))
                      .with("dynamodb:LeadingKeys", keys));
            });
        yield needed;
      }
      case "DescribeTable",
          "DescribeTimeToLive",
          "UpdateTimeToLive",
          "CreateTable",
          "DeleteTable" ->
          List.of(Access.of("dynamodb:" + operation, tableArn(input.path("TableName").asText())));
      case "ListTables" ->
          List.of(Access.of("dynamodb:" + operation, surroundings.arn("dynamodb", "table/*")));
      default -> throw unknown(AwsService.DYNAMODB, operation);
    };
  }

  private Access onItem(String action, JsonNode request, JsonNode key) {
    String table = request.path("TableName").asText();
    Access access = Access.of("dynamodb:" + action, tableArn(table));
    JsonNode value = key.path(hashKeys.apply(lastPart(table)));
    return value.isMissingNode() ? access : access.with("dynamodb:LeadingKeys", scalar(value));
  }

  private Access onTable(String action, ObjectNode input) {
    String arn = tableArn(input.path("TableName").asText());
    String index = input.path("IndexName").asText();
    return Access.of("dynamodb:" + action, index.isEmpty() ? arn : arn + "/index/" + index);
  }

  private String tableArn(String nameOrArn) {
    return nameOrArn.startsWith("arn:")
        ? nameOrArn
        : surroundings.arn("dynamodb", "table/" + nameOrArn);
  }

  /** The value that a query asks of the partition key; null for an index, which has another. */
  private String queriedKey(ObjectNode input) {
    if (input.has("IndexName")) {
      return null;
    }
    String hashKey = hashKeys.apply(lastPart(input.path("TableName").asText()));
    Matcher matcher = EQUALITY.matcher(input.path("KeyConditionExpression").asText());
    while (matcher.find()) {
      String name = matcher.group(1);
      String attribute =
          name.startsWith("#") ? input.path("ExpressionAttributeNames").path(name).asText() : name;
      if (attribute.equals(hashKey)) {
        return scalar(input.path("ExpressionAttributeValues").path(matcher.group(2)));
      }
    }
    return null;
  }

  private static String scalar(JsonNode attributeValue) {
    return attributeValue.isEmpty() ? "" : attributeValue.elements().next().asText();
  }

  private List<Access> ssm(String operation, ObjectNode input) {
    String action = "ssm:" + operation;
    return switch (operation) {
      case "GetParameters" ->
          Json.texts(input.path("Names")).stream()
              .map(name -> Access.of(action, parameterArn(name)))
              .toList();
      case "DescribeParameters" -> List.of(Access.of(action, ANY));
      case "GetParametersByPath" ->
          List.of(Access.of(action, parameterArn(input.path("Path").asText())));
      case "PutParameter" -> {
        String arn = parameterArn(input.path("Name").asText());
        List<Access> needed = new ArrayList<>();
        needed.add(requested(Access.of(action, arn), input.path("Tags")));
        if (!input.path("Tags").isEmpty()) {
          needed.add(requested(Access.of("ssm:AddTagsToResource", arn), input.path("Tags")));
        }
        yield needed;
      }
      case "GetParameter", "DeleteParameter" ->
          List.of(Access.of(action, parameterArn(input.path("Name").asText())));
      default -> throw unknown(AwsService.SSM, operation);
    };
  }

  private String parameterArn(String name) {
    return name.startsWith("arn:")
        ? name
        : surroundings.arn("ssm", "parameter" + (name.startsWith("/") ? name : "/" + name));
  }

  private List<Access> secretsManager(String operation, ObjectNode input) {
    String action = "secretsmanager:" + operation;
    return switch (operation) {
      case "GetSecretValue", "DescribeSecret", "PutSecretValue" -> {
        String id = input.path("SecretId").asText();
        if (!id.startsWith("arn:")) {
          // A policy names the secret with its six random characters: only the service knows them.
          id =
              unrestricted
                  .call(
                      AwsService.SECRETS_MANAGER,
                      "DescribeSecret",
                      Json.object().put("SecretId", id))
                  .path("ARN")
                  .asText();
        }
        yield List.of(Access.of(action, id));
      }
      case "ListSecrets" -> List.of(Access.of(action, ANY));
      default -> throw unknown(AwsService.SECRETS_MANAGER, operation);
    };
  }

  private List<Access> events(String operation, ObjectNode input) {
    if (!operation.equals("PutEvents")) {
      throw unknown(AwsService.EVENTS, operation);
    }
    List<Access> needed = new ArrayList<>();
    for (JsonNode entry : input.path("Entries")) {
      String bus = entry.path("EventBusName").asText("default");
      needed.add(
          Access.of(
                  "events:PutEvents",
                  bus.startsWith("arn:") ? bus : surroundings.arn("events", "event-bus/" + bus))
              .with("events:source", entry.path("Source").asText())
              .with("events:detail-type", entry.path("DetailType").asText()));
    }
    return needed;
  }

  private List<Access> logs(String operation, ObjectNode input) {
    String action = "logs:" + operation;
    String group = surroundings.arn("logs", "log-group:" + input.path("logGroupName").asText());
    return switch (operation) {
      case "GetLogEvents", "PutLogEvents" ->
          List.of(Access.of(action, group + ":log-stream:" + input.path("logStreamName").asText()));
      // So these are named in IAM's own messages.
      case "FilterLogEvents",
          "DescribeLogStreams",
          "DescribeLogGroups",
          "CreateLogStream",
          "CreateLogGroup" ->
          List.of(Access.of(action, group + ":log-stream:"));
      default -> throw unknown(AwsService.LOGS, operation);
    };
  }

  private List<Access> codeDeploy(String operation, ObjectNode input) {
    String action = "codedeploy:" + operation;
    String application = input.path("applicationName").asText();
    String group =
        surroundings.arn(
            "codedeploy",
            "deploymentgroup:"
                + application
                + "/"
                + input
                    .path("deploymentGroupName")
                    .asText(input.path("deploymentGroupNames").path(0).asText(ANY)));
    return switch (operation) {
      case "ListApplications",
          "StopDeployment",
          "ContinueDeployment",
          "GetDeploymentTarget",
          "ListDeploymentTargets",
          "BatchGetDeploymentTargets" ->
          List.of(Access.of(action, ANY));
      case "ListDeploymentGroups",
          "GetApplication",
          "GetApplicationRevision",
          "RegisterApplicationRevision" ->
          List.of(Access.of(action, surroundings.arn("codedeploy", "application:" + application)));
      case "BatchGetDeploymentGroups" ->
          Json.texts(input.path("deploymentGroupNames")).stream()
              .map(name ->
                  Access.of(
                      action,
                      surroundings.arn(
                          "codedeploy", "deploymentgroup:" + application + "/" + name)))
              .toList();
      case "CreateDeployment" -> {
        // Beside its own permission, CodeDeploy asks for those of what it reads and registers.
        List<Access> needed = new ArrayList<>();
        needed.add(Access.of(action, group));
        needed.add(
            Access.of(
                "codedeploy:GetDeploymentConfig",
                surroundings.arn(
                    "codedeploy",
                    "deploymentconfig:" + input.path("deploymentConfigName").asText(ANY))));
        for (String more : List.of("GetApplicationRevision", "RegisterApplicationRevision")) {
          needed.add(
              Access.of(
                  "codedeploy:" + more,
                  surroundings.arn("codedeploy", "application:" + application)));
        }
        if (input.path("overrideAlarmConfiguration").isObject()) {
          needed.add(Access.of("codedeploy:UpdateDeploymentGroup", group));
        }
        yield needed;
      }
      case "GetDeploymentGroup", "ListDeployments" -> List.of(Access.of(action, group));
      case "BatchGetDeployments" ->
          Json.texts(input.path("deploymentIds")).stream()
              .flatMap(
                  id -> codeDeploy("GetDeployment", Json.object().put("deploymentId", id)).stream())
              .map(access -> Access.of(action, access.resource()))
              .toList();
      case "GetDeployment" -> {
        JsonNode deployment =
            unrestricted.call(AwsService.CODEDEPLOY, operation, input).path("deploymentInfo");
        yield List.of(
            Access.of(
                action,
                surroundings.arn(
                    "codedeploy",
                    "deploymentgroup:"
                        + deployment.path("applicationName").asText()
                        + "/"
                        + deployment.path("deploymentGroupName").asText())));
      }
      case "GetDeploymentConfig" ->
          List.of(
              Access.of(
                  action,
                  surroundings.arn(
                      "codedeploy",
                      "deploymentconfig:" + input.path("deploymentConfigName").asText())));
      default -> throw unknown(AwsService.CODEDEPLOY, operation);
    };
  }

  private List<Access> cloudWatch(String operation, ObjectNode input) {
    String action = "cloudwatch:" + operation;
    return switch (operation) {
      case "DescribeAlarms" -> {
        List<String> names = Json.texts(input.path("AlarmNames"));
        // "You can't return information about composite alarms if your permission has a narrower
        // scope" than everything: in AWS they are left out, here the call is refused.
        if (Json.texts(input.path("AlarmTypes")).contains("CompositeAlarm")) {
          yield List.of(Access.of(action, ANY));
        }
        yield (names.isEmpty() ? List.of(ANY) : names)
            .stream()
                .map(name -> Access.of(action, surroundings.arn("cloudwatch", "alarm:" + name)))
                .toList();
      }
      case "ListTagsForResource" -> List.of(Access.of(action, input.path("ResourceARN").asText()));
      case "PutMetricData" ->
          List.of(
              Access.of(action, ANY)
                  .with("cloudwatch:namespace", input.path("Namespace").asText()));
      case "GetMetricData" -> List.of(Access.of(action, ANY));
      default -> throw unknown(AwsService.CLOUDWATCH, operation);
    };
  }

  /** The permissions without which Lambda does not poll this source. */
  public static Map<String, List<String>> polling() {
    return Map.of(
        "sqs", List.of("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        "dynamodb",
            List.of("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"));
  }
}
