package dev.slipway.notify;

import dev.slipway.slack.Slack;
import dev.slipway.slack.Webhook;

/** How Slipway can speak, as its secret says. */
sealed interface Voice {

  /** A bot token: messages can be edited. */
  record Bot(Slack slack) implements Voice {}

  /** A webhook: what is said stays, so only the end is told. */
  record Hook(Webhook webhook) implements Voice {}

  /** No Slack: the log is all there is. */
  record Silent() implements Voice {}

  /**
   * The secret cannot be read now: what is to be said waits.
   *
   * @param why for the log
   */
  record Unknown(String why) implements Voice {}
}
