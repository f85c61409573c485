package dev.slipway.deploy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.Ecr;
import dev.slipway.aws.Ecs;
import dev.slipway.aws.Ecs.TaskDefinitionDocument;
import dev.slipway.aws.ServiceView;
import dev.slipway.deploy.Controller.Way;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.NextStep;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.ServiceRef;
import dev.slipway.image.Image;
import dev.slipway.image.ImageReference;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.Ledger;
import dev.slipway.runtime.Log;
import dev.slipway.taskdef.TaskDefinitionCopy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Where to go back to: the revision that is known to be good, or the next older success, as far as
 * its images can still be had.
 */
final class PlaceToGoBackTo {

  /** ECR's image statuses in which an image is kept, but cannot be pulled. */
  private static final Set<String> NOT_PULLED = Set.of("ARCHIVED", "ACTIVATING");

  private final Ecs ecs;
  private final Ecr ecr;
  private final Ledger ledger;
  private final Revisions revisions;
  private final Log log;
  private final WhatRuns whatRuns;
  private final Head head;
  private final ServiceView service;

  PlaceToGoBackTo(Tools tools, Head head, ServiceView service) {
    this.ecs = tools.ecs();
    this.ecr = tools.ecr();
    this.ledger = tools.ledger();
    this.revisions = tools.revisions();
    this.log = tools.log();
    this.whatRuns = new WhatRuns(tools.ecs());
    this.head = head;
    this.service = service;
  }

  /** One revision, and the images that its tasks are to run. */
  record Target(String taskDefinition, ImageSet images) {}

  /**
   * What the search came to.
   *
   * @param passedOver why not to what comes first, in a sentence; empty if to that
   */
  record Search(Optional<Target> found, String passedOver) {}

  /**
   * Deployments before this one that succeeded with images that are known, newest first. One that
   * went back is none of them, nor one that completed without tasks.
   */
  static Stream<Deployment> successesBefore(long sequence, ServiceRef service, Ledger ledger) {
    return ledger.recent(service).stream()
        .filter(past -> past.sequence() < sequence)
        .filter(past -> past.status() == Status.SUCCEEDED && !past.isRollback())
        .filter(past -> past.reason() != Reason.COMPLETED_WITHOUT_TASKS)
        .filter(past -> !past.to().isEmpty());
  }

  /** The place to go back to, or the next older success whose images are still there. */
  Search find(Deployment back, Way way) {
    List<Target> candidates = new ArrayList<>();
    candidates.add(new Target(back.revisions().own(), back.to()));
    successesBefore(back.rollbackOf(), head.service(), ledger)
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
      return ecr.image(image.repository(), image.digest())
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
  boolean names(String taskDefinition, ImageSet images) {
    return names(whatRuns.named(taskDefinition), images);
  }

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

  /**
   * Whether tasks of a revision run other digests than those known to be good, in containers whose
   * image it names by tag only: ECS resolves the tag anew with each deployment of a revision, and
   * goes back to what it found for the last of them that succeeded. Both sides are digests that
   * ECS's tasks pulled, so that an index is never compared with one of its platforms.
   */
  boolean otherDigests(String taskDefinition, ImageSet good) {
    Map<String, String> texts = whatRuns.named(taskDefinition);
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
    return service.desired() > 0
        && head.lastGood().map(good -> NextStep.deployedElsewhere(good, service)).orElse(false);
  }
}
