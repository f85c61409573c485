package dev.slipway.local.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * The MD5 of message attributes, which SDKs compare.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation">Calculating
 *     the MD5 message digest</a>
 */
final class AttributeDigest {

  private AttributeDigest() {}

  static String of(ObjectNode attributes) {
    Map<String, JsonNode> sorted = new TreeMap<>();
    attributes.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (Map.Entry<String, JsonNode> entry : sorted.entrySet()) {
        String type = entry.getValue().path("DataType").asText();
        boolean binary = type.startsWith("Binary");
        write(out, entry.getKey().getBytes(StandardCharsets.UTF_8));
        write(out, type.getBytes(StandardCharsets.UTF_8));
        out.writeByte(binary ? 2 : 1);
        String value = entry.getValue().path(binary ? "BinaryValue" : "StringValue").asText();
        write(
            out,
            binary ? Base64.getDecoder().decode(value) : value.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return Queues.hash("MD5", bytes.toByteArray());
  }

  private static void write(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }
}
