package dev.slipway.aws;

import dev.slipway.follow.ServiceRef;
import java.util.Map;

/** The call that Slipway makes to the Resource Groups Tagging API. */
public interface Tagging {

  /**
   * GetResources: the ECS services that carry this tag key, with all their tags, all pages.
   * Eventually consistent: a service tagged seconds ago may be missing, a deleted one may be there;
   * DescribeServices has the last word.
   */
  Map<ServiceRef, Map<String, String>> servicesTagged(String key);
}
