package dev.slipway.local.ecs;

/**
 * What the service scheduler does next in a rolling update: how many tasks of the new revision to
 * start, how many of it and of the others to stop.
 *
 * @param blocked tasks are missing, and neither starting nor stopping one is allowed
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html">minimumHealthyPercent,
 *     maximumPercent</a>
 */
record RollingPlan(int start, int stopOwn, int stopOthers, boolean blocked) {

  /**
   * Tasks that are wanted, that is, not stopping.
   *
   * @param own of the PRIMARY deployment
   * @param noRoom the cluster had no room for the last task that should have started
   */
  record Counts(
      int desired, int own, int ownHealthy, int others, int othersHealthy, boolean noRoom) {}

  static RollingPlan of(Counts counts, int minimumHealthyPercent, int maximumPercent) {
    int floor = (int) Math.ceil(counts.desired() * minimumHealthyPercent / 100.0);
    int ceiling = (int) Math.floor(counts.desired() * maximumPercent / 100.0);
    int missing = Math.max(0, counts.desired() - counts.own());
    int surplus = Math.max(0, counts.own() - counts.desired());
    int start = Math.clamp(ceiling - counts.own() - counts.others(), 0, missing);
    // Old tasks make way below the desired count only when no new one can start beside them.
    boolean mustMakeWay = missing > start || (missing > 0 && counts.noRoom());
    int keep = mustMakeWay ? floor : Math.max(floor, counts.desired());
    int spare = Math.max(0, counts.ownHealthy() + counts.othersHealthy() - keep);
    int unhealthy = counts.others() - counts.othersHealthy();
    int stopOthers = unhealthy + Math.min(counts.othersHealthy(), spare);
    boolean blocked = missing > 0 && start == 0 && stopOthers == 0 && !counts.noRoom();
    return new RollingPlan(start, surplus, stopOthers, blocked);
  }
}
