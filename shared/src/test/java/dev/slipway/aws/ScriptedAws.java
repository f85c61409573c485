package dev.slipway.aws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Answers in the order in which they were set up, and what was asked. */
final class ScriptedAws implements AwsApi {

  record Call(AwsService service, String operation, ObjectNode input) {}

  private final Map<String, Deque<Function<ObjectNode, ObjectNode>>> answers = new HashMap<>();
  final List<Call> calls = new ArrayList<>();

  ScriptedAws answer(String operation, String json) {
    return answer(operation, _ -> Json.readObject(json));
  }

  ScriptedAws answer(String operation, Function<ObjectNode, ObjectNode> answer) {
    answers.computeIfAbsent(operation, _ -> new ArrayDeque<>()).add(answer);
    return this;
  }

  ScriptedAws refuse(AwsService service, String operation, String code, String message) {
    return answer(
        operation,
        _ -> {
          throw new AwsException(service, operation, code, message, 400, Json.object());
        });
  }

  @Override
  public ObjectNode call(AwsService service, String operation, ObjectNode input) {
    calls.add(new Call(service, operation, input.deepCopy()));
    Deque<Function<ObjectNode, ObjectNode>> left = answers.get(operation);
    if (left == null || left.isEmpty()) {
      throw new AssertionError("nobody expected " + operation + " with " + Json.write(input));
    }
    return left.remove().apply(input);
  }

  String input(int index) {
    return Json.write(calls.get(index).input());
  }
}
