package dev.slipway.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Status;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.LedgerFormat;
import dev.slipway.ledger.UnreadableItemException;
import java.util.List;

/**
 * The ledger as a version of Slipway uses it that is older than this one, while the stack is
 * updated and both run: it does not know the fields that were added since, so it ignores them, and
 * what it writes is without them. And it may not know a status that was added since: then it fails
 * with that item, and leaves it to the newer one.
 */
final class OlderVersion extends ForwardingLedger {

  /** What the format may be without, and decides nothing: a default stands for it. */
  private static final List<String> ADDED_TO_DEPLOYMENTS =
      List.of("detail", "audience", "diagnosis");

  private static final List<String> ADDED_TO_ROLLOUTS =
      List.of("desired", "running", "pending", "failed", "stage", "tasksSeen");

  private static final List<String> ADDED_TO_TRIGGERS = List.of("by", "eventId");

  private final boolean knowsBaking;

  OlderVersion(Ledger behind, boolean knowsBaking) {
    super(behind);
    this.knowsBaking = knowsBaking;
  }

  @Override
  public Head head(ServiceRef service) {
    Head head = behind.head(service);
    head.inFlight().ifPresent(this::readable);
    return old(head);
  }

  private void readable(Deployment deployment) {
    if (!knowsBaking && deployment.status() == Status.BAKING) {
      throw new UnreadableItemException(
          "head " + deployment.service().arn(),
          "'BAKING' in its field 'status' is not a Status that is known here");
    }
  }

  @Override
  public Head write(Change change) {
    return behind.write(
        new Change(
            change.before(),
            old(change.after()),
            change.deployments().stream().map(OlderVersion::old).toList(),
            change.quarantine(),
            change.release()));
  }

  private static Head old(Head head) {
    ObjectNode document = LedgerFormat.write(head);
    if (document.get("inFlight") instanceof ObjectNode deployment) {
      strip(deployment);
    }
    for (var waiting : document.path("waiting")) {
      ((ObjectNode) waiting.path("trigger")).remove(ADDED_TO_TRIGGERS);
    }
    return LedgerFormat.head(document, head.version(), head.quarantine());
  }

  private static Deployment old(Deployment deployment) {
    ObjectNode document = LedgerFormat.write(deployment);
    strip(document);
    return LedgerFormat.deployment(document);
  }

  private static void strip(ObjectNode deployment) {
    deployment.remove(ADDED_TO_DEPLOYMENTS);
    ((ObjectNode) deployment.path("rollout")).remove(ADDED_TO_ROLLOUTS);
    ((ObjectNode) deployment.path("trigger")).remove(ADDED_TO_TRIGGERS);
  }
}
