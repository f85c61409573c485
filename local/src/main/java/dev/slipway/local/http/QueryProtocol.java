package dev.slipway.local.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.json.Json;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;

/**
 * AWS's Query protocol, as far as CloudWatch needs it: a form goes in, XML comes out. The functions
 * speak JSON to CloudWatch; many of AWS's own clients do not yet.
 *
 * @see <a href="https://smithy.io/2.0/aws/protocols/aws-query-protocol.html">AWS Query protocol</a>
 */
final class QueryProtocol {

  static final String CONTENT_TYPE = "text/xml";

  /** CloudWatch's. */
  private static final String NAMESPACE = "http://monitoring.amazonaws.com/doc/2010-08-01/";

  /** A form holds texts alone; these members of CloudWatch's requests are of other types. */
  private static final Set<String> NUMBERS =
      Set.of("DatapointsToAlarm", "EvaluationPeriods", "MaxRecords", "Period", "Threshold");

  private static final Set<String> BOOLEANS = Set.of("ActionsEnabled");

  private QueryProtocol() {}

  /**
   * The members of a request, {@code Action} among them.
   *
   * @throws IllegalArgumentException if the form cannot be read; the message names the field
   */
  static ObjectNode input(String form) {
    ObjectNode input = Json.object();
    for (String field : form.split("&")) {
      if (!field.isEmpty()) {
        int equals = field.indexOf('=');
        String name = decoded(equals < 0 ? field : field.substring(0, equals));
        put(input, name, name.split("\\."), equals < 0 ? "" : decoded(field.substring(equals + 1)));
      }
    }
    return input;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** {@code Dimensions.member.1.Name}: a list's entries have the word member and a number. */
  private static void put(ObjectNode root, String name, String[] path, String value) {
    ObjectNode at = root;
    for (int i = 0; i < path.length; i++) {
      boolean list = i + 2 < path.length && path[i + 1].equals("member");
      if (!list) {
        if (i + 1 == path.length) {
          at.set(path[i], typed(path[i], value));
          return;
        }
        at = at.withObjectProperty(path[i]);
        continue;
      }
      ArrayNode entries = at.withArrayProperty(path[i]);
      int index = index(name, path[i + 2]);
      boolean last = i + 3 == path.length;
      while (entries.size() <= index) {
        if (last) {
          entries.add("");
        } else {
          entries.addObject();
        }
      }
      if (last) {
        entries.set(index, Json.object().textNode(value));
        return;
      }
      if (!(entries.get(index) instanceof ObjectNode entry)) {
        throw new IllegalArgumentException(name + " is a text and a structure");
      }
      at = entry;
      i += 2;
    }
  }

  private static int index(String name, String text) {
    if (!text.matches("[1-9][0-9]{0,2}")) {
      throw new IllegalArgumentException(name + " counts its entries with '" + text + "'");
    }
    return Integer.parseInt(text) - 1;
  }

  private static JsonNode typed(String member, String value) {
    if (NUMBERS.contains(member)) {
      try {
        return Json.object().numberNode(new BigDecimal(value));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(member + " is not a number: '" + value + "'", e);
      }
    }
    return BOOLEANS.contains(member)
        ? Json.object().booleanNode(Boolean.parseBoolean(value))
        : Json.object().textNode(value);
  }

  static String answer(String operation, ObjectNode output, String requestId) {
    StringBuilder xml = new StringBuilder();
    xml.append('<').append(operation).append("Response xmlns=\"").append(NAMESPACE).append("\">");
    element(xml, operation + "Result", output);
    xml.append("<ResponseMetadata>");
    element(xml, "RequestId", Json.object().textNode(requestId));
    return xml.append("</ResponseMetadata></").append(operation).append("Response>").toString();
  }

  static String error(String code, String message, boolean sender, String requestId) {
    StringBuilder xml = new StringBuilder();
    xml.append("<ErrorResponse xmlns=\"").append(NAMESPACE).append("\">");
    element(
        xml,
        "Error",
        Json.object()
            .put("Type", sender ? "Sender" : "Receiver")
            .put("Code", code)
            .put("Message", message));
    element(xml, "RequestId", Json.object().textNode(requestId));
    return xml.append("</ErrorResponse>").toString();
  }

  private static void element(StringBuilder xml, String name, JsonNode value) {
    xml.append('<').append(name).append('>');
    if (value instanceof ObjectNode members) {
      members.properties().forEach(member -> element(xml, member.getKey(), member.getValue()));
    } else if (value instanceof ArrayNode entries) {
      entries.forEach(entry -> element(xml, "member", entry));
    } else if (value.isNumber() && name.endsWith("Timestamp")) {
      xml.append(Instant.ofEpochMilli(value.decimalValue().movePointRight(3).longValue()));
    } else {
      escape(xml, value.asText());
    }
    xml.append("</").append(name).append('>');
  }

  private static void escape(StringBuilder xml, String text) {
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '<' -> xml.append("&lt;");
            case '>' -> xml.append("&gt;");
            case '&' -> xml.append("&amp;");
            // XML has no other way to keep these.
            case '\t', '\n', '\r' -> xml.append("&#").append(c).append(';');
            default -> xml.appendCodePoint(c < 0x20 ? ' ' : c);
          }
        });
  }
}
