package dev.slipway.local.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Json;
import dev.slipway.slack.Message;
import dev.slipway.slack.Signature;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of Slack as Slipway uses: chat.postMessage and chat.update, an incoming webhook, the
 * addresses for answers, and people who press buttons and write commands. Knows nothing of HTTP
 * servers: whoever has one passes requests on. Thread-safe.
 */
public final class SlackSimulation {

  public static final String BOT_TOKEN = "xoxb-local-bot-token";
  public static final String SIGNING_SECRET = "local-signing-secret-0123456789";

  /** The channel behind the webhook. */
  public static final String WEBHOOK_CHANNEL = "C0WEBHOOK";

  private static final String WEBHOOK_PATH = "/services/T0LOCAL/B0LOCAL/local-webhook-path";
  private static final Pattern METHOD = Pattern.compile(".*/api/([a-zA-Z.]+)");
  private static final Pattern RESPONSE = Pattern.compile(".*/response/([0-9]+)");
  private static final Duration RESPONSE_VALID = Duration.ofMinutes(30);
  private static final int RESPONSE_USES = 5;

  /** What it answers; the body is JSON or plain text. */
  public record Response(int status, Map<String, String> headers, String body) {
    public Response {
      headers = Map.copyOf(headers);
    }

    static Response json(ObjectNode body) {
      return new Response(
          200, Map.of("Content-Type", "application/json; charset=utf-8"), Json.write(body));
    }

    static Response text(int status, String body) {
      return new Response(status, Map.of("Content-Type", "text/plain; charset=utf-8"), body);
    }

    static Response error(String error) {
      return json(Json.object().put("ok", false).put("error", error));
    }
  }

  /** What changed, for whoever shows it. */
  public sealed interface Change {
    SlackMessage message();

    record Posted(SlackMessage message) implements Change {}

    record Edited(SlackMessage message) implements Change {}

    record Replied(SlackMessage message) implements Change {}

    /**
     * @param everyone whether the channel sees it, or only who asked
     */
    record Answered(SlackMessage message, boolean everyone) implements Change {}
  }

  private static final class Answers {
    private final String channel;
    private final Instant until;
    private int left = RESPONSE_USES;

    private Answers(String channel, Instant until) {
      this.channel = channel;
      this.until = until;
    }
  }

  private final InstantSource time;
  private final Map<String, Map<String, SlackMessage>> channels = new LinkedHashMap<>();
  private final List<SlackMessage> answers = new ArrayList<>();
  private final Map<String, Answers> responses = new LinkedHashMap<>();
  private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
  private final Set<String> closed = ConcurrentHashMap.newKeySet();
  private Behaviour behaviour = new Behaviour.Healthy();
  private String base = "http://127.0.0.1/slack";
  private long counter;
  private int calls;

  /**
   * @param time the account's: signatures and time stamps are of it
   */
  public SlackSimulation(InstantSource time) {
    this.time = time;
  }

  /**
   * Where it can be reached, without a slash at its end; {@code <base>/api} is what functions get
   * as SLACK_API_URL.
   */
  public synchronized SlackSimulation at(String url) {
    base = url;
    return this;
  }

  public synchronized String apiUrl() {
    return base + "/api";
  }

  /** What belongs into Slipway's secret, with a bot token. */
  public String secret() {
    return Json.write(
        Json.object()
            .put("botToken", BOT_TOKEN)
            .put("signingSecret", SIGNING_SECRET)
            .put("webhookUrl", ""));
  }

  /** What belongs into Slipway's secret for those who have a webhook only. */
  public synchronized String webhookSecret() {
    return Json.write(
        Json.object()
            .put("botToken", "")
            .put("signingSecret", "")
            .put("webhookUrl", base + WEBHOOK_PATH));
  }

  public synchronized void behave(Behaviour next) {
    behaviour = next;
  }

  /** The app is not in this channel. */
  public void close(String channel) {
    closed.add(channel);
  }

  /** Nobody has said anything yet, and it works as it should. */
  public synchronized void forget() {
    channels.clear();
    answers.clear();
    responses.clear();
    closed.clear();
    behaviour = new Behaviour.Healthy();
  }

  /** Is told of every change, on the thread of the call that made it. */
  public void listen(Consumer<Change> listener) {
    listeners.add(listener);
  }

  // ---- what a person sees

  /** Ids of the channels that have messages, in order of their first one. */
  public synchronized List<String> channels() {
    return List.copyOf(channels.keySet());
  }

  /** The messages of a channel, without threads, oldest first. */
  public synchronized List<SlackMessage> messages(String channel) {
    return channels.getOrDefault(channel, Map.of()).values().stream()
        .filter(message -> !message.inThread())
        .toList();
  }

  /** The replies to a message, oldest first. */
  public synchronized List<SlackMessage> thread(String channel, String ts) {
    return channels.getOrDefault(channel, Map.of()).values().stream()
        .filter(message -> message.threadTs().equals(ts))
        .toList();
  }

  public synchronized Optional<SlackMessage> message(String channel, String ts) {
    return Optional.ofNullable(channels.getOrDefault(channel, Map.of()).get(ts));
  }

  /** What was answered to commands and presses, oldest first. */
  public synchronized List<SlackMessage> answers() {
    return List.copyOf(answers);
  }

  /** Requests that came in, whatever became of them. */
  public synchronized int calls() {
    return calls;
  }

  // ---- what a person does

  /**
   * A press of a button.
   *
   * @throws IllegalArgumentException if the message has no such button
   */
  public synchronized SignedRequest press(String channel, String ts, String actionId, String user) {
    SlackMessage message =
        message(channel, ts)
            .orElseThrow(() -> new IllegalArgumentException("no message " + ts + " in " + channel));
    JsonNode button = null;
    for (JsonNode block : message.content().blocks()) {
      for (JsonNode element : block.path("elements")) {
        if (Json.text(element, "action_id").equals(actionId)) {
          button = element;
        }
      }
    }
    if (button == null) {
      throw new IllegalArgumentException(
          "the message " + ts + " in " + channel + " has no button '" + actionId + "'");
    }
    ObjectNode payload = Json.object().put("type", "block_actions");
    payload.putObject("user").put("id", user).put("username", user).put("team_id", "T0LOCAL");
    payload.put("api_app_id", "A0LOCAL");
    payload
        .putObject("container")
        .put("type", "message")
        .put("message_ts", ts)
        .put("channel_id", channel)
        .put("is_ephemeral", false);
    payload.putObject("channel").put("id", channel).put("name", "local");
    ObjectNode shown = payload.putObject("message").put("type", "message").put("ts", ts);
    shown.setAll(message.content().toJson());
    payload.put("response_url", responseUrl(channel));
    ObjectNode action = payload.putArray("actions").addObject();
    action.put("type", "button").put("action_id", actionId);
    action.put("value", Json.text(button, "value"));
    action.set("text", button.path("text").deepCopy());
    action.put("action_ts", stamp());
    return signed("payload=" + encode(Json.write(payload)));
  }

  /**
   * A slash command.
   *
   * @param text what stands behind {@code /slipway}
   */
  public synchronized SignedRequest command(String channel, String user, String text) {
    return signed(
        "token=&team_id=T0LOCAL&team_domain=local&channel_id="
            + encode(channel)
            + "&channel_name=local&user_id="
            + encode(user)
            + "&user_name="
            + encode(user)
            + "&command=%2Fslipway&text="
            + encode(text)
            + "&api_app_id=A0LOCAL&is_enterprise_install=false&response_url="
            + encode(responseUrl(channel))
            + "&trigger_id="
            + encode(stamp()));
  }

  private SignedRequest signed(String form) {
    byte[] body = form.getBytes(StandardCharsets.UTF_8);
    long now = time.instant().getEpochSecond();
    return new SignedRequest(
        Map.of(
            "content-type",
            "application/x-www-form-urlencoded",
            "user-agent",
            "Slackbot 1.0 (+https://api.slack.com/robots)",
            Signature.TIMESTAMP_HEADER,
            Long.toString(now),
            Signature.SIGNATURE_HEADER,
            Signature.sign(SIGNING_SECRET, now, body)),
        body);
  }

  private String responseUrl(String channel) {
    String id = Long.toString(++counter);
    responses.put(id, new Answers(channel, time.instant().plus(RESPONSE_VALID)));
    return base + "/response/" + id;
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  // ---- what an app calls

  /**
   * Answers one HTTP request.
   *
   * @param path of the request's address, with or without what stands before {@code /api/}, {@code
   *     /response/} or {@code /services/}
   * @param headers in any case
   */
  public Response handle(String method, String path, Map<String, String> headers, byte[] body) {
    Behaviour now;
    synchronized (this) {
      calls++;
      now = behaviour;
      if (now instanceof Behaviour.Throttles throttles) {
        behaviour =
            throttles.calls() <= 1
                ? new Behaviour.Healthy()
                : new Behaviour.Throttles(throttles.retryAfter(), throttles.calls() - 1);
      }
    }
    return switch (now) {
      case Behaviour.Healthy _ -> served(method, path, headers, body);
      case Behaviour.Outage _ -> Response.text(500, "simulated outage");
      case Behaviour.LosesAnswers _ -> {
        served(method, path, headers, body);
        yield Response.text(500, "simulated loss of the answer");
      }
      case Behaviour.Throttles throttles ->
          new Response(
              429,
              Map.of(
                  "Content-Type",
                  "text/plain",
                  "Retry-After",
                  Integer.toString(throttles.retryAfter())),
              "simulated throttle");
      case Behaviour.Refuses refuses ->
          METHOD.matcher(path).matches()
              ? Response.error(refuses.error())
              : Response.text(403, refuses.error());
      case Behaviour.Slow slow -> {
        sleep(slow.by());
        yield served(method, path, headers, body);
      }
    };
  }

  private static void sleep(Duration by) {
    try {
      Thread.sleep(by);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Response served(String method, String path, Map<String, String> headers, byte[] body) {
    if (!method.equals("POST")) {
      return Response.text(405, "method_not_allowed");
    }
    ObjectNode json;
    try {
      json = Json.readObject(body);
    } catch (Json.MalformedJsonException e) {
      return METHOD.matcher(path).matches()
          ? Response.error("invalid_json")
          : Response.text(400, "invalid_payload");
    }
    Matcher api = METHOD.matcher(path);
    if (api.matches()) {
      return called(api.group(1), headers, json);
    }
    Matcher response = RESPONSE.matcher(path);
    if (response.matches()) {
      return answered(response.group(1), json);
    }
    if (path.endsWith(WEBHOOK_PATH)) {
      return hooked(json);
    }
    return Response.text(404, "no_service");
  }

  private Response called(String method, Map<String, String> headers, ObjectNode json) {
    String authorization =
        headers.entrySet().stream()
            .filter(header -> header.getKey().equalsIgnoreCase("Authorization"))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse("");
    if (authorization.isEmpty()) {
      return Response.error("not_authed");
    }
    if (!authorization.equals("Bearer " + BOT_TOKEN)) {
      return Response.error("invalid_auth");
    }
    return switch (method) {
      case "chat.postMessage" -> post(json);
      case "chat.update" -> update(json);
      default -> Response.error("unknown_method");
    };
  }

  private Response post(ObjectNode json) {
    String channel = Json.text(json, "channel");
    Optional<String> problem = problem(channel, json);
    if (problem.isPresent()) {
      return Response.error(problem.get());
    }
    String threadTs = Json.text(json, "thread_ts");
    Change change;
    synchronized (this) {
      if (!threadTs.isEmpty() && message(channel, threadTs).isEmpty()) {
        return Response.error("thread_not_found");
      }
      boolean aloud = !threadTs.isEmpty() && json.path("reply_broadcast").asBoolean();
      SlackMessage message = store(channel, threadTs, aloud, content(json));
      change = message.inThread() ? new Change.Replied(message) : new Change.Posted(message);
    }
    tell(change);
    return posted(change.message());
  }

  private Response update(ObjectNode json) {
    String channel = Json.text(json, "channel");
    Optional<String> problem = problem(channel, json);
    if (problem.isPresent()) {
      return Response.error(problem.get());
    }
    SlackMessage after;
    synchronized (this) {
      SlackMessage before = message(channel, Json.text(json, "ts")).orElse(null);
      if (before == null) {
        return Response.error("message_not_found");
      }
      List<Message> history = new ArrayList<>(before.history());
      history.add(before.content());
      after =
          new SlackMessage(
              channel,
              before.ts(),
              before.threadTs(),
              before.aloud(),
              content(json),
              history,
              before.at());
      channels.get(channel).put(after.ts(), after);
    }
    tell(new Change.Edited(after));
    return posted(after);
  }

  private Optional<String> problem(String channel, ObjectNode json) {
    if (channel.isEmpty()) {
      return Optional.of("channel_not_found");
    }
    if (closed.contains(channel)) {
      return Optional.of("not_in_channel");
    }
    if (Json.text(json, "text").isEmpty() && json.path("blocks").isEmpty()) {
      return Optional.of("no_text");
    }
    if (Json.text(json, "text").length() > 40_000) {
      return Optional.of("msg_too_long");
    }
    return BlockRules.broken(json.path("blocks")).map(why -> "invalid_blocks");
  }

  private Response hooked(ObjectNode json) {
    if (problem(WEBHOOK_CHANNEL, json).isPresent()) {
      return Response.text(400, "invalid_payload");
    }
    SlackMessage message;
    synchronized (this) {
      message = store(WEBHOOK_CHANNEL, "", false, content(json));
    }
    tell(new Change.Posted(message));
    return Response.text(200, "ok");
  }

  private Response answered(String id, ObjectNode json) {
    boolean everyone = Json.text(json, "response_type").equals("in_channel");
    SlackMessage message;
    synchronized (this) {
      Answers allowed = responses.get(id);
      if (allowed == null || allowed.left == 0 || time.instant().isAfter(allowed.until)) {
        return Response.text(404, "used_url");
      }
      if (problem("any", json).isPresent()) {
        return Response.text(400, "invalid_payload");
      }
      allowed.left--;
      message =
          everyone
              ? store(allowed.channel, "", false, content(json))
              : new SlackMessage("", stamp(), "", false, content(json), List.of(), time.instant());
      answers.add(message);
    }
    tell(new Change.Answered(message, everyone));
    return Response.text(200, "ok");
  }

  private SlackMessage store(String channel, String threadTs, boolean aloud, Message content) {
    SlackMessage message =
        new SlackMessage(channel, stamp(), threadTs, aloud, content, List.of(), time.instant());
    channels.computeIfAbsent(channel, _ -> new LinkedHashMap<>()).put(message.ts(), message);
    return message;
  }

  private String stamp() {
    return time.instant().getEpochSecond() + "." + "%06d".formatted(++counter);
  }

  private static Message content(ObjectNode json) {
    return new Message(
        Json.text(json, "text"),
        json.path("blocks") instanceof ArrayNode blocks ? blocks.deepCopy() : Json.array());
  }

  private static Response posted(SlackMessage message) {
    return Response.json(
        Json.object().put("ok", true).put("channel", message.channel()).put("ts", message.ts()));
  }

  private void tell(Change change) {
    listeners.forEach(listener -> listener.accept(change));
  }
}
