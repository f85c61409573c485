package dev.slipway.local.demo;

import dev.slipway.chat.RollBackButton;
import dev.slipway.deployment.Deployment;
import dev.slipway.local.demo.Findings.Finding;
import dev.slipway.local.demo.Scenario.Action;
import dev.slipway.local.demo.Scenario.Step;
import dev.slipway.local.page.Steps.State;
import dev.slipway.local.page.Timeline.Tone;
import dev.slipway.local.slack.SlackMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Plays a scenario on a playground, step by step, and says what came of each. */
public final class Player {

  /** Account time after which a step has failed. */
  private static final Duration LIMIT = Duration.ofMinutes(15);

  /** Account time between steps, so that pushes are told apart by their second. */
  private static final Duration BREATH = Duration.ofSeconds(3);

  private static final Duration GLANCE = Duration.ofMillis(60);

  /**
   * What came of a step.
   *
   * @param took account time
   */
  public record Result(Step step, List<Finding> findings, Duration took) {
    public boolean ok() {
      return findings.stream().allMatch(Finding::holds);
    }

    /** What was seen where it differs from what was expected; else what was expected. */
    public String seen() {
      List<String> seen = new ArrayList<>();
      for (Finding finding : findings) {
        if (!finding.holds()) {
          seen.add(finding.outcome().service() + ": " + finding.seen());
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

  private final Map<String, String> digests = new HashMap<>();

  public Player(Playground playground, Console console, int speed) {
    this.playground = playground;
    this.console = console;
    this.speed = speed;
    this.findings =
        new Findings(
            playground.services(), playground.ledger(), playground.slack(), Playground.CHANNEL);
  }

  /** Plays all steps; after one that fails the next is played all the same. */
  public List<Result> play(Scenario scenario) {
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

  private Result play(Step step, int index, int of) {
    Instant begin = now();
    console.step(index + 1, of, step.name());
    playground.narrator().step(begin, Tone.PLAIN, step.name());
    playground.steps().set(index, State.NOW);
    Map<String, String> before = new HashMap<>();
    step.outcomes()
        .forEach(outcome -> before.computeIfAbsent(outcome.service(), findings::runningDigest));
    for (Action action : step.actions()) {
      act(action);
    }
    List<Finding> found = new ArrayList<>();
    waitFor(() -> {
      found.clear();
      step.outcomes().forEach(outcome -> found.add(findings.find(outcome, digests, before)));
      return found.stream().allMatch(Finding::holds);
    });
    Result result = new Result(step, List.copyOf(found), Duration.between(begin, now()));
    playground.steps().set(index, result.ok() ? State.OK : State.WRONG);
    return result;
  }

  private void act(Action action) {
    switch (action) {
      case Action.Push(String image, String behaviour) ->
          digests.put(
              image,
              playground.push(
                  Fleet.repository(image), Fleet.tag(image), behaviour, List.of("amd64")));
      case Action.UntilNewTask(String service, String image) ->
          waitFor(() -> underWay(service, image));
      case Action.RollBack(String service, String image) -> press(service, image);
    }
  }

  /** Whether the first new task runs, and there is no verdict yet. */
  private boolean underWay(String service, String image) {
    String digest = digests.getOrDefault(image, "");
    return findings.tasksOf(service, digest) > 0
        && findings.deployment(service, digest).filter(one -> !one.status().ended()).isPresent();
  }

  private void press(String service, String image) {
    Deployment deployment =
        findings
            .deployment(service, digests.getOrDefault(image, ""))
            .orElseThrow(() -> new IllegalStateException(service + " never deployed " + image));
    SlackMessage card =
        findings
            .message(deployment)
            .orElseThrow(
                () -> new IllegalStateException("Slack has no message about " + deployment.id()));
    playground.press(card.channel(), card.ts(), RollBackButton.ACTION_ID);
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
      waitFor(() -> !now().isBefore(end));
    }
  }

  private void waitFor(BooleanSupplier condition) {
    if (speed == 0) {
      playground.account().runUntil(condition, LIMIT);
      return;
    }
    Instant end = now().plus(LIMIT);
    while (!condition.getAsBoolean() && now().isBefore(end)) {
      try {
        Thread.sleep(GLANCE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while a step was being played", e);
      }
    }
  }
}
