package dev.slipway.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.template.MappingSpec;
import dev.slipway.local.template.RuleSpec;
import dev.slipway.local.template.Stack;
import dev.slipway.local.template.Template;
import dev.slipway.runtime.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import software.amazon.event.ruler.Machine;

/** Which function gets an event: the template's own rules, through AWS's matcher. Thread-safe. */
final class Routes {

  private static final Machine RULES = rules();

  private Routes() {}

  private static Machine rules() {
    Stack stack =
        Template.read(Path.of(System.getProperty("slipway.root")).resolve("template.yaml"))
            .stack(Map.of());
    Machine machine = Machine.builder().build();
    try {
      for (RuleSpec rule : stack.rules()) {
        for (RuleSpec.Target target : rule.targets()) {
          if (rule.pattern() != null) {
            machine.addRule(functionBehind(stack, target.arn()), rule.pattern());
          }
        }
      }
    } catch (java.io.IOException e) {
      throw new IllegalStateException("event-ruler refuses a pattern of the template", e);
    }
    return machine;
  }

  private static String functionBehind(Stack stack, String queueArn) {
    return stack.mappings().stream()
        .filter(mapping -> mapping.sourceArn().equals(queueArn))
        .map(MappingSpec::function)
        .findFirst()
        .orElseThrow();
  }

  /** Logical ids of the functions that get this event. */
  static List<String> of(ObjectNode event) {
    try {
      return RULES.rulesForJSONEvent(Json.write(event));
    } catch (Exception e) {
      throw new IllegalStateException("event-ruler cannot read " + event, e);
    }
  }
}
