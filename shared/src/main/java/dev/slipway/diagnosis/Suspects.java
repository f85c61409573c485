package dev.slipway.diagnosis;

import dev.slipway.diagnosis.KnownCauses.Known;
import dev.slipway.verdict.StoppedTask;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which container of a stopped task is to blame. */
final class Suspects {

  private static final int INNOCENT = 100;

  private Suspects() {}

  /**
   * The container to blame. One that could not start or that AWS gives a reason for comes first,
   * then one that failed its health check where that is why the task was stopped, then by exit
   * code. When an essential container ends, ECS stops the others with SIGTERM (143) and, if they do
   * not listen, SIGKILL (137): these are victims, unless there is nobody else.
   */
  static Optional<StoppedTask.Container> container(StoppedTask task, Symptoms symptoms) {
    boolean unhealthy =
        Texts.orEmpty(task.stoppedReason()).contains("failed container health checks")
            || task.containers().stream().anyMatch(each -> keptOthersWaiting(each, task));
    boolean loadBalancer = Texts.orEmpty(task.stoppedReason()).contains("failed ELB health checks");
    List<StoppedTask.Container> all = task.containers();
    if (loadBalancer) {
      Optional<StoppedTask.Container> asked =
          asked(Texts.orEmpty(task.stoppedReason()), symptoms.targets())
              .flatMap(name -> all.stream().filter(c -> c.name().equals(name)).findFirst());
      if (asked.isPresent()) {
        return asked;
      }
      // Neither the task nor the service says which container the load balancer asked.
      List<StoppedTask.Container> suspects =
          all.stream().filter(c -> symptoms.isEssential(c.name())).toList();
      List<StoppedTask.Container> changed =
          suspects.stream().filter(c -> symptoms.changed().contains(c.name())).toList();
      if (suspects.size() == 1) {
        return Optional.of(suspects.getFirst());
      }
      return changed.size() == 1 ? Optional.of(changed.getFirst()) : Optional.empty();
    }
    Optional<StoppedTask.Container> suspect =
        all.stream()
            .filter(c -> suspicion(c, unhealthy, symptoms) < INNOCENT)
            .min(
                Comparator.<StoppedTask.Container>comparingInt(
                        c -> suspicion(c, unhealthy, symptoms))
                    .thenComparing(c -> !symptoms.isEssential(c.name()))
                    .thenComparing(c -> !symptoms.changed().contains(c.name())));
    // Fargate gives the reason of a failed pull to the task alone; it names the image.
    return suspect.or(() ->
        all.stream()
            .filter(c -> !repository(c.image()).isEmpty())
            .filter(c -> Texts.orEmpty(task.stoppedReason()).contains(repository(c.image())))
            .findFirst());
  }

  /** The container behind the target group that ECS names, or the only one that has any. */
  private static Optional<String> asked(String stoppedReason, Map<String, String> targets) {
    Set<String> all = Set.copyOf(targets.values());
    return targets.entrySet().stream()
        .filter(target -> stoppedReason.contains(target.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .or(() -> all.size() == 1 ? all.stream().findFirst() : Optional.empty());
  }

  /** With dependsOn HEALTHY the others never start, and ECS only says that the task did not. */
  static boolean keptOthersWaiting(StoppedTask.Container container, StoppedTask task) {
    return Texts.orEmpty(task.stopCode()).equals("TaskFailedToStart")
        && Texts.orEmpty(container.health()).equals("UNHEALTHY")
        && task.containers().stream()
            .anyMatch(other -> !other.name().equals(container.name()) && other.exitCode() == null);
  }

  /** An image without tag and digest. */
  private static String repository(String image) {
    return Texts.orEmpty(image).replaceFirst("@.*$", "").replaceFirst(":[^/:]*$", "");
  }

  /** The smaller, the more suspect. */
  private static int suspicion(
      StoppedTask.Container container, boolean unhealthy, Symptoms symptoms) {
    int doubt = symptoms.isEssential(container.name()) ? 0 : 20;
    Optional<Known> reason =
        KnownCauses.of(Texts.orEmpty(container.reason()), "", "", words -> words);
    if (reason.isPresent() && !reason.get().cameAfterwards()) {
      return 0;
    }
    if (unhealthy && Texts.orEmpty(container.health()).equals("UNHEALTHY")) {
      return 1;
    }
    Integer exitCode = container.exitCode();
    if (exitCode == null) {
      return Texts.orEmpty(container.reason()).isEmpty() ? INNOCENT : 2;
    }
    if (ExitCodes.CRASHES.contains(exitCode)) {
      return 10 + doubt;
    }
    // A sidecar that is told to stop often ends with 0, so that of 0 and 137 the new image decides.
    boolean changed = symptoms.changed().contains(container.name());
    return switch (exitCode) {
      // An essential container that just ended brought the task down; a sidecar may end.
      case 0 -> doubt > 0 ? INNOCENT : changed ? 12 : 14;
      case ExitCodes.KILL -> (changed ? 13 : 15) + doubt;
      case ExitCodes.TERMINATE, ExitCodes.CONTROL_C -> 16 + doubt;
      default -> 11 + doubt;
    };
  }
}
