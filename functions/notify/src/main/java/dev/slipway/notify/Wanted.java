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
   * @param reason for its thread, if there is one and it has not been told
   * @param post whether it is to be posted if it is not there
   */
  record Said(String channel, Message message, String hash, Optional<Message> reason, boolean post)
      implements Wanted {}
}
