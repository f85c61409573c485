package dev.slipway.local.ecs;

import java.time.Instant;

/** What DescribeServices calls a deployment: {@code ecs-svc/<19 digits>}. */
final class Deployment {

  /** ECS's {@code rolloutState}. */
  enum State {
    IN_PROGRESS,
    COMPLETED,
    FAILED
  }

  final String id;
  final ServiceRevision revision;
  final Instant createdAt;
  Instant updatedAt;
  boolean primary = true;
  State state = State.IN_PROGRESS;
  String reason;

  /** In a row, as DescribeServices shows it. */
  int failedTasks;

  /** Failures that count for the circuit breaker. */
  int breakerCount;

  /** The circuit breaker's first stage is over. */
  boolean sawRunning;

  /** Of a task set: the CodeDeploy deployment that made it, or null. */
  String externalId;

  /** Of a task set: it is being removed. */
  boolean draining;

  /** The deployment failed, and ECS starts no more tasks for it. */
  boolean halted;

  /** Tasks in a row that never ran; sets the back-off. */
  int startFailures;

  Instant notBefore = Instant.MIN;

  /** Since when everything is as it should be; null while it is not. */
  Instant fullSince;

  Deployment(String id, ServiceRevision revision, Instant createdAt) {
    this.id = id;
    this.revision = revision;
    this.createdAt = createdAt;
    this.updatedAt = createdAt;
    this.reason = "ECS deployment " + id + " in progress.";
  }

  /** Back in progress: a rollback has come to it. */
  void startOver(Instant now, String why) {
    state = State.IN_PROGRESS;
    reason = why;
    updatedAt = now;
    failedTasks = 0;
    breakerCount = 0;
    sawRunning = false;
    halted = false;
    startFailures = 0;
    notBefore = Instant.MIN;
    fullSince = null;
  }
}
