package dev.slipway.deployment;

import dev.slipway.verdict.Verdict.Failure;
import java.time.Instant;

/** The one next thing to do for a service. */
public sealed interface Step {

  /**
   * Nothing to do.
   *
   * @param until when to look again at the latest; null for when something happens
   * @param why half a sentence; what waits is told to wait for this, so it must not change while
   *     nothing does
   */
  record Rest(Instant until, String why) implements Step {}

  /** First sight: record what runs. Deploys nothing. */
  record TakeBaseline() implements Step {}

  /** Somebody else brought the service to a new steady state: record it as what is good now. */
  record Adopt() implements Step {}

  /** What is wanted is not deployed, for this reason. */
  record Decline(Reason reason, String detail) implements Step {}

  /**
   * Start what is wanted.
   *
   * @param replacing whether the deployment in flight gives way
   */
  record Begin(boolean replacing) implements Step {}

  /** Check, copy, register and start the deployment in flight. */
  record Start() implements Step {}

  /** Put the service back: ask ECS, or roll out the last good revision. */
  record GoBack() implements Step {}

  /**
   * The deployment in flight came further, or stands where it stood.
   *
   * @param rollout what ECS says of it now
   * @param until when to look again at the latest
   */
  record Follow(Deployment.Rollout rollout, Instant until) implements Step {}

  /** Find out which alarms watch the deployment in flight, and write them down. */
  record FindAlarms() implements Step {}

  /** ECS completed it; watch it for a while before it counts. */
  record Bake(Instant until) implements Step {}

  /** It runs, or, without tasks, nothing speaks against it. */
  record Succeed(Reason reason) implements Step {}

  /**
   * It is bad. The way back begins, if there is one.
   *
   * @param ecsGoesBack whether ECS is already going back, or has gone
   * @param blameless whether no task of it ever ran, and what it failed of will pass: its images
   *     are wanted again
   */
  record Fail(Failure why, boolean ecsGoesBack, boolean blameless) implements Step {
    public Fail(Failure why, boolean ecsGoesBack) {
      this(why, ecsGoesBack, false);
    }
  }

  /** The way back waits for a person to let it go on, and nobody needs to be asked. */
  record Proceed() implements Step {}

  /** ECS has finished going back; compare what it returned to. */
  record Returned(String serviceRevision) implements Step {}

  /** The way back failed as well: only a person can help. */
  record CallForPerson(String detail) implements Step {}

  /** Another deployment took its place. */
  record GiveWay(String taskDefinition) implements Step {}

  /** The service is no more. */
  record Close() implements Step {}

  /** A person wants a finished deployment undone. */
  record Undo(Head.Request.RollBack request) implements Step {}

  /** A person asked for something that is no longer to be done. */
  record DropRequest(String why) implements Step {}
}
