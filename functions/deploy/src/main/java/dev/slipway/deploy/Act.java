package dev.slipway.deploy;

import dev.slipway.aws.AwsException;
import dev.slipway.aws.Ecs;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
  final WhatRuns whatRuns;
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
    this.whatRuns = new WhatRuns(tools.ecs());
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
   * is still under way is not: it is looked at when it is over. What AWS itself has brought back is
   * nobody else's, though its tasks may have died again.
   *
   * @param own id of the ECS deployment that is found good, empty if there is none
   */
  final Instant goodSince(String own) {
    return seen.service()
        .primary()
        .filter(_ -> !seen.service().steady())
        .filter(primary -> !primary.id().equals(own))
        .filter(primary ->
            seen.situation()
                .wentBackAt()
                .map(back -> primary.createdAt().isAfter(back))
                .orElse(true))
        .map(primary -> primary.createdAt().minusMillis(1))
        .filter(before -> before.isBefore(now))
        .orElse(now);
  }
}
