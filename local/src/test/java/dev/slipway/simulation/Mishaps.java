package dev.slipway.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.runtime.Json;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What goes wrong once, at the next call of an operation: the ways to die that have a name. */
final class Mishaps {

  private final Map<String, Runnable> before = new HashMap<>();
  private final Map<String, Mishap> after = new HashMap<>();

  private final Map<String, Refused> refused = new HashMap<>();
  private final Set<String> stale = new HashSet<>();
  private final Map<String, ObjectNode> answers = new HashMap<>();

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

  /** It is answered as it was before: AWS has not heard of the last change everywhere. */
  void stale(String operation) {
    stale.add(operation);
  }

  /** Every call of an operation whose input holds this text is refused. */
  void refuse(String operation, String text, String code, String message) {
    refused.put(operation, new Refused(text, code, message));
  }

  private record Refused(String text, String code, String message) {}

  private void refuse(AwsService service, String operation, ObjectNode input) {
    Refused refusal = refused.get(operation);
    if (refusal != null && Json.write(input).contains(refusal.text())) {
      throw new AwsException(
          service, operation, refusal.code(), refusal.message(), 400, Json.object());
    }
  }

  AwsApi around(AwsApi aws) {
    return (service, operation, input) -> {
      refuse(service, operation, input);
      if (answers.containsKey(operation) && stale.remove(operation)) {
        return answers.get(operation).deepCopy();
      }
      Runnable other = before.remove(operation);
      if (other != null) {
        other.run();
      }
      var answer = aws.call(service, operation, input);
      answers.put(operation, answer.deepCopy());
      Mishap mishap = after.remove(operation);
      if (mishap != null) {
        mishap.strike(service, operation);
      }
      return answer;
    };
  }
}
