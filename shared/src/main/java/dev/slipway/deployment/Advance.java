package dev.slipway.deployment;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.verdict.CodeDeployed;
import java.util.Optional;

/** How far a rollout, or a way back that is watched, has come by what AWS says now. */
final class Advance {

  private Advance() {}

  /**
   * What ECS says of the rollout now. More running tasks than ever before, a new stage, or a step
   * of traffic is progress; only the first forgives tasks that failed earlier.
   */
  static Rollout progress(Deployment deployment, ServiceView service, Situation seen) {
    EcsDeployment now = service.deployment(deployment.rollout().ecsDeploymentId()).orElse(null);
    Rollout before =
        seen.codeDeployed()
            .map(told -> staged(deployment.rollout(), told.stage(Optional.ofNullable(now)), seen))
            .orElseGet(() -> staged(deployment.rollout(), seen));
    if (now == null) {
      return before;
    }
    return before.counting(now).toBuilder()
        .running(Math.max(now.running(), before.running()))
        .progressAt(now.running() > before.running() ? seen.now() : before.progressAt())
        .build();
  }

  /** Likewise of a rollback that ECS or CodeDeploy does itself: whatever it is that comes up. */
  static Rollout watched(Deployment rollback, ServiceView service, Situation seen) {
    // What the failed deployment waits for is no reason to wait with going back from it.
    boolean goesBack = seen.serviceDeployment().map(ServiceDeployment::goesBack).orElse(false);
    Rollout before = goesBack ? staged(rollback.rollout(), seen) : rollback.rollout();
    EcsDeployment primary = service.primary().orElse(null);
    if (primary == null || primary.running() <= before.running()) {
      return before;
    }
    return before.toBuilder()
        .counts(primary)
        .progressAt(seen.now())
        .bakeUntil(null)
        .tasksSeen(true)
        .build();
  }

  /** With the stage and the traffic that ECS tells of now. */
  private static Rollout staged(Rollout before, Situation seen) {
    return seen.serviceDeployment()
        .map(now -> before.shift().seen(now, whole(before, seen), seen.now()))
        .map(shift -> before.toBuilder().stage(shift.stage()).shift(shift).build())
        .orElse(before);
  }

  private static boolean whole(Rollout rollout, Situation seen) {
    return seen.service()
        .flatMap(service -> service.deployment(rollout.ecsDeploymentId()))
        .map(own -> own.running() >= own.desired())
        .orElse(true);
  }

  /** With the stage that CodeDeploy has come to. */
  private static Rollout staged(Rollout before, String stage, Situation seen) {
    return before.toBuilder()
        .stage(stage)
        .shift(before.shift().seenInCodeDeploy(stage, CodeDeployed.waits(stage), seen.now()))
        .build();
  }
}
