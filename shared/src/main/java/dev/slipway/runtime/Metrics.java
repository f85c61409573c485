package dev.slipway.runtime;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Metrics in CloudWatch's embedded metric format: log lines that CloudWatch turns into metrics, so
 * that counting costs no call. Namespace {@code Slipway}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">
 *     Embedded metric format</a>
 */
public final class Metrics {

  public static final String NAMESPACE = "Slipway";

  /**
   * As in Lambda's own metrics, so that an alarm names the function of its stack and no other's.
   */
  private static final String FUNCTION = "FunctionName";

  private final String function;
  private final InstantSource time;
  private final PrintStream sink;

  public Metrics(Environment environment, InstantSource time, PrintStream sink) {
    this.function = environment.optional("AWS_LAMBDA_FUNCTION_NAME", "unknown");
    this.time = time;
    this.sink = sink;
  }

  /** Of the function that this process is. */
  public Metrics(InstantSource time, PrintStream sink) {
    this(Environment.ofProcess(), time, sink);
  }

  /** To standard output, from where Lambda takes it. */
  public static Metrics of(InstantSource time) {
    return new Metrics(time, System.out);
  }

  /**
   * Counts one.
   *
   * @param dimensions names and values in turn; each combination of values is a metric of its own
   *     and is paid for, so none may come from outside
   */
  public void count(String name, String... dimensions) {
    emit(name, "Count", 1, false, dimensions);
  }

  /**
   * Counts one for this function, which an alarm of its stack can watch, and by the dimensions
   * beside it, if there are any: CloudWatch never adds up over dimensions by itself.
   *
   * @param dimensions as in {@link #count}
   */
  public void countForFunction(String name, String... dimensions) {
    emit(name, "Count", 1, true, dimensions);
  }

  /** A duration, in seconds with fractions. */
  public void duration(String name, Duration duration, String... dimensions) {
    emit(name, "Seconds", duration.toMillis() / 1000.0, false, dimensions);
  }

  private void emit(
      String name, String unit, double value, boolean forFunction, String... dimensions) {
    if (dimensions.length % 2 != 0) {
      throw new IllegalArgumentException(
          "dimensions must come in pairs, and these are " + String.join(", ", dimensions));
    }
    ObjectNode line = Json.object();
    ObjectNode aws = line.putObject("_aws");
    aws.put("Timestamp", time.millis());
    ObjectNode directive = aws.putArray("CloudWatchMetrics").addObject();
    directive.put("Namespace", NAMESPACE);
    ArrayNode sets = directive.putArray("Dimensions");
    directive.putArray("Metrics").addObject().put("Name", name).put("Unit", unit);
    if (forFunction) {
      sets.addArray().add(FUNCTION);
      line.put(FUNCTION, function);
    }
    ArrayNode names = Json.array();
    if (!forFunction || dimensions.length > 0) {
      sets.add(names);
    }
    for (int i = 0; i < dimensions.length; i += 2) {
      names.add(dimensions[i]);
      line.put(dimensions[i], dimensions[i + 1]);
    }
    if (value == Math.rint(value)) {
      line.put(name, (long) value);
    } else {
      line.put(name, value);
    }
    sink.println(Json.write(line));
  }
}
