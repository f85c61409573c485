package dev.slipway.watch;

import dev.slipway.aws.DeploymentGroup;
import dev.slipway.follow.ServiceRef;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.StoppedTask;

/** What watch is told. */
public sealed interface WatchEvent {

  /**
   * A deployment of a service began, completed or failed. Its text is for people: ECS's own
   * rollback comes as "in progress" under the old deployment's id.
   */
  record DeploymentChanged(ServiceRef service, String name) implements WatchEvent {}

  /**
   * A task of a service changed.
   *
   * @param stopped whether it has stopped, and so is evidence
   */
  record TaskChanged(ServiceRef service, StoppedTask task, boolean stopped) implements WatchEvent {}

  /** ECS did something for a service, or could not. */
  record ServiceAction(ServiceRef service, String name) implements WatchEvent {}

  /**
   * A lifecycle hook of a deployment began, waits or ended.
   *
   * @param serviceDeploymentArn the service deployment that it belongs to
   */
  record HookChanged(ServiceRef service, String serviceDeploymentArn, Hook hook)
      implements WatchEvent {}

  /** A CloudWatch alarm came into a state. Whom it concerns, the event does not say. */
  record AlarmChanged(String arn, String state) implements WatchEvent {}

  /**
   * A deployment of a CodeDeploy group began, waits or ended; of ECS or of anything else that
   * CodeDeploy deploys, which the event does not say.
   *
   * @param state START, READY, SUCCESS, FAILURE or STOP
   */
  record CodeDeployChanged(DeploymentGroup group, String deploymentId, String state)
      implements WatchEvent {}

  /** A minute has passed. */
  record Clock() implements WatchEvent {}

  /**
   * Understood, and about nothing that can be followed.
   *
   * @param why for the log
   */
  record Unrelated(String why) implements WatchEvent {}
}
