package dev.slipway.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** AWS over HTTP on loopback with an answer for each operation, for tests of whole handlers. */
public final class HttpAws implements AutoCloseable {

  /** One request. */
  public record Call(String operation, ObjectNode input) {}

  private record Answer(int status, ObjectNode body) {}

  private final HttpServer server;
  private final Map<String, Answer> answers = new HashMap<>();
  private final List<Call> calls = new CopyOnWriteArrayList<>();

  public HttpAws() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::serve);
    server.start();
  }

  public void answer(String operation, ObjectNode body) {
    answers.put(operation, new Answer(200, body));
  }

  public void refuse(String operation, String code, String message) {
    answers.put(
        operation, new Answer(400, Json.object().put("__type", code).put("message", message)));
  }

  public List<Call> calls(String operation) {
    return calls.stream().filter(call -> call.operation().equals(operation)).toList();
  }

  /** What Lambda and the template would set. */
  public Environment environment(String... more) {
    Map<String, String> values = new HashMap<>();
    values.put("AWS_REGION", "eu-west-1");
    values.put("AWS_ACCESS_KEY_ID", "none");
    values.put("AWS_SECRET_ACCESS_KEY", "nothing-secret");
    values.put("AWS_ENDPOINT_URL", "http://127.0.0.1:" + server.getAddress().getPort());
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    return new Environment(values);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      String operation = target.substring(target.lastIndexOf('.') + 1);
      calls.add(new Call(operation, Json.readObject(exchange.getRequestBody().readAllBytes())));
      Answer answer =
          answers.getOrDefault(
              operation,
              new Answer(
                  400,
                  Json.object()
                      .put("__type", "UnknownOperationException")
                      .put("message", "this test has no answer for " + operation)));
      byte[] body = Json.write(answer.body()).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
