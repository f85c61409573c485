package dev.slipway.deploy;

import dev.slipway.aws.AwsException;
import dev.slipway.aws.Ecs;
import dev.slipway.aws.Ecs.RunningTask;
import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.NextStep;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageReference;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.taskdef.TaskDefinitionCopy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * One step on one service: the head as it stands in the ledger, what AWS said, and the time, all of
 * one look. It writes over that head only; if somebody else was quicker, nothing is written.
 */
abstract class Act {

  /** When somebody looks again although nothing was heard: a look can be lost. */
  static final Duration SOON = Duration.ofMinutes(2);

  final Tools tools;
  final Ecs ecs;
  final Ledger ledger;
  final Revisions revisions;
  final Controllers controllers;
  final Log log;
  final Metrics metrics;
  final Observed seen;
  final Head head;
  final Instant now;

  Act(Tools tools, Observed seen) {
    this.tools = tools;
    this.ecs = tools.ecs();
    this.ledger = tools.ledger();
    this.revisions = tools.revisions();
    this.controllers = tools.controllers();
    this.log = tools.log();
    this.metrics = tools.metrics();
    this.seen = seen;
    this.head = seen.stored();
    this.now = seen.now();
  }

  final Deployment inFlight() {
    return seen.head().inFlight().orElseThrow();
  }

  /** What waits is served at once; otherwise there is nothing more to ask. */
  final Done ended() {
    return head.waiting().isEmpty() && head.request().isEmpty() ? Done.REST : Done.AGAIN;
  }

  /**
   * When somebody has to look again once a deployment has ended: at once if more is asked for. The
   * look that goes on with it at once may die.
   */
  final Instant next() {
    return ended() == Done.REST ? null : now;
  }

  final Head write(Head after, Deployment... deployments) {
    return write(Change.of(head, after, deployments));
  }

  final Head write(Change change) {
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

  final Deployment started(
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
        begun(trigger, rollbackOf),
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

  private static Reason begun(Trigger trigger, long rollbackOf) {
    if (rollbackOf != 0) {
      return Reason.IN_PROGRESS;
    }
    return trigger.kind() == Trigger.Kind.PERSON ? Reason.REQUESTED : Reason.PUSHED;
  }

  final void refuse(Wanted wanted, Reason reason, String detail) {
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

  /** What waits, and with it what a deployment was to bring: as if it had come again. */
  final Waiting wantedAgain(Deployment deployment) {
    Map<String, Wanted> wishes = new TreeMap<>(head.waiting().byRepository());
    deployment.to().byContainer().values().stream()
        .filter(image -> !head.running().byContainer().containsValue(image))
        .map(image -> new Wanted(image, pushedAt(image, deployment), deployment.trigger()))
        // What was pushed since is newer.
        .forEach(wish -> wishes.putIfAbsent(wish.image().repository(), wish));
    return new Waiting(wishes);
  }

  private Instant pushedAt(Image image, Deployment deployment) {
    return head.considered(image.repository())
        .filter(last -> last.digest().equals(Optional.of(image.digest())))
        .map(Head.Considered::at)
        .orElse(deployment.trigger().at());
  }

  /** Container name to the text of its image, in a revision. */
  final Map<String, String> containers(String taskDefinition) {
    return TaskDefinitionCopy.containers(ecs.taskDefinition(taskDefinition).document());
  }

  /**
   * The digests that the service's tasks run, for each container whose image can be read.
   *
   * @param texts container name to the text of its image, in the service's revision
   */
  final ImageSet running(ServiceView service, Map<String, String> texts) {
    return running(tasks(service), texts);
  }

  /** The tasks of the revision that the service is set to. */
  final List<RunningTask> tasks(ServiceView service) {
    return ecs.runningTasks(service.ref()).stream()
        .filter(task -> task.taskDefinition().equals(service.taskDefinition()))
        .toList();
  }

  /** The same, of tasks that are known already. */
  static ImageSet running(List<RunningTask> tasks, Map<String, String> texts) {
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

  /** So that Terraform, CDK and CloudFormation can read what runs. Never holds up a verdict. */
  final void tellParameters(ImageSet images) {
    images
        .byContainer()
        .forEach((container, image) -> {
          String name = "/slipway/" + head.service().brief() + "/" + container;
          try {
            tools
                .parameters()
                .put(
                    name,
                    (tools.options().tagAndDigest() ? image.tagged() : image.byDigest())
                        .toString());
          } catch (AwsException e) {
            log.error("could not write the parameter " + name, e);
          }
        });
  }

  /**
   * The time until which somebody else's deployments are part of what is found good now. One that
   * is still under way is not: it is looked at when it is over.
   *
   * @param own id of the ECS deployment that is found good, empty if there is none
   */
  final Instant goodSince(String own) {
    return seen.service()
        .primary()
        .filter(_ -> !seen.service().steady())
        .filter(primary -> !primary.id().equals(own))
        .map(primary -> primary.createdAt().minusMillis(1))
        .filter(before -> before.isBefore(now))
        .orElse(now);
  }

  /** Something newer has come between a person's wish and now. */
  final Done dropOvertakenRequest(String why) {
    boolean elsewhere =
        head.lastGood()
            .map(good ->
                NextStep.deployedElsewhere(good, seen.service())
                    || ledger
                        .deployment(head.service(), good.sequence())
                        .map(one -> one.reason() == Reason.CHANGED_ELSEWHERE)
                        .orElse(false))
            .orElse(false);
    return dropRequest(elsewhere ? Reason.CHANGED_ELSEWHERE : Reason.NEWER_PUSH, why);
  }

  /**
   * What a person asked for is not done. They were told that it would be: so they are told why it
   * is not, unless it has happened already.
   */
  final Done dropRequest(Reason reason, String why) {
    log.info("request dropped", "service", head.service().brief(), "why", why);
    tellNotGoneBack(
        asked -> asked.status() != Status.ROLLED_BACK && asked.status() != Status.ROLLING_BACK,
        reason,
        why + ".");
    write(head.request(null).due(now.plus(SOON)));
    return Done.AGAIN;
  }

  /**
   * What a person asked for is not done, and why.
   *
   * @param told of which deployments nothing else tells it
   */
  final void tellNotGoneBack(Predicate<Deployment> told, Reason reason, String why) {
    head.request()
        .ifPresent(request ->
            ledger
                .deployment(head.service(), sequence(request))
                .filter(told)
                .ifPresent(asked ->
                    ledger.addPush(
                        PushRecord.notGoneBack(
                            asked,
                            request.by(),
                            request.at(),
                            reason,
                            "\"Roll back\" was pressed for #" + asked.sequence() + ": " + why),
                        now)));
  }

  private static long sequence(Head.Request request) {
    return switch (request) {
      case Head.Request.RollBack back -> back.sequence();
    };
  }
}
