package dev.slipway.deploy;

import dev.slipway.deployment.Reason;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.Ledger;

/**
 * Deployments that newer pushes have taken the place of. CodeDeploy may bring one into production
 * before it is asked to stop it: what runs then is new, and nobody else's.
 */
final class Replaced {

  private Replaced() {}

  /** Whether this is the revision of one of them. */
  static boolean made(Ledger ledger, ServiceRef service, String taskDefinition) {
    return ledger.recent(service).stream()
        .filter(past -> past.reason() == Reason.NEWER_PUSH)
        .anyMatch(past -> past.revisions().own().equals(taskDefinition));
  }
}
