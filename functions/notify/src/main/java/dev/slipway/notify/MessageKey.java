package dev.slipway.notify;

import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Json;
import dev.slipway.slack.Message;

/**
 * Which message: that of a deployment, or that of a push that changed nothing.
 *
 * @param sk sort key of its item in the ledger's table
 */
record MessageKey(ServiceRef service, String sk) {

  private static final String PARTITION = "message#";

  /** Not as the ledger names its own items: who reads the stream tells them apart by this. */
  private static final String PUSH = "declined#";

  static MessageKey deployment(ServiceRef service, long sequence) {
    return new MessageKey(service, "%010d".formatted(sequence));
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

  boolean isPush() {
    return sk.startsWith(PUSH);
  }

  /** Of the deployment whose message this is. */
  long sequence() {
    return Long.parseLong(sk);
  }
}
