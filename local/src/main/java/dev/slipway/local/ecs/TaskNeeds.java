package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.local.account.Account;

/** What must be there before a task's images are pulled: log groups and secrets. */
final class TaskNeeds {
  private final Account account;
  private final Neighbours neighbours;

  TaskNeeds(Account account, Neighbours neighbours) {
    this.account = account;
    this.neighbours = neighbours;
  }

  /** Why the task cannot start, in the agent's words; null if nothing is missing. */
  String missing(Task task) {
    for (Task.Container container : task.containers) {
      String why = missingSecret(container.definition);
      if (why == null) {
        why = missingLogGroup(task, container);
      }
      if (why != null) {
        return why;
      }
    }
    return null;
  }

  private String missingSecret(JsonNode container) {
    for (JsonNode secret : container.path("secrets")) {
      String from = secret.path("valueFrom").asText();
      if (from.startsWith("arn:aws:secretsmanager:")) {
        if (!neighbours.secrets().exists(from)) {
          return "ResourceInitializationError: unable to pull secrets or registry auth: execution"
              + " resource retrieval failed: unable to retrieve secret from asm: service call has"
              + " been retried 1 time(s): failed to fetch secret "
              + from
              + " from secrets manager: ResourceNotFoundException: Secrets Manager can't find the"
              + " specified secret.";
        }
      } else if (!neighbours.parameters().exists(from)) {
        return "ResourceInitializationError: unable to pull secrets or registry auth: execution"
            + " resource retrieval failed: unable to retrieve secrets from ssm: service call has"
            + " been retried 1 time(s): invalid ssm parameters: "
            + from;
      }
    }
    return null;
  }

  private String missingLogGroup(Task task, Task.Container container) {
    JsonNode logging = container.definition.path("logConfiguration");
    if (!logging.path("logDriver").asText().equals("awslogs")) {
      return null;
    }
    JsonNode options = logging.path("options");
    String group = options.path("awslogs-group").asText();
    if (!options.path("awslogs-region").asText(account.region()).equals(account.region())
        || neighbours.logs().exists(group)) {
      return null;
    }
    if (options.path("awslogs-create-group").asText().equals("true")) {
      neighbours.logs().create(group);
      return null;
    }
    String why =
        "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log"
            + " group does not exist.";
    if (task.fargate()) {
      return "ResourceInitializationError: failed to validate logger args: create stream has been"
          + " retried 1 times: "
          + why
          + " : exit status 1";
    }
    container.reason =
        "CannotStartContainerError: Error response from daemon: failed to initialize logging"
            + " driver: "
            + why;
    return container.reason;
  }
}
