package dev.slipway.bench.variant;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/** The job, with the project's own log and metrics; what a library replaces is overridden. */
abstract class Job implements RequestStreamHandler {

  private Log log;
  private Metrics metrics;

  /** Makes what the init phase can make. */
  protected Job(boolean ownLog, boolean ownMetrics) {
    if (ownLog) {
      log = new Log("bench", Environment.ofProcess(), InstantSource.system(), System.out);
    }
    if (ownMetrics) {
      metrics = Metrics.of(InstantSource.system());
    }
  }

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    Order order = Order.read(Json.readObject(in.readAllBytes()));
    String image = image(order);
    log(context, order, image);
    count(context);
    out.write(Json.write(Json.object().put("image", image)).getBytes(StandardCharsets.UTF_8));
  }

  /** Does the four calls, and answers the image that the service runs. */
  abstract String image(Order order) throws IOException;

  void log(Context context, Order order, String image) {
    log.begin(context.getAwsRequestId());
    log.info("looked", "service", order.service(), "image", image);
  }

  void count(Context context) {
    metrics.count("Looks", "Reason", "BENCH");
  }
}
