package dev.slipway.bench.variant;

import static software.amazon.lambda.powertools.logging.argument.StructuredArguments.entry;

import com.amazonaws.services.lambda.runtime.Context;
import dev.slipway.aws.AwsService;
import dev.slipway.aws.SignedJson;
import dev.slipway.runtime.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.lambda.powertools.logging.PowertoolsLogging;

/** As {@link OwnSeam}, with Powertools' logging in its functional form, on log4j. */
public final class PowertoolsLogs extends Job {

  private static final Logger LOG = LoggerFactory.getLogger(PowertoolsLogs.class);

  private final SignedJson aws = new SignedJson(Environment.ofProcess());

  public PowertoolsLogs() {
    super(false, true);
    aws.warmUp(AwsService.DYNAMODB);
  }

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) {
    PowertoolsLogging.withLogging(
        context,
        () -> {
          try {
            super.handleRequest(in, out, context);
            return null;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Override
  String image(Order order) {
    return JsonCalls.image(aws, order);
  }

  @Override
  void log(Context context, Order order, String image) {
    LOG.info("looked", entry("service_name", order.service()), entry("image", image));
  }
}
