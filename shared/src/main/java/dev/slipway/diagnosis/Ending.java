package dev.slipway.diagnosis;

/**
 * How a deployment ended, as far as a diagnosis depends on it. The names are those of the reasons
 * in the ledger; the type is its own because deployments hold diagnoses, and not the other way
 * round.
 */
public enum Ending {
  TASKS_FAILED,
  CIRCUIT_BREAKER,
  ALARM,
  HOOK_FAILED,
  NO_PROGRESS,
  ECS_FAILED,
  STOPPED_BY_PERSON,
  REGISTRATION_REFUSED,
  UPDATE_REFUSED,
  ACCESS_DENIED,
  SERVICE_GONE,
  /** Anything else: tasks and events alone say why. */
  OTHER;

  /** By the name of a reason; {@link #OTHER} if there is none of that name. */
  public static Ending of(String reason) {
    for (Ending ending : values()) {
      if (ending.name().equals(reason)) {
        return ending;
      }
    }
    return OTHER;
  }
}
