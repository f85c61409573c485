package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/** What ListServiceDeployments calls a deployment: the attempt, with its end and any rollback. */
final class ServiceDeployment {

  /** ECS's {@code ServiceDeploymentStatus}; there is no plain "failed". */
  enum Status {
    PENDING,
    IN_PROGRESS,
    STOP_REQUESTED,
    STOPPED,
    SUCCESSFUL,
    ROLLBACK_REQUESTED,
    ROLLBACK_IN_PROGRESS,
    ROLLBACK_SUCCESSFUL,
    ROLLBACK_FAILED;

    boolean rollingBack() {
      return this == ROLLBACK_REQUESTED || this == ROLLBACK_IN_PROGRESS;
    }

    boolean ended() {
      return switch (this) {
        case STOPPED, SUCCESSFUL, ROLLBACK_SUCCESSFUL, ROLLBACK_FAILED -> true;
        case PENDING, IN_PROGRESS, STOP_REQUESTED, ROLLBACK_REQUESTED, ROLLBACK_IN_PROGRESS ->
            false;
      };
    }
  }

  final String arn;
  final EcsService service;
  final Deployment target;
  final List<ServiceRevision> sources;

  /** As {@link DeploymentSettings} reads it; a later change of the service leaves it alone. */
  final ObjectNode configuration;

  final DeploymentSettings settings;
  final Instant createdAt;
  Status status = Status.PENDING;
  String statusReason;
  String lifecycleStage;
  Instant startedAt;
  Instant stoppedAt;
  Instant finishedAt;
  Instant updatedAt;

  /** Whether ECS shows it already. */
  boolean seen(EcsUnknowns unknowns) {
    return status != Status.PENDING || !unknowns.serviceDeploymentsLate();
  }

  /** Where it goes back to, once it does. */
  Deployment rollback;

  String rollbackReason;
  Instant rollbackStartedAt;
  boolean breakerTriggered;

  /** Null for a rolling deployment. */
  final TrafficShift shift;

  /** No alarm was in ALARM at the start, so that alarms count; else ECS ignores them. */
  boolean alarmsWatched;

  List<String> triggeredAlarms = List.of();

  ServiceDeployment(
      String arn,
      EcsService service,
      Deployment target,
      List<ServiceRevision> sources,
      ObjectNode configuration,
      Instant createdAt) {
    this.arn = arn;
    this.service = service;
    this.target = target;
    this.sources = sources;
    this.configuration = configuration;
    this.settings = DeploymentSettings.of(configuration);
    this.shift = TrafficShift.of(settings, configuration, createdAt);
    this.createdAt = createdAt;
    this.updatedAt = createdAt;
  }
}
