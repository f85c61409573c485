package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Json;
import java.util.ArrayList;
import java.util.List;

/** CloudWatch Logs over {@link AwsApi}. */
public final class JsonContainerLogs implements ContainerLogs {

  private final AwsApi aws;

  public JsonContainerLogs(AwsApi aws) {
    this.aws = aws;
  }

  @Override
  public List<String> lastLines(String group, String stream, int limit) {
    ObjectNode input =
        Json.object()
            .put("logGroupName", group)
            .put("logStreamName", stream)
            .put("limit", limit)
            .put("startFromHead", false);
    try {
      List<String> lines = new ArrayList<>();
      for (JsonNode event : aws.call(AwsService.LOGS, "GetLogEvents", input).path("events")) {
        lines.add(Json.text(event, "message"));
      }
      return lines;
    } catch (AwsException e) {
      if (e.is("ResourceNotFoundException")) {
        return List.of();
      }
      throw e;
    }
  }
}
