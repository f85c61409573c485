package dev.slipway.deploy;

import dev.slipway.aws.Ecs.RunningTask;
import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.deployment.NextStep;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.image.ImageSet;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What is to be done while nothing is in flight: waiting, and recording what others deployed. */
final class Upkeep extends Act {

  Upkeep(Tools tools, Observed seen) {
    super(tools, seen);
  }

  Done rest(Instant until, String why) {
    boolean same = head.due() == null ? until == null : head.due().equals(until);
    boolean sooner =
        head.due() != null
            && until != null
            && head.due().isBefore(until)
            && head.due().isAfter(now);
    Waiting waits = head.waiting().because(why, seen.situation().audience());
    boolean told = head.waiting().isEmpty() || head.waiting().equals(waits);
    if (head.version() > 0 && (!told || !(same || sooner))) {
      Head after = told ? head : head.waiting(waits);
      write(sooner ? after : after.due(until));
    }
    return Done.REST;
  }

  Done baseline() {
    ServiceView service = seen.service();
    // Where something else deploys, the service itself is set to no revision.
    boolean set = !service.taskDefinition().isEmpty();
    List<RunningTask> tasks = set ? whatRuns.tasks(service) : List.of();
    ImageSet images =
        set ? WhatRuns.images(tasks, whatRuns.named(service.taskDefinition())) : ImageSet.EMPTY;
    // Its tasks may have gone since ECS counted them: then nobody knows what they ran.
    boolean steady = service.steady() && service.desired() > 0 && !tasks.isEmpty();
    Deployment baseline =
        started(
                1,
                ImageSet.EMPTY,
                images,
                new Trigger(Trigger.Kind.RECONCILE, "", "", now),
                new Deployment.Revisions("", "", service.taskDefinition()),
                0)
            .as(
                Status.SUCCEEDED,
                Reason.BASELINE,
                !set
                    ? "Is deployed by something else: its deployment controller is "
                        + service.controller()
                        + "."
                    : steady
                        ? "Runs "
                            + Wording.revision(service.taskDefinition())
                            + "; nothing was deployed."
                        : "Runs "
                            + Wording.revision(service.taskDefinition())
                            + ", but is not steady: until it is, there is nothing to go back to.",
                now);
    tellParameters(images);
    controllers.of(service).meet(service);
    write(
        head.running(images)
            .lastGood(new LastGood(service.taskDefinition(), images, 1, now, steady))
            .lastSequence(1)
            .due(next()),
        baseline);
    return ended();
  }

  Done adopt() {
    ServiceView service = seen.service();
    Optional<Deployment> own =
        seen.situation()
            .last()
            .filter(last -> last.revisions().own().equals(service.taskDefinition()));
    List<RunningTask> tasks = whatRuns.tasks(service);
    Instant proven = provenAt(tasks, NextStep.unproven(seen.situation(), service));
    if (proven.isAfter(now)) {
      return rest(
          head.due() != null && head.due().isAfter(now) && head.due().isBefore(proven)
              ? head.due()
              : proven,
          "what the service runs has not run for long enough to count as good");
    }
    ImageSet images = WhatRuns.images(tasks, whatRuns.named(service.taskDefinition()));
    Optional<LastGood> again =
        head.lastGood().filter(good -> good.taskDefinition().equals(service.taskDefinition()));
    // Ours, or the baseline, and now it has proven itself: it completed while nothing ran, or was
    // not steady yet. Or somebody deployed what was good again, and nothing came of it that was not
    // there before.
    Optional<Long> known =
        again.isPresent()
            ? again
                .filter(good -> !good.steady() || good.images().sameDigests(images))
                .map(LastGood::sequence)
            : own.map(Deployment::sequence);
    if (known.isPresent()) {
      write(
          head.running(images)
              .lastGood(new LastGood(service.taskDefinition(), images, known.get(), now, true))
              .due(head.due() == null ? next() : head.due()));
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
                    + Wording.revision(service.taskDefinition())
                    + "; it is steady, and counts as good from now on.",
                now);
    write(
        head.running(images)
            .lastGood(new LastGood(service.taskDefinition(), images, sequence, now, true))
            .lastSequence(sequence)
            .due(head.due() == null ? next() : head.due()),
        elsewhere);
    return Done.AGAIN;
  }

  /**
   * ECS calls a deployment without tasks complete, and counts a task that is about to crash as
   * running: what was never seen to run counts once each of its tasks has run for a while.
   */
  private Instant provenAt(List<RunningTask> tasks, boolean unproven) {
    if (tasks.isEmpty()) {
      return now.plus(SOON);
    }
    return unproven
        ? tasks.stream()
            .map(task -> task.startedAt() == null ? now : task.startedAt())
            .max(Comparator.naturalOrder())
            .orElse(now)
            .plus(SOON)
        : now;
  }
}
