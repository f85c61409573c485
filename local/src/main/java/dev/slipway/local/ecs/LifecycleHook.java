package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.local.time.AccountClock;
import java.time.Instant;

/** A hook that a deployment has come to. */
final class LifecycleHook {

  /** ECS's status of a hook. */
  enum Status {
    AWAITING_ACTION,
    IN_PROGRESS,
    SUCCEEDED,
    FAILED,
    TIMED_OUT
  }

  final String id;
  final JsonNode definition;
  final Stage stage;
  final Instant expiresAt;
  Status status;
  AccountClock.Timer timer;

  LifecycleHook(String id, JsonNode definition, Stage stage, Instant expiresAt) {
    this.id = id;
    this.definition = definition;
    this.stage = stage;
    this.expiresAt = expiresAt;
    this.status = isPause(definition) ? Status.AWAITING_ACTION : Status.IN_PROGRESS;
  }

  static boolean isPause(JsonNode definition) {
    return definition.path("targetType").asText().equals("PAUSE");
  }

  boolean isPause() {
    return isPause(definition);
  }

  String type() {
    return isPause() ? "PAUSE" : "AWS_LAMBDA";
  }

  /** {@code ROLLBACK}, unless the hook says {@code CONTINUE}. */
  String timeoutAction() {
    return definition.path("timeoutConfiguration").path("action").asText("ROLLBACK");
  }

  boolean waiting() {
    return status == Status.AWAITING_ACTION || status == Status.IN_PROGRESS;
  }
}
