package dev.slipway.local.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.slipway.aws.AwsException;
import dev.slipway.local.http.LoopbackServer;
import dev.slipway.local.slack.SlackSimulation;
import dev.slipway.runtime.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;

/**
 * The web page of the account: static files, the state as JSON, and what a person can do there.
 * Only for the machine itself: a request that another web page makes in somebody's browser is
 * refused.
 */
public final class Page implements HttpHandler {

  /** Where it is served; {@code /} leads there. */
  public static final String PATH = "/page/";

  private static final Map<String, String> FILES =
      Map.of(
          "", "index.html",
          "page.css", "page.css",
          "page.js", "page.js",
          "mark.svg", "mark.svg");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  /** Nothing from elsewhere is loaded, run or embedded. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

  private static final int LARGEST_REQUEST = 64 * 1024;

  /**
   * What the page shows.
   *
   * @param channels id to name of Slack's channels
   * @param people Slack user id to name
   * @param interactive whether images can be pushed and commands be written at the page
   */
  public record Sources(
      String accountId,
      String region,
      InstantSource clock,
      Pace pace,
      FleetView fleet,
      Timeline timeline,
      Steps steps,
      SlackSimulation slack,
      Map<String, String> channels,
      Map<String, String> people,
      boolean interactive) {}

  /** What a person does at the page; an exception's message is shown. */
  public interface Actions {

    /** Presses a button of a message. */
    void press(String channel, String ts, String action);

    /**
     * Writes a slash command.
     *
     * @param text with the command itself, {@code /slipway status}
     */
    void command(String channel, String text);

    /**
     * Pushes an image.
     *
     * @return its digest
     */
    String push(String repository, String tag, String behaviour);
  }

  private final Sources sources;
  private final Actions actions;
  private final PageState state;

  public Page(Sources sources, Actions actions) {
    this.sources = sources;
    this.actions = actions;
    this.state = new PageState(sources);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    boolean root = path.equals("/") || path.equals(PATH.substring(0, PATH.length() - 1));
    String name = path.startsWith(PATH) ? path.substring(PATH.length()) : null;
    try {
      if (!fromHere(exchange)) {
        text(exchange, 403, "This page answers on 127.0.0.1 and localhost only.\n");
      } else if (name == null && !root) {
        text(exchange, 404, "Nothing is served at " + path + "; the page is at " + PATH + "\n");
      } else if (name == null) {
        exchange.getResponseHeaders().set("Location", PATH);
        LoopbackServer.answer(exchange, 302, "text/plain", "");
      } else if (exchange.getRequestMethod().equals("GET")) {
        get(exchange, name);
      } else if (exchange.getRequestMethod().equals("POST")) {
        post(exchange, name);
      } else {
        text(exchange, 405, "GET or POST\n");
      }
    } catch (IllegalArgumentException | AwsException refused) {
      json(exchange, 400, Json.object().put("error", refused.getMessage()));
    } catch (RuntimeException broken) {
      json(exchange, 500, Json.object().put("error", String.valueOf(broken.getMessage())));
    }
  }

  /**
   * Whether the browser speaks to this machine by its own name, and no other page makes it: a name
   * of somebody else's that was made to point here, or a form on somebody's page, could act
   * otherwise.
   */
  private static boolean fromHere(HttpExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst("Host");
    if (host == null || !host.matches("(127\\.0\\.0\\.1|localhost|\\[::1])(:[0-9]+)?")) {
      return false;
    }
    String origin = exchange.getRequestHeaders().getFirst("Origin");
    return origin == null || origin.equals("http://" + host);
  }

  private void get(HttpExchange exchange, String name) throws IOException {
    if (name.equals("state")) {
      json(exchange, 200, state.json(after(exchange.getRequestURI())));
      return;
    }
    String file = FILES.get(name);
    if (file == null) {
      text(exchange, 404, "There is no " + name + "\n");
      return;
    }
    try (InputStream in = Page.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is not on the class path");
      }
      exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
      answer(exchange, 200, TYPES.get(file.substring(file.indexOf('.') + 1)), in.readAllBytes());
    }
  }

  private static long after(URI uri) {
    String query = uri.getQuery();
    if (query == null || !query.matches("after=[0-9]{1,15}")) {
      return 0;
    }
    return Long.parseLong(query.substring("after=".length()));
  }

  private void post(HttpExchange exchange, String name) throws IOException {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type == null || !type.startsWith("application/json")) {
      text(exchange, 415, "application/json\n");
      return;
    }
    byte[] body = exchange.getRequestBody().readNBytes(LARGEST_REQUEST);
    ObjectNode input = Json.readObject(body);
    ObjectNode answer = Json.object();
    switch (name) {
      case "speed" -> sources.pace().speed(input.path("speed").asInt(-1));
      case "press" ->
          actions.press(
              Json.text(input, "channel"), Json.text(input, "ts"), Json.text(input, "action"));
      case "command" -> {
        requireInteractive();
        actions.command(Json.text(input, "channel"), Json.text(input, "text"));
      }
      case "push" -> {
        requireInteractive();
        String image = Json.text(input, "repository") + ":" + Json.text(input, "tag");
        String digest =
            actions.push(
                Json.text(input, "repository"),
                Json.text(input, "tag"),
                Json.text(input, "behaviour"));
        answer.put("image", image).put("digest", digest);
      }
      default -> {
        text(exchange, 404, "There is no " + name + "\n");
        return;
      }
    }
    json(exchange, 200, answer);
  }

  private void requireInteractive() {
    if (!sources.interactive()) {
      throw new IllegalArgumentException(
          "A scenario is being played here; ./slipway local starts an account of your own.");
    }
  }

  private static void json(HttpExchange exchange, int status, ObjectNode body) throws IOException {
    answer(
        exchange,
        status,
        "application/json",
        Json.write(body).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static void text(HttpExchange exchange, int status, String body) throws IOException {
    answer(
        exchange,
        status,
        "text/plain; charset=utf-8",
        body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    LoopbackServer.answer(exchange, status, type, body);
  }
}
