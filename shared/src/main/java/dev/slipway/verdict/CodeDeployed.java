package dev.slipway.verdict;

import dev.slipway.aws.CodeDeployment;
import dev.slipway.aws.ServiceView.EcsDeployment;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What CodeDeploy says of a deployment.
 *
 * @param deployment the one that is judged, by its own id
 * @param rollback the one that CodeDeploy began to take it back
 * @param neverInstalled whether it has ended before CodeDeploy had begun to make new tasks; asked
 *     only where an alarm has stopped it
 */
public record CodeDeployed(
    CodeDeployment deployment, Optional<CodeDeployment> rollback, boolean neverInstalled) {

  /** One that may have made tasks. */
  public CodeDeployed(CodeDeployment deployment, Optional<CodeDeployment> rollback) {
    this(deployment, rollback, false);
  }

  /**
   * For CodeDeploy to begin a rollback after a deployment has ended: a second one of ours would
   * come in its way.
   */
  static final Duration ROLLBACK_FOLLOWS = Duration.ofMinutes(2);

  /** Production traffic goes to the new task set; the old one is kept for a while. */
  public static final String TRAFFIC_SHIFTED = "TRAFFIC_SHIFTED";

  /** CodeDeploy's error code. */
  static final String ALARM_ACTIVE = "ALARM_ACTIVE";

  private static final String READY = "READY";
  private static final String BAKING = "BAKING";
  private static final String TASKS_READY = "TASKS_READY";
  private static final String INSTALL = "INSTALL";

  /** In these all new tasks are there, or CodeDeploy waits for somebody. */
  private static final Set<String> WAITING = Set.of(READY, BAKING, TASKS_READY, TRAFFIC_SHIFTED);

  /**
   * How far it has come, as far as that can be seen; empty before there are new tasks.
   *
   * @param replacement the task set that it made
   */
  public String stage(Optional<EcsDeployment> replacement) {
    return switch (deployment.status()) {
      case "Ready" -> READY;
      case "Baking" -> BAKING;
      default ->
          replacement
              .map(set ->
                  set.status().equals("PRIMARY")
                      ? TRAFFIC_SHIFTED
                      : set.rolloutState().equals("COMPLETED") ? TASKS_READY : INSTALL)
              .orElse("");
    };
  }

  /**
   * Whether the time that passes in a stage is CodeDeploy's own: its hooks, its traffic steps and
   * its waits have limits of their own, and the deadline does not run.
   */
  public static boolean waits(String stage) {
    return WAITING.contains(stage);
  }

  /** It waits until somebody lets the traffic go. */
  public boolean ready() {
    return deployment.status().equals("Ready");
  }

  /** CodeDeploy has stopped it for an alarm of its group. */
  public boolean stoppedByAlarm() {
    return stoppedByAlarm(deployment);
  }

  /** Likewise. */
  public static boolean stoppedByAlarm(CodeDeployment deployment) {
    return deployment.errorCode().equals(ALARM_ACTIVE);
  }

  /**
   * Whether CodeDeploy stopped it for an alarm before any task of it can have run: the alarm was on
   * by then for another reason than what was to be deployed, and says nothing about it.
   */
  public boolean blameless() {
    return neverInstalled && stoppedByAlarm();
  }

  /** It has ended without success, and a rollback of CodeDeploy's own may be about to begin. */
  public boolean mayBeTakenBack(Instant now, boolean asked) {
    return !deployment.underWay()
        && !deployment.status().equals("Succeeded")
        && rollback.isEmpty()
        && !deployment.isRollback()
        && (deployment.rollsBack() || asked)
        && deployment.completedAt() != null
        && now.isBefore(deployment.completedAt().plus(ROLLBACK_FOLLOWS));
  }
}
