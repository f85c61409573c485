package dev.slipway.deploy;

import dev.slipway.aws.AwsException;
import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.NextStep;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.image.ImageSet;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.AlarmsInUse.Alarm;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A rollout that was started, forward or back: watched, and found good in the end. */
final class RolloutUnderWay extends Act {

  RolloutUnderWay(Tools tools, Observed seen) {
    super(tools, seen);
  }

  Done follow(Rollout rollout, Instant until) {
    Deployment before = head.inFlight().orElseThrow();
    boolean later = head.due() == null || !head.due().isAfter(now) || head.due().isAfter(until);
    if (rollout.equals(before.rollout()) && !later) {
      return Done.REST;
    }
    Deployment further =
        before.with(rollout).as(before.status(), before.reason(), before.detail(), now);
    if (rollout.equals(before.rollout())) {
      write(head.due(until));
    } else {
      write(head.inFlight(further).due(until), further);
    }
    return Done.REST;
  }

  /**
   * The alarms that watch the deployment in flight. After UpdateService, never before: a push does
   * not wait for it. What went off in between is known by its time.
   */
  Done findAlarms() {
    Deployment deployment = inFlight();
    AlarmsInUse found;
    try {
      found = alarms(deployment);
    } catch (AwsException e) {
      keepProgress(deployment);
      throw e;
    }
    // First for watch, which drops events about alarms that it does not find there.
    ledger.useAlarms(
        head.service(),
        deployment.sequence(),
        found.alarms().stream().map(Alarm::arn).toList(),
        now);
    log.info(
        "alarms found",
        "alarms",
        AlarmsInUse.names(found.alarms()),
        "on_at_start",
        AlarmsInUse.names(found.onAtStart()));
    Deployment watched = deployment.with(found);
    write(head.inFlight(watched), watched);
    return Done.AGAIN;
  }

  /** Else the same tasks would pass for progress again, and forgive those that failed meanwhile. */
  private void keepProgress(Deployment deployment) {
    Rollout further = NextStep.progress(deployment, seen.service(), seen.situation());
    if (deployment.status() == Status.ROLLING_OUT && !further.equals(deployment.rollout())) {
      Deployment known = deployment.with(further);
      write(head.inFlight(known), known);
    }
  }

  private AlarmsInUse alarms(Deployment deployment) {
    try {
      List<String> own = controllers.of(deployment).alarms(seen.service());
      Set<String> names = new TreeSet<>(own);
      names.addAll(tools.alarms().tagged(head.service()));
      return AlarmsInUse.found(
          names.isEmpty() ? List.of() : tools.alarms().states(names), own, startedAt(deployment));
    } catch (AwsException e) {
      if (e.passing() && NextStep.mayWaitForAlarms(deployment, seen.situation())) {
        throw e;
      }
      log.error("no alarms of " + deployment.id(), e);
      return AlarmsInUse.unknown(
          "Slipway cannot see which alarms watch this, and watches none of them. "
              + controllers.of(deployment).name()
              + " still acts on the service's own. "
              + Wording.stopped(e.getMessage())
              + (e.accessDenied()
                  ? " Slipway's stack grants this: see what takes it away from its deploy function,"
                      + " a service control policy or a permissions boundary."
                  : ""));
    }
  }

  /** As ECS has it, for a look may have taken over what an earlier one had started. */
  private Instant startedAt(Deployment deployment) {
    Instant noted = deployment.startedAt();
    return seen.service()
        .deployment(deployment.rollout().ecsDeploymentId())
        .map(EcsDeployment::createdAt)
        .filter(created -> created.isBefore(noted))
        .orElse(noted);
  }

  Done bake(Instant until) {
    Deployment deployment = inFlight();
    Rollout rollout =
        NextStep.progress(deployment, seen.service(), seen.situation()).toBuilder()
            .progressAt(now)
            .bakeUntil(until)
            .tasksSeen(true)
            .build();
    Deployment baking =
        deployment
            .with(rollout)
            .as(
                Status.BAKING,
                Reason.BAKE_TIME,
                controllers.of(deployment).name() + " has completed it.",
                now);
    // Not only at its end: an event about an alarm or a task can be lost.
    Instant look = now.plus(SOON);
    write(head.inFlight(baking).due(look.isBefore(until) ? look : until), baking);
    return Done.REST;
  }

  Done succeed(Reason reason) {
    Deployment deployment = inFlight();
    if (deployment.isRollback()) {
      return new EndOfWayBack(tools, seen)
          .wentBack(deployment, deployment.revisions().own(), deployment.to());
    }
    Deployment done =
        deployment
            .with(finished(NextStep.progress(deployment, seen.service(), seen.situation())))
            .as(Status.SUCCEEDED, reason, "", now);
    ImageSet runs = reason == Reason.COMPLETED ? complete(deployment) : deployment.to();
    Head after = head.idle().running(runs).due(next());
    if (reason == Reason.COMPLETED) {
      after =
          after.lastGood(
              new LastGood(
                  deployment.revisions().own(),
                  runs,
                  deployment.sequence(),
                  goodSince(deployment.rollout().ecsDeploymentId()),
                  true));
    }
    tellParameters(runs);
    write(after, done.to(done.from(), runs));
    return ended();
  }

  /**
   * With the digests of the containers that do not follow and are named by tag, as the tasks pulled
   * them: a rollback is to bring back what ran, and a tag would be resolved again.
   */
  private ImageSet complete(Deployment deployment) {
    try {
      Map<String, String> containers = whatRuns.named(deployment.revisions().own());
      boolean known = deployment.to().byContainer().keySet().containsAll(containers.keySet());
      return known
          ? deployment.to()
          : whatRuns.images(seen.service(), containers).with(deployment.to());
    } catch (AwsException e) {
      if (e.passing()) {
        throw e;
      }
      log.error("could not read what " + deployment.id() + " runs", e);
      return deployment.to();
    }
  }

  /** The rollout as it stood at the end. */
  private Rollout finished(Rollout rollout) {
    return seen.service()
        .deployment(rollout.ecsDeploymentId())
        .map(d -> rollout.toBuilder().counts(d).progressAt(now).tasksSeen(d.running() > 0).build())
        .orElse(rollout);
  }
}
