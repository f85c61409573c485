package dev.slipway.slack;

import dev.slipway.runtime.Json;
import java.net.URI;

/**
 * An incoming webhook: says something in the one channel it was made for. Slack answers without the
 * message's identity, so nothing said so can be edited.
 *
 * @see <a
 *     href="https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks">docs.slack.dev</a>
 */
public final class Webhook {

  private final SlackSecrets secrets;

  public Webhook(SlackSecrets secrets) {
    this.secrets = secrets;
  }

  /**
   * @throws SlackException if Slack did not take it
   */
  public void post(Message message) {
    String url = secrets.get().webhookUrl();
    URI uri;
    try {
      uri = URI.create(url);
      uri.toURL();
    } catch (IllegalArgumentException | java.net.MalformedURLException e) {
      throw SlackException.notConfigured(
          "webhookUrl in Slipway's secret is not an address like"
              + " https://hooks.slack.com/services/...");
    }
    Http.Answer answer = Http.post("webhook", uri, "", Json.write(message.withoutPreviews()));
    switch (answer.status()) {
      case 200 -> {}
      case 429 -> throw SlackException.throttled("webhook", answer.patience());
      // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors
      case 403, 404, 410 -> {
        secrets.forget();
        throw SlackException.refused("webhook", word(answer.body(), "no_service"));
      }
      case 400 -> throw SlackException.refused("webhook", word(answer.body(), "invalid_payload"));
      default -> throw SlackException.outage("webhook", "HTTP " + answer.status());
    }
  }

  /** Slack's word, if the answer is one: anything else could be a page of somebody in between. */
  private static String word(String body, String otherwise) {
    return body.strip().matches("[a-z_]{1,64}") ? body.strip() : otherwise;
  }

  @Override
  public String toString() {
    return "Webhook[]";
  }
}
