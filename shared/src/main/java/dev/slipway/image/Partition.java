package dev.slipway.image;

import java.util.regex.Pattern;

/**
 * A partition of AWS: Regions that share a domain. The one place that knows them, as the SDKs'
 * partitions.json lists them.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html">Partitions</a>
 */
public enum Partition {
  CHINA("cn-", "amazonaws.com.cn"),
  EUROPEAN_SOVEREIGN("eusc-", "amazonaws.eu"),
  ISO("us-iso-", "c2s.ic.gov"),
  ISO_B("us-isob-", "sc2s.sgov.gov"),
  ISO_E("eu-isoe-", "cloud.adc-e.uk"),
  ISO_F("us-isof-", "csp.hci.ic.gov"),
  /** All others: the commercial Regions, and GovCloud, whose domain is the same. */
  COMMERCIAL("", "amazonaws.com");

  /** {@code eu-west-1}, {@code us-gov-east-1}, {@code eusc-de-east-1}. */
  private static final Pattern REGION = Pattern.compile("[a-z]{2,4}(-[a-z]+)+-\\d{1,2}");

  private final String regions;
  private final String dnsSuffix;

  Partition(String regions, String dnsSuffix) {
    this.regions = regions;
    this.dnsSuffix = dnsSuffix;
  }

  /** The partition of a Region; one that nobody knows yet is taken for a commercial one. */
  public static Partition of(String region) {
    for (Partition partition : values()) {
      if (region.startsWith(partition.regions)) {
        return partition;
      }
    }
    return COMMERCIAL;
  }

  /** Whether a text has the form of a Region's name, whichever its partition. */
  public static boolean isRegion(String text) {
    return REGION.matcher(text).matches();
  }

  /** What the names of its endpoints and registries end with. */
  public String dnsSuffix() {
    return dnsSuffix;
  }
}
