package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.ServiceView.Capacity;
import dev.slipway.aws.ServiceView.TaskSet;
import dev.slipway.runtime.Json;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The AppSpec of a deployment on ECS, made from what the service runs. What an AppSpec does not
 * name, CodeDeploy takes from the service or, worse, from a default: the platform version would be
 * LATEST, and no hook would run.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html">resources
 *     of an AppSpec</a>
 */
public final class AppSpec {

  /** A hook of an AppSpec in YAML: {@code - AfterInstall: "name or ARN of a function"}. */
  private static final Pattern HOOK =
      Pattern.compile("\\s*-\\s+([A-Za-z]+)\\s*:\\s*[\"']?([A-Za-z0-9:_/$.-]+)[\"']?\\s*(#.*)?");

  private static final Pattern HOOKS = Pattern.compile("[\"']?[Hh]ooks[\"']?\\s*:\\s*(#.*)?");

  private static final Pattern EMPTY = Pattern.compile("\\s*(#.*)?");

  private AppSpec() {}

  /** Hooks of an AppSpec that cannot be read; deploying without them could skip somebody's test. */
  public static final class UnreadableHooksException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnreadableHooksException(String line) {
      super("its AppSpec has hooks that cannot be read: '" + line + "'");
    }
  }

  /**
   * An AppSpec as JSON.
   *
   * @param like the task set whose load balancer, platform version and capacity are kept
   * @param before the AppSpec that made it, whose hooks are kept; empty if it is not known
   * @throws IllegalArgumentException if the task set has no load balancer, without which CodeDeploy
   *     deploys nothing
   * @throws UnreadableHooksException naming the line
   */
  public static String of(String taskDefinition, TaskSet like, String before) {
    if (like.container().isEmpty() || like.port() == 0) {
      throw new IllegalArgumentException(
          "The service has no load balancer, and CodeDeploy deploys only services that have one.");
    }
    ObjectNode properties = Json.object().put("TaskDefinition", taskDefinition);
    properties
        .putObject("LoadBalancerInfo")
        .put("ContainerName", like.container())
        .put("ContainerPort", like.port());
    if (!like.platformVersion().isEmpty()) {
      properties.put("PlatformVersion", like.platformVersion());
    }
    if (!like.capacity().isEmpty()) {
      ArrayNode strategy = properties.putArray("CapacityProviderStrategy");
      for (Capacity capacity : like.capacity()) {
        strategy
            .addObject()
            .put("CapacityProvider", capacity.provider())
            .put("Base", capacity.base())
            .put("Weight", capacity.weight());
      }
    }
    ObjectNode spec = Json.object().put("version", 0.0);
    ObjectNode service = spec.putArray("Resources").addObject().putObject("TargetService");
    service.put("Type", "AWS::ECS::Service").set("Properties", properties);
    ArrayNode hooks = hooks(before);
    if (!hooks.isEmpty()) {
      spec.set("Hooks", hooks);
    }
    return Json.write(spec);
  }

  /** The hooks of an AppSpec in JSON or YAML, in their order. */
  static ArrayNode hooks(String appSpec) {
    JsonNode document;
    try {
      document = Json.read(appSpec);
    } catch (Json.MalformedJsonException e) {
      return hooksOfYaml(appSpec);
    }
    JsonNode hooks = document.path("Hooks");
    if (hooks.isMissingNode()) {
      hooks = document.path("hooks");
    }
    return hooks instanceof ArrayNode array ? array : Json.array();
  }

  /** Only the form that CodeDeploy documents: a list with a name and a function in each line. */
  private static ArrayNode hooksOfYaml(String appSpec) {
    ArrayNode hooks = Json.array();
    boolean inside = false;
    for (String line : appSpec.lines().toList()) {
      if (EMPTY.matcher(line).matches()) {
        continue;
      }
      boolean member = line.startsWith(" ") || line.startsWith("-") || line.startsWith("\t");
      if (!member) {
        inside = HOOKS.matcher(line).matches();
        if (!inside && line.toLowerCase(java.util.Locale.ROOT).startsWith("hooks")) {
          throw new UnreadableHooksException(line);
        }
      } else if (inside) {
        Matcher hook = HOOK.matcher(line);
        if (!hook.matches()) {
          throw new UnreadableHooksException(line.strip());
        }
        hooks.addObject().put(hook.group(1), hook.group(2));
      }
    }
    return hooks;
  }
}
