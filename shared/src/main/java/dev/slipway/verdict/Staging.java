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
import java.util.Set;
import java.util.function.Function;

/**
 * What a service deployment says of its way: the strategy, how traffic is shared, and its hooks.
 *
 * @param strategy ROLLING, BLUE_GREEN, LINEAR, CANARY, another name of AWS's, or empty if not said
 * @param bake how long both revisions run after all traffic has moved, if the service sets it
 * @param stepBake how long ECS waits between two steps of traffic; empty where it makes none
 * @param source shares of the revisions that it replaces, together
 * @param target shares of the new revision
 * @param hooks those that it has come to, as far as ECS lists them or events told of them
 * @param settings what the service sets for its hooks: events do not say it
 */
public record Staging(
    String strategy,
    Optional<Duration> bake,
    Optional<Duration> stepBake,
    Traffic source,
    Traffic target,
    List<Hook> hooks,
    List<Setting> settings) {

  /** Nothing is said. */
  public static final Staging NONE =
      new Staging(
          "",
          Optional.empty(),
          Optional.empty(),
          Traffic.UNKNOWN,
          Traffic.UNKNOWN,
          List.of(),
          List.of());

  /** The stage before traffic is moved is one for hooks only; a deployment shows the next. */
  private static final Map<String, String> SHOWN_AS =
      Map.of("PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT");

  public Staging {
    hooks = List.copyOf(hooks);
    settings = List.copyOf(settings);
  }

  /**
   * How the service sets a hook. An event about a hook does not say so, and ECS may list it no
   * longer.
   *
   * @param target ARN of the function that it calls; empty for a pause
   * @param stages AWS's names of the stages that it is set for
   * @param timeoutAction what ECS does when it has not ended in time
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentLifecycleHook.html">DeploymentLifecycleHook</a>
   */
  public record Setting(
      Hook.Type type, String target, Set<String> stages, Hook.TimeoutAction timeoutAction) {
    public Setting {
      stages = Set.copyOf(stages);
    }
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
    List<Hook> set = all.stream().map(this::asSet).toList();
    return new Staging(strategy, bake, stepBake, source, target, set, settings);
  }

  /** With what its service sets for it: of two hooks that differ, nobody says which one it is. */
  private Hook asSet(Hook hook) {
    List<Setting> known =
        settings.stream()
            .filter(setting -> setting.type() == hook.type())
            .filter(setting -> setting.stages().contains(hook.stage()))
            .toList();
    return hook.calling(one(known, Setting::target).orElse(""))
        .timingOutTo(one(known, Setting::timeoutAction).orElse(Hook.TimeoutAction.UNKNOWN));
  }

  private static <T> Optional<T> one(List<Setting> settings, Function<Setting, T> what) {
    List<T> all = settings.stream().map(what).distinct().toList();
    return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
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
   * Where nobody says what follows from a time-out (two hooks of a stage may differ in it), and ECS
   * begins to go back long after it, it went on, and goes back for something else.
   */
  private static boolean wentOn(Hook hook, Instant since) {
    return hook.state() == Hook.State.TIMED_OUT
        && hook.timeoutAction() == Hook.TimeoutAction.UNKNOWN
        && longBefore(hook.at(), since);
  }

  /** Whether both are known, and ECS began to go back so long after it that it went on first. */
  static boolean longBefore(Instant at, Instant since) {
    return at != null && since != null && at.isBefore(since.minus(MINUTE));
  }

  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** ECS writes down the hook's end and the rollback that follows from it within this time. */
  private static final Duration TWO = Duration.ofSeconds(2);
}
