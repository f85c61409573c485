package dev.slipway.aws;

import dev.slipway.follow.ServiceRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The calls that Slipway makes to AWS CodeDeploy, for ECS services of its controller. */
public interface CodeDeploy {

  /** GetDeployment. */
  Optional<CodeDeployment> deployment(String id);

  /**
   * ListDeployments and BatchGetDeployments: those of a group that were created since then, newest
   * first.
   */
  List<CodeDeployment> deployments(DeploymentGroup group, Instant since);

  /** The same for those that have not ended, whenever they were created. */
  List<CodeDeployment> underWay(DeploymentGroup group);

  /**
   * GetDeploymentGroup: whether that group is still there, and deploys this service and no other.
   */
  boolean deploys(DeploymentGroup group, ServiceRef service);

  /**
   * GetDeploymentGroup: names of the alarms for which CodeDeploy stops deployments of that group;
   * none if it does not, or is not there.
   */
  List<String> alarms(DeploymentGroup group);

  /**
   * ListApplications, ListDeploymentGroups and BatchGetDeploymentGroups: looks through the account
   * for the group that deploys a service. One call for each application, and one more for each that
   * has groups: to be asked once, and remembered.
   */
  Optional<DeploymentGroup> groupOf(ServiceRef service);

  /**
   * What a deployment deployed; GetApplicationRevision, for GetDeployment does not repeat it. Empty
   * if CodeDeploy does not have it: one from S3 it never had.
   */
  Optional<String> appSpec(CodeDeployment deployment);

  /**
   * CreateDeployment, as the group is set up. There is no token: after an unknown outcome look with
   * {@link #deployments} for the description before creating again.
   *
   * @return id of the deployment
   * @throws AwsException {@code DeploymentLimitExceededException} while another one of the group is
   *     under way
   */
  String create(DeploymentGroup group, String description, String appSpec);

  /**
   * The same for a way back, which does not wait for a canary, nor is it stopped by the alarm for
   * which it is gone: the traffic moves in one step, and the group's alarms do not count. Where the
   * group has alarms, AWS asks for {@code codedeploy:UpdateDeploymentGroup} too.
   */
  String createWayBack(DeploymentGroup group, String description, String appSpec);

  /** StopDeployment, with a rollback whatever the group is set to. */
  void stopAndRollBack(String id);

  /** ContinueDeployment: lets the traffic of a deployment go that is Ready. */
  void reroute(String id);

  /**
   * GetDeploymentTarget: the lifecycle events of the service that did not succeed, a line each;
   * none if CodeDeploy has not come so far.
   */
  List<String> failedEvents(String id, ServiceRef service);

  /**
   * GetDeploymentTarget: whether CodeDeploy has not begun to make new tasks, so that none can have
   * run. False if it does not say.
   */
  boolean neverInstalled(String id, ServiceRef service);
}
