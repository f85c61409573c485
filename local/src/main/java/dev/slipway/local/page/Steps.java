package dev.slipway.local.page;

import java.util.ArrayList;
import java.util.List;

/** The steps of the scenario that is being played, for whoever watches. Thread-safe. */
public final class Steps {

  /** How far a step has come. */
  public enum State {
    TODO,
    NOW,
    OK,
    WRONG;

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * @param expected what has to have happened at its end, in words
   */
  public record Step(String name, String expected, State state) {}

  private final List<Step> steps = new ArrayList<>();

  public synchronized void add(String name, String expected) {
    steps.add(new Step(name, expected, State.TODO));
  }

  /** Another scenario begins. */
  public synchronized void clear() {
    steps.clear();
  }

  public synchronized void set(int index, State state) {
    Step step = steps.get(index);
    steps.set(index, new Step(step.name(), step.expected(), state));
  }

  public synchronized List<Step> all() {
    return List.copyOf(steps);
  }
}
