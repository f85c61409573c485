package dev.slipway.slack;

/**
 * What Slipway does in channels. Every method throws {@link SlackException} when Slack did not do
 * it, or cannot be known to have done it.
 */
public interface Slack {

  /** Says something new in a channel. Asked twice, it is said twice. */
  Posted post(String channel, Message message);

  /**
   * Says something in the thread of a message.
   *
   * @param aloud whether it is shown in the channel, too. Slack marks a channel as unread for what
   *     is said in it, not for an edit, nor for what is said in a thread alone
   */
  Posted reply(Posted parent, Message message, boolean aloud);

  /** Replaces what one of our own messages says; may be repeated. */
  void update(Posted posted, Message message);

  /**
   * Where a message stands.
   *
   * @param channel id as Slack answered it, also when the channel was named otherwise
   * @param ts Slack's time stamp, which is the message's identity in the channel
   */
  record Posted(String channel, String ts) {}
}
