package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.time.AccountClock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A service: what is wanted, its deployments, its tasks. */
final class EcsService {
  /** A message in the service's {@code events}. */
  record Message(String id, Instant at, String text) {}

  /** ECS shows the last hundred. */
  private static final int MOST_MESSAGES = 100;

  final Cluster cluster;
  final String name;
  final String arn;
  final Instant createdAt;
  final Map<String, String> tags;

  /** Every other member that CreateService and UpdateService were given. */
  final ObjectNode settings;

  int desiredCount;
  String status = "ACTIVE";

  /** Newest first; the first is PRIMARY. */
  final List<Deployment> deployments = new ArrayList<>();

  /** Oldest first. */
  final List<ServiceDeployment> history = new ArrayList<>();

  final Map<String, ServiceRevision> revisions = new LinkedHashMap<>();

  /** Those that are not STOPPED yet. */
  final Set<Task> tasks = new LinkedHashSet<>();

  final Deque<Message> messages = new ArrayDeque<>();
  ServiceRevision lastSuccessful;
  boolean steady;

  /** The last attempt to start a task found no room. */
  boolean noRoom;

  /** Its deployment settings leave no step open; said once. */
  boolean saidBlocked;

  AccountClock.Timer nextPass;

  EcsService(
      Cluster cluster,
      String name,
      String arn,
      Map<String, String> tags,
      ObjectNode settings,
      int desiredCount,
      Instant createdAt) {
    this.cluster = cluster;
    this.name = name;
    this.arn = arn;
    this.tags = tags;
    this.settings = settings;
    this.desiredCount = desiredCount;
    this.createdAt = createdAt;
  }

  boolean active() {
    return status.equals("ACTIVE");
  }

  /** CodeDeploy deploys it, in task sets; else ECS does. */
  boolean codeDeployed() {
    return settings.path("deploymentController").path("type").asText().equals("CODE_DEPLOY");
  }

  Deployment primary() {
    return deployments.getFirst();
  }

  /** The service deployment that has not ended, or null. */
  ServiceDeployment current() {
    if (history.isEmpty()) {
      return null;
    }
    ServiceDeployment last = history.getLast();
    return last.status.ended() || last.status == ServiceDeployment.Status.STOP_REQUESTED
        ? null
        : last;
  }

  Stream<Task> tasksOf(Deployment deployment) {
    return tasks.stream().filter(task -> task.deployment == deployment);
  }

  String launchType() {
    return settings.path("launchType").asText("");
  }

  void say(String id, Instant at, String text) {
    messages.addFirst(new Message(id, at, "(service " + name + ") " + text));
    if (messages.size() > MOST_MESSAGES) {
      messages.removeLast();
    }
  }
}
