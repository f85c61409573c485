package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a blue/green, linear or canary deployment has come.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html">linearConfiguration,
 *     canaryConfiguration</a>
 */
final class TrafficShift {

  /** Shares of production traffic, in percent, one after the other; the last is 100. */
  final List<Double> shares;

  /** Between two shares. */
  final Duration stepBake;

  Stage stage = Stage.RECONCILE_SERVICE;
  Instant since;
  int step;
  double production;
  double test;

  /** Of this visit to this stage; null until they were begun. */
  List<LifecycleHook> hooks;

  /** Of the stage in which the deployment ended or began to go back. */
  List<LifecycleHook> lastHooks = List.of();

  private TrafficShift(List<Double> shares, Duration stepBake, Instant since) {
    this.shares = shares;
    this.stepBake = stepBake;
    this.since = since;
  }

  /** Null for a rolling deployment. */
  static TrafficShift of(DeploymentSettings settings, JsonNode configuration, Instant now) {
    return switch (settings.strategy()) {
      case ROLLING -> null;
      case BLUE_GREEN -> new TrafficShift(List.of(100.0), Duration.ZERO, now);
      case CANARY -> {
        JsonNode canary = configuration.path("canaryConfiguration");
        yield new TrafficShift(
            List.of(canary.path("canaryPercent").asDouble(5), 100.0),
            Duration.ofMinutes(canary.path("canaryBakeTimeInMinutes").asLong(10)),
            now);
      }
      case LINEAR -> {
        JsonNode linear = configuration.path("linearConfiguration");
        double each = linear.path("stepPercent").asDouble(10);
        List<Double> shares = new ArrayList<>();
        for (double share = each; share < 100; share += each) {
          shares.add(share);
        }
        shares.add(100.0);
        yield new TrafficShift(
            shares, Duration.ofMinutes(linear.path("stepBakeTimeInMinutes").asLong(6)), now);
      }
    };
  }

  void enter(Stage next, Instant now) {
    stage = next;
    since = now;
    hooks = null;
  }

  /** The deployment ends or goes back: what its hooks would say no longer matters. */
  void forgetHooks() {
    if (hooks != null) {
      hooks.forEach(hook -> hook.timer.cancel());
      if (!hooks.isEmpty()) {
        lastHooks = hooks;
      }
      hooks = List.of();
    }
  }

  boolean lastStep() {
    return step == shares.size() - 1;
  }
}
