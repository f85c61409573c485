package dev.slipway.diagnosis;

import dev.slipway.diagnosis.KnownCauses.Known;
import dev.slipway.diagnosis.Symptoms.Event;
import dev.slipway.verdict.StoppedTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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

  private static final Comparator<StoppedTask> BY_END =
      Comparator.comparing(
              StoppedTask::stoppedAt, Comparator.<Instant>nullsFirst(Comparator.naturalOrder()))
          .thenComparing(StoppedTask::taskArn);

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
  public static Optional<Culprit> culprit(Symptoms symptoms) {
    return leading(findings(symptoms, blamed(symptoms)))
        .filter(finding -> !finding.container().isEmpty())
        .map(finding -> new Culprit(finding.task(), finding.container()));
  }

  /** The diagnosis: cause, evidence, events (oldest first) and log lines, masked and capped. */
  public static Diagnosis diagnose(Symptoms symptoms) {
    List<StoppedTask> blamed = blamed(symptoms);
    List<Finding> findings = findings(symptoms, blamed);
    Optional<Finding> leading = leading(findings);
    Cause cause = cause(symptoms, leading);
    return new Diagnosis(
        Texts.cap(cause.sentence(), LONGEST_CAUSE),
        cause.container(),
        Texts.cap(cause.advice(), LONGEST_ADVICE),
        evidence(symptoms, leading, findings, cause),
        events(symptoms),
        logs(symptoms, cause.container()));
  }

  // ---- The cause

  private static Cause cause(Symptoms symptoms, Optional<Finding> leading) {
    String container = leading.map(Finding::container).orElse("");
    return switch (symptoms.ending()) {
      case ALARM ->
          new Cause(
              told("An alarm went off", symptoms), "Look at what the alarm measures", container);
      case HOOK_FAILED ->
          new Cause(
              symptoms.words().isBlank()
                  ? "A lifecycle hook failed"
                  : Texts.sentence(symptoms.masking().mask(symptoms.words())),
              known(symptoms.words(), symptoms)
                  .map(Known::remedy)
                  .orElse("Read the log of the function behind the hook"),
              container);
      case STOPPED_BY_PERSON -> new Cause("A person stopped the deployment", "", container);
      case REGISTRATION_REFUSED -> refusal("ECS refused the task definition", symptoms, container);
      case UPDATE_REFUSED -> refusal("ECS refused the update", symptoms, container);
      case ACCESS_DENIED ->
          new Cause(
              told("Slipway's role may not do this", symptoms),
              "Compare the role of Slipway's deploy function with the template; a boundary or a"
                  + " policy of the organisation can deny it too",
              container);
      case SERVICE_GONE -> new Cause("The service was deleted", "", container);
      case TASKS_FAILED, CIRCUIT_BREAKER, ECS_FAILED, NO_PROGRESS, OTHER ->
          found(symptoms, leading, container);
    };
  }

  /** From what says most to what says least. */
  private static Cause found(Symptoms symptoms, Optional<Finding> leading, String container) {
    Optional<Known> event = eventCause(symptoms);
    if (leading.isPresent() && leading.get().telling()) {
      Finding finding = leading.get();
      // The event knows why the load balancer was not content; the task only knows that it was not.
      if (finding.key().startsWith(KnownCauses.TARGET_FAILED)
          && event.isPresent()
          && event.get().saysWhyTargetFailed()) {
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
    Optional<Cause> excused = excused(symptoms);
    if (excused.isPresent()) {
      return excused.get();
    }
    Optional<Cause> words =
        symptoms.words().isBlank()
            ? Optional.empty()
            : Optional.of(
                known(symptoms.words(), symptoms)
                    .map(known -> Cause.of(known, ""))
                    .orElseGet(() -> new Cause(symptoms.masking().mask(symptoms.words()), "", "")));
    return symptoms
        .stalled()
        .map(reached -> new Cause(reached.sentence(), reached.advice(), ""))
        .or(() -> words)
        .orElseGet(() -> new Cause("AWS gives no reason", "", ""));
  }

  private static Optional<Known> known(String words, Symptoms symptoms) {
    return KnownCauses.of(words, "", "", shown(words, symptoms));
  }

  private static String told(String sentence, Symptoms symptoms) {
    return symptoms.words().isBlank()
        ? sentence
        : sentence + ": " + symptoms.masking().mask(symptoms.words());
  }

  /** A refusal that is understood is told first: a role is missing, a limit is reached. */
  private static Cause refusal(String sentence, Symptoms symptoms, String container) {
    return known(symptoms.words(), symptoms)
        .map(known -> new Cause(sentence + ": " + known.sentence(), known.remedy(), container))
        .orElseGet(() ->
            new Cause(
                told(sentence, symptoms),
                "The service is as it was. Correct what ECS names in the task definition or the"
                    + " service, and push or deploy again",
                container));
  }

  /** The newest event that is understood; one that only complains counts if there is no other. */
  private static Optional<Known> eventCause(Symptoms symptoms) {
    Known vague = null;
    for (Event event : current(symptoms).reversed()) {
      Optional<Known> known =
          KnownCauses.of(event.message(), "", "", shown(event.message(), symptoms));
      if (known.isEmpty()) {
        continue;
      }
      if (!known.get().saysLittle()) {
        return known;
      }
      vague = vague == null ? known.get() : vague;
    }
    return Optional.ofNullable(vague);
  }

  /** Where nothing else is known: tasks that were taken away through no fault of their own. */
  private static Optional<Cause> excused(Symptoms symptoms) {
    return symptoms.stopped().stream()
        .filter(task -> EXCUSED.contains(Texts.orEmpty(task.stopCode())))
        .filter(task -> !Texts.orEmpty(task.stoppedReason()).startsWith(SCALING))
        .sorted(BY_END.reversed())
        .findFirst()
        .map(task -> {
          String reason = Texts.orEmpty(task.stoppedReason());
          return KnownCauses.of(task.stopCode() + ": " + reason, "", "", shown(reason, symptoms))
              .map(known -> Cause.of(known, ""))
              .orElseGet(() ->
                  new Cause(
                      symptoms.masking().mask(reason.isEmpty() ? task.stopCode() : reason),
                      "",
                      ""));
        });
  }

  // ---- Tasks

  /** Those that failed by themselves, each once, oldest first. */
  private static List<StoppedTask> blamed(Symptoms symptoms) {
    Map<String, StoppedTask> distinct = new LinkedHashMap<>();
    for (StoppedTask task : symptoms.stopped()) {
      if (!EXCUSED.contains(Texts.orEmpty(task.stopCode()))
          && !Texts.orEmpty(task.stoppedReason()).startsWith(SCALING)) {
        distinct.put(task.taskArn(), task);
      }
    }
    return distinct.values().stream().sorted(BY_END).toList();
  }

  private static List<Finding> findings(Symptoms symptoms, List<StoppedTask> blamed) {
    return blamed.stream().map(task -> finding(task, symptoms)).toList();
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

  private static Finding finding(StoppedTask task, Symptoms symptoms) {
    Optional<StoppedTask.Container> blamed = Suspects.container(task, symptoms);
    String name = blamed.map(StoppedTask.Container::name).orElse("");
    String life = life(task);
    String reason = blamed.map(container -> Texts.orEmpty(container.reason())).orElse("");
    String stopped = Texts.orEmpty(task.stoppedReason());
    Integer exitCode = blamed.map(StoppedTask.Container::exitCode).orElse(null);
    for (String words : List.of(reason, stopped)) {
      Optional<Known> known = KnownCauses.of(words, name, life, shown(words, symptoms));
      if (known.isPresent() && !(exitCode != null && known.get().cameAfterwards())) {
        return found(task, known.get(), name);
      }
    }
    if (blamed.filter(container -> Suspects.keptOthersWaiting(container, task)).isPresent()) {
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
      String sentence = ExitCodes.meaning(exitCode, name, life);
      List<String> lines = symptoms.logs().getOrDefault(name, List.of());
      for (String line : exitCode == 0 ? List.<String>of() : lines.reversed()) {
        Optional<Known> known = KnownCauses.ofLog(line, name, "", shown(line, symptoms));
        if (known.isPresent()) {
          return new Finding(
              task,
              key,
              known.get().saysAll()
                  ? known.get().sentence()
                  : because(sentence, known.get().sentence()),
              known.get().remedy(),
              name,
              true);
        }
      }
      return new Finding(task, key, sentence, ExitCodes.advice(exitCode), name, true);
    }
    String words = !reason.isEmpty() ? reason : !stopped.isEmpty() ? stopped : task.stopCode();
    return new Finding(task, "words/" + words, symptoms.masking().mask(words), "", name, false);
  }

  private static Finding found(StoppedTask task, Known known, String container) {
    return new Finding(
        task, known.name() + "/" + container, known.sentence(), known.remedy(), container, true);
  }

  private static String because(String sentence, String log) {
    return sentence + "; its log says: " + Character.toLowerCase(log.charAt(0)) + log.substring(1);
  }

  /** {@code " after 4 s"}, or empty if it never ran or AWS does not say. */
  private static String life(StoppedTask task) {
    Instant end = task.endedAt() == null ? task.stoppedAt() : task.endedAt();
    if (task.startedAt() == null || end == null || end.isBefore(task.startedAt())) {
      return "";
    }
    return " after " + Texts.human(Duration.between(task.startedAt(), end));
  }

  // ---- The evidence

  private static List<String> evidence(
      Symptoms symptoms, Optional<Finding> leading, List<Finding> findings, Cause cause) {
    List<String> lines = new ArrayList<>();
    Masking masking = symptoms.masking();
    leading.ifPresent(finding -> {
      StoppedTask task = finding.task();
      if (!Texts.orEmpty(task.stopCode()).isEmpty()) {
        lines.add("Stop code: " + masking.mask(task.stopCode()));
      }
      if (!Texts.orEmpty(task.stoppedReason()).isEmpty()) {
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
    symptoms
        .stalled()
        .ifPresent(reached -> {
          if (!cause.sentence().equals(reached.sentence())) {
            lines.add(reached.sentence());
          }
          if (!reached.stage().isEmpty()) {
            lines.add("Stage: " + reached.stage());
          }
        });
    lines.add("Desired count: " + symptoms.desired());
    String words = masking.mask(symptoms.words());
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
      boolean told = task.byScheduler() && ExitCodes.TOLD_TO_STOP.contains(container.exitCode());
      facts.add(
          who
              + ": exit code "
              + container.exitCode()
              + (told ? ", after ECS told it to stop" : ""));
    }
    if (!Texts.orEmpty(container.reason()).isEmpty()
        && !container.reason().equals(task.stoppedReason())) {
      facts.add(who + ": " + masking.mask(container.reason()));
    }
    if (Texts.orEmpty(container.health()).equals("UNHEALTHY")) {
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
  private static List<Event> current(Symptoms symptoms) {
    // ECS lists them newest first; those of the same instant keep that order turned round.
    return symptoms.events().reversed().stream()
        .filter(event ->
            symptoms.since() == null
                || event.at() == null
                || !event.at().isBefore(symptoms.since()))
        .sorted(Comparator.comparing(Event::at, Comparator.nullsFirst(Comparator.naturalOrder())))
        .toList();
  }

  /** Of messages that differ only by ids and numbers, the newest. */
  private static List<String> events(Symptoms symptoms) {
    Map<String, String> distinct = new LinkedHashMap<>();
    for (Event event : current(symptoms).reversed()) {
      String message = Texts.orEmpty(event.message());
      if (!message.isBlank() && distinct.size() < MOST_EVENTS) {
        distinct.putIfAbsent(message.replaceAll(IDS, "#"), message);
      }
    }
    return List.copyOf(distinct.values()).reversed().stream()
        .map(message -> Texts.cap(symptoms.masking().mask(message), LONGEST_EVENT))
        .toList();
  }

  private static List<String> logs(Symptoms symptoms, String container) {
    // Masked before the last lines are taken: a key may begin above them.
    List<String> lines =
        symptoms.masking().maskLines(symptoms.logs().getOrDefault(container, List.of())).stream()
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
  private static UnaryOperator<String> shown(String whole, Symptoms symptoms) {
    return part -> {
      String masked = symptoms.masking().mask(part);
      return symptoms.masking().mask(whole).contains(masked) ? masked : Masking.MASK;
    };
  }
}
