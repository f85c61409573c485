package dev.slipway.slack;

/** Answers people, at the address that came with what they asked. */
@FunctionalInterface
public interface Responder {

  /**
   * Answers a command or a button press. Slack takes five answers within 30 minutes.
   *
   * @param responseUrl as the request named it; refused unless it is a host of Slack's
   * @param everyone whether the whole channel sees the answer, or only who asked
   * @throws SlackException when Slack did not take it, or cannot be known to have taken it
   */
  void respond(String responseUrl, Message message, boolean everyone);
}
