package dev.slipway.local.services;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** CloudWatch Logs: groups, streams, lines. */
public final class LogGroups {
  private record Line(long timestamp, long ingestedAt, String message) {}

  private static final class Group {
    final Instant createdAt;
    final TreeMap<String, List<Line>> streams = new TreeMap<>();

    Group(Instant createdAt) {
      this.createdAt = createdAt;
    }
  }

  private final Account account;
  private final TreeMap<String, Group> groups = new TreeMap<>();

  public LogGroups(Account account) {
    this.account = account;
  }

  public Operations operations() {
    return new Operations()
        .on("CreateLogGroup", this::createGroup)
        .on("DeleteLogGroup", this::deleteGroup)
        .on("DescribeLogGroups", this::describeGroups)
        .on("DescribeLogStreams", this::describeStreams)
        .on("GetLogEvents", this::getEvents)
        .on("FilterLogEvents", this::filterEvents);
  }

  /** Makes the group unless it is there. */
  public void create(String group) {
    account.exclusively(() -> groups.computeIfAbsent(group, unused -> new Group(account.now())));
  }

  public boolean exists(String group) {
    return account.exclusively(() -> groups.containsKey(group));
  }

  /** Writes lines one millisecond apart, the last one now. */
  public void append(String group, String stream, List<String> messages) {
    account.exclusively(() -> {
      Group found = groups.get(group);
      if (found == null) {
        return;
      }
      List<Line> lines = found.streams.computeIfAbsent(stream, unused -> new ArrayList<>());
      Instant at = account.now().minus(Duration.ofMillis(messages.size() - 1L));
      for (String message : messages) {
        lines.add(new Line(at.toEpochMilli(), account.now().toEpochMilli(), message));
        at = at.plusMillis(1);
      }
    });
  }

  private Group require(String name) {
    Group group = groups.get(name);
    if (group == null) {
      throw new Refusal("ResourceNotFoundException", "The specified log group does not exist.");
    }
    return group;
  }

  private ObjectNode createGroup(ObjectNode input) {
    String name = Json.required(input, "logGroupName");
    if (groups.containsKey(name)) {
      throw new Refusal("ResourceAlreadyExistsException", "The specified log group already exists");
    }
    create(name);
    return Json.object();
  }

  private ObjectNode deleteGroup(ObjectNode input) {
    String name = Json.required(input, "logGroupName");
    require(name);
    groups.remove(name);
    return Json.object();
  }

  private ObjectNode describeGroups(ObjectNode input) {
    String prefix = Json.text(input, "logGroupNamePrefix", "");
    String after = Json.text(input, "nextToken", "");
    int limit = limit(input, 50, 50);
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("logGroups");
    for (String name : groups.tailMap(after, false).keySet()) {
      if (!name.startsWith(prefix)) {
        continue;
      }
      if (list.size() == limit) {
        answer.put("nextToken", Json.text(list.get(limit - 1), "logGroupName"));
        break;
      }
      list.addObject()
          .put("logGroupName", name)
          .put("creationTime", groups.get(name).createdAt.toEpochMilli())
          .put("metricFilterCount", 0)
          .put("arn", account.arn("logs", "log-group:" + name + ":*"))
          .put("logGroupArn", account.arn("logs", "log-group:" + name))
          .put("storedBytes", 0);
    }
    return answer;
  }

  private static int limit(ObjectNode input, int otherwise, int most) {
    int limit = input.path("limit").asInt(otherwise);
    if (limit < 1 || limit > most) {
      throw new Refusal("InvalidParameterException", "limit must be between 1 and " + most);
    }
    return limit;
  }

  private ObjectNode describeStreams(ObjectNode input) {
    Group group = require(Json.required(input, "logGroupName"));
    String prefix = Json.text(input, "logStreamNamePrefix", "");
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("logStreams");
    group.streams.forEach((name, lines) -> {
      if (name.startsWith(prefix)) {
        list.addObject()
            .put("logStreamName", name)
            .put("creationTime", lines.getFirst().ingestedAt())
            .put("firstEventTimestamp", lines.getFirst().timestamp())
            .put("lastEventTimestamp", lines.getLast().timestamp());
      }
    });
    return answer;
  }

  private ObjectNode getEvents(ObjectNode input) {
    Group group = require(Json.required(input, "logGroupName"));
    List<Line> lines = group.streams.get(Json.required(input, "logStreamName"));
    if (lines == null) {
      throw new Refusal("ResourceNotFoundException", "The specified log stream does not exist.");
    }
    long from = input.path("startTime").asLong(0);
    long to = input.path("endTime").asLong(Long.MAX_VALUE);
    List<Line> within =
        lines.stream().filter(line -> line.timestamp() >= from && line.timestamp() < to).toList();
    int limit = limit(input, 10_000, 10_000);
    boolean fromHead = input.path("startFromHead").asBoolean();
    // A token says how many lines lie before it; the page behind the last line is empty, with the
    // same token again, which is how a reader of CloudWatch Logs knows that it has seen everything.
    int start = fromHead ? 0 : Math.max(0, within.size() - limit);
    int end = Math.min(within.size(), start + limit);
    String token = Json.text(input, "nextToken");
    if (token != null) {
      int position = Math.min(within.size(), position(token));
      boolean back = token.startsWith("b/");
      start = back ? Math.max(0, position - limit) : position;
      end = back ? position : Math.min(within.size(), position + limit);
    }
    ObjectNode answer = Json.object();
    ArrayNode events = answer.putArray("events");
    within.subList(start, end).forEach(line -> events.add(event(line)));
    answer.put("nextForwardToken", "f/" + end).put("nextBackwardToken", "b/" + start);
    return answer;
  }

  private static int position(String token) {
    try {
      return Integer.parseUnsignedInt(token.substring(2));
    } catch (RuntimeException e) {
      throw new Refusal("InvalidParameterException", "The specified nextToken is invalid.");
    }
  }

  private static ObjectNode event(Line line) {
    return Json.object()
        .put("timestamp", line.timestamp())
        .put("message", line.message())
        .put("ingestionTime", line.ingestedAt());
  }

  private ObjectNode filterEvents(ObjectNode input) {
    Group group = require(Json.required(input, "logGroupName"));
    List<String> streams = Json.texts(input, "logStreamNames");
    String prefix = Json.text(input, "logStreamNamePrefix", "");
    String pattern = Json.text(input, "filterPattern", "").replace("\"", "");
    long from = input.path("startTime").asLong(0);
    long to = input.path("endTime").asLong(Long.MAX_VALUE);
    record Found(String stream, Line line) {}
    List<Found> found = new ArrayList<>();
    group.streams.forEach((name, lines) -> {
      if (name.startsWith(prefix) && (streams.isEmpty() || streams.contains(name))) {
        lines.stream()
            .filter(line -> line.timestamp() >= from && line.timestamp() < to)
            .filter(line -> line.message().contains(pattern))
            .forEach(line -> found.add(new Found(name, line)));
      }
    });
    found.sort(Comparator.comparingLong(each -> each.line().timestamp()));
    ObjectNode answer = Json.object();
    ArrayNode events = answer.putArray("events");
    found.stream()
        .limit(limit(input, 10_000, 10_000))
        .forEach(each -> events.add(event(each.line()).put("logStreamName", each.stream())));
    answer.putArray("searchedLogStreams");
    return answer;
  }
}
