package dev.slipway.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsService;
import dev.slipway.runtime.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** ECS is eventually consistent: after UpdateService it describes the service as it was before. */
final class Lagging implements AwsApi {

  private final AwsApi aws;
  private final InstantSource clock;
  private final Duration lag;
  private ObjectNode before;
  private Instant until = Instant.MIN;

  /**
   * @param lag for how long; zero for never
   */
  Lagging(AwsApi aws, InstantSource clock, Duration lag) {
    this.aws = aws;
    this.clock = clock;
    this.lag = lag;
  }

  @Override
  public ObjectNode call(AwsService service, String operation, ObjectNode input) {
    if (service != AwsService.ECS || lag.isZero()) {
      return aws.call(service, operation, input);
    }
    if (operation.equals("DescribeServices") && clock.instant().isBefore(until)) {
      return before.deepCopy();
    }
    if (!operation.equals("UpdateService")) {
      return aws.call(service, operation, input);
    }
    ObjectNode ask = Json.object();
    ask.set("cluster", input.path("cluster"));
    ask.putArray("services").add(input.path("service"));
    ask.putArray("include").add("TAGS");
    ObjectNode now = aws.call(service, "DescribeServices", ask);
    ObjectNode answer = aws.call(service, operation, input);
    before = now;
    until = clock.instant().plus(lag);
    return answer;
  }
}
