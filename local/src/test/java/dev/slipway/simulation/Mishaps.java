package dev.slipway.simulation;

import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.runtime.Json;
import java.util.HashMap;
import java.util.Map;

/** What goes wrong once, at the next call of an operation: the ways to die that have a name. */
final class Mishaps {

  private final Map<String, Runnable> before = new HashMap<>();
  private final Map<String, Mishap> after = new HashMap<>();

  private interface Mishap {
    void strike(AwsService service, String operation);
  }

  /** Somebody else acts just before it. */
  void before(String operation, Runnable other) {
    before.put(operation, other);
  }

  /** It has its effect, and nobody hears of it. */
  void loseAnswer(String operation) {
    after.put(
        operation,
        (service, name) -> {
          throw new AwsException(
              service, name, AwsException.NO_ANSWER, "connection reset", 0, Json.object());
        });
  }

  /** The worker dies when it has had its effect. */
  void killAfter(String operation) {
    after.put(
        operation,
        (service, name) -> {
          throw new Chaos.Killed("after " + service + "." + name);
        });
  }

  AwsApi around(AwsApi aws) {
    return (service, operation, input) -> {
      Runnable other = before.remove(operation);
      if (other != null) {
        other.run();
      }
      var answer = aws.call(service, operation, input);
      Mishap mishap = after.remove(operation);
      if (mishap != null) {
        mishap.strike(service, operation);
      }
      return answer;
    };
  }
}
