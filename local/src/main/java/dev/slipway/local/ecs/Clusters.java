package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Page;
import dev.slipway.local.account.Refusal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The account's clusters and their instances. */
final class Clusters {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,255}");

  private final Account account;
  private final ResourceTags resourceTags;
  private final TreeMap<String, Cluster> clusters = new TreeMap<>();

  Clusters(Account account, ResourceTags resourceTags) {
    this.account = account;
    this.resourceTags = resourceTags;
  }

  Operations operations() {
    return new Operations()
        .on("CreateCluster", this::create)
        .on("DescribeClusters", this::describe)
        .on("ListClusters", this::list)
        .on("ListContainerInstances", this::listInstances)
        .on("DescribeContainerInstances", this::describeInstances);
  }

  Iterable<Cluster> all() {
    return clusters.values();
  }

  /**
   * The cluster that {@code input}'s {@code cluster} names, by name or ARN; {@code default} where
   * it says nothing.
   */
  Cluster require(ObjectNode input) {
    return require(Json.text(input, "cluster", "default"));
  }

  Cluster require(String nameOrArn) {
    Cluster cluster = find(nameOrArn);
    if (cluster == null) {
      throw new Refusal("ClusterNotFoundException", "Cluster not found.");
    }
    return cluster;
  }

  Cluster find(String nameOrArn) {
    Cluster cluster = clusters.get(nameOrArn.substring(nameOrArn.lastIndexOf('/') + 1));
    return cluster != null && nameOrArn.startsWith("arn:") && !cluster.arn.equals(nameOrArn)
        ? null
        : cluster;
  }

  private ObjectNode create(ObjectNode input) {
    String name = Json.text(input, "clusterName", "default");
    if (!NAME.matcher(name).matches()) {
      throw new Refusal("InvalidParameterException", "Invalid cluster name: '" + name + "'");
    }
    Map<String, String> tags = ResourceTags.parse(input.path("tags"));
    Cluster cluster = clusters.get(name);
    if (cluster == null) {
      cluster = new Cluster(name, account.arn("ecs", "cluster/" + name));
      clusters.put(name, cluster);
      resourceTags.own(cluster.arn, "ecs:cluster", tags);
    }
    ObjectNode answer = Json.object();
    answer.set("cluster", describe(cluster));
    return answer;
  }

  /** Adds {@code number} instances with this many CPU units and MiB each. */
  void addInstances(Cluster cluster, int number, int cpu, int memory) {
    for (int i = 0; i < number; i++) {
      cluster.instances.add(
          new ContainerInstance(
              account.arn(
                  "ecs", "container-instance/" + cluster.name + "/" + account.ids().hex(32)),
              "i-" + account.ids().hex(17),
              cpu,
              memory,
              account.now()));
    }
  }

  private static ObjectNode describe(Cluster cluster) {
    ObjectNode node =
        Json.object()
            .put("clusterArn", cluster.arn)
            .put("clusterName", cluster.name)
            .put("status", "ACTIVE")
            .put("registeredContainerInstancesCount", cluster.instances.size())
            .put("runningTasksCount", cluster.tasks().stream().filter(Task::running).count())
            .put("pendingTasksCount", cluster.tasks().stream().filter(Task::pending).count())
            .put(
                "activeServicesCount",
                cluster.services.values().stream().filter(EcsService::active).count());
    node.putArray("statistics");
    node.putArray("tags");
    node.putArray("settings");
    node.putArray("capacityProviders");
    node.putArray("defaultCapacityProviderStrategy");
    return node;
  }

  private ObjectNode describe(ObjectNode input) {
    List<String> names = Json.texts(input, "clusters");
    ObjectNode answer = Json.object();
    ArrayNode found = answer.putArray("clusters");
    ArrayNode failures = answer.putArray("failures");
    for (String name : names.isEmpty() ? List.of("default") : names) {
      Cluster cluster = find(name);
      if (cluster == null) {
        failures
            .addObject()
            .put("arn", name.startsWith("arn:") ? name : account.arn("ecs", "cluster/" + name))
            .put("reason", "MISSING");
      } else {
        found.add(describe(cluster));
      }
    }
    return answer;
  }

  private ObjectNode list(ObjectNode input) {
    Page<Cluster> page = Page.of(List.copyOf(clusters.values()), input, 100, 100);
    ObjectNode answer = Json.object();
    ArrayNode arns = answer.putArray("clusterArns");
    page.items().forEach(cluster -> arns.add(cluster.arn));
    page.writeToken(answer);
    return answer;
  }

  private ObjectNode listInstances(ObjectNode input) {
    Page<ContainerInstance> page = Page.of(require(input).instances, input, 100, 100);
    ObjectNode answer = Json.object();
    ArrayNode arns = answer.putArray("containerInstanceArns");
    page.items().forEach(instance -> arns.add(instance.arn));
    page.writeToken(answer);
    return answer;
  }

  private ObjectNode describeInstances(ObjectNode input) {
    Cluster cluster = require(input);
    ObjectNode answer = Json.object();
    ArrayNode found = answer.putArray("containerInstances");
    ArrayNode failures = answer.putArray("failures");
    for (String wanted : Json.texts(input, "containerInstances")) {
      cluster.instances.stream()
          .filter(instance -> instance.arn.equals(wanted) || instance.arn.endsWith("/" + wanted))
          .findFirst()
          .ifPresentOrElse(
              instance -> found.add(instance.describe()),
              () -> failures.addObject().put("arn", wanted).put("reason", "MISSING"));
    }
    return answer;
  }
}
