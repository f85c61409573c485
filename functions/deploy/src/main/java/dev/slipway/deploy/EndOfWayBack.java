package dev.slipway.deploy;

import dev.slipway.aws.AwsException;
import dev.slipway.aws.ServiceDeployment;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.NextStep;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.verdict.Hook;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How a way back ends: the service runs what is good again, or a person is needed. */
final class EndOfWayBack extends Act {

  /** For EventBridge to bring the event of a hook that has failed. */
  private static final Duration HOOK_TOLD_WITHIN = Duration.ofMinutes(1);

  private final Blame blame;

  EndOfWayBack(Tools tools, Observed seen) {
    super(tools, seen);
    this.blame = new Blame(tools, seen);
  }

  /** The service runs what is good again. */
  Done wentBack(Deployment back, String taskDefinition, ImageSet images) {
    Deployment known = ledger.deployment(head.service(), back.rollbackOf()).orElseThrow();
    Optional<Instant> until = hookMayBeToldUntil(known, back);
    if (until.isPresent() && corrected(known, back).equals(known)) {
      write(head.due(until.get()));
      return Done.REST;
    }
    tellParameters(images);
    revisions.deregister(known, log);
    // At the very end: it may be told only now why ECS went back.
    Deployment failed = corrected(known, back);
    RolledBackBy who =
        failed.reason().byPerson()
            ? RolledBackBy.PERSON
            : back.rolledBackBy() == RolledBackBy.NOBODY
                ? controllers.of(failed).itself()
                : back.rolledBackBy();
    Deployment rolledBack =
        failed
            .backBy(who)
            .as(
                Status.ROLLED_BACK,
                failed.reason(),
                blame.because(failed.reason(), failed, byItself(back))
                    + (blame.waitsAgain(failed) ? Blame.NEVER_RAN : "")
                    + " The service runs "
                    + (images.isEmpty()
                        ? Wording.revision(taskDefinition)
                        : images.briefBeside(failed.to()))
                    + " again."
                    + withoutHooks(),
                now);
    Deployment done =
        back.with(back.revisions().withOwn(taskDefinition))
            .backBy(who)
            .as(Status.SUCCEEDED, Reason.COMPLETED, "", now);
    boolean knownGood = !images.isEmpty();
    // Without it, somebody looks whether it becomes steady.
    Head after = head.idle().running(images).due(knownGood ? next() : now.plus(SOON));
    if (knownGood) {
      long sequence =
          head.lastGood()
              .filter(good ->
                  good.steady()
                      ? good.images().sameDigests(images)
                      : good.taskDefinition().equals(taskDefinition))
              .map(LastGood::sequence)
              .orElse(back.sequence());
      after =
          after.lastGood(
              new LastGood(
                  taskDefinition,
                  images,
                  sequence,
                  goodSince(back.rollout().ecsDeploymentId()),
                  true));
    }
    List<Quarantine> quarantine =
        head.quarantine().stream()
            .filter(entry -> entry.sequence() == failed.sequence())
            .filter(entry -> entry.reason() != failed.reason())
            .map(entry ->
                new Quarantine(
                    entry.digest(), entry.image(), entry.sequence(), failed.reason(), entry.at()))
            .toList();
    write(new Change(head, after, List.of(rolledBack, done), quarantine, List.of()));
    return ended();
  }

  /** What a person has to know of the way back; empty if it went as it should. */
  private String withoutHooks() {
    return seen.situation()
        .codeDeployed()
        .filter(told -> CodeDeployNames.leftOut(told.deployment().description()))
        .map(_ ->
            " It went back without the hooks of its AppSpec, which could not be had. Put the"
                + " AppSpec into the parameter "
                + AppSpecs.parameter(head.service())
                + " before you push again.")
        .orElse("");
  }

  private static boolean byItself(Deployment back) {
    return back.rolledBackBy().byItself() && back.rollout().ecsDeploymentId().isEmpty();
  }

  /**
   * A hook's event may come after the rollback that it explains: what was taken for a person's stop
   * because nothing else was known is put right when the hook is.
   */
  private Deployment corrected(Deployment failed, Deployment back) {
    if (failed.reason() != Reason.STOPPED_BY_PERSON || !byItself(back)) {
      return failed;
    }
    Rollout rollout =
        NextStep.progress(
            back,
            seen.service(),
            seen.situation()
                .withServiceDeployment(
                    controllers.of(failed).look(back, seen.service()).serviceDeployment()));
    Optional<Hook> hook =
        rollout.shift().hook().filter(Hook::failed).filter(each -> !each.declinedByPerson());
    if (hook.isEmpty()) {
      return failed;
    }
    Rollout known = failed.rollout().toBuilder().shift(rollout.shift()).build();
    return blame.explained(
        failed.with(known).as(failed.status(), Reason.HOOK_FAILED, failed.detail(), now));
  }

  /**
   * A way back may be over within seconds, before the event of the hook that it comes from: while
   * nothing else explains it, that is waited for.
   */
  private Optional<Instant> hookMayBeToldUntil(Deployment failed, Deployment back) {
    if (failed.reason() != Reason.STOPPED_BY_PERSON || !byItself(back)) {
      return Optional.empty();
    }
    return seen.situation()
        .serviceDeployment()
        .filter(judged -> !judged.staging().settings().isEmpty())
        .filter(_ -> failed.rollout().shift().hook().filter(Hook::declinedByPerson).isEmpty())
        .map(ServiceDeployment::rollbackStartedAt)
        .map(started -> started.plus(HOOK_TOLD_WITHIN))
        .filter(now::isBefore);
  }

  /** What was to come back did not become good. */
  Done fail(String detail) {
    return callForPerson(blame.explainedWayBack(inFlight()), detail);
  }

  /** AWS does not let the service go back. */
  Done refused(AwsException e) {
    if (e.passing()) {
      throw e;
    }
    return callForPerson(
        Wording.stopped(e.getMessage())
            + (e.accessDenied()
                ? " Slipway may roll out only where the service's tag 'slipway' is 'on'."
                : ""));
  }

  /** There is no way back that could begin. */
  Done callForPerson(String detail) {
    return callForPerson(inFlight(), detail);
  }

  private Done callForPerson(Deployment back, String detail) {
    Deployment failed = ledger.deployment(head.service(), back.rollbackOf()).orElseThrow();
    String words =
        Wording.failure(failed.reason(), failed.alarms())
            + " The rollback failed as well, to "
            + (back.to().isEmpty() ? "what ran before" : back.to().briefBeside(failed.to()))
            + ": "
            + detail
            + " A person is needed: see the service's events, then push a newer image or deploy a"
            + " revision by hand.";
    log.warn("rollback failed", "service", head.service().brief(), "detail", detail);
    write(
        head.idle().due(next()),
        back.as(Status.FAILED, Reason.ROLLBACK_FAILED, detail, now),
        blame.explained(failed).as(Status.FAILED, Reason.ROLLBACK_FAILED, words, now));
    return Done.AGAIN;
  }
}
