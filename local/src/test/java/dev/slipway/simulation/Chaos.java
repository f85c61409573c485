package dev.slipway.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.runtime.Json;
import java.util.Random;
import java.util.function.Supplier;

/**
 * What can go wrong with a call: it is throttled, it fails before its effect, its answer is lost
 * after its effect, or the worker dies before or after it. And what can happen between two calls:
 * anything that somebody else does. Seeded, so that a history can be played again.
 */
final class Chaos {

  /** The worker's process is gone. An error, so that no code of ours can catch it by accident. */
  static final class Killed extends Error {
    Killed(String where) {
      super("killed " + where, null, false, false);
    }
  }

  /**
   * How often, in parts of a thousand calls.
   *
   * @param throttle AWS refuses for now
   * @param lostBefore no answer, and no effect
   * @param lostAfter no answer, but the effect is there
   * @param kill the process dies, half of the times before the call and half after it
   * @param between somebody else gets to run before the call
   */
  record Rates(int throttle, int lostBefore, int lostAfter, int kill, int between) {
    static final Rates NONE = new Rates(0, 0, 0, 0, 0);

    static Rates drawn(Random random) {
      return new Rates(
          random.nextInt(40),
          random.nextInt(20),
          random.nextInt(20),
          random.nextInt(40),
          random.nextInt(500));
    }
  }

  /** Several times what the longest history needs. */
  private static final int MOST_CALLS = 20_000;

  private final Random random;
  private final Rates rates;
  private final Trace trace;
  private Runnable meanwhile = () -> {};
  private boolean nested;
  private boolean calm;
  private int calls;

  Chaos(Random random, Rates rates, Trace trace) {
    this.random = random;
    this.rates = rates;
    this.trace = trace;
  }

  /** From here on nothing goes wrong any more, so that everything can come to its end. */
  void calm() {
    calm = true;
  }

  /** What may happen between two calls of a function. */
  void meanwhile(Runnable other) {
    meanwhile = other;
  }

  private void interleave() {
    if (nested || calm || random.nextInt(1000) >= rates.between()) {
      return;
    }
    nested = true;
    try {
      trace.within(meanwhile);
    } finally {
      nested = false;
    }
  }

  AwsApi around(AwsApi aws) {
    return (service, operation, input) -> call(aws, service, operation, input);
  }

  /** Looks that cause each other without end are a failure, and not a test that hangs. */
  private void count() {
    if (++calls > MOST_CALLS) {
      throw new AssertionError("it does not come to rest: " + MOST_CALLS + " calls");
    }
  }

  private ObjectNode call(AwsApi aws, AwsService service, String operation, ObjectNode input) {
    count();
    interleave();
    String what = CallText.of(service, operation, input);
    int die = calm ? 1000 : random.nextInt(1000);
    int bound = rates.kill() / 2;
    if (die < bound) {
      trace.add(what + ": killed before it");
      throw new Killed("before " + what);
    }
    if (die < (bound += rates.throttle())) {
      trace.add(what + ": throttled");
      throw new AwsException(
          service, operation, "ThrottlingException", "Rate exceeded", 400, Json.object());
    }
    if (die < (bound += rates.lostBefore())) {
      trace.add(what + ": no answer, and no effect");
      throw lost(service, operation);
    }
    ObjectNode answer;
    try {
      answer = aws.call(service, operation, input);
    } catch (AwsException e) {
      trace.add(what + ": " + e.code());
      throw e;
    }
    if (die < (bound += rates.lostAfter())) {
      trace.add(what + ": no answer, but done");
      throw lost(service, operation);
    }
    if (die < bound + rates.kill() / 2) {
      trace.add(what + ": done, then killed");
      throw new Killed("after " + what);
    }
    trace.add(what + CallText.of(operation, answer));
    return answer;
  }

  private static AwsException lost(AwsService service, String operation) {
    return new AwsException(
        service, operation, AwsException.NO_ANSWER, "connection reset", 0, Json.object());
  }

  /** A call to the ledger: it can die around it as well. */
  <T> T ledger(String what, Supplier<T> call) {
    count();
    interleave();
    int die = calm ? 1000 : random.nextInt(1000);
    if (die < rates.kill() / 2) {
      trace.add("ledger." + what + ": killed before it");
      throw new Killed("before ledger." + what);
    }
    T answer = call.get();
    if (die < rates.kill()) {
      trace.add("ledger." + what + ": done, then killed");
      throw new Killed("after ledger." + what);
    }
    return answer;
  }
}
