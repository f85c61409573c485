package dev.slipway.deployment;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.verdict.AlarmState;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.AlarmsInUse.Alarm;
import dev.slipway.verdict.CodeDeployed;
import dev.slipway.verdict.Verdict.Failure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the alarms that watch a deployment say against it, and which of them have to be asked. */
final class AlarmWatch {

  private AlarmWatch() {}

  /** What the alarms ask for before anything good is said of a deployment. */
  static Optional<Step> step(Deployment deployment, Situation seen) {
    if (!deployment.alarms().lookedFor()) {
      return Optional.of(new Step.FindAlarms());
    }
    return against(deployment, seen).isEmpty()
        ? Optional.empty()
        : Optional.of(new Step.Fail(Failure.ALARM, false));
  }

  private static List<Alarm> against(Deployment deployment, Situation seen) {
    return deployment
        .alarms()
        .against(
            seen.alarms().orElse(List.of()),
            says(deployment, seen.serviceDeployment()),
            deployment.status() == Status.BAKING);
  }

  /** What is said of the service's own alarms while it rolls out. */
  private static String says(Deployment deployment, Optional<ServiceDeployment> serviceDeployment) {
    return deployment.rollout().codeDeployId().isPresent()
        ? AlarmsInUse.BY_CODE_DEPLOY
        : serviceDeployment.map(ServiceDeployment::alarms).orElse("");
  }

  /**
   * Whether CloudWatch has not answered, and may be given time: what is good is not said without
   * it, but neither is it kept back for ever.
   */
  static boolean unheard(Instant since, Situation seen) {
    return seen.alarms().isEmpty() && seen.now().isBefore(since.plus(seen.deadline()));
  }

  /** Likewise, while nobody says which alarms there are. */
  static boolean mayWait(Deployment deployment, Situation seen) {
    Instant since = deployment.rollout().progressAt();
    return since == null || seen.now().isBefore(since.plus(seen.deadline()));
  }

  /** Names of the alarms whose states the decision about a deployment in flight may need. */
  static Set<String> toAsk(
      Deployment deployment,
      Optional<ServiceDeployment> serviceDeployment,
      Optional<CodeDeployed> codeDeployed) {
    if (deployment.isRollback()) {
      return Set.of();
    }
    Set<String> names = new TreeSet<>();
    deployment
        .alarms()
        .judgedHere(says(deployment, serviceDeployment), deployment.status() == Status.BAKING)
        .forEach(alarm -> names.add(alarm.name()));
    // For CloudWatch's words, where ECS has judged; CodeDeploy does not even name them.
    serviceDeployment.ifPresent(judged -> names.addAll(judged.triggeredAlarms()));
    if (codeDeployed.filter(CodeDeployed::stoppedByAlarm).isPresent()) {
      deployment.alarms().alarms().forEach(alarm -> names.add(alarm.name()));
    }
    return names;
  }

  /**
   * The alarms of a deployment that failed by them: those that Slipway saw, that ECS names, or that
   * are on when CodeDeploy has stopped it for one.
   */
  static AlarmsInUse failedBy(Deployment deployment, Situation seen) {
    Set<String> names = new TreeSet<>();
    against(deployment, seen).forEach(alarm -> names.add(alarm.name()));
    seen.serviceDeployment().ifPresent(judged -> names.addAll(judged.triggeredAlarms()));
    List<AlarmState> now = seen.alarms().orElse(List.of());
    if (seen.codeDeployed().filter(CodeDeployed::stoppedByAlarm).isPresent()) {
      names.addAll(deployment.alarms().ownThatAreOn(now));
    }
    return deployment.alarms().failedBy(names, now);
  }
}
