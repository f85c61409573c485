package dev.slipway.verdict;

import dev.slipway.aws.ServiceDeployment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Which stages a rollout has come through, how traffic has moved, and until when ECS is not
 * expected to come further. Kept with the rollout, so that a look knows what the ones before it
 * saw.
 *
 * <p>The deadline does not run while ECS bakes, pauses, or waits for a hook: it is counted from the
 * end of that. ECS ends each of these by itself, so nothing waits for ever.
 *
 * @param strategy ROLLING, BLUE_GREEN, LINEAR, CANARY, another name of AWS's, or empty if not known
 * @param trail the stages and shares that looks have seen, oldest first, at most {@link #LONGEST}
 *     of them; ECS sends no event for a stage, so one that is over quickly may not be among them
 * @param test percent of test traffic that goes to the new revision; empty if not said
 * @param standsUntil until when the deadline does not run, or did not; null if it always ran
 * @param hook the one that ECS waits for, or that made it go back
 */
public record Shift(
    String strategy,
    List<Mark> trail,
    OptionalDouble test,
    Instant standsUntil,
    Optional<Hook> hook) {

  /** Nothing is known of stages or traffic: so it is with a plain rolling update. */
  public static final Shift NONE =
      new Shift("", List.of(), OptionalDouble.empty(), null, Optional.empty());

  /** A linear deployment in the smallest steps has 34 of them, of two stages each. */
  public static final int LONGEST = 80;

  /**
   * The longest that ECS stays in one stage, and that a function may take; counted on where ECS
   * does not say.
   */
  static final Duration LONGEST_STAGE = Duration.ofHours(24);

  /** The longest that a pause can be set to. */
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(20_160);

  /** CodeDeploy's waits can be set to 2,800 minutes, and a hook has an hour. */
  static final Duration LONGEST_WAIT = Duration.ofMinutes(2_800 + 60);

  private static final String BAKE = "BAKE_TIME";

  /**
   * On its way back ECS calls hooks again only where it moves traffic; any other that it lists is
   * one that it has left behind.
   */
  private static final Set<String> MOVING =
      Set.of("TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT");

  public Shift {
    trail = List.copyOf(trail);
  }

  /**
   * Where a look found it.
   *
   * @param stage AWS's name of the lifecycle stage, empty if it was in none
   * @param production percent of production traffic for the new revision; empty if not said
   * @param at when the look was
   */
  public record Mark(String stage, OptionalDouble production, Instant at) {}

  /**
   * What is known after another look.
   *
   * @param seen what ECS says now, with what events told of its hooks
   * @param whole whether as many of its tasks run as are wanted: a bake that has lost some of them
   *     is not the time that ECS takes, but a standstill
   */
  public Shift seen(ServiceDeployment seen, boolean whole, Instant now) {
    Staging staging = seen.staging();
    OptionalDouble share =
        staging.target().production().isEmpty() ? production() : staging.target().production();
    Mark mark = new Mark(seen.lifecycleStage(), share, now);
    List<Mark> further = new ArrayList<>(trail);
    if (!mark.stage().equals(stage()) || !share.equals(production())) {
      further.add(mark);
    }
    Optional<Hook> pending = staging.pending().map(each -> each.in(mark.stage()));
    Shift next =
        new Shift(
            staging.strategy().isEmpty() ? strategy : staging.strategy(),
            further.subList(Math.max(0, further.size() - LONGEST), further.size()),
            staging.target().test().isEmpty() ? test : staging.target().test(),
            standsUntil,
            seen.goesBack() ? cause(seen, now).or(() -> pending) : pending);
    Instant until = next.until(seen, whole, pending, now);
    // What the deadline stood still for is never counted: the bake of a step may have been over for
    // long when the hook of its stage ends.
    return next.standing(later(until, stood(now)));
  }

  /**
   * What is known after another look at a deployment of CodeDeploy, which says nothing of shares.
   *
   * @param waits whether the time that passes in this stage is CodeDeploy's own
   */
  public Shift seenInCodeDeploy(String stage, boolean waits, Instant now) {
    List<Mark> further = new ArrayList<>(trail);
    if (!stage.equals(stage())) {
      further.add(new Mark(stage, OptionalDouble.empty(), now));
    }
    Shift next =
        new Shift(
            strategy,
            further.subList(Math.max(0, further.size() - LONGEST), further.size()),
            test,
            standsUntil,
            hook);
    return waits ? next.standing(next.stageAt().plus(LONGEST_WAIT)) : next.running(now);
  }

  /** What was waited for is over: the deadline runs, from now if it stood. */
  public Shift running(Instant now) {
    return standing(stood(now));
  }

  /** Until when the deadline has stood so far; null if it always ran. */
  private Instant stood(Instant now) {
    return stands(now) ? now : standsUntil;
  }

  private static Instant later(Instant one, Instant other) {
    return one == null || (other != null && other.isAfter(one)) ? other : one;
  }

  private Shift standing(Instant until) {
    return new Shift(strategy, trail, test, until, hook);
  }

  /** The hook that made ECS go back, if one did. */
  private Optional<Hook> cause(ServiceDeployment seen, Instant now) {
    Instant back = seen.rollbackStartedAt() == null ? now : seen.rollbackStartedAt();
    return seen.staging()
        .failed(seen.rollbackStartedAt())
        .map(failed ->
            hook.filter(each -> each.id().equals(failed.id()))
                .map(Hook::stage)
                .map(failed::in)
                .orElse(failed))
        .or(() -> hook.filter(Hook::failed))
        // Its event may be late or lost: what was waited for until its time was up has timed out,
        // unless ECS has gone on since: then it is the end of the wait that nobody told of.
        .or(() ->
            hook.filter(Hook::pending)
                .filter(each -> each.timeoutAction() != Hook.TimeoutAction.CONTINUE)
                .filter(each -> each.expiresAt() != null && !each.expiresAt().isAfter(back))
                .filter(each -> !Staging.longBefore(each.expiresAt(), seen.rollbackStartedAt()))
                .map(each -> each.as(Hook.State.TIMED_OUT)));
  }

  private Instant until(
      ServiceDeployment seen, boolean whole, Optional<Hook> pending, Instant now) {
    Instant stage = stageAt() == null ? now : stageAt();
    Instant waited =
        pending
            .filter(_ -> !seen.goesBack() || MOVING.contains(seen.lifecycleStage()))
            .map(hook ->
                hook.expiresAt() != null
                    ? hook.expiresAt()
                    : stage.plus(hook.type() == Hook.Type.PAUSE ? LONGEST_PAUSE : LONGEST_STAGE))
            .orElse(null);
    // What is told of a hook may be old: a step calls its stage's hooks anew. Its time being up
    // says nothing of the bake that follows.
    return waited != null && waited.isAfter(now)
        ? waited
        : later(waited, baked(seen, whole, stage));
  }

  /** Until when ECS bakes, as far as it says. */
  private Instant baked(ServiceDeployment seen, boolean whole, Instant stage) {
    if (!seen.status().equals("IN_PROGRESS")) {
      return null;
    }
    Staging staging = seen.staging();
    if (seen.lifecycleStage().equals(BAKE)) {
      return whole ? stage.plus(staging.bake().orElse(LONGEST_STAGE)) : null;
    }
    if (partial()) {
      // AWS does not say in which stage a step bakes: a hook may come between the shift and that.
      return later(shareAt(), stage).plus(staging.stepBake().orElse(LONGEST_STAGE));
    }
    // Without shares nobody can see the steps, which ECS makes within these stages.
    boolean unseen = production().isEmpty() && staging.stepBake().isPresent();
    return unseen && seen.lifecycleStage().endsWith("PRODUCTION_TRAFFIC_SHIFT")
        ? stage.plus(LONGEST_STAGE)
        : null;
  }

  /** The stage it is in; empty if it is in none. */
  public String stage() {
    return trail.isEmpty() ? "" : trail.getLast().stage();
  }

  /** Percent of production traffic that goes to the new revision. */
  public OptionalDouble production() {
    return trail.isEmpty() ? OptionalDouble.empty() : trail.getLast().production();
  }

  /** Whether both revisions have production traffic. */
  public boolean partial() {
    double share = production().orElse(0);
    return share > 0 && share < 100;
  }

  private Instant stageAt() {
    return since(Mark::stage);
  }

  private Instant shareAt() {
    return since(Mark::production);
  }

  /** When the last of it that is as it is now was first seen. */
  private Instant since(Function<Mark, Object> what) {
    Instant since = null;
    for (Mark mark : trail.reversed()) {
      if (!what.apply(mark).equals(what.apply(trail.getLast()))) {
        break;
      }
      since = mark.at();
    }
    return since;
  }

  /** The latest of what counts as progress here, or will; null if nothing did. */
  public Instant furtherAt() {
    return Stream.of(trail.isEmpty() ? null : trail.getLast().at(), standsUntil)
        .filter(Objects::nonNull)
        .max(Instant::compareTo)
        .orElse(null);
  }

  /** Whether the deadline does not run at this moment. */
  public boolean stands(Instant now) {
    return standsUntil != null && standsUntil.isAfter(now);
  }

  /** The hook that ECS waits for. */
  public Optional<Hook> awaited() {
    return hook.filter(Hook::pending);
  }
}
