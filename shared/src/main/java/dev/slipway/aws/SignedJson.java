package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.image.Partition;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;

/**
 * AWS JSON over HTTPS, signed. It waits out throttles and refused connections until the deadline,
 * for AWS has then done nothing; it repeats a call whose outcome is unknown only if repeating does
 * no harm, and gives up on those after a few attempts. {@code AWS_ENDPOINT_URL} redirects every
 * call. Thread-safe.
 */
public final class SignedJson implements AwsApi {

  /** How long a call may take in all, where nobody has set a deadline. */
  private static final Duration DEFAULT_BUDGET = Duration.ofSeconds(20);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(15);

  private static final Duration WARM_UP_TIMEOUT = Duration.ofSeconds(2);

  /** The SDKs' standard mode gives up here too. */
  private static final int ATTEMPTS_AT_UNKNOWN_OUTCOME = 3;

  private static final Duration PASSING_BASE = Duration.ofMillis(50);

  /** Token buckets refill by the second: asking again at once only empties them for others. */
  private static final Duration THROTTLE_BASE = Duration.ofMillis(500);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /**
   * Each repetition of these does the thing once more: a second revision, a second deployment.
   * Neither takes a token. RunTask and TransactWriteItems do, and may be repeated with one.
   */
  private static final Set<String> NEVER_REPEATED =
      Set.of("RegisterTaskDefinition", "CreateDeployment");

  private static final Map<String, String> TOKENS =
      Map.of("RunTask", "clientToken", "TransactWriteItems", "ClientRequestToken");

  private final String region;
  private final String endpoint;
  private final CredentialSource credentials;
  private final InstantSource time;
  private final Patience patience;
  private volatile Long deadlineNanos;

  public SignedJson(Environment environment) {
    this(environment, InstantSource.system(), Patience.real());
  }

  /**
   * @param time for signatures: real time always, for AWS refuses a signature five minutes off
   */
  public SignedJson(Environment environment, InstantSource time, Patience patience) {
    this.region = environment.required("AWS_REGION");
    this.endpoint = environment.optional("AWS_ENDPOINT_URL", "");
    this.credentials = new CredentialSource(environment, time);
    this.time = time;
    this.patience = patience;
  }

  /**
   * No call waits for another attempt past this time from now: the remaining time of the
   * invocation, less what the caller needs to answer.
   */
  public void deadlineIn(Duration remaining) {
    deadlineNanos = patience.nanoTime() + remaining.toNanos();
  }

  /**
   * Loads what the first call needs, so that it happens in the init phase, which has a full CPU
   * whatever the function's memory. Half of that is TLS: a first handshake takes the JVM a quarter
   * of a second, nearly all of it classes, so it is done beside the rest of the init phase, by
   * asking for nothing over a connection that the first call then finds open. Whether that goes
   * well is of no consequence.
   *
   * @param first whose endpoint the function calls first
   */
  public void warmUp(AwsService first) {
    URI somewhere = endpointOf(first);
    if (somewhere.getScheme().equals("https")) {
      Thread.ofPlatform().daemon().name("warm-up").start(() -> connect(somewhere));
    }
    SigV4.sign(
        somewhere,
        Map.of("X-Amz-Target", "none"),
        new byte[0],
        new Credentials("none", "none", "", null),
        "none",
        region,
        time.instant());
  }

  private static void connect(URI uri) {
    try {
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setConnectTimeout((int) WARM_UP_TIMEOUT.toMillis());
      connection.setReadTimeout((int) WARM_UP_TIMEOUT.toMillis());
      connection.setInstanceFollowRedirects(false);
      read(
          connection.getResponseCode() < 400
              ? connection.getInputStream()
              : connection.getErrorStream());
    } catch (IOException ignored) {
      // The first call will say what is wrong, with its name.
    }
  }

  @Override
  public ObjectNode call(AwsService service, String operation, ObjectNode input) {
    byte[] body = Json.write(input).getBytes(StandardCharsets.UTF_8);
    Long set = deadlineNanos;
    long deadline = set != null ? set : patience.nanoTime() + DEFAULT_BUDGET.toNanos();
    boolean renewed = false;
    int unknown = 0;
    for (int attempt = 0; ; attempt++) {
      Outcome outcome = attempt(service, operation, body, deadline);
      AwsException fault = outcome.fault();
      if (fault == null) {
        return outcome.answer();
      }
      Duration base = PASSING_BASE;
      if (fault.throttled()) {
        base = THROTTLE_BASE;
      } else if (!renewed && expired(fault)) {
        credentials.forget();
        renewed = true;
      } else if (!outcome.sent()) {
        base = PASSING_BASE;
      } else if (!fault.outcomeUnknown()
          || !mayBeRepeated(operation, input)
          || ++unknown >= ATTEMPTS_AT_UNKNOWN_OUTCOME) {
        throw fault;
      }
      pause(pauseAfter(attempt, base, outcome.retryAfter()), deadline, fault);
    }
  }

  static boolean mayBeRepeated(String operation, ObjectNode input) {
    if (TOKENS.containsKey(operation)) {
      return input.hasNonNull(TOKENS.get(operation));
    }
    return !NEVER_REPEATED.contains(operation);
  }

  private static boolean expired(AwsException fault) {
    return fault.is("ExpiredToken", "ExpiredTokenException");
  }

  /**
   * Full jitter: many callers that were turned away together do not come back together.
   *
   * @see <a
   *     href="https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/">
   *     Timeouts, retries, and backoff with jitter</a>
   */
  private Duration pauseAfter(int attempt, Duration base, Duration retryAfter) {
    long most = Math.min(LONGEST_PAUSE.toNanos(), base.toNanos() << Math.min(attempt, 10));
    Duration pause = Duration.ofNanos((long) (patience.random() * most));
    return retryAfter.compareTo(pause) > 0 ? retryAfter : pause;
  }

  private void pause(Duration pause, long deadline, AwsException fault) {
    if (patience.nanoTime() + pause.toNanos() >= deadline) {
      throw fault;
    }
    try {
      patience.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw fault;
    }
  }

  /**
   * What became of one attempt.
   *
   * @param answer null if there is a fault
   * @param sent whether any of it can have reached AWS
   */
  private record Outcome(
      ObjectNode answer, AwsException fault, boolean sent, Duration retryAfter) {}

  private Outcome attempt(AwsService service, String operation, byte[] body, long deadline) {
    URI uri = endpointOf(service);
    HttpURLConnection connection;
    try {
      connection = prepare(service, operation, uri, body, deadline);
      connection.connect();
    } catch (IOException e) {
      return lost(service, operation, uri, e, false);
    }
    try {
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body);
      }
      int status = connection.getResponseCode();
      byte[] answer =
          read(status < 400 ? connection.getInputStream() : connection.getErrorStream());
      return status >= 200 && status < 300
          ? success(service, operation, status, answer)
          : failure(service, operation, status, answer, connection);
    } catch (HttpRetryException e) {
      // How HttpURLConnection reports 401 and 407 in streaming mode; AWS itself answers 400 or 403.
      return fault(service, operation, "Http" + e.responseCode(), e.getReason(), e.responseCode());
    } catch (IOException e) {
      connection.disconnect();
      return lost(service, operation, uri, e, true);
    }
  }

  private HttpURLConnection prepare(
      AwsService service, String operation, URI uri, byte[] body, long deadline)
      throws IOException {
    Map<String, String> headers =
        SigV4.sign(
            uri,
            Map.of(
                "Content-Type", "application/x-amz-json-" + service.jsonVersion(),
                "X-Amz-Target", service.targetPrefix() + "." + operation),
            body,
            credentials.get(),
            service.signingName(),
            region,
            time.instant());
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setRequestMethod("POST");
    headers.forEach(connection::setRequestProperty);
    connection.setRequestProperty("User-Agent", "slipway");
    connection.setInstanceFollowRedirects(false);
    connection.setDoOutput(true);
    // In this mode HttpURLConnection never repeats a POST behind our back, and does not take a
    // connection that the other side has closed while the function was frozen.
    connection.setFixedLengthStreamingMode(body.length);
    connection.setConnectTimeout(within(CONNECT_TIMEOUT, deadline));
    connection.setReadTimeout(within(READ_TIMEOUT, deadline));
    return connection;
  }

  private int within(Duration timeout, long deadline) {
    long left = (deadline - patience.nanoTime()) / 1_000_000;
    return (int) Math.max(1, Math.min(timeout.toMillis(), left));
  }

  private static byte[] read(InputStream stream) throws IOException {
    if (stream == null) {
      return new byte[0];
    }
    try (stream) {
      return stream.readAllBytes();
    }
  }

  private static Outcome success(AwsService service, String operation, int status, byte[] answer) {
    if (answer.length == 0) {
      return new Outcome(Json.object(), null, true, Duration.ZERO);
    }
    try {
      return new Outcome(Json.readObject(answer), null, true, Duration.ZERO);
    } catch (Json.MalformedJsonException e) {
      return fault(
          service,
          operation,
          AwsException.NO_ANSWER,
          "HTTP " + status + " with an unreadable body: " + e.getMessage(),
          0);
    }
  }

  private static Outcome failure(
      AwsService service,
      String operation,
      int status,
      byte[] answer,
      HttpURLConnection connection) {
    if (status < 0) {
      return fault(service, operation, AwsException.NO_ANSWER, "the answer is not HTTP", 0);
    }
    ObjectNode document;
    try {
      document = Json.readObject(answer);
    } catch (Json.MalformedJsonException e) {
      document = Json.object();
    }
    AwsException fault =
        new AwsException(
            service,
            operation,
            code(document, status, connection),
            message(document),
            status,
            document);
    return new Outcome(null, fault, true, retryAfter(connection));
  }

  /** {@code namespace#Code:http://...}: everything but the code is dropped. */
  private static String code(JsonNode document, int status, HttpURLConnection connection) {
    String code = connection.getHeaderField("x-amzn-ErrorType");
    if (code == null || code.isEmpty()) {
      code = Json.text(document, "__type");
    }
    if (code.isEmpty()) {
      code = Json.text(document, "code");
    }
    code = code.substring(code.indexOf('#') + 1);
    int colon = code.indexOf(':');
    code = colon < 0 ? code : code.substring(0, colon);
    return code.isEmpty() ? "Http" + status : code;
  }

  private static String message(JsonNode document) {
    String message = Json.text(document, "message");
    return message.isEmpty() ? Json.text(document, "Message") : message;
  }

  private static Duration retryAfter(HttpURLConnection connection) {
    String seconds = connection.getHeaderField("Retry-After");
    try {
      return seconds == null ? Duration.ZERO : Duration.ofSeconds(Long.parseLong(seconds.strip()));
    } catch (NumberFormatException e) {
      return Duration.ZERO;
    }
  }

  private static Outcome lost(
      AwsService service, String operation, URI uri, IOException e, boolean sent) {
    Outcome outcome =
        fault(
            service,
            operation,
            AwsException.NO_ANSWER,
            (sent ? "no answer from " : "no connection to ")
                + uri.getHost()
                + ": "
                + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
            0);
    outcome.fault().initCause(e);
    return new Outcome(null, outcome.fault(), sent, Duration.ZERO);
  }

  private static Outcome fault(
      AwsService service, String operation, String code, String message, int status) {
    return new Outcome(
        null,
        new AwsException(service, operation, code, message, status, Json.object()),
        true,
        Duration.ZERO);
  }

  private URI endpointOf(AwsService service) {
    if (!endpoint.isEmpty()) {
      return URI.create(endpoint.endsWith("/") ? endpoint : endpoint + "/");
    }
    return URI.create(
        "https://"
            + service.endpointPrefix()
            + "."
            + region
            + "."
            + Partition.of(region).dnsSuffix()
            + "/");
  }
}
