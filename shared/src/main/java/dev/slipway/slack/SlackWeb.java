package dev.slipway.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Json;
import java.net.URI;
import java.time.Duration;

/**
 * Slack's Web API, with a bot token. Short in patience: a call takes a few seconds at most, and
 * whoever asked tries again later.
 *
 * @see <a href="https://docs.slack.dev/apis/web-api/rate-limits">rate limits</a>
 */
public final class SlackWeb implements Slack, Responder {

  public static final String DEFAULT_BASE = "https://slack.com/api";

  /** The longest Retry-After that is waited out inside a call; twice at most. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final int WAITS = 2;

  /** Waits; a test need not. */
  @FunctionalInterface
  interface Sleeper {
    void sleep(Duration time) throws InterruptedException;
  }

  private final URI base;
  private final SlackSecrets secrets;
  private final Sleeper sleeper;

  /**
   * @param base address of the Web API, without a slash at its end
   */
  public SlackWeb(String base, SlackSecrets secrets) {
    this(base, secrets, Thread::sleep);
  }

  SlackWeb(String base, SlackSecrets secrets, Sleeper sleeper) {
    this.base = URI.create(base);
    if (this.base.getScheme() == null || this.base.getHost() == null) {
      throw new IllegalArgumentException(
          "'" + base + "' is not the address of Slack's Web API: expected like " + DEFAULT_BASE);
    }
    this.secrets = secrets;
    this.sleeper = sleeper;
  }

  @Override
  public Posted post(String channel, Message message) {
    return posted(call("chat.postMessage", said(channel, message)));
  }

  @Override
  public Posted reply(Posted parent, Message message, boolean aloud) {
    ObjectNode body = said(parent.channel(), message).put("thread_ts", parent.ts());
    if (aloud) {
      body.put("reply_broadcast", true);
    }
    return posted(call("chat.postMessage", body));
  }

  @Override
  public void update(Posted posted, Message message) {
    ObjectNode body = said(posted.channel(), message).put("ts", posted.ts());
    // Blocks that are left out stay as they are; an empty list takes them away.
    if (!body.has("blocks")) {
      body.putArray("blocks");
    }
    call("chat.update", body);
  }

  @Override
  public void respond(String responseUrl, Message message, boolean everyone) {
    URI uri = ResponseUrls.allowed(responseUrl, base);
    ObjectNode body = message.withoutPreviews();
    body.put("response_type", everyone ? "in_channel" : "ephemeral");
    body.put("replace_original", false);
    Http.Answer answer = Http.post("response_url", uri, "", Json.write(body));
    if (answer.status() >= 500) {
      throw SlackException.outage("response_url", "HTTP " + answer.status());
    }
    if (answer.status() == 429) {
      throw SlackException.throttled("response_url", answer.patience());
    }
    if (answer.status() != 200) {
      throw SlackException.refused("response_url", "http_" + answer.status());
    }
  }

  private static ObjectNode said(String channel, Message message) {
    return message.withoutPreviews().put("channel", channel);
  }

  private static Posted posted(JsonNode answer) {
    Posted posted = new Posted(answer.path("channel").asText(""), answer.path("ts").asText(""));
    if (posted.channel().isEmpty() || posted.ts().isEmpty()) {
      throw SlackException.outage("chat.postMessage", "an answer without channel and ts");
    }
    return posted;
  }

  private JsonNode call(String method, ObjectNode body) {
    String token = token();
    try {
      return callWith(token, method, body);
    } catch (SlackException e) {
      if (e.kind() != SlackException.Kind.AUTH) {
        throw e;
      }
      // Somebody may just have put a new token in its place.
      secrets.forget();
      String fresh = token();
      if (fresh.equals(token)) {
        throw e;
      }
      return callWith(fresh, method, body);
    }
  }

  private String token() {
    SlackSecret secret = secrets.get();
    if (!secret.hasBotToken()) {
      throw SlackException.notConfigured("there is no botToken in Slipway's secret");
    }
    return secret.botToken();
  }

  private JsonNode callWith(String token, String method, ObjectNode body) {
    URI uri = URI.create(base + "/" + method);
    String json = Json.write(body);
    for (int waits = 0; ; waits++) {
      Http.Answer answer = Http.post(method, uri, token, json);
      if (answer.status() == 429) {
        Duration wait = answer.patience();
        if (waits == WAITS || wait.compareTo(PATIENCE) > 0) {
          throw SlackException.throttled(method, wait);
        }
        sleep(method, wait);
        continue;
      }
      if (answer.status() != 200) {
        throw SlackException.outage(method, "HTTP " + answer.status());
      }
      return accepted(method, answer.body());
    }
  }

  private static JsonNode accepted(String method, String body) {
    JsonNode answer;
    try {
      answer = Json.read(body);
    } catch (RuntimeException e) {
      throw SlackException.outage(method, "an answer that is not JSON");
    }
    if (answer == null || !answer.path("ok").isBoolean()) {
      throw SlackException.outage(method, "an answer without 'ok'");
    }
    if (!answer.path("ok").booleanValue()) {
      throw SlackException.refused(method, answer.path("error").asText("unknown_error"));
    }
    return answer;
  }

  private void sleep(String method, Duration wait) {
    try {
      sleeper.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SlackException.outage(method, "interrupted");
    }
  }

  @Override
  public String toString() {
    return "SlackWeb[" + base + "]";
  }
}
