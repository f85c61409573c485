package dev.slipway.bench.variant;

import com.amazonaws.services.lambda.runtime.Context;
import dev.slipway.aws.AwsService;
import dev.slipway.aws.SignedJson;
import dev.slipway.runtime.Environment;
import software.amazon.lambda.powertools.metrics.Metrics;
import software.amazon.lambda.powertools.metrics.MetricsFactory;
import software.amazon.lambda.powertools.metrics.model.DimensionSet;
import software.amazon.lambda.powertools.metrics.model.MetricUnit;

/** As {@link OwnSeam}, with Powertools' metrics in its functional form. */
public final class PowertoolsMetrics extends Job {

  private final SignedJson aws = new SignedJson(Environment.ofProcess());
  private final Metrics metrics = MetricsFactory.getMetricsInstance();

  public PowertoolsMetrics() {
    super(true, false);
    metrics.setNamespace("Slipway");
    aws.warmUp(AwsService.DYNAMODB);
  }

  @Override
  String image(Order order) {
    return JsonCalls.image(aws, order);
  }

  @Override
  void count(Context context) {
    metrics.setDefaultDimensions(DimensionSet.of("Reason", "BENCH"));
    metrics.addMetric("Looks", 1, MetricUnit.COUNT);
    metrics.flush();
  }
}
