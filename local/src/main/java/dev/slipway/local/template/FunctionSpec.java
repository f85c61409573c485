package dev.slipway.local.template;

import dev.slipway.local.iam.Statement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A function, as the template wants it.
 *
 * @param code the packaged artefact
 * @param logFormat {@code Text} or {@code JSON}
 * @param logGroup name of the log group that it writes to
 * @param roleName name of its role, as in the ARN of an assumed role
 * @param statements what its role may do
 * @param reservedConcurrency -1 if none is reserved
 * @param url null if it has no function URL
 * @param routes of an HTTP API
 */
public record FunctionSpec(
    String logicalId,
    String name,
    String arn,
    String handler,
    String runtime,
    int memoryMegabytes,
    Duration timeout,
    Path code,
    Map<String, String> environment,
    String logFormat,
    String logGroup,
    String roleName,
    List<Statement> statements,
    int reservedConcurrency,
    String url,
    List<Route> routes) {

  /** A route of an HTTP API, for example {@code POST /slack}. */
  public record Route(String api, String method, String path) {}
}
