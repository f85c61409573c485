package dev.slipway.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.iam.Access;
import dev.slipway.local.iam.Policies;
import dev.slipway.local.json.Json;
import dev.slipway.local.template.FunctionSpec;
import dev.slipway.local.template.MappingSpec;
import dev.slipway.local.template.QueueSpec;
import dev.slipway.local.template.Resource;
import dev.slipway.local.template.RuleSpec;
import dev.slipway.local.template.Stack;
import dev.slipway.local.template.Template;
import dev.slipway.local.template.TemplateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.event.ruler.Ruler;

/** What {@code template.yaml} promises to the person who installs it. */
class TemplateTest {

  private static final Template TEMPLATE = Repository.template();
  private static final Stack PLAIN = TEMPLATE.stack();
  private static final Stack WITH_CHAT = TEMPLATE.stack(Repository.WITH_CHAT);

  // ------------------------------------------------------------------------------- parameters

  @Test
  void everyParameterHasADefaultAndADescriptionAndRefusesNonsense() {
    assertThat(TEMPLATE.parameters().values())
        .allSatisfy(parameter -> {
          assertThat(parameter.description()).as(parameter.name()).isNotBlank();
          assertThat(parameter.defaultValue()).as(parameter.name()).isNotNull();
          assertThat(!parameter.allowedValues().isEmpty() || !parameter.allowedPattern().isEmpty())
              .as("%s has allowed values or a pattern", parameter.name())
              .isTrue();
        });
  }

  @Test
  void everyParameterStandsInExactlyOneGroupAndHasALabel() {
    JsonNode form = TEMPLATE.document().path("Metadata").path("AWS::CloudFormation::Interface");
    List<String> grouped = new ArrayList<>();
    form.path("ParameterGroups")
        .forEach(group -> grouped.addAll(Json.texts(group.path("Parameters"))));
    assertThat(grouped).containsExactlyInAnyOrderElementsOf(TEMPLATE.parameters().keySet());
    assertThat(form.path("ParameterLabels").properties())
        .extracting(Map.Entry::getKey)
        .containsExactlyInAnyOrderElementsOf(TEMPLATE.parameters().keySet());
  }

  @Test
  void everyParameterIsUsed() {
    String body =
        Json.write(TEMPLATE.document().path("Resources"))
            + Json.write(TEMPLATE.document().path("Conditions"));
    assertThat(TEMPLATE.parameters().keySet())
        .allMatch(name ->
            body.contains("{\"Ref\":\"" + name + "\"}") || body.contains("${" + name + "}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Mode              | dry-run
          ChatEndpoint      | url
          ImageReference    | tag
          Operators         | ada
          Operators         | U0123456789, U9876543210
          SlackChannel      | #deployments
          LogGroupPrefix    | /ecs/*
          LogGroupPrefix    | ''
          SlackApiUrl       | http://slack.com/api
          AlarmEmail        | ops
          AlarmTopicArn     | slipway-alarms
          LogRetentionDays  | 31
          ReconcileSchedule | hourly
          TaskRoles         | arn:aws:iam::123456789012:role/web
          """)
  void aParameterRefusesWhatCannotWork(String name, String value) {
    assertThatThrownBy(() -> TEMPLATE.stack(Map.of(name, value)))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Mode              | observe
          ImageReference    | digest
          SlackChannel      | C0123456789
          LogGroupPrefix    | /aws/ecs/prod-
          SlackApiUrl       | https://slack-gov.com/api
          AlarmEmail        | ops@example.com
          AlarmTopicArn     | arn:aws:sns:eu-west-1:123456789012:pager
          ReconcileSchedule | rate(15 minutes)
          TaskRoles         | ecs/*
          TaskRoles         | web-task-*
          """)
  void aParameterTakesWhatPeopleHave(String name, String value) {
    assertThat(TEMPLATE.stack(Map.of(name, value)).parameters().get(name).asText())
        .isEqualTo(value);
  }

  @Test
  void peopleWhoMayActNeedAWayToAct() {
    assertThatThrownBy(() -> TEMPLATE.stack(Map.of("Operators", "U0123456789")))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("ChatEndpoint");
  }

  // ------------------------------------------------------------------------------------- chat

  @Test
  void withoutChatNothingCanBeReachedFromTheInternet() {
    assertThat(PLAIN.resources().values())
        .extracting(Resource::type)
        .doesNotContain("AWS::Lambda::Url", "AWS::Lambda::Permission")
        .noneMatch(type -> type.startsWith("AWS::ApiGateway"));
    assertThat(PLAIN.functions())
        .extracting(FunctionSpec::logicalId)
        .containsExactlyInAnyOrder(
            "PlanFunction", "WatchFunction", "DeployFunction", "NotifyFunction");
    assertThat(PLAIN.functions())
        .allSatisfy(function -> {
          assertThat(function.url()).isNull();
          assertThat(function.routes()).isEmpty();
        });
    assertThat(PLAIN.outputs()).doesNotContainKey("SlackRequestUrl");
  }

  @Test
  void aFunctionUrlLeadsToTheDoorAndToNothingElse() {
    assertThat(WITH_CHAT.functions().stream().filter(function -> function.url() != null))
        .extracting(FunctionSpec::logicalId)
        .containsExactly("ChatDoorFunction");
    assertThat(WITH_CHAT.ofType("AWS::ApiGatewayV2::Api")).isEmpty();
    assertThat(WITH_CHAT.outputs().get("SlackRequestUrl")).endsWith("/slack");
  }

  @Test
  void anHttpApiLeadsToTheDoorByOneRouteAndHasNoFunctionUrl() {
    Stack stack = TEMPLATE.stack(Map.of("ChatEndpoint", "http-api"));
    assertThat(stack.function("ChatDoorFunction").routes())
        .singleElement()
        .satisfies(route -> {
          assertThat(route.method()).isEqualTo("POST");
          assertThat(route.path()).isEqualTo("/slack");
        });
    assertThat(stack.functions()).allMatch(function -> function.url() == null);
    assertThat(stack.ofType("AWS::Lambda::Url")).isEmpty();
    assertThat(stack.outputs().get("SlackRequestUrl")).endsWith("/slack");
    assertThat(stack.ofType("AWS::ApiGatewayV2::Integration"))
        .allMatch(integration ->
            integration.properties().path("PayloadFormatVersion").asText().equals("2.0"));
  }

  /** A new account has so little concurrency that every reservation is refused. */
  @Test
  void thePublicUrlCanBeGivenABrakeAndReservesNothingByDefault() {
    assertThat(WITH_CHAT.functions())
        .allSatisfy(function -> assertThat(function.reservedConcurrency()).isNegative());
    Stack braked = TEMPLATE.stack(Map.of("ChatEndpoint", "function-url", "ChatConcurrency", "10"));
    assertThat(braked.function("ChatDoorFunction").reservedConcurrency()).isEqualTo(10);
    assertThat(braked.function("ChatDeskFunction").reservedConcurrency()).isNegative();
  }

  @Test
  void theSlackSecretIsMadeEmptyAndNoParameterAsksForAToken() {
    Resource secret = PLAIN.resource("SlackSecret");
    JsonNode value = Json.parse(secret.properties().path("SecretString").asText());
    assertThat(value.properties())
        .extracting(Map.Entry::getKey)
        .containsExactly("botToken", "signingSecret", "webhookUrl");
    assertThat(value).allMatch(field -> field.asText().isEmpty());
    assertThat(TEMPLATE.parameters().keySet())
        .noneMatch(name -> name.matches("(?i).*(token|secret|webhook|password).*"));
  }

  // ------------------------------------------------------------------------------------ queues

  @Test
  void everyQueueThatAFunctionReadsHasADeadLetterQueueThatKeepsFourteenDays() {
    for (MappingSpec mapping : WITH_CHAT.mappings()) {
      if (mapping instanceof MappingSpec.Queue queue) {
        QueueSpec source = queue(queue.sourceArn());
        assertThat(source.deadLetterArn()).as(source.logicalId()).isNotNull();
        QueueSpec dead = queue(source.deadLetterArn());
        assertThat(dead.logicalId())
            .isEqualTo(source.logicalId().replaceFirst("Queue$", "DeadLetterQueue"));
        assertThat(dead.retention()).isEqualTo(Duration.ofDays(14));
        assertThat(dead.fifo()).isEqualTo(source.fifo());
        assertThat(source.maxReceives()).isBetween(2, 10);
      }
    }
  }

  /**
   * Six times, as AWS advises for functions that may be throttled; the lanes' concurrency is
   * bounded, and a rollback may wait behind a look that failed.
   */
  @Test
  void aMessageStaysHiddenForSixTimesTheFunctionsTimeoutExceptInTheLanes() {
    for (MappingSpec mapping : WITH_CHAT.mappings()) {
      if (mapping instanceof MappingSpec.Queue queue) {
        Duration timeout = WITH_CHAT.function(queue.function()).timeout();
        Duration visibility = queue(queue.sourceArn()).visibility();
        if (queue.function().equals("DeployFunction")) {
          assertThat(visibility).isBetween(timeout.plusSeconds(5), timeout.multipliedBy(2));
        } else {
          assertThat(visibility)
              .as(queue.sourceArn())
              .isGreaterThanOrEqualTo(timeout.multipliedBy(6));
        }
      }
    }
  }

  /** Regression: what is hidden for longer than it is kept is never tried again, nor given up. */
  @Test
  void everyQueueKeepsAMessageUntilItHasBeenGivenUp() {
    for (MappingSpec mapping : WITH_CHAT.mappings()) {
      if (mapping instanceof MappingSpec.Queue queue) {
        QueueSpec source = queue(queue.sourceArn());
        assertThat(source.retention())
            .as(source.logicalId())
            .isGreaterThan(source.visibility().multipliedBy(source.maxReceives()));
      }
    }
  }

  /** So that a person is called while a message can still be saved from the dead letters. */
  @Test
  void aMessageThatAlwaysFailsIsGivenUpWithinHalfAnHour() {
    for (MappingSpec mapping : WITH_CHAT.mappings()) {
      if (mapping instanceof MappingSpec.Queue queue) {
        QueueSpec source = queue(queue.sourceArn());
        assertThat(source.visibility().multipliedBy(source.maxReceives()))
            .as(source.logicalId())
            .isLessThanOrEqualTo(Duration.ofMinutes(30));
      }
    }
  }

  /** Regression: a reconcile run that ran out of time made the pushes of its batch fail. */
  @Test
  void aPushSharesItsInvocationWithNothingElse() {
    for (String alone : List.of("PlanFunction", "DeployFunction")) {
      assertThat(
              WITH_CHAT.mappings().stream()
                  .filter(mapping -> mapping.function().equals(alone))
                  .map(MappingSpec::batchSize))
          .as(alone)
          .containsExactly(1);
    }
  }

  @Test
  void everyQueueIsReadWithBoundedConcurrencyAndPartialFailures() {
    assertThat(WITH_CHAT.mappings())
        .allSatisfy(mapping -> {
          assertThat(mapping.partialFailures()).as(mapping.logicalId()).isTrue();
          if (mapping instanceof MappingSpec.Queue queue) {
            assertThat(queue.maxConcurrency()).as(mapping.logicalId()).isBetween(2, 100);
          }
        });
  }

  @Test
  void everyQueueIsEncrypted() {
    assertThat(WITH_CHAT.ofType("AWS::SQS::Queue"))
        .allMatch(queue -> queue.properties().path("SqsManagedSseEnabled").asBoolean());
  }

  @Test
  void theLanesKeepTheOrderOfEachServiceAndNeverDropALookForItsContent() {
    QueueSpec lanes = WITH_CHAT.queue("LaneQueue");
    assertThat(lanes.fifo()).isTrue();
    assertThat(lanes.contentBasedDeduplication()).isFalse();
    assertThat(lanes.deduplicationPerGroup()).isTrue();
    assertThat(WITH_CHAT.resource("LaneQueue").properties().path("FifoThroughputLimit").asText())
        .isEqualTo("perMessageGroupId");
  }

  @Test
  void onlyTheRulesMayPutEventsIntoAQueue() {
    for (RuleSpec rule : WITH_CHAT.rules()) {
      for (RuleSpec.Target target : rule.targets()) {
        assertThat(target.deadLetterArn())
            .as("what %s cannot deliver", rule.logicalId())
            .isEqualTo(queue(target.arn()).deadLetterArn());
        for (String queue : List.of(target.arn(), target.deadLetterArn())) {
          assertThat(mayPut(queue, rule.arn())).as("%s into %s", rule.arn(), queue).isTrue();
          assertThat(mayPut(queue, rule.arn() + "x")).isFalse();
          assertThat(mayPut(queue, rule.arn().replace("123456789012", "210987654321"))).isFalse();
        }
      }
    }
    assertThat(mayPut(WITH_CHAT.queue("PushQueue").arn(), ruleArn("TaskRule"))).isFalse();
    assertThat(mayPut(WITH_CHAT.queue("EvidenceQueue").arn(), ruleArn("ImagePushRule"))).isFalse();
    for (String alone : List.of("LaneQueue", "ChatQueue", "NotifyDeadLetterQueue")) {
      assertThat(mayPut(WITH_CHAT.queue(alone).arn(), ruleArn("ImagePushRule"))).isFalse();
    }
  }

  @Test
  void everyRuleRetriesForAWhile() {
    assertThat(WITH_CHAT.rules())
        .flatExtracting(RuleSpec::targets)
        .allSatisfy(target -> {
          assertThat(target.maxRetries()).isBetween(1, 185);
          assertThat(target.maxAge()).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(86_400));
        });
    assertThat(
            TEMPLATE.document().path("Resources").properties().stream()
                .filter(entry -> entry.getValue().path("Type").asText().equals("AWS::Events::Rule"))
                .flatMap(
                    entry -> entry.getValue().path("Properties").path("Targets").valueStream()))
        .allMatch(target -> target.path("RetryPolicy").size() == 2);
  }

  // ------------------------------------------------------------------------------------ ledger

  @Test
  void theLedgerOutlivesTheStackAndCanBeWoundBack() {
    Resource ledger = PLAIN.resource("Ledger");
    assertThat(ledger.attributes().path("DeletionPolicy").asText()).isEqualTo("Retain");
    assertThat(ledger.attributes().path("UpdateReplacePolicy").asText()).isEqualTo("Retain");
    assertThat(
            ledger
                .properties()
                .at("/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled")
                .asBoolean())
        .isTrue();
    assertThat(ledger.properties().at("/SSESpecification/SSEEnabled").asBoolean()).isTrue();
    assertThat(ledger.properties().path("BillingMode").asText()).isEqualTo("PAY_PER_REQUEST");
    assertThat(ledger.properties().at("/StreamSpecification/StreamViewType").asText())
        .isEqualTo("NEW_AND_OLD_IMAGES");
    assertThat(PLAIN.tables())
        .singleElement()
        .satisfies(table -> assertThat(table.timeToLive()).isEqualTo("expires"));
  }

  @Test
  void aRecordThatNotifyCannotTellDoesNotHoldUpTheOthersForEver() {
    MappingSpec.Stream stream =
        (MappingSpec.Stream)
            PLAIN.mappings().stream()
                .filter(mapping -> mapping.function().equals("NotifyFunction"))
                .filter(MappingSpec.Stream.class::isInstance)
                .findFirst()
                .orElseThrow();
    assertThat(stream.bisect()).isTrue();
    assertThat(stream.maxRetries()).isBetween(1, 100);
    assertThat(stream.maxAge()).isLessThanOrEqualTo(Duration.ofHours(6));
    assertThat(stream.onFailureArn()).isEqualTo(PLAIN.queue("NotifyDeadLetterQueue").arn());
  }

  @Test
  void notifyIsWokenByDeploymentsAndPushesAndNotByItsOwnMessages() throws Exception {
    String pattern =
        PLAIN.mappings().stream()
            .filter(mapping -> mapping instanceof MappingSpec.Stream)
            .findFirst()
            .orElseThrow()
            .filters()
            .getFirst();
    ObjectNode record =
        (ObjectNode) Repository.event("dynamodb-stream-deployment").at("/Records/0");
    assertThat(Ruler.matchesRule(Json.write(record), pattern)).isTrue();
    ObjectNode key = (ObjectNode) record.at("/dynamodb/Keys/sk");
    for (String woken : List.of("deployment#0000000001", "push#2026-01-15T09:30:00Z#1")) {
      key.put("S", woken);
      assertThat(Ruler.matchesRule(Json.write(record), pattern)).as(woken).isTrue();
    }
    for (String other : List.of("head", "head.quarantine#sha256:0", "evidence#1#t", "0000000001")) {
      key.put("S", other);
      assertThat(Ruler.matchesRule(Json.write(record), pattern)).as(other).isFalse();
    }
    key.put("S", "push#1");
    record.put("eventName", "REMOVE");
    assertThat(Ruler.matchesRule(Json.write(record), pattern)).isFalse();
  }

  // --------------------------------------------------------------------------------- functions

  @Test
  void everyFunctionRunsOnJava25OnArmFromAZipThatSamLeavesAlone() {
    assertThat(WITH_CHAT.ofType("AWS::Serverless::Function"))
        .allSatisfy(function -> {
          JsonNode properties = function.properties();
          assertThat(properties.path("Runtime").asText()).isEqualTo("java25");
          assertThat(Json.texts(properties.path("Architectures"))).containsExactly("arm64");
          assertThat(properties.path("CodeUri").asText())
              .matches("functions/([a-z]+)/target/\\1\\.zip");
          assertThat(properties.path("Timeout").asInt()).isPositive();
        });
  }

  @Test
  void everyFunctionLogsIntoAGroupOfItsOwnThatForgets() {
    Set<String> groups = new TreeSet<>();
    for (Resource function : WITH_CHAT.ofType("AWS::Serverless::Function")) {
      JsonNode logging = function.properties().path("LoggingConfig");
      assertThat(logging.path("LogFormat").asText()).isEqualTo("Text");
      assertThat(groups.add(logging.path("LogGroup").asText())).isTrue();
    }
    assertThat(WITH_CHAT.ofType("AWS::Logs::LogGroup"))
        .allMatch(group -> group.properties().path("RetentionInDays").asInt() == 30)
        .extracting(group -> WITH_CHAT.ref(group.logicalId()))
        .containsExactlyInAnyOrderElementsOf(groups);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "function-url", "http-api"})
  void everyFunctionHasARoleThatNoOtherHas(String endpoint) {
    Stack stack = TEMPLATE.stack(Map.of("ChatEndpoint", endpoint));
    assertThat(stack.functions()).extracting(FunctionSpec::roleName).doesNotHaveDuplicates();
    assertThat(stack.ofType("AWS::IAM::Role")).hasSameSizeAs(stack.functions());
    assertThat(stack.ofType("AWS::IAM::Role"))
        .noneMatch(role -> role.properties().has("ManagedPolicyArns"));
  }

  // ------------------------------------------------------------------------------------ alarms

  @Test
  void somethingCallsWhenAQueueOrAFunctionIsInTrouble() {
    Set<String> alarms = new TreeSet<>();
    for (Resource alarm : WITH_CHAT.ofType("AWS::CloudWatch::Alarm")) {
      JsonNode properties = alarm.properties();
      alarms.add(
          properties.path("MetricName").asText()
              + " of "
              + properties.at("/Dimensions/0/Value").asText());
      assertThat(properties.path("TreatMissingData").asText()).isEqualTo("notBreaching");
      assertThat(Json.texts(properties.path("AlarmActions")))
          .containsExactly(WITH_CHAT.ref("AlarmTopic"));
      assertThat(properties.path("AlarmDescription").asText()).startsWith("Slipway, ");
    }
    Set<String> wanted = new TreeSet<>();
    for (QueueSpec queue : WITH_CHAT.queues()) {
      wanted.add(
          (queue.logicalId().endsWith("DeadLetterQueue")
                  ? "ApproximateNumberOfMessagesVisible"
                  : "ApproximateAgeOfOldestMessage")
              + " of "
              + queue.name());
    }
    for (FunctionSpec function : WITH_CHAT.functions()) {
      wanted.add("Errors of " + function.name());
      wanted.add("Throttles of " + function.name());
    }
    // Whoever reports the failures of a batch has no Errors of Lambda's to be called by.
    for (MappingSpec mapping : WITH_CHAT.mappings()) {
      assertThat(mapping.partialFailures()).isTrue();
      wanted.add("MessagesFailed of " + WITH_CHAT.function(mapping.function()).name());
    }
    wanted.add("SlackFailures of " + WITH_CHAT.function("NotifyFunction").name());
    wanted.add("IteratorAge of " + WITH_CHAT.function("NotifyFunction").name());
    assertThat(alarms).isEqualTo(wanted);
  }

  @Test
  void alarmsGoToTheTopicOfTheUserIfThereIsOne() {
    String topic = "arn:aws:sns:eu-west-1:123456789012:pager";
    Stack stack = TEMPLATE.stack(Map.of("AlarmTopicArn", topic, "AlarmEmail", "ops@example.com"));
    assertThat(stack.ofType("AWS::SNS::Topic")).isEmpty();
    assertThat(stack.ofType("AWS::SNS::Subscription")).isEmpty();
    assertThat(stack.ofType("AWS::CloudWatch::Alarm"))
        .allMatch(
            alarm -> Json.texts(alarm.properties().path("AlarmActions")).equals(List.of(topic)));
    assertThat(WITH_CHAT.ofType("AWS::SNS::Subscription")).hasSize(1);
    assertThat(PLAIN.ofType("AWS::SNS::Subscription")).isEmpty();
  }

  // ----------------------------------------------------------------------------------- outputs

  @Test
  void theOutputsSayWhatToDoNext() {
    Map<String, String> descriptions = new LinkedHashMap<>();
    TEMPLATE
        .document()
        .path("Outputs")
        .properties()
        .forEach(output ->
            descriptions.put(output.getKey(), output.getValue().path("Description").asText()));
    assertThat(descriptions.keySet()).isEqualTo(WITH_CHAT.outputs().keySet());
    assertThat(descriptions.values()).noneMatch(String::isBlank);
    assertThat(PLAIN.outputs().get("FollowARepository")).contains("key=slipway,value=on");
    assertThat(PLAIN.outputs().get("LookForMissedPushes"))
        .contains("--queue-url " + PLAIN.ref("PushQueue"))
        .endsWith("'" + Json.write(Repository.event("slipway-reconcile")) + "'");
    assertThat(PLAIN.outputs().get("ConnectSlack"))
        .contains("put-secret-value", PLAIN.ref("SlackSecret"));
  }

  private static QueueSpec queue(String arn) {
    return WITH_CHAT.queues().stream()
        .filter(queue -> queue.arn().equals(arn))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no queue " + arn));
  }

  private static String ruleArn(String logicalId) {
    return WITH_CHAT.rules().stream()
        .filter(rule -> rule.logicalId().equals(logicalId))
        .findFirst()
        .orElseThrow()
        .arn();
  }

  private static boolean mayPut(String queueArn, String ruleArn) {
    QueueSpec queue = queue(queueArn);
    return WITH_CHAT.queuePolicies().stream()
        .filter(policy -> policy.queueUrls().contains(queue.url()))
        .anyMatch(policy ->
            Policies.letsServiceIn(
                policy.statements(),
                "events.amazonaws.com",
                Access.of("sqs:SendMessage", queueArn).with("aws:SourceArn", ruleArn)));
  }
}
