package dev.slipway.verdict;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a service deployment says of its way: the strategy, how traffic is shared, and its hooks.
 *
 * @param strategy ROLLING, BLUE_GREEN, LINEAR, CANARY, another name of AWS's, or empty if not said
 * @param bake how long both revisions run after all traffic has moved, if the service sets it
 * @param stepBake how long ECS waits between two steps of traffic; empty where it makes none
 * @param source shares of the revisions that it replaces, together
 * @param target shares of the new revision
 * @param hooks those that it has come to, as far as ECS lists them or events told of them
 * @param functions lifecycle stage to the ARN of the one function that its hooks call: events do
 *     not say which it is
 */
public record Staging(
    String strategy,
    Optional<Duration> bake,
    Optional<Duration> stepBake,
    Traffic source,
    Traffic target,
    List<Hook> hooks,
    Map<String, String> functions) {

  /** Nothing is said. */
  public static final Staging NONE =
      new Staging(
          "", Optional.empty(), Optional.empty(), Traffic.UNKNOWN, Traffic.UNKNOWN, List.of());

  /** One of whose functions nothing is known. */
  public Staging(
      String strategy,
      Optional<Duration> bake,
      Optional<Duration> stepBake,
      Traffic source,
      Traffic target,
      List<Hook> hooks) {
    this(strategy, bake, stepBake, source, target, hooks, Map.of());
  }

  /** The stage before traffic is moved is one for hooks only; a deployment shows the next. */
  private static final Map<String, String> SHOWN_AS =
      Map.of("PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT");

  public Staging {
    hooks = List.copyOf(hooks);
    functions = Map.copyOf(functions);
  }

  /**
   * Shares in percent, 0 to 100, as ECS has asked the load balancer for them; empty if not said.
   */
  public record Traffic(OptionalDouble production, OptionalDouble test) {
    public static final Traffic UNKNOWN =
        new Traffic(OptionalDouble.empty(), OptionalDouble.empty());
  }

  /**
   * The same with what events told of its hooks. ECS's own list knows best what is pending; an
   * event knows best that a hook has ended, since ECS is not documented to list it any longer.
   *
   * @param told events about hooks of this deployment, in any order, duplicates allowed
   * @param stage the stage that the deployment is in
   */
  public Staging knowing(List<Hook> told, String stage) {
    Map<String, Hook> latest = new LinkedHashMap<>();
    told.stream()
        .sorted(Comparator.comparing(Hook::at, Comparator.nullsFirst(Comparator.naturalOrder())))
        .forEach(hook ->
            latest.merge(
                hook.id(),
                hook,
                (before, now) -> before.state().ended() && !now.state().ended() ? before : now));
    List<Hook> all = new ArrayList<>();
    for (Hook listed : hooks) {
      Hook event = latest.remove(listed.id());
      all.add(event == null ? listed : merged(listed, event));
    }
    for (Hook event : latest.values()) {
      boolean overtaken =
          !event.state().ended()
              && (!hooks.isEmpty()
                  || !SHOWN_AS.getOrDefault(event.stage(), event.stage()).equals(stage));
      if (!overtaken) {
        all.add(event);
      }
    }
    return new Staging(
        strategy,
        bake,
        stepBake,
        source,
        target,
        all.stream().map(hook -> hook.calling(functions.getOrDefault(hook.stage(), ""))).toList(),
        functions);
  }

  private static Hook merged(Hook listed, Hook told) {
    return new Hook(
        listed.id(),
        listed.type(),
        listed.target(),
        told.stage(),
        told.state().ended() ? told.state() : listed.state(),
        listed.expiresAt() == null ? told.expiresAt() : listed.expiresAt(),
        listed.timeoutAction(),
        told.at());
  }

  /** The hook that ECS waits for longest. */
  Optional<Hook> pending() {
    return hooks.stream()
        .filter(Hook::pending)
        .max(
            Comparator.comparing(Hook::expiresAt, Comparator.nullsLast(Comparator.naturalOrder())));
  }

  /**
   * The hook that made ECS go back. ECS calls hooks again while it goes back: one that fails then
   * is not why it does.
   *
   * @param since when ECS began to go back; null if it does not say
   */
  Optional<Hook> failed(Instant since) {
    return hooks.stream()
        .filter(Hook::failed)
        .filter(hook -> !wentOn(hook, since))
        .filter(hook -> since == null || hook.at() == null || !hook.at().isAfter(since.plus(TWO)))
        .min(Comparator.comparing(Hook::at, Comparator.nullsLast(Comparator.naturalOrder())));
  }

  /**
   * An event does not say what follows from a time-out: where ECS begins to go back long after it,
   * it went on, and goes back for something else.
   */
  private static boolean wentOn(Hook hook, Instant since) {
    return hook.state() == Hook.State.TIMED_OUT
        && hook.timeoutAction() == Hook.TimeoutAction.UNKNOWN
        && since != null
        && hook.at() != null
        && hook.at().isBefore(since.minus(MINUTE));
  }

  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** ECS writes down the hook's end and the rollback that follows from it within this time. */
  private static final Duration TWO = Duration.ofSeconds(2);
}
