package dev.slipway.slack;

/**
 * What Slack gave us, each empty if absent. Its text says which are there and never what they are.
 *
 * @param botToken for posting and editing
 * @param signingSecret for telling Slack's requests from anybody else's
 * @param webhookUrl for posting without a bot token; whoever knows it can post
 */
public record SlackSecret(String botToken, String signingSecret, String webhookUrl) {

  public static final SlackSecret NONE = new SlackSecret("", "", "");

  public boolean hasBotToken() {
    return !botToken.isEmpty();
  }

  public boolean hasWebhook() {
    return !webhookUrl.isEmpty();
  }

  @Override
  public String toString() {
    return "SlackSecret[botToken="
        + presence(botToken)
        + ", signingSecret="
        + presence(signingSecret)
        + ", webhookUrl="
        + presence(webhookUrl)
        + "]";
  }

  private static String presence(String value) {
    return value.isEmpty() ? "absent" : "present";
  }
}
