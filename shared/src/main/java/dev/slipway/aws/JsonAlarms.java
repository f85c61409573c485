package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.Json;
import dev.slipway.verdict.AlarmState;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * CloudWatch's alarms, and the tagging API for theirs, over {@link AwsApi}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html">DescribeAlarms</a>
 */
public final class JsonAlarms implements Alarms {

  /** The most names that DescribeAlarms takes, and alarms that it gives in a page. */
  private static final int A_HUNDRED = 100;

  private static final String NAME = ":alarm:";

  private final AwsApi aws;

  public JsonAlarms(AwsApi aws) {
    this.aws = aws;
  }

  @Override
  public List<String> tagged(ServiceRef service) {
    try {
      return allPages(service);
    } catch (AwsException e) {
      // A token lives for 15 minutes, and throttles were waited out between two pages.
      if (e.is("PaginationTokenExpiredException")) {
        return allPages(service);
      }
      throw e;
    }
  }

  private List<String> allPages(ServiceRef service) {
    ObjectNode input = Json.object().put("ResourcesPerPage", A_HUNDRED);
    ObjectNode filter = input.putArray("TagFilters").addObject().put("Key", TAG);
    filter.set("Values", Json.array(List.of(service.brief())));
    input.set("ResourceTypeFilters", Json.array(List.of("cloudwatch:alarm")));
    TreeSet<String> names = new TreeSet<>();
    String token;
    do {
      ObjectNode answer = aws.call(AwsService.TAGGING, "GetResources", input);
      for (JsonNode resource : answer.path("ResourceTagMappingList")) {
        String arn = Json.text(resource, "ResourceARN");
        int at = arn.indexOf(NAME);
        if (at >= 0) {
          names.add(arn.substring(at + NAME.length()));
        }
      }
      // A page may be short, even empty, while more remain.
      token = Json.text(answer, "PaginationToken");
      input.put("PaginationToken", token);
    } while (!token.isEmpty());
    return List.copyOf(names);
  }

  @Override
  public List<AlarmState> states(Collection<String> names) {
    List<String> distinct = List.copyOf(new TreeSet<>(names));
    TreeMap<String, AlarmState> found = new TreeMap<>();
    for (int from = 0; from < distinct.size(); from += A_HUNDRED) {
      ask(distinct.subList(from, Math.min(distinct.size(), from + A_HUNDRED)), found);
    }
    return List.copyOf(found.values());
  }

  private void ask(List<String> names, TreeMap<String, AlarmState> found) {
    ObjectNode input = Json.object();
    input.set("AlarmNames", Json.array(names));
    // Without this CloudWatch keeps silent about composite alarms.
    input.set("AlarmTypes", Json.array(List.of("MetricAlarm", "CompositeAlarm")));
    input.put("MaxRecords", A_HUNDRED);
    String next;
    do {
      ObjectNode answer = aws.call(AwsService.CLOUDWATCH, "DescribeAlarms", input);
      for (String kind : List.of("MetricAlarms", "CompositeAlarms")) {
        for (JsonNode alarm : answer.path(kind)) {
          AlarmState state = state(alarm);
          found.put(state.name(), state);
        }
      }
      next = Json.text(answer, "NextToken");
      input.put("NextToken", next);
    } while (!next.isEmpty());
  }

  /**
   * Since when: StateUpdatedTimestamp will not do, for it also moves while the state stays the
   * same.
   */
  private static AlarmState state(JsonNode alarm) {
    return new AlarmState(
        Json.text(alarm, "AlarmName"),
        Json.text(alarm, "AlarmArn"),
        Json.text(alarm, "StateValue"),
        Json.text(alarm, "StateReason"),
        Json.instant(alarm, "StateTransitionedTimestamp"));
  }
}
