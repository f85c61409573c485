package dev.slipway.local.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.slipway.local.json.Json;
import dev.slipway.local.lambda.Invocation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;

/**
 * A function behind HTTP: a function URL or a route of an HTTP API, payload format 2.0.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads">Payloads</a>
 */
public final class FunctionUrls implements HttpHandler {

  private static final DateTimeFormatter CLF =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final String prefix;
  private final String routeKey;
  private final String method;
  private final Function<String, Invocation> function;
  private final InstantSource clock;

  /**
   * @param prefix of the path, which the function does not see; without a slash at the end
   * @param routeKey {@code $default}, or {@code POST /slack}; then other methods and paths are not
   *     found
   */
  public FunctionUrls(
      String prefix, String routeKey, Function<String, Invocation> function, InstantSource clock) {
    this.prefix = prefix;
    this.routeKey = routeKey;
    this.method = routeKey.contains(" ") ? routeKey.substring(0, routeKey.indexOf(' ')) : "ANY";
    this.function = function;
    this.clock = clock;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!method.equals("ANY") && !method.equals(exchange.getRequestMethod())) {
      LoopbackServer.answer(exchange, 404, "application/json", "{\"message\":\"Not Found\"}");
      return;
    }
    Invocation invocation = function.apply(Json.write(event(exchange)));
    if (invocation.failed()) {
      LoopbackServer.answer(
          exchange, 502, "application/json", "{\"message\":\"Internal Server Error\"}");
      return;
    }
    answer(exchange, invocation.response());
  }

  private ObjectNode event(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath().substring(prefix.length());
    String query = exchange.getRequestURI().getRawQuery();
    ObjectNode event = Json.object();
    event.put("version", "2.0").put("routeKey", routeKey);
    event.put("rawPath", path.isEmpty() ? "/" : path);
    event.put("rawQueryString", query == null ? "" : query);
    ObjectNode headers = event.putObject("headers");
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
    ObjectNode context = event.putObject("requestContext");
    context.put("accountId", "anonymous").put("apiId", "local").put("domainName", "127.0.0.1");
    context
        .putObject("http")
        .put("method", exchange.getRequestMethod())
        .put("path", path.isEmpty() ? "/" : path)
        .put("protocol", "HTTP/1.1")
        .put("sourceIp", "127.0.0.1")
        .put("userAgent", headers.path("user-agent").asText());
    context
        .put("requestId", UUID.randomUUID().toString())
        .put("routeKey", routeKey)
        .put("stage", "$default")
        .put("time", CLF.format(clock.instant()))
        .put("timeEpoch", clock.instant().toEpochMilli());
    byte[] body = exchange.getRequestBody().readAllBytes();
    boolean text = isText(exchange.getRequestHeaders().getFirst("Content-Type"));
    if (body.length > 0) {
      event.put(
          "body",
          text
              ? new String(body, StandardCharsets.UTF_8)
              : Base64.getEncoder().encodeToString(body));
    }
    // Forms come in Base64, as from Lambda: only text types and JSON do not.
    event.put("isBase64Encoded", !text && body.length > 0);
    return event;
  }

  private static boolean isText(String contentType) {
    return contentType != null
        && (contentType.startsWith("text/")
            || contentType.startsWith("application/json")
            || contentType.startsWith("application/xml")
            || contentType.startsWith("application/javascript"));
  }

  private static void answer(HttpExchange exchange, String response) throws IOException {
    JsonNode answer;
    try {
      answer = Json.parse(response);
    } catch (IllegalArgumentException notJson) {
      answer = Json.object();
    }
    if (!answer.has("statusCode")) {
      // Format 2.0 guesses: the whole answer is the body of a 200.
      LoopbackServer.answer(
          exchange, 200, "application/json", answer.isTextual() ? answer.asText() : response);
      return;
    }
    String[] type = {"application/json"};
    answer
        .path("headers")
        .properties()
        .forEach(header -> {
          if (header.getKey().equalsIgnoreCase("content-type")) {
            type[0] = header.getValue().asText();
          } else {
            exchange.getResponseHeaders().set(header.getKey(), header.getValue().asText());
          }
        });
    String body = answer.path("body").asText();
    LoopbackServer.answer(
        exchange,
        answer.path("statusCode").asInt(),
        type[0],
        answer.path("isBase64Encoded").asBoolean()
            ? Base64.getDecoder().decode(body)
            : body.getBytes(StandardCharsets.UTF_8));
  }
}
