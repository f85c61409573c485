package dev.slipway.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.deployment.Status;
import dev.slipway.ledger.DynamoLedger;
import dev.slipway.local.json.Json;
import dev.slipway.slack.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each file in {@code events/} is what AWS (or Slack) documents. */
class EventsTest {

  /**
   * What AWS documents for a detail-type.
   *
   * @param resource what the first resource's ARN matches, or empty if the event names none
   * @param fields that every event of this kind has in its detail
   * @param values the only values that a field of the detail may have here
   */
  private record Kind(
      String source,
      String detailType,
      String resource,
      List<String> fields,
      Map<String, Set<String>> values) {}

  private static final String ARN = "arn:aws:%s:eu-west-1:123456789012:%s";

  private static final List<Kind> KINDS =
      List.of(
          // Its fields are held against schema and code in functions/notify.
          new Kind(
              "slipway",
              "Slipway Deployment State Change",
              ARN.formatted("ecs", "service/.+/.+"),
              List.of("deployment", "status", "reason"),
              Map.of()),
          new Kind(
              "aws.ecr",
              "ECR Image Action",
              "",
              List.of("action-type", "repository-name", "result"),
              Map.of(
                  "action-type", Set.of("PUSH", "DELETE", "UPDATE_STORAGE_CLASS"),
                  "result", Set.of("SUCCESS"))),
          new Kind(
              "aws.ecr",
              "ECR Referrer Action",
              "",
              List.of("action-type", "repository-name", "result"),
              Map.of("action-type", Set.of("UPDATE_STORAGE_CLASS"))),
          new Kind(
              "aws.ecr",
              "ECR Replication Action",
              ARN.formatted("ecr", "repository/.+"),
              List.of(
                  "action-type",
                  "image-digest",
                  "image-tag",
                  "repository-name",
                  "result",
                  "source-account",
                  "source-region"),
              Map.of(
                  "action-type", Set.of("REPLICATE"),
                  "result", Set.of("SUCCESS", "FAILED"))),
          new Kind(
              "aws.ecr",
              "ECR Image Scan",
              ARN.formatted("ecr", "repository/.+"),
              List.of("scan-status", "repository-name"),
              Map.of("scan-status", Set.of("COMPLETE", "FAILED"))),
          new Kind(
              "aws.ecr",
              "ECR Pull Through Cache Action",
              ARN.formatted("ecr", "repository/.+"),
              List.of(
                  "sync-status",
                  "ecr-repository-prefix",
                  "repository-name",
                  "upstream-registry-url"),
              Map.of()),
          new Kind(
              "aws.ecr",
              "ECR Scan Resource Change",
              "",
              List.of("action-type", "repositories"),
              Map.of("action-type", Set.of("SCAN_FREQUENCY_CHANGE"))),
          new Kind(
              "aws.inspector2",
              "Inspector2 Scan",
              ARN.formatted("ecr", "repository/.+"),
              List.of(
                  "scan-status",
                  "repository-name",
                  "finding-severity-counts",
                  "image-digest",
                  "image-tags"),
              Map.of("scan-status", Set.of("INITIAL_SCAN_COMPLETE"))),
          new Kind(
              "aws.inspector2",
              "Inspector2 Finding",
              ARN.formatted("ecr", "repository/.+"),
              List.of("severity", "status", "resources"),
              Map.of()),
          new Kind(
              "aws.ecs",
              "ECS Deployment State Change",
              ARN.formatted("ecs", "service/.+/.+"),
              List.of("eventType", "eventName", "deploymentId", "updatedAt", "reason"),
              Map.of(
                  "eventType",
                  Set.of("INFO", "ERROR"),
                  "eventName",
                  Set.of(
                      "SERVICE_DEPLOYMENT_IN_PROGRESS",
                      "SERVICE_DEPLOYMENT_COMPLETED",
                      "SERVICE_DEPLOYMENT_FAILED"))),
          new Kind(
              "aws.ecs",
              "ECS Hook State Change",
              ARN.formatted("ecs", "service-deployment/.+/.+/.{21}"),
              List.of(
                  "eventType",
                  "eventName",
                  "hookId",
                  "hookType",
                  "expiresAt",
                  "lifecycleStage",
                  "clusterArn",
                  "serviceArn",
                  "serviceDeploymentArn",
                  "updatedAt"),
              Map.of(
                  "eventName",
                  Set.of(
                      "HOOK_IN_PROGRESS",
                      "HOOK_AWAITING_ACTION",
                      "HOOK_SUCCEEDED",
                      "HOOK_FAILED",
                      "HOOK_TIMED_OUT"))),
          new Kind(
              "aws.ecs",
              "ECS Service Action",
              ARN.formatted("ecs", "service/.+/.+"),
              List.of("clusterArn", "eventName", "eventType"),
              Map.of(
                  "eventType",
                  Set.of("INFO", "WARN", "ERROR"),
                  "eventName",
                  Set.of(
                      "SERVICE_STEADY_STATE",
                      "TASKSET_STEADY_STATE",
                      "CAPACITY_PROVIDER_STEADY_STATE",
                      "SERVICE_DESIRED_COUNT_UPDATED",
                      "TASKS_STOPPED",
                      "SERVICE_DEPLOYMENT_IN_PROGRESS",
                      "SERVICE_DEPLOYMENT_COMPLETED",
                      "SERVICE_TASK_START_IMPAIRED",
                      "SERVICE_DISCOVERY_INSTANCE_UNHEALTHY",
                      "VPC_LATTICE_TARGET_UNHEALTHY",
                      "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED",
                      "ECS_OPERATION_THROTTLED",
                      "SERVICE_DISCOVERY_OPERATION_THROTTLED",
                      "SERVICE_TASK_PLACEMENT_FAILURE",
                      "SERVICE_TASK_CONFIGURATION_FAILURE",
                      "SERVICE_HEALTH_UNKNOWN",
                      "SERVICE_DEPLOYMENT_FAILED"))),
          new Kind(
              "aws.ecs",
              "ECS Container Instance State Change",
              ARN.formatted("ecs", "container-instance/.+/[0-9a-f]{32}"),
              List.of(
                  "agentConnected",
                  "clusterArn",
                  "containerInstanceArn",
                  "registeredResources",
                  "remainingResources",
                  "status",
                  "updatedAt",
                  "version",
                  "versionInfo"),
              Map.of()),
          new Kind(
              "aws.ecs",
              "ECS Task State Change",
              ARN.formatted("ecs", "task/.+/[0-9a-f]{32}"),
              List.of(
                  "clusterArn",
                  "containers",
                  "createdAt",
                  "desiredStatus",
                  "lastStatus",
                  "overrides",
                  "taskArn",
                  "taskDefinitionArn",
                  "updatedAt",
                  "version"),
              Map.of(
                  "stopCode",
                  Set.of(
                      "TaskFailedToStart",
                      "EssentialContainerExited",
                      "UserInitiated",
                      "ServiceSchedulerInitiated",
                      "SpotInterruption",
                      "TerminationNotice",
                      "InfrastructureHealth"))),
          new Kind(
              "aws.codedeploy",
              "CodeDeploy Deployment State-change Notification",
              ARN.formatted("codedeploy", "(deploymentgroup:.+/.+|application:.+)"),
              List.of(
                  "application",
                  "deploymentId",
                  "deploymentGroup",
                  "instanceGroupId",
                  "region",
                  "state"),
              Map.of("state", Set.of("START", "SUCCESS", "FAILURE", "STOP", "READY", "QUEUED"))),
          new Kind(
              "aws.cloudwatch",
              "CloudWatch Alarm State Change",
              ARN.formatted("cloudwatch", "alarm:.+"),
              List.of("alarmName", "configuration", "state", "previousState"),
              Map.of()));

  /** Fields of what is no event of EventBridge, as JSON pointers. */
  private static final Map<String, List<String>> OTHERS =
      Map.of(
          "slipway-clock",
          List.of("/source", "/detail-type"),
          "slipway-reconcile",
          List.of("/source", "/detail-type"),
          "dynamodb-stream-deployment",
          List.of(
              "/Records/0/eventID",
              "/Records/0/eventName",
              "/Records/0/eventSourceARN",
              "/Records/0/dynamodb/Keys/pk/S",
              "/Records/0/dynamodb/Keys/sk/S",
              "/Records/0/dynamodb/NewImage",
              "/Records/0/dynamodb/SequenceNumber",
              "/Records/0/dynamodb/StreamViewType"),
          "slack-slash-command",
          HttpFields.ALL,
          "slack-button",
          HttpFields.ALL,
          "sqs-push",
          SqsFields.ALL,
          "sqs-evidence",
          SqsFields.ALL,
          "sqs-look",
          Stream.concat(
                  SqsFields.ALL.stream(),
                  Stream.of(
                      "/Records/0/attributes/MessageGroupId",
                      "/Records/0/attributes/MessageDeduplicationId",
                      "/Records/0/attributes/SequenceNumber"))
              .toList());

  private static final class HttpFields {
    static final List<String> ALL =
        List.of(
            "/version",
            "/rawPath",
            "/headers/x-slack-signature",
            "/headers/x-slack-request-timestamp",
            "/requestContext/http/method",
            "/requestContext/timeEpoch",
            "/body",
            "/isBase64Encoded");
  }

  private static final class SqsFields {
    static final List<String> ALL =
        List.of(
            "/Records/0/messageId",
            "/Records/0/receiptHandle",
            "/Records/0/body",
            "/Records/0/attributes/ApproximateReceiveCount",
            "/Records/0/attributes/SentTimestamp",
            "/Records/0/attributes/SenderId",
            "/Records/0/attributes/ApproximateFirstReceiveTimestamp",
            "/Records/0/messageAttributes",
            "/Records/0/md5OfBody",
            "/Records/0/eventSource",
            "/Records/0/eventSourceARN",
            "/Records/0/awsRegion");
  }

  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private static final Pattern ACCOUNT_IN_ARN =
      Pattern.compile("arn:aws:[a-z0-9]+:([a-z0-9-]*):([^:\"]*):");

  static Stream<String> names() {
    return Repository.events().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void aFileHasTheDocumentedFields(String name) {
    JsonNode event = Repository.event(name);
    if (OTHERS.containsKey(name)) {
      assertThat(OTHERS.get(name)).noneMatch(pointer -> event.at(pointer).isMissingNode());
      return;
    }
    List<Kind> kinds =
        KINDS.stream()
            .filter(kind -> kind.detailType().equals(event.path("detail-type").asText()))
            .toList();
    assertThat(kinds).as("a row in this test's table for %s", name).hasSize(1);
    Kind kind = kinds.getFirst();
    assertThat(event.properties().stream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrder(
            "version",
            "id",
            "detail-type",
            "source",
            "account",
            "time",
            "region",
            "resources",
            "detail");
    assertThat(event.path("version").asText()).isEqualTo("0");
    assertThat(event.path("id").asText()).matches(UUID);
    assertThat(event.path("source").asText()).isEqualTo(kind.source());
    assertThat(event.path("account").asText()).isEqualTo("123456789012");
    assertThat(event.path("region").asText()).isEqualTo("eu-west-1");
    assertThat(Instant.parse(event.path("time").asText())).isNotNull();
    if (kind.resource().isEmpty()) {
      assertThat(event.path("resources")).isEmpty();
    } else {
      assertThat(event.path("resources").path(0).asText()).matches(kind.resource());
    }
    JsonNode detail = event.path("detail");
    assertThat(kind.fields()).allMatch(detail::has);
    kind.values()
        .forEach((field, allowed) -> {
          if (detail.has(field)) {
            assertThat(allowed).contains(detail.path(field).asText());
          }
        });
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyArnIsOfTheSampleAccount(String name) {
    Matcher arns = ACCOUNT_IN_ARN.matcher(Json.write(Repository.event(name)));
    while (arns.find()) {
      assertThat(arns.group(2)).as(arns.group()).isEqualTo("123456789012");
      assertThat(arns.group(1)).as(arns.group()).isEqualTo("eu-west-1");
    }
  }

  @Test
  void aStoppedTaskSaysWhyAndItsContainersHaveTheDocumentedFields() {
    Repository.events()
        .forEach((name, event) -> {
          JsonNode task = event.path("detail");
          if (!event.path("detail-type").asText().equals("ECS Task State Change")) {
            return;
          }
          for (JsonNode container : task.path("containers")) {
            assertThat(List.of("containerArn", "name", "taskArn", "lastStatus"))
                .as(name)
                .allMatch(container::has);
          }
          if (task.path("lastStatus").asText().equals("STOPPED")) {
            assertThat(List.of("stopCode", "stoppedReason", "stoppedAt"))
                .as(name)
                .allMatch(task::has);
          }
          if (task.path("stopCode").asText().equals("TaskFailedToStart")) {
            assertThat(task.path("containers"))
                .as("%s: a container that never started has no exit code", name)
                .noneMatch(container -> container.has("exitCode"));
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"slack-slash-command", "slack-button"})
  void aRequestOfSlackIsSignedWithTheSecretThatTheReadmeNames(String name) {
    JsonNode request = Repository.event(name);
    assertThat(
            Signature.verify(
                "an-example-and-not-a-secret",
                request.at("/headers/x-slack-request-timestamp").asText(),
                request.at("/headers/x-slack-signature").asText(),
                Base64.getDecoder().decode(request.path("body").asText()),
                Instant.parse("2026-01-15T09:30:00Z")))
        .isEqualTo(Signature.Outcome.GOOD);
    assertThat(Repository.text(Repository.ROOT.resolve("events/README.md")))
        .contains("`an-example-and-not-a-secret`");
  }

  @Test
  void theRecordOfTheStreamHoldsADeploymentAsTheLedgerWritesIt() {
    JsonNode image =
        Repository.event("dynamodb-stream-deployment").at("/Records/0/dynamodb/NewImage");
    assertThat(DynamoLedger.deploymentIn(image))
        .hasValueSatisfying(deployment -> {
          assertThat(deployment.id()).isEqualTo("shop/web#7");
          assertThat(deployment.status()).isEqualTo(Status.ROLLING_OUT);
        });
  }

  @Test
  void everyDocumentedKindHasAFile() {
    Set<String> missing = new TreeSet<>();
    KINDS.forEach(kind -> missing.add(kind.detailType()));
    Set<String> others = new TreeSet<>(OTHERS.keySet());
    Repository.events()
        .forEach((name, event) -> {
          missing.remove(event.path("detail-type").asText());
          others.remove(name);
        });
    assertThat(missing).isEmpty();
    assertThat(others).isEmpty();
  }

  @Test
  void everyDocumentedValueHasAFile() {
    List<String> missing = new ArrayList<>();
    for (Kind kind : KINDS) {
      kind.values()
          .forEach((field, allowed) ->
              allowed.stream()
                  .filter(value ->
                      Repository.events().values().stream()
                          .noneMatch(event ->
                              event.path("detail-type").asText().equals(kind.detailType())
                                  && event.path("detail").path(field).asText().equals(value)))
                  .forEach(value -> missing.add(kind.detailType() + " " + value)));
    }
    assertThat(missing).isEmpty();
  }
}
