package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Json;
import java.util.ArrayList;
import java.util.List;

/** CloudWatch Logs over {@link AwsApi}. */
public final class JsonContainerLogs implements ContainerLogs {

  /**
   * A page may be empty though there are lines before it. So many of these are asked for: a log
   * that is long gone is not worth more of the time.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html">GetLogEvents</a>
   */
  private static final int OLDER_PAGES = 3;

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
      for (int page = 0; ; page++) {
        JsonNode answer = aws.call(AwsService.LOGS, "GetLogEvents", input);
        List<String> lines = new ArrayList<>();
        answer.path("events").forEach(event -> lines.add(Json.text(event, "message")));
        String older = Json.text(answer, "nextBackwardToken");
        // The same token again: there is nothing before.
        boolean all = older.isEmpty() || older.equals(Json.text(input, "nextToken"));
        if (!lines.isEmpty() || all || page == OLDER_PAGES) {
          return lines;
        }
        input = input.deepCopy().put("nextToken", older);
      }
    } catch (AwsException e) {
      if (e.is("ResourceNotFoundException")) {
        return List.of();
      }
      throw e;
    }
  }
}
