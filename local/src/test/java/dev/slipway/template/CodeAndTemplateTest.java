package dev.slipway.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.AwsService;
import dev.slipway.local.template.FunctionSpec;
import dev.slipway.local.template.MappingSpec;
import dev.slipway.local.template.Stack;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The template against the code that it installs: what each packaged function calls and reads is
 * found in its class files, and the template must give exactly that.
 */
class CodeAndTemplateTest {

  private static final Stack STACK = Repository.template().stack(Repository.WITH_CHAT);

  private static final String ENVIRONMENT = "dev/slipway/runtime/Environment";

  /**
   * Set by Lambda, or by people who debug, or by the account on a laptop; never by the template.
   */
  private static final String NOT_OF_THE_TEMPLATE =
      "_?AWS_.*|_X_AMZN_TRACE_ID|POWERTOOLS_.*|SLIPWAY_CLOCK_URL";

  static Stream<String> functions() {
    return STACK.functions().stream().map(FunctionSpec::logicalId);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void theHandlerIsAClassOfTheZip(String logicalId) {
    FunctionSpec function = STACK.function(logicalId);
    String[] handler = function.handler().split("::");
    assertThat(handler).hasSize(2);
    assertThat(handler[1]).isEqualTo("handleRequest");
    Artefact artefact = AwsCalls.artefact(function);
    assertThat(artefact.has(handler[0])).as("%s in %s", handler[0], function.code()).isTrue();
    assertThat(
            artefact.implementsInterface(
                handler[0], "com.amazonaws.services.lambda.runtime.RequestStreamHandler"))
        .isTrue();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void aFunctionMayDoExactlyWhatItsCodeDoes(String logicalId) {
    FunctionSpec function = STACK.function(logicalId);
    Set<String> needed = new TreeSet<>();
    List<Artefact.Call> calls = AwsCalls.callsOf(function);
    for (AwsCalls.AwsCall call : AwsCalls.in(calls)) {
      needed.addAll(actions(call.service(), call.operation(), calls));
    }
    assertThat(needed).as("calls to AWS found in %s", logicalId).isNotEmpty();
    needed.addAll(ofThePlatform(function));
    Set<String> allowed =
        function.statements().stream()
            .flatMap(statement -> statement.actions().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(allowed).as("actions in the role of %s", logicalId).isEqualTo(needed);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void aFunctionIsGivenExactlyTheVariablesThatItReads(String logicalId) {
    FunctionSpec function = STACK.function(logicalId);
    Set<String> read = new TreeSet<>();
    for (Artefact.Call call : AwsCalls.callsOf(function)) {
      if (call.to().owner().equals(ENVIRONMENT)
          && Set.of("required", "optional").contains(call.to().name())) {
        call.arguments().get(0).ifPresent(read::add);
      }
    }
    read.removeIf(name -> name.matches(NOT_OF_THE_TEMPLATE));
    assertThat(function.environment().keySet())
        .as("environment of %s in the template, against what its code reads", logicalId)
        .isEqualTo(read);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void noFunctionIsGivenTheVariablesOfTheAccountOnALaptop(String logicalId) {
    assertThat(STACK.function(logicalId).environment().keySet())
        .noneMatch(name -> name.matches(NOT_OF_THE_TEMPLATE));
  }

  /** What IAM asks for when this operation is called. */
  private static Set<String> actions(
      AwsService service, String operation, List<Artefact.Call> calls) {
    return switch (service + " " + operation) {
      case "SQS SendMessageBatch" -> Set.of("sqs:SendMessage");
      // A transaction is authorised as what it consists of.
      case "DYNAMODB TransactWriteItems" ->
          parts(
              calls,
              Map.of(
                  "Put", "dynamodb:PutItem",
                  "Update", "dynamodb:UpdateItem",
                  "Delete", "dynamodb:DeleteItem",
                  "ConditionCheck", "dynamodb:ConditionCheckItem"));
      case "DYNAMODB TransactGetItems" -> Set.of("dynamodb:GetItem");
      // A registration passes the task's roles on, and sets the tags of the new revision.
      case "ECS RegisterTaskDefinition" ->
          Set.of("ecs:RegisterTaskDefinition", "ecs:TagResource", "iam:PassRole");
      // CodeDeploy registers the AppSpec that a deployment brings along, and reads the
      // configuration.
      case "CODEDEPLOY CreateDeployment" ->
          Set.of(
              "codedeploy:CreateDeployment",
              "codedeploy:RegisterApplicationRevision",
              "codedeploy:GetApplicationRevision",
              "codedeploy:GetDeploymentConfig",
              "codedeploy:UpdateDeploymentGroup");
      default -> Set.of(service.actionPrefix() + ":" + operation);
    };
  }

  /** The parts that the ledger's code puts into transactions, by the members' names. */
  private static Set<String> parts(List<Artefact.Call> calls, Map<String, String> actions) {
    Set<String> parts = new TreeSet<>();
    for (Artefact.Call call : calls) {
      if (call.in().owner().startsWith("dev/slipway/ledger/")) {
        call.arguments().stream()
            .flatMap(java.util.Optional::stream)
            .filter(actions::containsKey)
            .forEach(member -> parts.add(actions.get(member)));
      }
    }
    return parts;
  }

  /** What Lambda does in the name of the function's role. */
  private static Set<String> ofThePlatform(FunctionSpec function) {
    Set<String> actions = new TreeSet<>(Set.of("logs:CreateLogStream", "logs:PutLogEvents"));
    for (MappingSpec mapping : STACK.mappings()) {
      if (mapping.function().equals(function.logicalId())) {
        actions.addAll(
            switch (mapping) {
              case MappingSpec.Queue queue ->
                  Set.of("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes");
              case MappingSpec.Stream stream ->
                  Set.of(
                      "dynamodb:DescribeStream",
                      "dynamodb:GetRecords",
                      "dynamodb:GetShardIterator",
                      "dynamodb:ListStreams",
                      "sqs:SendMessage");
            });
      }
    }
    return actions;
  }
}
