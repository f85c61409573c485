package dev.slipway.verdict;

import dev.slipway.aws.CodeDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.verdict.Verdict.Failed;
import dev.slipway.verdict.Verdict.Failure;
import dev.slipway.verdict.Verdict.Going;
import dev.slipway.verdict.Verdict.RollbackFailed;
import dev.slipway.verdict.Verdict.RolledBack;
import dev.slipway.verdict.Verdict.RollingBack;
import dev.slipway.verdict.Verdict.Succeeded;
import dev.slipway.verdict.Verdict.SucceededWithoutTasks;
import dev.slipway.verdict.Verdict.Superseded;
import java.util.Optional;

/**
 * From what CodeDeploy says of a deployment to the verdicts that the controller ECS has too. By the
 * deployment's own id: CodeDeploy's rollback is another deployment, and its success is not ours.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentInfo.html">DeploymentInfo</a>
 */
final class CodeDeployJudge {

  private CodeDeployJudge() {}

  static Verdict judge(CodeDeployed told, Observation seen) {
    return switch (told.deployment().status()) {
      case "Succeeded" ->
          seen.service().desired() == 0 ? new SucceededWithoutTasks() : new Succeeded();
      case "Failed", "Stopped" -> ended(told, seen);
      // Created, Queued, InProgress, Baking, Ready; one that is new to us decides nothing either.
      default -> new Going();
    };
  }

  private static Verdict ended(CodeDeployed told, Observation seen) {
    Failure why = why(told.deployment(), seen);
    if (told.rollback().isPresent()) {
      return switch (told.rollback().get().status()) {
        case "Succeeded" -> new RolledBack(why, "");
        case "Failed", "Stopped" -> new RollbackFailed(why);
        default -> new RollingBack(why);
      };
    }
    if (told.mayBeTakenBack(seen.now(), seen.stopRequested())) {
      return new RollingBack(why);
    }
    return deployedLater(told.deployment(), seen.service())
        .<Verdict>map(Superseded::new)
        .orElseGet(() -> new Failed(why));
  }

  /** The revision that somebody else has brought into production since this deployment began. */
  static Optional<String> deployedLater(CodeDeployment deployment, ServiceView service) {
    String own = service.taskSetOf(deployment.id()).map(ServiceView.TaskSet::id).orElse("");
    return service
        .primary()
        .filter(primary -> !primary.id().equals(own))
        .filter(primary -> deployment.createdAt() != null && primary.createdAt() != null)
        .filter(primary -> primary.createdAt().isAfter(deployment.createdAt()))
        .map(EcsDeployment::taskDefinition);
  }

  /** CodeDeploy's error codes; a new one is CodeDeploy's failure, and its words are shown. */
  private static Failure why(CodeDeployment deployment, Observation seen) {
    return switch (deployment.errorCode()) {
      case CodeDeployed.ALARM_ACTIVE -> Failure.ALARM;
      case "HOOK_EXECUTION_FAILURE" -> Failure.HOOK_FAILED;
      case "TIMEOUT" -> Failure.NO_PROGRESS;
      case "MANUAL_STOP" -> stopped(seen);
      case "" -> deployment.status().equals("Stopped") ? stopped(seen) : Failure.ECS_FAILED;
      default -> Failure.ECS_FAILED;
    };
  }

  private static Failure stopped(Observation seen) {
    return seen.stopRequested() ? Failure.NO_PROGRESS : Failure.STOPPED_BY_PERSON;
  }
}
