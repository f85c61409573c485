package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.Ecs.RunningTask;
import dev.slipway.aws.Ecs.TaskDefinitionDocument;
import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.Json;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Staging;
import dev.slipway.verdict.Staging.Setting;
import dev.slipway.verdict.Staging.Traffic;
import dev.slipway.verdict.StoppedTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonEcsTest {

  private static final String CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/prod";
  private static final ServiceRef WEB = service("web");
  private static final String TASK_DEFINITION =
      "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7";

  /** Members as in botocore's model of 2026, times as seconds with fractions. */
  private static final String DESCRIBED =
      """
      {"serviceArn":"arn:aws:ecs:eu-west-1:123456789012:service/prod/web","serviceName":"web",
       "clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/prod","status":"ACTIVE",
       "desiredCount":2,"runningCount":1,"pendingCount":1,"launchType":"FARGATE",
       "taskDefinition":"arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7",
       "deploymentConfiguration":{
         "deploymentCircuitBreaker":{"enable":true,"rollback":true,"resetOnHealthyTask":true},
         "maximumPercent":200,"minimumHealthyPercent":100,"strategy":"LINEAR",
         "linearConfiguration":{"stepPercent":12.5},
         "alarms":{"alarmNames":["web-5xx"],"enable":true,"rollback":true}},
       "deployments":[
        {"id":"ecs-svc/1234567890123456789","status":"PRIMARY",
         "taskDefinition":"arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7",
         "desiredCount":2,"pendingCount":1,"runningCount":1,"failedTasks":3,
         "createdAt":1767225600.25,"updatedAt":1767225660,"rolloutState":"IN_PROGRESS",
         "rolloutStateReason":"ECS deployment ecs-svc/1234567890123456789 in progress."},
        {"id":"ecs-svc/9876543210987654321","status":"ACTIVE","desiredCount":2,"runningCount":2,
         "taskDefinition":"arn:aws:ecs:eu-west-1:123456789012:task-definition/web:6",
         "rolloutState":"COMPLETED"}],
       "currentServiceDeployment":"arn:aws:ecs:eu-west-1:123456789012:service-deployment/prod/web/AbCdEfGhIjKlMnOpQrStU",
       "events":[{"id":"e","createdAt":1767225600,"message":"(service web) has started 1 tasks"}],
       "deploymentController":{"type":"ECS"},
       "invented2027":{"some":"thing"},
       "tags":[{"key":"slipway","value":"on"},{"key":"slipway:team/app","value":"semver:1.x"}]}
      """;

  private final ScriptedAws aws = new ScriptedAws();
  private final Ecs ecs = new JsonEcs(aws);

  private static ServiceRef service(String name) {
    return ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/prod/" + name);
  }

  private static String services(String... documents) {
    return "{\"services\":[" + String.join(",", documents) + "],\"failures\":[]}";
  }

  @Test
  void taskSetsOfCodeDeployStandInThePlaceOfDeployments() {
    ScriptedAws answering = new ScriptedAws();
    answering.answer(
        "DescribeServices",
        """
        {"services":[{"serviceArn":"arn:aws:ecs:eu-west-1:123456789012:service/prod/web",
         "status":"ACTIVE","desiredCount":2,"runningCount":3,"platformVersion":"LATEST",
         "taskDefinition":"web:1","deploymentController":{"type":"CODE_DEPLOY"},"deployments":[],
         "loadBalancers":[{"containerName":"web","containerPort":80}],
         "taskSets":[
          {"id":"ecs-svc/2","status":"ACTIVE","taskDefinition":"web:8","startedBy":"CODE_DEPLOY",
           "externalId":"d-2","computedDesiredCount":2,"runningCount":1,"pendingCount":1,
           "stabilityStatus":"STABILIZING","createdAt":1767225600,
           "loadBalancers":[{"containerName":"api","containerPort":8080}],
           "platformVersion":"1.4.0",
           "capacityProviderStrategy":[{"capacityProvider":"FARGATE_SPOT","weight":2,"base":1}]},
          {"id":"ecs-svc/1","status":"PRIMARY","taskDefinition":"web:7","launchType":"FARGATE",
           "computedDesiredCount":2,"runningCount":2,"stabilityStatus":"STEADY_STATE"}]}]}
        """);
    ServiceView view = new JsonEcs(answering).service(WEB).orElseThrow();
    assertThat(view.codeDeployed()).isTrue();
    assertThat(view.taskDefinition()).isEqualTo("web:7");
    assertThat(view.taskSets())
        .containsExactly(
            new ServiceView.TaskSet(
                "ecs-svc/2",
                "d-2",
                "ACTIVE",
                "web:8",
                "api",
                8080,
                "1.4.0",
                List.of(new ServiceView.Capacity("FARGATE_SPOT", 1, 2))),
            new ServiceView.TaskSet(
                "ecs-svc/1", "", "PRIMARY", "web:7", "web", 80, "LATEST", List.of()));
    assertThat(view.primary().orElseThrow().rolloutState()).isEqualTo("COMPLETED");
    assertThat(view.deployment("ecs-svc/2").orElseThrow().rolloutState()).isEqualTo("IN_PROGRESS");
    assertThat(view.deployment("ecs-svc/2").orElseThrow().pending()).isEqualTo(1);
    assertThat(view.steady()).isFalse();
  }

  @Test
  void knowsWhichContainerATargetGroupAsks() {
    ScriptedAws answering = new ScriptedAws();
    answering.answer(
        "DescribeServices",
        """
        {"services":[{"serviceArn":"arn:aws:ecs:eu-west-1:123456789012:service/prod/web",
         "status":"ACTIVE","deploymentController":{"type":"CODE_DEPLOY"},"deployments":[],
         "loadBalancers":[
          {"targetGroupArn":"blue","containerName":"web","containerPort":80,
           "advancedConfiguration":{"alternateTargetGroupArn":"green"}},
          {"loadBalancerName":"classic","containerName":"admin","containerPort":81},
          {"targetGroupArn":"nobody"}],
         "taskSets":[{"id":"ecs-svc/2","status":"ACTIVE","taskDefinition":"web:8",
          "loadBalancers":[{"targetGroupArn":"third","containerName":"web"}]}]}]}
        """);
    assertThat(new JsonEcs(answering).service(WEB).orElseThrow().targets())
        .isEqualTo(Map.of("blue", "web", "green", "web", "classic", "admin", "third", "web"));
  }

  @Test
  void readsAService() {
    aws.answer("DescribeServices", services(DESCRIBED));
    ServiceView view = ecs.service(WEB).orElseThrow();
    assertThat(view.ref()).isEqualTo(WEB);
    assertThat(view.controller()).isEqualTo("ECS");
    assertThat(view.strategy()).isEqualTo("LINEAR");
    assertThat(view.taskDefinition()).isEqualTo(TASK_DEFINITION);
    assertThat(List.of(view.desired(), view.running(), view.pending())).containsExactly(2, 1, 1);
    assertThat(view.circuitBreaker()).isEqualTo(new ServiceView.CircuitBreaker(true, true));
    assertThat(view.alarms()).containsExactly("web-5xx");
    assertThat(view.currentServiceDeployment()).endsWith("/AbCdEfGhIjKlMnOpQrStU");
    assertThat(view.tags()).isEqualTo(Map.of("slipway", "on", "slipway:team/app", "semver:1.x"));
    assertThat(view.primary().orElseThrow())
        .isEqualTo(
            new ServiceView.EcsDeployment(
                "ecs-svc/1234567890123456789",
                "PRIMARY",
                TASK_DEFINITION,
                2,
                1,
                1,
                3,
                "IN_PROGRESS",
                "ECS deployment ecs-svc/1234567890123456789 in progress.",
                Instant.parse("2026-01-01T00:00:00.250Z"),
                Instant.parse("2026-01-01T00:01:00Z")));
    assertThat(view.deployments()).hasSize(2);
    assertThat(view.events().getFirst().message()).isEqualTo("(service web) has started 1 tasks");
    assertThat(aws.input(0))
        .isEqualTo(
            "{\"cluster\":\""
                + CLUSTER
                + "\",\"services\":[\""
                + WEB
                + "\"],"
                + "\"include\":[\"TAGS\"]}");
  }

  @Test
  void givesWhatEcsMeansWhereItSaysNothing() {
    aws.answer(
        "DescribeServices", services("{\"serviceArn\":\"" + WEB + "\",\"status\":\"DRAINING\"}"));
    ServiceView view = ecs.service(WEB).orElseThrow();
    assertThat(view.controller()).isEqualTo("ECS");
    assertThat(view.strategy()).isEqualTo("ROLLING");
    assertThat(view.circuitBreaker()).isEqualTo(new ServiceView.CircuitBreaker(false, false));
    assertThat(view.alarms()).isEmpty();
    assertThat(view.deployments()).isEmpty();
    assertThat(view.currentServiceDeployment()).isEmpty();
  }

  @Test
  void alarmsThatAreSwitchedOffWatchNothing() {
    aws.answer(
        "DescribeServices",
        services(
            DESCRIBED.replace("[\"web-5xx\"],\"enable\":true", "[\"web-5xx\"],\"enable\":false")));
    assertThat(ecs.service(WEB).orElseThrow().alarms()).isEmpty();
  }

  @Test
  void passesOnNamesThatAreNewToIt() {
    aws.answer(
        "DescribeServices",
        services(
            DESCRIBED
                .replace("\"LINEAR\"", "\"TELEPORT\"")
                .replace("\"IN_PROGRESS\"", "\"WARMING\"")));
    ServiceView view = ecs.service(WEB).orElseThrow();
    assertThat(view.strategy()).isEqualTo("TELEPORT");
    assertThat(view.primary().orElseThrow().rolloutState()).isEqualTo("WARMING");
  }

  @Test
  void describesTenServicesACallAndOneClusterACall() {
    List<ServiceRef> many = IntStream.range(0, 12).mapToObj(i -> service("s" + i)).toList();
    ServiceRef other = ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/test/web");
    String[] answers =
        many.stream().map(each -> "{\"serviceArn\":\"" + each + "\"}").toArray(String[]::new);
    aws.answer("DescribeServices", services(Arrays.copyOf(answers, 10)));
    aws.answer("DescribeServices", services(answers[11], answers[10]));
    aws.answer("DescribeServices", services("{\"serviceArn\":\"" + other + "\"}"));
    List<ServiceRef> all = new ArrayList<>(many);
    all.add(other);
    assertThat(ecs.services(all)).extracting(ServiceView::ref).isEqualTo(all);
    assertThat(aws.calls)
        .extracting(call -> call.input().get("services").size())
        .containsExactly(10, 2, 1);
  }

  @Test
  void leavesOutWhatEcsDoesNotKnow() {
    aws.answer(
        "DescribeServices",
        "{\"services\":[],\"failures\":[{\"arn\":\"" + WEB + "\",\"reason\":\"MISSING\"}]}");
    assertThat(ecs.service(WEB)).isEmpty();
    aws.refuse(
        AwsService.ECS, "DescribeServices", "ClusterNotFoundException", "Cluster not found.");
    assertThat(ecs.service(WEB)).isEmpty();
  }

  @Test
  void givesTheTaskDefinitionWithoutLosingAField() {
    String document =
        "{\"taskDefinitionArn\":\""
            + TASK_DEFINITION
            + "\",\"containerDefinitions\":[{\"name\":"
            + "\"web\",\"image\":\"x\",\"invented2027\":{\"a\":[1.50,null]}}],\"other\":true}";
    aws.answer(
        "DescribeTaskDefinition",
        "{\"taskDefinition\":" + document + ",\"tags\":[{\"key\":\"k\",\"value\":\"v\"}]}");
    TaskDefinitionDocument read = ecs.taskDefinition("web");
    assertThat(Json.write(read.document())).isEqualTo(document);
    assertThat(read.tags()).isEqualTo(Map.of("k", "v"));
    assertThat(aws.input(0)).isEqualTo("{\"taskDefinition\":\"web\",\"include\":[\"TAGS\"]}");
  }

  @Test
  void anAnswerWithoutTheNewRevisionLeavesTheOutcomeOpen() {
    aws.answer("RegisterTaskDefinition", "{}");
    assertThatThrownBy(() -> ecs.register(Json.object()))
        .isInstanceOfSatisfying(AwsException.class, e -> assertThat(e.outcomeUnknown()).isTrue());
    aws.answer(
        "RegisterTaskDefinition",
        "{\"taskDefinition\":{\"taskDefinitionArn\":\"" + TASK_DEFINITION + "\"}}");
    assertThat(ecs.register(Json.object())).isEqualTo(TASK_DEFINITION);
  }

  @Test
  void listsTheNewestRevisionsOfThatFamilyOnly() {
    aws.answer(
        "ListTaskDefinitions",
        "{\"taskDefinitionArns\":[\"arn:aws:ecs:eu-west-1:123456789012:task-definition/web:8\","
            + "\"arn:aws:ecs:eu-west-1:123456789012:task-definition/web-admin:3\",\""
            + TASK_DEFINITION
            + "\"]}");
    assertThat(ecs.newestRevisions("web", 5))
        .containsExactly(
            "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:8", TASK_DEFINITION);
    assertThat(aws.input(0))
        .isEqualTo(
            "{\"familyPrefix\":\"web\",\"status\":\"ACTIVE\",\"sort\":\"DESC\",\"maxResults\":5}");
  }

  @Test
  void updatesNothingButTheTaskDefinition() {
    aws.answer("UpdateService", "{\"service\":" + DESCRIBED + "}");
    assertThat(ecs.update(WEB, TASK_DEFINITION).primary().orElseThrow().id())
        .isEqualTo("ecs-svc/1234567890123456789");
    assertThat(aws.input(0))
        .isEqualTo(
            "{\"cluster\":\""
                + CLUSTER
                + "\",\"service\":\"web\",\"taskDefinition\":\""
                + TASK_DEFINITION
                + "\"}");
  }

  @Test
  void readsAServiceDeploymentThatIsRolledBack() {
    aws.answer(
        "DescribeServiceDeployments",
        """
        {"serviceDeployments":[{"serviceDeploymentArn":"arn:sd","status":"ROLLBACK_IN_PROGRESS",
          "statusReason":"Service deployment rolled back because the circuit breaker threshold was exceeded.",
          "createdAt":1767225600,"targetServiceRevision":{"arn":"arn:rev-2","runningTaskCount":0},
          "sourceServiceRevisions":[{"arn":"arn:rev-1"}],"lifecycleStage":"CLEAN_UP",
          "rollback":{"reason":"circuit breaker","serviceRevisionArn":"arn:rev-1"},
          "deploymentCircuitBreaker":{"status":"TRIGGERED","failureCount":3,"threshold":3},
          "alarms":{"status":"DISABLED"}}],"failures":[]}
        """);
    assertThat(ecs.serviceDeployment("arn:sd"))
        .contains(
            new ServiceDeployment(
                "arn:sd",
                "ROLLBACK_IN_PROGRESS",
                "Service deployment rolled back because the circuit breaker threshold was"
                    + " exceeded.",
                "arn:rev-2",
                "CLEAN_UP",
                "arn:rev-1",
                "circuit breaker",
                null,
                "TRIGGERED",
                "DISABLED",
                List.of(),
                Staging.NONE,
                Instant.parse("2026-01-01T00:00:00Z"),
                null));
  }

  @Test
  void readsStageTrafficAndHooksOfACanary() {
    aws.answer(
        "DescribeServiceDeployments",
        """
        {"serviceDeployments":[{"serviceDeploymentArn":"arn:sd","status":"IN_PROGRESS",
          "targetServiceRevision":{"arn":"arn:rev-2","requestedTestTrafficWeight":100.0,
            "requestedProductionTrafficWeight":10.0},
          "sourceServiceRevisions":[
            {"arn":"arn:rev-1","requestedProductionTrafficWeight":60.0,"requestedTestTrafficWeight":0.0},
            {"arn":"arn:rev-0","requestedProductionTrafficWeight":30.0}],
          "lifecycleStage":"POST_PRODUCTION_TRAFFIC_SHIFT",
          "lifecycleHookDetails":[
            {"hookId":"ecs-pause-1","targetType":"PAUSE","status":"AWAITING_ACTION",
             "expiresAt":1767225600.5,"timeoutAction":"CONTINUE"},
            {"hookId":"ecs-lambda-1","targetArn":"arn:aws:lambda:eu-west-1:1:function:check",
             "targetType":"AWS_LAMBDA","status":"FAILED","timeoutAction":"ROLLBACK"},
            {"hookId":"x","targetType":"STEP","status":"SKIPPED","timeoutAction":"WAIT"}],
          "deploymentConfiguration":{"strategy":"CANARY","bakeTimeInMinutes":5,
            "lifecycleHooks":[
              {"hookTargetArn":"arn:aws:lambda:eu-west-1:1:function:check",
               "lifecycleStages":["SCALE_UP","POST_SCALE_UP"]},
              {"targetType":"PAUSE","lifecycleStages":["POST_PRODUCTION_TRAFFIC_SHIFT"],
               "timeoutConfiguration":{"timeoutInMinutes":5,"action":"CONTINUE"}},
              {"targetType":"STEP","timeoutConfiguration":{"action":"WAIT"}}],
            "canaryConfiguration":{"canaryPercent":10.0,"canaryBakeTimeInMinutes":120}}}]}
        """);
    ServiceDeployment read = ecs.serviceDeployment("arn:sd").orElseThrow();
    assertThat(read.lifecycleStage()).isEqualTo("POST_PRODUCTION_TRAFFIC_SHIFT");
    assertThat(read.staging())
        .isEqualTo(
            new Staging(
                "CANARY",
                Optional.of(Duration.ofMinutes(5)),
                Optional.of(Duration.ofMinutes(120)),
                new Traffic(OptionalDouble.of(90), OptionalDouble.of(0)),
                new Traffic(OptionalDouble.of(10), OptionalDouble.of(100)),
                List.of(
                    new Hook(
                        "ecs-pause-1",
                        Hook.Type.PAUSE,
                        "",
                        "",
                        Hook.State.AWAITING_ACTION,
                        Instant.parse("2026-01-01T00:00:00.500Z"),
                        Hook.TimeoutAction.CONTINUE,
                        null),
                    new Hook(
                        "ecs-lambda-1",
                        Hook.Type.LAMBDA,
                        "arn:aws:lambda:eu-west-1:1:function:check",
                        "",
                        Hook.State.FAILED,
                        null,
                        Hook.TimeoutAction.ROLLBACK,
                        null),
                    new Hook(
                        "x",
                        Hook.Type.OTHER,
                        "",
                        "",
                        Hook.State.OTHER,
                        null,
                        Hook.TimeoutAction.UNKNOWN,
                        null)),
                List.of(
                    new Setting(
                        Hook.Type.LAMBDA,
                        "arn:aws:lambda:eu-west-1:1:function:check",
                        Set.of("SCALE_UP", "POST_SCALE_UP"),
                        Hook.TimeoutAction.ROLLBACK),
                    new Setting(
                        Hook.Type.PAUSE,
                        "",
                        Set.of("POST_PRODUCTION_TRAFFIC_SHIFT"),
                        Hook.TimeoutAction.CONTINUE),
                    new Setting(Hook.Type.OTHER, "", Set.of(), Hook.TimeoutAction.UNKNOWN))));
  }

  @Test
  void aStepsBakeIsThatOfTheApiWhereTheServiceDoesNotSetIt() {
    for (String strategy : List.of("LINEAR", "CANARY", "BLUE_GREEN", "ROLLING")) {
      aws.answer(
          "DescribeServiceDeployments",
          "{\"serviceDeployments\":[{\"deploymentConfiguration\":{\"strategy\":\""
              + strategy
              + "\"}}]}");
    }
    assertThat(
            IntStream.range(0, 4)
                .mapToObj(_ -> ecs.serviceDeployment("arn:sd").orElseThrow().staging().stepBake()))
        .containsExactly(
            Optional.of(Duration.ofMinutes(6)),
            Optional.of(Duration.ofMinutes(10)),
            Optional.empty(),
            Optional.empty());
  }

  @Test
  void aServiceDeploymentThatIsGoneIsNoError() {
    aws.answer("DescribeServiceDeployments", "{\"serviceDeployments\":[],\"failures\":[{}]}");
    aws.refuse(
        AwsService.ECS, "DescribeServiceDeployments", "ServiceDeploymentNotFoundException", "");
    assertThat(ecs.serviceDeployment("arn:sd")).isEmpty();
    assertThat(ecs.serviceDeployment("arn:sd")).isEmpty();
  }

  @Test
  void listsServiceDeploymentsOfAllPagesNewestFirst() {
    aws.answer(
        "ListServiceDeployments",
        "{\"serviceDeployments\":[{\"serviceDeploymentArn\":\"a\",\"createdAt\":1,"
            + "\"targetServiceRevisionArn\":\"arn:rev-1\",\"status\":\"SUCCESSFUL\"}],"
            + "\"nextToken\":\"more\"}");
    aws.answer(
        "ListServiceDeployments",
        "{\"serviceDeployments\":[{\"serviceDeploymentArn\":\"b\",\"createdAt\":2}]}");
    List<ServiceDeployment> found =
        ecs.serviceDeployments(WEB, Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(found).extracting(ServiceDeployment::arn).containsExactly("b", "a");
    assertThat(found.getLast().targetRevision()).isEqualTo("arn:rev-1");
    assertThat(aws.calls.get(0).input().at("/createdAt/after").asLong()).isEqualTo(1767225600L);
    assertThat(aws.calls.get(0).input().has("nextToken")).isFalse();
    assertThat(Json.text(aws.calls.get(1).input(), "nextToken")).isEqualTo("more");
  }

  @Test
  void readsWhatAServiceRevisionRuns() {
    aws.answer(
        "DescribeServiceRevisions",
        "{\"serviceRevisions\":[{\"serviceRevisionArn\":\"arn:rev\",\"taskDefinition\":\""
            + TASK_DEFINITION
            + "\",\"containerImages\":[{\"containerName\":\"web\",\"image\":\"x\","
            + "\"imageDigest\":\"sha256:1\"},{\"containerName\":\"pulled-later\"}]}]}");
    assertThat(ecs.serviceRevision("arn:rev"))
        .contains(new Ecs.ServiceRevision("arn:rev", TASK_DEFINITION, Map.of("web", "sha256:1")));
  }

  @Test
  void stopsADeploymentByRollingItBack() {
    aws.answer("StopServiceDeployment", "{\"serviceDeploymentArn\":\"arn:sd\"}");
    ecs.stopAndRollBack("arn:sd");
    assertThat(aws.input(0))
        .isEqualTo("{\"serviceDeploymentArn\":\"arn:sd\",\"stopType\":\"ROLLBACK\"}");
  }

  @Test
  void readsWhatTheRunningTasksPulled() {
    aws.answer("ListTasks", "{\"taskArns\":[\"arn:task\"]}");
    aws.answer(
        "DescribeTasks",
        """
        {"tasks":[{"taskArn":"arn:task","taskDefinitionArn":"arn:td","startedBy":"ecs-svc/1",
          "lastStatus":"RUNNING","healthStatus":"HEALTHY","startedAt":1767268800.5,"containers":[
          {"name":"web","imageDigest":"sha256:1"},{"name":"agent"}]}],"failures":[]}
        """);
    assertThat(ecs.runningTasks(WEB))
        .containsExactly(
            new RunningTask(
                "arn:task",
                "arn:td",
                "ecs-svc/1",
                "RUNNING",
                "HEALTHY",
                Instant.parse("2026-01-01T12:00:00.5Z"),
                Map.of("web", "sha256:1")));
    assertThat(Json.text(aws.calls.get(0).input(), "desiredStatus")).isEqualTo("RUNNING");
    assertThat(aws.input(1))
        .isEqualTo("{\"cluster\":\"" + CLUSTER + "\",\"tasks\":[\"arn:task\"]}");
  }

  /** Of a service with hundreds of tasks, those that failed may be on any page. */
  @Test
  void asksForAllPagesOfTasks() {
    aws.answer("ListTasks", "{\"taskArns\":[\"arn:1\"],\"nextToken\":\"more\"}");
    aws.answer("DescribeTasks", "{\"tasks\":[{\"taskArn\":\"arn:1\"}]}");
    aws.answer("ListTasks", "{\"taskArns\":[\"arn:2\"]}");
    aws.answer("DescribeTasks", "{\"tasks\":[{\"taskArn\":\"arn:2\"}]}");
    assertThat(ecs.stoppedTasks(WEB))
        .extracting(StoppedTask::taskArn)
        .containsExactly("arn:1", "arn:2");
    assertThat(Json.text(aws.calls.get(2).input(), "nextToken")).isEqualTo("more");
  }

  @Test
  void asksForNoTasksWhenThereAreNone() {
    aws.answer("ListTasks", "{\"taskArns\":[]}");
    assertThat(ecs.stoppedTasks(WEB)).isEmpty();
    assertThat(aws.calls).hasSize(1);
  }

  @Test
  void readsAStoppedTaskAlikeFromDescribeTasksAndFromTheEvent() {
    String task =
        """
        {"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/prod/0123456789abcdef",
         "taskDefinitionArn":"arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7",
         "startedBy":"ecs-svc/1","stopCode":"InventedIn2027",
         "stoppedReason":"Essential container in task exited","version":5,
         "createdAt":%s,"startedAt":%s,"stoppedAt":%s,
         "containers":[
          {"name":"web","image":"team/app:v2","exitCode":1,"healthStatus":"UNKNOWN"},
          {"name":"side","image":"team/side","reason":"CannotPullContainerError: not found"}]}
        """;
    JsonNode described = Json.read(task.formatted("1767225600", "1767225610.5", "1767225620"));
    JsonNode event =
        Json.read(
            task.formatted(
                "\"2026-01-01T00:00:00Z\"",
                "\"2026-01-01T00:00:10.500Z\"",
                "\"2026-01-01T00:00:20Z\""));
    var read = StoppedTasks.fromTask(described);
    assertThat(read).isEqualTo(StoppedTasks.fromTask(event));
    assertThat(read.stopCode()).isEqualTo("InventedIn2027");
    assertThat(read.startedAt()).isEqualTo("2026-01-01T00:00:10.500Z");
    assertThat(read.containers().get(0).exitCode()).isEqualTo(1);
    assertThat(read.containers().get(1).exitCode()).isNull();
    assertThat(read.containers().get(1).reason()).startsWith("CannotPullContainerError");
  }

  /** When it is stoppedAt, ECS has also waited for the load balancer and cleared up. */
  @ParameterizedTest
  @CsvSource({
    // it ended by itself, and then ECS stopped the others
    "20, 21, 20",
    // ECS stopped it, and it took its time
    "50, 20, 20",
    "20, , 20",
    ", 20, 20",
    ", ,",
  })
  void aTaskEndedWhenItsContainersDidOrWereToldTo(Integer executed, Integer stopping, Integer at) {
    ObjectNode task = Json.object().put("stoppedAt", 60);
    if (executed != null) {
      task.put("executionStoppedAt", executed);
    }
    if (stopping != null) {
      task.put("stoppingAt", stopping);
    }
    assertThat(StoppedTasks.fromTask(task).endedAt())
        .isEqualTo(at == null ? null : Instant.ofEpochSecond(at));
  }

  @Test
  void readsAStoppedTaskOfWhichHardlyAnythingIsSaid() {
    var read = StoppedTasks.fromTask(Json.object());
    assertThat(read.taskArn()).isEmpty();
    assertThat(read.startedAt()).isNull();
    assertThat(read.containers()).isEmpty();
  }

  /** Behind a Classic Load Balancer ECS gives none. */
  @ParameterizedTest
  @CsvSource({
    "1, 2, 2, 0, COMPLETED",
    "1, 2, 1, 0, IN_PROGRESS",
    "1, 2, 2, 1, IN_PROGRESS",
    "2, 2, 2, 0, IN_PROGRESS",
    "1, 0, 0, 0, COMPLETED"
  })
  void aDeploymentWithoutARolloutStateIsJudgedByItsTasks(
      int deployments, int desired, int running, int pending, String state) {
    ObjectNode service = (ObjectNode) Json.read(DESCRIBED);
    ArrayNode list = service.putArray("deployments");
    list.addObject()
        .put("id", "ecs-svc/2")
        .put("status", "PRIMARY")
        .put("desiredCount", desired)
        .put("runningCount", running)
        .put("pendingCount", pending);
    if (deployments == 2) {
      list.addObject().put("id", "ecs-svc/1").put("status", "ACTIVE");
    }

    assertThat(JsonEcs.view(service).primary().orElseThrow().rolloutState()).isEqualTo(state);
  }
}
