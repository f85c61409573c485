package dev.slipway.plan;

import dev.slipway.aws.Ecr;
import dev.slipway.aws.Ecs;
import dev.slipway.aws.Lanes;
import dev.slipway.aws.Patience;
import dev.slipway.aws.Tagging;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.Ledger;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.runtime.PermanentFailure;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Finds who follows what was pushed, applies their policy, writes what is wanted into their heads,
 * and sends looks. It starts nothing.
 */
public final class Planner {

  /**
   * What a planner works with.
   *
   * @param observeOnly the stack's parameter Mode is {@code observe}
   * @param turn how long this invocation may go on, and the next one
   */
  public record Means(
      Tagging tagging,
      Ecs ecs,
      Ecr ecr,
      Ledger ledger,
      Lanes lanes,
      InstantSource time,
      boolean observeOnly,
      Patience patience,
      Log log,
      Metrics metrics,
      Turn turn) {

    /** With all the time in the world. */
    public Means(
        Tagging tagging,
        Ecs ecs,
        Ecr ecr,
        Ledger ledger,
        Lanes lanes,
        InstantSource time,
        boolean observeOnly,
        Patience patience,
        Log log,
        Metrics metrics) {
      this(
          tagging,
          ecs,
          ecr,
          ledger,
          lanes,
          time,
          observeOnly,
          patience,
          log,
          metrics,
          Turn.ENDLESS);
    }
  }

  /** This invocation, and the next. */
  public interface Turn {

    Turn ENDLESS =
        new Turn() {
          @Override
          public boolean over() {
            return false;
          }

          @Override
          public void next(String message) {
            throw new IllegalStateException("a turn without an end has no next");
          }
        };

    /** Whether what takes longer has to be left to the next. */
    boolean over();

    /** Puts a message into plan's own queue. */
    void next(String message);
  }

  private final PushPlan pushes;
  private final ReconcilePlan reconcile;
  private final Log log;

  public Planner(Means means) {
    this.pushes = new PushPlan(means);
    this.reconcile = new ReconcilePlan(means);
    this.log = means.log();
  }

  /**
   * Handles one event, as EventBridge put it into the queue.
   *
   * @throws PermanentFailure if it can never be understood
   * @throws RuntimeException if it shall be seen again
   */
  public void handle(String body) {
    switch (PlanEvents.read(body)) {
      case PlanEvent.Pushed push -> pushes.run(push);
      case PlanEvent.Reconcile(Optional<ServiceRef> after) -> reconcile.run(after);
      case PlanEvent.NotAPush(String why) -> log.info("nothing to do: " + why);
    }
  }
}
