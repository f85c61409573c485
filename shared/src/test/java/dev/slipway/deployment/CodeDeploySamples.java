package dev.slipway.deployment;

import static dev.slipway.deployment.Samples.APP;
import static dev.slipway.deployment.Samples.NEW;
import static dev.slipway.deployment.Samples.NOON;
import static dev.slipway.deployment.Samples.OLD;
import static dev.slipway.deployment.Samples.OLD_ID;
import static dev.slipway.deployment.Samples.OWN_ID;

import dev.slipway.aws.CodeDeployment;
import dev.slipway.aws.CodeDeployment.Revision;
import dev.slipway.aws.DeploymentGroup;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.CircuitBreaker;
import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.aws.ServiceView.TaskSet;
import dev.slipway.verdict.CodeDeployed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The service of {@link Samples} under CodeDeploy, with task sets blue (old) and green (new). */
public final class CodeDeploySamples {

  public static final String OURS = "d-OURS00001";
  public static final String BACK = "d-BACK00001";
  public static final DeploymentGroup GROUP = new DeploymentGroup("shop", "web");

  private CodeDeploySamples() {}

  /** Our deployment, begun at noon. */
  public static CodeDeployment ours(String status, String error, String rollback) {
    return ours(status, error, rollback, false, NOON.plusSeconds(300));
  }

  public static CodeDeployment ours(
      String status, String error, String rollback, boolean rollsBack, Instant completedAt) {
    boolean ended = List.of("Succeeded", "Failed", "Stopped").contains(status);
    return new CodeDeployment(
        OURS,
        GROUP,
        status,
        "user",
        "Slipway demo/app#2: team/app:v2",
        error,
        error.isEmpty() ? "" : "CodeDeploy's words",
        rollback,
        "",
        rollsBack,
        new Revision("AppSpecContent", "", "abc", ""),
        NOON,
        ended ? completedAt : null);
  }

  /** CodeDeploy's own way back from it. */
  public static CodeDeployment back(String status) {
    return new CodeDeployment(
        BACK,
        GROUP,
        status,
        "codeDeployRollback",
        "",
        "",
        "",
        "",
        OURS,
        false,
        new Revision("AppSpecContent", "", "abc", ""),
        NOON.plusSeconds(301),
        null);
  }

  public static CodeDeployed told(CodeDeployment deployment) {
    return new CodeDeployed(deployment, Optional.empty());
  }

  public static CodeDeployed told(CodeDeployment deployment, CodeDeployment rollback) {
    return new CodeDeployed(deployment, Optional.of(rollback));
  }

  public static TaskSet set(String id, String codeDeployId, String status, String revision) {
    return new TaskSet(id, codeDeployId, status, revision, "web", 80, "1.4.0", List.of());
  }

  public static TaskSet blue(String status) {
    return set(OLD_ID, "", status, OLD);
  }

  public static TaskSet green(String status) {
    return set(OWN_ID, OURS, status, NEW);
  }

  /**
   * @param running tasks in the newest set; 2 of 2 are steady
   */
  public static ServiceView service(int running, TaskSet... sets) {
    return service(2, running, sets);
  }

  public static ServiceView service(int desired, int running, TaskSet... sets) {
    List<EcsDeployment> deployments = new ArrayList<>();
    String primary = "";
    for (TaskSet set : sets) {
      boolean old = set.id().equals(OLD_ID);
      int runs = old ? desired : running;
      deployments.add(
          new EcsDeployment(
              set.id(),
              set.status(),
              set.taskDefinition(),
              desired,
              runs,
              0,
              0,
              runs == desired ? "COMPLETED" : "IN_PROGRESS",
              "",
              old ? NOON.minusSeconds(3600) : NOON.plusSeconds(10),
              NOON));
      primary = set.primary() ? set.taskDefinition() : primary;
    }
    return new ServiceView(
        APP,
        "ACTIVE",
        "CODE_DEPLOY",
        "ROLLING",
        primary,
        desired,
        deployments.stream().mapToInt(EcsDeployment::running).sum(),
        0,
        new CircuitBreaker(false, false),
        List.of(),
        "",
        deployments,
        List.of(),
        Map.of("slipway", "on"),
        List.of(sets),
        Map.of());
  }
}
