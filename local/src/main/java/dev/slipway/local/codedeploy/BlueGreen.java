package dev.slipway.local.codedeploy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Refusal;
import dev.slipway.local.codedeploy.CodeDeployment.Phase;
import dev.slipway.local.codedeploy.CodeDeployment.Status;
import dev.slipway.local.ecs.TaskSets;
import dev.slipway.local.services.Alarms;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Moves a deployment along: a second task set, its health, the traffic, the end of the first one;
 * and back, with a deployment of CodeDeploy's own.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html">deployments
 *     on ECS</a>
 */
final class BlueGreen {
  private static final Duration SOON = Duration.ofSeconds(1);

  /** For the replacement task set to become healthy. */
  private static final Duration TIMEOUT = Duration.ofMinutes(60);

  private final Account account;
  private final TaskSets taskSets;
  private final Alarms alarms;
  private final Consumer<CodeDeployment> created;
  private final Predicate<Group> busy;
  private Predicate<String> functions = function -> true;
  private Duration thinksItOver = Duration.ZERO;

  /**
   * @param created told of the deployments that roll back another one
   * @param busy whether a deployment of the group is under way
   */
  BlueGreen(
      Account account,
      TaskSets taskSets,
      Alarms alarms,
      Consumer<CodeDeployment> created,
      Predicate<Group> busy) {
    this.account = account;
    this.taskSets = taskSets;
    this.alarms = alarms;
    this.created = created;
    this.busy = busy;
  }

  /** How long after the end of a deployment the one begins that takes it back; at first at once. */
  void rollsBackAfter(Duration delay) {
    thinksItOver = delay;
  }

  /** Whether the functions that an AppSpec names as hooks succeed; at first all of them do. */
  void functions(Predicate<String> succeeds) {
    functions = succeeds;
  }

  /** Runs the hook of a lifecycle event; false if it failed, and the deployment with it. */
  private boolean passes(CodeDeployment deployment, String event) {
    String function = deployment.hook(event);
    if (function == null) {
      return true;
    }
    if (functions.test(function)) {
      deployment.events.put(event, "Succeeded");
      return true;
    }
    deployment.events.put(event, "Failed");
    deployment.hookWords = "The function " + function + " answered Failed.";
    fail(
        deployment,
        "HOOK_EXECUTION_FAILURE",
        "The deployment failed because a lifecycle event hook function, " + function + ", failed.");
    return false;
  }

  private void after(CodeDeployment deployment, Duration delay, Runnable step) {
    cancel(deployment);
    deployment.timer =
        account.after(
            delay,
            () -> {
              if (!deployment.status.ended() && stillThere(deployment)) {
                step.run();
              }
            });
  }

  /** A service that was deleted meanwhile has no task sets: the deployment fails. */
  private boolean stillThere(CodeDeployment deployment) {
    if (has(deployment)) {
      return true;
    }
    fail(
        deployment,
        "INVALID_ECS_SERVICE",
        "The deployment failed because the ECS service "
            + deployment.group.service
            + " is not ACTIVE or has lost its task sets.");
    return false;
  }

  private boolean has(CodeDeployment deployment) {
    List<String> needed =
        deployment.phase == Phase.OLD_TASKS_GONE
            ? List.of(deployment.triggeredBy == null ? deployment.green : deployment.blue)
            : Stream.of(deployment.blue, deployment.green).filter(Objects::nonNull).toList();
    return taskSets.has(deployment.serviceArn, needed);
  }

  static void cancel(CodeDeployment deployment) {
    if (deployment.timer != null) {
      deployment.timer.cancel();
    }
  }

  private void emit(CodeDeployment deployment, String state) {
    Group group = deployment.group;
    ObjectNode detail =
        Json.object()
            .put("application", group.application)
            .put("deploymentId", deployment.id)
            .put("deploymentGroup", group.name)
            .put("instanceGroupId", group.id)
            .put("region", account.region())
            .put("state", state);
    account.emit(
        "aws.codedeploy",
        "CodeDeploy Deployment State-change Notification",
        List.of(
            account.arn("codedeploy", "deploymentgroup:" + group.application + "/" + group.name),
            account.arn("codedeploy", "application:" + group.application)),
        detail);
  }

  private void begin(CodeDeployment deployment) {
    deployment.status = Status.IN_PROGRESS;
    deployment.startedAt = account.now();
    emit(deployment, "START");
  }

  void start(CodeDeployment deployment) {
    after(
        deployment,
        SOON,
        () -> {
          begin(deployment);
          deployment.blue = taskSets.primary(deployment.serviceArn);
          // "Blocked by the alarm that was generated by the previous, failed, deployment" (API
          // reference, overrideAlarmConfiguration).
          alarmChanged(deployment);
          if (deployment.status.ended()) {
            return;
          }
          if (!passes(deployment, "BeforeInstall")) {
            return;
          }
          try {
            deployment.green =
                taskSets.create(deployment.serviceArn, deployment.taskDefinition, deployment.id);
          } catch (Refusal e) {
            fail(deployment, "ECS_UPDATE_ERROR", "ECS refused the task set: " + e.getMessage());
            return;
          }
          deployment.events.put("Install", "InProgress");
          after(
              deployment,
              TIMEOUT,
              () ->
                  fail(
                      deployment,
                      "TIMEOUT",
                      "The deployment timed out while waiting for the replacement task set to"
                          + " become healthy. This time out period is 60 minutes."));
        });
  }

  /** ECS has looked at the service. */
  void look(CodeDeployment deployment) {
    if (deployment.status == Status.CREATED
        || deployment.status.ended()
        || !stillThere(deployment)) {
      return;
    }
    if (deployment.phase == Phase.HEALTHY_TASKS
        && taskSets.healthy(deployment.serviceArn, deployment.green)) {
      deployment.events.put("Install", "Succeeded");
      if (!passes(deployment, "AfterInstall") || !passes(deployment, "AfterAllowTestTraffic")) {
        return;
      }
      Duration wait = deployment.group.readyWait();
      if (wait == null) {
        shift(deployment);
      } else {
        deployment.phase = Phase.SOMEBODY;
        deployment.status = Status.READY;
        emit(deployment, "READY");
        after(
            deployment,
            wait,
            () ->
                stop(
                    deployment,
                    "TIMEOUT",
                    "The deployment timed out while waiting for a manual rerouting of traffic.",
                    deployment.group.rollsBackOn("DEPLOYMENT_FAILURE")));
      }
    } else if (deployment.phase == Phase.OLD_TASKS_GONE
        && taskSets.gone(
            deployment.serviceArn,
            deployment.triggeredBy == null ? deployment.blue : deployment.green)) {
      succeed(deployment);
    }
  }

  /** Somebody lets the traffic go. */
  void proceed(CodeDeployment deployment) {
    deployment.status = Status.IN_PROGRESS;
    if (stillThere(deployment)) {
      shift(deployment);
    }
  }

  private void shift(CodeDeployment deployment) {
    if (deployment.step < 0 && !passes(deployment, "BeforeAllowTraffic")) {
      return;
    }
    deployment.phase = Phase.TRAFFIC;
    deployment.step++;
    if (deployment.shifting.shares().get(deployment.step) < 100) {
      after(deployment, deployment.shifting.between(), () -> shift(deployment));
      return;
    }
    taskSets.promote(deployment.serviceArn, deployment.green);
    deployment.events.put("AllowTraffic", "Succeeded");
    if (!passes(deployment, "AfterAllowTraffic")) {
      return;
    }
    deployment.phase = Phase.TERMINATION;
    after(
        deployment,
        deployment.group.terminationWait(),
        () -> {
          deployment.phase = Phase.OLD_TASKS_GONE;
          taskSets.remove(deployment.serviceArn, deployment.blue);
        });
  }

  /**
   * @throws IllegalStateException if it does not keep the old tasks yet
   */
  void completeNow(CodeDeployment deployment) {
    if (deployment.phase != Phase.TERMINATION) {
      throw new IllegalStateException(
          "the deployment " + deployment.id + " cannot complete: it does not keep old tasks");
    }
    taskSets.remove(deployment.serviceArn, deployment.blue);
    succeed(deployment);
  }

  private void succeed(CodeDeployment deployment) {
    end(deployment, Status.SUCCEEDED);
    emit(deployment, "SUCCESS");
  }

  private void end(CodeDeployment deployment, Status status) {
    cancel(deployment);
    deployment.status = status;
    deployment.completedAt = account.now();
  }

  private void fail(CodeDeployment deployment, String code, String message) {
    end(deployment, Status.FAILED);
    deployment.errorCode = code;
    deployment.errorMessage = message;
    emit(deployment, "FAILURE");
    if (deployment.group.rollsBackOn("DEPLOYMENT_FAILURE")) {
      rollBack(deployment);
    }
  }

  void stop(CodeDeployment deployment, String code, String message, boolean rollBack) {
    end(deployment, Status.STOPPED);
    deployment.errorCode = code;
    deployment.errorMessage = message;
    emit(deployment, "STOP");
    if (rollBack) {
      rollBack(deployment);
    }
  }

  void alarmChanged(CodeDeployment deployment) {
    if (!deployment.status.ended()
        && deployment.triggeredBy == null
        && deployment.alarms.stream().anyMatch(alarms::inAlarm)) {
      stop(
          deployment,
          "ALARM_ACTIVE",
          "One or more alarms have been activated according to the Amazon CloudWatch metrics you"
              + " selected, and the affected deployments have been stopped.",
          deployment.group.rollsBackOn("DEPLOYMENT_STOP_ON_ALARM"));
    }
  }

  /** The traffic goes back to the task set that is still there, and the new one goes. */
  private void rollBack(CodeDeployment failed) {
    if (failed.green == null || failed.triggeredBy != null) {
      return;
    }
    if (thinksItOver.isZero()) {
      takeBack(failed);
      return;
    }
    account.after(
        thinksItOver,
        () -> {
          if (!busy.test(failed.group)) {
            takeBack(failed);
          }
        });
  }

  private void takeBack(CodeDeployment failed) {
    if (!taskSets.has(failed.serviceArn, List.of(failed.blue, failed.green))) {
      return;
    }
    String before = taskSets.taskDefinition(failed.serviceArn, failed.blue);
    CodeDeployment back =
        new CodeDeployment(
            account.ids().codeDeploy(),
            failed.group,
            failed.serviceArn,
            "codeDeployRollback",
            "Rollback of " + failed.id,
            failed.revision.with(before),
            "CodeDeployDefault.ECSAllAtOnce",
            account.now());
    failed.rollback = back;
    back.triggeredBy = failed;
    back.blue = failed.blue;
    back.green = failed.green;
    created.accept(back);
    after(
        back,
        SOON,
        () -> {
          begin(back);
          taskSets.promote(back.serviceArn, back.blue);
          taskSets.remove(back.serviceArn, back.green);
          back.phase = Phase.OLD_TASKS_GONE;
        });
  }
}
