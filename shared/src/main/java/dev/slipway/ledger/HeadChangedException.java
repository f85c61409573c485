package dev.slipway.ledger;

import dev.slipway.follow.ServiceRef;

/** Somebody else wrote the head first: read again and decide again. */
public final class HeadChangedException extends RuntimeException {
  public HeadChangedException(ServiceRef service, long version) {
    super("the head of " + service.brief() + " is no longer at version " + version);
  }
}
