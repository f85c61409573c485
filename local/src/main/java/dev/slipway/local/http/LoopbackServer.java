package dev.slipway.local.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** The JDK's HTTP server, on the loopback interface only, one virtual thread per exchange. */
public final class LoopbackServer {

  static {
    // Head and body are two writes: with Nagle's algorithm an answer takes 40 ms. Read once, when
    // the server's classes load.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private LoopbackServer() {}

  /**
   * @param port 0 for any free one
   * @throws UncheckedIOException if the port is taken; the message names it
   */
  public static HttpServer create(int port) {
    return created(port, () -> HttpServer.create(address(port), 0));
  }

  /** The same over HTTPS. */
  public static HttpServer create(int port, SSLContext tls) {
    return created(
        port,
        () -> {
          HttpsServer server = HttpsServer.create(address(port), 0);
          server.setHttpsConfigurator(new HttpsConfigurator(tls));
          return server;
        });
  }

  private interface Creation {
    HttpServer create() throws IOException;
  }

  private static HttpServer created(int port, Creation creation) {
    try {
      HttpServer server = creation.create();
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      return server;
    } catch (IOException taken) {
      throw new UncheckedIOException("Cannot listen on port " + port, taken);
    }
  }

  private static InetSocketAddress address(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** {@link #answer(HttpExchange, int, String, byte[])} in UTF-8. */
  public static void answer(HttpExchange exchange, int status, String contentType, String body)
      throws IOException {
    answer(exchange, status, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Answers and ends the exchange. What the client sent is read first, and the connection is left
   * to it: to close the exchange is to close a connection on which the client may just be sending
   * its next request.
   */
  public static void answer(HttpExchange exchange, int status, String contentType, byte[] body)
      throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("Content-Type", contentType);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  public static String body(HttpExchange exchange) throws IOException {
    return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
  }
}
