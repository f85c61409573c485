package dev.slipway.deploy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.Ecs.ServiceRevision;
import dev.slipway.aws.Ecs.TaskDefinitionDocument;
import dev.slipway.aws.ServiceDeployment;
import dev.slipway.deploy.Controller.GoingBack;
import dev.slipway.deploy.Controller.Started;
import dev.slipway.deploy.Controller.Way;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.NextStep;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Stage;
import dev.slipway.deployment.Status;
import dev.slipway.deployment.Step;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.follow.Settings;
import dev.slipway.image.Image;
import dev.slipway.image.ImageReference;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.taskdef.TaskDefinitionCopy;
import dev.slipway.verdict.CodeDeployed;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.StoppedTask;
import dev.slipway.verdict.Verdict.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** From a failure, or a person's wish, back to what is known to be good. */
final class WayBack extends Act {

  private static final int OLDER_SUCCESSES = 25;

  /**
   * How often an image is tried again that CodeDeploy stopped for an alarm before it ran: where
   * CloudWatch says that the alarm is over, and CodeDeploy stops it all the same, this has an end.
   */
  private static final int BLAMELESS_TRIES = 5;

  /** ECR's image statuses in which an image is kept, but cannot be pulled. */
  private static final Set<String> NOT_PULLED = Set.of("ARCHIVED", "ACTIVATING");

  WayBack(Tools tools, Observed seen) {
    super(tools, seen);
  }

  // -- going back

  Done fail(Step.Fail fail) {
    Failure why = fail.why();
    boolean ecsGoesBack = fail.ecsGoesBack();
    // As it stands now: what made ECS go back is part of it.
    Deployment seenNow =
        inFlight().with(NextStep.progress(inFlight(), seen.service(), seen.situation()));
    Reason reason = NextStep.reason(why);
    Deployment deployment =
        why == Failure.ALARM ? seenNow.with(NextStep.failedBy(seenNow, seen.situation())) : seenNow;
    Optional<LastGood> good = head.lastGood().filter(LastGood::steady);
    boolean again = fail.blameless() && !triedTooOften(deployment);
    List<Quarantine> quarantine = again ? List.of() : quarantine(deployment, reason);
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
            because(reason, deployment, ecsGoesBack)
                + (again ? NEVER_RAN : "")
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
            .with(diagnose(deployment, reason))
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
            because(reason, deployment, false) + NEVER_RAN + " The service has not changed.",
            now));
    revisions.deregister(deployment, log);
    return Done.AGAIN;
  }

  private static final String NEVER_RAN =
      " CodeDeploy stopped it before any of its tasks ran, so that nothing speaks against the"
          + " image: it is deployed again once no alarm of the deployment group is in ALARM.";

  /** Whether the same was stopped before it ran as often as it may be, one time after the other. */
  private boolean triedTooOften(Deployment deployment) {
    return ledger.deployments(head.service(), OLDER_SUCCESSES).stream()
            .filter(past -> past.sequence() < deployment.sequence() && !past.isRollback())
            .takeWhile(past -> stoppedBeforeItRan(past) && past.to().covers(deployment.to()))
            .count()
        >= BLAMELESS_TRIES - 1;
  }

  /** As {@link CodeDeployed#blameless} was when it failed: no task set of it was ever seen. */
  private static boolean stoppedBeforeItRan(Deployment past) {
    return past.reason() == Reason.ALARM
        && past.rollout().codeDeployId().isPresent()
        && past.rollout().codeDeployId().get().equals(past.rollout().ecsDeploymentId());
  }

  /** Whether it was given back to what waits when it failed, and still does. */
  private boolean waitsAgain(Deployment failed) {
    return stoppedBeforeItRan(failed)
        && head.waiting().byRepository().values().stream()
            .anyMatch(wish ->
                failed.to().byContainer().values().stream()
                    .anyMatch(image -> image.digest().equals(wish.image().digest())));
  }

  /** The person, if one asked for it here; ECS does not say who stopped a deployment there. */
  private Trigger cause(Deployment deployment, Reason reason) {
    return head.request()
        .filter(_ -> reason.byPerson() && NextStep.asksFor(head, deployment))
        .map(request -> new Trigger(Trigger.Kind.PERSON, request.by(), "", request.at()))
        .orElseGet(() -> new Trigger(Trigger.Kind.ROLLBACK, "", "", now));
  }

  /** Why, and what is known beside it: which hook, or ECS's own words where nothing else is. */
  private String because(Reason reason, Deployment failed, boolean byEcs) {
    Optional<Hook> hook = failed.rollout().shift().hook().filter(Hook::failed);
    String known =
        switch (reason) {
          case HOOK_FAILED -> hook.map(Stage::says).map(Wording::sentence).orElse("");
          case STOPPED_BY_PERSON ->
              hook.filter(Hook::declinedByPerson)
                  .map(Stage::says)
                  .map(Wording::sentence)
                  .orElseGet(() -> byEcs ? ecsWords() : "");
          default -> "";
        };
    // Of an alarm CodeDeploy says no more than that there was one, and a diagnosis has its words.
    boolean named =
        failed.diagnosis().isPresent()
            || (reason == Reason.ALARM && !failed.alarms().wentOff().isEmpty());
    String words = known.isEmpty() && !named ? codeDeployWords() : known;
    return Wording.failure(reason, failed.alarms()) + (words.isEmpty() ? "" : " " + words);
  }

  /** Likewise; empty where CodeDeploy has nothing to say, or does not deploy. */
  private String codeDeployWords() {
    String words = seen.situation().codeDeployed().map(told -> told.deployment().says()).orElse("");
    return words.isEmpty() ? "" : "CodeDeploy says: " + words;
  }

  /** For people to read: nothing is decided by them. */
  private String ecsWords() {
    String words =
        seen.situation().serviceDeployment().map(ServiceDeployment::statusReason).orElse("");
    return words.isEmpty() ? "" : "ECS says: " + words;
  }

  /** With a hold, where {@code slipway.hold} asks for one after a rollback. */
  private Head holding(Head after, Deployment failing) {
    boolean asked = seen.situation().settings().map(Settings::holdAfterRollback).orElse(false);
    return asked
        ? after.hold(new Hold("slipway.hold", "after-rollback of #" + failing.sequence(), now))
        : after;
  }

  /** The digests that are new in a failed deployment. What ran before stays trusted. */
  private List<Quarantine> quarantine(Deployment deployment, Reason reason) {
    List<Quarantine> entries = new ArrayList<>();
    deployment
        .to()
        .byContainer()
        .forEach((container, image) -> {
          boolean ranBefore =
              deployment.from().byContainer().values().stream()
                  .anyMatch(before -> before.digest().equals(image.digest()));
          boolean there = entries.stream().anyMatch(entry -> entry.digest().equals(image.digest()));
          if (!ranBefore && !there) {
            entries.add(
                new Quarantine(image.digest(), image.brief(), deployment.sequence(), reason, now));
          }
        });
    return entries;
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
      return callForPerson(e.getMessage());
    } catch (AwsException e) {
      return refused(e);
    }
    return rollBackTo(back, failing);
  }

  /** Nobody is asked whether the good revision may have its traffic back. */
  Done proceed() {
    try {
      controllers.of(inFlight()).proceed(inFlight(), seen.service());
    } catch (NotDeployableException e) {
      return callForPerson(e.getMessage());
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
    Deployment explained = explained(failing);
    write(head.inFlight(watched).due(now.plus(SOON)), watched, explained);
    return Done.AGAIN;
  }

  /** The way back starts first; what went wrong is found out while it is under way. */
  private Deployment explained(Deployment failing) {
    if (failing.diagnosis().isPresent() || failing.reason().byPerson()) {
      return failing;
    }
    return failing
        .with(diagnose(failing, failing.reason()))
        .as(failing.status(), failing.reason(), failing.detail(), now);
  }

  private Diagnosis diagnose(Deployment deployment, Reason reason) {
    List<StoppedTask> stopped = ledger.evidence(head.service(), deployment.sequence());
    return tools.diagnostics().of(deployment, reason, seen.service(), stopped);
  }

  /**
   * A rollout of the last good revision, its images pinned; the next older success if it is gone.
   */
  private Done rollBackTo(Deployment back, Deployment failing) {
    try {
      Way way = controllers.of(seen.service()).way(seen.service());
      Search search = target(back, way);
      Optional<Target> found = search.found();
      Optional<Done> begun =
          found.isPresent() ? Optional.empty() : alreadyBegun(back, failing, way);
      if (begun.isPresent()) {
        return begun.get();
      }
      if (found.isEmpty()) {
        // Whatever it is, for there is nothing else to bring back.
        Optional<String> instead =
            controllers.of(failing).takenOver(failing, back.with(back.revisions().withOwn("")));
        if (instead.isPresent()) {
          return new Upkeep(tools, seen).giveWay(instead.get());
        }
        return callForPerson(
            search.passedOver()
                + " No older success is there to go back to, either: their images are gone from"
                + " ECR, their task definitions deleted, or there is none.");
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
        return new Upkeep(tools, seen).giveWay(others.get());
      }
      return switch (earlier.isPresent() ? earlier.get() : way.start(aimed)) {
        case Started.UnderWay(Rollout rollout) -> underWayBack(aimed, explained(failing), rollout);
        case Started.Unnamed() -> Done.AGAIN;
        case Started.Busy(String words) -> postponed(aimed, explained(failing), words);
        case Started.RunsAlready() -> {
          // Where CodeDeploy has not brought it back, nobody had to: Slipway has seen to it.
          boolean brought =
              seen.situation()
                  .codeDeployed()
                  .flatMap(CodeDeployed::rollback)
                  .map(rollback -> rollback.status().equals("Succeeded"))
                  .orElse(false);
          Deployment there =
              brought && aimed.rolledBackBy().byItself()
                  ? aimed
                  : aimed.backBy(RolledBackBy.SLIPWAY);
          Deployment explained = explained(failing);
          Head written = write(head.inFlight(there).due(now.plus(SOON)), there, explained);
          yield new WayBack(tools, seen.after(written))
              .wentBack(there, there.revisions().own(), there.to());
        }
        case Started.Overtaken(String taskDefinition) ->
            new Upkeep(tools, seen).giveWay(taskDefinition);
      };
    } catch (NotDeployableException e) {
      return callForPerson(e.getMessage());
    } catch (AwsException e) {
      return refused(e);
    }
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
                .filter(_ -> names(containers(aimed.revisions().own()), back.to()))
                .map(started -> underWayBack(aimed, explained(failing), started.rollout())))
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

  private record Target(String taskDefinition, ImageSet images) {}

  /**
   * Where to go back to.
   *
   * @param passedOver why not to what comes first, in a sentence; empty if to that
   */
  private record Search(Optional<Target> found, String passedOver) {}

  /** The place to go back to, or the next older success whose images are still there. */
  private Search target(Deployment back, Way way) {
    List<Target> candidates = new ArrayList<>();
    candidates.add(new Target(back.revisions().own(), back.to()));
    ledger.deployments(head.service(), OLDER_SUCCESSES).stream()
        .filter(past -> past.sequence() < back.rollbackOf())
        .filter(past -> past.status() == Status.SUCCEEDED && !past.isRollback())
        .filter(past -> past.reason() != Reason.COMPLETED_WITHOUT_TASKS)
        .filter(past -> !past.to().isEmpty())
        .filter(past ->
            past.to().byContainer().values().stream()
                .noneMatch(image -> head.quarantined(image.digest())))
        .map(past -> new Target(past.revisions().own(), past.to()))
        .forEach(candidates::add);
    String passedOver = "";
    for (Target candidate : candidates) {
      if (candidate.taskDefinition().isEmpty()) {
        continue;
      }
      Optional<String> missing = missing(candidate.images());
      // What runs untouched is not rolled out again, so that a tag in it is not resolved again.
      // That it runs does not say with which images: somebody may have deployed it again since its
      // tag was moved, and that is what CodeDeploy brings back.
      boolean untouched =
          missing.isEmpty()
              && way.runsOnly(candidate.taskDefinition())
              && !otherDigests(candidate.taskDefinition(), candidate.images());
      Optional<Target> usable =
          untouched
              ? Optional.of(candidate)
              : missing.isPresent() || candidate.images().isEmpty()
                  ? Optional.empty()
                  : usable(back, candidate);
      if (usable.isPresent()) {
        return new Search(usable, passedOver);
      }
      if (passedOver.isEmpty()) {
        passedOver = missing.orElseGet(() -> unusable(candidate));
      }
    }
    return new Search(Optional.empty(), passedOver);
  }

  private static String unusable(Target candidate) {
    return "The task definition "
        + Wording.revision(candidate.taskDefinition())
        + (candidate.images().isEmpty()
            ? " would have come first, but nobody knows which images its tasks ran, and what its"
                + " tags name by now may be something else."
            : " (" + candidate.images().brief() + ") would have come first, but it was deleted.");
  }

  /** The first image that cannot be pulled any more, in a sentence. */
  private Optional<String> missing(ImageSet images) {
    String registry = Image.registryOf(head.service().account(), head.service().region());
    return images.byContainer().values().stream()
        .filter(image -> image.registry().equals(registry))
        .flatMap(image ->
            missing(image).stream()
                .map(why ->
                    image.brief()
                        + " ("
                        + image.digest().brief()
                        + ") would have come first, but it is "
                        + why
                        + "."))
        .findFirst();
  }

  /** An archived image, and one that is being restored, cannot be pulled. */
  private Optional<String> missing(Image image) {
    try {
      return tools
          .ecr()
          .image(image.repository(), image.digest())
          .map(found ->
              NOT_PULLED.contains(found.status())
                  ? Optional.of("archived in ECR")
                  : Optional.<String>empty())
          .orElseGet(() -> Optional.of("no longer in ECR"));
    } catch (AwsException e) {
      if (e.passing()) {
        throw e;
      }
      // That Slipway may not look is no reason not to go back: ECS's own role pulls the image.
      log.error("ECR does not say whether " + image.brief() + " is there: going back to it", e);
      return Optional.empty();
    }
  }

  /**
   * A revision that is deregistered, or that names an image by tag only (it was there before
   * Slipway came), is registered anew with the digests that its tasks ran: a rollout resolves a tag
   * again, and would bring back whatever it names now.
   *
   * @return empty if nothing is left of the revision
   */
  private Optional<Target> usable(Deployment back, Target target) {
    TaskDefinitionDocument revision;
    try {
      revision = ecs.taskDefinition(target.taskDefinition());
    } catch (AwsException e) {
      if (!e.is("ClientException", "InvalidParameterException")) {
        throw e;
      }
      log.error("ECS does not know " + target.taskDefinition() + " any more", e);
      return Optional.empty();
    }
    Map<String, String> texts = TaskDefinitionCopy.containers(revision.document());
    boolean active = revision.document().path("status").asText("ACTIVE").equals("ACTIVE");
    if (active && names(texts, target.images())) {
      return Optional.of(target);
    }
    ObjectNode document = revision.document();
    String own =
        revisions
            .registeredFor(back, document.path("family").asText())
            .orElseGet(() -> revisions.register(back, revision, inDocument(target, texts)));
    return Optional.of(new Target(own, target.images()));
  }

  /** Whether a revision names these images by their digests. */
  private static boolean names(Map<String, String> texts, ImageSet images) {
    return images.byContainer().entrySet().stream()
        .allMatch(entry ->
            Containers.read(texts.getOrDefault(entry.getKey(), ""))
                .flatMap(ImageReference::digest)
                .map(digest -> digest.equals(entry.getValue().digest()))
                .orElse(false));
  }

  private static ImageSet inDocument(Target target, Map<String, String> texts) {
    Map<String, Image> images = new TreeMap<>(target.images().byContainer());
    images.keySet().retainAll(texts.keySet());
    return new ImageSet(images);
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
      return wentBack(
          back,
          runs,
          seen.service().steady() ? running(seen.service(), containers(runs)) : ImageSet.EMPTY);
    }
    if (runs.equals(back.revisions().own()) && !otherDigests(runs, back.to())) {
      return wentBack(back, runs, back.to());
    }
    log.warn(
        "ECS went back to something else than the last good revision: putting it right",
        "service",
        head.service().brief(),
        "revision",
        runs);
    return rollBackTo(back, ledger.deployment(head.service(), back.rollbackOf()).orElseThrow());
  }

  /**
   * Whether tasks of a revision run other digests than those known to be good, in containers whose
   * image it names by tag only: ECS resolves the tag anew with each deployment of a revision, and
   * goes back to what it found for the last of them that succeeded. Both sides are digests that
   * ECS's tasks pulled, so that an index is never compared with one of its platforms.
   */
  private boolean otherDigests(String taskDefinition, ImageSet good) {
    Map<String, String> texts = containers(taskDefinition);
    Map<String, String> byTag = new TreeMap<>();
    good.byContainer()
        .forEach((container, image) -> {
          boolean named =
              Containers.read(texts.getOrDefault(container, ""))
                  .map(reference -> reference.digest().isEmpty())
                  .orElse(false);
          if (named) {
            byTag.put(container, image.digest().value());
          }
        });
    if (byTag.isEmpty()) {
      return false;
    }
    List<Map.Entry<String, String>> pulled =
        ecs.runningTasks(head.service()).stream()
            .filter(task -> task.taskDefinition().equals(taskDefinition))
            .flatMap(task -> task.digests().entrySet().stream())
            .filter(each -> byTag.containsKey(each.getKey()) && !each.getValue().isEmpty())
            .toList();
    return pulled.isEmpty()
        ? deployedAgain()
        : pulled.stream().anyMatch(each -> !each.getValue().equals(byTag.get(each.getKey())));
  }

  /**
   * Whether the service is set to what somebody has deployed again since it was found good, so that
   * only its tasks could tell what they run: between two crashes there are none.
   */
  private boolean deployedAgain() {
    return seen.service().desired() > 0
        && head.lastGood()
            .map(good -> NextStep.deployedElsewhere(good, seen.service()))
            .orElse(false);
  }

  Done wentBack(Deployment back, String taskDefinition, ImageSet images) {
    Deployment known = ledger.deployment(head.service(), back.rollbackOf()).orElseThrow();
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
                because(failed.reason(), failed, byItself(back))
                    + (waitsAgain(failed) ? NEVER_RAN : "")
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
                      ? good.images().covers(images) && images.covers(good.images())
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
    return explained(
        failed.with(known).as(failed.status(), Reason.HOOK_FAILED, failed.detail(), now));
  }

  /** AWS does not let the service go back. */
  private Done refused(AwsException e) {
    if (e.passing()) {
      throw e;
    }
    return callForPerson(
        Wording.stopped(e.getMessage())
            + (e.accessDenied()
                ? " Slipway may roll out only where the service's tag 'slipway' is 'on'."
                : ""));
  }

  Done callForPerson(String detail) {
    Deployment back = inFlight();
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
        explained(failed).as(Status.FAILED, Reason.ROLLBACK_FAILED, words, now));
    return Done.AGAIN;
  }

  Done undo(Head.Request.RollBack request) {
    Optional<Deployment> undone = ledger.deployment(head.service(), request.sequence());
    Optional<Deployment> before =
        ledger.deployments(head.service(), OLDER_SUCCESSES).stream()
            .filter(past -> past.sequence() < request.sequence())
            .filter(past -> past.status() == Status.SUCCEEDED && !past.isRollback())
            .filter(past -> past.reason() != Reason.COMPLETED_WITHOUT_TASKS)
            .filter(past -> !past.to().isEmpty())
            .findFirst();
    if (undone.isEmpty() || before.isEmpty()) {
      return dropRequest(Reason.NOTHING_TO_GO_BACK_TO, "no older success is known");
    }
    if (undone.get().isRollback()) {
      return dropRequest(
          Reason.NOTHING_TO_GO_BACK_TO, "it went back itself, and a rollback is not rolled back");
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
            quarantine(undone.get(), Reason.UNDONE_BY_PERSON),
            List.of()));
    return Done.AGAIN;
  }
}
