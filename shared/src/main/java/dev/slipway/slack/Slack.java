package dev.slipway.slack;

/**
 * The few things that Slipway does in Slack. Every method throws {@link SlackException} when Slack
 * did not do it, or cannot be known to have done it.
 */
public interface Slack {

  /** Says something new in a channel. Asked twice, it is said twice. */
  Posted post(String channel, Message message);

  /** Says something in the thread of a message. */
  Posted reply(Posted parent, Message message);

  /** Replaces what one of our own messages says; may be repeated. */
  void update(Posted posted, Message message);

  /**
   * Answers a command or a button press. Slack takes five answers within 30 minutes.
   *
   * @param responseUrl as the request named it; refused unless it is a host of Slack's
   * @param everyone whether the whole channel sees the answer, or only who asked
   */
  void respond(String responseUrl, Message message, boolean everyone);

  /**
   * Where a message stands.
   *
   * @param channel id as Slack answered it, also when the channel was named otherwise
   * @param ts Slack's time stamp, which is the message's identity in the channel
   */
  record Posted(String channel, String ts) {}
}
