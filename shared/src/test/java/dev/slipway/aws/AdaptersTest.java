package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.follow.ServiceRef;
import dev.slipway.image.Digest;
import dev.slipway.runtime.Batch;
import dev.slipway.runtime.Json;
import dev.slipway.verdict.AlarmState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The adapters that make one call or two. */
class AdaptersTest {

  private static final Digest DIGEST = new Digest("sha256:" + "1".repeat(64));

  private final ScriptedAws aws = new ScriptedAws();

  private static ServiceRef service(String name) {
    return ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/prod/" + name);
  }

  @Nested
  class Registry {
    private final Ecr ecr = new JsonEcr(aws);

    private static String detail(String pushedAt, String tag) {
      return "{\"registryId\":\"123456789012\",\"repositoryName\":\"team/app\",\"imageDigest\":\""
          + DIGEST
          + "\",\"imageTags\":[\""
          + tag
          + "\"],\"imageSizeInBytes\":5,\"imagePushedAt\":"
          + pushedAt
          + ",\"imageManifestMediaType\":\"application/vnd.oci.image.index.v1+json\"}";
    }

    @Test
    void findsTheImageOfATag() {
      aws.answer("DescribeImages", "{\"imageDetails\":[" + detail("1767225600.0", "v1") + "]}");
      assertThat(ecr.tagged("team/app", "v1"))
          .contains(
              new Ecr.EcrImage(
                  "team/app",
                  DIGEST,
                  List.of("v1"),
                  Instant.parse("2026-01-01T00:00:00Z"),
                  "application/vnd.oci.image.index.v1+json",
                  "",
                  "ACTIVE"));
      assertThat(aws.input(0))
          .isEqualTo("{\"repositoryName\":\"team/app\",\"imageIds\":[{\"imageTag\":\"v1\"}]}");
    }

    @Test
    void anImageOrRepositoryThatIsNotThereIsNoError() {
      aws.refuse(AwsService.ECR, "DescribeImages", "ImageNotFoundException", "");
      aws.refuse(AwsService.ECR, "DescribeImages", "RepositoryNotFoundException", "");
      aws.refuse(AwsService.ECR, "DescribeImages", "RepositoryNotFoundException", "");
      aws.refuse(AwsService.ECR, "BatchGetImage", "RepositoryNotFoundException", "");
      assertThat(ecr.tagged("team/app", "v1")).isEmpty();
      assertThat(ecr.image("team/app", DIGEST)).isEmpty();
      assertThat(ecr.tagged("team/app")).isEmpty();
      assertThat(ecr.manifest("team/app", DIGEST)).isEmpty();
    }

    @Test
    void listsTheTaggedImagesOfAllPagesNewestFirst() {
      aws.answer(
          "DescribeImages",
          "{\"imageDetails\":[" + detail("1", "old") + "],\"nextToken\":\"more\"}");
      aws.answer("DescribeImages", "{\"imageDetails\":[" + detail("2", "new") + "]}");
      assertThat(ecr.tagged("team/app").orElseThrow())
          .extracting(image -> image.tags().getFirst())
          .containsExactly("new", "old");
      assertThat(aws.input(0))
          .isEqualTo(
              "{\"repositoryName\":\"team/app\",\"maxResults\":1000,"
                  + "\"filter\":{\"tagStatus\":\"TAGGED\"}}");
    }

    @Test
    void readsAManifestAsItIsStored() {
      aws.answer(
          "BatchGetImage",
          "{\"images\":[{\"imageManifest\":\"{\\\"schemaVersion\\\":2}\"}],\"failures\":[]}");
      assertThat(Json.write(ecr.manifest("team/app", DIGEST).orElseThrow()))
          .isEqualTo("{\"schemaVersion\":2}");
      assertThat(aws.calls.getFirst().input().get("acceptedMediaTypes")).hasSize(4);
    }

    @Test
    void anImageThatEcrCannotGiveHasNoManifest() {
      aws.answer(
          "BatchGetImage", "{\"images\":[],\"failures\":[{\"failureCode\":\"ImageNotFound\"}]}");
      assertThat(ecr.manifest("team/app", DIGEST)).isEmpty();
    }

    @Test
    void namesTheImageWhoseManifestCannotBeRead() {
      aws.answer("BatchGetImage", "{\"images\":[{\"imageManifest\":\"oops\"}]}");
      assertThatThrownBy(() -> ecr.manifest("team/app", DIGEST))
          .hasMessageContaining("team/app@sha256:1111");
    }

    @Test
    void anyOtherRefusalIsPassedOn() {
      aws.refuse(AwsService.ECR, "DescribeImages", "AccessDeniedException", "no");
      assertThatThrownBy(() -> ecr.image("team/app", DIGEST)).isInstanceOf(AwsException.class);
    }
  }

  @Nested
  class Tags {
    private final Tagging tagging = new JsonTagging(aws);

    private static String resource(String arn) {
      return "{\"ResourceARN\":\""
          + arn
          + "\",\"Tags\":[{\"Key\":\"slipway:team/app\",\"Value\":\"any\"}]}";
    }

    @Test
    void findsTheFollowersOnAllPagesEvenBehindAnEmptyOne() {
      aws.answer(
          "GetResources",
          "{\"PaginationToken\":\"1\",\"ResourceTagMappingList\":["
              + resource(service("web").arn())
              + "]}");
      aws.answer("GetResources", "{\"PaginationToken\":\"2\",\"ResourceTagMappingList\":[]}");
      aws.answer(
          "GetResources",
          "{\"PaginationToken\":\"\",\"ResourceTagMappingList\":["
              + resource(service("api").arn())
              + "]}");
      assertThat(tagging.servicesTagged("slipway:team/app"))
          .isEqualTo(
              Map.of(
                  service("web"), Map.of("slipway:team/app", "any"),
                  service("api"), Map.of("slipway:team/app", "any")));
      assertThat(aws.input(0))
          .isEqualTo(
              "{\"ResourcesPerPage\":100,\"TagFilters\":[{\"Key\":\"slipway:team/app\"}],"
                  + "\"ResourceTypeFilters\":[\"ecs:service\"]}");
      assertThat(Json.text(aws.calls.get(2).input(), "PaginationToken")).isEqualTo("2");
    }

    @Test
    void oneOddResourceHidesNoOther() {
      aws.answer(
          "GetResources",
          "{\"ResourceTagMappingList\":["
              + resource("arn:aws:ecs:eu-west-1:123456789012:service/old-format")
              + ","
              + resource(service("web").arn())
              + "]}");
      assertThat(tagging.servicesTagged("slipway")).containsOnlyKeys(service("web"));
    }

    @Test
    void beginsAgainWhenThePagesHaveExpired() {
      aws.answer("GetResources", "{\"PaginationToken\":\"1\",\"ResourceTagMappingList\":[]}");
      aws.refuse(AwsService.TAGGING, "GetResources", "PaginationTokenExpiredException", "");
      aws.answer(
          "GetResources", "{\"ResourceTagMappingList\":[" + resource(service("web").arn()) + "]}");
      assertThat(tagging.servicesTagged("slipway")).containsOnlyKeys(service("web"));
      assertThat(aws.calls.get(2).input().has("PaginationToken")).isFalse();
    }
  }

  @Nested
  class CloudWatchAlarms {
    private final Alarms alarms = new JsonAlarms(aws);

    private static String resource(String name) {
      return "{\"ResourceARN\":\"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:" + name + "\"}";
    }

    @Test
    void findsTheAlarmsTaggedWithAServiceOnAllPages() {
      aws.answer(
          "GetResources",
          "{\"PaginationToken\":\"1\",\"ResourceTagMappingList\":[" + resource("slow:p99") + "]}");
      aws.answer("GetResources", "{\"PaginationToken\":\"2\",\"ResourceTagMappingList\":[]}");
      aws.refuse(AwsService.TAGGING, "GetResources", "PaginationTokenExpiredException", "");
      aws.answer(
          "GetResources",
          "{\"PaginationToken\":\"\",\"ResourceTagMappingList\":["
              + resource("slow:p99")
              + ","
              + resource("5xx")
              + ",{\"ResourceARN\":\"arn:aws:cloudwatch::123456789012:dashboard/x\"}]}");
      assertThat(alarms.tagged(service("web"))).containsExactly("5xx", "slow:p99");
      assertThat(aws.input(0))
          .isEqualTo(
              "{\"ResourcesPerPage\":100,\"TagFilters\":[{\"Key\":\"slipway.service\","
                  + "\"Values\":[\"prod/web\"]}],\"ResourceTypeFilters\":[\"cloudwatch:alarm\"]}");
    }

    @Test
    void tellsTheStatesOfMetricAndCompositeAlarms() {
      aws.answer(
          "DescribeAlarms",
          """
          {"MetricAlarms":[{"AlarmName":"5xx","AlarmArn":"arn:5xx","StateValue":"ALARM",
             "StateReason":"Threshold Crossed","StateUpdatedTimestamp":1767225999,
             "StateTransitionedTimestamp":1767225600.5}],
           "CompositeAlarms":[],"NextToken":"more"}
          """);
      aws.answer(
          "DescribeAlarms",
          """
          {"CompositeAlarms":[{"AlarmName":"all","AlarmArn":"arn:all","StateValue":"OK"}]}
          """);
      assertThat(alarms.states(List.of("all", "5xx", "gone", "5xx")))
          .containsExactly(
              new AlarmState(
                  "5xx",
                  "arn:5xx",
                  "ALARM",
                  "Threshold Crossed",
                  Instant.parse("2026-01-01T00:00:00.5Z")),
              new AlarmState("all", "arn:all", "OK", "", null));
      assertThat(aws.input(0))
          .isEqualTo(
              "{\"AlarmNames\":[\"5xx\",\"all\",\"gone\"],"
                  + "\"AlarmTypes\":[\"MetricAlarm\",\"CompositeAlarm\"],\"MaxRecords\":100}");
      assertThat(Json.text(aws.calls.get(1).input(), "NextToken")).isEqualTo("more");
    }

    @Test
    void asksForAHundredACall() {
      aws.answer("DescribeAlarms", "{}");
      aws.answer("DescribeAlarms", "{}");
      alarms.states(IntStream.range(0, 101).mapToObj(i -> "alarm-" + i).toList());
      assertThat(aws.calls)
          .extracting(call -> call.input().get("AlarmNames").size())
          .containsExactly(100, 1);
    }

    @Test
    void asksNothingAboutNothing() {
      assertThat(alarms.states(List.of())).isEmpty();
      assertThat(aws.calls).isEmpty();
    }
  }

  @Nested
  class Looks {
    private int nonce;
    private final Lanes lanes =
        new JsonLanes(aws, "https://sqs/LaneQueue.fifo", () -> "n" + nonce++);

    private void accept(int count) {
      aws.answer(
          "SendMessageBatch",
          input -> {
            assertThat(input.get("Entries")).hasSize(count);
            var answer = Json.object();
            var sent = answer.putArray("Successful");
            input.get("Entries").forEach(e -> sent.addObject().put("Id", Json.text(e, "Id")));
            return answer;
          });
    }

    @Test
    void sendsOneLookAtAServiceIntoItsLane() {
      accept(1);
      lanes.look(List.of(service("web"), service("web")), "push");
      JsonNode entry = aws.calls.getFirst().input().at("/Entries/0");
      assertThat(Json.text(entry, "MessageBody"))
          .isEqualTo("{\"look\":\"" + service("web") + "\",\"cause\":\"push\"}");
      assertThat(Json.text(entry, "MessageGroupId")).isEqualTo(service("web").lane());
      assertThat(Json.text(entry, "MessageDeduplicationId"))
          .isEqualTo(service("web").lane() + "-n0");
    }

    @Test
    void anIdOfChanceFitsIntoTheLimit() {
      accept(1);
      new JsonLanes(aws, "https://sqs/LaneQueue.fifo").look(List.of(service("web")), "push");
      assertThat(Json.text(aws.calls.getFirst().input().at("/Entries/0"), "MessageDeduplicationId"))
          .hasSizeLessThanOrEqualTo(128);
    }

    @Test
    void aSecondLookIsNotSwallowedAsADuplicateOfTheFirst() {
      accept(1);
      accept(1);
      lanes.look(List.of(service("web")), "push");
      lanes.look(List.of(service("web")), "push");
      assertThat(aws.calls)
          .extracting(call -> Json.text(call.input().at("/Entries/0"), "MessageDeduplicationId"))
          .doesNotHaveDuplicates();
    }

    @Test
    void sendsTenACall() {
      accept(10);
      accept(3);
      lanes.look(IntStream.range(0, 13).mapToObj(i -> service("s" + i)).toList(), "clock");
      assertThat(aws.calls).hasSize(2);
    }

    @Test
    void nothingToLookAtAsksNobody() {
      lanes.look(List.of(), "clock");
      assertThat(aws.calls).isEmpty();
    }

    @Test
    void sendsAgainOnlyWhatFailedAndWithTheSameId() {
      aws.answer(
          "SendMessageBatch",
          "{\"Successful\":[{\"Id\":\"0\"}],\"Failed\":[{\"Id\":\"1\",\"SenderFault\":false,"
              + "\"Code\":\"InternalError\"}]}");
      accept(1);
      lanes.look(List.of(service("web"), service("api")), "push");
      List<JsonNode> last = new ArrayList<>();
      aws.calls.get(1).input().get("Entries").forEach(last::add);
      assertThat(last.getFirst()).isEqualTo(aws.calls.get(0).input().at("/Entries/1"));
    }

    @Test
    void saysHowManyLooksAreLostAndWhyWhenSendingAgainDoesNotHelp() {
      aws.answer(
          "SendMessageBatch",
          "{\"Successful\":[],\"Failed\":[{\"Id\":\"0\",\"SenderFault\":true,"
              + "\"Code\":\"InvalidParameterValue\",\"Message\":\"too long\"}]}");
      assertThatThrownBy(() -> lanes.look(List.of(service("web")), "push"))
          .isInstanceOfSatisfying(
              AwsException.class, e -> assertThat(e.code()).isEqualTo("InvalidParameterValue"))
          .hasMessageContaining("1 looks were not sent: too long");
      assertThat(aws.calls).hasSize(1);
    }
  }

  @Test
  void readsAParameterThatIsThereAndKnowsOneThatIsNot() {
    aws.answer("GetParameter", "{\"Parameter\":{\"Name\":\"/a\",\"Value\":\"version: 0.0\"}}");
    assertThat(new JsonParameters(aws).get("/a")).contains("version: 0.0");
    assertThat(aws.input(0)).isEqualTo("{\"Name\":\"/a\"}");
    aws.refuse(AwsService.SSM, "GetParameter", "ParameterNotFound", "");
    assertThat(new JsonParameters(aws).get("/a")).isEmpty();
    aws.refuse(AwsService.SSM, "GetParameter", "AccessDeniedException", "");
    assertThatThrownBy(() -> new JsonParameters(aws).get("/a")).isInstanceOf(AwsException.class);
  }

  @Test
  void writesAParameterOverTheFormerOne() {
    aws.answer("PutParameter", "{\"Version\":2}");
    new JsonParameters(aws).put("/slipway/prod/web/web", "team/app@sha256:1");
    assertThat(aws.input(0))
        .isEqualTo(
            "{\"Name\":\"/slipway/prod/web/web\",\"Value\":\"team/app@sha256:1\","
                + "\"Type\":\"String\",\"Overwrite\":true}");
  }

  @Test
  void readsTheLastLinesOfALogOldestFirst() {
    aws.answer(
        "GetLogEvents",
        "{\"events\":[{\"timestamp\":1,\"message\":\"one\"},{\"timestamp\":2,"
            + "\"message\":\"two\"}]}");
    assertThat(new JsonContainerLogs(aws).lastLines("/ecs/web", "web/web/1", 2))
        .containsExactly("one", "two");
    assertThat(aws.input(0))
        .isEqualTo(
            "{\"logGroupName\":\"/ecs/web\",\"logStreamName\":\"web/web/1\",\"limit\":2,"
                + "\"startFromHead\":false}");
  }

  @Test
  void looksForLinesBehindAnEmptyPage() {
    aws.answer("GetLogEvents", "{\"events\":[],\"nextBackwardToken\":\"b/1\"}");
    aws.answer("GetLogEvents", "{\"events\":[],\"nextBackwardToken\":\"b/2\"}");
    aws.answer(
        "GetLogEvents", "{\"events\":[{\"message\":\"one\"}],\"nextBackwardToken\":\"b/3\"}");
    assertThat(new JsonContainerLogs(aws).lastLines("g", "s", 2)).containsExactly("one");
    assertThat(aws.calls.stream().map(call -> Json.text(call.input(), "limit"))).hasSize(3);
    assertThat(aws.input(2)).endsWith("\"startFromHead\":false,\"nextToken\":\"b/2\"}");
  }

  @Test
  void looksForLinesBehindThreeEmptyPagesAndNoMore() {
    for (int page = 1; page < 9; page++) {
      aws.answer("GetLogEvents", "{\"events\":[],\"nextBackwardToken\":\"b/" + page + "\"}");
    }
    assertThat(new JsonContainerLogs(aws).lastLines("g", "s", 2)).isEmpty();
    assertThat(aws.calls).hasSize(4);
  }

  @Test
  void readsNoFurtherThanTheBeginningOfALog() {
    aws.answer("GetLogEvents", "{\"events\":[],\"nextBackwardToken\":\"b/1\"}");
    aws.answer("GetLogEvents", "{\"events\":[],\"nextBackwardToken\":\"b/1\"}");
    assertThat(new JsonContainerLogs(aws).lastLines("g", "s", 2)).isEmpty();
    assertThat(aws.calls).hasSize(2);
  }

  @Test
  void aLogThatDoesNotExistHasNoLines() {
    aws.refuse(AwsService.LOGS, "GetLogEvents", "ResourceNotFoundException", "");
    assertThat(new JsonContainerLogs(aws).lastLines("g", "s", 2)).isEmpty();
  }

  @Test
  void aDeadLetterKeepsItsBodyAndSaysWhy() {
    aws.answer("SendMessage", "{}");
    new QueueDeadLetters(aws, "https://sqs/PushDeadLetterQueue")
        .add(new Batch.Message("m-1", "{oops", "", 1, Json.object()), "'\u0007oops' is no event");
    assertThat(aws.input(0))
        .isEqualTo(
            "{\"QueueUrl\":\"https://sqs/PushDeadLetterQueue\",\"MessageBody\":\"{oops\","
                + "\"MessageAttributes\":{\"Reason\":{\"DataType\":\"String\","
                + "\"StringValue\":\"' oops' is no event\"}}}");
  }

  @Test
  void aDeadLetterOfALaneStaysInItsGroup() {
    aws.answer("SendMessage", "{}");
    new QueueDeadLetters(aws, "https://sqs/LaneDeadLetterQueue.fifo")
        .add(new Batch.Message("m-1", "body", "lane-1", 1, Json.object()), "why");
    assertThat(Json.text(aws.calls.getFirst().input(), "MessageGroupId")).isEqualTo("lane-1");
    assertThat(Json.text(aws.calls.getFirst().input(), "MessageDeduplicationId")).isEqualTo("m-1");
  }
}
