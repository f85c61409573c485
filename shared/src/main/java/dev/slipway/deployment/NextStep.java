package dev.slipway.deployment;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Head.Request;
import dev.slipway.follow.Reading;
import dev.slipway.follow.Settings;
import dev.slipway.follow.Settings.Busy;
import dev.slipway.follow.Settings.Switch;
import dev.slipway.verdict.AlarmState;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.AlarmsInUse.Alarm;
import dev.slipway.verdict.CodeDeployed;
import dev.slipway.verdict.Judge;
import dev.slipway.verdict.Observation;
import dev.slipway.verdict.Observation.Standstill;
import dev.slipway.verdict.Shift;
import dev.slipway.verdict.StoppedTask;
import dev.slipway.verdict.TaskFailures;
import dev.slipway.verdict.Verdict;
import dev.slipway.verdict.Verdict.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The one function from (head, what AWS says now, the time) to the next step. Every trigger only
 * causes it to be asked, and asking again is always safe.
 */
public final class NextStep {

  /** How long nobody looks at a rollout if no event comes: events can be lost. */
  static final Duration SAFETY_LOOK = Duration.ofMinutes(2);

  /** Likewise while ECS waits for a person or a function. */
  static final Duration PAUSED_LOOK = Duration.ofMinutes(10);

  /** How long a deployment that ECS has named may be missing from what it says of the service. */
  static final Duration LISTED_WITHIN = Duration.ofMinutes(1);

  /**
   * The longest that old tasks hold up a deployment: an hour until their target is drained, at
   * most, and the time that their containers take to stop.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html">deregistration
   *     delay</a>
   */
  static final Duration LONGEST_DRAIN = Duration.ofHours(2);

  /** What the reason begins with, for which a hold keeps something waiting. */
  public static final String HELD = "held by ";

  /** How long ECS may take to find a deployment complete once the last old task has stopped. */
  static final Duration COMPLETES_WITHIN = Duration.ofMinutes(5);

  private NextStep() {}

  public static Step decide(Head head, Situation seen) {
    boolean gone = seen.service().map(service -> !service.active()).orElse(true);
    if (gone) {
      return head.inFlight().isPresent() || !head.waiting().isEmpty() || head.request().isPresent()
          ? new Step.Close()
          : new Step.Rest(null, "ECS has no active service of this name");
    }
    ServiceView service = seen.service().orElseThrow();
    if (head.lastGood().isEmpty() && head.lastSequence() == 0) {
      return new Step.TakeBaseline();
    }
    return head.inFlight()
        .map(deployment -> underWay(head, deployment, service, seen))
        .orElseGet(() -> idle(head, service, seen));
  }

  // ---- something is in flight

  private static Step underWay(
      Head head, Deployment deployment, ServiceView service, Situation seen) {
    if (deployment.status() == Status.PREPARING) {
      return deployment.isRollback() ? new Step.GoBack() : new Step.Start();
    }
    if (deployment.isRollback() && deployment.rollout().ecsDeploymentId().isEmpty()) {
      return seen.codeDeployed().isPresent()
          ? watchCodeDeployGoBack(deployment, seen.codeDeployed().get(), service, seen)
          : watchEcsGoBack(head, deployment, service, seen);
    }
    if (deployment.status() == Status.BAKING) {
      return baking(head, deployment, service, seen);
    }
    if (notListedYet(deployment, service, seen)) {
      return new Step.Follow(deployment.rollout(), seen.now().plus(LISTED_WITHIN));
    }
    Rollout rollout = progress(deployment, service, seen);
    Verdict verdict = Judge.judge(observation(deployment, rollout, service, seen));
    if (deployment.isRollback()) {
      return rollbackVerdict(deployment, verdict, rollout, seen);
    }
    return switch (verdict) {
      case Verdict.Succeeded() -> completed(deployment, rollout, seen);
      case Verdict.SucceededWithoutTasks() -> new Step.Succeed(Reason.COMPLETED_WITHOUT_TASKS);
      case Verdict.Failed(Failure why) -> failed(head, deployment, why, false, seen);
      case Verdict.RollingBack(Failure why) -> failed(head, deployment, why, true, seen);
      case Verdict.RolledBack(Failure why, String revision) ->
          failed(head, deployment, why, true, seen);
      case Verdict.RollbackFailed(Failure why) -> failed(head, deployment, why, false, seen);
      case Verdict.Superseded(String taskDefinition) -> new Step.GiveWay(taskDefinition);
      case Verdict.Going() -> going(head, deployment, rollout, seen);
    };
  }

  /** CodeDeploy does not name the alarm that it stopped for: it is looked for first. */
  private static Step failed(
      Head head, Deployment deployment, Failure why, boolean goesBack, Situation seen) {
    boolean unnamed =
        why == Failure.ALARM && seen.codeDeployed().isPresent() && !deployment.alarms().lookedFor();
    boolean blameless =
        seen.codeDeployed().filter(CodeDeployed::blameless).isPresent()
            && !asksFor(head, deployment);
    return unnamed ? new Step.FindAlarms() : new Step.Fail(why, goesBack, blameless);
  }

  /**
   * What somebody else has deployed since this deployment was begun, while its own rollout has not
   * been: the copy that it would roll out is made of what ran before, and would undo theirs.
   *
   * @param deployment with its own revision, as far as one is registered
   */
  public static Optional<String> deployedSince(
      Head head, Deployment deployment, ServiceView service) {
    Set<String> known = new TreeSet<>();
    known.add(deployment.revisions().previous());
    known.add(deployment.revisions().base());
    known.add(deployment.revisions().own());
    head.lastGood().map(Head.LastGood::taskDefinition).ifPresent(known::add);
    return begunSince(deployment, service).filter(runs -> !known.contains(runs));
  }

  /**
   * Likewise where it is a revision that was there before, deployed anew: it may bring other images
   * than before, if its tags were moved, and it comes first.
   */
  public static Optional<String> deployedAgainSince(Deployment deployment, ServiceView service) {
    return begunSince(deployment, service)
        .filter(runs -> !runs.equals(deployment.revisions().own()));
  }

  /** Also in the same moment: this was not begun while somebody else's had just been. */
  private static Optional<String> begunSince(Deployment deployment, ServiceView service) {
    return service
        .primary()
        .filter(primary -> !primary.createdAt().isBefore(deployment.createdAt()))
        .map(EcsDeployment::taskDefinition);
  }

  /**
   * ECS is eventually consistent: soon after UpdateService has answered, DescribeServices may still
   * show the service as it was before. Nobody has deployed over ours then.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html">UpdateService</a>
   */
  private static boolean notListedYet(Deployment deployment, ServiceView service, Situation seen) {
    Rollout rollout = deployment.rollout();
    Instant started = deployment.startedAt();
    return rollout.codeDeployId().isEmpty()
        && seen.serviceDeployment().isEmpty()
        && service.deployment(rollout.ecsDeploymentId()).isEmpty()
        && seen.now().isBefore(started.plus(LISTED_WITHIN))
        && service.primary().map(primary -> primary.createdAt().isBefore(started)).orElse(true);
  }

  private static Step completed(Deployment deployment, Rollout rollout, Situation seen) {
    Optional<Step> alarmed = byAlarms(deployment, seen);
    if (alarmed.isPresent()) {
      return alarmed.get();
    }
    if (unheard(rollout.progressAt(), seen)) {
      return new Step.Follow(rollout, seen.now().plus(SAFETY_LOOK));
    }
    Duration bake = seen.settings().map(Settings::bake).orElse(Duration.ZERO);
    return bake.isZero()
        ? new Step.Succeed(Reason.COMPLETED)
        : new Step.Bake(seen.now().plus(bake));
  }

  /** What the alarms ask for before anything good is said of a deployment. */
  private static Optional<Step> byAlarms(Deployment deployment, Situation seen) {
    if (!deployment.alarms().lookedFor()) {
      return Optional.of(new Step.FindAlarms());
    }
    return alarmsAgainst(deployment, seen).isEmpty()
        ? Optional.empty()
        : Optional.of(new Step.Fail(Failure.ALARM, false));
  }

  private static List<Alarm> alarmsAgainst(Deployment deployment, Situation seen) {
    return deployment
        .alarms()
        .against(
            seen.alarms().orElse(List.of()),
            says(deployment, seen.serviceDeployment()),
            deployment.status() == Status.BAKING);
  }

  /** What is said of the service's own alarms while it rolls out. */
  private static String says(Deployment deployment, Optional<ServiceDeployment> serviceDeployment) {
    return deployment.rollout().codeDeployId().isPresent()
        ? AlarmsInUse.BY_CODE_DEPLOY
        : serviceDeployment.map(ServiceDeployment::alarms).orElse("");
  }

  /**
   * Whether CloudWatch has not answered, and may be given time: what is good is not said without
   * it, but neither is it kept back for ever.
   */
  private static boolean unheard(Instant since, Situation seen) {
    return seen.alarms().isEmpty() && seen.now().isBefore(since.plus(seen.tags().deadline()));
  }

  /** Likewise, while nobody says which alarms there are. */
  public static boolean mayWaitForAlarms(Deployment deployment, Situation seen) {
    Instant since = deployment.rollout().progressAt();
    return since == null || seen.now().isBefore(since.plus(seen.tags().deadline()));
  }

  /** Names of the alarms whose states the decision about a deployment in flight may need. */
  public static Set<String> alarmsToAsk(
      Deployment deployment,
      Optional<ServiceDeployment> serviceDeployment,
      Optional<CodeDeployed> codeDeployed) {
    if (deployment.isRollback()) {
      return Set.of();
    }
    Set<String> names = new TreeSet<>();
    deployment
        .alarms()
        .judgedHere(says(deployment, serviceDeployment), deployment.status() == Status.BAKING)
        .forEach(alarm -> names.add(alarm.name()));
    // For CloudWatch's words, where ECS has judged; CodeDeploy does not even name them.
    serviceDeployment.ifPresent(judged -> names.addAll(judged.triggeredAlarms()));
    if (codeDeployed.filter(CodeDeployed::stoppedByAlarm).isPresent()) {
      deployment.alarms().alarms().forEach(alarm -> names.add(alarm.name()));
    }
    return names;
  }

  /**
   * The alarms of a deployment that failed by them: those that Slipway saw, that ECS names, or that
   * are on when CodeDeploy has stopped it for one.
   */
  public static AlarmsInUse failedBy(Deployment deployment, Situation seen) {
    Set<String> names = new TreeSet<>();
    alarmsAgainst(deployment, seen).forEach(alarm -> names.add(alarm.name()));
    seen.serviceDeployment().ifPresent(judged -> names.addAll(judged.triggeredAlarms()));
    List<AlarmState> now = seen.alarms().orElse(List.of());
    if (seen.codeDeployed().filter(CodeDeployed::stoppedByAlarm).isPresent()) {
      names.addAll(deployment.alarms().ownThatAreOn(now));
    }
    return deployment.alarms().failedBy(names, now);
  }

  private static Step going(Head head, Deployment deployment, Rollout rollout, Situation seen) {
    if (asksFor(head, deployment)) {
      return new Step.Fail(Failure.STOPPED_BY_PERSON, false);
    }
    if (head.request().isPresent()) {
      return new Step.DropRequest("it is not in flight any more");
    }
    if (gives(head, rollout, seen)) {
      return new Step.Begin(true);
    }
    return byAlarms(deployment, seen)
        .orElseGet(() -> new Step.Follow(rollout, nextLook(rollout, seen)));
  }

  /** Whether a newer push takes the place of a deployment that has no verdict yet. */
  private static boolean gives(Head head, Rollout rollout, Situation seen) {
    if (head.waiting().isEmpty() || head.hold().isPresent() || seen.accountHold().isPresent()) {
      return false;
    }
    if (rollout.stage().equals(CodeDeployed.TRAFFIC_SHIFTED)) {
      // CodeDeploy would take production back to the old revision before it begins the newer one.
      return false;
    }
    Optional<Settings> settings = seen.settings().filter(s -> s.state() == Switch.ON);
    if (settings.isEmpty() || seen.observeOnly()) {
      return false;
    }
    return settings.get().busy() == Busy.REPLACE || !rollout.tasksSeen();
  }

  private static Step baking(
      Head head, Deployment deployment, ServiceView service, Situation seen) {
    if (asksFor(head, deployment)) {
      return new Step.Fail(Failure.STOPPED_BY_PERSON, false);
    }
    Rollout rollout = deployment.rollout();
    String runs = service.primary().map(EcsDeployment::taskDefinition).orElse("");
    if (!runs.equals(deployment.revisions().own())) {
      return new Step.GiveWay(runs);
    }
    int failures =
        TaskFailures.of(
                rollout.ecsDeploymentId(),
                deployment.revisions().own(),
                seen.stopped(),
                rollout.progressAt())
            .size();
    if (failures >= TaskFailures.threshold(service.desired())) {
      return new Step.Fail(Failure.TASKS_FAILED, false);
    }
    Optional<Step> alarmed = byAlarms(deployment, seen);
    if (alarmed.isPresent()) {
      return alarmed.get();
    }
    if (seen.now().isBefore(rollout.bakeUntil())) {
      return gives(head, rollout, seen)
          ? new Step.Begin(true)
          : new Step.Follow(rollout, earlier(rollout.bakeUntil(), seen.now().plus(SAFETY_LOOK)));
    }
    return unheard(rollout.bakeUntil(), seen)
        ? new Step.Follow(rollout, seen.now().plus(SAFETY_LOOK))
        : new Step.Succeed(Reason.COMPLETED);
  }

  /** A rollback that is a rollout of its own. It is never rolled back. */
  private static Step rollbackVerdict(
      Deployment rollback, Verdict verdict, Rollout rollout, Situation seen) {
    return switch (verdict) {
      case Verdict.Succeeded() -> new Step.Succeed(Reason.COMPLETED);
      case Verdict.SucceededWithoutTasks() -> new Step.Succeed(Reason.COMPLETED_WITHOUT_TASKS);
      // Nobody is asked whether the good revision may have its traffic back.
      case Verdict.Going() ->
          seen.codeDeployed().map(CodeDeployed::ready).orElse(false)
              ? new Step.Proceed()
              : new Step.Follow(rollout, nextLook(rollout, seen));
      case Verdict.Superseded(String taskDefinition) -> new Step.GiveWay(taskDefinition);
      case Verdict.Failed(Failure why) -> new Step.CallForPerson(Reason.of(why).text() + ".");
      case Verdict.RollingBack(Failure why) -> new Step.CallForPerson(Reason.of(why).text() + ".");
      case Verdict.RolledBack(Failure why, String revision) ->
          new Step.CallForPerson(Reason.of(why).text() + ".");
      case Verdict.RollbackFailed(Failure why) ->
          new Step.CallForPerson(Reason.of(why).text() + ".");
    };
  }

  /** A rollback that ECS does itself, by its breaker, an alarm, or because Slipway asked it to. */
  private static Step watchEcsGoBack(
      Head head, Deployment rollback, ServiceView service, Situation seen) {
    Optional<String> status = seen.serviceDeployment().map(deployment -> deployment.status());
    if (status.isEmpty()) {
      // No service deployment to ask: what the service is set to, and whether it got there,
      // decides.
      EcsDeployment primary = service.primary().orElse(null);
      boolean back =
          primary != null
              && primary.taskDefinition().equals(rollback.revisions().own())
              && primary.rolloutState().equals("COMPLETED");
      if (back) {
        return new Step.Returned("");
      }
    } else {
      switch (status.get()) {
        case "ROLLBACK_SUCCESSFUL" -> {
          return new Step.Returned(seen.serviceDeployment().get().rollbackRevision());
        }
        case "ROLLBACK_FAILED" -> {
          // Perhaps on its way to another revision than last good.
          return new Step.GoBack();
        }
        case "SUCCESSFUL", "STOPPED" -> {
          return somebodyElses(rollback, service)
              .<Step>map(Step.GiveWay::new)
              .orElseGet(Step.GoBack::new);
        }
        case "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS" -> {
          // Under way: the deadline below is the only thing left to watch.
        }
        default -> {
          // ECS has not taken the stop yet, or it was lost: ask again, until the deadline.
          if (!stalled(rollback, watched(rollback, service, seen), seen)) {
            return new Step.GoBack();
          }
        }
      }
    }
    Rollout rollout = watched(rollback, service, seen);
    boolean crashes = crashesOn(rollback, rollout, service, seen);
    if (crashes || stalled(rollback, rollout, seen)) {
      String tasks = crashes ? ", and the tasks that it brings back fail" : "";
      return elsewhere(head, rollback, service, seen)
          .orElseGet(() -> notFinished("ECS", tasks, seen));
    }
    return new Step.Follow(rollout, nextLook(rollout, seen));
  }

  /**
   * Whether what ECS brings back goes on failing when the deadline is over, while old tasks that it
   * drains keep it from its end.
   */
  private static boolean crashesOn(
      Deployment rollback, Rollout rollout, ServiceView service, Situation seen) {
    Standstill standstill = standstill(rollback, rollout, seen);
    return seen.now().isAfter(standstill.due())
        && service
            .primary()
            .filter(primary -> !primary.taskDefinition().equals(rollback.revisions().previous()))
            .map(primary ->
                TaskFailures.of(
                    primary.id(), primary.taskDefinition(), seen.stopped(), standstill.since()))
            .filter(failures -> failures.size() >= TaskFailures.threshold(service.desired()))
            .isPresent();
  }

  /**
   * What the service is set to, when ECS's way back is over and it is neither what failed nor what
   * was to come back: somebody deployed over it.
   */
  private static Optional<String> somebodyElses(Deployment rollback, ServiceView service) {
    return service
        .primary()
        .map(EcsDeployment::taskDefinition)
        .filter(runs -> !runs.equals(rollback.revisions().own()))
        .filter(runs -> !runs.equals(rollback.revisions().previous()));
  }

  /** A rollback that CodeDeploy does, as the group is set, or because Slipway asked it to. */
  private static Step watchCodeDeployGoBack(
      Deployment rollback, CodeDeployed told, ServiceView service, Situation seen) {
    Rollout rollout = watched(rollback, service, seen);
    boolean stalled = stalled(rollback, rollout, seen);
    if (told.deployment().underWay()) {
      // CodeDeploy has not taken the stop yet, or it was lost: ask again, until the deadline.
      return stalled ? notFinished("CodeDeploy", "", seen) : new Step.GoBack();
    }
    if (told.rollback().isPresent()) {
      return switch (told.rollback().get().status()) {
        case "Succeeded" -> new Step.Returned("");
        case "Failed", "Stopped" -> new Step.GoBack();
        default ->
            stalled
                ? notFinished("CodeDeploy", "", seen)
                : new Step.Follow(rollout, nextLook(rollout, seen));
      };
    }
    return told.mayBeTakenBack(seen.now(), rollout.stopRequested())
        ? new Step.Follow(rollout, nextLook(rollout, seen))
        : new Step.GoBack();
  }

  private static Step notFinished(String who, String tasks, Situation seen) {
    return new Step.CallForPerson(
        who
            + " has not finished its rollback within "
            + words(seen.tags().deadline())
            + tasks
            + ".");
  }

  /**
   * ECS goes back to another revision than last good, and does not get there: what was once its
   * last success need not be good. Waiting on would help nobody.
   */
  private static Optional<Step> elsewhere(
      Head head, Deployment rollback, ServiceView service, Situation seen) {
    boolean known = head.lastGood().map(Head.LastGood::steady).orElse(false);
    return seen.serviceDeployment()
        .map(ServiceDeployment::rollbackRevision)
        .filter(revision -> known && !revision.isEmpty())
        .filter(_ -> somebodyElses(rollback, service).isPresent())
        .map(Step.Returned::new);
  }

  private static boolean stalled(Deployment deployment, Rollout rollout, Situation seen) {
    return seen.now().isAfter(standstill(deployment, rollout, seen).until());
  }

  private static Standstill standstill(Deployment deployment, Rollout rollout, Situation seen) {
    Instant due = rollout.countsFrom().plus(seen.tags().deadline());
    return new Standstill(rollout.countsFrom(), due, stallsAt(due, deployment, seen));
  }

  /**
   * When a deployment that goes no further has stalled. The end of what was drained is no proof of
   * the new revision, but ECS has to be given time to see it.
   */
  private static Instant stallsAt(Instant due, Deployment deployment, Situation seen) {
    Instant latest = due.plus(LONGEST_DRAIN);
    if (draining(deployment, seen)) {
      return latest;
    }
    return seen.stopped().stream()
        .filter(task -> unneeded(task, deployment))
        .filter(StoppedTask::byScheduler)
        .map(StoppedTask::stoppedAt)
        .filter(Objects::nonNull)
        .max(Instant::compareTo)
        .map(drained -> later(due, earlier(drained.plus(COMPLETES_WITHIN), latest)))
        .orElse(due);
  }

  /**
   * Whether ECS has told tasks to stop that it needs no longer, and they have not stopped yet:
   * their targets are drained, or their containers end in their own time. It is not complete
   * before.
   */
  private static boolean draining(Deployment deployment, Situation seen) {
    return seen.stopped().stream()
        .filter(task -> task.stoppedAt() == null)
        .anyMatch(task -> unneeded(task, deployment));
  }

  /**
   * Of another revision, or scaled in. The revision that comes back has such tasks too, from when
   * it was replaced.
   */
  private static boolean unneeded(StoppedTask task, Deployment deployment) {
    return !task.taskDefinition().equals(deployment.revisions().own())
        || (task.byScheduler() && !TaskFailures.failed(task));
  }

  /** Whether the deadline has passed: it matters then which tasks fail, and which are drained. */
  public static boolean outOfTime(Deployment deployment, Reading tags, Instant now) {
    return deployment.status() == Status.ROLLING_OUT
        && now.isAfter(deployment.rollout().countsFrom().plus(tags.deadline()));
  }

  private static Rollout watched(Deployment rollback, ServiceView service, Situation seen) {
    // What the failed deployment waits for is no reason to wait with going back from it.
    boolean goesBack = seen.serviceDeployment().map(ServiceDeployment::goesBack).orElse(false);
    Rollout before = goesBack ? staged(rollback.rollout(), seen) : rollback.rollout();
    EcsDeployment primary = service.primary().orElse(null);
    if (primary == null || primary.running() <= before.running()) {
      return before;
    }
    return before.toBuilder()
        .counts(primary)
        .progressAt(seen.now())
        .bakeUntil(null)
        .tasksSeen(true)
        .build();
  }

  /** With the stage and the traffic that ECS tells of now. */
  private static Rollout staged(Rollout before, Situation seen) {
    return seen.serviceDeployment()
        .map(now -> before.shift().seen(now, whole(before, seen), seen.now()))
        .map(shift -> before.toBuilder().stage(shift.stage()).shift(shift).build())
        .orElse(before);
  }

  private static boolean whole(Rollout rollout, Situation seen) {
    return seen.service()
        .flatMap(service -> service.deployment(rollout.ecsDeploymentId()))
        .map(own -> own.running() >= own.desired())
        .orElse(true);
  }

  /** With the stage that CodeDeploy has come to. */
  private static Rollout staged(Rollout before, String stage, Situation seen) {
    return before.toBuilder()
        .stage(stage)
        .shift(before.shift().seenInCodeDeploy(stage, CodeDeployed.waits(stage), seen.now()))
        .build();
  }

  private static Observation observation(
      Deployment deployment, Rollout rollout, ServiceView service, Situation seen) {
    return new Observation(
        rollout.ecsDeploymentId(),
        deployment.revisions().own(),
        rollout.stopRequested(),
        service,
        seen.serviceDeployment(),
        seen.stopped(),
        rollout.progressAt(),
        rollout.shift(),
        standstill(deployment, rollout, seen),
        seen.now(),
        seen.codeDeployed());
  }

  /**
   * What ECS says of the rollout now. More running tasks than ever before, a new stage, or a step
   * of traffic is progress; only the first forgives tasks that failed earlier.
   */
  public static Rollout progress(Deployment deployment, ServiceView service, Situation seen) {
    EcsDeployment now = service.deployment(deployment.rollout().ecsDeploymentId()).orElse(null);
    Rollout before =
        seen.codeDeployed()
            .map(told -> staged(deployment.rollout(), told.stage(Optional.ofNullable(now)), seen))
            .orElseGet(() -> staged(deployment.rollout(), seen));
    if (now == null) {
      return before;
    }
    return before.counting(now).toBuilder()
        .running(Math.max(now.running(), before.running()))
        .progressAt(now.running() > before.running() ? seen.now() : before.progressAt())
        .build();
  }

  private static Instant nextLook(Rollout rollout, Situation seen) {
    Instant stalls = rollout.countsFrom().plus(seen.tags().deadline()).plusSeconds(1);
    // A pause may last for days, and its end is an event.
    boolean paused = rollout.shift().stands(seen.now()) && rollout.shift().awaited().isPresent();
    Instant safety = seen.now().plus(paused ? PAUSED_LOOK : SAFETY_LOOK);
    return stalls.isAfter(seen.now()) ? earlier(stalls, safety) : safety;
  }

  /** Whether a person has asked to roll this deployment back. */
  public static boolean asksFor(Head head, Deployment deployment) {
    return head.request()
        .map(request ->
            switch (request) {
              case Request.RollBack back -> back.sequence() == deployment.sequence();
            })
        .orElse(false);
  }

  // ---- nothing is in flight

  private static Step idle(Head head, ServiceView service, Situation seen) {
    if (head.request().isPresent()) {
      return switch (head.request().get()) {
        case Request.RollBack back ->
            head.lastGood()
                    .filter(good -> good.sequence() == back.sequence())
                    .map(good -> good.taskDefinition().equals(service.taskDefinition()))
                    .orElse(false)
                ? new Step.Undo(back)
                : new Step.DropRequest("it is not what the service runs any more");
      };
    }
    boolean failedHere =
        seen.last()
            .map(last -> last.status() == Status.FAILED && leftBehind(last, service))
            .orElse(false);
    boolean changed = unknownRevision(head, service) && !failedHere;
    // A push does not wait until what never ran has proven itself: it may never.
    boolean passed = !head.waiting().isEmpty() && unproven(seen, service);
    if (changed && service.steady() && service.desired() > 0 && !passed) {
      return new Step.Adopt();
    }
    if (head.waiting().isEmpty()) {
      // Somebody else's change is looked at until it is steady, or has had its time.
      Optional<Instant> settling =
          service
              .primary()
              .filter(primary -> changed)
              .map(primary -> primary.createdAt().plus(seen.tags().deadline()))
              .filter(until -> until.isAfter(seen.now()));
      return new Step.Rest(
          settling.map(until -> earlier(until, seen.now().plus(SAFETY_LOOK))).orElse(null),
          "nothing is wanted");
    }
    return wanted(head, service, seen);
  }

  /** Whether the service is set to what was deployed here while it had no tasks. */
  public static boolean unproven(Situation seen, ServiceView service) {
    return seen.last()
        .map(last ->
            last.reason() == Reason.COMPLETED_WITHOUT_TASKS
                && last.revisions().own().equals(service.taskDefinition()))
        .orElse(false);
  }

  /**
   * Whether the service is still set to the revision that failed. A way back that failed is another
   * matter: what it was to bring back is good, once it runs.
   */
  private static boolean leftBehind(Deployment failed, ServiceView service) {
    Deployment.Revisions revisions = failed.revisions();
    String bad = failed.isRollback() ? revisions.previous() : revisions.own();
    return bad.equals(service.taskDefinition());
  }

  /** Whether the service is set to something that the ledger does not know as good. */
  private static boolean unknownRevision(Head head, ServiceView service) {
    return head.lastGood()
        .map(good -> !good.steady() || deployedElsewhere(good, service))
        .orElse(true);
  }

  /**
   * Whether somebody has deployed since this was found good: another revision, or the same one
   * again, for then ECS has resolved its tags again.
   */
  public static boolean deployedElsewhere(Head.LastGood good, ServiceView service) {
    return !good.taskDefinition().equals(service.taskDefinition())
        || service
            .primary()
            .map(EcsDeployment::createdAt)
            .map(created -> created.isAfter(good.at()))
            .orElse(false);
  }

  /** Whether {@link Situation#last} decides anything here: it costs a read. */
  public static boolean needsLast(Head head, ServiceView service) {
    boolean busy = service.primary().map(d -> d.rolloutState().equals("IN_PROGRESS")).orElse(false);
    return unknownRevision(head, service) || (busy && !head.waiting().isEmpty());
  }

  private static Step wanted(Head head, ServiceView service, Situation seen) {
    switch (seen.tags()) {
      case Reading.NotFollowing(String why) -> {
        return new Step.Decline(Reason.SWITCHED_OFF, why);
      }
      case Reading.Unreadable unreadable -> {
        return new Step.Decline(Reason.SETTINGS_UNREADABLE, unreadable.text());
      }
      case Reading.Following(Settings settings) -> {
        switch (settings.state()) {
          case OFF -> {
            return new Step.Decline(Reason.SWITCHED_OFF, "The service's tag 'slipway' is 'off'.");
          }
          case OBSERVE -> {
            return new Step.Decline(
                Reason.OBSERVING, "Would be deployed if the tag 'slipway' were 'on'.");
          }
          case ON -> {
            // goes on below
          }
        }
      }
    }
    if (seen.observeOnly()) {
      return new Step.Decline(
          Reason.OBSERVING, "Would be deployed if the stack's parameter Mode were 'act'.");
    }
    if (!service.controller().equals("ECS") && !service.codeDeployed()) {
      return new Step.Decline(
          Reason.CONTROLLER_UNSUPPORTED,
          "The service's deployment controller is "
              + service.controller()
              + "; Slipway deploys services whose controller is ECS or CODE_DEPLOY.");
    }
    if (head.hold().isPresent() || seen.accountHold().isPresent()) {
      Head.Hold hold = head.hold().or(seen::accountHold).orElseThrow();
      return new Step.Rest(null, HELD + hold.by() + ": " + hold.why());
    }
    if (seen.codeDeployed().map(told -> told.deployment().underWay()).orElse(false)) {
      // CodeDeploy does one deployment of a service at a time: however long it takes.
      return new Step.Rest(
          seen.now().plus(SAFETY_LOOK), "somebody else's deployment is in progress in CodeDeploy");
    }
    Optional<Instant> busyUntil = busyElsewhere(service, seen);
    if (busyUntil.isPresent()) {
      return new Step.Rest(
          earlier(busyUntil.get(), seen.now().plus(SAFETY_LOOK)),
          "somebody else's deployment of "
              + service
                  .primary()
                  .map(primary -> primary.taskDefinition().replaceFirst(".*/", ""))
                  .orElse("another revision")
              + " is in progress");
    }
    List<String> alarmed =
        service.codeDeployed()
            ? seen.alarms().orElse(List.of()).stream()
                .filter(AlarmState::on)
                .map(AlarmState::name)
                .sorted()
                .toList()
            : List.of();
    return alarmed.isEmpty()
        ? new Step.Begin(false)
        : new Step.Rest(seen.now().plus(SAFETY_LOOK), alarmed(alarmed));
  }

  /** It may be what waits that ends the alarm: so it is said how to have it deployed at once. */
  private static String alarmed(List<String> alarms) {
    return String.join(", ", alarms)
        + (alarms.size() == 1 ? " is" : " are")
        + " in ALARM, and CodeDeploy stops what begins while an alarm of its deployment group is;"
        + " to deploy it at once, disable the group's alarms";
  }

  /**
   * Somebody else's deployment is given until the deadline before a push goes over it, and longer
   * while ECS bakes or waits for a person or a function. What Slipway itself left behind (a failed
   * deployment with nothing to go back to, or from which it could not go back) is nobody else's.
   */
  private static Optional<Instant> busyElsewhere(ServiceView service, Situation seen) {
    return service
        .primary()
        .filter(primary -> primary.rolloutState().equals("IN_PROGRESS"))
        .filter(
            primary -> !seen.last().map(last -> startedBy(last, primary, service)).orElse(false))
        .map(primary ->
            later(primary.createdAt(), standsUntil(primary, seen)).plus(seen.tags().deadline()))
        .filter(until -> until.isAfter(seen.now()));
  }

  /**
   * Whether what is in progress comes from the last deployment here. Somebody may have deployed its
   * revision again: that is theirs, as long as there is something left that it replaces. A service
   * whose one and only deployment does not come up (its first image is still to be pushed) has
   * nothing to wait for.
   */
  private static boolean startedBy(Deployment last, EcsDeployment primary, ServiceView service) {
    Deployment.Revisions revisions = last.revisions();
    String runs = primary.taskDefinition();
    boolean couldNotGoBack = last.isRollback() && last.status() == Status.FAILED;
    boolean same =
        revisions.own().equals(runs) || (couldNotGoBack && revisions.previous().equals(runs));
    return same
        && (last.status() == Status.FAILED
            || primary.id().equals(last.rollout().ecsDeploymentId())
            || service.deployments().size() == 1);
  }

  /**
   * Once traffic goes to it, its tasks have proven healthy, and ECS alone decides how long it
   * takes: between two of its bakes and pauses, where nothing stands, it is not late either. One
   * that has lost tasks goes no further, and only a hook is still waited for.
   */
  private static Instant standsUntil(EcsDeployment primary, Situation seen) {
    boolean whole = primary.running() >= primary.desired();
    return seen.serviceDeployment()
        .filter(deployment -> deployment.status().equals("IN_PROGRESS"))
        .map(deployment -> Shift.NONE.seen(deployment, whole, seen.now()))
        .filter(shift -> whole || shift.awaited().isPresent())
        .map(shift ->
            shift.production().orElse(0) > 0 && !shift.stands(seen.now())
                ? seen.now()
                : shift.standsUntil())
        .orElse(Instant.MIN);
  }

  /** Whether {@link Situation#serviceDeployment} of somebody else decides anything here. */
  public static boolean needsElsewhere(Head head, ServiceView service) {
    return !head.waiting().isEmpty()
        && !service.strategy().equals("ROLLING")
        && service.primary().map(d -> d.rolloutState().equals("IN_PROGRESS")).orElse(false);
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** The reason that ledger, chat, metrics and events share. */
  public static Reason reason(Failure why) {
    return Reason.of(why);
  }

  /** {@code 90 s}, {@code 30 min}, {@code 2 h}. */
  private static String words(Duration duration) {
    if (duration.compareTo(Duration.ofMinutes(2)) < 0) {
      return duration.toSeconds() + " s";
    }
    if (duration.compareTo(Duration.ofHours(2)) < 0) {
      return duration.toMinutes() + " min";
    }
    return duration.toHours() + " h";
  }
}
