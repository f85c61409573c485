package dev.slipway.notify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deployment.Deployment;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.runtime.Json;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The event that Slipway publishes when a deployment's status changes: source {@code slipway},
 * detail-type {@code Slipway Deployment State Change}. At least once, like everything on the bus;
 * {@code deployment} and {@code status} together tell a repetition. The schema is in {@code
 * events/schema}.
 */
final class StateChange {

  static final String SOURCE = "slipway";
  static final String DETAIL_TYPE = "Slipway Deployment State Change";

  private StateChange() {}

  /** Whether there is anything to publish. */
  static boolean between(Optional<Deployment> before, Deployment now) {
    return before.isEmpty() || before.get().status() != now.status();
  }

  /** One entry of PutEvents. */
  static ObjectNode entry(Optional<Deployment> before, Deployment now, String bus) {
    ObjectNode entry = Json.object();
    entry.put("EventBusName", bus).put("Source", SOURCE).put("DetailType", DETAIL_TYPE);
    entry.put("Time", now.updatedAt().getEpochSecond());
    entry.putArray("Resources").add(now.service().arn());
    return entry.put("Detail", Json.write(detail(before, now)));
  }

  static ObjectNode detail(Optional<Deployment> before, Deployment now) {
    ObjectNode detail = Json.object();
    detail.put("version", "1");
    detail.put("deployment", now.id());
    detail.put("serviceArn", now.service().arn());
    detail.put("cluster", now.service().cluster());
    detail.put("service", now.service().name());
    detail.put("sequence", now.sequence());
    detail.put("status", now.status().name());
    detail.put("previousStatus", before.map(was -> was.status().name()).orElse(""));
    detail.put("ended", now.status().ended());
    detail.put("reason", now.reason().name());
    detail.put("reasonText", now.reason().text());
    detail.put("detail", now.detail());
    detail.put("cause", now.diagnosis().map(diagnosis -> diagnosis.cause()).orElse(""));
    detail.set("from", images(now.from()));
    detail.set("to", images(now.to()));
    detail
        .putObject("trigger")
        .put("kind", now.trigger().kind().name())
        .put("by", now.trigger().by())
        .put("eventId", now.trigger().eventId());
    detail.put("taskDefinition", now.revisions().own());
    detail.put("ecsDeploymentId", now.rollout().ecsDeploymentId());
    detail.put("rollbackOf", now.rollbackOf());
    detail.put("rolledBackBy", now.rolledBackBy().name());
    detail.put("createdAt", text(now.createdAt()));
    detail.put("updatedAt", text(now.updatedAt()));
    detail.put("finishedAt", text(now.finishedAt()));
    return detail;
  }

  private static ArrayNode images(ImageSet set) {
    ArrayNode images = Json.array();
    for (Map.Entry<String, Image> entry : set.byContainer().entrySet()) {
      Image image = entry.getValue();
      images
          .addObject()
          .put("container", entry.getKey())
          .put("registry", image.registry())
          .put("repository", image.repository())
          .put("tag", image.tag())
          .put("digest", image.digest().value());
    }
    return images;
  }

  private static String text(Instant at) {
    return at == null ? "" : at.toString();
  }
}
