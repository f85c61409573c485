package dev.slipway.deploy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.aws.Ecs;
import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.CircuitBreaker;
import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.Json;
import dev.slipway.verdict.StoppedTask;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One service whose rollouts end when the test says so. It does what ECS does with task definitions
 * and refuses what it is told to.
 */
final class InMemoryEcs implements Ecs {

  static final ServiceRef SERVICE =
      ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/prod/web");
  private static final String ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/";
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  final List<String> calls = new ArrayList<>();
  final Map<String, TaskDefinitionDocument> revisions = new LinkedHashMap<>();
  final Map<String, String> tags = new HashMap<>(Map.of("slipway", "on"));
  private final Map<String, AwsException> refusals = new HashMap<>();
  private final List<RunningTask> tasks = new ArrayList<>();
  private EcsDeployment current;
  private int deployments;

  /** Registers the next revision of {@code web} with these containers, by nobody of ours. */
  String family(String... containersAndImages) {
    ObjectNode document = Json.object().put("family", "web");
    for (int i = 0; i < containersAndImages.length; i += 2) {
      document
          .withArray("containerDefinitions")
          .addObject()
          .put("name", containersAndImages[i])
          .put("image", containersAndImages[i + 1]);
    }
    return add(document, Map.of());
  }

  private String add(ObjectNode document, Map<String, String> withTags) {
    String arn = ARN + "web:" + (revisions.size() + 1);
    document.put("taskDefinitionArn", arn).put("status", "ACTIVE");
    revisions.put(arn, new TaskDefinitionDocument(document, withTags));
    return arn;
  }

  /** The service is steady with that revision; its one task pulled these digests. */
  void runs(String arn, Map<String, String> digests) {
    current = deployment(arn, "COMPLETED", 1);
    tasks.clear();
    tasks.add(
        new RunningTask(
            "arn:task/1", arn, current.id(), "RUNNING", "UNKNOWN", NOON, Map.copyOf(digests)));
  }

  /** ECS has not counted again yet. */
  void interrupted() {
    tasks.clear();
  }

  private EcsDeployment deployment(String arn, String state, int running) {
    return new EcsDeployment(
        "ecs-svc/" + ++deployments, "PRIMARY", arn, 1, running, 0, 0, state, "", NOON, NOON);
  }

  /** The rollout under way has completed, with these digests pulled. */
  void completes(Map<String, String> digests) {
    EcsDeployment done = current;
    runs(done.taskDefinition(), digests);
    current =
        new EcsDeployment(
            done.id(), "PRIMARY", done.taskDefinition(), 1, 1, 0, 0, "COMPLETED", "", NOON, NOON);
  }

  void refuses(String operation, String code, String message) {
    refusals.put(
        operation, new AwsException(AwsService.ECS, operation, code, message, 400, Json.object()));
  }

  private void called(String operation) {
    calls.add(operation);
    if (refusals.containsKey(operation)) {
      throw refusals.get(operation);
    }
  }

  /** Container to the text of its image, in a revision. */
  Map<String, String> images(String arn) {
    Map<String, String> images = new LinkedHashMap<>();
    revisions
        .get(arn)
        .document()
        .path("containerDefinitions")
        .forEach(one -> images.put(one.path("name").asText(), one.path("image").asText()));
    return images;
  }

  String newest() {
    return new ArrayList<>(revisions.keySet()).getLast();
  }

  /** What an external controller does is in task sets, which nobody here reads. */
  private ServiceView external() {
    return new ServiceView(
        SERVICE,
        "ACTIVE",
        "EXTERNAL",
        "ROLLING",
        "",
        1,
        1,
        0,
        new CircuitBreaker(false, false),
        List.of(),
        "",
        List.of(),
        List.of(),
        tags,
        List.of(),
        Map.of());
  }

  private ServiceView view() {
    if (current == null) {
      return external();
    }
    return new ServiceView(
        SERVICE,
        "ACTIVE",
        "ECS",
        "ROLLING",
        current.taskDefinition(),
        1,
        current.running(),
        0,
        new CircuitBreaker(true, true),
        List.of(),
        "",
        List.of(current),
        List.of(),
        tags,
        List.of(),
        Map.of());
  }

  @Override
  public List<ServiceView> services(List<ServiceRef> services) {
    called("DescribeServices");
    return List.of(view());
  }

  @Override
  public TaskDefinitionDocument taskDefinition(String arnOrFamily) {
    called("DescribeTaskDefinition");
    TaskDefinitionDocument found = revisions.get(arnOrFamily);
    return new TaskDefinitionDocument(found.document().deepCopy(), found.tags());
  }

  @Override
  public String register(ObjectNode input) {
    called("RegisterTaskDefinition");
    Map<String, String> withTags = new HashMap<>();
    input
        .path("tags")
        .forEach(tag -> withTags.put(tag.path("key").asText(), tag.path("value").asText()));
    ObjectNode document = input.deepCopy();
    document.remove("tags");
    return add(document, withTags);
  }

  @Override
  public List<String> newestRevisions(String family, int limit) {
    called("ListTaskDefinitions");
    return new ArrayList<>(
            revisions.entrySet().stream()
                .filter(entry -> active(entry.getKey()))
                .map(Map.Entry::getKey)
                .toList())
        .reversed().stream().limit(limit).toList();
  }

  boolean active(String arn) {
    return revisions.get(arn).document().path("status").asText().equals("ACTIVE");
  }

  @Override
  public void deregister(String taskDefinitionArn) {
    called("DeregisterTaskDefinition");
    revisions.get(taskDefinitionArn).document().put("status", "INACTIVE");
  }

  @Override
  public ServiceView update(ServiceRef service, String taskDefinitionArn) {
    called("UpdateService");
    current = deployment(taskDefinitionArn, "IN_PROGRESS", 0);
    return view();
  }

  @Override
  public Optional<ServiceDeployment> serviceDeployment(String arn) {
    called("DescribeServiceDeployments");
    return Optional.empty();
  }

  @Override
  public List<ServiceDeployment> serviceDeployments(ServiceRef service, Instant since) {
    called("ListServiceDeployments");
    return List.of();
  }

  @Override
  public Optional<ServiceRevision> serviceRevision(String arn) {
    called("DescribeServiceRevisions");
    return Optional.empty();
  }

  @Override
  public void stopAndRollBack(String serviceDeploymentArn) {
    called("StopServiceDeployment");
  }

  @Override
  public List<RunningTask> runningTasks(ServiceRef service) {
    called("ListTasks");
    return List.copyOf(tasks);
  }

  @Override
  public List<StoppedTask> stoppedTasks(ServiceRef service) {
    called("ListTasks");
    return List.of();
  }
}
