package dev.slipway.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.local.iam.Access;
import dev.slipway.local.iam.Policies;
import dev.slipway.local.iam.Statement;
import dev.slipway.local.template.FunctionSpec;
import dev.slipway.local.template.Stack;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What nobody may do: the promises of the design about IAM, asked of the template's policies. */
class PermissionsTest {

  private static final Stack STACK = Repository.template().stack(Repository.WITH_CHAT);

  private static final String ECS = "arn:aws:ecs:eu-west-1:123456789012:";

  private static final String SERVICE = ECS + "service/shop/web";

  private static final String ROLE = "arn:aws:iam::123456789012:role/";

  private static final Pattern READING = Pattern.compile("[a-z]+:(Describe|List|Get|BatchGet).*");

  @ParameterizedTest
  @CsvSource({"on, true", "observe, false", "off, false", "ON, false", "'', false"})
  void aServiceIsUpdatedOnlyIfItsOwnerSaysOn(String tag, boolean may) {
    Access update = Access.of("ecs:UpdateService", SERVICE);
    assertThat(may("DeployFunction", update.with("aws:ResourceTag/slipway", tag))).isEqualTo(may);
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "observe", "off"})
  void ecsOwnWayBackStaysOpenWhereTheOwnerSwitchesOffInTheMiddleOfARollout(String tag) {
    Access stop = Access.of("ecs:StopServiceDeployment", SERVICE);
    assertThat(may("DeployFunction", stop.with("aws:ResourceTag/slipway", tag))).isTrue();
    assertThat(may("DeployFunction", stop.with("aws:ResourceTag/other", tag))).isFalse();
  }

  @Test
  void aServiceWithoutTheTagIsNeverChanged() {
    assertThat(may("DeployFunction", Access.of("ecs:UpdateService", SERVICE))).isFalse();
    assertThat(may("DeployFunction", Access.of("ecs:StopServiceDeployment", SERVICE))).isFalse();
    assertThat(
            may(
                "DeployFunction",
                Access.of("ecs:UpdateService", SERVICE).with("aws:ResourceTag/other", "on")))
        .isFalse();
  }

  @Test
  void aServiceOfAnotherRegionOrAccountIsNeverChanged() {
    for (String elsewhere :
        List.of(
            SERVICE.replace("eu-west-1", "us-east-1"),
            SERVICE.replace("123456789012", "210987654321"))) {
      assertThat(
              may(
                  "DeployFunction",
                  Access.of("ecs:UpdateService", elsewhere).with("aws:ResourceTag/slipway", "on")))
          .isFalse();
    }
  }

  @Test
  void onlyDeployChangesAnythingOutsideOfSlipway() {
    for (FunctionSpec function : STACK.functions()) {
      Set<String> changing = new TreeSet<>();
      for (Statement statement : function.statements()) {
        statement.actions().stream()
            .filter(action -> !READING.matcher(action).matches())
            .filter(action -> !action.matches("(logs|sqs|dynamodb):.*"))
            .forEach(changing::add);
      }
      switch (function.logicalId()) {
        case "DeployFunction" ->
            assertThat(changing)
                .containsExactlyInAnyOrder(
                    "ecs:UpdateService",
                    "ecs:StopServiceDeployment",
                    "ecs:RegisterTaskDefinition",
                    "ecs:DeregisterTaskDefinition",
                    "ecs:TagResource",
                    "iam:PassRole",
                    "codedeploy:CreateDeployment",
                    "codedeploy:RegisterApplicationRevision",
                    "codedeploy:UpdateDeploymentGroup",
                    "codedeploy:StopDeployment",
                    "codedeploy:ContinueDeployment",
                    "ssm:PutParameter");
        case "NotifyFunction" -> assertThat(changing).containsExactly("events:PutEvents");
        default -> assertThat(changing).as(function.logicalId()).isEmpty();
      }
    }
  }

  @Test
  void rolesArePassedToEcsTasksAndToNothingElse() {
    Access pass = Access.of("iam:PassRole", ROLE + "web-task");
    assertThat(may("DeployFunction", pass.with("iam:PassedToService", "ecs-tasks.amazonaws.com")))
        .isTrue();
    assertThat(may("DeployFunction", pass)).isFalse();
    for (String service :
        List.of("lambda.amazonaws.com", "ec2.amazonaws.com", "ecs.amazonaws.com")) {
      assertThat(may("DeployFunction", pass.with("iam:PassedToService", service))).isFalse();
    }
  }

  @Test
  void theRolesThatTasksMayHaveCanBeNarrowed() {
    Stack narrow = Repository.template().stack(Map.of("TaskRoles", "ecs/*"));
    for (String role : List.of("ecs/web", "ecs/team/web")) {
      assertThat(mayPass(narrow, ROLE + role)).as(role).isTrue();
    }
    for (String role : List.of("web", "admin", "ecs-admin", "team/ecs/web")) {
      assertThat(mayPass(narrow, ROLE + role)).as(role).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ecs/*",
        "ecs/*,web",
        "web,ecs/*,a,b",
        "a,b,c,ecs/*,web",
      })
  void severalRolesCanBeNamed(String parameter) {
    Stack narrow = Repository.template().stack(Map.of("TaskRoles", parameter));
    for (String role : parameter.split(",")) {
      assertThat(mayPass(narrow, ROLE + role.replace("*", "app"))).as(role).isTrue();
    }
    for (String role : List.of("admin", "d", "ecs-admin", "web,ecs/app", "")) {
      assertThat(mayPass(narrow, ROLE + role)).as(role).isFalse();
    }
  }

  /** Regression: a comma was taken for a letter of one name, and nothing could be passed. */
  @ParameterizedTest
  @ValueSource(strings = {"", "a,", ",a", "a,,b", "a, b", "a,b,c,d,e,f", "arn:aws:iam::1:role/a"})
  void whatIsNoListOfRolesIsRefusedWithWhatWouldBeRight(String parameter) {
    assertThatThrownBy(() -> Repository.template().stack(Map.of("TaskRoles", parameter)))
        .hasMessageContaining("one to five role names with commas");
  }

  @Test
  void tasksAreListedInTheClustersOfThisAccountAndRegionOnly() {
    Access list = Access.of("ecs:ListTasks", "*");
    assertThat(may("DeployFunction", list.with("ecs:cluster", ECS + "cluster/shop"))).isTrue();
    assertThat(may("DeployFunction", list)).isFalse();
    for (String elsewhere :
        List.of(
            "arn:aws:ecs:us-east-1:123456789012:cluster/shop",
            "arn:aws:ecs:eu-west-1:210987654321:cluster/shop")) {
      assertThat(may("DeployFunction", list.with("ecs:cluster", elsewhere))).isFalse();
    }
  }

  @Test
  void aRevisionIsRegisteredOnlyIfItSaysForWhichDeployment() {
    Access register = Access.of("ecs:RegisterTaskDefinition", ECS + "task-definition/web:*");
    assertThat(
            may("DeployFunction", register.with("aws:RequestTag/slipway.deployment", "shop/web/7")))
        .isTrue();
    assertThat(may("DeployFunction", register)).isFalse();
    assertThat(may("DeployFunction", register.with("aws:RequestTag/team", "shop"))).isFalse();
  }

  @Test
  void tagsAreSetOnlyWhileARevisionIsRegistered() {
    Access tag = Access.of("ecs:TagResource", ECS + "task-definition/web:42");
    assertThat(may("DeployFunction", tag.with("ecs:CreateAction", "RegisterTaskDefinition")))
        .isTrue();
    assertThat(may("DeployFunction", tag)).isFalse();
    assertThat(
            may(
                "DeployFunction",
                Access.of("ecs:TagResource", SERVICE)
                    .with("ecs:CreateAction", "RegisterTaskDefinition")))
        .isFalse();
  }

  @Test
  void theDoorCanQueueARequestReadTheSigningSecretAndNothingElse() {
    FunctionSpec door = STACK.function("ChatDoorFunction");
    Set<String> actions = new TreeSet<>();
    Set<String> resources = new TreeSet<>();
    for (Statement statement : door.statements()) {
      actions.addAll(statement.actions());
      if (statement.actions().contains("sqs:SendMessage")) {
        resources.addAll(statement.resources());
      }
    }
    assertThat(actions)
        .containsExactlyInAnyOrder(
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "secretsmanager:GetSecretValue",
            "sqs:SendMessage");
    assertThat(resources).containsExactly(STACK.queue("ChatQueue").arn());
  }

  @Test
  void looksAreSentByThoseWhoDecideAndReadByDeployAlone() {
    String lane = STACK.queue("LaneQueue").arn();
    assertThat(whoMay(Access.of("sqs:ReceiveMessage", lane))).containsExactly("DeployFunction");
    assertThat(whoMay(Access.of("sqs:SendMessage", lane)))
        .containsExactlyInAnyOrder("PlanFunction", "WatchFunction", "ChatDeskFunction");
  }

  @Test
  void notifyWritesItsOwnMessagesAndNoOtherItem() {
    String ledger = STACK.attribute("Ledger", "Arn");
    Access put = Access.of("dynamodb:PutItem", ledger);
    assertThat(may("NotifyFunction", put.with("dynamodb:LeadingKeys", "message#d-1"))).isTrue();
    for (String key : List.of("service#web", "messages", "x-message#1", "")) {
      assertThat(may("NotifyFunction", put.with("dynamodb:LeadingKeys", key))).as(key).isFalse();
    }
    assertThat(
            may(
                "NotifyFunction",
                put.with("dynamodb:LeadingKeys", List.of("message#d-1", "service#web"))))
        .isFalse();
  }

  @Test
  void notifySpeaksOnTheBusInSlipwaysNameOnly() {
    Access put =
        Access.of("events:PutEvents", "arn:aws:events:eu-west-1:123456789012:event-bus/default");
    assertThat(may("NotifyFunction", put.with("events:source", "slipway"))).isTrue();
    assertThat(may("NotifyFunction", put.with("events:source", "com.example"))).isFalse();
    assertThat(may("NotifyFunction", put)).isFalse();
  }

  @Test
  void nobodyReadsASecretButSlacks() {
    String other = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:database-AbCdEf";
    assertThat(whoMay(Access.of("secretsmanager:GetSecretValue", other))).isEmpty();
    assertThat(whoMay(Access.of("secretsmanager:GetSecretValue", STACK.ref("SlackSecret"))))
        .containsExactlyInAnyOrder("NotifyFunction", "ChatDoorFunction");
  }

  @Test
  void ofTheParametersOnlyAppSpecsAreRead() {
    String parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/";
    assertThat(
            whoMay(
                Access.of("ssm:GetParameter", parameter + "slipway/codedeploy.appspec/shop/web")))
        .containsExactly("DeployFunction");
    for (String other : List.of("slipway/shop/web/web", "database/password")) {
      assertThat(whoMay(Access.of("ssm:GetParameter", parameter + other))).isEmpty();
    }
  }

  @Test
  void logLinesAreReadOnlyBelowThePrefix() {
    String group = "arn:aws:logs:eu-west-1:123456789012:log-group:%s:log-stream:web/1";
    assertThat(whoMay(Access.of("logs:GetLogEvents", group.formatted("/ecs/web"))))
        .containsExactly("DeployFunction");
    assertThat(whoMay(Access.of("logs:GetLogEvents", group.formatted("/aws/lambda/payroll"))))
        .isEmpty();
  }

  @Test
  void noStatementAllowsActionsByPattern() {
    for (FunctionSpec function : STACK.functions()) {
      for (Statement statement : function.statements()) {
        assertThat(statement.allow()).isTrue();
        assertThat(statement.notActions()).isEmpty();
        assertThat(statement.notResources()).isEmpty();
        assertThat(statement.actions())
            .as("actions of %s", function.logicalId())
            .noneMatch(action -> action.contains("*") || action.contains("?"));
      }
    }
  }

  /**
   * Actions of which AWS's service authorization reference names no resource type that the call
   * could be limited to.
   */
  private static final Set<String> WITHOUT_RESOURCE =
      Set.of(
          "tag:GetResources",
          "ecs:DescribeTaskDefinition",
          "ecs:ListTaskDefinitions",
          "ecs:DeregisterTaskDefinition",
          "ecs:ListTasks",
          "codedeploy:ListApplications",
          "codedeploy:GetDeploymentTarget",
          "codedeploy:StopDeployment",
          "codedeploy:ContinueDeployment",
          "dynamodb:ListStreams",
          // Has one, but "you can't return information about composite alarms if your permission
          // has a narrower scope" than everything (API reference).
          "cloudwatch:DescribeAlarms");

  /** Those of them that a condition can limit all the same. */
  private static final Map<String, String> LIMITED_BY = Map.of("ecs:ListTasks", "ecs:cluster");

  @Test
  void everyResourceOfEverythingIsForcedByAwsAndSaysSo() {
    for (FunctionSpec function : STACK.functions()) {
      for (Statement statement : function.statements()) {
        if (statement.resources().contains("*")) {
          assertThat(WITHOUT_RESOURCE).containsAll(statement.actions());
          for (String action : statement.actions()) {
            if (LIMITED_BY.containsKey(action)) {
              assertThat(statement.conditions().values())
                  .as("condition on %s", action)
                  .anyMatch(keys -> keys.containsKey(LIMITED_BY.get(action)));
            }
          }
        } else {
          assertThat(statement.resources())
              .allMatch(resource ->
                  resource.matches("arn:aws:[a-z]+:(eu-west-1)?:123456789012:[a-zA-Z].*")
                      || resource.startsWith(ROLE));
        }
      }
    }
  }

  private static final Pattern EVERYTHING = Pattern.compile("\\s*Resource: .*[\"' ]\\*[\"'\\]]*");

  private static final Pattern ACTION = Pattern.compile("\\b[a-z]+:([A-Z][A-Za-z]+)");

  @Test
  void everyResourceOfEverythingHasACommentThatNamesEachActionAndTheRule() {
    List<String> lines = Repository.lines(Repository.TEMPLATE);
    int found = 0;
    for (int end = 0; end < lines.size(); end++) {
      if (EVERYTHING.matcher(lines.get(end)).matches()) {
        found++;
        int start = end;
        while (!lines.get(start).strip().startsWith("- Effect:")) {
          start--;
        }
        int comment = start;
        while (lines.get(comment - 1).strip().startsWith("#")) {
          comment--;
        }
        String reason = String.join(" ", lines.subList(comment, start));
        assertThat(reason).as("comment above line %s", start + 1).contains("resource-level");
        ACTION
            .matcher(String.join(" ", lines.subList(start, end)))
            .results()
            .forEach(action -> assertThat(reason).contains(action.group(1)));
      }
    }
    long statements =
        STACK.functions().stream()
            .flatMap(function -> function.statements().stream())
            .filter(statement -> statement.resources().contains("*"))
            .count();
    assertThat(found).isEqualTo((int) statements);
  }

  private static boolean mayPass(Stack stack, String role) {
    return Policies.decide(
            stack.function("DeployFunction").statements(),
            Access.of("iam:PassRole", role).with("iam:PassedToService", "ecs-tasks.amazonaws.com"))
        == Policies.Decision.ALLOWED;
  }

  private static boolean may(String function, Access access) {
    return Policies.decide(STACK.function(function).statements(), access)
        == Policies.Decision.ALLOWED;
  }

  private static List<String> whoMay(Access access) {
    return STACK.functions().stream()
        .map(FunctionSpec::logicalId)
        .filter(function -> may(function, access))
        .toList();
  }
}
