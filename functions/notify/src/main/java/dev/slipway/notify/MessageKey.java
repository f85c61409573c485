package dev.slipway.notify;

import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Json;
import dev.slipway.slack.Message;

/**
 * Which message: that of a deployment, that of a push that changed nothing, or that of what waits.
 *
 * @param sk sort key of its item in the ledger's table
 */
record MessageKey(ServiceRef service, String sk) {

  private static final String PARTITION = "message#";

  /** Not as the ledger names its own items: who reads the stream tells them apart by this. */
  private static final String PUSH = "declined#";

  private static final String WAITING = "waiting";

  static MessageKey deployment(ServiceRef service, long sequence) {
    return new MessageKey(service, "%010d".formatted(sequence));
  }

  /** Of what waits for its turn; there is one at a time in a service. */
  static MessageKey waiting(ServiceRef service) {
    return new MessageKey(service, WAITING);
  }

  /** The same for the same complaint, whichever event brought it: it is told once. */
  static MessageKey push(PushRecord push) {
    String complaint =
        Json.write(
            Json.array()
                .add(push.image())
                .add(push.digest())
                .add(push.reason().name())
                .add(push.detail()));
    return new MessageKey(push.service(), PUSH + Message.ofText(complaint).hash());
  }

  /**
   * @throws IllegalArgumentException if these are not the keys of a message
   */
  static MessageKey of(String pk, String sk) {
    if (!pk.startsWith(PARTITION)) {
      throw new IllegalArgumentException("'" + pk + "' is not the partition of a message");
    }
    return new MessageKey(ServiceRef.parse(pk.substring(PARTITION.length())), sk);
  }

  String pk() {
    return PARTITION + service.arn();
  }

  boolean isWaiting() {
    return sk.equals(WAITING);
  }

  boolean isPush() {
    return sk.startsWith(PUSH);
  }

  /** Of the deployment whose message this is. */
  long sequence() {
    return Long.parseLong(sk);
  }
}
