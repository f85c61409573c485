package dev.slipway.chat;

import java.time.Instant;

/** Remembers which requests were seen, so that one that is sent again does nothing. */
@FunctionalInterface
interface Replays {

  /**
   * Whether this request is here for the first time, or again in the same message, because it was
   * not finished the first time.
   *
   * @param signature the request's identity
   * @param messageId of the queue's message that carries it
   */
  boolean first(String signature, String messageId, Instant now);
}
