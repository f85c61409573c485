package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Refusal;
import java.time.Duration;
import java.util.List;

/**
 * A service's {@code deploymentConfiguration}, read.
 *
 * @param minimumHealthyPercent of the desired count, rounded up
 * @param maximumPercent of the desired count, rounded down
 * @param bake null where the configuration sets none
 */
record DeploymentSettings(
    Strategy strategy,
    int minimumHealthyPercent,
    int maximumPercent,
    boolean breaker,
    boolean breakerRollsBack,
    boolean resetOnHealthyTask,
    String thresholdType,
    int thresholdValue,
    List<String> alarms,
    boolean alarmsRollBack,
    Duration bake) {

  /** How a service moves from one revision to the next. */
  enum Strategy {
    ROLLING,
    BLUE_GREEN,
    LINEAR,
    CANARY
  }

  /**
   * @throws Refusal {@code InvalidParameterException} for values that ECS does not take
   */
  static DeploymentSettings of(JsonNode node) {
    JsonNode breaker = node.path("deploymentCircuitBreaker");
    JsonNode threshold = breaker.path("thresholdConfiguration");
    JsonNode alarms = node.path("alarms");
    Strategy strategy;
    try {
      strategy = Strategy.valueOf(Json.text(node, "strategy", "ROLLING"));
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          "InvalidParameterException", "Invalid deployment strategy: " + node.path("strategy"));
    }
    int minimum = node.path("minimumHealthyPercent").asInt(100);
    int maximum = node.path("maximumPercent").asInt(200);
    if (minimum < 0 || maximum < minimum || maximum == 0) {
      throw new Refusal(
          "InvalidParameterException",
          "maximumPercent must be greater than 0 and not below minimumHealthyPercent: "
              + maximum
              + ", "
              + minimum);
    }
    return new DeploymentSettings(
        strategy,
        minimum,
        maximum,
        breaker.path("enable").asBoolean(),
        breaker.path("rollback").asBoolean(),
        breaker.path("resetOnHealthyTask").asBoolean(true),
        Json.text(threshold, "type", "BOUNDED_PERCENT"),
        threshold.path("value").asInt(50),
        alarms.path("enable").asBoolean() ? Json.texts(alarms, "alarmNames") : List.of(),
        alarms.path("rollback").asBoolean(),
        node.hasNonNull("bakeTimeInMinutes")
            ? Duration.ofMinutes(node.path("bakeTimeInMinutes").asLong())
            : null);
  }

  /**
   * Failed tasks at which the circuit breaker opens.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html">failure
   *     threshold</a>
   */
  int threshold(int desiredCount) {
    int share = (int) Math.ceil(desiredCount * thresholdValue / 100.0);
    return switch (thresholdType) {
      case "COUNT" -> Math.max(1, thresholdValue);
      case "UNBOUNDED_PERCENT" -> Math.max(1, share);
      default -> Math.clamp(share, 3, 200);
    };
  }

  /** The configuration as DescribeServices gives it, with what ECS fills in. */
  static ObjectNode complete(JsonNode given) {
    ObjectNode node = given.isObject() ? given.deepCopy() : Json.object();
    if (!node.has("deploymentCircuitBreaker")) {
      node.putObject("deploymentCircuitBreaker").put("enable", false).put("rollback", false);
    }
    if (!node.has("maximumPercent")) {
      node.put("maximumPercent", 200);
    }
    if (!node.has("minimumHealthyPercent")) {
      node.put("minimumHealthyPercent", 100);
    }
    if (!node.has("strategy")) {
      node.put("strategy", "ROLLING");
    }
    return node;
  }
}
