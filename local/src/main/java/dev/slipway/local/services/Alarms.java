package dev.slipway.local.services;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Refusal;
import dev.slipway.local.account.TagIndex;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** CloudWatch alarms, whose states somebody sets; no metric is ever evaluated. */
public final class Alarms {
  private static final Set<String> STATES = Set.of("OK", "ALARM", "INSUFFICIENT_DATA");

  /** As in CloudWatch's events: milliseconds, and an offset without a colon. */
  private static final DateTimeFormatter EVENT_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSZ").withZone(ZoneOffset.UTC);

  private static final class Alarm {
    final ObjectNode definition;
    String state = "INSUFFICIENT_DATA";
    String reason = "Unchecked: Initial alarm creation";
    Instant updated;
    Instant since;

    Alarm(ObjectNode definition, Instant since) {
      this.definition = definition;
      this.updated = since;
      this.since = since;
    }

    boolean composite() {
      return definition.has("AlarmRule");
    }
  }

  private final Account account;
  private final TagIndex tags;
  private final TreeMap<String, Alarm> alarms = new TreeMap<>();
  private final List<Runnable> watchers = new ArrayList<>();

  public Alarms(Account account, TagIndex tags) {
    this.account = account;
    this.tags = tags;
  }

  public Operations operations() {
    return new Operations()
        .on("PutMetricAlarm", this::put)
        .on("PutCompositeAlarm", this::putComposite)
        .on("DescribeAlarms", this::describe)
        .on("SetAlarmState", this::setState)
        .on("DeleteAlarms", this::delete);
  }

  /** Called whenever an alarm's state has changed. */
  public void watch(Runnable watcher) {
    watchers.add(watcher);
  }

  public boolean inAlarm(String name) {
    return account.exclusively(
        () -> alarms.containsKey(name) && alarms.get(name).state.equals("ALARM"));
  }

  private String arn(String name) {
    return account.arn("cloudwatch", "alarm:" + name);
  }

  /** Its rule is kept, and not evaluated. */
  private ObjectNode putComposite(ObjectNode input) {
    Json.required(input, "AlarmRule");
    return put(input);
  }

  private ObjectNode put(ObjectNode input) {
    String name = Json.required(input, "AlarmName");
    ObjectNode definition = input.deepCopy();
    definition.remove("Tags");
    Alarm alarm = new Alarm(definition, account.now());
    Alarm known = alarms.put(name, alarm);
    if (known != null) {
      alarm.state = known.state;
      alarm.reason = known.reason;
      alarm.updated = known.updated;
      alarm.since = known.since;
    }
    Map<String, String> given = Json.tags(input.path("Tags"), "Key", "Value");
    if (known == null && !given.isEmpty()) {
      tags.put(arn(name), "cloudwatch:alarm", given);
    }
    return Json.object();
  }

  private ObjectNode delete(ObjectNode input) {
    for (String name : Json.texts(input, "AlarmNames")) {
      if (alarms.remove(name) != null) {
        tags.remove(arn(name));
      }
    }
    return Json.object();
  }

  private ObjectNode describe(ObjectNode input) {
    List<String> names = Json.texts(input, "AlarmNames");
    String prefix = Json.text(input, "AlarmNamePrefix", "");
    String state = Json.text(input, "StateValue");
    List<String> types = Json.texts(input, "AlarmTypes");
    int size = input.path("MaxRecords").asInt(50);
    if (names.size() > 100 || size < 1 || size > 100) {
      throw new Refusal(
          "InvalidParameterValue", "AlarmNames and MaxRecords may be 100 at most: " + size);
    }
    String after = Json.text(input, "NextToken", "");
    ObjectNode answer = Json.object();
    ArrayNode metric = answer.putArray("MetricAlarms");
    ArrayNode composite = answer.putArray("CompositeAlarms");
    String last = "";
    for (var entry : alarms.tailMap(after, after.isEmpty()).entrySet()) {
      String name = entry.getKey();
      Alarm alarm = entry.getValue();
      // Without AlarmTypes, only metric alarms are told of.
      boolean asked =
          types.isEmpty()
              ? !alarm.composite()
              : types.contains(alarm.composite() ? "CompositeAlarm" : "MetricAlarm");
      if (asked
          && (names.isEmpty() || names.contains(name))
          && name.startsWith(prefix)
          && (state == null || state.equals(alarm.state))) {
        if (metric.size() + composite.size() == size) {
          answer.put("NextToken", last);
          break;
        }
        (alarm.composite() ? composite : metric).add(describe(name, alarm));
        last = name;
      }
    }
    return answer;
  }

  private ObjectNode describe(String name, Alarm alarm) {
    ObjectNode node = alarm.definition.deepCopy();
    node.put("AlarmArn", arn(name)).put("StateValue", alarm.state).put("StateReason", alarm.reason);
    node.set("StateUpdatedTimestamp", Json.seconds(alarm.updated));
    node.set("StateTransitionedTimestamp", Json.seconds(alarm.since));
    return node;
  }

  private ObjectNode setState(ObjectNode input) {
    String name = Json.required(input, "AlarmName");
    String state = Json.required(input, "StateValue");
    Alarm alarm = alarms.get(name);
    if (alarm == null) {
      throw new Refusal("ResourceNotFound", "There is no alarm " + name);
    }
    if (!STATES.contains(state)) {
      throw new Refusal("InvalidParameterValue", "StateValue must be one of " + STATES);
    }
    alarm.updated = account.now();
    if (state.equals(alarm.state)) {
      return Json.object();
    }
    ObjectNode previous = state(alarm);
    alarm.state = state;
    alarm.reason = Json.text(input, "StateReason", "");
    alarm.since = account.now();
    emit(name, alarm, previous);
    watchers.forEach(Runnable::run);
    return Json.object();
  }

  private static ObjectNode state(Alarm alarm) {
    return Json.object()
        .put("value", alarm.state)
        .put("reason", alarm.reason)
        .put("timestamp", EVENT_TIME.format(alarm.since));
  }

  private void emit(String name, Alarm alarm, ObjectNode previous) {
    ObjectNode detail = Json.object().put("alarmName", name);
    detail.set("state", state(alarm));
    detail.set("previousState", previous);
    ObjectNode configuration = detail.putObject("configuration");
    String description = Json.text(alarm.definition, "AlarmDescription");
    if (description != null) {
      configuration.put("description", description);
    }
    if (alarm.composite()) {
      configuration.put("alarmRule", Json.text(alarm.definition, "AlarmRule", ""));
      account.emit("aws.cloudwatch", "CloudWatch Alarm State Change", List.of(arn(name)), detail);
      return;
    }
    ObjectNode metric = configuration.putArray("metrics").addObject();
    metric.put("id", "m1").put("returnData", true);
    ObjectNode stat = metric.putObject("metricStat");
    stat.put("period", alarm.definition.path("Period").asInt(60))
        .put("stat", Json.text(alarm.definition, "Statistic", "Average"));
    ObjectNode what = stat.putObject("metric");
    what.put("namespace", Json.text(alarm.definition, "Namespace", ""))
        .put("name", Json.text(alarm.definition, "MetricName", ""));
    ObjectNode dimensions = what.putObject("dimensions");
    Json.tags(alarm.definition.path("Dimensions"), "Name", "Value").forEach(dimensions::put);
    account.emit("aws.cloudwatch", "CloudWatch Alarm State Change", List.of(arn(name)), detail);
  }
}
