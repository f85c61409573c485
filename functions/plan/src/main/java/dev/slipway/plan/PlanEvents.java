package dev.slipway.plan;

import static dev.slipway.runtime.EventFields.detail;
import static dev.slipway.runtime.EventFields.quote;
import static dev.slipway.runtime.EventFields.required;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.follow.FollowerTags;
import dev.slipway.follow.ServiceRef;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.Partition;
import dev.slipway.plan.PlanEvent.NotAPush;
import dev.slipway.plan.PlanEvent.Pushed;
import dev.slipway.plan.PlanEvent.Reconcile;
import dev.slipway.runtime.EventFields;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.PermanentFailure;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads EventBridge's envelopes. Fields that are not known are left alone: AWS adds some.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html">Amazon
 *     ECR events and EventBridge</a>
 */
final class PlanEvents {

  static final String PUSH = "ECR Image Action";
  static final String REPLICATION = "ECR Replication Action";
  static final String RECONCILE = "Slipway Reconcile";

  /**
   * cosign keeps signatures, attestations and SBOMs of an image under such tags.
   * https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
   */
  private static final Pattern SIGNATURE = Pattern.compile("sha256-[0-9a-f]{64}(\\..*)?");

  /** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

  private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");

  private PlanEvents() {}

  /** Whether this tag of a repository holds what belongs to an image, and no image. */
  static boolean reserved(String tag) {
    return SIGNATURE.matcher(tag).matches();
  }

  /**
   * @throws PermanentFailure if it can never be understood; the text quotes what it could not read
   */
  static PlanEvent read(String body) {
    JsonNode event = EventFields.event(body);
    String source = Json.text(event, "source");
    String type = Json.text(event, "detail-type");
    return switch (source + "/" + type) {
      case "aws.ecr/" + PUSH -> push(event);
      case "aws.ecr/" + REPLICATION -> replication(event);
      case "slipway/" + RECONCILE -> new Reconcile(after(event.path("detail")));
      default ->
          throw new PermanentFailure(
              "plan does not know events of source '"
                  + quote(source)
                  + "' and detail-type '"
                  + quote(type)
                  + "': it takes aws.ecr with '"
                  + PUSH
                  + "' or '"
                  + REPLICATION
                  + "', and slipway with '"
                  + RECONCILE
                  + "'. Correct the rule that sent it");
    };
  }

  /** The message by which a run goes on behind a service, when its time is over. */
  static String goOnAfter(ServiceRef service) {
    ObjectNode event = Json.object().put("source", "slipway").put("detail-type", RECONCILE);
    event.putObject("detail").put("after", service.arn());
    return Json.write(event);
  }

  private static Optional<ServiceRef> after(JsonNode detail) {
    String arn = Json.text(detail, "after");
    try {
      return arn.isEmpty() ? Optional.empty() : Optional.of(ServiceRef.parse(arn));
    } catch (IllegalArgumentException e) {
      throw unreadable(RECONCILE, "detail.after", arn, "the ARN of an ECS service");
    }
  }

  private static PlanEvent push(JsonNode event) {
    JsonNode detail = detail(event, PUSH);
    String action = required(detail, "action-type", PUSH);
    String result = required(detail, "result", PUSH);
    String repository = required(detail, "repository-name", PUSH);
    if (!action.equals("PUSH")) {
      return new NotAPush("action " + quote(action) + " on " + quote(repository) + " is no push");
    }
    if (!result.equals("SUCCESS")) {
      return new NotAPush("the push to " + quote(repository) + " ended as " + quote(result));
    }
    return image(
        event,
        detail,
        PUSH,
        Trigger.Kind.PUSH,
        Json.text(detail, "manifest-media-type"),
        Json.text(detail, "artifact-media-type"));
  }

  private static PlanEvent replication(JsonNode event) {
    JsonNode detail = detail(event, REPLICATION);
    String action = required(detail, "action-type", REPLICATION);
    String result = required(detail, "result", REPLICATION);
    String repository = required(detail, "repository-name", REPLICATION);
    if (!action.equals("REPLICATE")) {
      return new NotAPush(
          "action " + quote(action) + " on " + quote(repository) + " is no replication");
    }
    if (!result.equals("SUCCESS")) {
      return new NotAPush("the replication to " + quote(repository) + " ended as " + quote(result));
    }
    return image(event, detail, REPLICATION, Trigger.Kind.REPLICATION, "", "");
  }

  private static PlanEvent image(
      JsonNode event,
      JsonNode detail,
      String type,
      Trigger.Kind kind,
      String manifestMediaType,
      String artifactMediaType) {
    String repository = required(detail, "repository-name", type);
    String tag = Json.text(detail, "image-tag");
    if (tag.isEmpty()) {
      return new NotAPush("what was pushed to " + quote(repository) + " has no tag");
    }
    if (reserved(tag)) {
      return new NotAPush(
          "the tag "
              + quote(tag)
              + " of "
              + quote(repository)
              + " holds a signature, not an image");
    }
    if (!TAG.matcher(tag).matches()) {
      throw unreadable(type, "detail.image-tag", tag, "an image tag");
    }
    if (repository.length() > FollowerTags.LONGEST_REPOSITORY) {
      throw new PermanentFailure(
          "the repository '"
              + quote(repository)
              + "' has "
              + repository.length()
              + " characters, and one of more than "
              + FollowerTags.LONGEST_REPOSITORY
              + " cannot be followed, because a tag key cannot hold its name: give it a shorter"
              + " one");
    }
    Digest digest;
    String pushed = required(detail, "image-digest", type);
    try {
      digest = new Digest(pushed);
    } catch (IllegalArgumentException e) {
      throw unreadable(type, "detail.image-digest", pushed, "sha256: and 64 hexadecimal digits");
    }
    String account = required(event, "account", type);
    if (!ACCOUNT.matcher(account).matches()) {
      throw unreadable(type, "account", account, "twelve digits");
    }
    String region = required(event, "region", type);
    if (!Partition.isRegion(region)) {
      throw unreadable(type, "region", region, "a Region such as eu-west-1");
    }
    Instant time = Json.instant(event, "time");
    if (time == null) {
      throw unreadable(
          type, "time", required(event, "time", type), "a time such as 2026-01-01T00:00:00Z");
    }
    return new Pushed(
        Image.of(account, region, repository, tag, digest),
        manifestMediaType,
        artifactMediaType,
        new Trigger(kind, "", required(event, "id", type), time));
  }

  private static PermanentFailure unreadable(
      String type, String field, String value, String expected) {
    return new PermanentFailure(
        "'" + quote(value) + "' in " + field + " of an event '" + type + "' is not " + expected);
  }
}
