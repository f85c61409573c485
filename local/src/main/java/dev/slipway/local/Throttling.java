package dev.slipway.local;

import dev.slipway.aws.AwsService;
import dev.slipway.local.account.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The token buckets that AWS publishes for the calls that the local account serves, per account and
 * Region, over the account's clock.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html">ECS
 *     request throttling</a>
 */
final class Throttling {

  /** Burst, and tokens per second. */
  private enum Bucket {
    TASK_DEFINITION_MODIFY(
        AwsService.ECS, 20, 1, "RegisterTaskDefinition", "DeregisterTaskDefinition"),
    TASK_DEFINITION_READ(
        AwsService.ECS,
        50,
        20,
        "DescribeTaskDefinition",
        "ListTaskDefinitions",
        "ListTaskDefinitionFamilies"),
    SERVICE_MODIFY(AwsService.ECS, 50, 5, "UpdateService", "CreateService", "DeleteService"),
    SERVICE_READ(AwsService.ECS, 100, 20, "DescribeServices", "ListServices"),
    SERVICE_DEPLOYMENT(
        AwsService.ECS, 50, 20, "ListServiceDeployments", "DescribeServiceDeployments"),
    SERVICE_REVISION(AwsService.ECS, 50, 20, "DescribeServiceRevisions"),
    CLUSTER_READ(AwsService.ECS, 50, 20, "ListClusters", "DescribeClusters"),
    CLUSTER_RESOURCE_READ(
        AwsService.ECS,
        100,
        20,
        "DescribeTasks",
        "ListTasks",
        "ListContainerInstances",
        "DescribeContainerInstances"),
    CLUSTER_RESOURCE_MODIFY(AwsService.ECS, 100, 40, "StopTask", "RunTask"),
    TAG_MODIFY(AwsService.ECS, 20, 10, "TagResource", "UntagResource"),
    TAG_READ(AwsService.ECS, 50, 20, "ListTagsForResource"),
    GET_RESOURCES(AwsService.TAGGING, 15, 15, "GetResources"),
    PUT_IMAGE(AwsService.ECR, 10, 10, "PutImage");

    private final AwsService service;
    private final int burst;
    private final int perSecond;
    private final List<String> operations;

    Bucket(AwsService service, int burst, int perSecond, String... operations) {
      this.service = service;
      this.burst = burst;
      this.perSecond = perSecond;
      this.operations = List.of(operations);
    }

    static Bucket of(AwsService service, String operation) {
      return Arrays.stream(values())
          .filter(bucket -> bucket.service == service && bucket.operations.contains(operation))
          .findFirst()
          .orElse(null);
    }
  }

  private record Level(double tokens, Instant at) {}

  private final InstantSource clock;
  private final Map<Bucket, Level> levels = new EnumMap<>(Bucket.class);

  Throttling(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Takes a token for the call.
   *
   * @throws Refusal {@code ThrottlingException} if there is none
   */
  void take(AwsService service, String operation) {
    Bucket bucket = Bucket.of(service, operation);
    if (bucket == null) {
      return;
    }
    Instant now = clock.instant();
    Level level = levels.getOrDefault(bucket, new Level(bucket.burst, now));
    double refilled =
        level.tokens() + Duration.between(level.at(), now).toMillis() / 1000.0 * bucket.perSecond;
    double tokens = Math.min(bucket.burst, refilled);
    boolean enough = tokens >= 1;
    levels.put(bucket, new Level(enough ? tokens - 1 : tokens, now));
    if (!enough) {
      throw new Refusal("ThrottlingException", "Rate exceeded");
    }
  }
}
