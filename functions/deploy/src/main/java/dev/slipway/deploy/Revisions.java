package dev.slipway.deploy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.Ecs;
import dev.slipway.aws.Ecs.TaskDefinitionDocument;
import dev.slipway.deployment.Deployment;
import dev.slipway.image.Image;
import dev.slipway.image.ImageReference;
import dev.slipway.image.ImageSet;
import dev.slipway.runtime.Log;
import dev.slipway.taskdef.TaskDefinitionCopy;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Registers a deployment's revision, once, whatever becomes of the answer. */
final class Revisions {

  /** Revisions of a family that are looked through for one whose registration was not answered. */
  private static final int NEWEST = 50;

  /** ECS and Slipway need not agree on the second. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  /** ECS limits a tag's value to 256 characters, and cluster and service may have 255 each. */
  private static final int TAG_VALUE = 256;

  private final Ecs ecs;
  private final boolean tagAndDigest;

  Revisions(Ecs ecs, boolean tagAndDigest) {
    this.ecs = ecs;
    this.tagAndDigest = tagAndDigest;
  }

  /** The value of the tag by which a deployment's revision is known. */
  static String tagValue(Deployment deployment) {
    String suffix = "/" + deployment.sequence();
    String name = deployment.service().brief();
    return (name.length() + suffix.length() <= TAG_VALUE ? name : deployment.service().lane())
        + suffix;
  }

  /**
   * The revision that an earlier look may have registered for this deployment without being able to
   * write it down. One that is older than the deployment is of an earlier life of the ledger, whose
   * numbers began at 1 as well, and names other images.
   */
  Optional<String> registeredFor(Deployment deployment, String family) {
    Instant since = deployment.createdAt().minus(CLOCK_SKEW);
    for (String arn : ecs.newestRevisions(family, NEWEST)) {
      TaskDefinitionDocument revision = ecs.taskDefinition(arn);
      if (registeredAt(revision.document()).map(at -> at.isBefore(since)).orElse(false)) {
        return Optional.empty();
      }
      if (tagValue(deployment).equals(revision.tags().get(TaskDefinitionCopy.DEPLOYMENT_TAG))) {
        return Optional.of(arn);
      }
    }
    return Optional.empty();
  }

  private static Optional<Instant> registeredAt(ObjectNode document) {
    double seconds = document.path("registeredAt").asDouble(0);
    return seconds > 0
        ? Optional.of(Instant.ofEpochMilli((long) (seconds * 1000)))
        : Optional.empty();
  }

  /**
   * Registers a copy of {@code base} with these images pinned. Falls back to the digest alone if
   * ECS refuses {@code repository:tag@digest}: AWS documents either, not both.
   *
   * @throws AwsException if ECS refuses the copy in either form
   */
  String register(Deployment deployment, TaskDefinitionDocument base, ImageSet images) {
    try {
      return ecs.register(copy(deployment, base, images, tagAndDigest));
    } catch (AwsException e) {
      if (!tagAndDigest || !e.is("ClientException", "InvalidParameterException")) {
        throw e;
      }
      return ecs.register(copy(deployment, base, images, false));
    }
  }

  private static ObjectNode copy(
      Deployment deployment, TaskDefinitionDocument base, ImageSet images, boolean tagged) {
    Map<String, String> texts = new TreeMap<>();
    images
        .byContainer()
        .forEach((container, image) -> texts.put(container, text(image, tagged).toString()));
    return TaskDefinitionCopy.of(base.document(), base.tags(), texts, tagValue(deployment));
  }

  private static ImageReference text(Image image, boolean tagged) {
    // ECS limits what stands before the digest to 255 characters.
    return tagged && image.name().length() + 1 + image.tag().length() <= 255
        ? image.tagged()
        : image.byDigest();
  }

  /**
   * So that nothing picks a failed revision up as the family's newest. Only what Slipway registered
   * is deregistered; a refusal is logged and holds nothing up.
   */
  void deregister(Deployment failed, Log log) {
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
}
