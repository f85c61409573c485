package dev.slipway.deployment;

import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Head.Request;
import dev.slipway.follow.Settings;
import dev.slipway.follow.Settings.Busy;
import dev.slipway.follow.Settings.Switch;
import dev.slipway.verdict.CodeDeployed;
import dev.slipway.verdict.Judge;
import dev.slipway.verdict.Observation;
import dev.slipway.verdict.TaskFailures;
import dev.slipway.verdict.Verdict;
import dev.slipway.verdict.Verdict.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The next step while a deployment is in flight. */
final class InFlight {

  /** How long a deployment that ECS has named may be missing from what it says of the service. */
  static final Duration LISTED_WITHIN = Duration.ofMinutes(1);

  private InFlight() {}

  static Step step(Head head, Deployment deployment, ServiceView service, Situation seen) {
    if (deployment.status() == Status.PREPARING) {
      return deployment.isRollback() ? new Step.GoBack() : new Step.Start();
    }
    if (deployment.isRollback() && deployment.rollout().ecsDeploymentId().isEmpty()) {
      return WatchedWayBack.step(head, deployment, service, seen);
    }
    if (deployment.status() == Status.BAKING) {
      return baking(head, deployment, service, seen);
    }
    if (notListedYet(deployment, service, seen)) {
      return new Step.Follow(deployment.rollout(), seen.now().plus(LISTED_WITHIN));
    }
    Rollout rollout = Advance.progress(deployment, service, seen);
    Verdict verdict = Judge.judge(observation(deployment, rollout, service, seen));
    if (deployment.isRollback()) {
      return rollbackVerdict(verdict, rollout, seen);
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
        && service.primary().map(primary -> !primary.createdAt().isAfter(started)).orElse(true);
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
        Deadline.standstill(deployment, rollout, seen),
        seen.now(),
        seen.codeDeployed());
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

  private static Step completed(Deployment deployment, Rollout rollout, Situation seen) {
    Optional<Step> alarmed = AlarmWatch.step(deployment, seen);
    if (alarmed.isPresent()) {
      return alarmed.get();
    }
    if (AlarmWatch.unheard(rollout.progressAt(), seen)) {
      return new Step.Follow(rollout, NextLook.soon(seen));
    }
    Duration bake = seen.settings().map(Settings::bake).orElse(Duration.ZERO);
    return bake.isZero()
        ? new Step.Succeed(Reason.COMPLETED)
        : new Step.Bake(seen.now().plus(bake));
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
    return AlarmWatch.step(deployment, seen)
        .orElseGet(() -> new Step.Follow(rollout, NextLook.of(rollout, seen)));
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
    Optional<Step> alarmed = AlarmWatch.step(deployment, seen);
    if (alarmed.isPresent()) {
      return alarmed.get();
    }
    if (seen.now().isBefore(rollout.bakeUntil())) {
      return gives(head, rollout, seen)
          ? new Step.Begin(true)
          : new Step.Follow(rollout, NextLook.by(rollout.bakeUntil(), seen));
    }
    return AlarmWatch.unheard(rollout.bakeUntil(), seen)
        ? new Step.Follow(rollout, NextLook.soon(seen))
        : new Step.Succeed(Reason.COMPLETED);
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

  /** Whether a person has asked to roll this deployment back. */
  static boolean asksFor(Head head, Deployment deployment) {
    return head.request()
        .map(request ->
            switch (request) {
              case Request.RollBack back -> back.sequence() == deployment.sequence();
            })
        .orElse(false);
  }

  /** A rollback that is a rollout of its own. It is never rolled back. */
  private static Step rollbackVerdict(Verdict verdict, Rollout rollout, Situation seen) {
    return switch (verdict) {
      case Verdict.Succeeded() -> new Step.Succeed(Reason.COMPLETED);
      case Verdict.SucceededWithoutTasks() -> new Step.Succeed(Reason.COMPLETED_WITHOUT_TASKS);
      // Nobody is asked whether the good revision may have its traffic back.
      case Verdict.Going() ->
          seen.codeDeployed().map(CodeDeployed::ready).orElse(false)
              ? new Step.Proceed()
              : new Step.Follow(rollout, NextLook.of(rollout, seen));
      case Verdict.Superseded(String taskDefinition) -> new Step.GiveWay(taskDefinition);
      case Verdict.Failed(Failure why) -> callForPerson(why);
      case Verdict.RollingBack(Failure why) -> callForPerson(why);
      case Verdict.RolledBack(Failure why, String revision) -> callForPerson(why);
      case Verdict.RollbackFailed(Failure why) -> callForPerson(why);
    };
  }

  private static Step callForPerson(Failure why) {
    return new Step.CallForPerson(Reason.of(why).text() + ".");
  }
}
