package dev.slipway.testing;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Services and task definitions that stand still: what a test puts in is what ECS says. An update
 * changes the service's task definition and begins a deployment, and nothing moves it on.
 */
public final class MemoryEcs implements Ecs {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Map<ServiceRef, ServiceView> services = new TreeMap<>();
  private final Map<String, TaskDefinitionDocument> definitions = new HashMap<>();
  private final Map<String, List<String>> families = new HashMap<>();
  private final Map<ServiceRef, List<RunningTask>> running = new HashMap<>();
  private final Map<ServiceRef, List<StoppedTask>> stopped = new HashMap<>();
  private final Map<String, ServiceDeployment> serviceDeployments = new HashMap<>();
  private final Map<String, ServiceRevision> serviceRevisions = new HashMap<>();
  private final Calls calls;
  private int deployments = 1;

  public MemoryEcs(Calls calls) {
    this.calls = calls;
  }

  /** A rolling service with one completed deployment and two of two tasks. */
  public static ServiceView steady(
      ServiceRef service, String taskDefinition, Map<String, String> tags) {
    return new ServiceView(
        service,
        "ACTIVE",
        "ECS",
        "ROLLING",
        taskDefinition,
        2,
        2,
        0,
        new CircuitBreaker(true, true),
        List.of(),
        "",
        List.of(
            new EcsDeployment(
                "ecs-svc/1", "PRIMARY", taskDefinition, 2, 2, 0, 0, "COMPLETED", "", START, START)),
        List.of(),
        tags,
        List.of(),
        Map.of());
  }

  public void put(ServiceView view) {
    services.put(view.ref(), view);
  }

  public void remove(ServiceRef service) {
    services.remove(service);
  }

  public void running(ServiceRef service, List<RunningTask> tasks) {
    running.put(service, List.copyOf(tasks));
  }

  public void stopped(ServiceRef service, List<StoppedTask> tasks) {
    stopped.put(service, List.copyOf(tasks));
  }

  public void put(ServiceDeployment deployment) {
    serviceDeployments.put(deployment.arn(), deployment);
  }

  public void put(ServiceRevision revision) {
    serviceRevisions.put(revision.arn(), revision);
  }

  @Override
  public List<ServiceView> services(List<ServiceRef> wanted) {
    calls.add("DescribeServices " + wanted.stream().map(ServiceRef::brief).toList());
    return wanted.stream().filter(services::containsKey).map(services::get).toList();
  }

  @Override
  public TaskDefinitionDocument taskDefinition(String arnOrFamily) {
    calls.add("DescribeTaskDefinition " + arnOrFamily);
    List<String> revisions = families.getOrDefault(arnOrFamily, List.of());
    String arn = revisions.isEmpty() ? arnOrFamily : revisions.getLast();
    TaskDefinitionDocument found = definitions.get(arn);
    if (found == null) {
      throw new AwsException(
          AwsService.ECS,
          "DescribeTaskDefinition",
          "ClientException",
          "Unable to describe task definition.",
          400,
          Json.object());
    }
    return new TaskDefinitionDocument(found.document().deepCopy(), found.tags());
  }

  @Override
  public String register(ObjectNode input) {
    String family = Json.text(input, "family");
    calls.add("RegisterTaskDefinition " + family);
    List<String> revisions = families.computeIfAbsent(family, name -> new ArrayList<>());
    int revision = revisions.size() + 1;
    String arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/" + family + ":" + revision;
    ObjectNode document = input.deepCopy();
    Map<String, String> tags = new TreeMap<>();
    document.path("tags").forEach(tag -> tags.put(Json.text(tag, "key"), Json.text(tag, "value")));
    document.remove("tags");
    document.put("taskDefinitionArn", arn).put("revision", revision).put("status", "ACTIVE");
    definitions.put(arn, new TaskDefinitionDocument(document, tags));
    revisions.add(arn);
    return arn;
  }

  @Override
  public List<String> newestRevisions(String family, int limit) {
    calls.add("ListTaskDefinitions " + family);
    return families.getOrDefault(family, List.of()).reversed().stream()
        .filter(arn -> Json.text(definitions.get(arn).document(), "status").equals("ACTIVE"))
        .limit(limit)
        .toList();
  }

  @Override
  public void deregister(String taskDefinitionArn) {
    calls.add("DeregisterTaskDefinition " + taskDefinitionArn);
    definitions.get(taskDefinitionArn).document().put("status", "INACTIVE");
  }

  @Override
  public ServiceView update(ServiceRef service, String taskDefinitionArn) {
    calls.add("UpdateService " + service.brief() + " " + taskDefinitionArn);
    ServiceView before = services.get(service);
    List<EcsDeployment> all = new ArrayList<>();
    all.add(
        new EcsDeployment(
            "ecs-svc/" + ++deployments,
            "PRIMARY",
            taskDefinitionArn,
            before.desired(),
            0,
            before.desired(),
            0,
            "IN_PROGRESS",
            "",
            START,
            START));
    before.deployments().forEach(deployment -> all.add(replaced(deployment)));
    put(
        new ServiceView(
            service,
            before.status(),
            before.controller(),
            before.strategy(),
            taskDefinitionArn,
            before.desired(),
            before.running(),
            before.pending(),
            before.circuitBreaker(),
            before.alarms(),
            before.currentServiceDeployment(),
            all,
            before.events(),
            before.tags(),
            List.of(),
            Map.of()));
    return services.get(service);
  }

  private static EcsDeployment replaced(EcsDeployment deployment) {
    return new EcsDeployment(
        deployment.id(),
        "ACTIVE",
        deployment.taskDefinition(),
        deployment.desired(),
        deployment.running(),
        deployment.pending(),
        deployment.failed(),
        deployment.rolloutState(),
        deployment.rolloutStateReason(),
        deployment.createdAt(),
        deployment.updatedAt());
  }

  @Override
  public Optional<ServiceDeployment> serviceDeployment(String arn) {
    calls.add("DescribeServiceDeployments " + arn);
    return Optional.ofNullable(serviceDeployments.get(arn));
  }

  @Override
  public List<ServiceDeployment> serviceDeployments(ServiceRef service, Instant since) {
    calls.add("ListServiceDeployments " + service.brief());
    return serviceDeployments.values().stream()
        .filter(deployment -> deployment.arn().contains("/" + service.brief() + "/"))
        .filter(deployment -> !deployment.createdAt().isBefore(since))
        .sorted(java.util.Comparator.comparing(ServiceDeployment::createdAt).reversed())
        .toList();
  }

  @Override
  public Optional<ServiceRevision> serviceRevision(String arn) {
    calls.add("DescribeServiceRevisions " + arn);
    return Optional.ofNullable(serviceRevisions.get(arn));
  }

  @Override
  public void stopAndRollBack(String serviceDeploymentArn) {
    calls.add("StopServiceDeployment " + serviceDeploymentArn);
  }

  @Override
  public List<RunningTask> runningTasks(ServiceRef service) {
    calls.add("DescribeTasks RUNNING " + service.brief());
    return running.getOrDefault(service, List.of());
  }

  @Override
  public List<StoppedTask> stoppedTasks(ServiceRef service) {
    calls.add("DescribeTasks STOPPED " + service.brief());
    return stopped.getOrDefault(service, List.of());
  }
}
