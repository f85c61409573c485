package dev.slipway.aws;

import java.time.Instant;

/**
 * A deployment of CodeDeploy as GetDeployment tells it.
 *
 * @param id {@code d-...}
 * @param status CodeDeploy's DeploymentStatus by name; a new one is kept as it is
 * @param creator {@code user}, {@code autoscaling}, {@code codeDeployRollback} and others
 * @param description what whoever created it wrote; empty if nothing
 * @param errorCode CodeDeploy's error code, empty while nothing went wrong
 * @param errorMessage its words
 * @param rollbackId the deployment that takes this one back; empty if none does
 * @param rollbackOf the deployment that this one takes back; empty if it does not
 * @param rollsBack whether CodeDeploy takes deployments of this group back by itself when they fail
 * @param revision the AppSpec that was deployed
 * @param completedAt null until it has ended
 */
public record CodeDeployment(
    String id,
    DeploymentGroup group,
    String status,
    String creator,
    String description,
    String errorCode,
    String errorMessage,
    String rollbackId,
    String rollbackOf,
    boolean rollsBack,
    Revision revision,
    Instant createdAt,
    Instant completedAt) {

  /**
   * An AppSpec, and who has it. GetDeployment "always" leaves the content out (API reference), and
   * CodeDeploy has it by its hash; where it was given as an object of S3, it is there.
   *
   * @param type {@code AppSpecContent}, {@code String} (an older name for the same), {@code S3};
   *     another one is kept as it is
   * @param content empty if it is left out
   * @param sha256 of the content; empty if CodeDeploy does not have it
   * @param place where it is if CodeDeploy does not have it, {@code s3://bucket/key}; else empty
   */
  public record Revision(String type, String content, String sha256, String place) {}

  /** Whether more will come of it. A status that is new to us has not ended. */
  public boolean underWay() {
    return switch (status) {
      case "Succeeded", "Failed", "Stopped" -> false;
      default -> true;
    };
  }

  /**
   * What went wrong, for people to read. Empty if it was stopped: then its words say nothing but
   * that "a user" did it, also where Slipway is the user.
   */
  public String says() {
    return stoppedOnRequest() ? "" : errorMessage;
  }

  /** Somebody called StopDeployment; CodeDeploy does not say who. */
  public boolean stoppedOnRequest() {
    return errorCode.equals("MANUAL_STOP");
  }

  /** CodeDeploy began it to take another one back. */
  public boolean isRollback() {
    return !rollbackOf.isEmpty() || creator.equals("codeDeployRollback");
  }
}
