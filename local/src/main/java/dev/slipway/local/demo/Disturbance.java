package dev.slipway.local.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.runtime.Fault;
import dev.slipway.runtime.Json;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What a scenario lets go wrong with the calls of Slipway's functions. Thread-safe. */
final class Disturbance implements Fault {

  private static final String ADMIN = "admin";
  private static final int BAD_REQUEST = 400;

  /** Of the machine's time: functions answer within it, and give up a call only later. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  /** Something that will happen to the next calls of an operation. */
  private static final class Plan {
    private final String function;
    private final String operation;
    private final String about;
    private final boolean afterwards;
    private final Consumer<Seen> what;
    private int left;

    /**
     * @param function logical id, or empty for any
     * @param about what stands in the call's input, or empty for any
     */
    private Plan(
        String function,
        String operation,
        String about,
        boolean afterwards,
        int times,
        Consumer<Seen> what) {
      this.function = function;
      this.operation = operation;
      this.about = about;
      this.afterwards = afterwards;
      this.left = times;
      this.what = what;
    }
  }

  private record Seen(String function, AwsService service, String operation, String input) {}

  private final List<Plan> plans = new CopyOnWriteArrayList<>();

  /** What DescribeServices answers once more. */
  private final AtomicReference<ObjectNode> late = new AtomicReference<>();

  /**
   * The next calls are answered with this error, and have no effect.
   *
   * @param about only calls with this in their input; empty for all
   */
  void refuse(String operation, String about, String error, int times) {
    plans.add(
        new Plan(
            "",
            operation,
            about,
            false,
            times,
            seen -> {
              throw new AwsException(
                  seen.service(),
                  seen.operation(),
                  error,
                  words(error),
                  BAD_REQUEST,
                  Json.object().put("__type", error));
            }));
  }

  private static String words(String error) {
    if (error.startsWith("Throttl")) {
      return "Rate exceeded";
    }
    return error.startsWith("AccessDenied")
        ? "no identity-based policy allows this action"
        : "as the scenario says";
  }

  /** This happens just before the next call has its effect. */
  void before(String operation, Runnable what) {
    plans.add(new Plan("", operation, "", false, 1, seen -> what.run()));
  }

  /** This happens when the next call of that function has had its effect. */
  void after(String function, String operation, Runnable what) {
    plans.add(new Plan(function, operation, "", true, 1, seen -> what.run()));
  }

  /**
   * The next call of a function waits until another function has made the same call, with success.
   * Not for ever: if that never comes, the scenario's expectations show it.
   */
  void holdBack(String function, String operation, String other) {
    CountDownLatch done = new CountDownLatch(1);
    after(other, operation, done::countDown);
    plans.add(
        new Plan(
            function,
            operation,
            "",
            false,
            1,
            seen -> {
              try {
                done.await(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }));
  }

  /**
   * ECS has not heard everywhere of the next UpdateService: the DescribeServices after it is
   * answered as before it.
   *
   * @param ask what DescribeServices answers now
   */
  void lag(Supplier<ObjectNode> ask) {
    before("UpdateService", () -> late.set(ask.get()));
  }

  @Override
  public Optional<ObjectNode> instead(
      String principal, AwsService service, String operation, ObjectNode input) {
    return operation.equals("DescribeServices") && !principal.equals(ADMIN)
        ? Optional.ofNullable(late.getAndSet(null))
        : Optional.empty();
  }

  /** From now on everything works. */
  void clear() {
    plans.clear();
    late.set(null);
  }

  @Override
  public void before(String principal, AwsService service, String operation, ObjectNode input) {
    meet(new Seen(principal, service, operation, Json.write(input)), false);
  }

  @Override
  public void after(String principal, AwsService service, String operation, ObjectNode input) {
    meet(new Seen(principal, service, operation, Json.write(input)), true);
  }

  private void meet(Seen seen, boolean afterwards) {
    if (seen.function().equals(ADMIN)) {
      return;
    }
    for (Plan plan : plans) {
      boolean meant =
          plan.afterwards == afterwards
              && plan.operation.equals(seen.operation())
              && seen.input().contains(plan.about)
              && (plan.function.isEmpty() || plan.function.equals(seen.function()));
      if (meant && take(plan)) {
        plan.what.accept(seen);
      }
    }
  }

  private boolean take(Plan plan) {
    synchronized (plan) {
      if (plan.left == 0) {
        return false;
      }
      plan.left--;
    }
    return true;
  }
}
