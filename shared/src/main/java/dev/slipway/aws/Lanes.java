package dev.slipway.aws;

import dev.slipway.follow.ServiceRef;
import java.util.Collection;

/** The lanes: one SQS FIFO queue, one message group per service. */
public interface Lanes {

  /**
   * Sends a look at each of these services, ten a call.
   *
   * @param cause a word for the log: push, evidence, clock, person
   */
  void look(Collection<ServiceRef> services, String cause);
}
