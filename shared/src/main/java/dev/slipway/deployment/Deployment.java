package dev.slipway.deployment;

import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.image.ImageSet;
import java.time.Instant;
import java.util.Optional;

/**
 * One attempt to move a service from one image set to another. A rollback is a deployment too.
 *
 * @param sequence counts a service's deployments, from 1; with the service it is the identity
 * @param detail one or two sentences for people; may hold text from outside, not yet escaped
 * @param from the image set before
 * @param to the image set that is wanted
 * @param rollbackOf sequence of the deployment that failed, if this is the way back from it; 0 if
 *     not
 * @param rolledBackBy who brought the service back, if somebody did
 * @param finishedAt when it ended; null until then
 */
public record Deployment(
    ServiceRef service,
    long sequence,
    Status status,
    Reason reason,
    String detail,
    ImageSet from,
    ImageSet to,
    Trigger trigger,
    Revisions revisions,
    Rollout rollout,
    long rollbackOf,
    RolledBackBy rolledBackBy,
    Audience audience,
    Optional<Diagnosis> diagnosis,
    Instant createdAt,
    Instant updatedAt,
    Instant finishedAt) {

  /** Who brought the service back. */
  public enum RolledBackBy {
    NOBODY,
    ECS,
    SLIPWAY,
    PERSON
  }

  /**
   * What asked for it.
   *
   * @param by a person's name or Slack id, or empty
   * @param eventId id of the event, or empty
   */
  public record Trigger(Kind kind, String by, String eventId, Instant at) {
    /** The kinds of cause. */
    public enum Kind {
      PUSH,
      REPLICATION,
      RECONCILE,
      PERSON,
      ROLLBACK
    }
  }

  /**
   * Task definition ARNs; empty while unknown.
   *
   * @param previous what the service ran before
   * @param base what is copied
   * @param own what Slipway registered for this deployment, or goes back to
   */
  public record Revisions(String previous, String base, String own) {
    public static final Revisions NONE = new Revisions("", "", "");

    public Revisions withOwn(String arn) {
      return new Revisions(previous, base, arn);
    }
  }

  /**
   * What ECS says of it.
   *
   * @param ecsDeploymentId {@code ecs-svc/<n>}; empty until UpdateService has answered
   * @param serviceDeploymentArn the service deployment, where ECS has one; empty if not known
   * @param stage lifecycle stage, empty for a plain rolling update
   * @param progressAt when it last came further
   * @param bakeUntil end of the bake, null outside it
   * @param tasksSeen whether a task of the new revision ever ran
   * @param stopRequested whether Slipway has asked ECS to stop it and go back
   */
  public record Rollout(
      String ecsDeploymentId,
      String serviceDeploymentArn,
      int desired,
      int running,
      int pending,
      int failed,
      String stage,
      Instant startedAt,
      Instant progressAt,
      Instant bakeUntil,
      boolean tasksSeen,
      boolean stopRequested) {
    public static final Rollout NONE =
        new Rollout("", "", 0, 0, 0, 0, "", null, null, null, false, false);
  }

  /** {@code <cluster>/<service>#<sequence>}: unique within account and Region. */
  public String id() {
    return service.brief() + "#" + sequence;
  }

  public boolean isRollback() {
    return rollbackOf != 0;
  }

  /** The same with another status; ended ones get their time of ending. */
  public Deployment as(Status next, Reason why, String words, Instant now) {
    return new Deployment(
        service,
        sequence,
        next,
        why,
        words,
        from,
        to,
        trigger,
        revisions,
        rollout,
        rollbackOf,
        rolledBackBy,
        audience,
        diagnosis,
        createdAt,
        now,
        next.ended() ? now : null);
  }

  public Deployment with(Revisions next) {
    return new Deployment(
        service,
        sequence,
        status,
        reason,
        detail,
        from,
        to,
        trigger,
        next,
        rollout,
        rollbackOf,
        rolledBackBy,
        audience,
        diagnosis,
        createdAt,
        updatedAt,
        finishedAt);
  }

  public Deployment with(Rollout next) {
    return new Deployment(
        service,
        sequence,
        status,
        reason,
        detail,
        from,
        to,
        trigger,
        revisions,
        next,
        rollbackOf,
        rolledBackBy,
        audience,
        diagnosis,
        createdAt,
        updatedAt,
        finishedAt);
  }

  public Deployment with(Diagnosis next) {
    return new Deployment(
        service,
        sequence,
        status,
        reason,
        detail,
        from,
        to,
        trigger,
        revisions,
        rollout,
        rollbackOf,
        rolledBackBy,
        audience,
        Optional.of(next),
        createdAt,
        updatedAt,
        finishedAt);
  }

  public Deployment backBy(RolledBackBy who) {
    return new Deployment(
        service,
        sequence,
        status,
        reason,
        detail,
        from,
        to,
        trigger,
        revisions,
        rollout,
        rollbackOf,
        who,
        audience,
        diagnosis,
        createdAt,
        updatedAt,
        finishedAt);
  }

  public Deployment to(ImageSet before, ImageSet after) {
    return new Deployment(
        service,
        sequence,
        status,
        reason,
        detail,
        before,
        after,
        trigger,
        revisions,
        rollout,
        rollbackOf,
        rolledBackBy,
        audience,
        diagnosis,
        createdAt,
        updatedAt,
        finishedAt);
  }
}
