package dev.slipway.local.iam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.json.Json;
import dev.slipway.local.template.Surroundings;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorisationTest {

  private final Authorisation authorisation =
      new Authorisation(Surroundings.LOCAL, AuthorisationTest::answer, table -> "pk");

  private static ObjectNode answer(AwsService service, String operation, ObjectNode input) {
    return Json.parseObject(
        switch (operation) {
          case "DescribeServices" ->
              "{\"services\":[{\"tags\":[{\"key\":\"slipway\",\"value\":\"on\"}]}]}";
          case "DescribeTaskDefinition" ->
              "{\"taskDefinition\":{\"taskRoleArn\":\"arn:aws:iam::123456789012:role/task\"}}";
          case "GetDeployment" ->
              "{\"deploymentInfo\":{\"applicationName\":\"app\",\"deploymentGroupName\":\"group\"}}";
          case "DescribeSecret" -> "{\"ARN\":\"arn:aws:secretsmanager:r:a:secret:name-AbCdEf\"}";
          default ->
              throw new AwsException(service, operation, "Unexpected", "", 400, Json.object());
        });
  }

  /** Each row: the call, and the permissions, as action on the end of the ARN. */
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "ECS | UpdateService | {'cluster':'shop','service':'web'} | ecs:UpdateService"
            + " service/shop/web",
        "ECS | DescribeServices |"
            + " {'cluster':'arn:aws:ecs:r:a:cluster/shop','services':['web','api']} |"
            + " ecs:DescribeServices service/shop/web, ecs:DescribeServices service/shop/api",
        "ECS | DescribeTaskDefinition | {'taskDefinition':'web:1'} | ecs:DescribeTaskDefinition *",
        "ECS | DeregisterTaskDefinition | {'taskDefinition':'web:1'} | ecs:DeregisterTaskDefinition"
            + " *",
        "ECS | StopServiceDeployment |"
            + " {'serviceDeploymentArn':'arn:aws:ecs:eu-west-1:123456789012:service-deployment/shop/web/1'}"
            + " | ecs:StopServiceDeployment service-deployment/shop/web/1",
        "ECS | RegisterTaskDefinition | {'family':'web','executionRoleArn':'start'}"
            + " | ecs:RegisterTaskDefinition task-definition/web:*, iam:PassRole role/start",
        "ECS | RegisterTaskDefinition | {'family':'web','tags':[{'key':'a','value':'b'}]} |"
            + " ecs:RegisterTaskDefinition task-definition/web:*, ecs:TagResource"
            + " task-definition/web:*",
        "ECS | RunTask | {'cluster':'shop','taskDefinition':'web:1'}"
            + " | ecs:RunTask task-definition/web:1, iam:PassRole role/task",
        "ECR | DescribeImages | {'repositoryName':'team/app'} | ecr:DescribeImages"
            + " repository/team/app",
        "ECR | GetAuthorizationToken | {} | ecr:GetAuthorizationToken *",
        "SQS | SendMessageBatch | {'QueueUrl':'https://sqs/1/q.fifo'} | sqs:SendMessage q.fifo",
        "DYNAMODB | PutItem | {'TableName':'t','Item':{'pk':{'S':'x'}}} | dynamodb:PutItem table/t",
        "DYNAMODB | Query | {'TableName':'t','IndexName':'due'} | dynamodb:Query table/t/index/due",
        "DYNAMODB | TransactWriteItems | {'TransactItems':[{'Update':{'TableName':'t'}},"
            + "{'Delete':{'TableName':'u'}},{'ConditionCheck':{'TableName':'t'}}]}"
            + " | dynamodb:UpdateItem table/t, dynamodb:DeleteItem table/u,"
            + " dynamodb:ConditionCheckItem table/t",
        "SSM | PutParameter | {'Name':'/slipway/a/b'} | ssm:PutParameter parameter/slipway/a/b",
        "SECRETS_MANAGER | GetSecretValue | {'SecretId':'name'}"
            + " | secretsmanager:GetSecretValue secret:name-AbCdEf",
        "EVENTS | PutEvents | {'Entries':[{'Source':'slipway'}]} | events:PutEvents"
            + " event-bus/default",
        "LOGS | GetLogEvents | {'logGroupName':'/ecs/web','logStreamName':'s'}"
            + " | logs:GetLogEvents log-group:/ecs/web:log-stream:s",
        "TAGGING | GetResources | {} | tag:GetResources *",
        "CODEDEPLOY | GetDeployment | {'deploymentId':'d-1'}"
            + " | codedeploy:GetDeployment deploymentgroup:app/group",
        "CODEDEPLOY | BatchGetDeployments | {'deploymentIds':['d-1']}"
            + " | codedeploy:BatchGetDeployments deploymentgroup:app/group",
        "CODEDEPLOY | CreateDeployment | {'applicationName':'app','deploymentGroupName':'group',"
            + "'deploymentConfigName':'c'} | codedeploy:CreateDeployment deploymentgroup:app/group,"
            + " codedeploy:GetDeploymentConfig deploymentconfig:c,"
            + " codedeploy:GetApplicationRevision application:app,"
            + " codedeploy:RegisterApplicationRevision application:app",
        // "You need the UpdateDeploymentGroup IAM permission when calling CreateDeployment."
        "CODEDEPLOY | CreateDeployment | {'applicationName':'app','deploymentGroupName':'group',"
            + "'deploymentConfigName':'c','overrideAlarmConfiguration':{'enabled':false}}"
            + " | codedeploy:CreateDeployment deploymentgroup:app/group,"
            + " codedeploy:GetDeploymentConfig deploymentconfig:c,"
            + " codedeploy:GetApplicationRevision application:app,"
            + " codedeploy:RegisterApplicationRevision application:app,"
            + " codedeploy:UpdateDeploymentGroup deploymentgroup:app/group",
        "CODEDEPLOY | StopDeployment | {'deploymentId':'d-1'} | codedeploy:StopDeployment *",
        "CLOUDWATCH | DescribeAlarms | {'AlarmNames':['a']} | cloudwatch:DescribeAlarms alarm:a",
        "CLOUDWATCH | DescribeAlarms |"
            + " {'AlarmNames':['a'],'AlarmTypes':['MetricAlarm','CompositeAlarm']} |"
            + " cloudwatch:DescribeAlarms *",
      })
  void aCallNeedsThesePermissions(
      AwsService service, String operation, String input, String needed) {
    String actual =
        authorisation
            .needed(service, operation, Json.parseObject(input.replace('\'', '"')))
            .stream()
            .map(access ->
                access.action()
                    + " "
                    + (access.resource().equals("*") ? "*" : access.resource().split(":", 6)[5]))
            .collect(Collectors.joining(", "));
    assertThat(actual).isEqualTo(needed);
  }

  @Test
  void conditionsSeeTagsClustersCreationAndKeys() {
    Access update =
        authorisation
            .needed(
                AwsService.ECS,
                "UpdateService",
                Json.object().put("cluster", "shop").put("service", "web"))
            .getFirst();
    assertThat(update.context())
        .containsEntry("aws:ResourceTag/slipway", List.of("on"))
        .containsEntry("ecs:cluster", List.of("arn:aws:ecs:eu-west-1:123456789012:cluster/shop"));

    ObjectNode register = Json.object().put("family", "web").put("taskRoleArn", "task");
    register.putArray("tags").addObject().put("key", "slipway.deployment").put("value", "1");
    List<Access> needed = authorisation.needed(AwsService.ECS, "RegisterTaskDefinition", register);
    assertThat(needed.get(0).context())
        .containsEntry("aws:RequestTag/slipway.deployment", List.of("1"));
    assertThat(needed.get(1).context())
        .containsEntry("iam:PassedToService", List.of("ecs-tasks.amazonaws.com"));
    assertThat(needed.get(2).context())
        .containsEntry("ecs:CreateAction", List.of("RegisterTaskDefinition"))
        .containsEntry("aws:TagKeys", List.of("slipway.deployment"));

    ObjectNode query =
        Json.parseObject(
            """
            {"TableName": "t", "KeyConditionExpression": "#p = :p AND sk > :s",
             "ExpressionAttributeNames": {"#p": "pk"},
             "ExpressionAttributeValues": {":p": {"S": "mine"}, ":s": {"S": "x"}}}
            """);
    assertThat(authorisation.needed(AwsService.DYNAMODB, "Query", query).getFirst().context())
        .containsEntry("dynamodb:LeadingKeys", List.of("mine"));
  }

  @Test
  void aCallThatNobodyWroteDownIsRefusedToFunctionsAndNotToAdministrators() {
    Principal function =
        new Principal("F", "arn:f", List.of(Statement.allow(List.of("*"), List.of("*"))));
    assertThatThrownBy(
            () -> authorisation.check(function, AwsService.ECS, "CreateCluster", Json.object()))
        .hasMessageContaining("does not know which permissions ecs:CreateCluster needs");
    authorisation.check(
        Principal.admin("123456789012"), AwsService.ECS, "CreateCluster", Json.object());
  }
}
