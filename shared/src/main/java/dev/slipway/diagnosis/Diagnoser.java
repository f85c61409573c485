package dev.slipway.diagnosis;

import dev.slipway.diagnosis.KnownCauses.Known;
import dev.slipway.verdict.StoppedTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Finds the one cause of a failure among what AWS says about it, and puts the evidence beside it.
 * Pure. What it returns is masked and capped.
 *
 * <p>Logs are fetched for one container of one task: ask {@link #culprit} which, then diagnose with
 * its lines.
 */
public final class Diagnoser {

  /** Characters of the cause. */
  public static final int LONGEST_CAUSE = 300;

  /** Characters of the advice. */
  public static final int LONGEST_ADVICE = 400;

  /** Lines of evidence, and characters of each. */
  public static final int MOST_EVIDENCE = 10;

  public static final int LONGEST_EVIDENCE = 500;

  /** Service events, and characters of each. */
  public static final int MOST_EVENTS = 5;

  public static final int LONGEST_EVENT = 400;

  /** Log lines, and characters of each. */
  public static final int MOST_LOGS = 20;

  public static final int LONGEST_LOG = 500;

  /** A stop that says nothing about the task: a person, a lost host, a spot instance taken back. */
  private static final Set<String> EXCUSED =
      Set.of("UserInitiated", "SpotInterruption", "TerminationNotice", "InfrastructureHealth");

  private static final String SCALING = "Scaling activity initiated by";

  /** Ids of tasks, deployments and instances: messages that differ only by them say the same. */
  private static final String IDS = "[0-9a-f]{32}|[0-9a-f]{17}|\\d+";

  private static final int SIGNALS = 128;
  private static final int KILL = 137;
  private static final int TERMINATE = 143;

  /** STATUS_CONTROL_C_EXIT: how Windows ends a process that is told to stop. */
  private static final int CONTROL_C = 0xC000013A;

  private static final String CANNOT_STOP = "cannot-stop";

  private static final Set<Integer> CRASHES = Set.of(132, 134, 135, 136, 139);

  private static final Comparator<StoppedTask> BY_END =
      Comparator.comparing(
              StoppedTask::stoppedAt, Comparator.<Instant>nullsFirst(Comparator.naturalOrder()))
          .thenComparing(StoppedTask::taskArn);

  /** A line of the service's event log. */
  public record Event(Instant at, String message) {}

  /**
   * Everything known about a failed deployment.
   *
   * @param words what AWS said of the end (state reason, alarm names, refusal), or empty
   * @param stopped the stopped tasks of the new revision, in any order, duplicates allowed
   * @param events the service's events, in any order; of the same instant the newest first
   * @param since start of the rollout: events before it are left out; null takes all
   * @param desired how many tasks are wanted
   * @param standstill how far it had come when its deadline passed; empty where it did not
   * @param logs container name to its last lines, oldest first
   * @param essential names of the essential containers; empty means all
   * @param changed names of the containers whose image is new: of equals, they are suspected first
   * @param targets ARN of a target group, or name of a load balancer, to the container that it asks
   * @param masking knows the environment values of the task definition
   */
  public record Input(
      Ending ending,
      String words,
      List<StoppedTask> stopped,
      List<Event> events,
      Instant since,
      int desired,
      Optional<Standstill> standstill,
      Map<String, List<String>> logs,
      Set<String> essential,
      Set<String> changed,
      Map<String, String> targets,
      Masking masking) {

    public Input {
      words = text(words);
      stopped = List.copyOf(stopped);
      events = List.copyOf(events);
      logs = Map.copyOf(logs);
      essential = Set.copyOf(essential);
      changed = Set.copyOf(changed);
      targets = Map.copyOf(targets);
    }

    /** Nothing but the end is known. */
    public static Input of(Ending ending, String words, int desired) {
      return new Input(
          ending,
          words,
          List.of(),
          List.of(),
          null,
          desired,
          Optional.empty(),
          Map.of(),
          Set.of(),
          Set.of(),
          Map.of(),
          Masking.SECRETS);
    }

    public Input withTasks(List<StoppedTask> tasks) {
      return new Input(
          ending,
          words,
          tasks,
          events,
          since,
          desired,
          standstill,
          logs,
          essential,
          changed,
          targets,
          masking);
    }

    public Input withEvents(List<Event> all, Instant start) {
      return new Input(
          ending,
          words,
          stopped,
          all,
          start,
          desired,
          standstill,
          logs,
          essential,
          changed,
          targets,
          masking);
    }

    public Input withLogs(String container, List<String> lines) {
      return new Input(
          ending,
          words,
          stopped,
          events,
          since,
          desired,
          standstill,
          Map.of(container, List.copyOf(lines)),
          essential,
          changed,
          targets,
          masking);
    }

    public Input withContainers(Set<String> essentialOnes, Set<String> changedOnes) {
      return new Input(
          ending,
          words,
          stopped,
          events,
          since,
          desired,
          standstill,
          logs,
          essentialOnes,
          changedOnes,
          targets,
          masking);
    }

    public Input withTargets(Map<String, String> asked) {
      return new Input(
          ending,
          words,
          stopped,
          events,
          since,
          desired,
          standstill,
          logs,
          essential,
          changed,
          asked,
          masking);
    }

    /** It was given up because it went no further. */
    public Input withStandstill(Standstill reached) {
      return new Input(
          ending,
          words,
          stopped,
          events,
          since,
          desired,
          Optional.of(reached),
          logs,
          essential,
          changed,
          targets,
          masking);
    }

    /** Masks the environment values of the task definition too. */
    public Input withEnvironment(Collection<String> values) {
      return new Input(
          ending,
          words,
          stopped,
          events,
          since,
          desired,
          standstill,
          logs,
          essential,
          changed,
          targets,
          Masking.of(values));
    }

    private boolean isEssential(String container) {
      return essential.isEmpty() || essential.contains(container);
    }
  }

  /** The container to blame, and the task whose log tells most. */
  public record Culprit(StoppedTask task, String container) {
    /** Whether the container can have written anything: one that never started has no log. */
    public boolean ran() {
      return task.startedAt() != null
          || task.containers().stream()
              .anyMatch(one -> one.name().equals(container) && one.exitCode() != null);
    }
  }

  /**
   * What one task says.
   *
   * @param key the same for tasks that failed for the same cause
   * @param container empty if none is to blame
   * @param telling whether the cause is understood; otherwise it is AWS's own words
   */
  private record Finding(
      StoppedTask task,
      String key,
      String sentence,
      String advice,
      String container,
      boolean telling) {}

  private record Cause(String sentence, String advice, String container) {
    private static Cause of(Known known, String container) {
      return new Cause(known.sentence(), known.remedy(), container);
    }
  }

  private Diagnoser() {}

  /** Whose log to read; empty if no container is to blame. */
  public static Optional<Culprit> culprit(Input input) {
    return leading(findings(input, blamed(input)))
        .filter(finding -> !finding.container().isEmpty())
        .map(finding -> new Culprit(finding.task(), finding.container()));
  }

  /** The diagnosis: cause, evidence, events (oldest first) and log lines, masked and capped. */
  public static Diagnosis diagnose(Input input) {
    List<StoppedTask> blamed = blamed(input);
    List<Finding> findings = findings(input, blamed);
    Optional<Finding> leading = leading(findings);
    Cause cause = cause(input, leading);
    return new Diagnosis(
        Texts.cap(cause.sentence(), LONGEST_CAUSE),
        cause.container(),
        Texts.cap(cause.advice(), LONGEST_ADVICE),
        evidence(input, leading, findings, cause),
        events(input),
        logs(input, cause.container()));
  }

  // ---- The cause

  private static Cause cause(Input input, Optional<Finding> leading) {
    String container = leading.map(Finding::container).orElse("");
    return switch (input.ending()) {
      case ALARM ->
          new Cause(told("An alarm went off", input), "Look at what the alarm measures", container);
      case HOOK_FAILED ->
          new Cause(
              input.words().isBlank()
                  ? "A lifecycle hook failed"
                  : Texts.sentence(input.masking().mask(input.words())),
              known(input.words(), input)
                  .map(Known::remedy)
                  .orElse("Read the log of the function behind the hook"),
              container);
      case STOPPED_BY_PERSON -> new Cause("A person stopped the deployment", "", container);
      case REGISTRATION_REFUSED -> refusal("ECS refused the task definition", input, container);
      case UPDATE_REFUSED -> refusal("ECS refused the update", input, container);
      case ACCESS_DENIED ->
          new Cause(
              told("Slipway's role may not do this", input),
              "Compare the role of Slipway's deploy function with the template; a boundary or a"
                  + " policy of the organisation can deny it too",
              container);
      case SERVICE_GONE -> new Cause("The service was deleted", "", container);
      case TASKS_FAILED, CIRCUIT_BREAKER, ECS_FAILED, NO_PROGRESS, OTHER ->
          found(input, leading, container);
    };
  }

  /** From what says most to what says least. */
  private static Cause found(Input input, Optional<Finding> leading, String container) {
    Optional<Known> event = eventCause(input);
    if (leading.isPresent() && leading.get().telling()) {
      Finding finding = leading.get();
      // The event knows why the load balancer was not content; the task only knows that it was not.
      if (finding.key().startsWith("target-failed")
          && event.isPresent()
          && event.get().name().equals("target-unhealthy")) {
        return Cause.of(event.get(), container);
      }
      return new Cause(finding.sentence(), finding.advice(), container);
    }
    if (event.isPresent()) {
      return Cause.of(event.get(), container);
    }
    if (leading.isPresent()) {
      return new Cause(leading.get().sentence(), leading.get().advice(), container);
    }
    Optional<Cause> excused = excused(input);
    if (excused.isPresent()) {
      return excused.get();
    }
    Optional<Cause> words =
        input.words().isBlank()
            ? Optional.empty()
            : Optional.of(
                known(input.words(), input)
                    .map(known -> Cause.of(known, ""))
                    .orElseGet(() -> new Cause(input.masking().mask(input.words()), "", "")));
    return input
        .standstill()
        .map(reached -> new Cause(reached.sentence(), reached.advice(), ""))
        .or(() -> words)
        .orElseGet(() -> new Cause("AWS gives no reason", "", ""));
  }

  private static Optional<Known> known(String words, Input input) {
    return KnownCauses.of(words, "", "", shown(words, input));
  }

  private static String told(String sentence, Input input) {
    return input.words().isBlank()
        ? sentence
        : sentence + ": " + input.masking().mask(input.words());
  }

  /** A refusal that is understood is told first: a role is missing, a limit is reached. */
  private static Cause refusal(String sentence, Input input, String container) {
    return known(input.words(), input)
        .map(known -> new Cause(sentence + ": " + known.sentence(), known.remedy(), container))
        .orElseGet(() ->
            new Cause(
                told(sentence, input),
                "The service is as it was. Correct what ECS names in the task definition or the"
                    + " service, and push or deploy again",
                container));
  }

  /** The newest event that is understood; one that only complains counts if there is no other. */
  private static Optional<Known> eventCause(Input input) {
    Known vague = null;
    for (Event event : current(input).reversed()) {
      Optional<Known> known =
          KnownCauses.of(event.message(), "", "", shown(event.message(), input));
      if (known.isEmpty()) {
        continue;
      }
      if (!known.get().name().equals("cannot-start-tasks")
          && !known.get().name().equals("throttled")) {
        return known;
      }
      vague = vague == null ? known.get() : vague;
    }
    return Optional.ofNullable(vague);
  }

  /** Where nothing else is known: tasks that were taken away through no fault of their own. */
  private static Optional<Cause> excused(Input input) {
    return input.stopped().stream()
        .filter(task -> EXCUSED.contains(text(task.stopCode())))
        .filter(task -> !text(task.stoppedReason()).startsWith(SCALING))
        .sorted(BY_END.reversed())
        .findFirst()
        .map(task -> {
          String reason = text(task.stoppedReason());
          return KnownCauses.of(task.stopCode() + ": " + reason, "", "", shown(reason, input))
              .map(known -> Cause.of(known, ""))
              .orElseGet(() ->
                  new Cause(
                      input.masking().mask(reason.isEmpty() ? task.stopCode() : reason), "", ""));
        });
  }

  // ---- Tasks

  /** Those that failed by themselves, each once, oldest first. */
  private static List<StoppedTask> blamed(Input input) {
    Map<String, StoppedTask> distinct = new LinkedHashMap<>();
    for (StoppedTask task : input.stopped()) {
      if (!EXCUSED.contains(text(task.stopCode()))
          && !text(task.stoppedReason()).startsWith(SCALING)) {
        distinct.put(task.taskArn(), task);
      }
    }
    return distinct.values().stream().sorted(BY_END).toList();
  }

  private static List<Finding> findings(Input input, List<StoppedTask> blamed) {
    return blamed.stream().map(task -> finding(task, input)).toList();
  }

  /**
   * The newest task of the most frequent cause; a cause that is understood before one that is not.
   */
  private static Optional<Finding> leading(List<Finding> findings) {
    boolean understood = findings.stream().anyMatch(Finding::telling);
    Finding best = null;
    long most = 0;
    for (Finding finding : findings.reversed()) {
      long same = count(findings, finding.key());
      if (finding.telling() == understood && same > most) {
        best = finding;
        most = same;
      }
    }
    return Optional.ofNullable(best);
  }

  private static long count(List<Finding> findings, String key) {
    return findings.stream().filter(finding -> finding.key().equals(key)).count();
  }

  private static Finding finding(StoppedTask task, Input input) {
    Optional<StoppedTask.Container> blamed = container(task, input);
    String name = blamed.map(StoppedTask.Container::name).orElse("");
    String life = life(task);
    String reason = blamed.map(container -> text(container.reason())).orElse("");
    String stopped = text(task.stoppedReason());
    Integer exitCode = blamed.map(StoppedTask.Container::exitCode).orElse(null);
    for (String words : List.of(reason, stopped)) {
      Optional<Known> known = KnownCauses.of(words, name, life, shown(words, input));
      // That it could not be stopped only tells what came after.
      if (known.isPresent() && !(exitCode != null && known.get().name().equals(CANNOT_STOP))) {
        return found(task, known.get(), name);
      }
    }
    if (blamed.filter(container -> keptOthersWaiting(container, task)).isPresent()) {
      return new Finding(
          task,
          "dependency-unhealthy/" + name,
          "The health check of container " + name + " failed, and other containers wait for it",
          "Run the health check's command in the image, and see whether startPeriod, retries and"
              + " startTimeout give it time to start",
          name,
          true);
    }
    if (exitCode != null) {
      String key = "exit-" + exitCode + "/" + name;
      String sentence = exit(exitCode, name, life);
      List<String> lines = input.logs().getOrDefault(name, List.of());
      for (String line : exitCode == 0 ? List.<String>of() : lines.reversed()) {
        Optional<Known> known = KnownCauses.ofLog(line, name, "", shown(line, input));
        if (known.isPresent()) {
          boolean architecture = known.get().name().equals("wrong-architecture");
          return new Finding(
              task,
              key,
              architecture ? known.get().sentence() : because(sentence, known.get().sentence()),
              known.get().remedy(),
              name,
              true);
        }
      }
      return new Finding(task, key, sentence, adviceFor(exitCode), name, true);
    }
    String words = !reason.isEmpty() ? reason : !stopped.isEmpty() ? stopped : task.stopCode();
    return new Finding(task, "words/" + words, input.masking().mask(words), "", name, false);
  }

  private static Finding found(StoppedTask task, Known known, String container) {
    return new Finding(
        task, known.name() + "/" + container, known.sentence(), known.remedy(), container, true);
  }

  private static String because(String sentence, String log) {
    return sentence + "; its log says: " + Character.toLowerCase(log.charAt(0)) + log.substring(1);
  }

  /**
   * The container to blame. One that could not start or that AWS gives a reason for comes first,
   * then one that failed its health check where that is why the task was stopped, then by exit
   * code. When an essential container ends, ECS stops the others with SIGTERM (143) and, if they do
   * not listen, SIGKILL (137): these are victims, unless there is nobody else.
   */
  private static Optional<StoppedTask.Container> container(StoppedTask task, Input input) {
    boolean unhealthy =
        text(task.stoppedReason()).contains("failed container health checks")
            || task.containers().stream().anyMatch(each -> keptOthersWaiting(each, task));
    boolean loadBalancer = text(task.stoppedReason()).contains("failed ELB health checks");
    List<StoppedTask.Container> all = task.containers();
    if (loadBalancer) {
      Optional<StoppedTask.Container> asked =
          asked(text(task.stoppedReason()), input.targets())
              .flatMap(name -> all.stream().filter(c -> c.name().equals(name)).findFirst());
      if (asked.isPresent()) {
        return asked;
      }
      // Neither the task nor the service says which container the load balancer asked.
      List<StoppedTask.Container> suspects =
          all.stream().filter(c -> input.isEssential(c.name())).toList();
      List<StoppedTask.Container> changed =
          suspects.stream().filter(c -> input.changed().contains(c.name())).toList();
      if (suspects.size() == 1) {
        return Optional.of(suspects.getFirst());
      }
      return changed.size() == 1 ? Optional.of(changed.getFirst()) : Optional.empty();
    }
    Optional<StoppedTask.Container> suspect =
        all.stream()
            .filter(c -> suspicion(c, unhealthy, input) < INNOCENT)
            .min(
                Comparator.<StoppedTask.Container>comparingInt(c -> suspicion(c, unhealthy, input))
                    .thenComparing(c -> !input.isEssential(c.name()))
                    .thenComparing(c -> !input.changed().contains(c.name())));
    // Fargate gives the reason of a failed pull to the task alone; it names the image.
    return suspect.or(() ->
        all.stream()
            .filter(c -> !repository(c.image()).isEmpty())
            .filter(c -> text(task.stoppedReason()).contains(repository(c.image())))
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
  private static boolean keptOthersWaiting(StoppedTask.Container container, StoppedTask task) {
    return text(task.stopCode()).equals("TaskFailedToStart")
        && text(container.health()).equals("UNHEALTHY")
        && task.containers().stream()
            .anyMatch(other -> !other.name().equals(container.name()) && other.exitCode() == null);
  }

  /** An image without tag and digest. */
  private static String repository(String image) {
    return text(image).replaceFirst("@.*$", "").replaceFirst(":[^/:]*$", "");
  }

  private static final int INNOCENT = 100;

  /** The smaller, the more suspect. */
  private static int suspicion(StoppedTask.Container container, boolean unhealthy, Input input) {
    int doubt = input.isEssential(container.name()) ? 0 : 20;
    Optional<Known> reason = KnownCauses.of(text(container.reason()), "", "", words -> words);
    if (reason.isPresent() && !reason.get().name().equals(CANNOT_STOP)) {
      return 0;
    }
    if (unhealthy && text(container.health()).equals("UNHEALTHY")) {
      return 1;
    }
    Integer exitCode = container.exitCode();
    if (exitCode == null) {
      return text(container.reason()).isEmpty() ? INNOCENT : 2;
    }
    if (CRASHES.contains(exitCode)) {
      return 10 + doubt;
    }
    // A sidecar that is told to stop often ends with 0, so that of 0 and 137 the new image decides.
    boolean changed = input.changed().contains(container.name());
    return switch (exitCode) {
      // An essential container that just ended brought the task down; a sidecar may end.
      case 0 -> doubt > 0 ? INNOCENT : changed ? 12 : 14;
      case KILL -> (changed ? 13 : 15) + doubt;
      case TERMINATE, CONTROL_C -> 16 + doubt;
      default -> 11 + doubt;
    };
  }

  /** {@code " after 4 s"}, or empty if it never ran or AWS does not say. */
  private static String life(StoppedTask task) {
    Instant end = task.endedAt() == null ? task.stoppedAt() : task.endedAt();
    if (task.startedAt() == null || end == null || end.isBefore(task.startedAt())) {
      return "";
    }
    return " after " + Texts.human(Duration.between(task.startedAt(), end));
  }

  /**
   * What an exit code means.
   *
   * @see <a href="https://tldp.org/LDP/abs/html/exitcodes.html">exit codes with special
   *     meanings</a>
   */
  static String exit(int code, String container, String life) {
    String who = "Container " + container;
    return switch (code) {
      case 0 ->
          who + " ended with exit code 0" + life + ", but an essential container must not end";
      case 126 -> who + " exited with code 126" + life + ": its command cannot be executed";
      case 127 -> who + " exited with code 127" + life + ": its command was not found";
      case 134 -> who + " exited with code 134" + life + ": it aborted (SIGABRT)";
      case KILL ->
          who + " exited with code 137" + life + ": it was killed (SIGKILL), often for its memory";
      case 139 -> who + " exited with code 139" + life + ": segmentation fault (SIGSEGV)";
      case TERMINATE -> who + " exited with code 143" + life + ": it was told to stop (SIGTERM)";
      case CONTROL_C ->
          who + " exited with code 0xC000013A" + life + ": it was told to stop (CTRL+C)";
      default ->
          code > SIGNALS && code <= SIGNALS + 64
              ? who + " exited with code " + code + life + ": ended by signal " + (code - SIGNALS)
              // Windows' codes are known by their hexadecimal form.
              : who
                  + " exited with code "
                  + (code < 0 ? String.format("0x%08X", code) : code)
                  + life;
    };
  }

  private static String adviceFor(int code) {
    return switch (code) {
      case 0 -> "Let its main process run in the foreground, or set essential to false";
      case 126, 127 -> "Check entryPoint and command in the task definition against the image";
      case KILL ->
          "See whether its memory was near the limit (Container Insights), and whether it ends on"
              + " SIGTERM within stopTimeout";
      case TERMINATE, CONTROL_C ->
          "Look for what stopped it: another container of the task that ended, or a health check";
      default -> "Look in its log for why it ended";
    };
  }

  // ---- The evidence

  private static List<String> evidence(
      Input input, Optional<Finding> leading, List<Finding> findings, Cause cause) {
    List<String> lines = new ArrayList<>();
    Masking masking = input.masking();
    leading.ifPresent(finding -> {
      StoppedTask task = finding.task();
      if (!text(task.stopCode()).isEmpty()) {
        lines.add("Stop code: " + masking.mask(task.stopCode()));
      }
      if (!text(task.stoppedReason()).isEmpty()) {
        lines.add("Stopped reason: " + masking.mask(task.stoppedReason()));
      }
      task.containers().stream()
          .filter(container -> container.name().equals(finding.container()))
          .findFirst()
          .ifPresent(container -> lines.addAll(facts(container, task, masking)));
      lines.add(attempts(findings, finding));
      if (!cause.sentence().equals(finding.sentence())) {
        lines.add("Tasks: " + finding.sentence());
      }
      findings.reversed().stream()
          .filter(other -> !other.key().equals(finding.key()))
          .map(Finding::sentence)
          .distinct()
          .limit(2)
          .forEach(other -> lines.add("Also: " + other));
    });
    input
        .standstill()
        .ifPresent(reached -> {
          if (!cause.sentence().equals(reached.sentence())) {
            lines.add(reached.sentence());
          }
          if (!reached.stage().isEmpty()) {
            lines.add("Stage: " + reached.stage());
          }
        });
    lines.add("Desired count: " + input.desired());
    String words = masking.mask(input.words());
    boolean said =
        cause.sentence().contains(words) || cause.sentence().contains(Texts.sentence(words));
    if (!words.isBlank() && !said) {
      lines.add("AWS says: " + words);
    }
    return lines.stream()
        .limit(MOST_EVIDENCE)
        .map(line -> Texts.cap(line, LONGEST_EVIDENCE))
        .toList();
  }

  private static List<String> facts(
      StoppedTask.Container container, StoppedTask task, Masking masking) {
    List<String> facts = new ArrayList<>();
    String who = "Container " + container.name();
    if (container.exitCode() != null) {
      boolean told =
          text(task.stopCode()).equals("ServiceSchedulerInitiated")
              && Set.of(KILL, TERMINATE, CONTROL_C).contains(container.exitCode());
      facts.add(
          who
              + ": exit code "
              + container.exitCode()
              + (told ? ", after ECS told it to stop" : ""));
    }
    if (!text(container.reason()).isEmpty() && !container.reason().equals(task.stoppedReason())) {
      facts.add(who + ": " + masking.mask(container.reason()));
    }
    if (text(container.health()).equals("UNHEALTHY")) {
      facts.add(who + ": health UNHEALTHY");
    }
    return facts;
  }

  private static String attempts(List<Finding> findings, Finding leading) {
    long same = count(findings, leading.key());
    String tasks = findings.size() == 1 ? "1 task failed" : findings.size() + " tasks failed";
    return "Attempts: "
        + tasks
        + (same == findings.size() ? "" : ", " + same + " of them for this cause");
  }

  /** Since the start of the rollout, oldest first. */
  private static List<Event> current(Input input) {
    // ECS lists them newest first; those of the same instant keep that order turned round.
    return input.events().reversed().stream()
        .filter(event ->
            input.since() == null || event.at() == null || !event.at().isBefore(input.since()))
        .sorted(Comparator.comparing(Event::at, Comparator.nullsFirst(Comparator.naturalOrder())))
        .toList();
  }

  /** Of messages that differ only by ids and numbers, the newest. */
  private static List<String> events(Input input) {
    Map<String, String> distinct = new LinkedHashMap<>();
    for (Event event : current(input).reversed()) {
      String message = text(event.message());
      if (!message.isBlank() && distinct.size() < MOST_EVENTS) {
        distinct.putIfAbsent(message.replaceAll(IDS, "#"), message);
      }
    }
    return List.copyOf(distinct.values()).reversed().stream()
        .map(message -> Texts.cap(input.masking().mask(message), LONGEST_EVENT))
        .toList();
  }

  private static List<String> logs(Input input, String container) {
    // Masked before the last lines are taken: a key may begin above them.
    List<String> lines =
        input.masking().maskLines(input.logs().getOrDefault(container, List.of())).stream()
            .filter(line -> !line.isBlank())
            .toList();
    return lines.subList(Math.max(0, lines.size() - MOST_LOGS), lines.size()).stream()
        .map(line -> Texts.capLine(line, LONGEST_LOG))
        .toList();
  }

  /**
   * Makes a part of a text fit to be shown. Alone it may not look like the secret that it is part
   * of, so what the masked whole does not show, the part does not show either.
   */
  private static UnaryOperator<String> shown(String whole, Input input) {
    return part -> {
      String masked = input.masking().mask(part);
      return input.masking().mask(whole).contains(masked) ? masked : Masking.MASK;
    };
  }

  private static String text(String maybe) {
    return maybe == null ? "" : maybe;
  }
}
