package dev.slipway.bench.variant;

import dev.slipway.aws.AwsService;
import dev.slipway.aws.SignedJson;
import dev.slipway.runtime.Environment;

/** As the functions do it: own signer, the JDK's HTTP, Jackson's tree, own log and metrics. */
public final class OwnSeam extends Job {

  private final SignedJson aws = new SignedJson(Environment.ofProcess());

  public OwnSeam() {
    super(true, true);
    aws.warmUp(AwsService.DYNAMODB);
  }

  @Override
  String image(Order order) {
    return JsonCalls.image(aws, order);
  }
}
