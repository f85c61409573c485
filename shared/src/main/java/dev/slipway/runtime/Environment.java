package dev.slipway.runtime;

import java.util.Map;

/** Environment variables. An empty one counts as absent, as in CloudFormation's {@code ''}. */
public record Environment(Map<String, String> values) {

  public Environment {
    values = Map.copyOf(values);
  }

  public static Environment ofProcess() {
    return new Environment(System.getenv());
  }

  /**
   * @throws IllegalStateException if it is absent; names the variable and who sets it
   */
  public String required(String name) {
    String value = values.getOrDefault(name, "");
    if (value.isBlank()) {
      throw new IllegalStateException(
          "the environment variable "
              + name
              + " is not set: template.yaml sets it under the function's"
              + " Properties.Environment.Variables (or Lambda itself does, if it begins with"
              + " AWS_)");
    }
    return value;
  }

  public String optional(String name, String otherwise) {
    String value = values.getOrDefault(name, "");
    return value.isBlank() ? otherwise : value;
  }

  /** Names only: values may be secrets. */
  @Override
  public String toString() {
    return "Environment" + new java.util.TreeSet<>(values.keySet());
  }
}
