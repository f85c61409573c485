package dev.slipway.deployment;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.verdict.CodeDeployed;
import dev.slipway.verdict.Observation.Standstill;
import dev.slipway.verdict.TaskFailures;
import java.time.Duration;
import java.util.Optional;

/** The next step of a rollback that ECS or CodeDeploy does itself, and that is only watched. */
final class WatchedWayBack {

  private WatchedWayBack() {}

  static Step step(Head head, Deployment rollback, ServiceView service, Situation seen) {
    return seen.codeDeployed().isPresent()
        ? byCodeDeploy(rollback, seen.codeDeployed().get(), service, seen)
        : byEcs(head, rollback, service, seen);
  }

  /** By its breaker, an alarm, or because Slipway asked it to. */
  private static Step byEcs(Head head, Deployment rollback, ServiceView service, Situation seen) {
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
          if (!Deadline.stalled(rollback, Advance.watched(rollback, service, seen), seen)) {
            return new Step.GoBack();
          }
        }
      }
    }
    Rollout rollout = Advance.watched(rollback, service, seen);
    boolean crashes = crashesOn(rollback, rollout, service, seen);
    if (crashes || Deadline.stalled(rollback, rollout, seen)) {
      String tasks = crashes ? ", and the tasks that it brings back fail" : "";
      return elsewhere(head, rollback, service, seen)
          .orElseGet(() -> notFinished("ECS", tasks, seen));
    }
    return new Step.Follow(rollout, NextLook.of(rollout, seen));
  }

  /**
   * Whether what ECS brings back goes on failing when the deadline is over, while old tasks that it
   * drains keep it from its end.
   */
  private static boolean crashesOn(
      Deployment rollback, Rollout rollout, ServiceView service, Situation seen) {
    Standstill standstill = Deadline.standstill(rollback, rollout, seen);
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

  /** As the group is set, or because Slipway asked it to. */
  private static Step byCodeDeploy(
      Deployment rollback, CodeDeployed told, ServiceView service, Situation seen) {
    Rollout rollout = Advance.watched(rollback, service, seen);
    boolean stalled = Deadline.stalled(rollback, rollout, seen);
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
                : new Step.Follow(rollout, NextLook.of(rollout, seen));
      };
    }
    return told.mayBeTakenBack(seen.now(), rollout.stopRequested())
        ? new Step.Follow(rollout, NextLook.of(rollout, seen))
        : new Step.GoBack();
  }

  private static Step notFinished(String who, String tasks, Situation seen) {
    return new Step.CallForPerson(
        who + " has not finished its rollback within " + words(seen.deadline()) + tasks + ".");
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
