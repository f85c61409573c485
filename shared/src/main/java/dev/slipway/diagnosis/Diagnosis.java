package dev.slipway.diagnosis;

import java.util.ArrayList;
import java.util.List;

/**
 * What went wrong, for a person. Capped in size; environment values never enter it, and what looks
 * like a secret in log lines is masked before it is kept.
 *
 * @param cause one sentence
 * @param container the container that caused it; empty if none is to blame
 * @param advice what a person can do about it, a sentence; empty if nothing better is known than to
 *     read the evidence
 * @param evidence short facts, in order of weight: stop code, stopped reason, exit code, attempts
 * @param events the last messages of the ECS service
 * @param logs the last lines of that container's log, oldest first. The ledger keeps them for a
 *     month, and the rest for ever
 */
public record Diagnosis(
    String cause,
    String container,
    String advice,
    List<String> evidence,
    List<String> events,
    List<String> logs) {

  public Diagnosis {
    evidence = List.copyOf(evidence);
    events = List.copyOf(events);
    logs = List.copyOf(logs);
  }

  /** Without advice. */
  public Diagnosis(
      String cause,
      String container,
      List<String> evidence,
      List<String> events,
      List<String> logs) {
    this(cause, container, "", evidence, events, logs);
  }

  /** With one more fact, the least of them. */
  public Diagnosis withEvidence(String fact) {
    List<String> more = new ArrayList<>(evidence);
    more.add(fact);
    return new Diagnosis(cause, container, advice, more, events, logs);
  }

  public Diagnosis withLogs(List<String> lines) {
    return new Diagnosis(cause, container, advice, evidence, events, lines);
  }
}
