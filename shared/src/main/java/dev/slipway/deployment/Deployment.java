package dev.slipway.deployment;

import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.image.ImageSet;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.Shift;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

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
 * @param instead of a way back to an older success than it was to go to: why, in a sentence for
 *     people; else empty
 * @param alarms the alarms that watch it, as they were found when its rollout began
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
    String instead,
    Audience audience,
    Optional<Diagnosis> diagnosis,
    AlarmsInUse alarms,
    Instant createdAt,
    Instant updatedAt,
    Instant finishedAt) {

  /** One whose alarms nobody has looked for yet. */
  public Deployment(
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
    this(
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
        "",
        audience,
        diagnosis,
        AlarmsInUse.NOT_LOOKED_FOR,
        createdAt,
        updatedAt,
        finishedAt);
  }

  /** Who brought the service back. */
  public enum RolledBackBy {
    NOBODY,
    ECS,
    CODE_DEPLOY,
    SLIPWAY,
    PERSON;

    /** Whether the service's controller did it, asked by nobody. */
    public boolean byItself() {
      return switch (this) {
        case ECS, CODE_DEPLOY -> true;
        case NOBODY, SLIPWAY, PERSON -> false;
      };
    }
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
   * @param ecsDeploymentId {@code ecs-svc/<n>}; empty until UpdateService has answered. Where
   *     CodeDeploy deploys, the id of the new task set; until that is there, CodeDeploy's own
   * @param serviceDeploymentArn the service deployment, where ECS has one; empty if not known.
   *     Where CodeDeploy deploys, the id of its deployment, {@code d-...}
   * @param stage lifecycle stage, empty for a plain rolling update
   * @param progressAt when more of its tasks ran than ever before; tasks that failed earlier do not
   *     count
   * @param bakeUntil end of the bake, null outside it
   * @param tasksSeen whether a task of the new revision ever ran
   * @param stopRequested whether Slipway has asked ECS to stop it and go back
   * @param shift how far traffic has moved, and what ECS waits for
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
      boolean stopRequested,
      Shift shift) {
    public static final Rollout NONE =
        new Rollout("", "", 0, 0, 0, 0, "", null, null, null, false, false, Shift.NONE);

    /** Started just now; empty where ECS has not named it. */
    public static Rollout begun(String ecsDeploymentId, Instant now) {
      return NONE.toBuilder()
          .ecsDeploymentId(ecsDeploymentId)
          .startedAt(now)
          .progressAt(now)
          .build();
    }

    /** With the tasks that ECS counts now. */
    public Rollout counting(EcsDeployment now) {
      return toBuilder().counts(now).tasksSeen(tasksSeen || now.running() > 0).build();
    }

    /**
     * Where the deadline is counted from: the last progress, be it a task more that runs, a new
     * stage or a step of traffic, or the end of a bake, a pause or a hook. May lie ahead.
     */
    public Instant countsFrom() {
      Instant further = shift.furtherAt();
      return further == null || further.isBefore(progressAt) ? progressAt : further;
    }

    /** Started by CodeDeploy just now, or found. */
    public static Rollout begunByCodeDeploy(String codeDeployId, Instant now) {
      return begun(codeDeployId, now).toBuilder().serviceDeploymentArn(codeDeployId).build();
    }

    /** The CodeDeploy deployment that is judged, {@code d-...}; empty where ECS deploys itself. */
    public Optional<String> codeDeployId() {
      return Optional.of(serviceDeploymentArn).filter(id -> id.startsWith("d-"));
    }

    /**
     * Whether nobody has seen a task set that CodeDeploy made for it: until then its own id stands
     * for that of the task set.
     */
    public boolean lacksTaskSet() {
      return codeDeployId().filter(ecsDeploymentId::equals).isPresent();
    }

    public Builder toBuilder() {
      return new Builder(this);
    }

    /** Changes some of a rollout. */
    public static final class Builder {
      private String ecsDeploymentId;
      private String serviceDeploymentArn;
      private int desired;
      private int running;
      private int pending;
      private int failed;
      private String stage;
      private Instant startedAt;
      private Instant progressAt;
      private Instant bakeUntil;
      private boolean tasksSeen;
      private boolean stopRequested;
      private Shift shift;

      private Builder(Rollout from) {
        ecsDeploymentId = from.ecsDeploymentId;
        serviceDeploymentArn = from.serviceDeploymentArn;
        desired = from.desired;
        running = from.running;
        pending = from.pending;
        failed = from.failed;
        stage = from.stage;
        startedAt = from.startedAt;
        progressAt = from.progressAt;
        bakeUntil = from.bakeUntil;
        tasksSeen = from.tasksSeen;
        stopRequested = from.stopRequested;
        shift = from.shift;
      }

      public Builder ecsDeploymentId(String next) {
        ecsDeploymentId = next;
        return this;
      }

      public Builder serviceDeploymentArn(String next) {
        serviceDeploymentArn = next;
        return this;
      }

      public Builder running(int next) {
        running = next;
        return this;
      }

      public Builder stage(String next) {
        stage = next;
        return this;
      }

      public Builder startedAt(Instant next) {
        startedAt = next;
        return this;
      }

      public Builder progressAt(Instant next) {
        progressAt = next;
        return this;
      }

      public Builder bakeUntil(Instant next) {
        bakeUntil = next;
        return this;
      }

      public Builder tasksSeen(boolean next) {
        tasksSeen = next;
        return this;
      }

      public Builder stopRequested(boolean next) {
        stopRequested = next;
        return this;
      }

      public Builder shift(Shift next) {
        shift = next;
        return this;
      }

      /** The tasks that ECS counts. */
      public Builder counts(EcsDeployment now) {
        desired = now.desired();
        running = now.running();
        pending = now.pending();
        failed = now.failed();
        return this;
      }

      public Rollout build() {
        return new Rollout(
            ecsDeploymentId,
            serviceDeploymentArn,
            desired,
            running,
            pending,
            failed,
            stage,
            startedAt,
            progressAt,
            bakeUntil,
            tasksSeen,
            stopRequested,
            shift);
      }
    }
  }

  /** {@code <cluster>/<service>#<sequence>}: unique within account and Region. */
  public String id() {
    return service.brief() + "#" + sequence;
  }

  public boolean isRollback() {
    return rollbackOf != 0;
  }

  /** When its rollout began; as long as nobody knows that, when it was created. */
  public Instant startedAt() {
    return rollout.startedAt() == null ? createdAt : rollout.startedAt();
  }

  /** The same with another status; ended ones get their time of ending. */
  public Deployment as(Status next, Reason why, String words, Instant now) {
    return but(draft -> {
      draft.status = next;
      draft.reason = why;
      draft.detail = words;
      draft.updatedAt = now;
      draft.finishedAt = next.ended() ? now : null;
    });
  }

  public Deployment with(Revisions next) {
    return but(draft -> draft.revisions = next);
  }

  public Deployment with(Rollout next) {
    return but(draft -> draft.rollout = next);
  }

  public Deployment with(Diagnosis next) {
    return but(draft -> draft.diagnosis = Optional.of(next));
  }

  public Deployment with(AlarmsInUse next) {
    return but(draft -> draft.alarms = next);
  }

  public Deployment backBy(RolledBackBy who) {
    return but(draft -> draft.rolledBackBy = who);
  }

  public Deployment instead(String why) {
    return but(draft -> draft.instead = why);
  }

  public Deployment to(ImageSet before, ImageSet after) {
    return but(draft -> {
      draft.from = before;
      draft.to = after;
    });
  }

  private Deployment but(Consumer<Draft> change) {
    Draft draft = new Draft();
    change.accept(draft);
    return draft.done();
  }

  /** A copy that can be changed. */
  private final class Draft {
    Status status = Deployment.this.status;
    Reason reason = Deployment.this.reason;
    String detail = Deployment.this.detail;
    ImageSet from = Deployment.this.from;
    ImageSet to = Deployment.this.to;
    Revisions revisions = Deployment.this.revisions;
    Rollout rollout = Deployment.this.rollout;
    RolledBackBy rolledBackBy = Deployment.this.rolledBackBy;
    String instead = Deployment.this.instead;
    Optional<Diagnosis> diagnosis = Deployment.this.diagnosis;
    AlarmsInUse alarms = Deployment.this.alarms;
    Instant updatedAt = Deployment.this.updatedAt;
    Instant finishedAt = Deployment.this.finishedAt;

    Deployment done() {
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
          instead,
          audience,
          diagnosis,
          alarms,
          createdAt,
          updatedAt,
          finishedAt);
    }
  }
}
