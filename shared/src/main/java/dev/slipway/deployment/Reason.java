package dev.slipway.deployment;

import dev.slipway.verdict.Verdict.Failure;

/**
 * Why: the one list that ledger, chat, metrics and events share. Kept by name: add, never rename.
 */
public enum Reason {
  // A push that is followed
  PUSHED("the policy wants it", Weight.GOOD),
  REQUESTED("a person asked for it", Weight.GOOD),

  // A push that changes nothing
  TAG_NOT_WANTED("the policy does not want this tag", Weight.QUIET),
  VERSION_UNREADABLE("the tag is not a semantic version", Weight.QUIET),
  VERSION_NOT_IN_RANGE("the version is not in the range", Weight.QUIET),
  PRERELEASE("the range does not name pre-releases", Weight.QUIET),
  VERSION_LOWER("the version is lower than the running one", Weight.NOTICE),
  OLDER_PUSH("something pushed later is already running or wanted", Weight.QUIET),
  ALREADY_RUNNING("the service already runs this digest", Weight.QUIET),
  ALREADY_WANTED("this digest is already on its way", Weight.QUIET),
  ALREADY_DECIDED("this push was decided on before", Weight.QUIET),
  QUARANTINED("this digest failed on this service before", Weight.NOTICE),
  NOT_AN_IMAGE("what was pushed is not a container image", Weight.QUIET),
  SWITCHED_OFF("the service is not switched on", Weight.QUIET),
  OBSERVING("Slipway only observes here", Weight.NOTICE),

  // A push that cannot be followed
  SETTINGS_UNREADABLE("a tag on the service cannot be read", Weight.BAD),
  CONTAINER_NOT_FOUND("no container of the task definition follows this repository", Weight.BAD),
  CONTROLLER_UNSUPPORTED("the service's deployment controller is not supported", Weight.BAD),
  NOTHING_FOLLOWED("the service follows no repository", Weight.NOTICE),
  REPOSITORY_MISSING("a repository that it follows is not there", Weight.BAD),

  // While it is under way
  IN_PROGRESS("tasks are being replaced", Weight.GOOD),
  BAKE_TIME("watched before it counts as a success", Weight.GOOD),

  // Good ends
  BASELINE("what the service ran when Slipway first saw it", Weight.GOOD),
  COMPLETED("the rollout is complete", Weight.GOOD),
  COMPLETED_WITHOUT_TASKS("the service is scaled to zero: nothing ran", Weight.NOTICE),

  // Bad ends
  TASKS_FAILED("too many tasks of the new revision failed", Weight.BAD),
  CIRCUIT_BREAKER("ECS's circuit breaker saw too many failing tasks", Weight.BAD),
  ALARM("an alarm went off", Weight.BAD),
  HOOK_FAILED("a lifecycle hook failed", Weight.BAD),
  NO_PROGRESS("no progress in time", Weight.BAD),
  ECS_FAILED("AWS failed the deployment", Weight.BAD),
  STOPPED_BY_PERSON("a person stopped it", Weight.NOTICE),
  UNDONE_BY_PERSON("a person rolled it back", Weight.NOTICE),
  NOT_DEPLOYABLE("the service's set-up lacks what a deployment needs", Weight.BAD),
  REGISTRATION_REFUSED("ECS refused the task definition", Weight.BAD),
  UPDATE_REFUSED("ECS refused the update", Weight.BAD),
  ACCESS_DENIED("Slipway may not do this", Weight.BAD),
  SERVICE_GONE("the service was deleted", Weight.NOTICE),
  NOTHING_TO_GO_BACK_TO("nothing good is known to go back to", Weight.BAD),
  ROLLBACK_FAILED("the rollback failed as well", Weight.BAD),

  // Somebody or something newer
  NEWER_PUSH("a newer push took its place", Weight.NOTICE),
  CHANGED_ELSEWHERE("somebody else deployed", Weight.NOTICE);

  /** How loudly it is told. */
  public enum Weight {
    /** Recorded; never in chat. */
    QUIET,
    /** Good news. */
    GOOD,
    /** Worth knowing. */
    NOTICE,
    /** Somebody should act. */
    BAD
  }

  private final String text;
  private final Weight weight;

  Reason(String text, Weight weight) {
    this.text = text;
    this.weight = weight;
  }

  /** Why a deployment failed, in the one list. */
  public static Reason of(Failure why) {
    return switch (why) {
      case CIRCUIT_BREAKER -> CIRCUIT_BREAKER;
      case TASKS_FAILED -> TASKS_FAILED;
      case ALARM -> ALARM;
      case HOOK_FAILED -> HOOK_FAILED;
      case NO_PROGRESS -> NO_PROGRESS;
      case STOPPED_BY_PERSON -> STOPPED_BY_PERSON;
      case ECS_FAILED -> ECS_FAILED;
    };
  }

  /** Half a sentence for people. */
  public String text() {
    return text;
  }

  public Weight weight() {
    return weight;
  }

  /** A person wanted it so: nothing went wrong that could be found out. */
  public boolean byPerson() {
    return this == STOPPED_BY_PERSON || this == UNDONE_BY_PERSON;
  }
}
