package dev.slipway.local.iam;

import java.util.List;

/**
 * IAM's decision: an explicit deny wins, then any allow, else no.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html">Evaluation
 *     logic</a>
 */
public final class Policies {

  /** The answer, and why. */
  public enum Decision {
    ALLOWED,
    DENIED_EXPLICITLY,
    NOT_ALLOWED
  }

  private Policies() {}

  public static Decision decide(List<Statement> statements, Access access) {
    Decision decision = Decision.NOT_ALLOWED;
    for (Statement statement : statements) {
      if (applies(statement, access)) {
        if (!statement.allow()) {
          return Decision.DENIED_EXPLICITLY;
        }
        decision = Decision.ALLOWED;
      }
    }
    return decision;
  }

  /** Whether a policy of a resource, such as a queue's, lets this AWS service in. */
  public static boolean letsServiceIn(
      List<Statement> statements, String servicePrincipal, Access access) {
    return decide(
            statements.stream()
                .filter(statement ->
                    statement.principals().contains("*")
                        || statement.principals().contains("AWS:*")
                        || statement.principals().contains("Service:" + servicePrincipal))
                .toList(),
            access)
        == Decision.ALLOWED;
  }

  private static boolean applies(Statement statement, Access access) {
    return (statement.notActions().isEmpty()
            ? anyAction(statement.actions(), access.action())
            : !anyAction(statement.notActions(), access.action()))
        && (statement.notResources().isEmpty()
            ? anyResource(statement.resources(), access.resource())
            : !anyResource(statement.notResources(), access.resource()))
        && Conditions.hold(statement.conditions(), access.context());
  }

  private static boolean anyAction(List<String> patterns, String action) {
    String lower = action.toLowerCase(java.util.Locale.ROOT);
    return patterns.stream()
        .anyMatch(pattern -> Wildcards.match(pattern.toLowerCase(java.util.Locale.ROOT), lower));
  }

  private static boolean anyResource(List<String> patterns, String resource) {
    return patterns.stream().anyMatch(pattern -> Wildcards.match(pattern, resource));
  }
}
