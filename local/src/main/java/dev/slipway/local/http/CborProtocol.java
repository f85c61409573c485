package dev.slipway.local.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Smithy's RPC v2 CBOR, which newer clients of CloudWatch speak, the AWS CLI among them: the same
 * members as in JSON, in another dress.
 *
 * @see <a href="https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html">Smithy RPC v2
 *     CBOR</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8949">RFC 8949, CBOR</a>
 */
final class CborProtocol {

  static final String CONTENT_TYPE = "application/cbor";

  // Major types, RFC 8949 section 3.1
  private static final int UNSIGNED = 0;
  private static final int NEGATIVE = 1;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;
  private static final int SIMPLE = 7;

  /** Seconds of the epoch follow. */
  private static final int EPOCH = 1;

  private static final int INDEFINITE = 31;
  private static final int BREAK = 0xFF;

  /** No request of CloudWatch is nested deeper. */
  private static final int DEEPEST = 20;

  private CborProtocol() {}

  /**
   * @throws IllegalArgumentException if it is not a map of CBOR, or has what no request needs
   */
  static ObjectNode input(byte[] body) {
    if (body.length == 0) {
      return Json.object();
    }
    try {
      if (read(ByteBuffer.wrap(body), 0) instanceof ObjectNode object) {
        return object;
      }
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("The CBOR of the request ends too early", e);
    }
    throw new IllegalArgumentException("The CBOR of the request is not a map");
  }

  private static JsonNode read(ByteBuffer in, int depth) {
    if (depth > DEEPEST) {
      throw new IllegalArgumentException("The CBOR of the request is nested too deep");
    }
    int head = in.get() & 0xFF;
    int major = head >> 5;
    int more = head & 0x1F;
    return switch (major) {
      case UNSIGNED -> Json.object().numberNode(argument(in, more));
      case NEGATIVE -> Json.object().numberNode(-1 - argument(in, more));
      case TEXT -> Json.object().textNode(text(in, more));
      case ARRAY -> {
        ArrayNode array = Json.array();
        for (long left = count(in, more); more(in, left); left--) {
          array.add(read(in, depth + 1));
        }
        yield array;
      }
      case MAP -> {
        ObjectNode map = Json.object();
        for (long left = count(in, more); more(in, left); left--) {
          map.set(read(in, depth + 1).asText(), read(in, depth + 1));
        }
        yield map;
      }
      case TAG -> {
        // What a tag says, a member's name says too.
        argument(in, more);
        yield read(in, depth + 1);
      }
      case SIMPLE -> simple(in, more);
      default ->
          throw new IllegalArgumentException("The CBOR of the request has bytes in it: " + head);
    };
  }

  private static JsonNode simple(ByteBuffer in, int more) {
    return switch (more) {
      case 20 -> Json.object().booleanNode(false);
      case 21 -> Json.object().booleanNode(true);
      case 22, 23 -> Json.object().nullNode();
      case 25 -> Json.object().numberNode(Float.float16ToFloat(in.getShort()));
      case 26 -> Json.object().numberNode(in.getFloat());
      case 27 -> Json.object().numberNode(in.getDouble());
      default -> throw new IllegalArgumentException("The CBOR of the request has a value " + more);
    };
  }

  private static long argument(ByteBuffer in, int more) {
    return switch (more) {
      case 24 -> in.get() & 0xFFL;
      case 25 -> in.getShort() & 0xFFFFL;
      case 26 -> in.getInt() & 0xFFFF_FFFFL;
      case 27 -> in.getLong();
      default -> {
        if (more > 27) {
          throw new IllegalArgumentException("The CBOR of the request has a length " + more);
        }
        yield more;
      }
    };
  }

  /** Entries of an array or a map; -1 if a break ends it. */
  private static long count(ByteBuffer in, int more) {
    return more == INDEFINITE ? -1 : argument(in, more);
  }

  private static boolean more(ByteBuffer in, long left) {
    if (left >= 0) {
      return left > 0;
    }
    if ((in.get(in.position()) & 0xFF) != BREAK) {
      return true;
    }
    in.get();
    return false;
  }

  private static String text(ByteBuffer in, int more) {
    if (more == INDEFINITE) {
      StringBuilder parts = new StringBuilder();
      while (more(in, -1)) {
        parts.append(text(in, in.get() & 0x1F));
      }
      return parts.toString();
    }
    long length = argument(in, more);
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("The CBOR of the request has a text of " + length);
    }
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static byte[] output(ObjectNode output) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      write(new DataOutputStream(bytes), "", output);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, String name, JsonNode value) throws IOException {
    if (value instanceof ObjectNode members) {
      head(out, MAP, members.size());
      for (var member : members.properties()) {
        text(out, member.getKey());
        write(out, member.getKey(), member.getValue());
      }
    } else if (value instanceof ArrayNode entries) {
      head(out, ARRAY, entries.size());
      for (JsonNode entry : entries) {
        write(out, name, entry);
      }
    } else if (value.isBoolean()) {
      out.write(SIMPLE << 5 | (value.asBoolean() ? 21 : 20));
    } else if (value.isNumber() && name.endsWith("Timestamp")) {
      head(out, TAG, EPOCH);
      real(out, value.asDouble());
    } else if (value.isIntegralNumber()) {
      long number = value.asLong();
      head(out, number < 0 ? NEGATIVE : UNSIGNED, number < 0 ? -1 - number : number);
    } else if (value.isNumber()) {
      real(out, value.asDouble());
    } else if (value.isNull()) {
      out.write(SIMPLE << 5 | 22);
    } else {
      text(out, value.asText());
    }
  }

  private static void real(DataOutputStream out, double number) throws IOException {
    out.write(SIMPLE << 5 | 27);
    out.writeDouble(number);
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    head(out, TEXT, bytes.length);
    out.write(bytes);
  }

  private static void head(DataOutputStream out, int major, long argument) throws IOException {
    if (argument < 24) {
      out.write(major << 5 | (int) argument);
    } else if (argument <= 0xFFFF_FFFFL) {
      out.write(major << 5 | 26);
      out.writeInt((int) argument);
    } else {
      out.write(major << 5 | 27);
      out.writeLong(argument);
    }
  }
}
