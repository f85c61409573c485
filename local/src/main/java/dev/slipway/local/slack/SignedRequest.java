package dev.slipway.local.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Json;
import java.util.Base64;
import java.util.Map;

/**
 * A request as Slack sends it to an app.
 *
 * @param headers names in lower case
 */
public record SignedRequest(Map<String, String> headers, byte[] body) {

  public SignedRequest {
    headers = Map.copyOf(headers);
    body = body.clone();
  }

  @Override
  public byte[] body() {
    return body.clone();
  }

  /**
   * As a function URL hands it to its function, payload format 2.0: a form comes Base64-encoded.
   */
  public ObjectNode toFunctionUrlEvent() {
    ObjectNode event = Json.object().put("version", "2.0").put("routeKey", "$default");
    event.put("rawPath", "/slack").put("rawQueryString", "");
    ObjectNode headerNode = event.putObject("headers");
    headers.forEach(headerNode::put);
    event
        .putObject("requestContext")
        .putObject("http")
        .put("method", "POST")
        .put("path", "/slack")
        .put("protocol", "HTTP/1.1")
        .put("sourceIp", "127.0.0.1");
    event.put("body", Base64.getEncoder().encodeToString(body));
    return event.put("isBase64Encoded", true);
  }
}
