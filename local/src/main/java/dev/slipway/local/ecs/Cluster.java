package dev.slipway.local.ecs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A cluster: its services, tasks and, if it is backed by EC2, its instances. */
final class Cluster {
  final String name;
  final String arn;
  final Map<String, EcsService> services = new LinkedHashMap<>();
  private final Map<String, Task> tasks = new LinkedHashMap<>();
  private final Map<String, Set<Task>> tasksByGroup = new HashMap<>();

  /** Services whose last task found no room; some may have found it since. */
  final Set<EcsService> waitingForRoom = new LinkedHashSet<>();

  final List<ContainerInstance> instances = new ArrayList<>();

  /** Most tasks that the cluster can hold at once, whatever their launch type. */
  int mostTasks = Integer.MAX_VALUE;

  Cluster(String name, String arn) {
    this.name = name;
    this.arn = arn;
  }

  void add(Task task) {
    tasks.put(task.arn, task);
    tasksByGroup.computeIfAbsent(task.group, unused -> new LinkedHashSet<>()).add(task);
  }

  void forget(Task task) {
    tasks.remove(task.arn);
    Set<Task> group = tasksByGroup.get(task.group);
    group.remove(task);
    if (group.isEmpty()) {
      tasksByGroup.remove(task.group);
    }
  }

  /** The task, or null. */
  Task task(String taskArn) {
    return tasks.get(taskArn);
  }

  /** All tasks that are remembered, stopped ones too. */
  Collection<Task> tasks() {
    return tasks.values();
  }

  /** As {@link #tasks()}, of one group: a service's tasks are found without looking at others. */
  Collection<Task> tasks(String group) {
    return tasksByGroup.getOrDefault(group, Set.of());
  }

  long liveTasks() {
    return tasks.values().stream().filter(task -> !task.stopped()).count();
  }
}
