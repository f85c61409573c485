package dev.slipway.slack;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One HTTP POST of JSON. The JDK's own client: two methods of Slack do not need another library.
 */
final class Http {

  static final Duration CONNECT = Duration.ofSeconds(2);
  static final Duration READ = Duration.ofSeconds(4);

  /** More than any answer of Slack's that we read. */
  private static final int MOST = 256 * 1024;

  private Http() {}

  /**
   * @param retryAfter the header's text, null if it was not sent
   */
  record Answer(int status, String retryAfter, String body) {

    /** One second if Slack did not say, or said something else than a number of seconds. */
    Duration patience() {
      try {
        return Duration.ofSeconds(
            retryAfter == null ? 1 : Math.clamp(Long.parseLong(retryAfter.strip()), 1, 3600));
      } catch (NumberFormatException e) {
        return Duration.ofSeconds(1);
      }
    }
  }

  /**
   * @param what for the error: the method's name, never the address, which may be a secret
   * @param bearer the token, empty for none
   */
  static Answer post(String what, URI uri, String bearer, String json) {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    HttpURLConnection connection = null;
    try {
      connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setConnectTimeout((int) CONNECT.toMillis());
      connection.setReadTimeout((int) READ.toMillis());
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setRequestMethod("POST");
      connection.setDoOutput(true);
      // A fixed length also keeps the JDK from silently sending a POST a second time.
      connection.setFixedLengthStreamingMode(body.length);
      // Lambda freezes the process between two calls; a connection kept over that is often dead.
      connection.setRequestProperty("Connection", "close");
      connection.setRequestProperty("Content-Type", "application/json; charset=utf-8");
      connection.setRequestProperty("Accept", "application/json");
      if (!bearer.isEmpty()) {
        connection.setRequestProperty("Authorization", "Bearer " + bearer);
      }
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body);
      }
      int status = connection.getResponseCode();
      return new Answer(status, connection.getHeaderField("Retry-After"), read(connection, status));
    } catch (HttpRetryException e) {
      return new Answer(e.responseCode(), null, "");
    } catch (IOException e) {
      throw SlackException.outage(what, e.getClass().getSimpleName());
    } finally {
      if (connection != null) {
        connection.disconnect();
      }
    }
  }

  private static String read(HttpURLConnection connection, int status) throws IOException {
    try (InputStream in =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return in == null ? "" : new String(in.readNBytes(MOST), StandardCharsets.UTF_8);
    }
  }
}
