package dev.slipway.verdict;

/** What has become of a deployment, judged by its own id. */
public sealed interface Verdict {

  /** ECS is at it. */
  record Going() implements Verdict {}

  /** Completed; tasks of the new revision run. */
  record Succeeded() implements Verdict {}

  /** Completed with a desired count of zero: nothing ran, so nothing is proven. */
  record SucceededWithoutTasks() implements Verdict {}

  /** It will not become good, and ECS does nothing about it. */
  record Failed(Failure why) implements Verdict {}

  /** ECS is going back. */
  record RollingBack(Failure why) implements Verdict {}

  /** ECS has gone back, to the service revision with this ARN; empty if ECS does not say. */
  record RolledBack(Failure why, String serviceRevision) implements Verdict {}

  /** ECS tried to go back and could not. */
  record RollbackFailed(Failure why) implements Verdict {}

  /** A deployment of another revision took its place. */
  record Superseded(String taskDefinition) implements Verdict {}

  /** Why a deployment is not good. */
  enum Failure {
    CIRCUIT_BREAKER,
    TASKS_FAILED,
    ALARM,
    HOOK_FAILED,
    NO_PROGRESS,
    STOPPED_BY_PERSON,
    ECS_FAILED
  }
}
