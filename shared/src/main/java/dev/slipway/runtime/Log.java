package dev.slipway.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Log lines in the shape of Powertools for AWS Lambda, one JSON object a line, without its log4j:
 * level, message, error, the scope's fields, cold_start, function_*, service, timestamp,
 * xray_trace_id. The level is that of {@code AWS_LAMBDA_LOG_LEVEL} or {@code POWERTOOLS_LOG_LEVEL},
 * else INFO. Credentials of the process and whatever {@link #secret} names are masked. A scope
 * belongs to one invocation, and Lambda gives a process one at a time.
 *
 * @see <a href="https://docs.aws.amazon.com/powertools/java/latest/core/logging/">Powertools'
 *     logging</a>
 */
public final class Log {

  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** CloudWatch cuts an entry at 256 KB; one field shall not take it all. */
  private static final int LONGEST_FIELD = 16_000;

  private static final List<String> SECRET_VARIABLES =
      List.of("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN");

  private enum Level {
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  /** Fields that every line carries until it is closed. */
  public final class Scope implements AutoCloseable {
    private final Map<String, Object> before;

    private Scope(Map<String, Object> before) {
      this.before = before;
    }

    @Override
    public void close() {
      fields = before;
    }
  }

  private final PrintStream sink;
  private final InstantSource time;
  private final Level threshold;
  private final ObjectNode function;
  private final String trace;
  private final List<String> secrets = new CopyOnWriteArrayList<>();
  private volatile Map<String, Object> subject = Map.of();
  private volatile Map<String, Object> fields = Map.of();
  private volatile String requestId = "";
  private volatile int invocations;

  /**
   * @param function short name, for when the process does not know its own
   * @param sink one line each
   */
  public Log(String function, Environment environment, InstantSource time, PrintStream sink) {
    this.sink = sink;
    this.time = time;
    this.threshold = threshold(environment);
    this.trace = environment.optional("_X_AMZN_TRACE_ID", "");
    this.function =
        Json.object()
            .put("function_name", environment.optional("AWS_LAMBDA_FUNCTION_NAME", function))
            .put("function_version", environment.optional("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"))
            .put(
                "function_memory_size",
                environment.optional("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", ""));
    SECRET_VARIABLES.forEach(name -> secret(environment.optional(name, "")));
  }

  /** To standard output, from where Lambda takes it. */
  public static Log of(String function) {
    return of(function, InstantSource.system());
  }

  /** To standard output, with timestamps of that clock. */
  public static Log of(String function, InstantSource time) {
    return new Log(function, Environment.ofProcess(), time, System.out);
  }

  private static Level threshold(Environment environment) {
    String name =
        environment.optional(
            "AWS_LAMBDA_LOG_LEVEL", environment.optional("POWERTOOLS_LOG_LEVEL", "INFO"));
    return switch (name) {
      case "TRACE", "DEBUG" -> Level.DEBUG;
      case "WARN" -> Level.WARN;
      case "ERROR", "FATAL" -> Level.ERROR;
      default -> Level.INFO;
    };
  }

  /** Begins an invocation: its id is on each line, and the first one is the cold start. */
  public void begin(String awsRequestId) {
    requestId = awsRequestId;
    invocations++;
    subject = Map.of();
    fields = Map.of();
  }

  /**
   * From now on each line says that it is about this, until it is said anew. Unlike a scope it
   * outlives an exception, so that the line which tells of that carries it too.
   */
  public void about(Object... keyValues) {
    Map<String, Object> next = new LinkedHashMap<>();
    put(next, keyValues);
    subject = next;
  }

  /** From now on this text appears in no line. Too short a text would mask half the log. */
  public void secret(String text) {
    if (text.length() >= 8 && !secrets.contains(text)) {
      secrets.add(text);
    }
  }

  /**
   * {@code try (var _ = log.with("service", ref.brief(), "deployment", id)) {...}}: these fields on
   * every line within, over the outer scope's.
   */
  public Scope with(Object... keyValues) {
    Map<String, Object> next = new LinkedHashMap<>(fields);
    put(next, keyValues);
    Scope scope = new Scope(fields);
    fields = next;
    return scope;
  }

  public void debug(String message, Object... keyValues) {
    line(Level.DEBUG, message, null, keyValues);
  }

  public void info(String message, Object... keyValues) {
    line(Level.INFO, message, null, keyValues);
  }

  public void warn(String message, Object... keyValues) {
    line(Level.WARN, message, null, keyValues);
  }

  /**
   * @param error may be null
   */
  public void error(String message, Throwable error, Object... keyValues) {
    line(Level.ERROR, message, error, keyValues);
  }

  private void line(Level level, String message, Throwable error, Object... keyValues) {
    if (level.compareTo(threshold) < 0) {
      return;
    }
    ObjectNode line = Json.object();
    line.put("level", level.name());
    line.put("message", cut(message));
    if (error != null) {
      line.set("error", error(error));
    }
    line.put("cold_start", invocations <= 1);
    line.setAll(function);
    line.put("function_request_id", requestId);
    line.put("service", "slipway");
    line.put("timestamp", TIMESTAMP.format(now()));
    String traceId = traceId();
    if (!traceId.isEmpty()) {
      line.put("xray_trace_id", traceId);
    }
    Map<String, Object> all = new LinkedHashMap<>(subject);
    all.putAll(fields);
    put(all, keyValues);
    all.forEach((key, value) -> line.set(key, value(value)));
    sink.println(masked(Json.write(line)));
  }

  /** A clock that cannot be asked must not swallow the line that would say so. */
  private Instant now() {
    try {
      return time.instant();
    } catch (IllegalStateException e) {
      return Instant.now();
    }
  }

  private static void put(Map<String, Object> fields, Object... keyValues) {
    if (keyValues.length % 2 != 0) {
      throw new IllegalArgumentException(
          "keys and values must come in pairs, and these are " + List.of(keyValues));
    }
    for (int i = 0; i < keyValues.length; i += 2) {
      fields.put(String.valueOf(keyValues[i]), keyValues[i + 1]);
    }
  }

  private static JsonNode value(Object value) {
    ObjectNode holder = Json.object();
    switch (value) {
      case null -> holder.putNull("v");
      case JsonNode node -> holder.set("v", node);
      case Integer number -> holder.put("v", number);
      case Long number -> holder.put("v", number);
      case Double number -> holder.put("v", number);
      case Boolean bool -> holder.put("v", bool);
      case Enum<?> constant -> holder.put("v", constant.name());
      default -> holder.put("v", cut(value.toString()));
    }
    return holder.get("v");
  }

  private static ObjectNode error(Throwable error) {
    StringWriter stack = new StringWriter();
    error.printStackTrace(new PrintWriter(stack, true));
    return Json.object()
        .put("message", cut(String.valueOf(error.getMessage())))
        .put("name", error.getClass().getName())
        .put("stack", cut(stack.toString()));
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_FIELD ? text : text.substring(0, LONGEST_FIELD) + "…";
  }

  /** The runtime interface client sets the property anew for each invocation. */
  private String traceId() {
    String header = System.getProperty("com.amazonaws.xray.traceHeader", trace);
    for (String part : header.split(";")) {
      if (part.startsWith("Root=")) {
        return part.substring("Root=".length());
      }
    }
    return "";
  }

  private String masked(String line) {
    String result = line;
    for (String secret : new ArrayList<>(secrets)) {
      result = result.replace(secret, "***");
    }
    return result;
  }
}
