package dev.slipway.local.demo;

import dev.slipway.aws.AwsException;
import dev.slipway.deployment.Status;
import dev.slipway.local.demo.Findings.Finding;
import dev.slipway.local.demo.Scenario.Step;
import dev.slipway.local.page.Steps.State;
import dev.slipway.local.page.Timeline.Tone;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Plays a scenario on a playground, step by step, and says what came of each. */
public final class Player {

  /** Account time in which what is under way at the end has to have come to its verdict. */
  private static final Duration REST = Duration.ofMinutes(10);

  /** Account time after which what an action waits for does not come any more. */
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  /** Account time between steps, so that pushes are told apart by their second. */
  private static final Duration BREATH = Duration.ofSeconds(3);

  private static final Duration GLANCE = Duration.ofMillis(60);

  /**
   * What came of a step.
   *
   * @param trouble why it could not be played; empty if it could
   * @param took account time
   */
  public record Result(Step step, List<Finding> findings, String trouble, Duration took) {
    public boolean ok() {
      return trouble.isEmpty() && findings.stream().allMatch(Finding::holds);
    }

    /** What was seen where it differs from what was expected; else what was expected. */
    public String seen() {
      List<String> seen = new ArrayList<>();
      if (!trouble.isEmpty()) {
        seen.add(trouble);
      }
      for (Finding finding : findings) {
        if (!finding.holds()) {
          seen.add(finding.outcome().words() + "? Seen: " + finding.seen());
        }
      }
      return String.join("; ", seen);
    }
  }

  private final Playground playground;
  private final Console console;
  private final Findings findings;

  /** Account seconds in a real second; 0 for as fast as it can. */
  private final int speed;

  /** {@code repository:tag} to the digest that was pushed under it last. */
  private final Map<String, String> digests = new HashMap<>();

  private final Hands hands;

  public Player(Playground playground, Console console, int speed) {
    this.playground = playground;
    this.console = console;
    this.speed = speed;
    this.findings =
        new Findings(
            playground.services(),
            playground.ledger(),
            playground.slack(),
            Playground.CHANNEL,
            playground.watchman());
    this.hands = new Hands(playground, findings, digests);
  }

  /**
   * Plays all steps, after {@link Playground#settle} made the scenario's services; after one that
   * fails the next is played all the same.
   */
  public List<Result> play(Scenario scenario) {
    digests.putAll(playground.digests(scenario));
    for (Step step : scenario.steps()) {
      playground.steps().add(step.name(), step.expected());
    }
    if (speed > 0) {
      playground.pace().speed(speed);
    }
    List<Result> results = new ArrayList<>();
    for (Step step : scenario.steps()) {
      pass(BREATH);
      results.add(play(step, results.size(), scenario.steps().size()));
    }
    playground.pace().speed(0);
    return results;
  }

  /**
   * What is left behind and should not be: a deployment without a verdict, one that was rolled back
   * twice, a message that nobody could handle, a call that the template does not allow. Empty after
   * a scenario that ended as it should.
   */
  public List<String> leftovers(Scenario scenario) {
    List<String> found = new ArrayList<>();
    if (speed > 0) {
      // After a step that failed there may be something to wait for, which takes time that goes on.
      playground.pace().speed(speed);
    }
    waitFor(
        () -> {
          found.clear();
          scenario.services().forEach(service -> found.addAll(findings.leftovers(service.brief())));
          return found.isEmpty();
        },
        REST);
    playground.pace().speed(0);
    found.addAll(playground.watchman().troubles(scenario.iamRefuses()));
    return found;
  }

  private Result play(Step step, int index, int of) {
    Instant begin = now();
    console.step(index + 1, of, step.name());
    playground.narrator().step(begin, Tone.PLAIN, step.name());
    playground.steps().set(index, State.NOW);
    playground.watchman().beginStep();
    Map<String, String> before = new HashMap<>();
    for (Outcome outcome : step.outcomes()) {
      if (!outcome.service().isEmpty()) {
        before.computeIfAbsent(outcome.service(), findings::runningDigest);
      }
    }
    List<Finding> found = new ArrayList<>();
    String trouble = "";
    try {
      for (Action action : step.actions()) {
        act(action);
      }
      waitFor(
          () -> {
            found.clear();
            step.outcomes().forEach(outcome -> found.add(findings.find(outcome, digests, before)));
            return found.stream().allMatch(Finding::holds);
          },
          step.within());
    } catch (IllegalStateException | AwsException e) {
      trouble = e.getMessage();
    }
    Result result = new Result(step, List.copyOf(found), trouble, Duration.between(begin, now()));
    playground.steps().set(index, result.ok() ? State.OK : State.WRONG);
    return result;
  }

  private void act(Action action) {
    if (!action.words().isEmpty()) {
      console.action(now(), action.words());
    }
    switch (action) {
      case Action.Wait(Duration time) -> pass(time);
      case Action.UntilNewTask(String service, String image) ->
          await(() -> underWay(service, image), "no task of " + image + " runs at " + service);
      case Action.Until(String service, String image, Status status) ->
          await(
              () ->
                  findings
                      .deployment(service, digests.getOrDefault(image, ""))
                      .map(deployment -> deployment.status() == status)
                      .orElse(false),
              "the deployment of " + image + " at " + service + " is not " + Mapping.word(status));
      default -> hands.act(action);
    }
  }

  private void await(BooleanSupplier condition, String otherwise) {
    if (!waitFor(condition, PATIENCE)) {
      throw new IllegalStateException(
          otherwise + " after " + PATIENCE.toMinutes() + " minutes of the account's time");
    }
  }

  /** Whether the first new task runs, and there is no verdict yet. */
  private boolean underWay(String service, String image) {
    String digest = digests.getOrDefault(image, "");
    return !findings.runningTasks(service, digest).isEmpty()
        && findings.deployment(service, digest).filter(one -> !one.status().ended()).isPresent();
  }

  // ---- time

  private Instant now() {
    return playground.account().clock().instant();
  }

  private void pass(Duration time) {
    Instant end = now().plus(time);
    if (speed == 0) {
      playground.account().runFor(time);
    } else {
      waitFor(() -> !now().isBefore(end), time.plus(BREATH));
    }
  }

  /** Whether it came to hold within this account time. */
  private boolean waitFor(BooleanSupplier condition, Duration limit) {
    if (speed == 0) {
      AtomicLong seen = new AtomicLong(-1);
      boolean held =
          playground
              .account()
              .runUntil(
                  () -> {
                    // Looking costs more than time does: look again only if something was done.
                    long now = playground.watchman().changes();
                    return seen.getAndSet(now) != now && condition.getAsBoolean();
                  },
                  limit);
      return held || condition.getAsBoolean();
    }
    Instant end = now().plus(limit);
    while (!condition.getAsBoolean()) {
      if (!now().isBefore(end)) {
        return false;
      }
      try {
        Thread.sleep(GLANCE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while a step was being played", e);
      }
    }
    return true;
  }
}
