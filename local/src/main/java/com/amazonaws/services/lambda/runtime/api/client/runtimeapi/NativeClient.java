package com.amazonaws.services.lambda.runtime.api.client.runtimeapi;

import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.dto.InvocationRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * The one class of AWS's runtime interface client that needs a native library, in plain Java. AWS
 * builds that library for Linux only; on another operating system this class stands before AWS's
 * own on the class path of a function's process, and nowhere else.
 */
class NativeClient {

  private static String invocations;

  private NativeClient() {}

  static void init(String hostAndPort) {
    invocations = "http://" + hostAndPort + "/2018-06-01/runtime/invocation/";
  }

  static InvocationRequest next() {
    try {
      HttpURLConnection connection = connect("next");
      InvocationRequest request = new InvocationRequest();
      try (InputStream body = connection.getInputStream()) {
        request.setContent(body.readAllBytes());
      }
      request.setId(connection.getHeaderField("Lambda-Runtime-Aws-Request-Id"));
      request.setXrayTraceId(connection.getHeaderField("Lambda-Runtime-Trace-Id"));
      request.setInvokedFunctionArn(
          connection.getHeaderField("Lambda-Runtime-Invoked-Function-Arn"));
      request.setDeadlineTimeInMs(
          Long.parseLong(connection.getHeaderField("Lambda-Runtime-Deadline-Ms")));
      return request;
    } catch (IOException broken) {
      throw new UncheckedIOException("Failed to get the next invocation", broken);
    }
  }

  static void postInvocationResponse(byte[] requestId, byte[] response) {
    try {
      HttpURLConnection connection =
          connect(new String(requestId, StandardCharsets.UTF_8) + "/response");
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(response.length);
      connection.getOutputStream().write(response);
      try (InputStream body = connection.getInputStream()) {
        body.readAllBytes();
      }
    } catch (IOException broken) {
      throw new UncheckedIOException("Failed to post the response", broken);
    }
  }

  private static HttpURLConnection connect(String path) throws IOException {
    return (HttpURLConnection) URI.create(invocations + path).toURL().openConnection();
  }
}
