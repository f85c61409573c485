package dev.slipway.local.iam;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * The condition operators that the local account knows. Several values of a key are alternatives;
 * several keys and operators must all hold.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html">Condition
 *     operators</a>
 */
final class Conditions {

  private enum Quantifier {
    NONE,
    ALL,
    ANY
  }

  private record Operator(Quantifier quantifier, String name, boolean ifExists) {

    static Operator of(String written) {
      Quantifier quantifier = Quantifier.NONE;
      String name = written;
      if (name.startsWith("ForAllValues:")) {
        quantifier = Quantifier.ALL;
        name = name.substring("ForAllValues:".length());
      } else if (name.startsWith("ForAnyValue:")) {
        quantifier = Quantifier.ANY;
        name = name.substring("ForAnyValue:".length());
      }
      boolean ifExists = name.endsWith("IfExists");
      return new Operator(
          quantifier,
          ifExists ? name.substring(0, name.length() - "IfExists".length()) : name,
          ifExists);
    }
  }

  private static final Map<String, BiPredicate<String, String>> MATCHES =
      Map.ofEntries(
          Map.entry("StringEquals", String::equals),
          Map.entry("StringNotEquals", String::equals),
          Map.entry("StringEqualsIgnoreCase", String::equalsIgnoreCase),
          Map.entry("StringNotEqualsIgnoreCase", String::equalsIgnoreCase),
          Map.entry("StringLike", Wildcards::match),
          Map.entry("StringNotLike", Wildcards::match),
          // IAM treats the two alike: ArnEquals accepts wildcards as well.
          Map.entry("ArnEquals", Wildcards::matchArn),
          Map.entry("ArnLike", Wildcards::matchArn),
          Map.entry("ArnNotEquals", Wildcards::matchArn),
          Map.entry("ArnNotLike", Wildcards::matchArn),
          Map.entry("Bool", String::equalsIgnoreCase));

  private Conditions() {}

  static void refuseUnknown(String written) {
    Operator operator = Operator.of(written);
    if (!MATCHES.containsKey(operator.name) && !operator.name.equals("Null")) {
      throw new IllegalArgumentException("The condition operator " + written + " is not supported");
    }
  }

  static boolean hold(
      Map<String, Map<String, List<String>>> conditions, Map<String, List<String>> context) {
    return conditions.entrySet().stream()
        .allMatch(operator ->
            operator.getValue().entrySet().stream()
                .allMatch(key ->
                    holds(
                        Operator.of(operator.getKey()),
                        key.getValue(),
                        context.getOrDefault(key.getKey(), List.of()))));
  }

  private static boolean holds(Operator operator, List<String> wanted, List<String> actual) {
    if (operator.name.equals("Null")) {
      boolean mustBeAbsent = wanted.getFirst().toLowerCase(Locale.ROOT).equals("true");
      return mustBeAbsent == actual.isEmpty();
    }
    boolean negated = operator.name.contains("Not");
    if (actual.isEmpty()) {
      return switch (operator.quantifier) {
        case NONE -> negated || operator.ifExists;
        case ALL -> true;
        case ANY -> operator.ifExists;
      };
    }
    BiPredicate<String, String> matches = MATCHES.get(operator.name);
    java.util.function.Predicate<String> one =
        value -> negated != wanted.stream().anyMatch(pattern -> matches.test(pattern, value));
    return operator.quantifier == Quantifier.ANY
        ? actual.stream().anyMatch(one)
        : actual.stream().allMatch(one);
  }
}
