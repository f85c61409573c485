package dev.slipway.deploy;

import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Deployment;

/** Chooses who deploys. A service can change its controller while something is in flight. */
record Controllers(Controller ecs, Controller codeDeploy) {

  /** For what is to be started. */
  Controller of(ServiceView service) {
    return service.codeDeployed() ? codeDeploy : ecs;
  }

  /** For what was started. */
  Controller of(Deployment deployment) {
    return deployment.rollout().codeDeployId().isPresent() ? codeDeploy : ecs;
  }
}
