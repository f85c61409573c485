package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.ServiceView.Capacity;
import dev.slipway.aws.ServiceView.TaskSet;
import dev.slipway.runtime.Json;

/**
 * The AppSpec of a deployment on ECS: one that was written for the service, with another task
 * definition, or one made from what the service runs. All of the former is kept as a tree, so that
 * no hook and no field of a later version of CodeDeploy is lost.
 *
 * <p>What an AppSpec does not name, CodeDeploy takes from the service or, worse, from a default:
 * the platform version would be LATEST. So that is named as the service runs it.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html">resources
 *     of an AppSpec</a>
 */
public final class AppSpec {

  private AppSpec() {}

  /** A document that is no AppSpec for ECS. The message says what it lacks. */
  public static final class NoAppSpecException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    NoAppSpecException(String message) {
      super(message);
    }
  }

  /**
   * An AppSpec as JSON, made from what a service runs: without hooks.
   *
   * @param like the task set whose load balancer, platform version and capacity are kept
   * @throws IllegalArgumentException if the task set has no load balancer, without which CodeDeploy
   *     deploys nothing
   */
  public static String of(String taskDefinition, TaskSet like) {
    ObjectNode spec = Json.object().put("version", 0.0);
    spec.putArray("Resources")
        .addObject()
        .putObject("TargetService")
        .put("Type", "AWS::ECS::Service")
        .putObject("Properties");
    return of(taskDefinition, like, spec);
  }

  /**
   * The same AppSpec with another task definition, as JSON.
   *
   * @param like the task set that says what the AppSpec leaves open
   * @param before not changed
   * @throws NoAppSpecException if that is not one
   * @throws IllegalArgumentException as above, where it names no load balancer either
   */
  public static String of(String taskDefinition, TaskSet like, ObjectNode before) {
    ObjectNode spec = before.deepCopy();
    ObjectNode properties = properties(spec);
    properties.put(name(properties, "TaskDefinition"), taskDefinition);
    if (lacks(properties, "LoadBalancerInfo")) {
      if (like.container().isEmpty() || like.port() == 0) {
        throw new IllegalArgumentException(
            "The service has no load balancer, and CodeDeploy deploys only services that have"
                + " one.");
      }
      properties
          .putObject(name(properties, "LoadBalancerInfo"))
          .put("ContainerName", like.container())
          .put("ContainerPort", like.port());
    }
    if (lacks(properties, "PlatformVersion") && !like.platformVersion().isEmpty()) {
      properties.put(name(properties, "PlatformVersion"), like.platformVersion());
    }
    if (lacks(properties, "CapacityProviderStrategy") && !like.capacity().isEmpty()) {
      ArrayNode strategy = properties.putArray(name(properties, "CapacityProviderStrategy"));
      for (Capacity capacity : like.capacity()) {
        strategy
            .addObject()
            .put("CapacityProvider", capacity.provider())
            .put("Base", capacity.base())
            .put("Weight", capacity.weight());
      }
    }
    return Json.write(spec);
  }

  /** Those of the one service that it names, under whatever name. */
  private static ObjectNode properties(ObjectNode spec) {
    JsonNode resources = spec.path(name(spec, "Resources"));
    if (resources.size() != 1) {
      throw new NoAppSpecException("it does not have one resource under 'Resources'");
    }
    JsonNode named = resources.isArray() ? resources.path(0) : resources;
    if (named.size() == 1
        && named.iterator().next() instanceof ObjectNode resource
        && resource.get(name(resource, "Properties")) instanceof ObjectNode properties) {
      return properties;
    }
    throw new NoAppSpecException("its resource has no 'Properties'");
  }

  private static boolean lacks(ObjectNode node, String field) {
    JsonNode value = node.path(name(node, field));
    return value.isMissingNode() || value.isNull();
  }

  /** As it is written there: AWS's own examples have small letters, too. */
  private static String name(ObjectNode node, String field) {
    for (var each : node.properties()) {
      if (each.getKey().equalsIgnoreCase(field)) {
        return each.getKey();
      }
    }
    return field;
  }
}
