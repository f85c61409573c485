package dev.slipway.deploy;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.NextStep;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.deployment.Step;
import dev.slipway.follow.Settings;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.verdict.Verdict.Failure;
import java.util.List;
import java.util.Optional;

/**
 * From a failure, or a person's wish, to a way back that the ledger knows; or to an end, where
 * there is none.
 */
final class StartOfWayBack extends Act {

  private final Blame blame;

  StartOfWayBack(Tools tools, Observed seen) {
    super(tools, seen);
    this.blame = new Blame(tools, seen);
  }

  Done fail(Step.Fail fail) {
    Failure why = fail.why();
    boolean ecsGoesBack = fail.ecsGoesBack();
    // As it stands now: what made ECS go back is part of it.
    Deployment seenNow =
        inFlight().with(NextStep.progress(inFlight(), seen.service(), seen.situation()));
    Reason reason = Reason.of(why);
    Deployment deployment =
        why == Failure.ALARM ? seenNow.with(NextStep.failedBy(seenNow, seen.situation())) : seenNow;
    Optional<LastGood> good = head.lastGood().filter(LastGood::steady);
    boolean again = fail.blameless() && !blame.triedTooOften(deployment);
    List<Quarantine> quarantine = again ? List.of() : blame.quarantine(deployment, reason);
    if (good.isEmpty() && !ecsGoesBack) {
      return again
          ? nothingToGoBackFrom(deployment, reason)
          : nothingToGoBackTo(deployment, reason, quarantine);
    }
    String target = good.map(LastGood::taskDefinition).orElse(deployment.revisions().previous());
    ImageSet images = good.map(LastGood::images).orElse(deployment.from());
    Deployment back =
        started(
            head.lastSequence() + 1,
            deployment.to(),
            images,
            cause(deployment, reason),
            new Deployment.Revisions(deployment.revisions().own(), "", target),
            deployment.sequence());
    Deployment failing =
        deployment.as(
            Status.ROLLING_BACK,
            reason,
            blame.because(reason, deployment, ecsGoesBack)
                + (again ? Blame.NEVER_RAN : "")
                + " Going back to "
                + (images.isEmpty()
                    ? Wording.revision(target)
                    : images.briefBeside(deployment.to()))
                + ".",
            now);
    Head going = head.inFlight(back).request(null).due(now.plus(SOON));
    Head after = again ? going.waiting(wantedAgain(deployment)) : holding(going, deployment);
    Head written = write(new Change(head, after, List.of(failing, back), quarantine, List.of()));
    return new WayBack(tools, seen.after(written)).goBack();
  }

  private Done nothingToGoBackTo(
      Deployment deployment, Reason reason, List<Quarantine> quarantine) {
    Deployment failed =
        deployment
            .with(blame.diagnose(deployment, reason))
            .as(
                Status.FAILED,
                Reason.NOTHING_TO_GO_BACK_TO,
                Wording.failure(reason, deployment.alarms())
                    + " The service was not steady when Slipway first saw it, so nothing good"
                    + " is known to go back to: a person is needed. Push a newer image, or"
                    + " deploy a revision by hand.",
                now);
    write(
        new Change(
            head, head.idle().request(null).due(next()), List.of(failed), quarantine, List.of()));
    return Done.AGAIN;
  }

  /** None of its tasks ran, and the service is as it was. */
  private Done nothingToGoBackFrom(Deployment deployment, Reason reason) {
    write(
        head.idle().request(null).waiting(wantedAgain(deployment)).due(now.plus(SOON)),
        deployment.as(
            Status.FAILED,
            reason,
            blame.because(reason, deployment, false)
                + Blame.NEVER_RAN
                + " The service has not changed.",
            now));
    revisions.deregister(deployment, log);
    return Done.AGAIN;
  }

  Done undo(Head.Request.RollBack request) {
    Optional<Deployment> undone = ledger.deployment(head.service(), request.sequence());
    Optional<Deployment> before =
        PlaceToGoBackTo.successesBefore(request.sequence(), head.service(), ledger).findFirst();
    if (undone.isEmpty() || before.isEmpty()) {
      return new DroppedRequest(tools, seen)
          .drop(
              Reason.NOTHING_TO_GO_BACK_TO,
              "no older success is known; deploy a revision by hand, or push another image");
    }
    if (undone.get().isRollback()) {
      return new DroppedRequest(tools, seen)
          .drop(
              Reason.NOTHING_TO_GO_BACK_TO,
              "it went back itself, and a rollback is not rolled back; push another image instead");
    }
    Deployment target = before.get();
    Deployment failing =
        undone
            .get()
            .as(
                Status.ROLLING_BACK,
                Reason.UNDONE_BY_PERSON,
                Wording.sentence(Reason.UNDONE_BY_PERSON.text())
                    + " Going back to "
                    + target.to().briefBeside(undone.get().to())
                    + ".",
                now);
    Deployment back =
        started(
            head.lastSequence() + 1,
            undone.get().to(),
            target.to(),
            new Trigger(Trigger.Kind.PERSON, request.by(), "", request.at()),
            new Deployment.Revisions(undone.get().revisions().own(), "", target.revisions().own()),
            request.sequence());
    write(
        new Change(
            head,
            holding(head.inFlight(back).request(null).due(now.plus(SOON)), undone.get()),
            List.of(failing, back),
            blame.quarantine(undone.get(), Reason.UNDONE_BY_PERSON),
            List.of()));
    return Done.AGAIN;
  }

  /** The person, if one asked for it here; ECS does not say who stopped a deployment there. */
  private Trigger cause(Deployment deployment, Reason reason) {
    return head.request()
        .filter(_ -> reason.byPerson() && NextStep.asksFor(head, deployment))
        .map(request -> new Trigger(Trigger.Kind.PERSON, request.by(), "", request.at()))
        .orElseGet(() -> new Trigger(Trigger.Kind.ROLLBACK, "", "", now));
  }

  /** With a hold, where {@code slipway.hold} asks for one after a rollback. */
  private Head holding(Head after, Deployment failing) {
    boolean asked = seen.situation().settings().map(Settings::holdAfterRollback).orElse(false);
    return asked
        ? after.hold(new Hold("slipway.hold", "after-rollback of #" + failing.sequence(), now))
        : after;
  }
}
