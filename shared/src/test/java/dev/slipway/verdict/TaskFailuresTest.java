package dev.slipway.verdict;

import static dev.slipway.deployment.Samples.NEW;
import static dev.slipway.deployment.Samples.NOON;
import static dev.slipway.deployment.Samples.OLD_ID;
import static dev.slipway.deployment.Samples.OTHER;
import static dev.slipway.deployment.Samples.OWN_ID;
import static dev.slipway.deployment.Samples.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskFailuresTest {

  @ParameterizedTest(name = "desired {0}: {1}")
  @CsvSource({"0,3", "1,3", "5,3", "6,3", "7,4", "25,13", "400,200", "5000,200"})
  void thresholdIsHalfTheDesiredCountWithinEcsBounds(int desired, int threshold) {
    assertThat(TaskFailures.threshold(desired)).isEqualTo(threshold);
  }

  @ParameterizedTest(name = "{0} {1}: counts={2}")
  @CsvSource({
    "TaskFailedToStart,CannotPullContainerError,true",
    "EssentialContainerExited,Essential container in task exited,true",
    "ServiceSchedulerInitiated,Task failed ELB health checks,true",
    "ServiceSchedulerInitiated,Task failed container health checks,true",
    "ServiceSchedulerInitiated,Task stopped due to AZ rebalancing,false",
    "ServiceSchedulerInitiated,Words that AWS has not used yet,false",
    "ServiceSchedulerInitiated,,false",
    "ServiceSchedulerInitiated,Scaling activity initiated by deployment ecs-svc/1,false",
    "UserInitiated,Task stopped by user,false",
    "SpotInterruption,Your Spot Task was interrupted.,false",
    "TerminationNotice,,false",
    "InfrastructureHealth,,false",
    "SomethingNew,,false"
  })
  void onlyTheTasksOwnFailuresCount(String stopCode, String reason, boolean counts) {
    assertThat(
            TaskFailures.failed(
                stopped("task", OWN_ID, stopCode, reason == null ? "" : reason, NOON)))
        .isEqualTo(counts);
  }

  @Test
  void aTaskThatTheSchedulerStopsIsBlamedWhereAContainerIsUnhealthy() {
    assertThat(TaskFailures.failed(withHealth("UNHEALTHY"))).isTrue();
    assertThat(TaskFailures.failed(withHealth("HEALTHY"))).isFalse();
  }

  private static StoppedTask withHealth(String health) {
    return new StoppedTask(
        "task",
        NEW,
        OWN_ID,
        "ServiceSchedulerInitiated",
        "",
        NOON,
        NOON,
        NOON,
        null,
        List.of(new StoppedTask.Container("web", "", 137, "", health)));
  }

  @Test
  void aTaskToldTwiceCountsOnce() {
    StoppedTask task = stopped("task-1", OWN_ID, "EssentialContainerExited", "", NOON);
    assertThat(TaskFailures.of(OWN_ID, NEW, List.of(task, task), null)).hasSize(1);
  }

  @Test
  void tasksOfOtherDeploymentsDoNotCount() {
    StoppedTask task = stopped("task-1", OLD_ID, "EssentialContainerExited", "", NOON);
    assertThat(TaskFailures.of(OWN_ID, NEW, List.of(task), null)).isEmpty();
  }

  @Test
  void failuresBeforeTheLastProgressDoNotCount() {
    StoppedTask before =
        stopped("task-1", OWN_ID, "EssentialContainerExited", "", NOON.minusSeconds(1));
    StoppedTask after =
        stopped("task-2", OWN_ID, "EssentialContainerExited", "", NOON.plusSeconds(1));
    assertThat(TaskFailures.of(OWN_ID, NEW, List.of(after, before), NOON)).containsExactly(after);
  }

  /** A person forced a new deployment of it: the same images under another id. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "started since, NEW, 1, 1",
    "started before, NEW, -1, 0",
    "of another revision, OTHER, 1, 0"
  })
  void tasksThatAnotherDeploymentOfTheSameRevisionStartsCount(
      String what, String revision, int createdAfter, int counts) {
    StoppedTask task =
        new StoppedTask(
            "task-1",
            revision.equals("NEW") ? NEW : OTHER,
            OLD_ID,
            "EssentialContainerExited",
            "",
            NOON.plusSeconds(createdAfter),
            null,
            NOON.plusSeconds(5),
            null,
            List.of());
    assertThat(TaskFailures.of(OWN_ID, NEW, List.of(task), NOON)).hasSize(counts);
  }
}
