package dev.slipway.notify;

import dev.slipway.follow.ServiceRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The items about messages. Reads by key are strongly consistent. */
interface MessageStore {

  /** {@link MessageItem#absent} if there is none. */
  MessageItem read(MessageKey key);

  /**
   * Writes the item over the version that it carries, which goes up by one.
   *
   * @return the item as it now stands; empty if somebody else has written it since it was read
   */
  Optional<MessageItem> write(MessageItem item, Instant now);

  /** Messages that are due, the longest waiting first; eventually consistent. */
  List<MessageKey> due(Instant until, int limit);

  /** The newest deployment before this one that has an item. */
  Optional<MessageKey> newestBefore(ServiceRef service, long sequence);
}
