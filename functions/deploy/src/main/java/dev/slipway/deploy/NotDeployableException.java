package dev.slipway.deploy;

import dev.slipway.deployment.Reason;

/** A service cannot be deployed as it is set up; its owner can change that. */
final class NotDeployableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  /**
   * @param message what is wrong, and what to do
   */
  NotDeployableException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
