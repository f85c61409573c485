package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.slipway.aws.CodeDeployment.Revision;
import dev.slipway.follow.ServiceRef;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class JsonCodeDeployTest {

  private static final ServiceRef WEB =
      ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/prod/web");
  private static final DeploymentGroup GROUP = new DeploymentGroup("shop", "web");

  private final ScriptedAws aws = new ScriptedAws();
  private final CodeDeploy codeDeploy = new JsonCodeDeploy(aws);

  private static String info(String id, String more) {
    return "{\"deploymentInfo\":" + document(id, more) + "}";
  }

  private static String document(String id, String more) {
    return """
    {"applicationName":"shop","deploymentGroupName":"web","deploymentId":"%s",
     "status":"InProgress","creator":"user","computePlatform":"ECS",
     "createTime":1767225600.5,"deploymentConfigName":"CodeDeployDefault.ECSAllAtOnce",
     "somethingNew":{"x":1}%s}
    """
        .formatted(id, more);
  }

  @Test
  void readsADeploymentWithAllThatIsJudged() {
    aws.answer(
        "GetDeployment",
        info(
            "d-1",
            """
            ,"status":"Failed","completeTime":1767225660,"description":"Slipway prod/web#2",
            "errorInformation":{"code":"HOOK_EXECUTION_FAILURE","message":"it failed"},
            "rollbackInfo":{"rollbackDeploymentId":"d-2","rollbackMessage":"x"},
            "autoRollbackConfiguration":{"enabled":true,"events":["DEPLOYMENT_FAILURE"]},
            "revision":{"revisionType":"AppSpecContent",
              "appSpecContent":{"content":"version: 0.0","sha256":"abc"}}
            """));
    assertThat(codeDeploy.deployment("d-1"))
        .contains(
            new CodeDeployment(
                "d-1",
                GROUP,
                "Failed",
                "user",
                "Slipway prod/web#2",
                "HOOK_EXECUTION_FAILURE",
                "it failed",
                "d-2",
                "",
                true,
                new Revision("AppSpecContent", "version: 0.0", "abc", ""),
                Instant.parse("2026-01-01T00:00:00.500Z"),
                Instant.parse("2026-01-01T00:01:00Z")));
    assertThat(aws.input(0)).isEqualTo("{\"deploymentId\":\"d-1\"}");
  }

  @Test
  void aDeploymentThatIsNotThereIsNoError() {
    aws.refuse(AwsService.CODEDEPLOY, "GetDeployment", "DeploymentDoesNotExistException", "");
    assertThat(codeDeploy.deployment("d-1")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"AppSpecContent, appSpecContent", "String, string"})
  void asksForTheAppSpecThatIsNotRepeatedByTheNameThatItHas(String type, String member) {
    String given = "{\"revisionType\":\"" + type + "\",\"" + member + "\":{%s\"sha256\":\"abc\"}}";
    aws.answer("GetDeployment", info("d-1", ",\"revision\":" + given.formatted("")));
    aws.answer(
        "GetApplicationRevision",
        "{\"revision\":" + given.formatted("\"content\":\"version: 0.0\",") + "}");
    assertThat(codeDeploy.appSpec(codeDeploy.deployment("d-1").orElseThrow()))
        .contains("version: 0.0");
    assertThat(aws.input(1))
        .isEqualTo("{\"applicationName\":\"shop\",\"revision\":" + given.formatted("") + "}");
  }

  @Test
  void anAppSpecThatCodeDeployDoesNotHaveAnyMoreIsNotKnown() {
    aws.answer(
        "GetDeployment",
        info(
            "d-1",
            ",\"revision\":{\"revisionType\":\"AppSpecContent\",\"appSpecContent\":{\"sha256\":\"abc\"}}"));
    aws.refuse(
        AwsService.CODEDEPLOY, "GetApplicationRevision", "RevisionDoesNotExistException", "");
    assertThat(codeDeploy.appSpec(codeDeploy.deployment("d-1").orElseThrow())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'revisionType':'S3','s3Location':{'bucket':'b','key':'a/appspec.yaml','version':'7'}} | s3://b/a/appspec.yaml
          {'revisionType':'GitHub','gitHubLocation':{'repository':'shop'}}                       | GitHub
          {'revisionType':'Elsewhere'}                                                           | Elsewhere
          {}                                                                                     | an unknown place
          """)
  void anAppSpecThatIsElsewhereIsNotKnownButWhereItIs(String revision, String place) {
    aws.answer("GetDeployment", info("d-1", ",'revision':".concat(revision).replace('\'', '"')));
    CodeDeployment deployment = codeDeploy.deployment("d-1").orElseThrow();
    assertThat(deployment.revision().place()).isEqualTo(place);
    assertThat(codeDeploy.appSpec(deployment)).isEmpty();
  }

  @Test
  void listsTheDeploymentsOfAGroupSinceATimeInBatchesNewestFirst() {
    String ids =
        IntStream.range(0, 24).mapToObj(i -> "\"d-" + i + "\"").collect(Collectors.joining(","));
    aws.answer("ListDeployments", "{\"deployments\":[" + ids + "],\"nextToken\":\"more\"}");
    aws.answer("ListDeployments", "{\"deployments\":[\"d-24\",\"d-25\"]}");
    aws.answer("BatchGetDeployments", "{\"deploymentsInfo\":[" + document("d-0", "") + "]}");
    aws.answer(
        "BatchGetDeployments",
        "{\"deploymentsInfo\":["
            + document("d-25", ",\"createTime\":1767225601,\"status\":\"Succeeded\"")
            + "]}");
    assertThat(codeDeploy.deployments(GROUP, Instant.parse("2026-01-01T00:00:00Z")))
        .extracting(CodeDeployment::id)
        .containsExactly("d-25", "d-0");
    assertThat(aws.input(0))
        .isEqualTo(
            "{\"applicationName\":\"shop\",\"deploymentGroupName\":\"web\","
                + "\"createTimeRange\":{\"start\":1767225600}}");
    assertThat(aws.input(1)).contains("\"nextToken\":\"more\"");
    assertThat(aws.input(3)).isEqualTo("{\"deploymentIds\":[\"d-25\"]}");
  }

  @Test
  void whatHasEndedMeanwhileIsNotUnderWay() {
    aws.answer("ListDeployments", "{\"deployments\":[\"d-1\",\"d-2\"]}");
    aws.answer(
        "BatchGetDeployments",
        "{\"deploymentsInfo\":["
            + document("d-1", "")
            + ","
            + document("d-2", ",\"status\":\"Stopped\"")
            + "]}");
    assertThat(codeDeploy.underWay(GROUP)).extracting(CodeDeployment::id).containsExactly("d-1");
    assertThat(aws.input(0))
        .contains(
            "\"includeOnlyStatuses\":[\"Created\",\"Queued\",\"InProgress\",\"Baking\",\"Ready\"]");
  }

  @Test
  void createsWithTheAppSpecAsText() {
    aws.answer("CreateDeployment", "{\"deploymentId\":\"d-1\"}");
    assertThat(codeDeploy.create(GROUP, "ours", "{\"version\":0.0}")).isEqualTo("d-1");
    assertThat(aws.input(0))
        .isEqualTo(
            "{\"applicationName\":\"shop\",\"deploymentGroupName\":\"web\",\"description\":\"ours\","
                + "\"revision\":{\"revisionType\":\"AppSpecContent\",\"appSpecContent\":"
                + "{\"content\":\"{\\\"version\\\":0.0}\"}}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"enabled":true,"alarms":[{"name":"a"}]}  | ,"overrideAlarmConfiguration":{"enabled":false}
          {"enabled":false,"alarms":[{"name":"a"}]} |
          {}                                        |
          """)
  void aWayBackGoesAtOnceAndWhateverTheAlarmsAreIfThereAreAny(String alarms, String override) {
    aws.answer(
        "GetDeploymentGroup", "{\"deploymentGroupInfo\":{\"alarmConfiguration\":" + alarms + "}}");
    aws.answer("CreateDeployment", "{\"deploymentId\":\"d-2\"}");
    assertThat(codeDeploy.createWayBack(GROUP, "ours", "x")).isEqualTo("d-2");
    assertThat(aws.input(1))
        .contains(
            "\"description\":\"ours\","
                + "\"deploymentConfigName\":\"CodeDeployDefault.ECSAllAtOnce\""
                + (override == null ? "" : override)
                + ",\"revision\":");
  }

  @Test
  void anAnswerWithoutAnIdMayHaveHadItsEffect() {
    aws.answer("CreateDeployment", "{}");
    assertThatThrownBy(() -> codeDeploy.create(GROUP, "ours", "x"))
        .isInstanceOfSatisfying(AwsException.class, e -> assertThat(e.outcomeUnknown()).isTrue());
  }

  @Test
  void oneAtATimeIsNoThrottle() {
    aws.refuse(AwsService.CODEDEPLOY, "CreateDeployment", "DeploymentLimitExceededException", "");
    assertThatThrownBy(() -> codeDeploy.create(GROUP, "ours", "x"))
        .isInstanceOfSatisfying(
            AwsException.class,
            e -> {
              assertThat(e.throttled()).isFalse();
              assertThat(e.passing()).isFalse();
            });
  }

  @Test
  void stopsWithRollbackAndLetsTrafficGo() {
    aws.answer("StopDeployment", "{\"status\":\"Pending\"}");
    aws.answer("ContinueDeployment", "{}");
    codeDeploy.stopAndRollBack("d-1");
    codeDeploy.reroute("d-1");
    assertThat(aws.input(0)).isEqualTo("{\"deploymentId\":\"d-1\",\"autoRollbackEnabled\":true}");
    assertThat(aws.input(1))
        .isEqualTo("{\"deploymentId\":\"d-1\",\"deploymentWaitType\":\"READY_WAIT\"}");
  }

  private static String group(String name, String cluster, String service) {
    return "{\"applicationName\":\"shop\",\"deploymentGroupName\":\""
        + name
        + "\",\"computePlatform\":\"ECS\",\"ecsServices\":[{\"clusterName\":\""
        + cluster
        + "\",\"serviceName\":\""
        + service
        + "\"}]}";
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"enabled":true,"alarms":[{"name":"a"},{"name":"b"}]}  | [a, b]
          {"enabled":false,"alarms":[{"name":"a"}]}              | []
          {"enabled":true,"alarms":[]}                           | []
          {}                                                     | []
          """)
  void knowsForWhichAlarmsAGroupStops(String alarms, String names) {
    aws.answer(
        "GetDeploymentGroup", "{\"deploymentGroupInfo\":{\"alarmConfiguration\":" + alarms + "}}");
    assertThat(codeDeploy.alarms(GROUP)).hasToString(names);
  }

  @Test
  void aGroupThatIsGoneStopsForNoAlarm() {
    aws.refuse(
        AwsService.CODEDEPLOY, "GetDeploymentGroup", "DeploymentGroupDoesNotExistException", "");
    assertThat(codeDeploy.alarms(GROUP)).isEmpty();
  }

  @Test
  void aGroupDeploysTheServiceThatItNames() {
    aws.answer(
        "GetDeploymentGroup", "{\"deploymentGroupInfo\":" + group("web", "prod", "web") + "}");
    aws.answer(
        "GetDeploymentGroup", "{\"deploymentGroupInfo\":" + group("web", "test", "web") + "}");
    aws.answer("GetDeploymentGroup", "{\"deploymentGroupInfo\":{\"computePlatform\":\"Lambda\"}}");
    aws.refuse(
        AwsService.CODEDEPLOY, "GetDeploymentGroup", "DeploymentGroupDoesNotExistException", "");
    aws.refuse(AwsService.CODEDEPLOY, "GetDeploymentGroup", "ApplicationDoesNotExistException", "");
    assertThat(codeDeploy.deploys(GROUP, WEB)).isTrue();
    for (int i = 0; i < 4; i++) {
      assertThat(codeDeploy.deploys(GROUP, WEB)).isFalse();
    }
  }

  @Test
  void findsTheGroupOfAServiceAmongAllApplications() {
    aws.answer("ListApplications", "{\"applications\":[\"lambda\"],\"nextToken\":\"more\"}");
    aws.answer("ListApplications", "{\"applications\":[\"gone\",\"shop\",\"never-asked\"]}");
    aws.answer("ListDeploymentGroups", "{\"deploymentGroups\":[]}");
    aws.refuse(
        AwsService.CODEDEPLOY, "ListDeploymentGroups", "ApplicationDoesNotExistException", "");
    aws.answer("ListDeploymentGroups", "{\"deploymentGroups\":[\"mail\",\"web\"]}");
    aws.answer(
        "BatchGetDeploymentGroups",
        "{\"deploymentGroupsInfo\":["
            + group("mail", "prod", "mail")
            + ","
            + group("web", "prod", "web")
            + "]}");
    assertThat(codeDeploy.groupOf(WEB)).contains(GROUP);
    assertThat(aws.calls).hasSize(6);
  }

  static Stream<Arguments> installations() {
    return Stream.of(
        arguments("nothing listed yet", "{'lifecycleEvents':[]}", true),
        arguments("before it", "{'lifecycleEvents':[" + event("Install", "Pending") + "]}", true),
        arguments("left out", "{'lifecycleEvents':[" + event("Install", "Skipped") + "]}", true),
        arguments(
            "stopped in it",
            "{'lifecycleEvents':[{'lifecycleEventName':'Install','status':'Skipped',"
                + "'startTime':1767268800}]}",
            false),
        arguments("in it", "{'lifecycleEvents':[" + event("Install", "InProgress") + "]}", false),
        arguments("past it", "{'lifecycleEvents':[" + event("Install", "Succeeded") + "]}", false),
        arguments("not known", "{'lifecycleEvents':[" + event("Install", "Unknown") + "]}", false),
        arguments(
            "there is a new task set",
            "{'lifecycleEvents':[],'taskSetsInfo':[{'taskSetLabel':'Green'}]}",
            false),
        arguments(
            "there is the old one alone",
            "{'lifecycleEvents':[],'taskSetsInfo':[{'taskSetLabel':'Blue'}]}",
            true));
  }

  private static String event(String name, String status) {
    return "{'lifecycleEventName':'" + name + "','status':'" + status + "'}";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("installations")
  void saysWhetherNewTasksWereBegun(String what, String target, boolean never) {
    aws.answer(
        "GetDeploymentTarget",
        ("{'deploymentTarget':{'ecsTarget':" + target + "}}").replace('\'', '"'));
    assertThat(codeDeploy.neverInstalled("d-1", WEB)).isEqualTo(never);
  }

  @Test
  void whatHasNotStartedHasMadeNoTasks() {
    aws.refuse(AwsService.CODEDEPLOY, "GetDeploymentTarget", "DeploymentNotStartedException", "");
    assertThat(codeDeploy.neverInstalled("d-1", WEB)).isTrue();
  }

  @Test
  void aTargetThatIsNotThereSaysNothing() {
    aws.refuse(
        AwsService.CODEDEPLOY, "GetDeploymentTarget", "DeploymentTargetDoesNotExistException", "");
    assertThat(codeDeploy.neverInstalled("d-1", WEB)).isFalse();
  }

  @Test
  void namesTheLifecycleEventsThatFailed() {
    aws.answer(
        "GetDeploymentTarget",
        """
        {"deploymentTarget":{"deploymentTargetType":"ECSTarget","ecsTarget":{"lifecycleEvents":[
          {"lifecycleEventName":"Install","status":"Succeeded"},
          {"lifecycleEventName":"AfterAllowTestTraffic","status":"Failed",
           "diagnostics":{"errorCode":"ScriptFailed","message":"it answered 500"}},
          {"lifecycleEventName":"AllowTraffic","status":"Skipped"}]}}}
        """);
    aws.refuse(AwsService.CODEDEPLOY, "GetDeploymentTarget", "DeploymentNotStartedException", "");
    assertThat(codeDeploy.failedEvents("d-1", WEB))
        .containsExactly("Lifecycle event AfterAllowTestTraffic failed: it answered 500");
    assertThat(codeDeploy.failedEvents("d-1", WEB)).isEmpty();
    assertThat(aws.input(0)).isEqualTo("{\"deploymentId\":\"d-1\",\"targetId\":\"prod:web\"}");
  }
}
