package dev.slipway.deploy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.Ecr;
import dev.slipway.aws.Ecs;
import dev.slipway.aws.Ecs.RunningTask;
import dev.slipway.aws.Ecs.ServiceRevision;
import dev.slipway.aws.Ecs.TaskDefinitionDocument;
import dev.slipway.aws.Parameters;
import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.NextStep;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Situation;
import dev.slipway.deployment.Status;
import dev.slipway.deployment.Step;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.follow.FollowerTags;
import dev.slipway.follow.Reading;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageReference;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.HeadChangedException;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.ledger.PushRecord;
import dev.slipway.policy.Decision;
import dev.slipway.policy.Policies;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.taskdef.TaskDefinitionCopy;
import dev.slipway.verdict.StoppedTask;
import dev.slipway.verdict.Verdict.Failure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Looks at one service: reads the head, reads AWS, asks {@link NextStep}, does that one step,
 * writes it down, and asks again until there is nothing to do. May die between any two calls: the
 * next look finds out what was done.
 */
public final class Worker {

  /** More steps than any way through: a look that takes more goes in circles, and says so. */
  private static final int MOST_STEPS = 12;

  /** When somebody looks again although nothing was heard: a look can be lost. */
  private static final Duration SOON = Duration.ofMinutes(2);

  private static final int OLDER_SUCCESSES = 25;

  private final Ecs ecs;
  private final Ecr ecr;
  private final Ledger ledger;
  private final Parameters parameters;
  private final Diagnostics diagnostics;
  private final InstantSource clock;
  private final Options options;
  private final Revisions revisions;
  private final Log log;
  private final Metrics metrics;

  public Worker(
      Ecs ecs,
      Ecr ecr,
      Ledger ledger,
      Parameters parameters,
      Diagnostics diagnostics,
      InstantSource clock,
      Options options,
      Log log,
      Metrics metrics) {
    this.ecs = ecs;
    this.ecr = ecr;
    this.ledger = ledger;
    this.parameters = parameters;
    this.diagnostics = diagnostics;
    this.clock = clock;
    this.options = options;
    this.revisions = new Revisions(ecs, options.tagAndDigest());
    this.log = log;
    this.metrics = metrics;
  }

  /** One look at one service. */
  public void look(ServiceRef service) {
    // A deployment that this look began has certainly not been registered yet; any other may have
    // been.
    long begunHere = 0;
    for (int steps = 0; steps < MOST_STEPS; steps++) {
      Head head = ledger.head(service);
      try (var _ =
          log.with(
              "service",
              service.brief(),
              "deployment",
              head.inFlight().map(Deployment::id).orElse(""),
              "image",
              head.inFlight()
                  .map(deployment -> deployment.to().brief())
                  .orElseGet(() -> head.running().brief()))) {
        Observed seen = observe(head);
        Step step = NextStep.decide(seen.head(), seen.situation());
        log.info("step", "step", step.getClass().getSimpleName());
        if (new Act(head, seen, false).perform(step) == Done.REST) {
          return;
        }
      } catch (HeadChangedException e) {
        log.info("the head was changed meanwhile: reading again", "service", service.brief());
      }
    }
    throw new IllegalStateException(
        "a look at " + service.brief() + " took more than " + MOST_STEPS + " steps");
  }

  private enum Done {
    /** There is nothing to do until something happens. */
    REST,
    /** Ask for the next step at once. */
    AGAIN
  }

  private record Observed(Head head, Situation situation) {
    Instant now() {
      return situation.now();
    }

    ServiceView service() {
      return situation.service().orElseThrow();
    }
  }

  // ---- reading AWS

  private Observed observe(Head head) {
    Instant now = clock.instant();
    Optional<ServiceView> service = ecs.service(head.service());
    Head known = head;
    Optional<ServiceDeployment> serviceDeployment = Optional.empty();
    List<StoppedTask> stopped = List.of();
    Optional<Deployment> last = Optional.empty();
    if (service.isPresent() && head.inFlight().isPresent()) {
      Deployment deployment = head.inFlight().get();
      if (deployment.status() != Status.PREPARING) {
        String arn = serviceDeploymentArn(deployment, service.get());
        if (!arn.isEmpty()) {
          known = head.inFlight(deployment.with(withArn(deployment.rollout(), arn)));
          serviceDeployment = ecs.serviceDeployment(arn);
        }
        stopped = stopped(head, deployment, service.get(), now);
      }
    } else if (service.isPresent() && head.lastSequence() > 0) {
      last =
          NextStep.needsLast(head, service.get())
              ? ledger.deployment(head.service(), head.lastSequence())
              : Optional.empty();
    }
    Optional<Hold> hold = head.waiting().isEmpty() ? Optional.empty() : ledger.accountHold();
    Reading tags = FollowerTags.read(service.map(ServiceView::tags).orElse(Map.of()));
    return new Observed(
        known,
        new Situation(
            now, service, tags, serviceDeployment, stopped, hold, options.observeOnly(), last));
  }

  /**
   * The ARN of the service deployment that is judged. The service names the one under way; when
   * ours is over before anybody looked, ECS's list of them still has it.
   */
  private String serviceDeploymentArn(Deployment deployment, ServiceView service) {
    Rollout rollout = deployment.rollout();
    if (!rollout.serviceDeploymentArn().isEmpty() || rollout.ecsDeploymentId().isEmpty()) {
      return rollout.serviceDeploymentArn();
    }
    Optional<EcsDeployment> own = service.deployment(rollout.ecsDeploymentId());
    boolean primary = own.map(d -> d.status().equals("PRIMARY")).orElse(false);
    if (primary && !service.currentServiceDeployment().isEmpty()) {
      return service.currentServiceDeployment();
    }
    boolean done = own.isEmpty() || !primary || !own.get().rolloutState().equals("IN_PROGRESS");
    return done ? startedFor(deployment).map(ServiceDeployment::arn).orElse("") : "";
  }

  /** The newest service deployment that moved to this deployment's revision. */
  private Optional<ServiceDeployment> startedFor(Deployment deployment) {
    Instant since =
        (deployment.rollout().startedAt() == null
                ? deployment.createdAt()
                : deployment.rollout().startedAt())
            .minusSeconds(5);
    for (ServiceDeployment candidate : ecs.serviceDeployments(deployment.service(), since)) {
      Optional<ServiceRevision> target =
          candidate.targetRevision().isEmpty()
              ? Optional.empty()
              : ecs.serviceRevision(candidate.targetRevision());
      if (target
          .map(revision -> revision.taskDefinition().equals(deployment.revisions().own()))
          .orElse(false)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static Rollout withArn(Rollout rollout, String arn) {
    return new Rollout(
        rollout.ecsDeploymentId(),
        arn,
        rollout.desired(),
        rollout.running(),
        rollout.pending(),
        rollout.failed(),
        rollout.stage(),
        rollout.startedAt(),
        rollout.progressAt(),
        rollout.bakeUntil(),
        rollout.tasksSeen(),
        rollout.stopRequested());
  }

  /**
   * Stopped tasks matter where Slipway counts them itself. Events bring them; a look that comes
   * from the clock also asks ECS, because an event can be lost.
   */
  private List<StoppedTask> stopped(
      Head head, Deployment deployment, ServiceView service, Instant now) {
    if (service.circuitBreaker().enabled() && deployment.status() != Status.BAKING) {
      return List.of();
    }
    List<StoppedTask> known = ledger.evidence(head.service(), deployment.sequence());
    boolean byClock = head.due() != null && !head.due().isAfter(now);
    return byClock ? merged(known, ecs.stoppedTasks(head.service())) : known;
  }

  private static List<StoppedTask> merged(List<StoppedTask> one, List<StoppedTask> other) {
    Map<String, StoppedTask> byArn = new LinkedHashMap<>();
    one.forEach(task -> byArn.put(task.taskArn(), task));
    other.forEach(task -> byArn.putIfAbsent(task.taskArn(), task));
    return List.copyOf(byArn.values());
  }

  // ---- doing the step

  /** One step, on the head as it stands in the ledger and as it was completed by what AWS said. */
  private final class Act {
    private final Head head;
    private final Observed seen;
    private final Instant now;
    private final boolean fresh;

    /**
     * @param fresh whether the deployment in flight was begun within this very step: it cannot have
     *     been registered yet, while any other may have been
     */
    Act(Head head, Observed seen, boolean fresh) {
      this.head = head;
      this.seen = seen;
      this.now = seen.now();
      this.fresh = fresh;
    }

    Done perform(Step step) {
      return switch (step) {
        case Step.Rest rest -> rest(rest.until());
        case Step.TakeBaseline ignored -> baseline();
        case Step.Adopt ignored -> adopt();
        case Step.Decline decline -> decline(decline.reason(), decline.detail());
        case Step.Begin begin -> begin(begin.replacing());
        case Step.Start ignored -> start();
        case Step.GoBack ignored -> goBack();
        case Step.Follow follow -> follow(follow.rollout(), follow.until());
        case Step.Bake bake -> bake(bake.until());
        case Step.Succeed succeed -> succeed(succeed.reason());
        case Step.Fail fail -> fail(fail.why(), fail.ecsGoesBack());
        case Step.Returned returned -> returned(returned.serviceRevision());
        case Step.CallForPerson call -> callForPerson(call.detail());
        case Step.GiveWay way -> giveWay(way.taskDefinition());
        case Step.Close ignored -> close();
        case Step.Undo undo -> undo(undo.request());
        case Step.DropRequest drop -> dropRequest(drop.why());
      };
    }

    private Deployment inFlight() {
      return seen.head().inFlight().orElseThrow();
    }

    /** What waits is served at once; otherwise there is nothing more to ask. */
    private Done ended() {
      return head.waiting().isEmpty() && head.request().isEmpty() ? Done.REST : Done.AGAIN;
    }

    private Head write(Head after, Deployment... deployments) {
      return write(Change.of(head, after, deployments));
    }

    private Head write(Change change) {
      Head written = ledger.write(change);
      for (Deployment deployment : change.deployments()) {
        if (deployment.status().ended()) {
          log.info(
              "deployment ended",
              "status",
              deployment.status().name(),
              "reason",
              deployment.reason().name(),
              "detail",
              deployment.detail());
          metrics.count(
              "DeploymentEnded",
              "Status",
              deployment.status().name(),
              "Reason",
              deployment.reason().name());
        }
      }
      return written;
    }

    private Done rest(Instant until) {
      boolean same = head.due() == null ? until == null : head.due().equals(until);
      boolean sooner =
          head.due() != null
              && until != null
              && head.due().isBefore(until)
              && head.due().isAfter(now);
      if (head.version() > 0 && !same && !sooner) {
        write(head.due(until));
      }
      return Done.REST;
    }

    // -- baselines

    private Done baseline() {
      ServiceView service = seen.service();
      ImageSet images = running(service);
      boolean steady = service.steady() && service.desired() > 0;
      Deployment baseline =
          started(
                  1,
                  ImageSet.EMPTY,
                  images,
                  new Trigger(Trigger.Kind.RECONCILE, "", "", now),
                  new dev.slipway.deployment.Deployment.Revisions("", "", service.taskDefinition()),
                  0)
              .as(
                  Status.SUCCEEDED,
                  Reason.BASELINE,
                  steady
                      ? "Runs " + revision(service.taskDefinition()) + "; nothing was deployed."
                      : "Runs "
                          + revision(service.taskDefinition())
                          + ", but is not steady: until it is, there is nothing to go back to.",
                  now);
      tellParameters(images);
      write(
          head.running(images)
              .lastGood(new LastGood(service.taskDefinition(), images, 1, now, steady))
              .lastSequence(1)
              .due(head.waiting().isEmpty() ? null : now),
          baseline);
      return ended();
    }

    private Done adopt() {
      ServiceView service = seen.service();
      ImageSet images = running(service);
      Optional<Deployment> own =
          seen.situation()
              .last()
              .filter(last -> last.revisions().own().equals(service.taskDefinition()));
      if (own.isPresent()) {
        // Ours, and now it has proven itself: it completed while nothing ran, or was not steady
        // yet.
        write(
            head.running(images)
                .lastGood(
                    new LastGood(
                        service.taskDefinition(), images, own.get().sequence(), now, true)));
        return Done.AGAIN;
      }
      long sequence = head.lastSequence() + 1;
      Deployment elsewhere =
          started(
                  sequence,
                  head.running(),
                  images,
                  new Trigger(Trigger.Kind.PERSON, "", "", now),
                  new Deployment.Revisions(
                      head.lastGood().map(LastGood::taskDefinition).orElse(""),
                      "",
                      service.taskDefinition()),
                  0)
              .as(
                  Status.SUCCEEDED,
                  Reason.CHANGED_ELSEWHERE,
                  "Somebody else deployed "
                      + revision(service.taskDefinition())
                      + "; it is steady, and counts as good from now on.",
                  now);
      write(
          head.running(images)
              .lastGood(new LastGood(service.taskDefinition(), images, sequence, now, true))
              .lastSequence(sequence),
          elsewhere);
      return Done.AGAIN;
    }

    /** The digests that the service's tasks run, for each container whose image can be read. */
    private ImageSet running(ServiceView service) {
      Map<String, String> texts =
          TaskDefinitionCopy.containers(ecs.taskDefinition(service.taskDefinition()).document());
      List<RunningTask> tasks =
          ecs.runningTasks(service.ref()).stream()
              .filter(task -> task.taskDefinition().equals(service.taskDefinition()))
              .toList();
      Map<String, Image> images = new TreeMap<>();
      texts.forEach((container, text) -> {
        Optional<ImageReference> reference = Containers.read(text);
        Optional<Digest> digest =
            reference.flatMap(ImageReference::digest).or(() -> pulled(tasks, container));
        if (reference.isPresent() && digest.isPresent()) {
          images.put(
              container,
              new Image(
                  reference.get().registry(),
                  reference.get().repository(),
                  reference.get().tag().orElse(""),
                  digest.get()));
        }
      });
      return new ImageSet(images);
    }

    private static Optional<Digest> pulled(List<RunningTask> tasks, String container) {
      return tasks.stream()
          .map(task -> task.digests().getOrDefault(container, ""))
          .filter(text -> !text.isEmpty())
          .findFirst()
          .map(Digest::new);
    }

    private Deployment started(
        long sequence,
        ImageSet from,
        ImageSet to,
        Trigger trigger,
        Deployment.Revisions arns,
        long rollbackOf) {
      return new Deployment(
          head.service(),
          sequence,
          Status.PREPARING,
          rollbackOf == 0 ? Reason.PUSHED : Reason.IN_PROGRESS,
          "",
          from,
          to,
          trigger,
          arns,
          Rollout.NONE,
          rollbackOf,
          RolledBackBy.NOBODY,
          seen.situation().audience(),
          Optional.empty(),
          now,
          now,
          null);
    }

    // -- beginning

    private Done decline(Reason reason, String detail) {
      head.waiting().byRepository().values().forEach(wanted -> refuse(wanted, reason, detail));
      write(head.waiting(Waiting.NOTHING).due(null));
      return Done.AGAIN;
    }

    private void refuse(Wanted wanted, Reason reason, String detail) {
      log.info(
          "push declined",
          "service",
          head.service().brief(),
          "image",
          wanted.image().brief(),
          "reason",
          reason.name(),
          "detail",
          detail);
      ledger.addPush(
          new PushRecord(
              head.service(),
              wanted.image().brief(),
              wanted.image().digest().value(),
              reason,
              detail,
              wanted.trigger(),
              seen.situation().audience()),
          now);
    }

    private Done begin(boolean replacing) {
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
        if (Policies.recheck(follow.get().policy(), head, each)
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
      Deployment next =
          started(
              sequence,
              head.running(),
              head.running().with(wish),
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
                    wish.brief() + " took its place before there was a verdict.",
                    now);
        written = write(after, old, next);
      } else {
        written = write(after, next);
      }
      return new Act(written, new Observed(written, seen.situation()), true).start(base);
    }

    /**
     * Nothing would change: the service's own revision has these digests, or its tasks run them.
     */
    private boolean unchanged(ImageSet wish, Map<String, String> containers, boolean replacing) {
      return wish.byContainer().entrySet().stream()
          .allMatch(entry ->
              Containers.read(containers.getOrDefault(entry.getKey(), ""))
                  .flatMap(ImageReference::digest)
                  .map(digest -> digest.equals(entry.getValue().digest()))
                  .orElseGet(() ->
                      !replacing
                          && head.running()
                              .covers(new ImageSet(Map.of(entry.getKey(), entry.getValue())))));
    }

    /**
     * The revision to copy: the service's own, or the family's newest that Slipway did not
     * register.
     */
    private String base(Settings settings, ServiceView service) {
      if (settings.base() == Settings.Base.SERVICE) {
        return service.taskDefinition();
      }
      for (String arn : ecs.newestRevisions(family(service.taskDefinition()), 100)) {
        if (!ecs.taskDefinition(arn).tags().containsKey(TaskDefinitionCopy.DEPLOYMENT_TAG)) {
          return arn;
        }
      }
      return service.taskDefinition();
    }

    private Done start() {
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
        String own = deployment.revisions().own();
        if (own.isEmpty() && resumed) {
          own =
              revisions
                  .registeredFor(deployment, base.document().path("family").asText())
                  .orElse("");
        }
        if (own.isEmpty()) {
          own = revisions.register(deployment, base, changed(deployment));
          log.info("registered", "service", head.service().brief(), "taskDefinition", own);
        } else if (resumed) {
          Optional<Done> earlier = alreadyStarted(deployment, own);
          if (earlier.isPresent()) {
            return earlier.get();
          }
        }
        Deployment registered = deployment.with(deployment.revisions().withOwn(own));
        return rollOut(registered, own, Reason.IN_PROGRESS);
      } catch (AwsException e) {
        return refused(deployment, e);
      }
    }

    private ImageSet changed(Deployment deployment) {
      Map<String, Image> images = new TreeMap<>();
      deployment
          .to()
          .byContainer()
          .forEach((container, image) -> {
            Image before = deployment.from().byContainer().get(container);
            if (before == null
                || !before.digest().equals(image.digest())
                || !before.tag().equals(image.tag())) {
              images.put(container, image);
            }
          });
      return new ImageSet(images);
    }

    /**
     * An earlier look may have called UpdateService and died: what ECS has started is taken over.
     */
    private Optional<Done> alreadyStarted(Deployment deployment, String own) {
      Deployment registered = deployment.with(deployment.revisions().withOwn(own));
      Optional<EcsDeployment> current =
          seen.service().deployments().stream()
              .filter(d -> d.taskDefinition().equals(own))
              .findFirst();
      if (current.isPresent()) {
        return Optional.of(underWay(registered, seen.service(), current.get(), Reason.IN_PROGRESS));
      }
      // Started, failed and rolled back by ECS, all before anybody looked again.
      return startedFor(registered)
          .map(past -> {
            Rollout rollout =
                new Rollout("lost", past.arn(), 0, 0, 0, 0, "", now, now, null, false, false);
            Deployment watched =
                registered.with(rollout).as(Status.ROLLING_OUT, Reason.IN_PROGRESS, "", now);
            write(head.inFlight(watched).due(now.plus(SOON)), watched);
            return Done.AGAIN;
          });
    }

    private Done rollOut(Deployment deployment, String taskDefinition, Reason reason) {
      ServiceView after = ecs.update(head.service(), taskDefinition);
      EcsDeployment started =
          after.deployments().stream()
              .filter(d -> d.status().equals("PRIMARY"))
              .filter(d -> d.taskDefinition().equals(taskDefinition))
              .findFirst()
              .orElse(null);
      if (started == null) {
        // The answer does not name it; asking again finds it in the service.
        return Done.AGAIN;
      }
      return underWay(deployment, after, started, reason);
    }

    private Done underWay(
        Deployment deployment, ServiceView service, EcsDeployment started, Reason reason) {
      Rollout rollout =
          new Rollout(
              started.id(),
              "",
              started.desired(),
              started.running(),
              started.pending(),
              started.failed(),
              "",
              now,
              now,
              null,
              started.running() > 0,
              false);
      Deployment going =
          deployment
              .with(rollout)
              .as(
                  Status.ROLLING_OUT,
                  reason,
                  "ECS deploys " + revision(deployment.revisions().own()) + ".",
                  now);
      write(head.inFlight(going).due(now.plus(SOON)), going);
      return Done.REST;
    }

    /** ECS said no: nothing has changed in the service, so there is nothing to bring back. */
    private Done refused(Deployment deployment, AwsException e) {
      if (e.passing()) {
        throw e;
      }
      Reason reason =
          e.accessDenied()
              ? Reason.ACCESS_DENIED
              : e.operation().equals("UpdateService")
                  ? Reason.UPDATE_REFUSED
                  : Reason.REGISTRATION_REFUSED;
      String detail =
          e.getMessage()
              + (e.accessDenied()
                  ? " Grant the permission to Slipway's deploy function: for a service, its tag"
                      + " 'slipway' must be 'on'; for a role, see the parameter TaskRoles."
                  : "");
      Deployment failed = deployment.as(Status.FAILED, reason, detail, now);
      log.warn(
          "refused", "service", head.service().brief(), "reason", reason.name(), "detail", detail);
      write(head.idle().due(head.waiting().isEmpty() ? null : now), failed);
      if (e.operation().equals("UpdateService")) {
        deregister(deployment);
      }
      return Done.AGAIN;
    }

    // -- following

    private Done follow(Rollout rollout, Instant until) {
      Deployment before = head.inFlight().orElseThrow();
      boolean later = head.due() == null || !head.due().isAfter(now) || head.due().isAfter(until);
      if (rollout.equals(before.rollout()) && !later) {
        return Done.REST;
      }
      Deployment further =
          before.with(rollout).as(before.status(), before.reason(), before.detail(), now);
      if (rollout.equals(before.rollout())) {
        write(head.due(until));
      } else {
        write(head.inFlight(further).due(until), further);
      }
      return Done.REST;
    }

    private Done bake(Instant until) {
      Deployment deployment = inFlight();
      Rollout was = deployment.rollout();
      Rollout rollout =
          new Rollout(
              was.ecsDeploymentId(),
              was.serviceDeploymentArn(),
              was.desired(),
              was.running(),
              was.pending(),
              was.failed(),
              was.stage(),
              was.startedAt(),
              now,
              until,
              true,
              was.stopRequested());
      Deployment baking =
          deployment
              .with(rollout)
              .as(
                  Status.BAKING,
                  Reason.BAKE_TIME,
                  "ECS completed it; watched until " + until + ".",
                  now);
      write(head.inFlight(baking).due(until), baking);
      return Done.REST;
    }

    private Done succeed(Reason reason) {
      Deployment deployment = inFlight();
      if (deployment.isRollback()) {
        return wentBack(deployment, deployment.revisions().own(), deployment.to());
      }
      Deployment done =
          deployment.with(finished(deployment.rollout())).as(Status.SUCCEEDED, reason, "", now);
      Head after = head.idle().running(deployment.to()).due(head.waiting().isEmpty() ? null : now);
      if (reason == Reason.COMPLETED) {
        after =
            after.lastGood(
                new LastGood(
                    deployment.revisions().own(),
                    deployment.to(),
                    deployment.sequence(),
                    now,
                    true));
      }
      tellParameters(deployment.to());
      write(after, done);
      return ended();
    }

    /** The rollout as it stood at the end. */
    private Rollout finished(Rollout rollout) {
      return seen.service()
          .deployment(rollout.ecsDeploymentId())
          .map(d ->
              new Rollout(
                  rollout.ecsDeploymentId(),
                  rollout.serviceDeploymentArn(),
                  d.desired(),
                  d.running(),
                  d.pending(),
                  d.failed(),
                  rollout.stage(),
                  rollout.startedAt(),
                  now,
                  rollout.bakeUntil(),
                  d.running() > 0,
                  rollout.stopRequested()))
          .orElse(rollout);
    }

    /** So that Terraform, CDK and CloudFormation can read what runs. Never holds up a verdict. */
    private void tellParameters(ImageSet images) {
      images
          .byContainer()
          .forEach((container, image) -> {
            String name = "/slipway/" + head.service().brief() + "/" + container;
            try {
              parameters.put(
                  name, (options.tagAndDigest() ? image.tagged() : image.byDigest()).toString());
            } catch (AwsException e) {
              log.error("could not write the parameter " + name, e);
            }
          });
    }

    // -- going back

    private Done fail(Failure why, boolean ecsGoesBack) {
      Deployment deployment = inFlight();
      Reason reason = NextStep.reason(why);
      Optional<LastGood> good = head.lastGood().filter(LastGood::steady);
      List<Quarantine> quarantine = quarantine(deployment, reason);
      if (good.isEmpty() && !ecsGoesBack) {
        Diagnosis diagnosis = diagnose(deployment, reason);
        Deployment failed =
            deployment
                .with(diagnosis)
                .as(
                    Status.FAILED,
                    Reason.NOTHING_TO_GO_BACK_TO,
                    sentence(reason.text())
                        + " The service was not steady when Slipway first saw it, so nothing good"
                        + " is known to go back to: a person is needed. Push a newer image, or"
                        + " deploy a revision by hand.",
                    now);
        write(
            new Change(
                head,
                head.idle().request(null).due(head.waiting().isEmpty() ? null : now),
                List.of(failed),
                quarantine,
                List.of()));
        return Done.AGAIN;
      }
      String target = good.map(LastGood::taskDefinition).orElse(deployment.revisions().previous());
      ImageSet images = good.map(LastGood::images).orElse(deployment.from());
      Deployment back =
          started(
              head.lastSequence() + 1,
              deployment.to(),
              images,
              new Trigger(Trigger.Kind.ROLLBACK, "", "", now),
              new Deployment.Revisions(deployment.revisions().own(), "", target),
              deployment.sequence());
      Deployment failing =
          deployment.as(
              Status.ROLLING_BACK,
              reason,
              sentence(reason.text())
                  + " Going back to "
                  + (images.isEmpty() ? revision(target) : images.brief())
                  + ".",
              now);
      Head after = head.inFlight(back).request(null).due(now.plus(SOON));
      Head written =
          write(
              new Change(
                  head, holding(after, deployment), List.of(failing, back), quarantine, List.of()));
      return new Act(written, new Observed(written, seen.situation()), false).goBack();
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
            boolean there =
                entries.stream().anyMatch(entry -> entry.digest().equals(image.digest()));
            if (!ranBefore && !there) {
              entries.add(
                  new Quarantine(
                      image.digest(), image.brief(), deployment.sequence(), reason, now));
            }
          });
      return entries;
    }

    private Done goBack() {
      Deployment back = inFlight();
      Deployment failing = ledger.deployment(head.service(), back.rollbackOf()).orElseThrow();
      Optional<Done> byEcs = askEcs(back, failing);
      if (byEcs.isPresent()) {
        return byEcs.get();
      }
      return rollBackTo(back, failing);
    }

    /**
     * While the failed deployment is in progress ECS can go back by itself, to the revision and the
     * digests it had: faster than a rollout, and safe with mutable tags.
     */
    private Optional<Done> askEcs(Deployment back, Deployment failing) {
      String arn = failing.rollout().serviceDeploymentArn();
      if (arn.isEmpty()) {
        arn = serviceDeploymentArn(failing, seen.service());
      }
      if (arn.isEmpty()) {
        return Optional.empty();
      }
      String status = ecs.serviceDeployment(arn).map(ServiceDeployment::status).orElse("");
      return switch (status) {
        case "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL" ->
            Optional.of(
                watch(
                    back,
                    failing,
                    arn,
                    failing.rollout().stopRequested() || back.rollout().stopRequested()));
        case "PENDING", "IN_PROGRESS" -> {
          try {
            ecs.stopAndRollBack(arn);
            yield Optional.of(watch(back, failing, arn, true));
          } catch (AwsException e) {
            if (e.passing()) {
              throw e;
            }
            log.info(
                "ECS does not stop it: rolling out the last good revision instead",
                "service",
                head.service().brief(),
                "answer",
                e.code());
            yield Optional.empty();
          }
        }
        default -> Optional.empty();
      };
    }

    private Done watch(Deployment back, Deployment failing, String arn, boolean asked) {
      if (back.status() != Status.PREPARING && back.rollout().serviceDeploymentArn().equals(arn)) {
        // Asked again, because the first request had no effect: keep what is known of its progress.
        write(head.due(now.plus(SOON)));
        return Done.REST;
      }
      Rollout rollout = new Rollout("", arn, 0, 0, 0, 0, "", now, now, null, false, asked);
      Deployment watched =
          back.with(rollout)
              .backBy(asked ? RolledBackBy.SLIPWAY : RolledBackBy.ECS)
              .as(
                  Status.ROLLING_OUT,
                  Reason.IN_PROGRESS,
                  asked ? "ECS goes back, as Slipway asked." : "ECS goes back by itself.",
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
      return diagnostics.of(deployment, reason, seen.service(), stopped);
    }

    /**
     * A rollout of the last good revision, its images pinned; the next older success if it is gone.
     */
    private Done rollBackTo(Deployment back, Deployment failing) {
      try {
        Optional<Target> target = target(back);
        if (target.isEmpty()) {
          return callForPerson(
              "Neither the image of the last good revision nor that of an older one is still in"
                  + " ECR.");
        }
        Deployment aimed =
            back.to(back.from(), target.get().images())
                .with(back.revisions().withOwn(target.get().taskDefinition()));
        String aim = target.get().taskDefinition();
        // An earlier look may have started it and died before it could write that down.
        Optional<EcsDeployment> started =
            seen.service()
                .primary()
                .filter(d -> d.taskDefinition().equals(aim))
                .or(() ->
                    ecs.update(head.service(), aim)
                        .primary()
                        .filter(d -> d.taskDefinition().equals(aim)));
        if (started.isEmpty()) {
          return Done.AGAIN;
        }
        return underWayBack(aimed, explained(failing), started.get());
      } catch (AwsException e) {
        if (e.passing()) {
          throw e;
        }
        return callForPerson(e.getMessage());
      }
    }

    private Done underWayBack(Deployment back, Deployment failing, EcsDeployment started) {
      Rollout rollout =
          new Rollout(
              started.id(),
              "",
              started.desired(),
              started.running(),
              started.pending(),
              started.failed(),
              "",
              now,
              now,
              null,
              started.running() > 0,
              true);
      Deployment going =
          back.with(rollout)
              .backBy(RolledBackBy.SLIPWAY)
              .as(
                  Status.ROLLING_OUT,
                  Reason.IN_PROGRESS,
                  "Slipway rolls out " + revision(back.revisions().own()) + " again.",
                  now);
      write(head.inFlight(going).due(now.plus(SOON)), going, failing);
      return Done.REST;
    }

    private record Target(String taskDefinition, ImageSet images) {}

    /** The place to go back to, or the next older success whose images are still there. */
    private Optional<Target> target(Deployment back) {
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
      return candidates.stream()
          .filter(candidate -> !candidate.taskDefinition().isEmpty())
          .filter(candidate -> present(candidate.images()))
          .findFirst()
          .map(candidate -> usable(back, candidate));
    }

    private boolean present(ImageSet images) {
      String registry = Image.registryOf(head.service().account(), head.service().region());
      return images.byContainer().values().stream()
          .filter(image -> image.registry().equals(registry))
          .allMatch(image ->
              ecr.image(image.repository(), image.digest())
                  .filter(found -> !found.status().equals("ARCHIVED"))
                  .isPresent());
    }

    /**
     * A revision that is deregistered, or that names an image by tag only (it was there before
     * Slipway came), is registered anew with the digests that its tasks ran: a rollout resolves a
     * tag again, and would bring back whatever it names now.
     */
    private Target usable(Deployment back, Target target) {
      TaskDefinitionDocument revision = ecs.taskDefinition(target.taskDefinition());
      Map<String, String> texts = TaskDefinitionCopy.containers(revision.document());
      boolean pinned =
          target.images().byContainer().entrySet().stream()
              .allMatch(entry ->
                  Containers.read(texts.getOrDefault(entry.getKey(), ""))
                      .flatMap(ImageReference::digest)
                      .map(digest -> digest.equals(entry.getValue().digest()))
                      .orElse(false));
      boolean active = revision.document().path("status").asText("ACTIVE").equals("ACTIVE");
      if (pinned && active) {
        return target;
      }
      ObjectNode document = revision.document();
      String own =
          revisions
              .registeredFor(back, document.path("family").asText())
              .orElseGet(() -> revisions.register(back, revision, inDocument(target, texts)));
      return new Target(own, target.images());
    }

    private static ImageSet inDocument(Target target, Map<String, String> texts) {
      Map<String, Image> images = new TreeMap<>(target.images().byContainer());
      images.keySet().retainAll(texts.keySet());
      return new ImageSet(images);
    }

    /** ECS went back to its last success. If that is not the last good one, it is put right. */
    private Done returned(String serviceRevision) {
      Deployment back = inFlight();
      String runs =
          serviceRevision.isEmpty()
              ? seen.service().taskDefinition()
              : ecs.serviceRevision(serviceRevision)
                  .map(ServiceRevision::taskDefinition)
                  .orElse(seen.service().taskDefinition());
      if (runs.equals(back.revisions().own())
          || head.lastGood().filter(LastGood::steady).isEmpty()) {
        return wentBack(back, runs, back.to());
      }
      log.warn(
          "ECS went back to another revision than the last good one: putting it right",
          "service",
          head.service().brief(),
          "revision",
          runs);
      return rollBackTo(back, ledger.deployment(head.service(), back.rollbackOf()).orElseThrow());
    }

    private Done wentBack(Deployment back, String taskDefinition, ImageSet images) {
      Deployment failed = ledger.deployment(head.service(), back.rollbackOf()).orElseThrow();
      RolledBackBy who =
          failed.reason().byPerson()
              ? RolledBackBy.PERSON
              : back.rolledBackBy() == RolledBackBy.NOBODY ? RolledBackBy.ECS : back.rolledBackBy();
      Deployment rolledBack =
          failed
              .backBy(who)
              .as(
                  Status.ROLLED_BACK,
                  failed.reason(),
                  sentence(failed.reason().text())
                      + " The service runs "
                      + (images.isEmpty() ? revision(taskDefinition) : images.brief())
                      + " again.",
                  now);
      Deployment done =
          back.with(back.revisions().withOwn(taskDefinition))
              .backBy(who)
              .as(Status.SUCCEEDED, Reason.COMPLETED, "", now);
      boolean knownGood = !images.isEmpty();
      Head after = head.idle().running(images).due(head.waiting().isEmpty() ? null : now);
      if (knownGood) {
        long sequence =
            head.lastGood()
                .filter(good -> good.images().covers(images) && images.covers(good.images()))
                .map(LastGood::sequence)
                .orElse(back.sequence());
        after = after.lastGood(new LastGood(taskDefinition, images, sequence, now, true));
      }
      tellParameters(images);
      deregister(failed);
      write(after, rolledBack, done);
      return ended();
    }

    /** So that nothing picks the failed revision up as the family's newest. */
    private void deregister(Deployment failed) {
      String own = failed.revisions().own();
      if (own.isEmpty() || failed.isRollback()) {
        return;
      }
      try {
        if (ecs.taskDefinition(own).tags().containsKey(TaskDefinitionCopy.DEPLOYMENT_TAG)) {
          ecs.deregister(own);
        }
      } catch (AwsException e) {
        log.error("could not deregister " + own, e);
      }
    }

    private Done callForPerson(String detail) {
      Deployment back = inFlight();
      Deployment failed = ledger.deployment(head.service(), back.rollbackOf()).orElseThrow();
      String words =
          sentence(failed.reason().text())
              + " The rollback failed as well: "
              + detail
              + " A person is needed: see the service's events, then push a newer image or deploy a"
              + " revision by hand.";
      log.warn("rollback failed", "service", head.service().brief(), "detail", detail);
      write(
          head.idle().due(head.waiting().isEmpty() ? null : now),
          back.as(Status.FAILED, Reason.ROLLBACK_FAILED, detail, now),
          explained(failed).as(Status.FAILED, Reason.ROLLBACK_FAILED, words, now));
      return Done.AGAIN;
    }

    // -- others

    private Done giveWay(String taskDefinition) {
      Deployment deployment = inFlight();
      String words = "Somebody else deployed " + revision(taskDefinition) + " over it.";
      Deployment superseded =
          deployment.as(Status.SUPERSEDED, Reason.CHANGED_ELSEWHERE, words, now);
      Head after = head.idle().request(null).due(now.plus(SOON));
      if (deployment.isRollback()) {
        Deployment failed =
            ledger.deployment(head.service(), deployment.rollbackOf()).orElseThrow();
        write(
            after,
            superseded,
            failed
                .backBy(RolledBackBy.PERSON)
                .as(
                    Status.ROLLED_BACK,
                    failed.reason(),
                    sentence(failed.reason().text()) + " " + words + " Slipway leaves it as it is.",
                    now));
      } else {
        write(after, superseded);
      }
      return Done.AGAIN;
    }

    private Done close() {
      String words = "ECS has no active service " + head.service().brief() + " any more.";
      head.waiting()
          .byRepository()
          .values()
          .forEach(wanted -> refuse(wanted, Reason.SERVICE_GONE, words));
      Head after = head.idle().waiting(Waiting.NOTHING).request(null).due(null);
      if (head.inFlight().isEmpty()) {
        write(after);
        return Done.REST;
      }
      Deployment deployment = head.inFlight().get();
      List<Deployment> ended = new ArrayList<>();
      ended.add(deployment.as(Status.SUPERSEDED, Reason.SERVICE_GONE, words, now));
      if (deployment.isRollback()) {
        ledger
            .deployment(head.service(), deployment.rollbackOf())
            .ifPresent(
                failed -> ended.add(failed.as(Status.FAILED, Reason.SERVICE_GONE, words, now)));
      }
      write(after, ended.toArray(Deployment[]::new));
      return Done.REST;
    }

    private Done undo(Head.Request.RollBack request) {
      Optional<Deployment> undone = ledger.deployment(head.service(), request.sequence());
      Optional<Deployment> before =
          ledger.deployments(head.service(), OLDER_SUCCESSES).stream()
              .filter(past -> past.sequence() < request.sequence())
              .filter(past -> past.status() == Status.SUCCEEDED && !past.isRollback())
              .filter(past -> past.reason() != Reason.COMPLETED_WITHOUT_TASKS)
              .filter(past -> !past.to().isEmpty())
              .findFirst();
      if (undone.isEmpty() || before.isEmpty()) {
        return dropRequest("nothing good is known from before it");
      }
      if (undone.get().isRollback()) {
        return dropRequest("a rollback is not rolled back");
      }
      Deployment target = before.get();
      Deployment failing =
          undone
              .get()
              .as(
                  Status.ROLLING_BACK,
                  Reason.UNDONE_BY_PERSON,
                  "Rolled back by " + request.by() + ". Going back to " + target.to().brief() + ".",
                  now);
      Deployment back =
          started(
              head.lastSequence() + 1,
              undone.get().to(),
              target.to(),
              new Trigger(Trigger.Kind.PERSON, request.by(), "", request.at()),
              new Deployment.Revisions(
                  undone.get().revisions().own(), "", target.revisions().own()),
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

    private Done dropRequest(String why) {
      log.info("request dropped", "service", head.service().brief(), "why", why);
      write(head.request(null).due(now.plus(SOON)));
      return Done.AGAIN;
    }
  }

  // ---- words

  /** {@code family:revision} of a task definition's ARN. */
  static String revision(String arn) {
    return arn.substring(arn.indexOf('/') + 1);
  }

  static String family(String arn) {
    String revision = revision(arn);
    int colon = revision.lastIndexOf(':');
    return colon < 0 ? revision : revision.substring(0, colon);
  }

  private static String sentence(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
  }
}
