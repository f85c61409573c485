package dev.slipway.deploy;

import dev.slipway.aws.AwsException;
import dev.slipway.aws.Ecs.ServiceRevision;
import dev.slipway.deploy.Controller.GoingBack;
import dev.slipway.deploy.Controller.Started;
import dev.slipway.deploy.Controller.Way;
import dev.slipway.deploy.PlaceToGoBackTo.Search;
import dev.slipway.deploy.PlaceToGoBackTo.Target;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.image.ImageSet;
import dev.slipway.verdict.CodeDeployed;
import java.util.Optional;
import java.util.stream.Stream;

/** Goes back: AWS does so in place, or what is known to be good is rolled out again. */
final class WayBack extends Act {

  private final Blame blame;
  private final EndOfWayBack end;
  private final PlaceToGoBackTo place;

  WayBack(Tools tools, Observed seen) {
    super(tools, seen);
    this.blame = new Blame(tools, seen);
    this.end = new EndOfWayBack(tools, seen);
    this.place = new PlaceToGoBackTo(tools, head, seen.service());
  }

  Done goBack() {
    Deployment back = inFlight();
    Deployment failing = ledger.deployment(head.service(), back.rollbackOf()).orElseThrow();
    try {
      Optional<GoingBack> byItself =
          controllers.of(failing).goBackInPlace(failing, back, seen.service());
      if (byItself.isPresent()) {
        return watch(back, failing, byItself.get());
      }
    } catch (NotDeployableException e) {
      return end.callForPerson(e.getMessage());
    } catch (AwsException e) {
      return end.refused(e);
    }
    return rollBackTo(back, failing);
  }

  /** ECS went back to its last success. If that is not the last good one, it is put right. */
  Done returned(String serviceRevision) {
    Deployment back = inFlight();
    String runs =
        serviceRevision.isEmpty()
            ? seen.service().taskDefinition()
            : ecs.serviceRevision(serviceRevision)
                .map(ServiceRevision::taskDefinition)
                .orElse(seen.service().taskDefinition());
    if (head.lastGood().filter(LastGood::steady).isEmpty()) {
      // Nothing good was known: what ECS could bring back to a steady state is, from now on.
      return end.wentBack(
          back,
          runs,
          seen.service().steady()
              ? whatRuns.images(seen.service(), whatRuns.named(runs))
              : ImageSet.EMPTY);
    }
    if (runs.equals(back.revisions().own()) && !place.otherDigests(runs, back.to())) {
      return end.wentBack(back, runs, back.to());
    }
    log.warn(
        "ECS went back to something else than the last good revision: putting it right",
        "service",
        head.service().brief(),
        "revision",
        runs);
    return rollBackTo(back, ledger.deployment(head.service(), back.rollbackOf()).orElseThrow());
  }

  /** Nobody is asked whether the good revision may have its traffic back. */
  Done proceed() {
    try {
      controllers.of(inFlight()).proceed(inFlight(), seen.service());
    } catch (NotDeployableException e) {
      return end.callForPerson(e.getMessage());
    }
    write(head.due(now.plus(SOON)));
    return Done.REST;
  }

  private Done watch(Deployment back, Deployment failing, GoingBack going) {
    String arn = going.id();
    boolean asked = going.asked();
    Controller controller = controllers.of(failing);
    String who = controller.name();
    if (back.status() != Status.PREPARING && back.rollout().serviceDeploymentArn().equals(arn)) {
      // Asked again, because the first request had no effect: keep what is known of its progress.
      write(head.due(now.plus(SOON)));
      return Done.REST;
    }
    Rollout rollout =
        Rollout.begun("", now).toBuilder()
            .serviceDeploymentArn(arn)
            .stopRequested(asked)
            .stage(failing.rollout().stage())
            .shift(failing.rollout().shift().running(now))
            .build();
    Deployment watched =
        back.with(rollout)
            .backBy(asked ? RolledBackBy.SLIPWAY : controller.itself())
            .as(
                Status.ROLLING_OUT,
                Reason.IN_PROGRESS,
                who + (asked ? " goes back, as Slipway asked." : " goes back by itself."),
                now);
    Deployment explained = blame.explained(failing);
    write(head.inFlight(watched).due(now.plus(SOON)), watched, explained);
    return Done.AGAIN;
  }

  /**
   * A rollout of the last good revision, its images pinned; the next older success if it is gone.
   */
  private Done rollBackTo(Deployment back, Deployment failing) {
    try {
      Way way = controllers.of(seen.service()).way(seen.service());
      Search search = place.find(back, way);
      Optional<Target> found = search.found();
      Optional<Done> begun =
          found.isPresent() ? Optional.empty() : alreadyBegun(back, failing, way);
      if (begun.isPresent()) {
        return begun.get();
      }
      if (found.isEmpty()) {
        return nowhere(back, failing, search.passedOver());
      }
      Target target = found.get();
      Deployment aimed =
          back.to(back.from(), target.images())
              .with(back.revisions().withOwn(target.taskDefinition()))
              // An earlier look may have passed it over already.
              .instead(search.passedOver().isEmpty() ? back.instead() : search.passedOver());
      // An earlier look may have started it and died before it could write that down.
      Optional<Started> earlier = way.startedBefore(aimed, failing.createdAt());
      Optional<String> others =
          earlier.isPresent()
              ? Optional.empty()
              : controllers.of(failing).takenOver(failing, aimed);
      if (others.isPresent()) {
        return new Superseded(tools, seen).giveWay(others.get());
      }
      return switch (earlier.isPresent() ? earlier.get() : way.start(aimed)) {
        case Started.UnderWay(Rollout rollout) ->
            underWayBack(aimed, blame.explained(failing), rollout);
        case Started.Unnamed() -> Done.AGAIN;
        case Started.Busy(String words) -> postponed(aimed, blame.explained(failing), words);
        case Started.RunsAlready() -> runsAlready(aimed, blame.explained(failing));
        case Started.Overtaken(String taskDefinition) ->
            new Superseded(tools, seen).giveWay(taskDefinition);
      };
    } catch (NotDeployableException e) {
      return end.callForPerson(e.getMessage());
    } catch (AwsException e) {
      return end.refused(e);
    }
  }

  private Done nowhere(Deployment back, Deployment failing, String passedOver) {
    // Whatever it is, for there is nothing else to bring back.
    Optional<String> instead =
        controllers.of(failing).takenOver(failing, back.with(back.revisions().withOwn("")));
    return instead.isPresent()
        ? new Superseded(tools, seen).giveWay(instead.get())
        : end.callForPerson(
            passedOver
                + " No older success is there to go back to, either: their images are gone from"
                + " ECR, their task definitions deleted, or there is none.");
  }

  /**
   * A way back that an earlier look began and could not note is under way, even if its image was
   * deleted from ECR since: its tasks may have it, and what comes of it is not somebody else's.
   * What names a tag is: Slipway rolls out no revision that does not name the digests.
   */
  private Optional<Done> alreadyBegun(Deployment back, Deployment failing, Way way) {
    String family = Wording.family(seen.service().taskDefinition());
    return Stream.concat(
            revisions.registeredFor(back, family).stream(), Stream.of(back.revisions().own()))
        .filter(revision -> !revision.isEmpty())
        .map(revision -> back.with(back.revisions().withOwn(revision)))
        .flatMap(aimed ->
            way.startedBefore(aimed, failing.createdAt()).stream()
                .filter(Started.UnderWay.class::isInstance)
                .map(Started.UnderWay.class::cast)
                .filter(_ -> place.names(aimed.revisions().own(), back.to()))
                .map(started -> underWayBack(aimed, blame.explained(failing), started.rollout())))
        .findFirst();
  }

  private Done underWayBack(Deployment back, Deployment failing, Rollout started) {
    Rollout rollout = started.toBuilder().stopRequested(true).build();
    Deployment going =
        back.with(rollout)
            .backBy(RolledBackBy.SLIPWAY)
            .as(
                Status.ROLLING_OUT,
                Reason.IN_PROGRESS,
                "Slipway rolls out "
                    + Wording.revision(back.revisions().own())
                    + " again."
                    + (back.instead().isEmpty() ? "" : " " + back.instead()),
                now);
    write(head.inFlight(going).due(now.plus(SOON)), going, failing);
    return Done.REST;
  }

  /** Where CodeDeploy has not brought it back, nobody had to: Slipway has seen to it. */
  private Done runsAlready(Deployment back, Deployment failing) {
    boolean brought =
        seen.situation()
            .codeDeployed()
            .flatMap(CodeDeployed::rollback)
            .map(rollback -> rollback.status().equals("Succeeded"))
            .orElse(false);
    Deployment there =
        brought && back.rolledBackBy().byItself() ? back : back.backBy(RolledBackBy.SLIPWAY);
    Head written = write(head.inFlight(there).due(now.plus(SOON)), there, failing);
    return new EndOfWayBack(tools, seen.after(written))
        .wentBack(there, there.revisions().own(), there.to());
  }

  /** It cannot begin yet; somebody looks again, and decides anew. */
  private Done postponed(Deployment back, Deployment failing, String words) {
    Deployment waits = back.with(Rollout.NONE).as(Status.PREPARING, Reason.IN_PROGRESS, words, now);
    if (words.equals(inFlight().detail())) {
      write(head.due(now.plus(SOON)));
    } else {
      write(head.inFlight(waits).due(now.plus(SOON)), waits, failing);
    }
    return Done.REST;
  }
}
