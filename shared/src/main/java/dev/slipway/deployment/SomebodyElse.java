package dev.slipway.deployment;

import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.verdict.Shift;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What somebody else has deployed on a service, or is deploying. */
final class SomebodyElse {

  private SomebodyElse() {}

  /**
   * What somebody else has deployed since this deployment was begun, while its own rollout has not
   * been: the copy that it would roll out is made of what ran before, and would undo theirs. Also
   * shortly before it, for ECS may have described the service as it had been.
   *
   * @param deployment with its own revision, as far as one is registered
   */
  static Optional<String> deployedSince(Head head, Deployment deployment, ServiceView service) {
    Set<String> known = new TreeSet<>();
    known.add(deployment.revisions().previous());
    known.add(deployment.revisions().base());
    known.add(deployment.revisions().own());
    head.lastGood().map(Head.LastGood::taskDefinition).ifPresent(known::add);
    return begunSince(deployment.createdAt().minus(InFlight.LISTED_WITHIN), service)
        .filter(runs -> !known.contains(runs));
  }

  /**
   * Likewise where it is a revision that was there before, deployed anew: it may bring other images
   * than before, if its tags were moved, and it comes first.
   */
  static Optional<String> deployedAgainSince(Deployment deployment, ServiceView service) {
    return begunSince(deployment.createdAt(), service)
        .filter(runs -> !runs.equals(deployment.revisions().own()));
  }

  /** Also in the same moment: this was not begun while somebody else's had just been. */
  private static Optional<String> begunSince(Instant since, ServiceView service) {
    return service
        .primary()
        .filter(primary -> !primary.createdAt().isBefore(since))
        .map(EcsDeployment::taskDefinition);
  }

  /**
   * Whether somebody has deployed since this was found good: another revision, or the same one
   * again, for then ECS has resolved its tags again.
   */
  static boolean deployedElsewhere(Head.LastGood good, ServiceView service) {
    return !good.taskDefinition().equals(service.taskDefinition())
        || service
            .primary()
            .map(EcsDeployment::createdAt)
            .map(created -> created.isAfter(good.at()))
            .orElse(false);
  }

  /**
   * Until when ECS is left to somebody else's deployment. It is given until the deadline before a
   * push goes over it, and longer while ECS bakes or waits for a person or a function. What Slipway
   * itself left behind (a failed deployment with nothing to go back to, or from which it could not
   * go back) is nobody else's.
   */
  static Optional<Instant> busyUntil(ServiceView service, Situation seen) {
    return service
        .primary()
        .filter(primary -> primary.rolloutState().equals("IN_PROGRESS"))
        .filter(
            primary -> !seen.last().map(last -> startedBy(last, primary, service)).orElse(false))
        .map(primary ->
            Instants.later(primary.createdAt(), standsUntil(primary, seen)).plus(seen.deadline()))
        .filter(until -> until.isAfter(seen.now()));
  }

  /**
   * Whether what is in progress comes from the last deployment here. Somebody may have deployed its
   * revision again, as a person who is called does: that is theirs, as long as there is something
   * left that it replaces. A service whose one and only deployment does not come up (its first
   * image is still to be pushed) has nothing to wait for.
   */
  private static boolean startedBy(Deployment last, EcsDeployment primary, ServiceView service) {
    Deployment.Revisions revisions = last.revisions();
    String runs = primary.taskDefinition();
    boolean couldNotGoBack = last.isRollback() && last.status() == Status.FAILED;
    boolean same =
        revisions.own().equals(runs) || (couldNotGoBack && revisions.previous().equals(runs));
    return same
        && ((last.status() == Status.FAILED && !primary.createdAt().isAfter(last.finishedAt()))
            || primary.id().equals(last.rollout().ecsDeploymentId())
            || service.deployments().size() == 1);
  }

  /**
   * Once traffic goes to it, its tasks have proven healthy, and ECS alone decides how long it
   * takes: between two of its bakes and pauses, where nothing stands, it is not late either. One
   * that has lost tasks goes no further, and only a hook is still waited for.
   */
  private static Instant standsUntil(EcsDeployment primary, Situation seen) {
    boolean whole = primary.running() >= primary.desired();
    return seen.serviceDeployment()
        .filter(deployment -> deployment.status().equals("IN_PROGRESS"))
        .map(deployment -> Shift.NONE.seen(deployment, whole, seen.now()))
        .filter(shift -> whole || shift.awaited().isPresent())
        .map(shift ->
            shift.production().orElse(0) > 0 && !shift.stands(seen.now())
                ? seen.now()
                : shift.standsUntil())
        .orElse(Instant.MIN);
  }
}
