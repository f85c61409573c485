package dev.slipway.local.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.json.Json;
import java.io.IOException;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * AWS's JSON protocols over HTTP. The signature must be there but is not checked: everybody who
 * reaches the loopback interface may call, and the access key id says as whom.
 *
 * @see <a href="https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html">AWS JSON 1.1</a>
 */
public final class AwsFront implements HttpHandler {

  /** Who answers. */
  @FunctionalInterface
  public interface Account {
    ObjectNode call(String accessKeyId, AwsService service, String operation, ObjectNode input);
  }

  private static final Pattern CREDENTIAL =
      Pattern.compile("AWS4-HMAC-SHA256 .*Credential=([^/,]+)/[0-9]{8}/[^/]+/[^/]+/aws4_request.*");

  private final Account account;

  public AwsFront(Account account) {
    this.account = account;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    int dot = target.lastIndexOf('.');
    AwsService service = dot < 0 ? null : service(target.substring(0, dot));
    String operation = target.substring(dot + 1);
    String version = service == null ? "1.1" : service.jsonVersion();
    if (service == null) {
      error(
          exchange,
          version,
          404,
          "UnknownOperationException",
          "The local account does not serve " + target,
          Json.object());
      return;
    }
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    Matcher credential = CREDENTIAL.matcher(authorization == null ? "" : authorization);
    if (!credential.matches()) {
      error(
          exchange,
          version,
          403,
          authorization == null
              ? "MissingAuthenticationTokenException"
              : "IncompleteSignatureException",
          "The request must be signed with AWS Signature Version 4",
          Json.object());
      return;
    }
    try {
      String body = LoopbackServer.body(exchange);
      ObjectNode input = body.isBlank() ? Json.object() : Json.parseObject(body);
      ObjectNode output = account.call(credential.group(1), service, operation, input);
      respond(exchange, version, 200, output);
    } catch (IllegalArgumentException malformed) {
      error(
          exchange,
          version,
          400,
          "SerializationException",
          String.valueOf(malformed.getMessage()),
          Json.object());
    } catch (AwsException refused) {
      int status = refused.status() == 0 ? 500 : refused.status();
      error(exchange, version, status, refused.code(), words(refused), refused.body());
    } catch (RuntimeException broken) {
      // Not silently: a fault of the local account must not look like one of the function.
      broken.printStackTrace();
      error(
          exchange, version, 500, "InternalFailure", "The local account: " + broken, Json.object());
    }
  }

  private static AwsService service(String targetPrefix) {
    for (AwsService service : AwsService.values()) {
      if (service.targetPrefix().equals(targetPrefix)) {
        return service;
      }
    }
    return null;
  }

  /** AWS's words alone: the exception puts operation and code before them. */
  private static String words(AwsException refused) {
    String beginning =
        refused.service().actionPrefix()
            + ":"
            + refused.operation()
            + " answered "
            + refused.code()
            + ": ";
    String message = refused.getMessage();
    return message.startsWith(beginning) ? message.substring(beginning.length()) : message;
  }

  private static void error(
      HttpExchange exchange,
      String version,
      int status,
      String code,
      String message,
      ObjectNode details)
      throws IOException {
    ObjectNode body = details.deepCopy();
    if (!body.has("__type")) {
      body.put("__type", code);
    }
    if (!body.has("message") && !body.has("Message")) {
      body.put("message", message);
    }
    exchange.getResponseHeaders().set("x-amzn-ErrorType", code);
    // SQS spoke the query protocol before; its SDKs read the old names here.
    exchange
        .getResponseHeaders()
        .set("x-amzn-query-error", queryCode(code) + (status < 500 ? ";Sender" : ";Receiver"));
    respond(exchange, version, status, body);
  }

  private static String queryCode(String code) {
    return code.equals("QueueDoesNotExist") ? "AWS.SimpleQueueService.NonExistentQueue" : code;
  }

  private static void respond(HttpExchange exchange, String version, int status, ObjectNode body)
      throws IOException {
    exchange.getResponseHeaders().set("x-amzn-RequestId", UUID.randomUUID().toString());
    LoopbackServer.answer(exchange, status, "application/x-amz-json-" + version, Json.write(body));
  }
}
