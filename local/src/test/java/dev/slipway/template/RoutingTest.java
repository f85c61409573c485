package dev.slipway.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.json.Json;
import dev.slipway.local.template.MappingSpec;
import dev.slipway.local.template.QueueSpec;
import dev.slipway.local.template.RuleSpec;
import dev.slipway.local.template.Stack;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.event.ruler.Ruler;

/**
 * The template's rules, through AWS's own matcher: every file in {@code events/} goes where {@code
 * events/README.md} says, and what only looks like it does not.
 */
class RoutingTest {

  private static final Stack STACK = Repository.template().stack(Repository.WITH_CHAT);

  /** A row of the table in events/README.md: file, sent when, goes to, source. */
  private static final Pattern ROW =
      Pattern.compile("\\| \\[([^]]+)]\\(\\1\\.json\\) \\| [^|]+ \\| ([^|]+) \\| \\[[^|]+] \\|");

  static Map<String, String> table() {
    Map<String, String> table = new LinkedHashMap<>();
    for (String line : Repository.lines(Repository.ROOT.resolve("events/README.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        table.put(row.group(1), row.group(2));
      }
    }
    return table;
  }

  static Stream<Arguments> rows() {
    return table().entrySet().stream()
        .filter(row -> Repository.event(row.getKey()).path("source").asText().startsWith("aws."))
        .map(row -> arguments(row.getKey(), row.getValue()));
  }

  @Test
  void everyFileHasARowAndEveryRowAFile() {
    assertThat(new TreeSet<>(table().keySet()))
        .isEqualTo(new TreeSet<>(Repository.events().keySet()));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void anEventGoesWhereTheTableSays(String file, String goesTo) {
    String function = goesTo.replaceFirst(", which drops it$", "");
    assertThat(functionsFor(Repository.event(file)))
        .isEqualTo(function.equals("nobody") ? List.of() : List.of(function));
  }

  @ParameterizedTest
  @MethodSource("nearMisses")
  void whatOnlyLooksLikeAnEventGoesToNobody(String file, String what, Consumer<ObjectNode> change) {
    ObjectNode event = (ObjectNode) Repository.event(file);
    assertThat(functionsFor(event)).as("%s as it is", file).hasSize(1);
    change.accept(event);
    assertThat(functionsFor(event)).as("%s with %s", file, what).isEmpty();
  }

  static Stream<Arguments> nearMisses() {
    String push = "ecr-image-action-push";
    String task = "ecs-task-state-change-stopped-essential-container-exited";
    String action = "ecs-service-action-task-placement-failure";
    return Stream.of(
        miss(push, "action-type", "DELETE"),
        miss(push, "action-type", "push"),
        miss(push, "action-type", "PULL"),
        miss(push, "result", "FAILURE"),
        miss(push, "result", "FAILED"),
        miss(push, "image-tag", "sha256-" + "0".repeat(64) + ".sig"),
        miss(push, "image-tag", "sha256-" + "0".repeat(64) + ".att"),
        miss(push, "image-tag", "sha256-" + "0".repeat(64) + ".sbom"),
        miss(push, "image-tag", "v1-soci"),
        without(push, "image-tag"),
        without(push, "action-type"),
        without(push, "result"),
        envelope(push, "source", "com.example.ecr"),
        envelope(push, "detail-type", "ECR Referrer Action"),
        envelope(push, "detail-type", "ecr image action"),
        miss("ecr-replication-action", "result", "FAILED"),
        miss("ecr-replication-action", "action-type", "PUSH"),
        envelope("ecs-deployment-state-change-failed", "source", "slipway"),
        envelope("ecs-deployment-state-change-failed", "detail-type", "ECS Service Deployment"),
        miss(task, "lastStatus", "STOPPING"),
        miss(task, "lastStatus", "DEPROVISIONING"),
        miss(task, "lastStatus", "RUNNING"),
        miss(task, "startedBy", "somebody"),
        miss(task, "startedBy", "ecs-svc"),
        without(task, "startedBy"),
        miss(task, "group", "family:web"),
        miss(task, "group", "web"),
        without(task, "group"),
        miss(action, "eventType", "INFO"),
        without(action, "eventType"),
        envelope("ecs-hook-state-change-awaiting-action", "source", "aws.codedeploy"),
        envelope("cloudwatch-alarm-state-change-alarm", "source", "com.example.cloudwatch"),
        envelope(
            "cloudwatch-alarm-state-change-alarm",
            "detail-type",
            "CloudWatch Alarm Contributor State Change"),
        without("cloudwatch-alarm-state-change-alarm", "state"),
        miss("codedeploy-deployment-state-change-failure", "state", "QUEUED"),
        without("codedeploy-deployment-state-change-failure", "state"),
        envelope(
            "codedeploy-deployment-state-change-failure",
            "detail-type",
            "CodeDeploy Instance State-change Notification"),
        envelope("codedeploy-deployment-state-change-failure", "source", "aws.ecs"));
  }

  @ParameterizedTest
  @MethodSource("unknownTags")
  void aTagThatOnlyResemblesASignatureIsAPush(String tag) {
    ObjectNode event = (ObjectNode) Repository.event("ecr-image-action-push");
    ((ObjectNode) event.path("detail")).put("image-tag", tag);
    assertThat(functionsFor(event)).containsExactly("plan");
  }

  static Stream<String> unknownTags() {
    return Stream.of("sig", "v1.sig.2", "attic", "soci", "latest", "main-0123abc", "sha256-app");
  }

  @Test
  void aFieldThatAwsAddsLaterChangesNothing() {
    rows()
        .forEach(row -> {
          ObjectNode event = (ObjectNode) Repository.event((String) row.get()[0]);
          List<String> before = functionsFor(event);
          event.put("new-in-the-envelope", "x");
          ((ObjectNode) event.path("detail")).putObject("newInTheDetail").put("x", 1);
          assertThat(functionsFor(event)).isEqualTo(before);
        });
  }

  @Test
  void theClocksSendTheirFileToTheQueueOfTheFunctionInTheTable() {
    Map<String, String> clocks =
        Map.of("ClockRule", "slipway-clock", "ReconcileRule", "slipway-reconcile");
    assertThat(STACK.rules().stream().filter(rule -> rule.schedule() != null))
        .extracting(RuleSpec::logicalId)
        .containsExactlyInAnyOrderElementsOf(clocks.keySet());
    for (RuleSpec rule : STACK.rules()) {
      if (rule.schedule() != null) {
        String file = clocks.get(rule.logicalId());
        assertThat(rule.targets())
            .allSatisfy(
                target -> assertThat(Json.parse(target.input())).isEqualTo(Repository.event(file)));
        assertThat(rule.targets().stream().map(target -> functionBehind(target.arn())))
            .containsExactly(table().get(file).split(", "));
      }
    }
  }

  @Test
  void noPatternIsLongerThanEventBridgeTakes() {
    for (RuleSpec rule : STACK.rules()) {
      if (rule.pattern() != null) {
        assertThat(rule.pattern().length()).as(rule.logicalId()).isLessThanOrEqualTo(4096);
      }
    }
  }

  @Test
  void noRuleListensToSlipwayItself() {
    ObjectNode own = (ObjectNode) Repository.event("ecs-deployment-state-change-failed");
    own.put("source", "slipway").put("detail-type", "Slipway Deployment");
    assertThat(functionsFor(own)).isEmpty();
  }

  private static Arguments miss(String file, String field, String value) {
    Consumer<ObjectNode> change = event -> ((ObjectNode) event.path("detail")).put(field, value);
    return arguments(file, field + "=" + value, change);
  }

  private static Arguments without(String file, String field) {
    Consumer<ObjectNode> change = event -> ((ObjectNode) event.path("detail")).remove(field);
    return arguments(file, "no " + field, change);
  }

  private static Arguments envelope(String file, String field, String value) {
    Consumer<ObjectNode> change = event -> event.put(field, value);
    return arguments(file, field + "=" + value, change);
  }

  /** In the words of the table: {@code plan}. */
  private static List<String> functionsFor(JsonNode event) {
    return STACK.rules().stream()
        .filter(rule -> rule.pattern() != null && matches(event, rule.pattern()))
        .flatMap(rule -> rule.targets().stream())
        .map(target -> functionBehind(target.arn()))
        .toList();
  }

  private static boolean matches(JsonNode event, String pattern) {
    try {
      return Ruler.matchesRule(Json.write(event), pattern);
    } catch (Exception unreadable) {
      throw new IllegalStateException("event-ruler refuses " + pattern, unreadable);
    }
  }

  private static String functionBehind(String queueArn) {
    assertThat(STACK.queues()).extracting(QueueSpec::arn).contains(queueArn);
    List<MappingSpec> mappings =
        STACK.mappings().stream().filter(mapping -> mapping.sourceArn().equals(queueArn)).toList();
    assertThat(mappings).hasSize(1);
    return switch (mappings.getFirst().function()) {
      case "PlanFunction" -> "plan";
      case "WatchFunction" -> "watch";
      case "NotifyFunction" -> "notify";
      default -> mappings.getFirst().function();
    };
  }
}
