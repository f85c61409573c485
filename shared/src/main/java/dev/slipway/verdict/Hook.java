package dev.slipway.verdict;

import java.time.Instant;

/**
 * A lifecycle hook that a service deployment has come to: as DescribeServiceDeployments lists it,
 * as an event told of it, or both.
 *
 * @param target ARN of the function that a Lambda hook calls; empty for a pause, and in events
 * @param stage the lifecycle stage it belongs to; empty where only ECS's list is known
 * @param expiresAt when ECS takes the timeout action; null if ECS does not say
 * @param at when the event says that it came to this state; null where only ECS's list is known
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentLifecycleHookDetail.html">DeploymentLifecycleHookDetail</a>
 */
public record Hook(
    String id,
    Type type,
    String target,
    String stage,
    State state,
    Instant expiresAt,
    TimeoutAction timeoutAction,
    Instant at) {

  /** What a hook does. */
  public enum Type {
    /** Waits until somebody calls ContinueServiceDeployment. */
    PAUSE,
    /** Calls a function. */
    LAMBDA,
    /** A type that AWS has added. */
    OTHER;

    /** From AWS's name. */
    public static Type of(String name) {
      return switch (name) {
        case "PAUSE" -> PAUSE;
        case "AWS_LAMBDA" -> LAMBDA;
        default -> OTHER;
      };
    }
  }

  /** How far a hook has come. */
  public enum State {
    /** A pause that nobody has answered. */
    AWAITING_ACTION,
    /** A function that has not decided. */
    IN_PROGRESS,
    SUCCEEDED,
    FAILED,
    TIMED_OUT,
    /** A state that AWS has added. */
    OTHER;

    /** From AWS's name. */
    public static State of(String name) {
      for (State state : values()) {
        if (state.name().equals(name)) {
          return state;
        }
      }
      return OTHER;
    }

    /** Whether ECS goes no further because of it. */
    public boolean pending() {
      return switch (this) {
        case AWAITING_ACTION, IN_PROGRESS -> true;
        case SUCCEEDED, FAILED, TIMED_OUT, OTHER -> false;
      };
    }

    /** Whether it has come to its end: it never leaves such a state again. */
    public boolean ended() {
      return switch (this) {
        case SUCCEEDED, FAILED, TIMED_OUT -> true;
        case AWAITING_ACTION, IN_PROGRESS, OTHER -> false;
      };
    }
  }

  /** What ECS does when a hook has not ended in time. */
  public enum TimeoutAction {
    ROLLBACK,
    CONTINUE,
    /** Not said, as in events; ECS's default is to roll back. */
    UNKNOWN;

    /** From AWS's name. */
    public static TimeoutAction of(String name) {
      return switch (name) {
        case "ROLLBACK" -> ROLLBACK;
        case "CONTINUE" -> CONTINUE;
        default -> UNKNOWN;
      };
    }
  }

  /** Whether ECS waits for it. */
  public boolean pending() {
    return state.pending();
  }

  /** Whether ECS goes back because of it. */
  public boolean failed() {
    return state == State.FAILED
        || (state == State.TIMED_OUT && timeoutAction != TimeoutAction.CONTINUE);
  }

  /**
   * Whether somebody decided against the deployment: nothing but ContinueServiceDeployment with
   * ROLLBACK makes a pause fail before its time.
   */
  public boolean declinedByPerson() {
    return type == Type.PAUSE && state == State.FAILED;
  }

  /** The same in another state. */
  public Hook as(State next) {
    return new Hook(id, type, target, stage, next, expiresAt, timeoutAction, at);
  }

  /** The same, of the stage that is known from elsewhere if it does not say itself. */
  public Hook in(String otherwise) {
    return stage.isEmpty()
        ? new Hook(id, type, target, otherwise, state, expiresAt, timeoutAction, at)
        : this;
  }

  /** The same, of the function that is known from elsewhere if it does not say itself. */
  public Hook calling(String otherwise) {
    return type == Type.LAMBDA && target.isEmpty()
        ? new Hook(id, type, otherwise, stage, state, expiresAt, timeoutAction, at)
        : this;
  }

  /** The same, with what its time-out leads to as known from elsewhere if it does not say. */
  Hook timingOutTo(TimeoutAction otherwise) {
    return timeoutAction == TimeoutAction.UNKNOWN
        ? new Hook(id, type, target, stage, state, expiresAt, otherwise, at)
        : this;
  }

  /** The function's name, or else the hook's id. */
  public String name() {
    String function = target.substring(target.lastIndexOf(':') + 1);
    return function.isEmpty() ? id : function;
  }
}
