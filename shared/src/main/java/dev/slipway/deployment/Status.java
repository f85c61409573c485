package dev.slipway.deployment;

/**
 * How far a deployment has come, or how it ended. Kept in the ledger by name: add, never rename.
 */
public enum Status {
  /** Accepted; being checked, copied and registered. */
  PREPARING(false),
  /** ECS is moving the service. */
  ROLLING_OUT(false),
  /** Completed in ECS; watched for {@code slipway.bake} before it counts as a success. */
  BAKING(false),
  /** Failed; the service is on its way back. The rollback is a deployment of its own. */
  ROLLING_BACK(false),
  /** Runs, and is the new last good. */
  SUCCEEDED(true),
  /** Failed, and nothing took its place: a person is needed. */
  FAILED(true),
  /** Failed, and the service runs what it ran before. */
  ROLLED_BACK(true),
  /** Something newer took its place before there was a verdict. */
  SUPERSEDED(true);

  private final boolean ended;

  Status(boolean ended) {
    this.ended = ended;
  }

  /** Whether nothing more will happen to it. */
  public boolean ended() {
    return ended;
  }
}
