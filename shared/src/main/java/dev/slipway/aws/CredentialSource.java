package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Where the function's credentials come from: the environment variables that Lambda sets, or the
 * container endpoint, which is what Lambda offers under SnapStart.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html">
 *     Container credential provider</a>
 */
final class CredentialSource {

  private static final Duration RENEW_BEFORE_EXPIRY = Duration.ofMinutes(5);
  private static final int TIMEOUT_MILLIS = 2_000;

  private final Environment environment;
  private final InstantSource time;
  private Credentials cached;

  CredentialSource(Environment environment, InstantSource time) {
    this.environment = environment;
    this.time = time;
  }

  /**
   * @throws IllegalStateException if there are none; says where they were looked for
   */
  synchronized Credentials get() {
    String keyId = environment.optional("AWS_ACCESS_KEY_ID", "");
    if (!keyId.isEmpty()) {
      return new Credentials(
          keyId,
          environment.required("AWS_SECRET_ACCESS_KEY"),
          environment.optional("AWS_SESSION_TOKEN", ""),
          null);
    }
    Instant now = time.instant();
    if (cached == null || !now.isBefore(cached.expiry().minus(RENEW_BEFORE_EXPIRY))) {
      try {
        cached = fetch();
      } catch (IOException | IllegalArgumentException e) {
        // Those at hand are good for some minutes yet: the endpoint gets another chance.
        if (cached == null || !now.isBefore(cached.expiry())) {
          throw new IllegalStateException(
              "the container's credential endpoint gave no credentials: " + e.getMessage(), e);
        }
      }
    }
    return cached;
  }

  /** AWS says that they have expired: fetch them anew the next time. */
  synchronized void forget() {
    cached = null;
  }

  private Credentials fetch() throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) endpoint().toURL().openConnection(java.net.Proxy.NO_PROXY);
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    String token = token();
    if (!token.isEmpty()) {
      connection.setRequestProperty("Authorization", token);
    }
    try (InputStream body = connection.getInputStream()) {
      JsonNode answer = Json.read(body);
      Instant expiry = Json.instant(answer, "Expiration");
      String keyId = Json.text(answer, "AccessKeyId");
      String secret = Json.text(answer, "SecretAccessKey");
      if (keyId.isEmpty() || secret.isEmpty()) {
        throw new IOException("the answer has no AccessKeyId or no SecretAccessKey");
      }
      return new Credentials(
          keyId,
          secret,
          Json.text(answer, "Token"),
          expiry == null ? time.instant().plus(RENEW_BEFORE_EXPIRY.multipliedBy(2)) : expiry);
    }
  }

  private URI endpoint() {
    String full = environment.optional("AWS_CONTAINER_CREDENTIALS_FULL_URI", "");
    if (!full.isEmpty()) {
      return URI.create(full);
    }
    String relative = environment.optional("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "");
    if (!relative.isEmpty()) {
      return URI.create("http://169.254.170.2" + relative);
    }
    throw new IllegalStateException(
        "no AWS credentials: neither AWS_ACCESS_KEY_ID nor AWS_CONTAINER_CREDENTIALS_FULL_URI is"
            + " set, one of which Lambda sets by itself");
  }

  private String token() throws IOException {
    String file = environment.optional("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "");
    if (!file.isEmpty()) {
      return Files.readString(Path.of(file), StandardCharsets.UTF_8).strip();
    }
    return environment.optional("AWS_CONTAINER_AUTHORIZATION_TOKEN", "");
  }
}
