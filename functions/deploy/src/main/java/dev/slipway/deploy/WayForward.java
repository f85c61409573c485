package dev.slipway.deploy;

import dev.slipway.aws.AwsException;
import dev.slipway.aws.Ecr;
import dev.slipway.aws.Ecs.TaskDefinitionDocument;
import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.deploy.Controller.Started;
import dev.slipway.deploy.Controller.Way;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.NextStep;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.Policy;
import dev.slipway.follow.Settings;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageReference;
import dev.slipway.image.ImageSet;
import dev.slipway.policy.Decision;
import dev.slipway.policy.Policies;
import dev.slipway.policy.Release;
import dev.slipway.taskdef.TaskDefinitionCopy;
import dev.slipway.verdict.CodeDeployed;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** From what is wanted to a revision, and a rollout of it that has begun. */
final class WayForward extends Act {

  private static final int NEWEST_REVISIONS = 100;

  /** The calls that begin a rollout: what they refuse is not the task definition. */
  private static final Set<String> STARTING = Set.of("UpdateService", "CreateDeployment");

  private final boolean fresh;

  WayForward(Tools tools, Observed seen) {
    this(tools, seen, false);
  }

  /**
   * @param fresh whether the deployment in flight was begun within this very step: it cannot have
   *     been registered yet, while any other may have been
   */
  private WayForward(Tools tools, Observed seen, boolean fresh) {
    super(tools, seen);
    this.fresh = fresh;
  }

  Done decline(Reason reason, String detail) {
    head.waiting().byRepository().values().forEach(wanted -> refuse(wanted, reason, detail));
    write(head.waiting(Waiting.NOTHING).due(null));
    return Done.AGAIN;
  }

  Done begin(boolean replacing) {
    Settings settings = seen.situation().settings().orElseThrow();
    ServiceView service = seen.service();
    String baseArn = base(settings, service);
    TaskDefinitionDocument base = ecs.taskDefinition(baseArn);
    Map<String, String> containers = TaskDefinitionCopy.containers(base.document());
    Map<String, Image> wanted = new TreeMap<>();
    Trigger trigger = null;
    for (Wanted each : head.waiting().byRepository().values()) {
      Optional<Settings.Follow> follow = settings.follow(each.image().repository());
      if (follow.isEmpty()) {
        refuse(
            each,
            Reason.TAG_NOT_WANTED,
            "The service no longer has the tag 'slipway:" + each.image().repository() + "'.");
        continue;
      }
      if (recheck(follow.get().policy(), each)
          instanceof Decision.Refuse(Reason reason, String why)) {
        refuse(each, reason, why);
        continue;
      }
      List<String> following = Containers.following(follow.get(), each.image(), containers);
      if (following.isEmpty()) {
        refuse(
            each,
            Reason.CONTAINER_NOT_FOUND,
            Containers.nothingFollows(follow.get(), each.image(), containers));
        continue;
      }
      following.forEach(container -> wanted.put(container, each.image()));
      trigger =
          trigger == null || each.trigger().at().isAfter(trigger.at()) ? each.trigger() : trigger;
    }
    ImageSet wish = new ImageSet(wanted);
    if (trigger == null || unchanged(wish, containers, replacing)) {
      if (trigger != null) {
        head.waiting()
            .byRepository()
            .values()
            .forEach(each -> refuse(each, Reason.ALREADY_RUNNING, "The digest is the same."));
      }
      write(head.waiting(Waiting.NOTHING).due(replacing ? now.plus(SOON) : null));
      return Done.AGAIN;
    }
    long sequence = head.lastSequence() + 1;
    // What another repository's push has on its way is not forgotten because this one is quicker.
    ImageSet before = replacing ? inFlight().to() : head.running();
    Deployment next =
        started(
            sequence,
            head.running(),
            Containers.target(settings, registry(), before, wish, containers),
            trigger,
            new Deployment.Revisions(service.taskDefinition(), baseArn, ""),
            0);
    Head after = head.waiting(Waiting.NOTHING).inFlight(next).due(now.plus(SOON));
    Head written;
    if (replacing) {
      Deployment old =
          inFlight()
              .as(
                  Status.SUPERSEDED,
                  Reason.NEWER_PUSH,
                  Wording.sentence(Reason.NEWER_PUSH.text() + ": " + wish.brief()),
                  now);
      written = write(after, old, next);
    } else {
      written = write(after, next);
    }
    return new WayForward(tools, seen.after(written), true).start(base);
  }

  private Decision recheck(Policy policy, Wanted wanted) {
    if (wanted.trigger().kind() != Trigger.Kind.PERSON) {
      return Policies.recheck(policy, head, wanted);
    }
    Image image = wanted.image();
    if (policy instanceof Policy.Tag(String name) && image.tag().equals(name)) {
      // What a followed tag names counts, and it may have been moved since the push.
      Optional<Digest> named =
          tools.ecr().tagged(image.repository(), name).map(Ecr.EcrImage::digest);
      if (!named.equals(Optional.of(image.digest()))) {
        return new Decision.Refuse(
            Reason.TAG_NOT_WANTED,
            "the tag "
                + name
                + named
                    .map(digest -> " names " + digest.brief() + " by now")
                    .orElse(" names no image any more")
                + "; move it to "
                + image.digest().brief()
                + " to deploy that");
      }
    }
    return Policies.recheckReleased(
        policy, head, wanted, ledger.deployments(head.service(), Release.DEPLOYMENTS));
  }

  /**
   * Nothing would change: the service's own revision has these digests, or its tasks run them. What
   * is in flight is the service's own even while ECS still shows what it takes the place of.
   */
  private boolean unchanged(ImageSet wish, Map<String, String> containers, boolean replacing) {
    Map<String, Image> flying = replacing ? inFlight().to().byContainer() : Map.of();
    return wish.byContainer().entrySet().stream()
        .allMatch(entry ->
            Optional.ofNullable(flying.get(entry.getKey()))
                .map(Image::digest)
                .or(() ->
                    Containers.read(containers.getOrDefault(entry.getKey(), ""))
                        .flatMap(ImageReference::digest))
                .map(digest -> digest.equals(entry.getValue().digest()))
                .orElseGet(() ->
                    !replacing
                        && head.running()
                            .covers(new ImageSet(Map.of(entry.getKey(), entry.getValue())))));
  }

  /**
   * The revision to copy: the service's own, or the family's newest that Slipway did not register.
   * Those that the ledger knows to be ours cost no call.
   */
  private String base(Settings settings, ServiceView service) {
    if (settings.base() == Settings.Base.SERVICE) {
      return service.taskDefinition();
    }
    Set<String> ours = new HashSet<>();
    ledger
        .recent(head.service())
        .forEach(past -> {
          if (!past.revisions().base().isEmpty()) {
            ours.add(past.revisions().own());
          }
        });
    for (String arn :
        ecs.newestRevisions(Wording.family(service.taskDefinition()), NEWEST_REVISIONS)) {
      if (!ours.contains(arn)
          && !ecs.taskDefinition(arn).tags().containsKey(TaskDefinitionCopy.DEPLOYMENT_TAG)) {
        return arn;
      }
    }
    log.warn(
        "none of the family's newest revisions is of anybody else: copying the service's own",
        "family",
        Wording.family(service.taskDefinition()),
        "looked_at",
        NEWEST_REVISIONS);
    return service.taskDefinition();
  }

  private String registry() {
    return Image.registryOf(head.service().account(), head.service().region());
  }

  Done start() {
    try {
      return start(ecs.taskDefinition(inFlight().revisions().base()));
    } catch (AwsException e) {
      return refused(inFlight(), e);
    }
  }

  private Done start(TaskDefinitionDocument base) {
    Deployment deployment = inFlight();
    boolean resumed = !fresh;
    try {
      Way way = controllers.of(seen.service()).way(seen.service());
      String own = deployment.revisions().own();
      if (own.isEmpty() && resumed) {
        own =
            revisions.registeredFor(deployment, base.document().path("family").asText()).orElse("");
      }
      deployment = deployment.with(deployment.revisions().withOwn(own));
      if (resumed) {
        Optional<Started> earlier =
            own.isEmpty()
                ? Optional.empty()
                : way.startedBefore(deployment, deployment.createdAt());
        if (earlier.isPresent()) {
          return begun(deployment, earlier.get());
        }
        Optional<String> others =
            NextStep.deployedSince(head, deployment, seen.service())
                .filter(runs -> !Replaced.made(ledger, head.service(), runs));
        if (others.isPresent()) {
          return instead(deployment, superseded -> superseded.giveWay(others.get()));
        }
        Optional<String> again =
            NextStep.deployedAgainSince(deployment, seen.service())
                .filter(
                    runs -> !Replaced.made(ledger, head.service(), runs) && !replacedGoesBack());
        if (again.isPresent()) {
          return instead(deployment, superseded -> superseded.waitAgain(again.get()));
        }
      }
      if (own.isEmpty()) {
        Map<String, String> containers = TaskDefinitionCopy.containers(base.document());
        own = revisions.register(deployment, base, Containers.pinned(deployment.to(), containers));
        log.info("registered", "service", head.service().brief(), "taskDefinition", own);
      }
      deployment = deployment.with(deployment.revisions().withOwn(own));
      return begun(deployment, way.start(deployment));
    } catch (NotDeployableException e) {
      return refused(deployment, e);
    } catch (AwsException e) {
      return refused(deployment, e);
    }
  }

  /**
   * Somebody else comes first. Its own revision goes when that is written down: if this dies in
   * between, nobody registers another one for a deployment that will not be.
   */
  private Done instead(Deployment deployment, Function<Superseded, Done> act) {
    Done done = act.apply(new Superseded(tools, seen));
    revisions.deregister(deployment, log);
    return done;
  }

  /**
   * Whether AWS goes back from the deployment that the one in flight has taken the place of: what
   * that brings is nobody else's.
   */
  private boolean replacedGoesBack() {
    return ledger
        .deployment(head.service(), inFlight().sequence() - 1)
        .filter(before -> before.reason() == Reason.NEWER_PUSH)
        .map(before -> controllers.of(before).look(before, seen.service()))
        .filter(told ->
            told.serviceDeployment().map(ServiceDeployment::goesBack).orElse(false)
                || told.codeDeployed().flatMap(CodeDeployed::rollback).isPresent())
        .isPresent();
  }

  private Done begun(Deployment deployment, Started started) {
    return switch (started) {
      case Started.UnderWay(Rollout rollout) -> underWay(deployment, rollout);
      case Started.Unnamed() -> Done.AGAIN;
      case Started.Busy(String words) -> postponed(deployment, words);
      // Only a way back can find these.
      case Started.RunsAlready(), Started.Overtaken(_) ->
          throw new IllegalStateException(started + " is no answer to " + deployment.id());
    };
  }

  private Done underWay(Deployment deployment, Rollout rollout) {
    String who = rollout.codeDeployId().isPresent() ? "CodeDeploy" : "ECS";
    Deployment going =
        deployment
            .with(rollout)
            .as(
                Status.ROLLING_OUT,
                Reason.IN_PROGRESS,
                who + " deploys " + Wording.revision(deployment.revisions().own()) + ".",
                now);
    write(head.inFlight(going).due(now.plus(SOON)), going);
    // Its end may have come before its beginning was written down.
    return fresh ? Done.REST : Done.AGAIN;
  }

  /** It cannot begin yet: its revision is kept, and somebody looks again. */
  private Done postponed(Deployment deployment, String words) {
    Deployment waits = deployment.as(Status.PREPARING, Reason.IN_PROGRESS, words, now);
    if (words.equals(inFlight().detail())
        && deployment.revisions().equals(inFlight().revisions())) {
      write(head.due(now.plus(SOON)));
    } else {
      write(head.inFlight(waits).due(now.plus(SOON)), waits);
    }
    return Done.REST;
  }

  /** The service cannot be deployed as it is: nothing has changed in it. */
  private Done refused(Deployment deployment, NotDeployableException e) {
    return refused(
        deployment,
        e.reason(),
        e.getMessage() + " The service has not changed; push again under another tag afterwards.");
  }

  /** ECS said no: nothing has changed in the service, so there is nothing to bring back. */
  private Done refused(Deployment deployment, AwsException e) {
    if (e.passing()) {
      throw e;
    }
    Reason reason =
        e.accessDenied()
            ? Reason.ACCESS_DENIED
            : STARTING.contains(e.operation())
                ? Reason.UPDATE_REFUSED
                : Reason.REGISTRATION_REFUSED;
    String detail =
        Wording.stopped(e.getMessage())
            + (e.accessDenied()
                ? " Grant the permission to Slipway's deploy function: for a service, its tag"
                    + " 'slipway' must be 'on'; for a role, see the parameter TaskRoles."
                : " The service has not changed. Correct "
                    + Wording.revision(deployment.revisions().base())
                    + ", of which this would have been a copy, or the service, then push again"
                    + " under another tag.");
    return refused(deployment, reason, detail);
  }

  private Done refused(Deployment deployment, Reason reason, String detail) {
    Deployment failed = deployment.as(Status.FAILED, reason, detail, now);
    log.warn(
        "refused", "service", head.service().brief(), "reason", reason.name(), "detail", detail);
    write(head.idle().due(next()), failed);
    revisions.deregister(deployment, log);
    return Done.AGAIN;
  }
}
