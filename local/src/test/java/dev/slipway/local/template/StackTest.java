package dev.slipway.local.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StackTest {

  private static final String BASE =
      """
      AWSTemplateFormatVersion: "2010-09-09"
      Transform: AWS::Serverless-2016-10-31
      Parameters:
        Mode: { Type: String, Default: act, AllowedValues: [act, observe] }
        Names: { Type: CommaDelimitedList, Default: "a, b" }
        Chat: { Type: String, Default: "none" }
      Mappings:
        Sizes: { small: { memory: 512 } }
      Conditions:
        WithChat: !Not [!Equals [!Ref Chat, none]]
        Watching: !And [!Condition WithChat, !Equals [!Ref Mode, observe]]
      Globals:
        Function:
          Runtime: java25
          Environment: { Variables: { SHARED: "1", MODE: !Ref Mode } }
      Resources:
        Work:
          Type: AWS::SQS::Queue
          Properties:
            VisibilityTimeout: 60
            RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 }
        Dead:
          Type: AWS::SQS::Queue
        Lane:
          Type: AWS::SQS::Queue
          Properties: { FifoQueue: true }
        Hidden:
          Type: AWS::SQS::Queue
          Condition: WithChat
        Worker:
          Type: AWS::Serverless::Function
          Properties:
            CodeUri: worker.zip
            Handler: example.Worker::handleRequest
            MemorySize: !FindInMap [Sizes, small, memory]
            Timeout: 10
            Environment:
              Variables:
                SHARED: "2"
                LANE: !Ref Lane
                JOINED: !Join ["-", [!Select [1, !Ref Names], !Ref AWS::Region]]
                CHAT: !If [WithChat, "yes", !Ref AWS::NoValue]
                TEXT: !Sub ["${who} of ${AWS::AccountId} ${!kept} ${Lane.Arn}", { who: !Ref Mode }]
            Policies:
              - Statement:
                  - Effect: Allow
                    Action: sqs:SendMessage
                    Resource: !GetAtt Lane.Arn
            Events:
              Works:
                Type: SQS
                Properties:
                  Queue: !GetAtt Work.Arn
                  BatchSize: 5
                  FunctionResponseTypes: [ReportBatchItemFailures]
                  ScalingConfig: { MaximumConcurrency: 2 }
        Clock:
          Type: AWS::Events::Rule
          Properties:
            ScheduleExpression: rate(5 minutes)
            Targets: [{ Id: work, Arn: !GetAtt Work.Arn, Input: '{"tick":1}' }]
        Pushes:
          Type: AWS::Events::Rule
          Properties:
            EventPattern: { source: [aws.ecr] }
            Targets:
              - { Id: work, Arn: !GetAtt Work.Arn, DeadLetterConfig: { Arn: !GetAtt Dead.Arn } }
      Outputs:
        WorkUrl: { Value: !Ref Work }
        ChatUrl: { Condition: WithChat, Value: !Ref Hidden }
      """;

  private static Stack stack(Map<String, String> overrides) {
    return Template.parse(BASE, Path.of("/project")).stack(overrides);
  }

  @Test
  void functionsAreResolvedWithTheirGlobals() {
    FunctionSpec worker = stack(Map.of()).function("Worker");

    assertThat(worker.memoryMegabytes()).isEqualTo(512);
    assertThat(worker.timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(worker.runtime()).isEqualTo("java25");
    assertThat(worker.code()).isEqualTo(Path.of("/project/worker.zip"));
    String lane = stack(Map.of()).queue("Lane").name();
    assertThat(lane).startsWith("slipway-Lane-").endsWith(".fifo");
    assertThat(worker.environment())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "SHARED", "2",
                "MODE", "act",
                "LANE", "https://sqs.eu-west-1.amazonaws.com/123456789012/" + lane,
                "JOINED", "b-eu-west-1",
                "TEXT", "act of 123456789012 ${kept} arn:aws:sqs:eu-west-1:123456789012:" + lane));
  }

  @Test
  void aRoleHoldsWhatTheTemplateGrantsAndWhatSamAddsForTheEvents() {
    assertThat(stack(Map.of()).function("Worker").statements())
        .flatExtracting(statement -> statement.actions())
        .contains("sqs:SendMessage", "sqs:ReceiveMessage", "logs:PutLogEvents")
        .doesNotContain("dynamodb:GetRecords");
  }

  @Test
  void conditionsDecideWhatExists() {
    Stack without = stack(Map.of());
    assertThat(without.conditions()).isEmpty();
    assertThat(without.resources()).doesNotContainKey("Hidden");
    assertThat(without.outputs()).containsOnlyKeys("WorkUrl");

    Stack with = stack(Map.of("Chat", "url", "Mode", "observe"));
    assertThat(with.conditions()).containsExactly("WithChat", "Watching");
    assertThat(with.outputs()).containsKey("ChatUrl");
    assertThat(with.function("Worker").environment()).containsEntry("CHAT", "yes");
  }

  @Test
  void queuesMappingsAndRulesAreAsWritten() {
    Stack stack = stack(Map.of());
    assertThat(stack.queue("Work").visibility()).isEqualTo(Duration.ofMinutes(1));
    assertThat(stack.queue("Work").deadLetterArn()).isEqualTo(stack.queue("Dead").arn());
    assertThat(stack.queue("Work").maxReceives()).isEqualTo(3);
    assertThat(stack.mappings())
        .containsExactly(
            new MappingSpec.Queue(
                "WorkerWorks",
                "Worker",
                stack.queue("Work").arn(),
                5,
                Duration.ZERO,
                true,
                List.of(),
                2));
    assertThat(stack.rules())
        .extracting(RuleSpec::logicalId, RuleSpec::schedule, RuleSpec::pattern)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "Clock", new Schedule.Rate(Duration.ofMinutes(5)), null),
            org.assertj.core.groups.Tuple.tuple("Pushes", null, "{\"source\":[\"aws.ecr\"]}"));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "A: { Type: AWS::S3::Bucket } | no resources of the type 'AWS::S3::Bucket'",
        "A: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Nobody } }"
            + " | no parameter or resource Nobody",
        "A: { Type: AWS::SQS::Queue, Properties: { QueueName: !Cidr x } } | !Cidr is not supported",
        "A: { Type: AWS::SQS::Queue, Properties: { QueueName: !ImportValue x } } | no other stack",
        "A: { Type: AWS::SQS::Queue, Properties: { FifoQueue: on } } | quote it",
        "A: { Type: AWS::SQS::Queue, Properties: { QueueName: a, QueueName: b } } | stands here"
            + " twice",
        "A: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Hidden } }"
            + " | which the condition WithChat leaves out",
        "A: { Type: AWS::Events::Rule, Properties: { ScheduleExpression: rate(1 minutes),"
            + " Targets: [{ Id: a, Arn: b }] } } | rate(1 minute) or rate(2 minutes)",
        "A: { Type: AWS::Events::Rule, Properties: { ScheduleExpression: cron(0 6 * * *),"
            + " Targets: [{ Id: a, Arn: b }] } } | has 5 fields",
      })
  void whatTheLocalAccountDoesNotHaveIsNamed(String resource, String message) {
    String yaml = BASE.replace("Outputs:", "  " + resource + "\nOutputs:");
    assertThatThrownBy(() -> Template.parse(yaml, Path.of("/project")).stack())
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining(message);
  }

  @Test
  void parametersAreChecked() {
    assertThatThrownBy(() -> stack(Map.of("Mode", "nothing")))
        .hasMessage("Parameters.Mode: 'nothing' is not one of [act, observe]");
    assertThatThrownBy(() -> stack(Map.of("Moode", "act")))
        .hasMessageContaining("There is no parameter Moode");
  }

  @Test
  void rulesAboutParametersAreAsserted() {
    String yaml =
        BASE
            + """
            Rules:
              ChatNeedsObserving:
                RuleCondition: !Not [!Equals [!Ref Chat, none]]
                Assertions:
                  - Assert: !Equals [!Ref Mode, observe]
                    AssertDescription: only while observing
            """;
    Template template = Template.parse(yaml, Path.of("/project"));
    assertThat(template.stack(Map.of("Chat", "url", "Mode", "observe")).conditions()).isNotEmpty();
    assertThatThrownBy(() -> template.stack(Map.of("Chat", "url")))
        .hasMessage("Rules.ChatNeedsObserving: only while observing");
  }

  @Test
  void theProjectsOwnTemplateIsRead() {
    Template template = Template.read(Path.of(System.getProperty("slipway.root"), "template.yaml"));
    Stack stack = template.stack(Map.of("ChatEndpoint", "function-url"));

    assertThat(stack.functions())
        .extracting(FunctionSpec::logicalId)
        .contains("PlanFunction", "DeployFunction", "ChatDoorFunction");
    assertThat(stack.function("ChatDoorFunction").url()).isNotNull();
    assertThat(template.stack(Map.of("ChatEndpoint", "http-api")).function("ChatDoorFunction"))
        .extracting(FunctionSpec::routes)
        .isEqualTo(List.of(new FunctionSpec.Route("chatapi", "POST", "/slack")));
  }
}
