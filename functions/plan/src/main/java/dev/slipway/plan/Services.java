package dev.slipway.plan;

import dev.slipway.aws.Ecs;
import dev.slipway.aws.ServiceView;
import dev.slipway.follow.ServiceRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** DescribeServices, which has the last word on what a service's tags say. */
final class Services {

  /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html */
  private static final int SERVICES_A_CALL = 10;

  /** The order of {@link #groups}. */
  static final Comparator<ServiceRef> IN_GROUPS =
      Comparator.comparing(ServiceRef::clusterArn).thenComparing(Comparator.naturalOrder());

  private final Ecs ecs;

  Services(Ecs ecs) {
    this.ecs = ecs;
  }

  /** In groups that take one call each: a call names one cluster. */
  static List<List<ServiceRef>> groups(Collection<ServiceRef> services) {
    Map<String, List<ServiceRef>> byCluster =
        services.stream()
            .sorted()
            .collect(
                Collectors.groupingBy(
                    ServiceRef::clusterArn, TreeMap::new, Collectors.toCollection(ArrayList::new)));
    List<List<ServiceRef>> groups = new ArrayList<>();
    for (List<ServiceRef> cluster : byCluster.values()) {
      for (int i = 0; i < cluster.size(); i += SERVICES_A_CALL) {
        groups.add(List.copyOf(cluster.subList(i, Math.min(i + SERVICES_A_CALL, cluster.size()))));
      }
    }
    return groups;
  }

  /** Those that are there and active. */
  Map<ServiceRef, ServiceView> active(List<ServiceRef> group) {
    return ecs.services(group).stream()
        .filter(ServiceView::active)
        .collect(Collectors.toMap(ServiceView::ref, Function.identity()));
  }
}
