package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Keeps every service as it is wanted. Whatever happens to a service only asks for a pass; the pass
 * looks at the whole service and does what is missing.
 */
final class ServiceScheduler implements TaskLifecycle.Listener {
  private static final int LONGEST_BACK_OFF = 16;
  private static final String SCHEDULER = "ServiceSchedulerInitiated";

  private final Account account;
  private final Neighbours neighbours;
  private final EcsTimings timings;
  private final EcsUnknowns unknowns;
  private final EcsEvents events;
  private final Rollouts rollouts;
  private final ResourceTags resourceTags;
  private final TaskLifecycle lifecycle;
  private final LifecycleHooks hooks;
  private final StagedRollout staged;
  private final List<Consumer<String>> taskSetWatchers = new ArrayList<>();
  private final Set<String> distrusted = new HashSet<>();

  ServiceScheduler(
      Account account,
      Neighbours neighbours,
      EcsTimings timings,
      EcsUnknowns unknowns,
      EcsEvents events,
      Rollouts rollouts,
      ResourceTags resourceTags) {
    this.account = account;
    this.neighbours = neighbours;
    this.timings = timings;
    this.unknowns = unknowns;
    this.events = events;
    this.rollouts = rollouts;
    this.resourceTags = resourceTags;
    this.lifecycle = new TaskLifecycle(account, neighbours, timings, events, this);
    this.hooks = new LifecycleHooks(account, events, this::poke);
    this.staged = new StagedRollout(account, timings, rollouts, hooks);
  }

  void distrust(String roleArn) {
    distrusted.add(roleArn);
  }

  void trustAllRoles() {
    distrusted.clear();
  }

  TaskLifecycle lifecycle() {
    return lifecycle;
  }

  LifecycleHooks hooks() {
    return hooks;
  }

  /** Something about the service is new: look at it soon. */
  void poke(EcsService service) {
    poke(service, timings.tick());
  }

  private void poke(EcsService service, Duration delay) {
    Instant at = account.now().plus(delay);
    if (service.nextPass != null) {
      if (!service.nextPass.at().isAfter(at)) {
        return;
      }
      service.nextPass.cancel();
    }
    service.nextPass =
        account.after(
            delay,
            () -> {
              service.nextPass = null;
              pass(service);
            });
  }

  /** Room has become free in the cluster. */
  void roomIn(Cluster cluster) {
    cluster.waitingForRoom.removeIf(service -> !service.noRoom);
    cluster.waitingForRoom.forEach(this::poke);
  }

  private void pass(EcsService service) {
    if (!service.active()) {
      drain(service);
      return;
    }
    if (service.codeDeployed()) {
      keepTaskSets(service);
      return;
    }
    rollouts.advance(service);
    Deployment primary = service.primary();
    ServiceDeployment current = service.current();
    if (current != null
        && current.shift != null
        && current.status == ServiceDeployment.Status.IN_PROGRESS) {
      shiftTraffic(service, primary, current);
      return;
    }
    if (!primary.halted) {
      moveTasks(service, primary);
    }
    boolean full =
        !primary.halted
            && service.tasks.size() == service.desiredCount
            && service.tasksOf(primary).filter(Task::healthy).count() == service.desiredCount;
    if (full) {
      Duration again = rollouts.full(service);
      if (again != null) {
        poke(service, again);
      }
    } else {
      primary.fullSince = null;
      service.steady = false;
    }
  }

  private void drain(EcsService service) {
    List.copyOf(service.tasks)
        .forEach(task -> lifecycle.stop(task, SCHEDULER, "Service was deleted"));
    if (service.tasks.isEmpty() && service.status.equals("DRAINING")) {
      service.status = "INACTIVE";
      service.deployments.clear();
    }
  }

  private void moveTasks(EcsService service, Deployment primary) {
    List<Task> own = service.tasksOf(primary).filter(Task::wanted).toList();
    List<Task> others =
        service.tasks.stream()
            .filter(task -> task.wanted() && task.deployment != primary)
            .sorted(inOrderOfStopping())
            .toList();
    DeploymentSettings settings = settings(service);
    RollingPlan plan =
        RollingPlan.of(
            new RollingPlan.Counts(
                service.desiredCount,
                own.size(),
                (int) own.stream().filter(Task::healthy).count(),
                others.size(),
                (int) others.stream().filter(Task::healthy).count(),
                service.noRoom),
            settings.minimumHealthyPercent(),
            settings.maximumPercent());
    stop(service, others.subList(0, plan.stopOthers()), primary);
    stop(
        service,
        own.stream().sorted(inOrderOfStopping()).toList().subList(0, plan.stopOwn()),
        primary);
    if (plan.start() > 0) {
      startWhenAllowed(service, primary, plan.start());
    }
    if (plan.blocked() && !service.saidBlocked) {
      service.saidBlocked = true;
      service.say(
          account.ids().uuid(),
          account.now(),
          "was unable to stop or start tasks during a deployment because of the service deployment"
              + " configuration. Update the minimumHealthyPercent or maximumPercent value and try"
              + " again.");
    }
  }

  private void keepTaskSets(EcsService service) {
    for (Deployment set : service.deployments) {
      keep(service, set, set.draining ? 0 : service.desiredCount);
    }
    service.deployments.removeIf(set -> set.draining && service.tasksOf(set).findAny().isEmpty());
    boolean full =
        service.deployments.stream()
            .allMatch(
                set -> service.tasksOf(set).filter(Task::healthy).count() == service.desiredCount);
    if (full && !service.steady) {
      rollouts.finish(service);
    }
    service.steady = full;
    taskSetWatchers.forEach(watcher -> watcher.accept(service.arn));
  }

  void watchTaskSets(Consumer<String> watcher) {
    taskSetWatchers.add(watcher);
  }

  private void shiftTraffic(EcsService service, Deployment primary, ServiceDeployment current) {
    service.steady = false;
    keep(service, primary, StagedRollout.newTasks(current));
    for (Deployment other : service.deployments) {
      if (other != primary) {
        boolean serves = other.state == Deployment.State.COMPLETED;
        keep(service, other, serves ? StagedRollout.oldTasks(current) : 0);
      }
    }
    Duration again = staged.step(current);
    if (again != null) {
      poke(service, again);
    }
  }

  /** Starts and stops tasks of one deployment, whatever the others have. */
  private void keep(EcsService service, Deployment deployment, int count) {
    List<Task> own =
        service.tasksOf(deployment).filter(Task::wanted).sorted(inOrderOfStopping()).toList();
    if (own.size() > count) {
      stop(service, own.subList(0, own.size() - count), service.primary());
    } else if (own.size() < count) {
      startWhenAllowed(service, deployment, count - own.size());
    }
  }

  private void startWhenAllowed(EcsService service, Deployment deployment, int number) {
    if (deployment.notBefore.isAfter(account.now())) {
      poke(service, Duration.between(account.now(), deployment.notBefore));
    } else {
      start(service, deployment, number);
    }
  }

  private static DeploymentSettings settings(EcsService service) {
    ServiceDeployment current = service.current();
    return current != null
        ? current.settings
        : DeploymentSettings.of(service.settings.path("deploymentConfiguration"));
  }

  /** What serves nobody goes first, and of the rest what was never completed. */
  private static Comparator<Task> inOrderOfStopping() {
    return Comparator.<Task, Boolean>comparing(Task::healthy)
        .thenComparing(task -> task.deployment.state == Deployment.State.COMPLETED);
  }

  private void stop(EcsService service, List<Task> tasks, Deployment primary) {
    if (tasks.isEmpty()) {
      return;
    }
    String reason = "Scaling activity initiated by (deployment " + primary.id + ")";
    tasks.forEach(task -> lifecycle.stop(task, SCHEDULER, reason));
    service.say(
        account.ids().uuid(),
        account.now(),
        "has stopped " + tasks.size() + " running tasks: " + names(tasks) + ".");
  }

  private static String names(List<Task> tasks) {
    return tasks.stream().map(task -> "(task " + task.id + ")").collect(Collectors.joining(" "));
  }

  /** A role of the definition that ECS may not assume, or null. */
  private String distrustedRole(TaskDefinition definition) {
    for (String member : List.of("taskRoleArn", "executionRoleArn")) {
      String arn = definition.document.path(member).asText();
      if (distrusted.contains(arn)) {
        return arn;
      }
    }
    return null;
  }

  /**
   * ECS starts no task at all, and says so in the service's events alone.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html">service
   *     event messages</a>
   */
  private void cannotAssume(EcsService service, Deployment primary, String role) {
    service.say(
        account.ids().uuid(),
        account.now(),
        "failed to launch a task with (error ECS was unable to assume the role '"
            + role
            + "' that was provided for this task. Please verify that the role being passed has the"
            + " proper trust relationship and permissions and that your IAM user has permissions to"
            + " pass this role.).");
    primary.notBefore = account.now().plus(timings.backOff().multipliedBy(LONGEST_BACK_OFF));
    poke(service, Duration.between(account.now(), primary.notBefore));
  }

  private void start(EcsService service, Deployment primary, int number) {
    String role = distrustedRole(primary.revision.taskDefinition);
    if (role != null) {
      cannotAssume(service, primary, role);
      return;
    }
    List<Task> started = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      TaskDefinition definition = primary.revision.taskDefinition;
      Placement placement =
          Placement.find(service.cluster, definition, launchType(service, definition));
      if (!placement.found()) {
        noRoom(service, placement);
        break;
      }
      service.noRoom = false;
      Task task = task(service, primary);
      if (placement.instance() != null) {
        task.instance = placement.instance();
        task.instance.take(task);
      }
      service.tasks.add(task);
      started.add(task);
      lifecycle.launch(task);
    }
    if (!started.isEmpty()) {
      service.say(
          account.ids().uuid(),
          account.now(),
          "has started " + started.size() + " tasks: " + names(started) + ".");
    }
  }

  private void noRoom(EcsService service, Placement placement) {
    if (!service.noRoom) {
      service.noRoom = true;
      service.cluster.waitingForRoom.add(service);
      service.say(account.ids().uuid(), account.now(), placement.message());
      events.placementFailure(service, placement.instance(), placement.shortage().code());
      // Tasks of the old revision may now have to make way.
      poke(service);
    }
  }

  static String launchType(EcsService service, TaskDefinition definition) {
    if (!service.launchType().isEmpty()) {
      return service.launchType();
    }
    for (JsonNode provider : service.settings.path("capacityProviderStrategy")) {
      return provider.path("capacityProvider").asText().startsWith("FARGATE") ? "FARGATE" : "EC2";
    }
    boolean fargate =
        Json.texts(definition.document, "requiresCompatibilities").contains("FARGATE");
    return fargate && service.cluster.instances.isEmpty() ? "FARGATE" : "EC2";
  }

  private Task task(EcsService service, Deployment deployment) {
    TaskDefinition definition = deployment.revision.taskDefinition;
    String id = account.ids().hex(32);
    Task task =
        new Task(
            id,
            account.arn("ecs", "task/" + service.cluster.name + "/" + id),
            service.cluster,
            definition,
            service,
            deployment,
            deployment.id,
            "service:" + service.name,
            launchType(service, definition),
            Json.object(),
            account.now());
    Map<String, String> images = deployment.revision.images(neighbours.images());
    addContainers(account, task, images);
    return task;
  }

  /**
   * @param images by container name; the task definition's own where there is none
   */
  static void addContainers(Account account, Task task, Map<String, String> images) {
    for (JsonNode definition : task.definition.containers()) {
      String name = definition.path("name").asText();
      String id = account.ids().uuid();
      task.containers.add(
          new Task.Container(
              account.arn("ecs", "container/" + task.cluster.name + "/" + task.id + "/" + id),
              definition,
              images.getOrDefault(name, definition.path("image").asText())));
    }
  }

  /** The service has run this all along: all its tasks are up. */
  void settle(EcsService service, TaskDefinition definition) {
    Deployment deployment = rollouts.settle(service, definition);
    for (int i = 0; i < service.desiredCount; i++) {
      Task task = task(service, deployment);
      service.tasks.add(task);
      lifecycle.assume(task);
    }
    deployment.fullSince = account.now();
  }

  /** The primary deployment has all its tasks, and completes at this moment. */
  void completeNow(EcsService service) {
    Deployment primary = service.primary();
    if (service.tasksOf(primary).filter(Task::healthy).count() < service.desiredCount) {
      throw new IllegalStateException(
          "the deployment of " + service.name + " cannot complete: its tasks are not all healthy");
    }
    rollouts.finish(service);
  }

  void delete(EcsService service) {
    service.status = "DRAINING";
    service.desiredCount = 0;
    resourceTags.disown(service.arn);
    ServiceDeployment current = service.current();
    if (current != null) {
      current.status = ServiceDeployment.Status.STOPPED;
      current.statusReason = "Service was deleted.";
      current.stoppedAt = account.now();
      current.finishedAt = account.now();
      current.updatedAt = account.now();
    }
    poke(service);
  }

  @Override
  public void running(Task task) {
    if (task.service != null) {
      task.deployment.sawRunning = true;
      poke(task.service);
    }
  }

  @Override
  public void healthy(Task task) {
    if (task.service != null) {
      // Running alone starts the count again only where an exit after it does not count.
      if (task.checked() || !unknowns.earlyExitCounts()) {
        rollouts.countHealthy(task);
      }
      poke(task.service);
    }
  }

  @Override
  public void unhealthy(Task task, String reason) {
    if (task.service != null) {
      task.service.say(
          account.ids().uuid(), account.now(), "(task " + task.id + ") " + reason + ".");
      lifecycle.stop(task, SCHEDULER, reason);
    }
  }

  @Override
  public void ending(Task task) {
    if (task.service == null) {
      return;
    }
    boolean scaledIn =
        SCHEDULER.equals(task.stopCode) && !task.stoppedReason.startsWith("Task failed");
    boolean takenAway = "UserInitiated".equals(task.stopCode) || Ecs.SPOT.equals(task.stopCode);
    if (!scaledIn && !takenAway) {
      failed(task);
    }
    poke(task.service);
  }

  private void failed(Task task) {
    Deployment deployment = task.deployment;
    boolean ran = task.startedAt != null;
    // A task that ends before its checks pass has failed them; without checks, running is enough.
    boolean failedCheck =
        ran
            && (task.checked()
                ? task.healthyAt == null || SCHEDULER.equals(task.stopCode)
                : unknowns.earlyExitCounts());
    int factor = 1;
    if (!ran) {
      deployment.startFailures++;
      factor = Math.min(LONGEST_BACK_OFF, 1 << Math.min(10, deployment.startFailures - 1));
      if (deployment.startFailures == 3) {
        events.startImpaired(task.service);
        task.service.say(
            account.ids().uuid(),
            account.now(),
            "is unable to consistently start tasks successfully. For more information, see the"
                + " Troubleshooting section of the Amazon ECS Developer Guide.");
      }
    }
    deployment.notBefore = account.now().plus(timings.backOff().multipliedBy(factor));
    if (!ran || failedCheck) {
      rollouts.countFailure(task, ran);
    }
  }

  @Override
  public void stopped(Task task) {
    if (task.service != null) {
      task.service.tasks.remove(task);
      poke(task.service);
    }
    roomIn(task.cluster);
  }
}
