package dev.slipway.deploy;

import dev.slipway.aws.CodeDeploy;
import dev.slipway.aws.CodeDeployment;
import dev.slipway.aws.DeploymentGroup;
import dev.slipway.follow.ServiceRef;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The deployments that CodeDeploy knows, and their AppSpecs. It deploys nothing. */
final class InMemoryCodeDeploy implements CodeDeploy {

  private final Map<String, CodeDeployment> deployments = new HashMap<>();
  private final Map<String, String> appSpecs = new HashMap<>();

  /**
   * @param appSpec null if CodeDeploy does not have it
   */
  void knows(CodeDeployment deployment, String appSpec) {
    deployments.put(deployment.id(), deployment);
    if (appSpec != null) {
      appSpecs.put(deployment.id(), appSpec);
    }
  }

  @Override
  public Optional<CodeDeployment> deployment(String id) {
    return Optional.ofNullable(deployments.get(id));
  }

  @Override
  public Optional<String> appSpec(CodeDeployment deployment) {
    return Optional.ofNullable(appSpecs.get(deployment.id()));
  }

  @Override
  public List<CodeDeployment> deployments(DeploymentGroup group, Instant since) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<CodeDeployment> underWay(DeploymentGroup group) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean deploys(DeploymentGroup group, ServiceRef service) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> alarms(DeploymentGroup group) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<DeploymentGroup> groupOf(ServiceRef service) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String create(DeploymentGroup group, String description, String appSpec) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String createWayBack(DeploymentGroup group, String description, String appSpec) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void stopAndRollBack(String id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void reroute(String id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean neverInstalled(String id, ServiceRef service) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> failedEvents(String id, ServiceRef service) {
    throw new UnsupportedOperationException();
  }
}
