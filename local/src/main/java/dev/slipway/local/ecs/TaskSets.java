package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Json;
import java.util.Collection;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Task sets, for whoever deploys a service of the CODE_DEPLOY controller. A task set is kept in the
 * place of a {@link Deployment}; the first in the service's list is PRIMARY.
 *
 * <p>To be called under the account's lock.
 */
public final class TaskSets {
  private final Clusters clusters;
  private final Services services;
  private final TaskDefinitions definitions;
  private final Rollouts rollouts;
  private final ServiceScheduler scheduler;

  TaskSets(
      Clusters clusters,
      Services services,
      TaskDefinitions definitions,
      Rollouts rollouts,
      ServiceScheduler scheduler) {
    this.clusters = clusters;
    this.services = services;
    this.definitions = definitions;
    this.rollouts = rollouts;
    this.scheduler = scheduler;
  }

  /** Told the ARN of a service of this controller after each look of ECS at it. */
  public void watch(Consumer<String> watcher) {
    scheduler.watchTaskSets(watcher);
  }

  /** ARN of the ACTIVE service of the CODE_DEPLOY controller; null if there is none. */
  public String service(String cluster, String name) {
    Cluster found = clusters.find(cluster);
    EcsService service = found == null ? null : services.find(found, name);
    return service != null && service.active() && service.codeDeployed() ? service.arn : null;
  }

  private EcsService require(String serviceArn) {
    String[] parts = serviceArn.split("/", -1);
    return services.find(clusters.require(parts[1]), serviceArn);
  }

  /** Whether the service is ACTIVE and has these task sets: somebody may have deleted it. */
  public boolean has(String serviceArn, Collection<String> ids) {
    EcsService service = require(serviceArn);
    return service != null
        && service.active()
        && ids.stream()
            .allMatch(id -> service.deployments.stream().anyMatch(each -> each.id.equals(id)));
  }

  private static Deployment find(EcsService service, String id) {
    return service.deployments.stream()
        .filter(each -> each.id.equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no task set " + id));
  }

  /** Id of the PRIMARY task set. */
  public String primary(String serviceArn) {
    return require(serviceArn).primary().id;
  }

  public String taskDefinition(String serviceArn, String id) {
    return find(require(serviceArn), id).revision.taskDefinition.arn;
  }

  /**
   * Adds a task set with all of its tasks to start, and removes what an earlier attempt left.
   *
   * @param externalId the CodeDeploy deployment
   * @return its id
   * @throws dev.slipway.local.account.Refusal if there is no such ACTIVE revision
   */
  public String create(String serviceArn, String taskDefinition, String externalId) {
    EcsService service = require(serviceArn);
    TaskDefinition definition = definitions.usable(taskDefinition);
    service.deployments.stream().skip(1).forEach(left -> left.draining = true);
    Deployment added = rollouts.newTaskSet(service, definition, externalId);
    scheduler.poke(service);
    return added.id;
  }

  /** Whether all of its tasks are healthy. */
  public boolean healthy(String serviceArn, String id) {
    EcsService service = require(serviceArn);
    Deployment set = find(service, id);
    return service.tasksOf(set).filter(Task::healthy).count() >= service.desiredCount;
  }

  /** Makes it PRIMARY: production traffic goes there. */
  public void promote(String serviceArn, String id) {
    EcsService service = require(serviceArn);
    Deployment set = find(service, id);
    service.deployments.forEach(each -> each.primary = false);
    set.primary = true;
    set.draining = false;
    service.deployments.remove(set);
    service.deployments.addFirst(set);
    service.lastSuccessful = set.revision;
    scheduler.poke(service);
  }

  /** Stops its tasks; once they are gone, so is it. */
  public void remove(String serviceArn, String id) {
    EcsService service = require(serviceArn);
    find(service, id).draining = true;
    scheduler.poke(service);
  }

  /** Whether a removed task set is gone. */
  public boolean gone(String serviceArn, String id) {
    return require(serviceArn).deployments.stream().noneMatch(each -> each.id.equals(id));
  }

  static void write(ObjectNode node, EcsService service) {
    ArrayNode sets = node.putArray("taskSets");
    for (Deployment set : service.deployments) {
      long running = service.tasksOf(set).filter(Task::running).count();
      boolean steady = service.tasksOf(set).filter(Task::healthy).count() == service.desiredCount;
      ObjectNode view =
          sets.addObject()
              .put("id", set.id)
              .put("taskSetArn", service.arn.replace(":service/", ":task-set/") + "/" + set.id)
              .put("serviceArn", service.arn)
              .put("clusterArn", service.cluster.arn)
              .put("status", set.draining ? "DRAINING" : set.primary ? "PRIMARY" : "ACTIVE")
              .put("taskDefinition", set.revision.taskDefinition.arn)
              .put("computedDesiredCount", set.draining ? 0 : service.desiredCount)
              .put("pendingCount", service.tasksOf(set).filter(Task::pending).count())
              .put("runningCount", running)
              .put("launchType", ServiceScheduler.launchType(service, set.revision.taskDefinition))
              .put("stabilityStatus", steady ? "STEADY_STATE" : "STABILIZING");
      if (set.externalId != null) {
        view.put("startedBy", "CODE_DEPLOY").put("externalId", set.externalId);
      }
      for (String setting : new String[] {"platformVersion", "capacityProviderStrategy"}) {
        if (service.settings.has(setting)) {
          view.set(setting, service.settings.path(setting).deepCopy());
        }
      }
      view.set("createdAt", Json.seconds(set.createdAt));
      view.set("updatedAt", Json.seconds(set.updatedAt));
      view.set("stabilityStatusAt", Json.seconds(set.updatedAt));
      view.putObject("scale").put("value", 100.0).put("unit", "PERCENT");
      view.set(
          "loadBalancers",
          Objects.requireNonNullElse(service.settings.get("loadBalancers"), Json.array())
              .deepCopy());
      view.putArray("tags");
    }
  }
}
