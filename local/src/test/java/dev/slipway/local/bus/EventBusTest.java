package dev.slipway.local.bus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;
import dev.slipway.local.json.Json;
import dev.slipway.local.queue.Queue;
import dev.slipway.local.queue.Queues;
import dev.slipway.local.template.Stack;
import dev.slipway.local.template.Template;
import dev.slipway.local.time.AccountClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventBusTest {

  private static final String TEMPLATE =
      """
      Resources:
        Work: { Type: AWS::SQS::Queue }
        Dead: { Type: AWS::SQS::Queue }
        Closed: { Type: AWS::SQS::Queue }
        Pushes:
          Type: AWS::Events::Rule
          Properties:
            EventPattern:
              source: [aws.ecr]
              detail: { action-type: [PUSH], image-tag: [{ anything-but: { suffix: [.sig] } }] }
            Targets: [{ Id: work, Arn: !GetAtt Work.Arn }]
        Refused:
          Type: AWS::Events::Rule
          Properties:
            EventPattern: { source: [refused] }
            Targets:
              - Id: closed
                Arn: !GetAtt Closed.Arn
                DeadLetterConfig: { Arn: !GetAtt Dead.Arn }
        Off:
          Type: AWS::Events::Rule
          Properties:
            State: DISABLED
            EventPattern: { source: [aws.ecr] }
            Targets: [{ Id: work, Arn: !GetAtt Work.Arn }]
        Own:
          Type: AWS::Events::Rule
          Properties:
            EventPattern: { source: [slipway] }
            Targets: [{ Id: work, Arn: !GetAtt Work.Arn, Input: '{"constant":true}' }]
        Clock:
          Type: AWS::Events::Rule
          Properties:
            ScheduleExpression: rate(1 minute)
            Targets: [{ Id: work, Arn: !GetAtt Work.Arn, Input: '{"tick":true}' }]
        Policy:
          Type: AWS::SQS::QueuePolicy
          Properties:
            Queues: [!Ref Work, !Ref Dead]
            PolicyDocument:
              Statement:
                Effect: Allow
                Principal: { Service: events.amazonaws.com }
                Action: sqs:SendMessage
                Resource: "*"
      """;

  private final AccountClock clock = new AccountClock(Instant.parse("2026-01-05T09:00:00.5Z"));
  private final Stack stack = Template.parse(TEMPLATE, Path.of(".")).stack();
  private final Queues queues = new Queues(clock, new Random(1));

  private EventBus bus(boolean shuffle, long seed) {
    stack.queues().forEach(queues::create);
    return new EventBus(clock, stack, queues, new Random(seed), shuffle);
  }

  private Queue queue(String id) {
    return queues.byArn(stack.queue(id).arn());
  }

  private static ObjectNode push(String tag) {
    ObjectNode event =
        Json.object().put("source", "aws.ecr").put("detail-type", "ECR Image Action");
    event.putObject("detail").put("action-type", "PUSH").put("image-tag", tag);
    return event;
  }

  @Test
  void anEventGoesWhereThePatternSaysInTheEnvelopeOfEventBridge() {
    EventBus bus = bus(false, 1);
    bus.accept(push("v1"));
    bus.accept(push("sha256-0.sig"));

    assertThat(queue("Work").bodies()).hasSize(1);
    ObjectNode event = Json.parseObject(queue("Work").bodies().getFirst());
    assertThat(event.path("detail").path("image-tag").asText()).isEqualTo("v1");
    assertThat(event.path("account").asText()).isEqualTo("123456789012");
    assertThat(event.path("region").asText()).isEqualTo("eu-west-1");
    assertThat(event.path("time").asText()).isEqualTo("2026-01-05T09:00:00Z");
    assertThat(event.path("id").asText()).hasSize(36);
  }

  @Test
  void whatAQueueDoesNotLetInGoesToTheDeadLetterQueueWithTheReason() {
    bus(false, 1).accept(Json.object().put("source", "refused").put("detail-type", "x"));

    assertThat(queue("Closed").bodies()).isEmpty();
    Queue.Received dead = queue("Dead").receive(1, Duration.ofSeconds(1)).getFirst();
    assertThat(dead.messageAttributes().path("ERROR_CODE").path("StringValue").asText())
        .isEqualTo("NO_PERMISSIONS");
    assertThat(dead.messageAttributes().path("RULE_ARN").path("StringValue").asText())
        .isEqualTo(stack.attribute("Refused", "Arn"));
  }

  @Test
  void ownEventsAreRoutedLikeAwss() {
    ObjectNode input = Json.object();
    input
        .putArray("Entries")
        .addObject()
        .put("Source", "slipway")
        .put("DetailType", "Deployment")
        .put("Detail", "{\"a\":1}");
    input.withArray("Entries").addObject().put("Source", "slipway").put("Detail", "no json");
    input
        .withArray("Entries")
        .addObject()
        .put("Source", "aws.ecs")
        .put("DetailType", "x")
        .put("Detail", "{}");
    ObjectNode output = bus(false, 1).call(AwsService.EVENTS, "PutEvents", input);

    assertThat(output.path("FailedEntryCount").asInt()).isEqualTo(2);
    assertThat(output.path("Entries").findValuesAsText("ErrorCode"))
        .containsExactly("MalformedDetail", "NotAuthorizedForSourceException");
    assertThat(queue("Work").bodies()).containsExactly("{\"constant\":true}");
  }

  @Test
  void aScheduleSendsItsConstantEveryPeriod() {
    bus(false, 1).startSchedules();
    clock.advance(Duration.ofSeconds(59));
    assertThat(queue("Work").bodies()).isEmpty();
    clock.advance(Duration.ofMinutes(3));
    assertThat(queue("Work").bodies())
        .containsExactly("{\"tick\":true}", "{\"tick\":true}", "{\"tick\":true}");
    assertThat(clock.busy()).isFalse();
  }

  @Test
  void aCronScheduleSendsItsConstantAtItsTimesInUtc() {
    Stack daily =
        Template.parse(TEMPLATE.replace("rate(1 minute)", "cron(0 6,18 * * ? *)"), Path.of("."))
            .stack();
    daily.queues().forEach(queues::create);
    new EventBus(clock, daily, queues, new Random(1), false).startSchedules();
    clock.advanceTo(Instant.parse("2026-01-05T17:59:59Z"));
    assertThat(queue("Work").bodies()).isEmpty();
    clock.advanceTo(Instant.parse("2026-01-06T06:00:00Z"));
    assertThat(queue("Work").bodies()).containsExactly("{\"tick\":true}", "{\"tick\":true}");
  }

  @Test
  void shuffledEventsComeLateTwiceAndInAnotherOrderAndAllOfThemCome() {
    List<String> sent = java.util.stream.IntStream.range(0, 40).mapToObj(i -> "v" + i).toList();
    EventBus bus = bus(true, 7);
    sent.forEach(tag -> bus.accept(push(tag)));
    assertThat(queue("Work").bodies().size()).isLessThan(40);
    clock.advance(Duration.ofSeconds(10));

    List<String> arrived =
        queue("Work").bodies().stream()
            .map(body -> Json.parse(body).path("detail").path("image-tag").asText())
            .toList();
    assertThat(arrived).containsAll(sent).hasSizeGreaterThan(40).isNotEqualTo(sent);
  }
}
