package dev.slipway.diagnosis;

import dev.slipway.verdict.StoppedTask;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Everything known about a failed deployment.
 *
 * @param words what AWS said of the end (state reason, alarm names, refusal), or empty
 * @param stopped the stopped tasks of the new revision, in any order, duplicates allowed
 * @param events the service's events, in any order; of the same instant the newest first
 * @param since start of the rollout: events before it are left out; null takes all
 * @param desired how many tasks are wanted
 * @param stalled how far it had come when its deadline passed; empty where it did not
 * @param logs container name to its last lines, oldest first
 * @param essential names of the essential containers; empty means all
 * @param changed names of the containers whose image is new: of equals, they are suspected first
 * @param targets ARN of a target group, or name of a load balancer, to the container that it asks
 * @param masking knows the environment values of the task definition
 */
public record Symptoms(
    Ending ending,
    String words,
    List<StoppedTask> stopped,
    List<Event> events,
    Instant since,
    int desired,
    Optional<StalledRollout> stalled,
    Map<String, List<String>> logs,
    Set<String> essential,
    Set<String> changed,
    Map<String, String> targets,
    Masking masking) {

  /** A line of the service's event log. */
  public record Event(Instant at, String message) {}

  public Symptoms {
    words = Texts.orEmpty(words);
    stopped = List.copyOf(stopped);
    events = List.copyOf(events);
    logs = Map.copyOf(logs);
    essential = Set.copyOf(essential);
    changed = Set.copyOf(changed);
    targets = Map.copyOf(targets);
  }

  /** Nothing but the end is known. */
  public static Symptoms of(Ending ending, String words, int desired) {
    return new Symptoms(
        ending,
        words,
        List.of(),
        List.of(),
        null,
        desired,
        Optional.empty(),
        Map.of(),
        Set.of(),
        Set.of(),
        Map.of(),
        Masking.SECRETS);
  }

  public Symptoms withTasks(List<StoppedTask> tasks) {
    return but(draft -> draft.stopped = tasks);
  }

  public Symptoms withEvents(List<Event> all, Instant start) {
    return but(draft -> {
      draft.events = all;
      draft.since = start;
    });
  }

  public Symptoms withLogs(String container, List<String> lines) {
    return but(draft -> draft.logs = Map.of(container, List.copyOf(lines)));
  }

  public Symptoms withContainers(Set<String> essentialOnes, Set<String> changedOnes) {
    return but(draft -> {
      draft.essential = essentialOnes;
      draft.changed = changedOnes;
    });
  }

  public Symptoms withTargets(Map<String, String> asked) {
    return but(draft -> draft.targets = asked);
  }

  /** It was given up because it went no further. */
  public Symptoms withStalled(StalledRollout reached) {
    return but(draft -> draft.stalled = Optional.of(reached));
  }

  /** Masks the environment values of the task definition too. */
  public Symptoms withEnvironment(Collection<String> values) {
    return but(draft -> draft.masking = Masking.of(values));
  }

  boolean isEssential(String container) {
    return essential.isEmpty() || essential.contains(container);
  }

  private Symptoms but(Consumer<Draft> change) {
    Draft draft = new Draft();
    change.accept(draft);
    return draft.done();
  }

  /** A copy that can be changed. */
  private final class Draft {
    List<StoppedTask> stopped = Symptoms.this.stopped;
    List<Event> events = Symptoms.this.events;
    Instant since = Symptoms.this.since;
    Optional<StalledRollout> stalled = Symptoms.this.stalled;
    Map<String, List<String>> logs = Symptoms.this.logs;
    Set<String> essential = Symptoms.this.essential;
    Set<String> changed = Symptoms.this.changed;
    Map<String, String> targets = Symptoms.this.targets;
    Masking masking = Symptoms.this.masking;

    Symptoms done() {
      return new Symptoms(
          ending, words, stopped, events, since, desired, stalled, logs, essential, changed,
          targets, masking);
    }
  }
}
