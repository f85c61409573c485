package dev.slipway.local.slack;

import dev.slipway.slack.Message;
import java.time.Instant;
import java.util.List;

/**
 * A message as a channel holds it.
 *
 * @param channel id of the channel; empty for an answer that only one person sees
 * @param ts identity within the channel
 * @param threadTs of the message whose thread it is in; empty if it is in the channel itself
 * @param aloud whether it is in a thread, and shown in the channel, too
 * @param content as it reads now
 * @param history as it read before, oldest first
 * @param at account time of the post
 */
public record SlackMessage(
    String channel,
    String ts,
    String threadTs,
    boolean aloud,
    Message content,
    List<Message> history,
    Instant at) {

  public SlackMessage {
    history = List.copyOf(history);
  }

  public boolean inThread() {
    return !threadTs.isEmpty();
  }

  public int edits() {
    return history.size();
  }
}
