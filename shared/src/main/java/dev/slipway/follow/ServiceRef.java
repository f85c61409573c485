package dev.slipway.follow;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An ECS service, by its ARN in the long format, which names the cluster. */
public record ServiceRef(
    String partition, String region, String account, String cluster, String name)
    implements Comparable<ServiceRef> {

  /**
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#ecs-resource-ids
   */
  private static final Pattern ARN =
      Pattern.compile(
          "arn:(aws[a-z-]*):ecs:([a-z0-9-]+):(\\d{12}):service/([A-Za-z0-9_-]{1,255})/([A-Za-z0-9_-]{1,255})");

  private static final Pattern SHORT_ARN =
      Pattern.compile("arn:aws[a-z-]*:ecs:[a-z0-9-]+:\\d{12}:service/[A-Za-z0-9_-]{1,255}");

  /**
   * @throws IllegalArgumentException if it is no service ARN, or one in the short format of before
   *     2018, which cannot be tagged and so cannot be followed
   */
  public static ServiceRef parse(String arn) {
    Matcher matcher = ARN.matcher(arn);
    if (matcher.matches()) {
      return new ServiceRef(
          matcher.group(1), matcher.group(2), matcher.group(3), matcher.group(4), matcher.group(5));
    }
    if (SHORT_ARN.matcher(arn).matches()) {
      throw new IllegalArgumentException(
          "'"
              + arn
              + "' has the short ARN format, which has no cluster and cannot be tagged: recreate"
              + " the service with the account setting serviceLongArnFormat enabled");
    }
    throw new IllegalArgumentException("'" + arn + "' is not the ARN of an ECS service");
  }

  public String arn() {
    return "arn:"
        + partition
        + ":ecs:"
        + region
        + ":"
        + account
        + ":service/"
        + cluster
        + "/"
        + name;
  }

  /** {@code cluster/service}: what people read and write. */
  public String brief() {
    return cluster + "/" + name;
  }

  public String clusterArn() {
    return "arn:" + partition + ":ecs:" + region + ":" + account + ":cluster/" + cluster;
  }

  /**
   * The service's lane: SQS limits a message group id to 128 characters, and an ARN can be longer.
   */
  public String lane() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(arn().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public int compareTo(ServiceRef other) {
    return arn().compareTo(other.arn());
  }

  @Override
  public String toString() {
    return arn();
  }
}
