package dev.slipway.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.aws.AwsService;
import dev.slipway.local.runtime.Listener;
import dev.slipway.template.AwsCalls;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.AlarmType;
import software.amazon.awssdk.services.cloudwatch.model.CloudWatchException;
import software.amazon.awssdk.services.cloudwatch.model.ComparisonOperator;
import software.amazon.awssdk.services.cloudwatch.model.CompositeAlarm;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.OutputLogEvent;
import software.amazon.awssdk.services.codedeploy.CodeDeployClient;
import software.amazon.awssdk.services.codedeploy.model.Alarm;
import software.amazon.awssdk.services.codedeploy.model.ApplicationDoesNotExistException;
import software.amazon.awssdk.services.codedeploy.model.BundleType;
import software.amazon.awssdk.services.codedeploy.model.DeploymentAlreadyCompletedException;
import software.amazon.awssdk.services.codedeploy.model.DeploymentCreator;
import software.amazon.awssdk.services.codedeploy.model.DeploymentDoesNotExistException;
import software.amazon.awssdk.services.codedeploy.model.DeploymentGroupDoesNotExistException;
import software.amazon.awssdk.services.codedeploy.model.DeploymentInfo;
import software.amazon.awssdk.services.codedeploy.model.DeploymentIsNotInReadyStateException;
import software.amazon.awssdk.services.codedeploy.model.DeploymentLimitExceededException;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import software.amazon.awssdk.services.codedeploy.model.DeploymentTargetDoesNotExistException;
import software.amazon.awssdk.services.codedeploy.model.DeploymentWaitType;
import software.amazon.awssdk.services.codedeploy.model.ECSTarget;
import software.amazon.awssdk.services.codedeploy.model.LifecycleEventStatus;
import software.amazon.awssdk.services.codedeploy.model.RevisionDoesNotExistException;
import software.amazon.awssdk.services.codedeploy.model.RevisionLocationType;
import software.amazon.awssdk.services.codedeploy.model.StopStatus;
import software.amazon.awssdk.services.codedeploy.model.TargetStatus;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.ecr.EcrClient;
import software.amazon.awssdk.services.ecr.model.DescribeImagesResponse;
import software.amazon.awssdk.services.ecr.model.ImageDetail;
import software.amazon.awssdk.services.ecr.model.ImageFailureCode;
import software.amazon.awssdk.services.ecr.model.ImageIdentifier;
import software.amazon.awssdk.services.ecr.model.ImageNotFoundException;
import software.amazon.awssdk.services.ecr.model.RepositoryNotFoundException;
import software.amazon.awssdk.services.ecr.model.TagStatus;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.ClientException;
import software.amazon.awssdk.services.ecs.model.ClusterNotFoundException;
import software.amazon.awssdk.services.ecs.model.Compatibility;
import software.amazon.awssdk.services.ecs.model.ConflictException;
import software.amazon.awssdk.services.ecs.model.Connectivity;
import software.amazon.awssdk.services.ecs.model.Container;
import software.amazon.awssdk.services.ecs.model.Deployment;
import software.amazon.awssdk.services.ecs.model.DeploymentControllerType;
import software.amazon.awssdk.services.ecs.model.DeploymentRolloutState;
import software.amazon.awssdk.services.ecs.model.DeploymentStrategy;
import software.amazon.awssdk.services.ecs.model.DesiredStatus;
import software.amazon.awssdk.services.ecs.model.HealthStatus;
import software.amazon.awssdk.services.ecs.model.InvalidParameterException;
import software.amazon.awssdk.services.ecs.model.LaunchType;
import software.amazon.awssdk.services.ecs.model.LogDriver;
import software.amazon.awssdk.services.ecs.model.NetworkMode;
import software.amazon.awssdk.services.ecs.model.PropagateTags;
import software.amazon.awssdk.services.ecs.model.RegisterTaskDefinitionResponse;
import software.amazon.awssdk.services.ecs.model.SchedulingStrategy;
import software.amazon.awssdk.services.ecs.model.Service;
import software.amazon.awssdk.services.ecs.model.ServiceDeployment;
import software.amazon.awssdk.services.ecs.model.ServiceDeploymentBrief;
import software.amazon.awssdk.services.ecs.model.ServiceDeploymentCircuitBreaker;
import software.amazon.awssdk.services.ecs.model.ServiceDeploymentNotFoundException;
import software.amazon.awssdk.services.ecs.model.ServiceDeploymentRollbackMonitorsStatus;
import software.amazon.awssdk.services.ecs.model.ServiceDeploymentStatus;
import software.amazon.awssdk.services.ecs.model.ServiceField;
import software.amazon.awssdk.services.ecs.model.ServiceNotFoundException;
import software.amazon.awssdk.services.ecs.model.ServiceRevision;
import software.amazon.awssdk.services.ecs.model.SortOrder;
import software.amazon.awssdk.services.ecs.model.StopServiceDeploymentStopType;
import software.amazon.awssdk.services.ecs.model.Tag;
import software.amazon.awssdk.services.ecs.model.Task;
import software.amazon.awssdk.services.ecs.model.TaskDefinition;
import software.amazon.awssdk.services.ecs.model.TaskDefinitionField;
import software.amazon.awssdk.services.ecs.model.TaskDefinitionStatus;
import software.amazon.awssdk.services.ecs.model.TaskStopCode;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.resourcegroupstaggingapi.ResourceGroupsTaggingApiClient;
import software.amazon.awssdk.services.resourcegroupstaggingapi.model.PaginationTokenExpiredException;
import software.amazon.awssdk.services.resourcegroupstaggingapi.model.ResourceTagMapping;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterAlreadyExistsException;
import software.amazon.awssdk.services.ssm.model.ParameterNotFoundException;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/**
 * Every call that the functions make, made by AWS's own client, over HTTP, against the account on a
 * laptop: what the functions are tested with there is what AWS would answer. Besides the fields
 * that each test reads, every member of every answer must be one that the SDK's model has.
 */
// The SDK's own methods take arrays of generic consumers.
@SuppressWarnings("unchecked")
class SdkWireTest {

  /** What a test asks for; that it did is checked after it. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.METHOD)
  private @interface Calls {
    AwsService service();

    String[] operations();
  }

  private static final Region REGION = Region.EU_WEST_1;

  @TempDir static Path folder;
  private static WireAccount account;
  private static SdkHttpClient http;

  /** Members that are wrong or unknown; where the SDK's model stands behind the documentation. */
  private static final List<String> differences = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() {
    account = new WireAccount(folder);
    http = UrlConnectionHttpClient.create();
  }

  @AfterAll
  static void stop() {
    account.close();
    http.close();
  }

  @AfterEach
  void whatTheTestNamesWasAskedAndAnsweredAsTheModelSays(TestInfo test) {
    Calls named = test.getTestMethod().orElseThrow().getAnnotation(Calls.class);
    if (named != null) {
      assertThat(account.calls)
          .filteredOn(call -> call.refusal() == null)
          .filteredOn(call -> call.service() == named.service())
          .extracting(Listener.Call::operation)
          .as("calls that were answered")
          .contains(named.operations());
    }
    assertThat(differences).isEmpty();
    account.calls.clear();
  }

  @Test
  void everyCallThatTheFunctionsMakeIsMadeHere() {
    Set<String> made = new TreeSet<>();
    for (Method method : SdkWireTest.class.getDeclaredMethods()) {
      Calls calls = method.getAnnotation(Calls.class);
      if (calls != null) {
        Stream.of(calls.operations()).forEach(name -> made.add(calls.service() + " " + name));
      }
    }
    assertThat(AwsCalls.ofAllFunctions())
        .as("calls found in the class files of the functions")
        .contains("ECS UpdateService", "DYNAMODB TransactWriteItems", "SQS SendMessageBatch")
        .isSubsetOf(made);
  }

  @Test
  void aMemberThatTheModelLacksOrWritesOtherwiseIsFound() {
    assertThat(
            Shapes.differences(
                "answer",
                DescribeImagesResponse.builder().build(),
                WireAccount.json(
                    """
                    {'imageDetails': [{'imageTags': ['v1', 2], 'imagePushedAt': '2026-01-05',
                     'digest': 'sha256:0', 'imageSizeInBytes': 7}], 'more': true}
                    """)))
        .containsExactlyInAnyOrder(
            "answer.imageDetails[].imageTags[] is 2, and not of type class java.lang.String",
            "answer.imageDetails[].imagePushedAt is \"2026-01-05\", and not of type class"
                + " java.time.Instant",
            "answer.imageDetails[].digest is not in the SDK's model",
            "answer.more is not in the SDK's model");
  }

  // ---- ECS

  @Test
  @Calls(
      service = AwsService.ECS,
      operations = {
        "RegisterTaskDefinition",
        "DescribeTaskDefinition",
        "ListTaskDefinitions",
        "DeregisterTaskDefinition"
      })
  void taskDefinitionsComeBackAsTheyWereRegistered() {
    try (EcsClient ecs = client(EcsClient.builder())) {
      RegisterTaskDefinitionResponse first = register(ecs, "v1");
      TaskDefinition registered = first.taskDefinition();
      assertThat(registered.taskDefinitionArn())
          .isEqualTo("arn:aws:ecs:eu-west-1:123456789012:task-definition/typed:1");
      assertThat(registered.revision()).isEqualTo(1);
      assertThat(registered.status()).isEqualTo(TaskDefinitionStatus.ACTIVE);
      assertThat(registered.registeredAt()).isEqualTo(account.now());
      assertThat(registered.networkMode()).isEqualTo(NetworkMode.AWSVPC);
      assertThat(registered.compatibilities())
          .containsExactly(Compatibility.EC2, Compatibility.FARGATE);
      assertThat(registered.runtimePlatform().cpuArchitectureAsString()).isEqualTo("ARM64");
      assertThat(registered.volumes().getFirst().name()).isEqualTo("scratch");
      var container = registered.containerDefinitions().getFirst();
      assertThat(container.essential()).isTrue();
      assertThat(container.portMappings().getFirst().containerPort()).isEqualTo(8080);
      assertThat(container.environment().getFirst().value()).isEqualTo("eu");
      assertThat(container.secrets().getFirst().valueFrom()).isEqualTo("/typed/key");
      assertThat(container.healthCheck().command()).containsExactly("CMD-SHELL", "true");
      assertThat(container.logConfiguration().logDriver()).isEqualTo(LogDriver.AWSLOGS);
      assertThat(container.dockerLabels()).containsExactly(Map.entry("team", "shop"));
      assertThat(container.ulimits().getFirst().hardLimit()).isEqualTo(4096);
      assertThat(first.tags()).containsExactly(tag("slipway.deployment", "prod/typed/1"));

      var described =
          ecs.describeTaskDefinition(
              r -> r.taskDefinition("typed:1").include(TaskDefinitionField.TAGS));
      assertThat(described.taskDefinition()).isEqualTo(registered);
      assertThat(described.tags()).isEqualTo(first.tags());
      assertThat(ecs.describeTaskDefinition(r -> r.taskDefinition("typed")).hasTags()).isFalse();

      String second = register(ecs, "v2").taskDefinition().taskDefinitionArn();
      var page =
          ecs.listTaskDefinitions(r ->
              r.familyPrefix("typed")
                  .status(TaskDefinitionStatus.ACTIVE)
                  .sort(SortOrder.DESC)
                  .maxResults(1));
      assertThat(page.taskDefinitionArns()).containsExactly(second);
      assertThat(
              ecs.listTaskDefinitions(r ->
                      r.familyPrefix("typed")
                          .status(TaskDefinitionStatus.ACTIVE)
                          .sort(SortOrder.DESC)
                          .maxResults(1)
                          .nextToken(page.nextToken()))
                  .taskDefinitionArns())
          .containsExactly(registered.taskDefinitionArn());

      TaskDefinition gone =
          ecs.deregisterTaskDefinition(r -> r.taskDefinition(second)).taskDefinition();
      assertThat(gone.status()).isEqualTo(TaskDefinitionStatus.INACTIVE);
      assertThat(gone.deregisteredAt()).isEqualTo(account.now());

      assertThatThrownBy(() -> ecs.describeTaskDefinition(r -> r.taskDefinition("nobody")))
          .isInstanceOf(ClientException.class)
          .hasMessageContaining("Unable to describe task definition.");
      assertThatThrownBy(() -> ecs.registerTaskDefinition(r -> r.family("typed")))
          .isInstanceOf(ClientException.class)
          .hasMessageContaining("Container list cannot be empty.");
    }
  }

  private static RegisterTaskDefinitionResponse register(EcsClient ecs, String image) {
    return ecs.registerTaskDefinition(r ->
        r.family("typed")
            .networkMode(NetworkMode.AWSVPC)
            .requiresCompatibilities(Compatibility.FARGATE)
            .cpu("256")
            .memory("512")
            .executionRoleArn("arn:aws:iam::123456789012:role/start")
            .runtimePlatform(p -> p.cpuArchitecture("ARM64").operatingSystemFamily("LINUX"))
            .volumes(v -> v.name("scratch"))
            .containerDefinitions(c ->
                c.name("web")
                    .image(WireAccount.REGISTRY + "typed:" + image)
                    .portMappings(p -> p.containerPort(8080).name("http"))
                    .environment(e -> e.name("AREA").value("eu"))
                    .secrets(s -> s.name("KEY").valueFrom("/typed/key"))
                    .healthCheck(h -> h.command("CMD-SHELL", "true").interval(5).retries(2))
                    .mountPoints(m -> m.sourceVolume("scratch").containerPath("/tmp"))
                    .dockerLabels(Map.of("team", "shop"))
                    .ulimits(u -> u.name("nofile").softLimit(1024).hardLimit(4096))
                    .logConfiguration(l ->
                        l.logDriver(LogDriver.AWSLOGS)
                            .options(Map.of("awslogs-group", "/ecs/typed"))))
            .tags(tag("slipway.deployment", "prod/typed/1")));
  }

  private static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  @Test
  @Calls(
      service = AwsService.ECS,
      operations = {
        "DescribeServices",
        "UpdateService",
        "ListTasks",
        "DescribeTasks",
        "ListServiceDeployments",
        "DescribeServiceDeployments",
        "DescribeServiceRevisions"
      })
  void aRolloutIsTheSameInEveryView() {
    account.service(
        "rollout",
        ", 'deploymentConfiguration': {'deploymentCircuitBreaker': {'enable': true,"
            + " 'rollback': true}}, 'tags': [{'key': 'slipway', 'value': 'on'}]");
    String digest = account.push("rollout", "v2", "healthy");
    String image = WireAccount.REGISTRY + "rollout:v2@" + digest;
    String revision = account.revision("rollout", image);
    Instant asked = account.now();
    try (EcsClient ecs = client(EcsClient.builder())) {
      Service before = described(ecs, "rollout");
      assertThat(before.status()).isEqualTo("ACTIVE");
      assertThat(before.serviceArn())
          .isEqualTo("arn:aws:ecs:eu-west-1:123456789012:service/prod/rollout");
      assertThat(before.tags()).containsExactly(tag("slipway", "on"));
      assertThat(before.deploymentController().type()).isEqualTo(DeploymentControllerType.ECS);
      assertThat(before.schedulingStrategy()).isEqualTo(SchedulingStrategy.REPLICA);
      assertThat(before.launchType()).isEqualTo(LaunchType.FARGATE);
      assertThat(before.propagateTags()).isEqualTo(PropagateTags.NONE);
      assertThat(before.runningCount()).isEqualTo(2);
      assertThat(before.deploymentConfiguration().strategy()).isEqualTo(DeploymentStrategy.ROLLING);
      assertThat(before.deploymentConfiguration().deploymentCircuitBreaker().enable()).isTrue();
      assertThat(before.deploymentConfiguration().deploymentCircuitBreaker().rollback()).isTrue();

      Service updated =
          ecs.updateService(r -> r.cluster("prod").service("rollout").taskDefinition(revision))
              .service();
      assertThat(updated.taskDefinition()).isEqualTo(revision);
      assertThat(updated.hasTags()).isFalse();
      Deployment primary = updated.deployments().getFirst();
      assertThat(primary.id()).startsWith("ecs-svc/");
      assertThat(primary.status()).isEqualTo("PRIMARY");
      assertThat(primary.rolloutState()).isEqualTo(DeploymentRolloutState.IN_PROGRESS);
      assertThat(primary.desiredCount()).isEqualTo(2);
      assertThat(primary.createdAt()).isEqualTo(asked);
      assertThat(primary.updatedAt()).isEqualTo(asked);
      assertThat(updated.deployments()).hasSize(2);

      account.pass(Duration.ofMinutes(10));
      Service after = described(ecs, "rollout");
      assertThat(after.deployments().getFirst().rolloutState())
          .isEqualTo(DeploymentRolloutState.COMPLETED);
      assertThat(after.events().getFirst().message()).contains("rollout");
      assertThat(after.events().getFirst().createdAt()).isAfter(asked);

      ServiceDeploymentBrief brief =
          ecs.listServiceDeployments(r ->
                  r.cluster("prod")
                      .service("rollout")
                      .status(ServiceDeploymentStatus.SUCCESSFUL)
                      .createdAt(t -> t.after(asked)))
              .serviceDeployments()
              .getFirst();
      assertThat(brief.createdAt()).isEqualTo(asked);
      assertThat(brief.finishedAt()).isAfter(brief.startedAt());
      ServiceDeployment whole =
          ecs.describeServiceDeployments(r -> r.serviceDeploymentArns(brief.serviceDeploymentArn()))
              .serviceDeployments()
              .getFirst();
      assertThat(whole.status()).isEqualTo(ServiceDeploymentStatus.SUCCESSFUL);
      assertThat(whole.createdAt()).isEqualTo(asked);
      assertThat(whole.finishedAt()).isEqualTo(brief.finishedAt());
      assertThat(whole.targetServiceRevision().arn()).isEqualTo(brief.targetServiceRevisionArn());
      assertThat(whole.sourceServiceRevisions()).hasSize(1);
      ServiceDeploymentCircuitBreaker breaker = whole.deploymentCircuitBreaker();
      assertThat(breaker.status())
          .isEqualTo(ServiceDeploymentRollbackMonitorsStatus.MONITORING_COMPLETE);
      assertThat(breaker.threshold()).isEqualTo(3);
      assertThat(breaker.failureCount()).isZero();
      assertThat(whole.alarms().status())
          .isEqualTo(ServiceDeploymentRollbackMonitorsStatus.DISABLED);

      ServiceRevision ran =
          ecs.describeServiceRevisions(r -> r.serviceRevisionArns(brief.targetServiceRevisionArn()))
              .serviceRevisions()
              .getFirst();
      assertThat(ran.taskDefinition()).isEqualTo(revision);
      assertThat(ran.createdAt()).isEqualTo(asked);
      assertThat(ran.launchType()).isEqualTo(LaunchType.FARGATE);
      assertThat(ran.containerImages())
          .singleElement()
          .satisfies(one -> {
            assertThat(one.containerName()).isEqualTo("web");
            assertThat(one.image()).isEqualTo(image);
            assertThat(one.imageDigest()).isEqualTo(digest);
          });

      List<String> tasks =
          ecs.listTasks(r ->
                  r.cluster("prod").serviceName("rollout").desiredStatus(DesiredStatus.RUNNING))
              .taskArns();
      assertThat(tasks).hasSize(2);
      Task task = tasksOf(ecs, tasks).getFirst();
      assertThat(task.taskDefinitionArn()).isEqualTo(revision);
      assertThat(task.startedBy()).isEqualTo(primary.id());
      assertThat(task.lastStatus()).isEqualTo("RUNNING");
      assertThat(task.healthStatus()).isEqualTo(HealthStatus.HEALTHY);
      assertThat(task.launchType()).isEqualTo(LaunchType.FARGATE);
      assertThat(task.connectivity()).isEqualTo(Connectivity.CONNECTED);
      assertThat(task.createdAt()).isAfterOrEqualTo(asked);
      assertThat(task.startedAt()).isAfter(task.pullStartedAt());
      Container container = task.containers().getFirst();
      assertThat(container.name()).isEqualTo("web");
      assertThat(container.imageDigest()).isEqualTo(digest);
      assertThat(container.healthStatus()).isEqualTo(HealthStatus.HEALTHY);
      assertThat(container.exitCode()).as("it still runs").isNull();
    }
  }

  @Test
  @Calls(
      service = AwsService.ECS,
      operations = {"StopServiceDeployment", "DescribeServiceDeployments", "DescribeTasks"})
  void aDeploymentThatIsStoppedGoesBackAndItsTasksSayWhyTheyStopped() {
    account.service("stopped", "");
    String digest = account.push("stopped", "v2", "crash:3:1");
    String revision = account.revision("stopped", WireAccount.REGISTRY + "stopped:v2@" + digest);
    try (EcsClient ecs = client(EcsClient.builder())) {
      ecs.updateService(r -> r.cluster("prod").service("stopped").taskDefinition(revision));
      account.pass(Duration.ofMinutes(2));
      String arn = described(ecs, "stopped").currentServiceDeployment();

      assertThat(
              ecs.stopServiceDeployment(r ->
                      r.serviceDeploymentArn(arn).stopType(StopServiceDeploymentStopType.ROLLBACK))
                  .serviceDeploymentArn())
          .isEqualTo(arn);
      account.pass(Duration.ofMinutes(30));
      ServiceDeployment ended =
          ecs.describeServiceDeployments(r -> r.serviceDeploymentArns(arn))
              .serviceDeployments()
              .getFirst();
      assertThat(ended.status()).isEqualTo(ServiceDeploymentStatus.ROLLBACK_SUCCESSFUL);
      assertThat(ended.rollback().serviceRevisionArn()).contains(":service-revision/prod/stopped/");
      assertThat(ended.rollback().startedAt()).isAfter(ended.startedAt());
      assertThat(ended.statusReason()).isNotBlank();

      List<String> arns =
          ecs.listTasks(r ->
                  r.cluster("prod").serviceName("stopped").desiredStatus(DesiredStatus.STOPPED))
              .taskArns();
      Task crashed =
          tasksOf(ecs, arns).stream()
              .filter(task -> task.stopCode() == TaskStopCode.ESSENTIAL_CONTAINER_EXITED)
              .findFirst()
              .orElseThrow();
      assertThat(crashed.stoppedReason()).isEqualTo("Essential container in task exited");
      assertThat(crashed.containers().getFirst().exitCode()).isEqualTo(3);
      assertThat(crashed.stoppedAt()).isAfterOrEqualTo(crashed.stoppingAt());

      assertThatThrownBy(() -> ecs.stopServiceDeployment(r -> r.serviceDeploymentArn(arn)))
          .isInstanceOf(ConflictException.class);
      assertThatThrownBy(() -> ecs.stopServiceDeployment(r -> r.serviceDeploymentArn(arn + "x")))
          .isInstanceOf(ServiceDeploymentNotFoundException.class);
    }
  }

  @Test
  @Calls(
      service = AwsService.ECS,
      operations = {"DescribeServices", "DescribeTasks", "DescribeServiceRevisions"})
  void whatEcsDoesNotKnowIsAFailureOrATypedError() {
    account.service("known", "");
    try (EcsClient ecs = client(EcsClient.builder())) {
      var services = ecs.describeServices(r -> r.cluster("prod").services("known", "unknown"));
      assertThat(services.services()).hasSize(1);
      assertThat(services.failures().getFirst().arn()).endsWith("service/prod/unknown");
      assertThat(services.failures().getFirst().reason()).isEqualTo("MISSING");
      assertThat(
              ecs.describeTasks(r -> r.cluster("prod").tasks("0".repeat(32)))
                  .failures()
                  .getFirst()
                  .reason())
          .isEqualTo("MISSING");
      String none = "arn:aws:ecs:eu-west-1:123456789012:service-revision/prod/known/1";
      assertThat(
              ecs.describeServiceRevisions(r -> r.serviceRevisionArns(none)).failures().getFirst())
          .satisfies(failure -> assertThat(failure.reason()).isEqualTo("MISSING"));

      ClusterNotFoundException noCluster =
          catchThrowableOfType(
              ClusterNotFoundException.class,
              () -> ecs.describeServices(r -> r.cluster("nowhere").services("known")));
      assertThat(noCluster.statusCode()).isEqualTo(400);
      assertThat(noCluster.requestId()).isNotBlank();
      assertThat(noCluster.awsErrorDetails().errorCode()).isEqualTo("ClusterNotFoundException");
      assertThat(noCluster.awsErrorDetails().errorMessage()).isEqualTo("Cluster not found.");
      assertThatThrownBy(() -> ecs.updateService(r -> r.cluster("prod").service("unknown")))
          .isInstanceOf(ServiceNotFoundException.class);
      assertThatThrownBy(() -> ecs.listTasks(r -> r.cluster("prod").serviceName("unknown")))
          .isInstanceOf(ServiceNotFoundException.class);
      assertThatThrownBy(() -> ecs.listServiceDeployments(r -> r.cluster("prod").service("no")))
          .isInstanceOf(ServiceNotFoundException.class);
      assertThatThrownBy(() -> ecs.describeTasks(r -> r.cluster("prod").tasks(List.of())))
          .isInstanceOf(InvalidParameterException.class);
      assertThatThrownBy(() ->
              ecs.updateService(r -> r.cluster("prod").service("known").taskDefinition("no:7")))
          .isInstanceOf(ClientException.class);
    }
  }

  private static Service described(EcsClient ecs, String name) {
    return ecs.describeServices(r -> r.cluster("prod").services(name).include(ServiceField.TAGS))
        .services()
        .getFirst();
  }

  private static List<Task> tasksOf(EcsClient ecs, List<String> arns) {
    return ecs.describeTasks(r -> r.cluster("prod").tasks(arns)).tasks();
  }

  // ---- ECR

  @Test
  @Calls(
      service = AwsService.ECR,
      operations = {"DescribeImages", "BatchGetImage"})
  void imagesAreFoundByTagAndByDigest() {
    Instant pushed = account.now();
    String first = account.push("wire/images", "v1", "healthy");
    account.pass(Duration.ofMillis(1500));
    String second = account.push("wire/images", "v2", "healthy");
    try (EcrClient ecr = client(EcrClient.builder())) {
      ImageDetail detail =
          ecr.describeImages(r ->
                  r.repositoryName("wire/images")
                      .imageIds(ImageIdentifier.builder().imageTag("v1").build()))
              .imageDetails()
              .getFirst();
      assertThat(detail.imageDigest()).isEqualTo(first);
      assertThat(detail.imageTags()).containsExactly("v1");
      assertThat(detail.imagePushedAt()).isEqualTo(pushed);
      assertThat(detail.imageManifestMediaType())
          .isEqualTo("application/vnd.oci.image.manifest.v1+json");
      assertThat(detail.artifactMediaType()).isEqualTo("application/vnd.oci.image.config.v1+json");
      assertThat(detail.imageStatusAsString()).isEqualTo("ACTIVE");
      assertThat(detail.registryId()).isEqualTo("123456789012");
      assertThat(
              ecr
                  .describeImagesPaginator(r ->
                      r.repositoryName("wire/images")
                          .maxResults(1)
                          .filter(f -> f.tagStatus(TagStatus.TAGGED)))
                  .imageDetails()
                  .stream()
                  .map(ImageDetail::imagePushedAt))
          .as("with milliseconds, page by page")
          .containsExactlyInAnyOrder(pushed, pushed.plusMillis(1500));

      var answer =
          ecr.batchGetImage(r ->
              r.repositoryName("wire/images")
                  .imageIds(
                      ImageIdentifier.builder().imageDigest(second).build(),
                      ImageIdentifier.builder().imageTag("v9").build())
                  .acceptedMediaTypes("application/vnd.oci.image.manifest.v1+json"));
      assertThat(answer.images().getFirst().imageId().imageDigest()).isEqualTo(second);
      assertThat(answer.images().getFirst().imageManifest()).startsWith("{");
      assertThat(answer.failures().getFirst().imageId().imageTag()).isEqualTo("v9");
      assertThat(answer.failures().getFirst().failureCode())
          .isEqualTo(ImageFailureCode.IMAGE_NOT_FOUND);

      assertThatThrownBy(() ->
              ecr.describeImages(r ->
                  r.repositoryName("wire/images")
                      .imageIds(ImageIdentifier.builder().imageTag("v9").build())))
          .isInstanceOf(ImageNotFoundException.class)
          .hasMessageContaining("v9");
      assertThatThrownBy(() -> ecr.describeImages(r -> r.repositoryName("wire/none")))
          .isInstanceOf(RepositoryNotFoundException.class)
          .hasMessageContaining("'wire/none'");
    }
  }

  // ---- finding, keeping, telling

  @Test
  @Calls(service = AwsService.TAGGING, operations = "GetResources")
  void servicesAreFoundByTheirTagsPageByPage() {
    account.service("tagged-1", ", 'tags': [{'key': 'slipway:wire/tagged', 'value': 'any'}]");
    account.service("tagged-2", ", 'tags': [{'key': 'slipway:wire/tagged', 'value': 'tag:x'}]");
    try (ResourceGroupsTaggingApiClient tagging =
        client(ResourceGroupsTaggingApiClient.builder())) {
      var page =
          tagging.getResources(r ->
              r.tagFilters(f -> f.key("slipway:wire/tagged"))
                  .resourceTypeFilters("ecs:service")
                  .resourcesPerPage(1));
      ResourceTagMapping mapping = page.resourceTagMappingList().getFirst();
      assertThat(mapping.resourceARN())
          .isEqualTo("arn:aws:ecs:eu-west-1:123456789012:service/prod/tagged-1");
      assertThat(mapping.tags().getFirst().key()).isEqualTo("slipway:wire/tagged");
      assertThat(mapping.tags().getFirst().value()).isEqualTo("any");
      assertThat(
              tagging
                  .getResourcesPaginator(
                      r -> r.tagFilters(f -> f.key("slipway:wire/tagged")).resourcesPerPage(1))
                  .resourceTagMappingList())
          .hasSize(2);
      account.pass(Duration.ofMinutes(16));
      assertThatThrownBy(() ->
              tagging.getResources(r ->
                  r.tagFilters(f -> f.key("slipway:wire/tagged"))
                      .paginationToken(page.paginationToken())))
          .isInstanceOf(PaginationTokenExpiredException.class);
    }
  }

  @Test
  @Calls(
      service = AwsService.SSM,
      operations = {"PutParameter", "GetParameter"})
  void parametersAreWrittenAndRead() {
    String name = "/slipway/prod/wire/web";
    try (SsmClient ssm = client(SsmClient.builder())) {
      assertThat(
              ssm.putParameter(r -> r.name(name).value("one").type(ParameterType.STRING)).version())
          .isEqualTo(1);
      assertThat(
              ssm.putParameter(
                      r -> r.name(name).value("two").type(ParameterType.STRING).overwrite(true))
                  .version())
          .isEqualTo(2);
      Parameter parameter = ssm.getParameter(r -> r.name(name)).parameter();
      assertThat(parameter.value()).isEqualTo("two");
      assertThat(parameter.type()).isEqualTo(ParameterType.STRING);
      assertThat(parameter.version()).isEqualTo(2);
      assertThat(parameter.lastModifiedDate()).isEqualTo(account.now());
      assertThat(parameter.arn())
          .isEqualTo("arn:aws:ssm:eu-west-1:123456789012:parameter/slipway/prod/wire/web");
      assertThatThrownBy(() -> ssm.putParameter(r -> r.name(name).value("three")))
          .isInstanceOf(ParameterAlreadyExistsException.class);
      assertThatThrownBy(() -> ssm.getParameter(r -> r.name("/slipway/none")))
          .isInstanceOf(ParameterNotFoundException.class);
    }
  }

  @Test
  @Calls(service = AwsService.SECRETS_MANAGER, operations = "GetSecretValue")
  void aSecretIsReadByItsNameAndByItsArn() {
    Instant made = account.now();
    String arn = account.services.secrets().put("wire/slack", "{\"botToken\":\"x\"}");
    try (SecretsManagerClient secrets = client(SecretsManagerClient.builder())) {
      var value = secrets.getSecretValue(r -> r.secretId(arn));
      assertThat(value.secretString()).isEqualTo("{\"botToken\":\"x\"}");
      assertThat(value.name()).isEqualTo("wire/slack");
      assertThat(value.createdDate()).isEqualTo(made);
      assertThat(value.versionStages()).containsExactly("AWSCURRENT");
      assertThat(secrets.getSecretValue(r -> r.secretId("wire/slack")).arn()).isEqualTo(arn);
      assertThatThrownBy(() -> secrets.getSecretValue(r -> r.secretId("wire/none")))
          .isInstanceOf(
              software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException.class);
    }
  }

  @Test
  @Calls(service = AwsService.EVENTS, operations = "PutEvents")
  void eventsAreTakenOneByOne() {
    try (EventBridgeClient events = client(EventBridgeClient.builder())) {
      var answer =
          events.putEvents(r ->
              r.entries(
                  event("slipway", "{\"service\":\"prod/web\"}"),
                  event("slipway", "no JSON"),
                  event("aws.ecs", "{}")));
      assertThat(answer.failedEntryCount()).isEqualTo(2);
      assertThat(answer.entries().get(0).eventId()).isNotBlank();
      assertThat(answer.entries().get(0).errorCode()).isNull();
      assertThat(answer.entries().get(1).errorCode()).isEqualTo("MalformedDetail");
      assertThat(answer.entries().get(2).errorCode()).isEqualTo("NotAuthorizedForSourceException");
      assertThat(answer.entries().get(2).eventId()).isNull();
    }
  }

  private static PutEventsRequestEntry event(String source, String detail) {
    return PutEventsRequestEntry.builder()
        .source(source)
        .detailType("Slipway Deployment Started")
        .detail(detail)
        .time(account.now())
        .resources("arn:aws:ecs:eu-west-1:123456789012:service/prod/web")
        .build();
  }

  @Test
  @Calls(service = AwsService.LOGS, operations = "GetLogEvents")
  void theLastLinesOfAContainerAreRead() {
    account.services.logs().create("/ecs/lines");
    account.services.logs().append("/ecs/lines", "web/1", List.of("one", "two", "three"));
    try (CloudWatchLogsClient logs = client(CloudWatchLogsClient.builder())) {
      var answer =
          logs.getLogEvents(r ->
              r.logGroupName("/ecs/lines").logStreamName("web/1").limit(2).startFromHead(false));
      assertThat(answer.events())
          .extracting(OutputLogEvent::message)
          .containsExactly("two", "three");
      assertThat(answer.events().getLast().timestamp()).isEqualTo(account.now().toEpochMilli());
      assertThat(answer.events().getLast().ingestionTime()).isEqualTo(account.now().toEpochMilli());
      assertThat(
              logs.getLogEvents(r ->
                      r.logGroupName("/ecs/lines")
                          .logStreamName("web/1")
                          .nextToken(answer.nextBackwardToken()))
                  .events())
          .extracting(OutputLogEvent::message)
          .containsExactly("one");
      assertThatThrownBy(
              () -> logs.getLogEvents(r -> r.logGroupName("/ecs/lines").logStreamName("web/2")))
          .isInstanceOf(
              software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException.class)
          .hasMessageContaining("log stream");
    }
  }

  @Test
  @Calls(service = AwsService.CLOUDWATCH, operations = "DescribeAlarms")
  void alarmsOfBothKindsTellTheirStateAndSinceWhen() {
    account.made(
        AwsService.CLOUDWATCH,
        "PutMetricAlarm",
        """
        {'AlarmName': 'wire-errors', 'MetricName': '5xx <&>', 'Namespace': 'App', 'Threshold': 2.5,
         'ComparisonOperator': 'GreaterThanThreshold', 'EvaluationPeriods': 3, 'Period': 60,
         'ActionsEnabled': true, 'Dimensions': [{'Name': 'Service', 'Value': 'web'}]}
        """);
    account.made(
        AwsService.CLOUDWATCH,
        "PutCompositeAlarm",
        "{'AlarmName': 'wire-both', 'AlarmRule': 'ALARM(wire-errors)'}");
    account.pass(Duration.ofMillis(2500));
    Instant since = account.now();
    account.made(
        AwsService.CLOUDWATCH,
        "SetAlarmState",
        "{'AlarmName': 'wire-errors', 'StateValue': 'ALARM', 'StateReason': 'too many'}");
    account.pass(Duration.ofSeconds(5));
    try (CloudWatchClient cloudWatch = client(CloudWatchClient.builder())) {
      var answer =
          cloudWatch.describeAlarms(r ->
              r.alarmNames("wire-errors", "wire-both", "wire-none")
                  .alarmTypes(AlarmType.METRIC_ALARM, AlarmType.COMPOSITE_ALARM)
                  .maxRecords(100));
      assertThat(answer.metricAlarms()).hasSize(1);
      MetricAlarm alarm = answer.metricAlarms().getFirst();
      assertThat(alarm.alarmName()).isEqualTo("wire-errors");
      assertThat(alarm.alarmArn())
          .isEqualTo("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:wire-errors");
      assertThat(alarm.stateValue()).isEqualTo(StateValue.ALARM);
      assertThat(alarm.stateReason()).isEqualTo("too many");
      assertThat(alarm.stateTransitionedTimestamp()).isEqualTo(since);
      assertThat(alarm.metricName()).isEqualTo("5xx <&>");
      assertThat(alarm.threshold()).isEqualTo(2.5);
      assertThat(alarm.actionsEnabled()).isTrue();
      assertThat(alarm.comparisonOperator()).isEqualTo(ComparisonOperator.GREATER_THAN_THRESHOLD);
      assertThat(alarm.dimensions().getFirst().value()).isEqualTo("web");
      CompositeAlarm composite = answer.compositeAlarms().getFirst();
      assertThat(composite.alarmRule()).isEqualTo("ALARM(wire-errors)");
      assertThat(composite.stateValue()).isEqualTo(StateValue.INSUFFICIENT_DATA);

      assertThat(
              cloudWatch
                  .describeAlarmsPaginator(r ->
                      r.alarmNamePrefix("wire-")
                          .alarmTypesWithStrings("MetricAlarm", "CompositeAlarm")
                          .maxRecords(1))
                  .stream()
                  .mapToInt(page -> page.metricAlarms().size() + page.compositeAlarms().size()))
          .containsExactly(1, 1);
      assertThatThrownBy(() -> cloudWatch.describeAlarms(r -> r.maxRecords(101)))
          .isInstanceOf(CloudWatchException.class)
          .satisfies(refusal ->
              assertThat(((AwsServiceException) refusal).awsErrorDetails().errorCode())
                  .isEqualTo("InvalidParameterValue"));
    }
  }

  // ---- queues and the ledger

  @Test
  @Calls(
      service = AwsService.SQS,
      operations = {"SendMessage", "SendMessageBatch", "ReceiveMessage", "DeleteMessage"})
  void messagesOfBothKindsOfQueueKeepTheirBodiesAndAttributes() {
    String dead = account.account.stack().ref("Dead");
    String looks = account.account.stack().ref("Looks");
    try (SqsClient sqs = client(SqsClient.builder())) {
      // The client itself checks the digests of body and attributes in the answer.
      String id =
          sqs.sendMessage(r ->
                  r.queueUrl(dead)
                      .messageBody("{\"no\": <JSON & \u00e9\u4e16>")
                      .messageAttributes(
                          Map.of(
                              "Reason",
                              MessageAttributeValue.builder()
                                  .dataType("String")
                                  .stringValue("not JSON: '<'")
                                  .build())))
              .messageId();
      var dropped =
          sqs.receiveMessage(r ->
                  r.queueUrl(dead)
                      .messageAttributeNames("All")
                      .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
              .messages()
              .getFirst();
      assertThat(dropped.messageId()).isEqualTo(id);
      assertThat(dropped.body()).isEqualTo("{\"no\": <JSON & \u00e9\u4e16>");
      assertThat(dropped.messageAttributes().get("Reason").stringValue())
          .isEqualTo("not JSON: '<'");
      assertThat(dropped.attributes())
          .containsEntry(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "1")
          .containsEntry(
              MessageSystemAttributeName.SENT_TIMESTAMP,
              Long.toString(account.now().toEpochMilli()));
      sqs.deleteMessage(r -> r.queueUrl(dead).receiptHandle(dropped.receiptHandle()));

      var answer =
          sqs.sendMessageBatch(r ->
              r.queueUrl(looks)
                  .entries(look("0", "a", "a-1"), look("1", "b", "b-1"), look("2", "b", null)));
      assertThat(answer.successful()).hasSize(2);
      assertThat(answer.successful().getFirst().sequenceNumber()).isNotBlank();
      BatchResultErrorEntry refused = answer.failed().getFirst();
      assertThat(refused.id()).isEqualTo("2");
      assertThat(refused.senderFault()).isTrue();
      assertThat(refused.code()).isEqualTo("InvalidParameterValue");

      QueueDoesNotExistException none =
          catchThrowableOfType(
              QueueDoesNotExistException.class,
              () -> sqs.sendMessage(r -> r.queueUrl(dead + "x").messageBody("hello")));
      assertThat(none.statusCode()).isEqualTo(400);
    }
  }

  private static SendMessageBatchRequestEntry look(String id, String group, String once) {
    return SendMessageBatchRequestEntry.builder()
        .id(id)
        .messageBody("{\"look\":\"" + group + "\"}")
        .messageGroupId(group)
        .messageDeduplicationId(once)
        .build();
  }

  @Test
  @Calls(
      service = AwsService.DYNAMODB,
      operations = {
        "GetItem",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "Query",
        "TransactWriteItems"
      })
  void theLedgersCallsAndItsLostRaces() {
    String table = account.account.stack().ref("Table");
    try (DynamoDbClient ledger = client(DynamoDbClient.builder())) {
      ledger.putItem(r -> r.tableName(table).item(item("svc", "head", 1)));
      ledger.putItem(r -> r.tableName(table).item(item("svc", "head.q", 1)));
      assertThat(ledger.getItem(r -> r.tableName(table).key(key("svc", "head"))).item())
          .isEqualTo(item("svc", "head", 1));
      assertThat(ledger.getItem(r -> r.tableName(table).key(key("svc", "x"))).hasItem()).isFalse();
      assertThat(
              ledger
                  .queryPaginator(r ->
                      r.tableName(table)
                          .limit(1)
                          .keyConditionExpression("pk = :pk AND begins_with(sk, :sk)")
                          .expressionAttributeValues(
                              Map.of(
                                  ":pk", AttributeValue.fromS("svc"),
                                  ":sk", AttributeValue.fromS("head"))))
                  .items())
          .hasSize(2);
      ledger.transactWriteItems(r ->
          r.transactItems(t ->
              t.put(p ->
                  p.tableName(table)
                      .item(item("svc", "head", 2))
                      .conditionExpression("version = :v")
                      .expressionAttributeValues(Map.of(":v", AttributeValue.fromN("1"))))));
      TransactionCanceledException lost =
          catchThrowableOfType(
              TransactionCanceledException.class,
              () ->
                  ledger.transactWriteItems(r ->
                      r.transactItems(t ->
                          t.put(p ->
                              p.tableName(table)
                                  .item(item("svc", "head", 3))
                                  .conditionExpression("version = :v")
                                  .expressionAttributeValues(
                                      Map.of(":v", AttributeValue.fromN("1")))))));
      assertThat(lost.cancellationReasons())
          .extracting(CancellationReason::code)
          .containsExactly("ConditionalCheckFailed");
      assertThatThrownBy(() ->
              ledger.putItem(r ->
                  r.tableName(table)
                      .item(item("svc", "head", 9))
                      .conditionExpression("attribute_not_exists(pk)")))
          .isInstanceOf(ConditionalCheckFailedException.class);
      ledger.updateItem(r ->
          r.tableName(table)
              .key(key("svc", "head"))
              .updateExpression("SET version = version + :one")
              .expressionAttributeValues(Map.of(":one", AttributeValue.fromN("1"))));
      assertThat(
              ledger
                  .getItem(r -> r.tableName(table).key(key("svc", "head")))
                  .item()
                  .get("version")
                  .n())
          .isEqualTo("3");
      ledger.deleteItem(r -> r.tableName(table).key(key("svc", "head")));
      assertThatThrownBy(() -> ledger.getItem(r -> r.tableName("none").key(key("a", "b"))))
          .isInstanceOf(ResourceNotFoundException.class);
    }
  }

  private static Map<String, AttributeValue> key(String pk, String sk) {
    return Map.of("pk", AttributeValue.fromS(pk), "sk", AttributeValue.fromS(sk));
  }

  private static Map<String, AttributeValue> item(String pk, String sk, int version) {
    return Map.of(
        "pk", AttributeValue.fromS(pk),
        "sk", AttributeValue.fromS(sk),
        "version", AttributeValue.fromN("" + version));
  }

  // ---- CodeDeploy

  @Test
  @Calls(
      service = AwsService.CODEDEPLOY,
      operations = {
        "ListApplications",
        "ListDeploymentGroups",
        "GetDeploymentGroup",
        "BatchGetDeploymentGroups",
        "CreateDeployment",
        "GetDeployment",
        "BatchGetDeployments",
        "ListDeployments",
        "StopDeployment"
      })
  void codeDeployMovesAServiceAndCanBeStopped() {
    codeDeployed(
        "shifted", ", 'alarmConfiguration': {'enabled': true, 'alarms': [{'name': 'shift-5xx'}]}");
    String digest = account.push("shifted", "v2", "healthy");
    String revision = account.revision("shifted", WireAccount.REGISTRY + "shifted:v2@" + digest);
    Instant asked = account.now();
    try (EcsClient ecs = client(EcsClient.builder());
        CodeDeployClient codeDeploy = client(CodeDeployClient.builder())) {
      assertThat(described(ecs, "shifted").taskSets())
          .singleElement()
          .satisfies(set -> assertThat(set.createdAt()).isNotNull());
      assertThat(codeDeploy.listApplications().applications()).contains("shifted");
      assertThat(
              codeDeploy.listDeploymentGroups(r -> r.applicationName("shifted")).deploymentGroups())
          .containsExactly("shifted");
      var group =
          codeDeploy
              .getDeploymentGroup(r -> r.applicationName("shifted").deploymentGroupName("shifted"))
              .deploymentGroupInfo();
      assertThat(group.ecsServices().getFirst().serviceName()).isEqualTo("shifted");
      assertThat(group.autoRollbackConfiguration().enabled()).isTrue();
      assertThat(group.alarmConfiguration().enabled()).isTrue();
      assertThat(group.alarmConfiguration().alarms())
          .extracting(Alarm::name)
          .containsExactly("shift-5xx");
      assertThat(
              codeDeploy
                  .batchGetDeploymentGroups(
                      r -> r.applicationName("shifted").deploymentGroupNames("shifted"))
                  .deploymentGroupsInfo())
          .containsExactly(group);

      String id = deployed(codeDeploy, "shifted", revision);
      DeploymentInfo info = codeDeploy.getDeployment(r -> r.deploymentId(id)).deploymentInfo();
      assertThat(info.description()).isEqualTo("prod/shifted#1");
      assertThat(info.overrideAlarmConfiguration().enabled()).isFalse();
      assertThat(info.createTime()).isEqualTo(asked);
      assertThat(info.status())
          .isIn(DeploymentStatus.CREATED, DeploymentStatus.QUEUED, DeploymentStatus.IN_PROGRESS);
      assertThat(info.creator()).isEqualTo(DeploymentCreator.USER);
      assertThat(info.revision().appSpecContent().content()).isNull();
      assertThat(info.revision().appSpecContent().sha256()).hasSize(64);
      assertThatThrownBy(() -> deployed(codeDeploy, "shifted", revision))
          .isInstanceOf(DeploymentLimitExceededException.class)
          .hasMessageContaining(id);
      assertThat(
              codeDeploy
                  .listDeployments(r ->
                      r.applicationName("shifted")
                          .deploymentGroupName("shifted")
                          .includeOnlyStatuses(
                              DeploymentStatus.CREATED, DeploymentStatus.IN_PROGRESS))
                  .deployments())
          .containsExactly(id);
      assertThat(
              codeDeploy.stopDeployment(r -> r.deploymentId(id).autoRollbackEnabled(true)).status())
          .isIn(StopStatus.PENDING, StopStatus.SUCCEEDED);
      account.pass(Duration.ofMinutes(30));
      DeploymentInfo ended =
          codeDeploy.batchGetDeployments(r -> r.deploymentIds(id)).deploymentsInfo().getFirst();
      assertThat(ended.status()).isEqualTo(DeploymentStatus.STOPPED);
      assertThat(ended.completeTime()).isAfterOrEqualTo(asked);
      assertThatThrownBy(() -> codeDeploy.stopDeployment(r -> r.deploymentId(id)))
          .isInstanceOf(DeploymentAlreadyCompletedException.class);
      assertThatThrownBy(() -> codeDeploy.getDeployment(r -> r.deploymentId("d-NONE00000")))
          .isInstanceOf(DeploymentDoesNotExistException.class);
      assertThatThrownBy(() ->
              codeDeploy.getDeploymentGroup(
                  r -> r.applicationName("shifted").deploymentGroupName("none")))
          .isInstanceOf(DeploymentGroupDoesNotExistException.class);
    }
  }

  @Test
  @Calls(
      service = AwsService.CODEDEPLOY,
      operations = {
        "GetDeploymentTarget",
        "GetApplicationRevision",
        "ContinueDeployment",
        "ListDeployments"
      })
  void codeDeployWaitsForSomebodyAndShowsTheServiceAsItsTarget() {
    codeDeployed(
        "rerouted",
        """
        , 'blueGreenDeploymentConfiguration': {'deploymentReadyOption':
           {'actionOnTimeout': 'STOP_DEPLOYMENT', 'waitTimeInMinutes': 60}}
        """);
    String digest = account.push("rerouted", "v2", "healthy");
    String revision = account.revision("rerouted", WireAccount.REGISTRY + "rerouted:v2@" + digest);
    Instant asked = account.now();
    try (CodeDeployClient codeDeploy = client(CodeDeployClient.builder())) {
      String id = deployed(codeDeploy, "rerouted", revision);
      account.pass(Duration.ofMinutes(10));
      DeploymentInfo ready = codeDeploy.getDeployment(r -> r.deploymentId(id)).deploymentInfo();
      assertThat(ready.status()).isEqualTo(DeploymentStatus.READY);
      assertThat(
              codeDeploy
                  .listDeployments(r ->
                      r.applicationName("rerouted")
                          .deploymentGroupName("rerouted")
                          .createTimeRange(t -> t.start(asked)))
                  .deployments())
          .containsExactly(id);
      String sha256 = ready.revision().appSpecContent().sha256();
      assertThat(
              codeDeploy
                  .getApplicationRevision(r ->
                      r.applicationName("rerouted")
                          .revision(l ->
                              l.revisionType(RevisionLocationType.APP_SPEC_CONTENT)
                                  .appSpecContent(c -> c.sha256(sha256))))
                  .revision()
                  .appSpecContent()
                  .content())
          .isEqualTo(appSpec(revision));
      ECSTarget target =
          codeDeploy
              .getDeploymentTarget(r -> r.deploymentId(id).targetId("prod:rerouted"))
              .deploymentTarget()
              .ecsTarget();
      assertThat(target.targetArn())
          .isEqualTo("arn:aws:ecs:eu-west-1:123456789012:service/prod/rerouted");
      assertThat(target.status()).isEqualTo(TargetStatus.IN_PROGRESS);
      assertThat(target.lifecycleEvents())
          .isNotEmpty()
          .allSatisfy(event ->
              assertThat(event.status()).isNotEqualTo(LifecycleEventStatus.UNKNOWN_TO_SDK_VERSION));

      codeDeploy.continueDeployment(
          r -> r.deploymentId(id).deploymentWaitType(DeploymentWaitType.READY_WAIT));
      account.pass(Duration.ofMinutes(10));
      assertThat(codeDeploy.getDeployment(r -> r.deploymentId(id)).deploymentInfo().status())
          .isEqualTo(DeploymentStatus.SUCCEEDED);

      assertThatThrownBy(() -> codeDeploy.continueDeployment(r -> r.deploymentId(id)))
          .isInstanceOf(DeploymentIsNotInReadyStateException.class);
      assertThatThrownBy(
              () -> codeDeploy.getDeploymentTarget(r -> r.deploymentId(id).targetId("prod:none")))
          .isInstanceOf(DeploymentTargetDoesNotExistException.class);
      assertThatThrownBy(() ->
              codeDeploy.getApplicationRevision(r ->
                  r.applicationName("rerouted")
                      .revision(l -> l.appSpecContent(c -> c.sha256("0")))))
          .isInstanceOf(RevisionDoesNotExistException.class);
      assertThatThrownBy(() -> codeDeploy.listDeploymentGroups(r -> r.applicationName("none")))
          .isInstanceOf(ApplicationDoesNotExistException.class);
    }
  }

  @Test
  @Calls(
      service = AwsService.CODEDEPLOY,
      operations = {"CreateDeployment", "GetDeployment", "GetApplicationRevision"})
  void codeDeployIsGivenAnAppSpecUnderItsOlderNameOrInS3() {
    codeDeployed("given", "");
    String digest = account.push("given", "v2", "healthy");
    String revision = account.revision("given", WireAccount.REGISTRY + "given:v2@" + digest);
    account.services.codeDeploy().object("artifacts", "given.yaml", appSpec(revision));
    try (CodeDeployClient codeDeploy = client(CodeDeployClient.builder())) {
      String older =
          codeDeploy
              .createDeployment(r ->
                  r.applicationName("given")
                      .deploymentGroupName("given")
                      .revision(l ->
                          l.revisionType(RevisionLocationType.STRING)
                              .string(c -> c.content(appSpec(revision)))))
              .deploymentId();
      account.pass(Duration.ofMinutes(30));
      var text = codeDeploy.getDeployment(r -> r.deploymentId(older)).deploymentInfo().revision();
      assertThat(text.revisionType()).isEqualTo(RevisionLocationType.STRING);
      assertThat(text.string().content()).isNull();
      assertThat(
              codeDeploy
                  .getApplicationRevision(r -> r.applicationName("given").revision(text))
                  .revision()
                  .string()
                  .content())
          .isEqualTo(appSpec(revision));

      String inS3 =
          codeDeploy
              .createDeployment(r ->
                  r.applicationName("given")
                      .deploymentGroupName("given")
                      .revision(l ->
                          l.revisionType(RevisionLocationType.S3)
                              .s3Location(s ->
                                  s.bucket("artifacts")
                                      .key("given.yaml")
                                      .bundleType(BundleType.YAML))))
              .deploymentId();
      var place = codeDeploy.getDeployment(r -> r.deploymentId(inS3)).deploymentInfo().revision();
      assertThat(place.revisionType()).isEqualTo(RevisionLocationType.S3);
      assertThat(place.s3Location().bucket()).isEqualTo("artifacts");
      assertThat(place.s3Location().key()).isEqualTo("given.yaml");
      assertThat(place.appSpecContent()).isNull();
    }
  }

  /**
   * A service of CodeDeploy's controller, its application and its deployment group, all so named.
   */
  private static void codeDeployed(String name, String more) {
    account.service(
        name,
        ", 'deploymentController': {'type': 'CODE_DEPLOY'}, 'loadBalancers': [{'containerName':"
            + " 'web', 'containerPort': 80, 'targetGroupArn': 'arn:tg'}]");
    account.made(
        AwsService.CODEDEPLOY,
        "CreateApplication",
        "{'applicationName': '" + name + "', 'computePlatform': 'ECS'}");
    account.made(
        AwsService.CODEDEPLOY,
        "CreateDeploymentGroup",
        """
        {'applicationName': '%1$s', 'deploymentGroupName': '%1$s',
         'ecsServices': [{'clusterName': 'prod', 'serviceName': '%1$s'}],
         'autoRollbackConfiguration': {'enabled': true, 'events': ['DEPLOYMENT_FAILURE']}%2$s}
        """
            .formatted(name, more));
  }

  private static String deployed(CodeDeployClient codeDeploy, String name, String revision) {
    return codeDeploy
        .createDeployment(r ->
            r.applicationName(name)
                .deploymentGroupName(name)
                .description("prod/" + name + "#1")
                .overrideAlarmConfiguration(a -> a.enabled(false))
                .revision(l ->
                    l.revisionType(RevisionLocationType.APP_SPEC_CONTENT)
                        .appSpecContent(c -> c.content(appSpec(revision)))))
        .deploymentId();
  }

  private static String appSpec(String taskDefinition) {
    return WireAccount.json(
            """
            {'version': 0.0, 'Resources': [{'TargetService': {'Type': 'AWS::ECS::Service',
             'Properties': {'TaskDefinition': '%s',
               'LoadBalancerInfo': {'ContainerName': 'web', 'ContainerPort': 80}}}}]}
            """
                .formatted(taskDefinition))
        .toString();
  }

  // ---- the front itself

  @Test
  void whatTheAccountDoesNotServeIsSaidWithItsName() {
    try (EcsClient ecs = client(EcsClient.builder())) {
      assertThatThrownBy(() -> ecs.listAttributes(r -> r.targetType("container-instance")))
          .isInstanceOf(AwsServiceException.class)
          .hasMessageContaining("ListAttributes");
    }
  }

  private static <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C client(
      B builder) {
    return builder
        .endpointOverride(account.endpoint())
        .region(REGION)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("anybody", "anything")))
        .httpClient(http)
        .overrideConfiguration(o -> o.addExecutionInterceptor(new Reader()))
        .build();
  }

  /** Holds every answer against the model of its response. */
  private static final class Reader implements ExecutionInterceptor {
    @Override
    public void afterUnmarshalling(
        Context.AfterUnmarshalling context, ExecutionAttributes attributes) {
      Listener.Call call = account.calls.getLast();
      differences.addAll(Shapes.differences(call.operation(), context.response(), call.output()));
    }
  }
}
