package dev.slipway.deploy;

import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Situation;
import java.time.Instant;

/**
 * What one look saw.
 *
 * @param stored the head as the ledger has it; what is written is written over this
 * @param head the same, completed by what AWS said of the deployment in flight
 */
record Observed(Head stored, Head head, Situation situation) {

  Instant now() {
    return situation.now();
  }

  /**
   * @throws java.util.NoSuchElementException if ECS does not know the service any more
   */
  ServiceView service() {
    return situation.service().orElseThrow();
  }

  /** The same look, after this head has been written. */
  Observed after(Head written) {
    return new Observed(written, written, situation);
  }
}
