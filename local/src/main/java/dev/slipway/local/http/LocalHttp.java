package dev.slipway.local.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.URI;
import javax.net.ssl.SSLContext;

/**
 * The account's one address, on the loopback interface. A request in one of AWS's protocols, which
 * its headers tell, is a call to AWS, whatever its path; other requests go by their path, the
 * longest registered beginning wins.
 */
public final class LocalHttp implements AutoCloseable {

  private final HttpServer server;
  private final String scheme;
  private volatile HttpHandler aws = LocalHttp::nothing;

  /**
   * @param port 0 for any free one
   */
  public LocalHttp(int port) {
    this("http", LoopbackServer.create(port));
  }

  /** The same over HTTPS. */
  public LocalHttp(int port, SSLContext tls) {
    this("https", LoopbackServer.create(port, tls));
  }

  private LocalHttp(String scheme, HttpServer server) {
    this.scheme = scheme;
    this.server = server;
    add("/", LocalHttp::nothing);
    server.start();
  }

  private static void nothing(HttpExchange exchange) throws IOException {
    LoopbackServer.answer(
        exchange,
        404,
        "text/plain; charset=utf-8",
        "Nothing is served at " + exchange.getRequestURI().getPath() + "\n");
  }

  /** Base of all URLs, without a slash at the end. */
  public String endpoint() {
    return scheme + "://127.0.0.1:" + server.getAddress().getPort();
  }

  public URI uri(String path) {
    return URI.create(endpoint() + path);
  }

  /**
   * Serves all paths that begin so. The handler runs on a virtual thread of its own, may answer as
   * slowly as it likes (server-sent events), and must close the exchange. {@code /} replaces what
   * answers when nothing else does.
   */
  public void handle(String pathPrefix, HttpHandler handler) {
    if (pathPrefix.equals("/")) {
      server.removeContext("/");
    }
    add(pathPrefix, handler);
  }

  /** Serves calls to AWS. */
  public void handleAws(HttpHandler handler) {
    aws = handler;
  }

  private void add(String pathPrefix, HttpHandler handler) {
    server
        .createContext(pathPrefix, handler)
        .getFilters()
        .add(
            new Filter() {
              @Override
              public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
                if (AwsFront.isCall(exchange)) {
                  aws.handle(exchange);
                } else {
                  chain.doFilter(exchange);
                }
              }

              @Override
              public String description() {
                return "calls to AWS";
              }
            });
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
