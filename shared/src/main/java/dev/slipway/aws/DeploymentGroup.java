package dev.slipway.aws;

/**
 * CodeDeploy's deployment group by its two names. CodeDeploy allows one group for an ECS service.
 *
 * @param application of at most 100 characters, as {@code name}
 */
public record DeploymentGroup(String application, String name) {

  /**
   * @throws IllegalArgumentException if a name is empty
   */
  public DeploymentGroup {
    if (application.isEmpty() || name.isEmpty()) {
      throw new IllegalArgumentException(
          "a deployment group needs the names of its application and of itself, and these are '"
              + application
              + "' and '"
              + name
              + "'");
    }
  }

  /** {@code application/group}, as in its ARN. */
  @Override
  public String toString() {
    return application + "/" + name;
  }
}
