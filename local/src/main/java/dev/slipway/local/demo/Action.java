package dev.slipway.local.demo;

import dev.slipway.deployment.Status;
import dev.slipway.local.bus.EventBus.Conduct;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What somebody does, what goes wrong, or what is waited for. */
public sealed interface Action {

  /** Half a sentence for whoever watches; empty where the account itself says enough. */
  String words();

  // ---- the CI job

  /**
   * Pushes an image.
   *
   * @param image {@code repository:tag}
   * @param behaviour as {@link dev.slipway.local.ecr.Behaviour#parse} reads it
   * @param platforms architectures that it is built for
   */
  record Push(String image, String behaviour, List<String> platforms) implements Action {
    @Override
    public String words() {
      return "";
    }
  }

  /**
   * Puts another tag on an image that was pushed before.
   *
   * @param same {@code repository:tag} of that one
   */
  record PushAgain(String image, String same) implements Action {
    @Override
    public String words() {
      return same + " is pushed again, as " + image;
    }
  }

  // ---- people

  /** An operator presses the button on the card of the deployment that brought the image. */
  record RollBack(String service, String image) implements Action {
    @Override
    public String words() {
      return "an operator presses Roll back on the card of " + image + " at " + service;
    }
  }

  /**
   * An operator writes in Slack.
   *
   * @param text behind {@code /slipway}
   */
  record SlashCommand(String text) implements Action {
    @Override
    public String words() {
      return "an operator writes /slipway " + text;
    }
  }

  // ---- somebody else, by AWS's own calls

  /**
   * UpdateService.
   *
   * @param image if there: a revision is registered that names it by its tag, as {@code terraform
   *     apply} would
   * @param desiredCount if there
   * @param breaker how the service's circuit breaker is set from now on, if there
   * @param forced whether ECS deploys the service's revision anew
   */
  record UpdateService(
      String service,
      Optional<String> image,
      Optional<Integer> desiredCount,
      Optional<Scenario.Breaker> breaker,
      boolean forced)
      implements Action {
    @Override
    public String words() {
      return "somebody else calls UpdateService on "
          + service
          + image.map(one -> ", image " + one).orElse("")
          + desiredCount.map(count -> ", desiredCount " + count).orElse("")
          + breaker.map(how -> ", circuit breaker " + Mapping.word(how)).orElse("")
          + (forced ? ", a new deployment forced" : "");
    }
  }

  /** DeleteService, by force. */
  record DeleteService(String service) implements Action {
    @Override
    public String words() {
      return "somebody deletes " + service;
    }
  }

  /** StopServiceDeployment of the one under way, with ROLLBACK. */
  record StopServiceDeployment(String service) implements Action {
    @Override
    public String words() {
      return "somebody stops the deployment of " + service + " in ECS";
    }
  }

  /**
   * ContinueServiceDeployment, for the hook that waits for somebody.
   *
   * @param action {@code CONTINUE} or {@code ROLLBACK}
   */
  record ContinueServiceDeployment(String service, String action) implements Action {
    @Override
    public String words() {
      return "somebody answers the pause of " + service + " with " + action;
    }
  }

  /**
   * CodeDeploy's CreateDeployment in the service's deployment group.
   *
   * @param image a revision is registered that names it by its tag
   * @param hooks lifecycle event to the function that the AppSpec names for it
   * @param appSpec how the AppSpec is given
   */
  record CreateDeployment(String service, String image, Map<String, String> hooks, Given appSpec)
      implements Action {

    /** Ways to give an AppSpec to CodeDeploy. */
    enum Given {
      JSON,
      YAML,
      YAML_IN_S3
    }

    @Override
    public String words() {
      return "somebody deploys "
          + image
          + " to "
          + service
          + " with CodeDeploy"
          + (hooks.isEmpty() ? "" : ", hooks " + hooks)
          + switch (appSpec) {
            case JSON -> "";
            case YAML -> ", with its AppSpec in YAML";
            case YAML_IN_S3 -> ", with its AppSpec in S3";
          };
    }
  }

  /**
   * CodeDeploy's StopDeployment of the one under way.
   *
   * @param rollBack whether it is to be rolled back, whatever its group is set to
   */
  record StopDeployment(String service, boolean rollBack) implements Action {
    @Override
    public String words() {
      return "somebody stops the deployment of "
          + service
          + " in CodeDeploy"
          + (rollBack ? ", with rollback" : "");
    }
  }

  /** CodeDeploy's ContinueDeployment: the traffic of the one that waits for somebody may go. */
  record ContinueDeployment(String service) implements Action {
    @Override
    public String words() {
      return "somebody lets the traffic of " + service + " go in CodeDeploy";
    }
  }

  /** StopTask, for every task of the image that runs. */
  record StopTasks(String service, String image) implements Action {
    @Override
    public String words() {
      return "somebody stops the tasks of " + image + " at " + service;
    }
  }

  /** ECS's TagResource. */
  record TagResource(String service, Map<String, String> tags) implements Action {
    @Override
    public String words() {
      return "somebody puts tags on " + service + ": " + tags;
    }
  }

  /** ECS's UntagResource. */
  record UntagResource(String service, List<String> keys) implements Action {
    @Override
    public String words() {
      return "somebody removes tags of " + service + ": " + String.join(", ", keys);
    }
  }

  /** ECR's BatchDeleteImage, by digest. */
  record BatchDeleteImage(String image) implements Action {
    @Override
    public String words() {
      return "somebody deletes " + image + " in ECR";
    }
  }

  /** CloudWatch Logs' DeleteLogGroup. */
  record DeleteLogGroup(String group) implements Action {
    @Override
    public String words() {
      return "somebody deletes the log group " + group;
    }
  }

  /** DeregisterTaskDefinition of the revision that the service is set to. */
  record DeregisterTaskDefinition(String service) implements Action {
    @Override
    public String words() {
      return "somebody deregisters the task definition that " + service + " runs";
    }
  }

  /** Parameter Store's PutParameter, type String, overwriting. */
  record PutParameter(String name, String value) implements Action {
    @Override
    public String words() {
      return "somebody writes the parameter " + name;
    }
  }

  /** DeleteTaskDefinitions of the revision that Slipway deployed the image with. */
  record DeleteTaskDefinition(String service, String image) implements Action {
    @Override
    public String words() {
      return "somebody deletes the task definition with which " + service + " got " + image;
    }
  }

  /** Parameter Store's DeleteParameter. */
  record DeleteParameter(String name) implements Action {
    @Override
    public String words() {
      return "somebody deletes the parameter " + name;
    }
  }

  /** IAM's UpdateAssumeRolePolicy: from now on the role does not trust ECS. */
  record UpdateAssumeRolePolicy(String role) implements Action {
    @Override
    public String words() {
      return "somebody edits the trust policy of the role " + role + ": ECS may not assume it";
    }
  }

  /** CloudWatch's SetAlarmState. */
  record SetAlarmState(String alarm, String state) implements Action {
    @Override
    public String words() {
      return "the alarm " + alarm + " goes to " + state;
    }
  }

  // ---- what goes wrong in between

  /** How many tasks a cluster has room for. */
  record Capacity(String cluster, int tasks) implements Action {
    @Override
    public String words() {
      return "the cluster " + cluster + " has room for " + tasks + " tasks";
    }
  }

  /** AWS takes back the spot capacity of every task of the image that runs. */
  record SpotInterruption(String service, String image) implements Action {
    @Override
    public String words() {
      return "the spot capacity under the tasks of " + image + " at " + service + " is interrupted";
    }
  }

  /** What a Lambda function behind a lifecycle hook of ECS or CodeDeploy answers from now on. */
  record HookAnswers(String status) implements Action {
    @Override
    public String words() {
      return "the functions behind lifecycle hooks answer " + status + " from now on";
    }
  }

  /**
   * How the events of AWS's services come from now on.
   *
   * @param detailType empty for all of them
   */
  record Events(Conduct conduct, String detailType) implements Action {
    @Override
    public String words() {
      return "from now on "
          + (detailType.isEmpty() ? "all events" : "events '" + detailType + "'")
          + " are "
          + Mapping.word(conduct);
    }
  }

  /** EventBridge delivers the event of a push once more: same id, same content. */
  record DeliverAgain(String image) implements Action {
    @Override
    public String words() {
      return "the event of the push of " + image + " is delivered again";
    }
  }

  /** The next calls of an operation are answered with an error, and have no effect. */
  record Refuse(String operation, String error, int times) implements Action {
    @Override
    public String words() {
      return "the next "
          + (times == 1 ? "" : times + " ")
          + operation
          + " of Slipway "
          + (times == 1 ? "is" : "are")
          + " answered "
          + error;
    }
  }

  /** The function dies when its next call of an operation has had its effect. */
  record Kill(String function, String operation) implements Action {
    @Override
    public String words() {
      return function + " will be killed when its next " + operation + " is done";
    }
  }

  /** The service's deployment completes just before ECS sees the next call of an operation. */
  record Race(String operation, String service) implements Action {
    @Override
    public String words() {
      return "the deployment of " + service + " will complete just before the next " + operation;
    }
  }

  /** Somebody does this just before the next call of an operation by Slipway has its effect. */
  record JustBefore(String operation, Action what) implements Action {
    @Override
    public String words() {
      return "just before the next " + operation + " of Slipway: " + what.words();
    }
  }

  /** After the next UpdateService of Slipway, ECS describes the service once as it was before. */
  record LateDescription(String service) implements Action {
    @Override
    public String words() {
      return "ECS will describe " + service + " once as it was before Slipway's next UpdateService";
    }
  }

  /** The next call of a function waits until another function has done the same. */
  record HoldBack(String function, String operation, String other) implements Action {
    @Override
    public String words() {
      return "the next " + operation + " of " + function + " comes just after that of " + other;
    }
  }

  /** Slack answers every call with HTTP 500, or is well again. */
  record Slack(boolean works) implements Action {
    @Override
    public String words() {
      return works ? "Slack works again" : "Slack is down";
    }
  }

  // ---- Slipway itself

  /** The reconcile run. */
  record Reconcile() implements Action {
    @Override
    public String words() {
      return "the reconcile run";
    }
  }

  /**
   * An update of Slipway's stack: the functions' processes are replaced.
   *
   * @param items if there: the ledger's items are as that version wrote them
   * @param parameters of the stack that have these values from now on
   */
  record UpdateStack(Optional<LedgerItems.Version> items, Map<String, String> parameters)
      implements Action {
    @Override
    public String words() {
      return "Slipway's stack is updated"
          + items
              .map(version ->
                  "; the ledger's items are as "
                      + (version == LedgerItems.Version.OLDER
                          ? "the version before"
                          : "a later version")
                      + " wrote them")
              .orElse("")
          + (parameters.isEmpty() ? "" : "; its parameters: " + parameters);
    }
  }

  // ---- time

  /** Lets time pass. */
  record Wait(Duration time) implements Action {
    @Override
    public String words() {
      return "time passes: " + time.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Waits until a deployment of the image runs its first new task. */
  record UntilNewTask(String service, String image) implements Action {
    @Override
    public String words() {
      return "";
    }
  }

  /** Waits until a deployment of the image has this status. */
  record Until(String service, String image, Status status) implements Action {
    @Override
    public String words() {
      return "";
    }
  }
}
