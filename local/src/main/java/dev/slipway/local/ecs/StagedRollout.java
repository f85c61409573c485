package dev.slipway.local.ecs;

import dev.slipway.local.account.Account;
import dev.slipway.local.ecs.LifecycleHook.Status;
import java.time.Duration;
import java.time.Instant;

/**
 * Moves a blue/green, linear or canary deployment through its stages. The old tasks stay until
 * CLEAN_UP, so that going back is a matter of traffic.
 */
final class StagedRollout {
  private final Account account;
  private final EcsTimings timings;
  private final Rollouts rollouts;
  private final LifecycleHooks hooks;

  StagedRollout(Account account, EcsTimings timings, Rollouts rollouts, LifecycleHooks hooks) {
    this.account = account;
    this.timings = timings;
    this.rollouts = rollouts;
    this.hooks = hooks;
  }

  /** Tasks that the new revision is to have now. */
  static int newTasks(ServiceDeployment current) {
    return current.shift.stage.before(Stage.SCALE_UP) ? 0 : current.service.desiredCount;
  }

  /** Tasks that the revision before is to keep now. */
  static int oldTasks(ServiceDeployment current) {
    return current.shift.stage == Stage.CLEAN_UP ? 0 : current.service.desiredCount;
  }

  /**
   * Goes on by at most one stage.
   *
   * @return when to look again; null when something has to happen first
   */
  Duration step(ServiceDeployment current) {
    TrafficShift shift = current.shift;
    if (shift.hooks == null) {
      hooks.begin(current);
    }
    boolean rollBack =
        shift.hooks.stream()
            .anyMatch(hook ->
                hook.status == Status.FAILED
                    || (hook.status == Status.TIMED_OUT
                        && hook.timeoutAction().equals("ROLLBACK")));
    if (rollBack) {
      rollouts.hookFailed(current, shift.stage);
      return timings.tick();
    }
    if (shift.hooks.stream().anyMatch(LifecycleHook::waiting)) {
      return null;
    }
    Duration hold = hold(current);
    if (hold == null) {
      return null;
    }
    Instant ready = shift.since.plus(hold);
    if (account.now().isBefore(ready)) {
      return Duration.between(account.now(), ready);
    }
    if (shift.stage == Stage.CLEAN_UP) {
      rollouts.finish(current.service);
      return null;
    }
    enter(current, following(shift));
    return timings.tick();
  }

  /** How long the stage lasts; null while it waits for tasks. */
  private Duration hold(ServiceDeployment current) {
    EcsService service = current.service;
    boolean healthy =
        service.tasksOf(service.primary()).filter(Task::healthy).count() == service.desiredCount;
    return switch (current.shift.stage) {
      case SCALE_UP -> healthy ? Duration.ZERO : null;
      case POST_PRODUCTION_TRAFFIC_SHIFT ->
          current.shift.lastStep() ? timings.tick() : current.shift.stepBake;
      case BAKE_TIME ->
          current.settings.bake() != null
              ? current.settings.bake()
              : current.alarmsWatched ? timings.alarmBake() : timings.tick();
      case CLEAN_UP ->
          healthy && service.tasks.size() == service.desiredCount ? Duration.ZERO : null;
      default -> timings.tick();
    };
  }

  private static Stage following(TrafficShift shift) {
    if (shift.stage == Stage.POST_PRODUCTION_TRAFFIC_SHIFT && !shift.lastStep()) {
      shift.step++;
      return Stage.PRE_PRODUCTION_TRAFFIC_SHIFT;
    }
    return shift.stage.next();
  }

  private void enter(ServiceDeployment current, Stage next) {
    TrafficShift shift = current.shift;
    shift.enter(next, account.now());
    current.lifecycleStage = next.shown();
    current.updatedAt = account.now();
    switch (next) {
      case TEST_TRAFFIC_SHIFT -> shift.test = 100;
      case PRODUCTION_TRAFFIC_SHIFT -> {
        shift.production = shift.shares.get(shift.step);
        current.service.say(
            account.ids().uuid(),
            account.now(),
            "(deployment "
                + current.target.id
                + ") has shifted "
                + Math.round(shift.production)
                + "% of production traffic.");
      }
      default -> {}
    }
  }
}
