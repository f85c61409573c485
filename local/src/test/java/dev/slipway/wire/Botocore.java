package dev.slipway.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.json.Json;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** AWS's client for Python, which boto3 and the AWS CLI are made of, in a process of its own. */
final class Botocore implements AutoCloseable {

  private static final String SCRIPT = "local/src/test/resources/wire/calls.py";

  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;

  /**
   * @param protocol of those that a service speaks, the one to use; services that do not speak it
   *     are spoken to as botocore likes
   */
  Botocore(URI endpoint, String protocol) {
    Path script = Path.of(System.getProperty("slipway.root"), SCRIPT);
    try {
      ProcessBuilder builder =
          new ProcessBuilder("python3", script.toString(), endpoint.toString(), protocol)
              .redirectError(ProcessBuilder.Redirect.INHERIT);
      // Whoever runs the tests may have settings for an account of their own.
      builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
      builder.environment().put("AWS_CONFIG_FILE", "none");
      builder.environment().put("AWS_EC2_METADATA_DISABLED", "true");
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    requests = process.outputWriter(StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  static boolean installed() {
    try {
      Process process =
          new ProcessBuilder(List.of("python3", "-c", "import botocore.session"))
              .redirectErrorStream(true)
              .start();
      process.getInputStream().readAllBytes();
      return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException notThere) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * @throws AssertionError if the call was refused
   */
  JsonNode call(String service, String operation, ObjectNode input) {
    JsonNode answer = ask(service, operation, input);
    if (!answer.has("output")) {
      throw new AssertionError(service + " " + operation + " was refused: " + answer);
    }
    return answer.path("output");
  }

  /** The name of the exception that the client throws. */
  String refusal(String service, String operation, ObjectNode input) {
    return ask(service, operation, input).path("error").asText();
  }

  private JsonNode ask(String service, String operation, ObjectNode input) {
    ObjectNode call = Json.object().put("service", service).put("operation", operation);
    call.set("input", input);
    try {
      requests.write(Json.write(call));
      requests.newLine();
      requests.flush();
      String line = answers.readLine();
      if (line == null) {
        throw new AssertionError("botocore ended with " + service + " " + operation);
      }
      return Json.parse(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
