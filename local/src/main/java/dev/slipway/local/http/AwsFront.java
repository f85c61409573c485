package dev.slipway.local.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * AWS's JSON protocols over HTTP, and for CloudWatch the older Query and the newer CBOR, which
 * AWS's own clients prefer there. The signature must be there but is not checked: everybody who
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

  /** How an answer is written. */
  private interface Reply {
    void output(ObjectNode output) throws IOException;

    /**
     * @param details members of the error beside its code and message
     */
    void error(int status, String code, String message, ObjectNode details) throws IOException;
  }

  /** Calls the account with what the request says. */
  private interface Call {
    /**
     * @throws IllegalArgumentException if the request cannot be read
     */
    ObjectNode make(byte[] body);
  }

  private static final String TARGET = "X-Amz-Target";

  private static final Pattern CREDENTIAL =
      Pattern.compile(
          "AWS4-HMAC-SHA256 .*Credential=([^/,]+)/[0-9]{8}/[^/]+/([^/]+)/aws4_request.*");

  /** Where a call in Smithy's RPC v2 goes to. */
  private static final Pattern OPERATION =
      Pattern.compile("/service/([A-Za-z0-9_]+)/operation/([A-Za-z0-9_]+)");

  private final Account account;

  public AwsFront(Account account) {
    this.account = account;
  }

  /** Whether a request is a call to AWS: its headers name a protocol of AWS's, or it is signed. */
  static boolean isCall(HttpExchange exchange) {
    return exchange.getRequestHeaders().containsKey(TARGET)
        || isCbor(exchange)
        || isQuery(exchange);
  }

  private static boolean isCbor(HttpExchange exchange) {
    return "rpc-v2-cbor".equals(exchange.getRequestHeaders().getFirst("Smithy-Protocol"));
  }

  private static boolean isQuery(HttpExchange exchange) {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    return type != null
        && type.startsWith("application/x-www-form-urlencoded")
        && authorization != null
        && authorization.startsWith("AWS4-");
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String id = UUID.randomUUID().toString();
    exchange.getResponseHeaders().set("x-amzn-RequestId", id);
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    Matcher credential = CREDENTIAL.matcher(authorization == null ? "" : authorization);
    String target = exchange.getRequestHeaders().getFirst(TARGET);
    if (target != null) {
      json(exchange, target, credential);
    } else if (isCbor(exchange)) {
      cbor(exchange, credential);
    } else {
      query(exchange, id, credential);
    }
  }

  private void cbor(HttpExchange exchange, Matcher credential) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Matcher operation = OPERATION.matcher(path);
    AwsService service = operation.matches() ? service(operation.group(1)) : null;
    Reply reply = new CborReply(exchange);
    if (service == null) {
      notServed(reply, path);
      return;
    }
    serve(
        exchange,
        credential,
        reply,
        body ->
            account.call(
                credential.group(1), service, operation.group(2), CborProtocol.input(body)));
  }

  private void json(HttpExchange exchange, String target, Matcher credential) throws IOException {
    int dot = target.lastIndexOf('.');
    AwsService service = dot < 0 ? null : service(target.substring(0, dot));
    Reply reply = new JsonReply(exchange, service == null ? "1.1" : service.jsonVersion());
    if (service == null) {
      notServed(reply, target);
      return;
    }
    serve(
        exchange,
        credential,
        reply,
        body ->
            account.call(
                credential.group(1),
                service,
                target.substring(dot + 1),
                body.length == 0 ? Json.object() : Json.parseObject(text(body))));
  }

  private static void notServed(Reply reply, String what) throws IOException {
    reply.error(
        404,
        "UnknownOperationException",
        "The local account does not serve " + what,
        Json.object());
  }

  private void query(HttpExchange exchange, String id, Matcher credential) throws IOException {
    QueryReply reply = new QueryReply(exchange, id);
    serve(
        exchange,
        credential,
        reply,
        body -> {
          ObjectNode input = QueryProtocol.input(text(body));
          input.remove("Version");
          String operation = input.path("Action").asText();
          input.remove("Action");
          reply.operation = operation;
          if (!credential.group(2).equals(AwsService.CLOUDWATCH.signingName())) {
            throw new IllegalArgumentException(
                "The local account speaks AWS's Query protocol to CloudWatch only, not to "
                    + credential.group(2));
          }
          return account.call(credential.group(1), AwsService.CLOUDWATCH, operation, input);
        });
  }

  private void serve(HttpExchange exchange, Matcher credential, Reply reply, Call call)
      throws IOException {
    if (!credential.matches()) {
      reply.error(
          403,
          exchange.getRequestHeaders().containsKey("Authorization")
              ? "IncompleteSignatureException"
              : "MissingAuthenticationTokenException",
          "The request must be signed with AWS Signature Version 4",
          Json.object());
      return;
    }
    try {
      reply.output(call.make(exchange.getRequestBody().readAllBytes()));
    } catch (IllegalArgumentException malformed) {
      reply.error(
          400, "SerializationException", String.valueOf(malformed.getMessage()), Json.object());
    } catch (AwsException refused) {
      int status = refused.status() == 0 ? 500 : refused.status();
      reply.error(status, refused.code(), words(refused), refused.body());
    } catch (RuntimeException broken) {
      // Not silently: a fault of the local account must not look like one of the function.
      broken.printStackTrace();
      reply.error(500, "InternalFailure", "The local account: " + broken, Json.object());
    }
  }

  private static String text(byte[] body) {
    return new String(body, StandardCharsets.UTF_8);
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

  private record JsonReply(HttpExchange exchange, String version) implements Reply {

    @Override
    public void output(ObjectNode output) throws IOException {
      respond(200, output);
    }

    @Override
    public void error(int status, String code, String message, ObjectNode details)
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
      respond(status, body);
    }

    private static String queryCode(String code) {
      return code.equals("QueueDoesNotExist") ? "AWS.SimpleQueueService.NonExistentQueue" : code;
    }

    private void respond(int status, ObjectNode body) throws IOException {
      LoopbackServer.answer(
          exchange, status, "application/x-amz-json-" + version, Json.write(body));
    }
  }

  private record CborReply(HttpExchange exchange) implements Reply {

    @Override
    public void output(ObjectNode output) throws IOException {
      respond(200, output);
    }

    @Override
    public void error(int status, String code, String message, ObjectNode details)
        throws IOException {
      ObjectNode body = details.deepCopy().put("__type", code);
      respond(status, body.has("message") ? body : body.put("message", message));
    }

    private void respond(int status, ObjectNode body) throws IOException {
      exchange.getResponseHeaders().set("Smithy-Protocol", "rpc-v2-cbor");
      LoopbackServer.answer(exchange, status, CborProtocol.CONTENT_TYPE, CborProtocol.output(body));
    }
  }

  private static final class QueryReply implements Reply {
    private final HttpExchange exchange;
    private final String requestId;

    /** Known once the form is read. */
    private String operation = "";

    QueryReply(HttpExchange exchange, String requestId) {
      this.exchange = exchange;
      this.requestId = requestId;
    }

    @Override
    public void output(ObjectNode output) throws IOException {
      respond(200, QueryProtocol.answer(operation, output, requestId));
    }

    @Override
    public void error(int status, String code, String message, ObjectNode details)
        throws IOException {
      respond(status, QueryProtocol.error(code, message, status < 500, requestId));
    }

    private void respond(int status, String body) throws IOException {
      LoopbackServer.answer(exchange, status, QueryProtocol.CONTENT_TYPE, body);
    }
  }
}
