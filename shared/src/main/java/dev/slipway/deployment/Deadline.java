package dev.slipway.deployment;

import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.follow.Reading;
import dev.slipway.verdict.Observation.Standstill;
import dev.slipway.verdict.StoppedTask;
import dev.slipway.verdict.TaskFailures;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** When what is in flight, and goes no further, is out of time, and when it has stalled. */
final class Deadline {

  /**
   * The longest that old tasks hold up a deployment: an hour until their target is drained, at
   * most, and the time that their containers take to stop.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html">deregistration
   *     delay</a>
   */
  static final Duration LONGEST_DRAIN = Duration.ofHours(2);

  /** How long ECS may take to find a deployment complete once the last old task has stopped. */
  static final Duration COMPLETES_WITHIN = Duration.ofMinutes(5);

  private Deadline() {}

  static Instant due(Rollout rollout, Reading tags) {
    return rollout.countsFrom().plus(tags.deadline());
  }

  /** Whether the deadline has passed: it matters then which tasks fail, and which are drained. */
  static boolean outOfTime(Deployment deployment, Reading tags, Instant now) {
    return deployment.status() == Status.ROLLING_OUT
        && now.isAfter(due(deployment.rollout(), tags));
  }

  static boolean stalled(Deployment deployment, Rollout rollout, Situation seen) {
    return seen.now().isAfter(standstill(deployment, rollout, seen).until());
  }

  static Standstill standstill(Deployment deployment, Rollout rollout, Situation seen) {
    Instant due = due(rollout, seen.tags());
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
        .map(drained ->
            Instants.later(due, Instants.earlier(drained.plus(COMPLETES_WITHIN), latest)))
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
}
