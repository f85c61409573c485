package dev.slipway.diagnosis;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The texts in which AWS says why a task did not live, and what each means. AWS promises none of
 * them, so they serve people only: no decision is made by them. The first row that matches counts,
 * so special ones stand before general ones. A text that is in no row is shown as it is.
 *
 * <p>Service events repeat the reasons of tasks ("was unable to place a task. Reason: ..."), so
 * there is one table for both.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html">stopped
 *     tasks error messages</a>
 */
final class KnownCauses {

  /**
   * A row.
   *
   * @param name what diagnoses are grouped by
   * @param pattern found anywhere in the text
   * @param sentence {@code {container}} and {@code {Container}} are replaced by the container,
   *     {@code {1}} by a group of the pattern
   */
  private record Row(String name, Pattern pattern, String sentence) {}

  /** A text that is known. */
  record Known(String name, String sentence) {}

  private static Row row(String name, String pattern, String sentence) {
    return new Row(
        name, Pattern.compile(pattern, Pattern.CASE_INSENSITIVE | Pattern.DOTALL), sentence);
  }

  private static String any(String... alternatives) {
    return String.join("|", alternatives);
  }

  private static final List<Row> ROWS =
      List.of(
          // ---- Pulling the image
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html

          // Fargate and containerd / Docker
          row(
              "wrong-architecture",
              any(
                  "descriptor matching platform '?([\\w/]+)'?",
                  "no matching manifest for ([\\w/]+)",
                  "no match for platform in manifest"),
              "Wrong architecture: the image of {container} has no build for {1|the platform of the"
                  + " task}"),
          row(
              "pull-rate-limited",
              any("toomanyrequests", "pull rate limit", "error pulling image conf"),
              "The image of {container} could not be pulled: its registry's rate limit is reached"),
          row(
              "pull-no-space",
              "(?:CannotPull|pull|GetImageBlob|extract|unpack).*no space left on device",
              "The image of {container} could not be pulled: no space is left on the disk"),
          // Docker Hub answers this for a repository that does not exist, too
          row(
              "pull-denied",
              any(
                  "pull access denied",
                  "no basic auth credentials",
                  "Check that the role has the permissions? to pull",
                  "CannotPull.*(?:403 Forbidden|AccessDenied|not authorized|unauthorized|denied)",
                  "not authorized to perform: ecr:"),
              "The image of {container} could not be pulled: access was denied"),
          row(
              "pull-network",
              any(
                  "There is a connection issue between the task and Amazon ECR",
                  "can.?t pull the image\\. Check your network configuration",
                  "CannotPull.*(?:i/o timeout|request canceled|context canceled|context deadline"
                      + " exceeded|connection refused|connection reset|TLS handshake timeout|no"
                      + " such host|no route to host|network is unreachable|send request"
                      + " failed|invalid memory address)",
                  "retrieve ecr registry auth.*(?:send request failed|i/o timeout|context)"),
              "The image of {container} could not be pulled: the task cannot reach the registry"),
          row(
              "pull-not-found",
              "CannotPull.*(?:not found|manifest unknown|does not exist|name unknown)",
              "The image of {container} could not be pulled: it is not in the registry"),
          // https://vrnithinkumar.github.io/2025/02/17/aws-ecs-docker-pull-error: gzip beside zstd
          row(
              "pull-layers",
              "number of layers and diffIDs don't match",
              "The image of {container} could not be pulled: its layers are compressed in different"
                  + " ways"),
          row(
              "pull-failed",
              "CannotPull(?:Container|ImageManifest|ECRContainer)?(?:Error)?:? *(.+)",
              "The image of {container} could not be pulled: {1}"),

          // ---- Before the container starts
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
          row(
              "secret-key-missing",
              "did not contain json key (\\S+?)[.,;]?(?:\\s|$)",
              "A secret that the task definition names has no key {1}"),
          row(
              "parameter-missing",
              "invalid ssm parameters: (.+?)(?: ?\\.)?$",
              "A parameter that the task definition names does not exist: {1}"),
          row(
              "secret-missing",
              "fetch secret (\\S+) from secrets manager.*ResourceNotFoundException",
              "A secret that the task definition names does not exist: {1}"),
          row(
              "secret-missing",
              any("Secrets Manager can.?t find the specified secret", "ParameterNotFound"),
              "A secret that the task definition names does not exist"),
          row(
              "secret-denied",
              "not authorized to perform: ((?:secretsmanager|ssm|kms):\\w+)",
              "The task's execution role may not read a secret ({1} was denied)"),
          row(
              "secret-unreachable",
              any(
                  "connection issue between the task and AWS (?:Secrets Manager|Systems Manager)",
                  "unable to (?:pull secrets|retrieve secrets?) .*(?:RequestCanceled|context"
                      + " deadline|i/o timeout|send request failed|signal: killed)"),
              "The task cannot reach the service that holds its secrets"),
          row(
              "log-group-unreachable",
              "connection issue between the task and Amazon CloudWatch",
              "The log group was not found: the task cannot reach CloudWatch Logs"),
          row(
              "log-group-missing",
              "specified log group does not exist" + "|cannot find the Amazon CloudWatch log group",
              "The log group that the task definition names does not exist"),
          row(
              "log-group-denied",
              "not authorized to perform: (logs:\\w+)",
              "The task's execution role may not write logs ({1} was denied)"),
          row(
              "log-driver",
              "failed to (?:initialize logging driver|validate logger args):? *(.+)",
              "The log driver of {container} could not be started: {1}"),
          row(
              "volume",
              "failed to invoke EFS utils commands to set up EFS volumes:? *(?:stderr: *)?(.+)",
              "An EFS volume could not be mounted: {1}"),
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cannot-create-volume.html
          row("volume", "CannotCreateVolumeError:? *(.+)", "A volume could not be created: {1}"),
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
          row(
              "role",
              "unable to assume the role '([^']+)'",
              "ECS cannot assume the role {1}: it is missing, or its trust policy does not allow"
                  + " it"),
          row(
              "role",
              any(
                  "unable to assume (?:the |a )?role",
                  "IAM trust relationship has been misconfigured"),
              "ECS cannot assume a role of the task: it is missing, or its trust policy does not"
                  + " allow it"),
          row(
              "role-permissions",
              "IAM permissions policies have been misconfigured",
              "A role of the service has lost permissions that ECS needs"),
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/failed-to-start-error.html
          row(
              "no-addresses",
              any(
                  "InsufficientFreeAddressesInSubnet",
                  "insufficient free addresses",
                  "not have enough free (?:IP )?addresses"),
              "Network: a subnet of the service has no free IP address"),
          row(
              "network-interface",
              "(Unexpected EC2 error while attempting to .+)",
              "Network: the task got no network interface: {1}"),
          row(
              "network-interface",
              any(
                  "Timeout waiting for network interface provisioning",
                  "Unable to attach network interface",
                  "network interface provision",
                  "RESOURCE:ENI",
                  "failed to setup network namespace",
                  "InternalError: .*\\bENI\\b"),
              "Network: the task got no network interface"),

          // ---- Room
          row(
              "port-taken",
              any(
                  "port is already allocated",
                  "address already in use",
                  "EADDRINUSE",
                  "already using a port required by your task",
                  "RESOURCE:PORTS"),
              "A port that {container} needs is taken"),
          row(
              "capacity",
              "Capacity is unavailable at this time",
              "No capacity: AWS has none for this task in these zones at this time"),
          row(
              "capacity",
              "No Container Instances were found in your (cluster|capacity provider)",
              "No capacity: there are no container instances in the {1}"),
          row(
              "capacity",
              "has insufficient (CPU|memory)[^.]*? available",
              "No capacity: no container instance has enough {1}"),
          row(
              "capacity",
              "is missing an attribute required by your task",
              "No capacity: no container instance has an attribute that the task requires"),
          row(
              "capacity",
              any(
                  "encountered error \"AGENT\"",
                  "agent (?:is |that's currently )?disconnected",
                  "Timed out waiting for Amazon ECS Agent"),
              "No capacity: the agent of the container instance is not connected"),
          row(
              "capacity",
              "reached the limit on the number of (tasks|vCPUs) you can run concurrently",
              "No capacity: the account's limit of {1} is reached"),
          row(
              "capacity",
              "requested (CPU|MEMORY) configuration is above your limit",
              "No capacity: the task asks for more {1} than the account's limit"),
          row(
              "capacity",
              "tasks provisioning capacity limit was exceeded",
              "No capacity: too many tasks of the cluster are being provisioned"),
          row(
              "capacity",
              any(
                  "no container instance met all of its requirements",
                  "RESOURCE:(?:CPU|MEMORY|GPU)",
                  "insufficient capacity"),
              "No capacity: no container instance meets the task's requirements"),
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/spot-interruption-errors.html
          row(
              "spot",
              any("Spot (?:Task|instance) (?:was |is being )?interrupted", "SpotInterruption"),
              "No capacity: AWS took back a spot task"),
          row(
              "host-lost",
              any(
                  "Host EC2 \\(instance [^)]+\\) (?:terminated|stopped)",
                  "underlying (?:infrastructure|hardware)"),
              "The host of the task went away"),
          row(
              "deployment-configuration",
              "unable to stop or start tasks during a deployment because of the service deployment"
                  + " configuration",
              "The service's minimumHealthyPercent and maximumPercent leave no room to replace a"
                  + " task"),
          row(
              "compute-mismatch",
              "task definition is not compatible with the selected compute strategy",
              "The task definition does not fit the cluster's kind of capacity"),

          // ---- The container's life
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/out-of-memory.html
          row(
              "out-of-memory",
              any("OutOfMemoryError: Container killed", "OutOfMemory: ", "OOM-?killed"),
              "{Container} ran out of memory and was killed{life}"),
          row(
              "heap",
              any("java\\.lang\\.OutOfMemoryError", "JavaScript heap out of memory"),
              "{Container} ran out of heap memory{life}"),
          // https://repost.aws/knowledge-center/ecs-task-stopped
          row(
              "wrong-architecture",
              "exec format error",
              "Wrong architecture: the image of {container} was built for another processor than"
                  + " the task's (exec format error)"),
          // https://github.com/opencontainers/runc says it like this
          row(
              "command",
              "exec:? \"?([^\":]+)\"?: (?:executable file not found|stat .*no such file|no such"
                  + " file or directory)",
              "The command of {container} was not found in its image: {1}"),
          row(
              "command",
              "exec:? \"?([^\":]+)\"?: permission denied",
              "The command of {container} may not be executed: {1}"),
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-runtime-timeout-error.html
          row(
              "runtime-timeout",
              "(?:ContainerRuntimeTimeout|DockerTimeout)(?:Error)?: Could not tran\\w* to (\\w+);?"
                  + " timed out after waiting (\\w+)",
              "{Container} did not become {1} within {2}"),
          row(
              "runtime-timeout",
              "(?:ContainerRuntimeTimeout|DockerTimeout)(?:Error)?:? *(.+)",
              "{Container} took too long: {1}"),
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cannot-start-container.html
          row(
              "cannot-start",
              "CannotStartContainerError:? *(?:Error response from daemon: *)?(.+)",
              "{Container} could not be started: {1}"),
          row(
              "cannot-inspect",
              "CannotInspectContainerError:? *(.+)",
              "ECS lost sight of {container}: {1}"),
          row("cannot-stop", "CannotStopContainerError:? *(.+)", "{Container} did not stop: {1}"),
          row(
              "resource-initialization",
              "ResourceInitializationError:? *(.+)",
              "The task's resources could not be prepared: {1}"),

          // ---- Health
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-unhealthy-event-messages.html
          row(
              "target-unhealthy",
              "is (?:unhealthy|not healthy) in \\(?target-group"
                  + " \\(?(?:arn:\\S*?:targetgroup/)?([^/)\\s]+)[^)]*\\)+ due to \\(?(?:reason"
                  + " )?(.+?)\\)?\\.?$",
              "Load balancer health checks failed in target group {1}: {2}"),
          row(
              "target-unhealthy",
              "is unhealthy in \\(elb ([^)]+)\\) due to \\((?:reason )?(.+?)\\)",
              "Load balancer health checks failed in {1}: {2}"),
          row(
              "target-failed",
              "failed ELB health checks in \\((?:target-group|elb)"
                  + " (?:arn:\\S*?:targetgroup/)?([^/)\\s]+)",
              "Load balancer health checks failed in target group {1}"),
          row("target-failed", "failed ELB health checks", "Load balancer health checks failed"),
          // https://repost.aws/knowledge-center/ecs-task-stopped
          row(
              "container-unhealthy",
              "failed container health checks",
              "The health check of {container} failed{life}"),

          // ---- Says little; used where nothing else says more
          row(
              "throttled",
              "operations are being throttled",
              "ECS is being throttled by AWS and tries again later"),
          row(
              "cannot-place",
              "was unable to place (?:a task|tasks)(?:\\. Reason:| because) *(.+)",
              "No task could be placed: {1}"),
          row(
              "cannot-launch",
              "failed to launch a task with \\(error (.+)\\)",
              "No task could be launched: {1}"),
          row(
              "cannot-start-tasks",
              any(
                  "is unable to consistently start tasks successfully",
                  "deployment failed: tasks failed to start"),
              "Tasks failed to start again and again, and AWS gives no reason"));

  /** What a container's own log may be believed. Anything can stand in a log. */
  private static final Set<String> TOLD_BY_LOGS =
      Set.of("wrong-architecture", "port-taken", "heap");

  private static final Pattern GROUP = Pattern.compile("\\{(\\d)(?:\\|([^}]*))?}");

  private KnownCauses() {}

  /**
   * What a stopped reason, a container's reason or a service event means.
   *
   * @param container name, or empty
   * @param life how long the container lived, such as {@code " after 4 s"}, or empty
   * @param shown makes a part of the text fit to be shown
   */
  static Optional<Known> of(
      String text, String container, String life, UnaryOperator<String> shown) {
    for (Row row : ROWS) {
      Matcher matcher = row.pattern().matcher(text);
      if (matcher.find()) {
        return Optional.of(
            new Known(row.name(), fill(row.sentence(), matcher, container, life, shown)));
      }
    }
    return Optional.empty();
  }

  /** The same for a log line, which may say anything: only what cannot mean something else. */
  static Optional<Known> ofLog(
      String line, String container, String life, UnaryOperator<String> shown) {
    for (Row row : ROWS) {
      Matcher matcher = row.pattern().matcher(line);
      if (TOLD_BY_LOGS.contains(row.name()) && matcher.find()) {
        return Optional.of(
            new Known(row.name(), fill(row.sentence(), matcher, container, life, shown)));
      }
    }
    return Optional.empty();
  }

  private static String fill(
      String sentence,
      Matcher matcher,
      String container,
      String life,
      UnaryOperator<String> shown) {
    return GROUP
        .matcher(
            sentence
                .replace(
                    "{Container}", container.isEmpty() ? "A container" : "Container " + container)
                .replace(
                    "{container}", container.isEmpty() ? "a container" : "container " + container)
                .replace("{life}", life))
        .replaceAll(
            hole -> Matcher.quoteReplacement(group(hole.group(1), hole.group(2), matcher, shown)));
  }

  /** Alternatives of a pattern put the same fact into different groups: the first that matched. */
  private static String group(
      String number, String otherwise, Matcher matcher, UnaryOperator<String> shown) {
    int first = Integer.parseInt(number);
    int last = otherwise == null ? first : matcher.groupCount();
    for (int group = first; group <= last; group++) {
      if (matcher.group(group) != null) {
        return shown.apply(matcher.group(group).strip());
      }
    }
    return otherwise == null ? "" : otherwise;
  }

  /** The names of all rows: each has a case in the tests. */
  static Set<String> names() {
    return ROWS.stream().map(Row::name).collect(java.util.stream.Collectors.toUnmodifiableSet());
  }
}
