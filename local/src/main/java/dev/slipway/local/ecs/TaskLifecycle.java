package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.ecr.Behaviour;
import dev.slipway.local.ecr.PulledImage;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Moves a task from PROVISIONING to STOPPED, as its images' behaviour says, and emits an event for
 * each change.
 */
final class TaskLifecycle {
  private static final int SIGKILL = 137;
  private static final int SIGTERM = 143;
  private static final Pattern EXIT = Pattern.compile("\\bexit (\\d{1,3})\\b");

  /** Who wants to know how a task gets on. */
  interface Listener {
    /** The task has become RUNNING. */
    void running(Task task);

    /** All its checks pass; at once, if there are none. */
    void healthy(Task task);

    /** A check has failed for good. */
    void unhealthy(Task task, String reason);

    /** Its desired status has become STOPPED. */
    void ending(Task task);

    /** It is STOPPED, and what it held is free again. */
    void stopped(Task task);
  }

  private final Account account;
  private final Neighbours neighbours;
  private final EcsTimings timings;
  private final EcsEvents events;
  private final TaskNeeds needs;
  private final TaskLogs logs;
  private final Listener listener;

  TaskLifecycle(
      Account account,
      Neighbours neighbours,
      EcsTimings timings,
      EcsEvents events,
      Listener listener) {
    this.account = account;
    this.neighbours = neighbours;
    this.timings = timings;
    this.events = events;
    this.needs = new TaskNeeds(account, neighbours);
    this.logs = new TaskLogs(neighbours.logs());
    this.listener = listener;
  }

  private void then(Task task, Duration delay, Runnable step) {
    task.expect(account.after(delay, step));
  }

  private void become(Task task, String status) {
    task.lastStatus = status;
    task.version++;
    task.updatedAt = account.now();
    events.taskState(task);
  }

  /** The task has been placed: begin. */
  void launch(Task task) {
    task.cluster.add(task);
    if (task.fargate()) {
      become(task, "PROVISIONING");
      then(task, timings.provision(), () -> prepare(task));
    } else {
      prepare(task);
    }
  }

  /** The task was there all along: RUNNING and healthy, without a word to anybody. */
  void assume(Task task) {
    task.cluster.add(task);
    for (Task.Container container : task.containers) {
      try {
        pull(task, container);
      } catch (PulledImage.Refused e) {
        throw new IllegalArgumentException("cannot be running: " + e.getMessage(), e);
      }
      start(container);
      container.passing = true;
      container.health = container.hasHealthCheck() ? "HEALTHY" : "UNKNOWN";
    }
    task.lastStatus = "RUNNING";
    task.version = 5;
    task.connectedAt = account.now();
    task.pullStartedAt = account.now();
    task.pullStoppedAt = account.now();
    task.startedAt = account.now();
    task.healthyAt = account.now();
  }

  private void prepare(Task task) {
    task.connectedAt = account.now();
    become(task, "PENDING");
    String missing = needs.missing(task);
    if (missing != null) {
      failToStart(task, missing);
      return;
    }
    task.pullStartedAt = account.now();
    then(task, timings.pull(), () -> pulled(task));
  }

  private void pull(Task task, Task.Container container) throws PulledImage.Refused {
    String reference =
        task.deployment == null
            ? container.image
            : task.deployment.revision.pulls(container.name, container.image);
    PulledImage image = neighbours.images().pull(reference, task.definition.architecture());
    container.digest = image.digest();
    container.architecture = image.architecture();
    container.behaviour = image.behaviour();
  }

  private void pulled(Task task) {
    task.pullStoppedAt = account.now();
    for (Task.Container container : task.containers) {
      try {
        pull(task, container);
      } catch (PulledImage.Refused e) {
        container.reason = e.getMessage();
        failToStart(task, e.getMessage());
        return;
      }
    }
    then(task, timings.start(), () -> started(task));
  }

  private void start(Task.Container container) {
    container.lastStatus = "RUNNING";
    container.runtimeId = account.ids().hex(32) + "-" + account.ids().hex(10);
  }

  private void started(Task task) {
    for (Task.Container container : task.containers) {
      if (container.behaviour instanceof Behaviour.NeverStarts) {
        container.reason =
            "CannotStartContainerError: Error response from daemon: failed to create task for"
                + " container: failed to create shim task: OCI runtime create failed: runc create"
                + " failed: unable to start container process: exec: \"/app/run\": stat /app/run:"
                + " no such file or directory: unknown";
        failToStart(task, container.reason);
        return;
      }
    }
    task.containers.forEach(this::start);
    for (Task.Container container : task.containers) {
      if (container.behaviour instanceof Behaviour.Crash crash && crash.after().isZero()) {
        logs.crash(task, container, crash.exitCode());
        exit(task, container, crash.exitCode(), null);
        if (!task.wanted()) {
          return;
        }
      }
    }
    task.startedAt = account.now();
    if (task.isTarget()) {
      become(task, "ACTIVATING");
    }
    become(task, "RUNNING");
    listener.running(task);
    if (!task.checked()) {
      task.healthyAt = account.now();
      listener.healthy(task);
    }
    for (Task.Container container : task.containers) {
      if (task.wanted() && container.lastStatus.equals("RUNNING")) {
        behave(task, container);
      }
    }
  }

  private void behave(Task task, Task.Container container) {
    String host = task.definition.architecture();
    if (container.architecture != null && !container.architecture.equals(host)) {
      logs.line(task, container, "exec /app/run: exec format error");
      then(task, Duration.ofSeconds(1), () -> exit(task, container, 255, null));
      return;
    }
    switch (container.behaviour) {
      case Behaviour.Healthy() -> {
        Matcher command = overriddenCommand(task, container);
        if (command == null) {
          logs.started(task, container);
          passAfter(task, container, timings.healthy());
        } else {
          int code = command.find() ? Integer.parseInt(command.group(1)) : 0;
          logs.line(task, container, "command finished with exit code " + code);
          then(task, timings.oneOff(), () -> exit(task, container, code, null));
        }
      }
      case Behaviour.Lingers(_) -> {
        logs.started(task, container);
        passAfter(task, container, timings.healthy());
      }
      case Behaviour.Slow(Duration after) -> {
        logs.started(task, container);
        passAfter(task, container, after);
      }
      case Behaviour.DiesLater(Duration after) -> {
        logs.started(task, container);
        passAfter(task, container, timings.healthy());
        crashAfter(task, container, after, 1);
      }
      case Behaviour.Crash(int code, Duration after) -> {
        passAfter(task, container, timings.healthy());
        crashAfter(task, container, after, code);
      }
      case Behaviour.OutOfMemory() ->
          then(
              task,
              Duration.ofSeconds(3),
              () ->
                  exit(
                      task,
                      container,
                      SIGKILL,
                      "OutOfMemoryError: Container killed due to memory usage"));
      case Behaviour.Unhealthy() -> {
        logs.started(task, container);
        if (task.checked(container)) {
          then(task, timings.unhealthy(), () -> failCheck(task, container));
        }
      }
      case Behaviour.NeverStarts() -> throw new IllegalStateException("it has started");
    }
  }

  private static Matcher overriddenCommand(Task task, Task.Container container) {
    for (JsonNode override : task.overrides.path("containerOverrides")) {
      if (override.path("name").asText().equals(container.name)
          && override.path("command").size() > 0) {
        return EXIT.matcher(String.join(" ", Json.texts(override, "command")));
      }
    }
    return null;
  }

  private void crashAfter(Task task, Task.Container container, Duration after, int code) {
    then(
        task,
        after,
        () -> {
          logs.crash(task, container, code);
          exit(task, container, code, null);
        });
  }

  private void passAfter(Task task, Task.Container container, Duration after) {
    if (task.checked(container)) {
      then(task, after, () -> pass(task, container));
    }
  }

  private void pass(Task task, Task.Container container) {
    if (!task.wanted() || !container.lastStatus.equals("RUNNING")) {
      return;
    }
    container.passing = true;
    if (container.hasHealthCheck()) {
      container.health = "HEALTHY";
    }
    if (task.healthyAt == null
        && task.containers.stream().allMatch(each -> each.passing || !task.checked(each))) {
      task.healthyAt = account.now();
      listener.healthy(task);
    }
  }

  private void failCheck(Task task, Task.Container container) {
    if (!task.wanted()) {
      return;
    }
    if (container.hasHealthCheck()) {
      container.health = "UNHEALTHY";
      listener.unhealthy(task, "Task failed container health checks");
    } else {
      listener.unhealthy(
          task,
          "Task failed ELB health checks in (target-group " + task.targetGroup(container) + ")");
    }
  }

  private void exit(Task task, Task.Container container, int code, String reason) {
    container.exitCode = code;
    container.reason = reason;
    container.lastStatus = "STOPPED";
    if (container.essential && task.wanted()) {
      end(task, "EssentialContainerExited", "Essential container in task exited");
      wait(task, timings.deprovision());
    } else {
      become(task, task.lastStatus);
    }
  }

  private void failToStart(Task task, String reason) {
    end(task, "TaskFailedToStart", reason);
    wait(task, timings.deprovision());
  }

  /** Somebody wants the task to stop; nothing happens to one that is stopping already. */
  void stop(Task task, String stopCode, String reason) {
    if (!task.wanted()) {
      return;
    }
    boolean ran = task.startedAt != null;
    end(task, stopCode, reason);
    wait(task, ran ? stopping(task) : timings.deprovision());
  }

  /** Until its last container has ended. */
  private Duration stopping(Task task) {
    return task.containers.stream()
        .map(container ->
            container.behaviour instanceof Behaviour.Lingers(Duration after)
                ? after
                : timings.stop())
        .max(Duration::compareTo)
        .orElse(timings.stop());
  }

  private void end(Task task, String stopCode, String reason) {
    task.forgetWhatWasExpected();
    task.stopCode = stopCode;
    task.stoppedReason = reason;
    task.desiredStatus = "STOPPED";
    task.stoppingAt = account.now();
    become(
        task,
        task.startedAt == null ? "DEPROVISIONING" : task.isTarget() ? "DEACTIVATING" : "STOPPING");
    listener.ending(task);
  }

  private void wait(Task task, Duration stopping) {
    account.after(
        stopping,
        () -> {
          for (Task.Container container : task.containers) {
            if (container.lastStatus.equals("RUNNING")) {
              container.exitCode = SIGTERM;
            }
            container.lastStatus = "STOPPED";
          }
          if (task.startedAt != null) {
            task.executionStoppedAt = account.now();
          }
          if (task.fargate() && task.startedAt != null) {
            become(task, "DEPROVISIONING");
            account.after(timings.deprovision(), () -> stopped(task));
          } else {
            stopped(task);
          }
        });
  }

  private void stopped(Task task) {
    task.stoppedAt = account.now();
    if (task.instance != null) {
      task.instance.release(task);
    }
    become(task, "STOPPED");
    account.background(timings.stoppedTasks(), () -> task.cluster.forget(task));
    listener.stopped(task);
  }
}
