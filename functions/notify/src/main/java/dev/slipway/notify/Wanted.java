package dev.slipway.notify;

import dev.slipway.slack.Message;
import java.time.Instant;
import java.util.Optional;

/** What a message should be, as things stand now. */
sealed interface Wanted {

  /** Nothing to say, or nobody to say it to. */
  record Nothing(String why) implements Wanted {}

  /** Nothing to say before then. */
  record Later(Instant at) implements Wanted {}

  /**
   * @param channel where, if it is not posted yet
   * @param hash of what it shows when it is said
   * @param reply for its thread, if there is one and it has not been told
   * @param calls what a person has been called for once all of this is said; empty if for nothing
   * @param post whether it is to be posted if it is not there
   */
  record Said(
      String channel,
      Message message,
      String hash,
      Optional<Reply> reply,
      String calls,
      boolean post)
      implements Wanted {

    /** Nothing for a thread, and nobody is called. */
    Said(String channel, Message message, String hash) {
      this(channel, message, hash, Optional.empty(), "", true);
    }
  }

  /**
   * What is said in the thread.
   *
   * @param explains whether it is the diagnosis
   * @param aloud whether the channel is to hear it
   */
  record Reply(Message message, boolean explains, boolean aloud) {}
}
