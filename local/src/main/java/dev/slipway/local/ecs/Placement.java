package dev.slipway.local.ecs;

/**
 * Where a task goes. A cluster without instances has room for everything, unless it was given a
 * limit.
 *
 * @param instance null for Fargate and for a cluster that counts no instances
 * @param shortage null when the task fits
 */
record Placement(ContainerInstance instance, ContainerInstance.Shortage shortage) {

  static Placement find(Cluster cluster, TaskDefinition definition, String launchType) {
    if (cluster.mostTasks < Integer.MAX_VALUE && cluster.liveTasks() >= cluster.mostTasks) {
      return new Placement(
          null,
          launchType.equals("FARGATE")
              ? new ContainerInstance.Shortage(
                  "RESOURCE:FARGATE",
                  "Capacity is unavailable at this time. Please try again later or in a different"
                      + " availability zone.")
              : new ContainerInstance.Shortage(
                  "RESOURCE:CPU", "has insufficient CPU units available"));
    }
    if (launchType.equals("FARGATE") || cluster.instances.isEmpty()) {
      return new Placement(null, null);
    }
    Placement closest = null;
    for (ContainerInstance instance : cluster.instances) {
      ContainerInstance.Shortage shortage = instance.shortage(definition);
      if (shortage == null) {
        return new Placement(instance, null);
      }
      if (closest == null) {
        closest = new Placement(instance, shortage);
      }
    }
    return closest;
  }

  boolean found() {
    return shortage == null;
  }

  /** As ECS puts it into the service's events. */
  String message() {
    String closest =
        instance == null
            ? shortage.words()
            : "The closest matching (container-instance "
                + instance.arn.substring(instance.arn.lastIndexOf('/') + 1)
                + ") "
                + shortage.words()
                + ".";
    return "was unable to place a task because no container instance met all of its requirements. "
        + closest
        + " For more information, see the Troubleshooting section of the Amazon ECS Developer"
        + " Guide.";
  }
}
