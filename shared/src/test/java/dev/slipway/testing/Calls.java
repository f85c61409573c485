package dev.slipway.testing;

import java.util.ArrayList;
import java.util.List;

/** The calls that were made to AWS, in order, and a way to let one fail. */
public final class Calls {

  private final List<String> made = new ArrayList<>();
  private String failing = "";
  private RuntimeException failure;

  /** Each call whose description begins so fails like this, until {@link #heal}. */
  public void fail(String beginning, RuntimeException with) {
    failing = beginning;
    failure = with;
  }

  public void heal() {
    failure = null;
  }

  public void clear() {
    made.clear();
  }

  public List<String> made() {
    return List.copyOf(made);
  }

  public void add(String call) {
    made.add(call);
    if (failure != null && call.startsWith(failing)) {
      throw failure;
    }
  }
}
