package dev.slipway.slack;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.runtime.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * Reads the secret in Secrets Manager, JSON with {@code botToken}, {@code signingSecret} and {@code
 * webhookUrl}, each optional, and keeps it for five minutes, so that a new token needs no new
 * deployment of Slipway. Thread-safe.
 */
public final class SlackSecrets {

  static final Duration KEPT = Duration.ofMinutes(5);

  private final AwsApi aws;
  private final String arn;
  private final InstantSource time;
  private final Consumer<String> masks;
  private SlackSecret kept;
  private Instant readAt;

  /**
   * @param arn of the secret; empty if Slack is not used
   * @param masks is told each value that is read, so that a log can hide it
   */
  public SlackSecrets(AwsApi aws, String arn, InstantSource time, Consumer<String> masks) {
    this.masks = masks;
    this.aws = aws;
    this.arn = arn;
    this.time = time;
  }

  /**
   * The secret; {@link SlackSecret#NONE} if there is none or nobody has put a value into it.
   *
   * @throws SlackException NOT_CONFIGURED, if its value is not the JSON that it should be
   * @throws AwsException if it cannot be read
   */
  public synchronized SlackSecret get() {
    if (arn.isEmpty()) {
      return SlackSecret.NONE;
    }
    Instant now = time.instant();
    if (kept == null || now.isAfter(readAt.plus(KEPT)) || now.isBefore(readAt)) {
      kept = read();
      readAt = now;
    }
    return kept;
  }

  /** Reads it again next time: what is kept was not accepted. */
  public synchronized void forget() {
    kept = null;
  }

  private SlackSecret read() {
    JsonNode answer;
    try {
      answer =
          aws.call(
              AwsService.SECRETS_MANAGER, "GetSecretValue", Json.object().put("SecretId", arn));
    } catch (AwsException e) {
      // A secret without any version: created, never filled in.
      if (e.is("ResourceNotFoundException")) {
        return SlackSecret.NONE;
      }
      throw e;
    }
    JsonNode value;
    try {
      value = Json.read(answer.path("SecretString").asText(""));
    } catch (RuntimeException e) {
      value = null;
    }
    if (value == null || !value.isObject()) {
      throw SlackException.notConfigured(
          "the value of the secret "
              + arn
              + " cannot be read: it should be JSON like"
              + " {\"botToken\":\"xoxb-...\",\"signingSecret\":\"...\",\"webhookUrl\":\"\"}");
    }
    return new SlackSecret(
        masked(value, "botToken"), masked(value, "signingSecret"), masked(value, "webhookUrl"));
  }

  private String masked(JsonNode value, String field) {
    String text = Json.text(value, field).strip();
    masks.accept(text);
    return text;
  }

  @Override
  public String toString() {
    return "SlackSecrets[" + arn + "]";
  }
}
