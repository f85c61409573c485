package dev.slipway.diagnosis;

import java.time.Duration;
import java.time.Instant;

/**
 * How far a rollout had come when it was given up because it went no further.
 *
 * @param running tasks of the new revision that ran
 * @param desired how many are wanted
 * @param since when it had moved last; null if that is not known
 * @param deadline how long without progress is too long: the tag {@code slipway.deadline}
 * @param stage where it stood, for people; empty for a plain rolling update
 */
public record StalledRollout(
    int running, int desired, Instant since, Duration deadline, String stage) {

  /** What is known, in a sentence without its full stop. */
  String sentence() {
    String at = since == null ? "" : " since " + Texts.at(since);
    return "No progress in time: "
        + (whole()
            ? (desired == 1 ? "the task" : "all " + desired + " tasks")
                + " of the new revision "
                + (desired == 1 ? "runs" : "run")
                + ", but nothing has moved"
            : running
                + " of "
                + desired
                + (desired == 1 ? " task" : " tasks")
                + " of the new revision "
                + (desired == 1 ? "runs" : "run")
                + ", and no other came up")
        + at
        + ", for longer than slipway.deadline ("
        + Texts.human(deadline)
        + ")";
  }

  /** What to do about it, where neither a task nor an event says why. */
  String advice() {
    return (whole()
            ? "ECS completes it once its tasks are healthy, by their containers' health checks and"
                + " the load balancer's, and the old tasks have stopped: see for which it waited"
            : "See why its tasks do not become healthy: a health check that never answers, or a"
                + " slow start")
        + ". If it only needs longer, set the service's tag slipway.deadline to more than "
        + Texts.human(deadline);
  }

  private boolean whole() {
    return desired > 0 && running >= desired;
  }
}
