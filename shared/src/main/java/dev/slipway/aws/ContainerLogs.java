package dev.slipway.aws;

import java.util.List;

/** The call that Slipway makes to CloudWatch Logs. */
public interface ContainerLogs {
  /** GetLogEvents: the last lines of a stream, oldest first; none if group or stream is missing. */
  List<String> lastLines(String group, String stream, int limit);
}
