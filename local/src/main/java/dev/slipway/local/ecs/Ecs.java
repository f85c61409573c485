package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Operations;
import java.util.function.UnaryOperator;

/** Amazon ECS: its calls, and a few switches that AWS does not have. */
public final class Ecs {
  /** The stop code of a spot task whose capacity AWS has taken back. */
  static final String SPOT = "SpotInterruption";

  private final Account account;
  private final Clusters clusters;
  private final Services services;
  private final ServiceScheduler scheduler;
  private final TaskSets taskSets;
  private final Operations operations;

  public Ecs(Account account, Neighbours neighbours, EcsTimings timings, EcsUnknowns unknowns) {
    this.account = account;
    ResourceTags resourceTags = new ResourceTags(neighbours.tags());
    EcsEvents events = new EcsEvents(account, unknowns);
    TaskDefinitions definitions = new TaskDefinitions(account, resourceTags);
    Rollouts rollouts = new Rollouts(account, timings, events, neighbours.alarms());
    this.clusters = new Clusters(account, resourceTags);
    this.scheduler =
        new ServiceScheduler(
            account, neighbours, timings, unknowns, events, rollouts, resourceTags);
    this.services =
        new Services(account, unknowns, clusters, definitions, resourceTags, rollouts, scheduler);
    this.taskSets = new TaskSets(clusters, services, definitions, rollouts, scheduler);
    this.operations =
        new Operations()
            .all(resourceTags.operations())
            .all(definitions.operations())
            .all(clusters.operations())
            .all(services.operations())
            .all(
                new ServiceDeployments(account, unknowns, clusters, services, rollouts, scheduler)
                    .operations())
            .all(new Tasks(account, clusters, definitions, scheduler.lifecycle()).operations());
    neighbours.alarms().watch(this::alarmChanged);
  }

  public Operations operations() {
    return operations;
  }

  /** For CodeDeploy. */
  public TaskSets taskSets() {
    return taskSets;
  }

  /**
   * What the functions behind Lambda hooks answer to ECS's payload, for example {@code
   * {"hookStatus": "FAILED"}}; at first each says SUCCEEDED.
   */
  public void lambdaHooks(UnaryOperator<ObjectNode> functions) {
    account.exclusively(() -> scheduler.hooks().functions(functions));
  }

  private void alarmChanged() {
    for (Cluster cluster : clusters.all()) {
      for (EcsService service : cluster.services.values()) {
        ServiceDeployment current = service.current();
        if (current != null && current.alarmsWatched) {
          scheduler.poke(service);
        }
      }
    }
  }

  /**
   * Adds EC2 instances to a cluster. From then on tasks that are not on Fargate must fit on one of
   * its instances.
   *
   * @param cpu units per instance, of which a virtual CPU has 1024
   * @param memory MiB per instance
   */
  public void addInstances(String cluster, int number, int cpu, int memory) {
    account.exclusively(() -> {
      Cluster found = clusters.require(cluster);
      clusters.addInstances(found, number, cpu, memory);
      scheduler.roomIn(found);
    });
  }

  /** Lets the cluster hold at most this many tasks at once. */
  public void limitTasks(String cluster, int most) {
    account.exclusively(() -> {
      Cluster found = clusters.require(cluster);
      found.mostTasks = most;
      scheduler.roomIn(found);
    });
  }

  /** Takes a cluster's instances away, and any limit of its room; tasks that run are left alone. */
  public void forgetCapacity(String cluster) {
    account.exclusively(() -> {
      Cluster found = clusters.require(cluster);
      found.instances.clear();
      found.mostTasks = Integer.MAX_VALUE;
      scheduler.roomIn(found);
    });
  }

  /** From now on no service starts a task whose task role or execution role this is. */
  public void distrustRole(String roleArn) {
    account.exclusively(() -> scheduler.distrust(roleArn));
  }

  /** Every role trusts ECS again. */
  public void trustAllRoles() {
    account.exclusively(scheduler::trustAllRoles);
  }

  /**
   * Ends the deployment in progress as a success, without the time for which its tasks have to be
   * steady: to be the other one in a race.
   *
   * @throws IllegalStateException if some of its tasks do not run yet
   */
  public void completeNow(String cluster, String service) {
    account.exclusively(
        () -> scheduler.completeNow(clusters.require(cluster).services.get(service)));
  }

  /**
   * AWS takes the capacity of a spot task back, whether or not the task asked for spot; nothing
   * happens to one that is stopping or gone.
   */
  public void interrupt(String cluster, String taskArn) {
    account.exclusively(() -> {
      Task task = clusters.require(cluster).task(taskArn);
      if (task != null) {
        scheduler.lifecycle().stop(task, SPOT, "Your Spot Task was interrupted.");
      }
    });
  }

  /**
   * As CreateService, for a service that has been there for long: its deployment is complete and
   * its tasks are healthy, no time passes and no event is emitted. For large accounts.
   *
   * @param input members of CreateService's request
   * @return the service's ARN
   * @throws dev.slipway.local.account.Refusal as CreateService
   * @throws IllegalArgumentException if an image could not be running
   */
  public String createSettledService(ObjectNode input) {
    return account.exclusively(() -> services.createSettled(input));
  }
}
