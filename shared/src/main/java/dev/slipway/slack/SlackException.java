package dev.slipway.slack;

import java.time.Duration;
import java.util.Map;

/** Slack did not do what was asked. The text never holds a token or a webhook's address. */
public final class SlackException extends RuntimeException {

  /** What can be done about it. */
  public enum Kind {
    /** There is no token, or the secret cannot be read: a person has to fill it in. */
    NOT_CONFIGURED,
    /** The token is not accepted or lacks a scope: a person has to act. */
    AUTH,
    /** The channel does not exist, or the app is not in it: a person has to act. */
    CHANNEL,
    /** Too fast. */
    THROTTLED,
    /** Slack is down or did not answer; it may have done it all the same. */
    OUTAGE,
    /** The message that was to be edited or answered is not there any more. */
    GONE,
    /** Slack does not accept the content. */
    CONTENT,
    /** Anything else that Slack refuses. */
    REFUSED
  }

  /**
   * Slack's words for what went wrong: https://docs.slack.dev/reference/methods/chat.postMessage
   */
  private static final Map<String, Kind> KINDS =
      Map.ofEntries(
          Map.entry("not_authed", Kind.AUTH),
          Map.entry("invalid_auth", Kind.AUTH),
          Map.entry("account_inactive", Kind.AUTH),
          Map.entry("token_revoked", Kind.AUTH),
          Map.entry("token_expired", Kind.AUTH),
          Map.entry("no_permission", Kind.AUTH),
          Map.entry("missing_scope", Kind.AUTH),
          Map.entry("not_allowed_token_type", Kind.AUTH),
          Map.entry("ekm_access_denied", Kind.AUTH),
          Map.entry("channel_not_found", Kind.CHANNEL),
          Map.entry("not_in_channel", Kind.CHANNEL),
          Map.entry("is_archived", Kind.CHANNEL),
          Map.entry("restricted_action", Kind.CHANNEL),
          Map.entry("channel_is_archived", Kind.CHANNEL),
          Map.entry("no_service", Kind.CHANNEL),
          Map.entry("ratelimited", Kind.THROTTLED),
          Map.entry("rate_limited", Kind.THROTTLED),
          Map.entry("message_limit_exceeded", Kind.THROTTLED),
          Map.entry("internal_error", Kind.OUTAGE),
          Map.entry("fatal_error", Kind.OUTAGE),
          Map.entry("service_unavailable", Kind.OUTAGE),
          Map.entry("request_timeout", Kind.OUTAGE),
          Map.entry("message_not_found", Kind.GONE),
          Map.entry("cant_update_message", Kind.GONE),
          Map.entry("edit_window_closed", Kind.GONE),
          Map.entry("thread_not_found", Kind.GONE),
          Map.entry("invalid_blocks", Kind.CONTENT),
          Map.entry("invalid_blocks_format", Kind.CONTENT),
          Map.entry("msg_too_long", Kind.CONTENT),
          Map.entry("msg_blocks_too_long", Kind.CONTENT),
          Map.entry("no_text", Kind.CONTENT));

  private final String error;
  private final Kind kind;
  private final Duration retryAfter;

  private SlackException(String error, Kind kind, Duration retryAfter, String words) {
    super(words);
    this.error = error;
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  /** An answer with {@code "ok": false}; a word that is not known is REFUSED and shown as it is. */
  public static SlackException refused(String method, String error) {
    Kind kind = KINDS.getOrDefault(error, Kind.REFUSED);
    return new SlackException(
        error, kind, Duration.ZERO, method + " answered " + error + remedy(kind));
  }

  public static SlackException throttled(String method, Duration retryAfter) {
    return new SlackException(
        "ratelimited",
        Kind.THROTTLED,
        retryAfter,
        method + " is throttled by Slack for " + retryAfter.toSeconds() + " s");
  }

  /**
   * No answer, or none that can be read.
   *
   * @param why an HTTP status or the name of an exception: never its text, which can hold the
   *     address
   */
  public static SlackException outage(String method, String why) {
    return new SlackException(
        "outage", Kind.OUTAGE, Duration.ZERO, method + " was not answered by Slack: " + why);
  }

  public static SlackException notConfigured(String why) {
    return new SlackException("not_configured", Kind.NOT_CONFIGURED, Duration.ZERO, why);
  }

  private static String remedy(Kind kind) {
    return switch (kind) {
      case AUTH ->
          ": put a bot token with the scope chat:write into the key botToken of Slipway's secret";
      case CHANNEL ->
          ": check the channel's id and invite the app to it, or grant it chat:write.public";
      case NOT_CONFIGURED, THROTTLED, OUTAGE, GONE, CONTENT, REFUSED -> "";
    };
  }

  /** Slack's own word, for example {@code channel_not_found}. */
  public String error() {
    return error;
  }

  public Kind kind() {
    return kind;
  }

  /** How long Slack asks to be left alone; zero if it did not say. */
  public Duration retryAfter() {
    return retryAfter;
  }

  /**
   * Whether the next call will most likely fail too, whatever it says: no use in trying it at once.
   */
  public boolean closesTheDoor() {
    return switch (kind) {
      case NOT_CONFIGURED, AUTH, THROTTLED, OUTAGE -> true;
      case CHANNEL, GONE, CONTENT, REFUSED -> false;
    };
  }
}
