package dev.slipway.chat;

import static dev.slipway.chat.Mrkdwn.code;
import static dev.slipway.chat.Mrkdwn.escape;
import static dev.slipway.chat.Mrkdwn.person;
import static dev.slipway.chat.Mrkdwn.time;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.deployment.Head.Quarantine;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** The desk's answers to questions; all text from outside escaped. */
final class Words {

  private static final int SERVICES = 20;

  private Words() {}

  static String help(String problem) {
    return (problem.isEmpty() ? "" : escape(problem) + "\n")
        + """
        *What I understand*
        `/slipway status` what is going on; `/slipway status cluster/service` in one service
        `/slipway hold all [why]` nothing new starts anywhere; `/slipway resume all`
        `/slipway hold cluster/service [why]` nothing new starts there; `/slipway resume cluster/service`
        `/slipway release cluster/service sha256:…|tag` lets an image that failed there be deployed again
        Roll back with the button on a deployment's card.\
        """;
  }

  /** When a wish that has just been written down is served. */
  static String next(Head head, Optional<Hold> accountHold) {
    String brief = escape(head.service().brief());
    String when;
    if (head.hold().isPresent()) {
      when =
          "It waits, for the service is held "
              + held(head.hold().get())
              + "; `/slipway resume "
              + brief
              + "` lets it go";
    } else if (accountHold.isPresent()) {
      when =
          "It waits, for everything is held "
              + held(accountHold.get())
              + "; `/slipway resume all` lets it go";
    } else if (head.inFlight().isPresent()) {
      when = "It is deployed again when #" + head.inFlight().get().sequence() + " has ended";
    } else {
      when = "It is deployed again now";
    }
    return when
        + ", if the service's tags want it rather than what runs then. If not, the service's"
        + " channel is told why, and `/slipway status "
        + brief
        + "` shows it.";
  }

  static String held(Hold hold) {
    return "by "
        + person(hold.by())
        + " since "
        + time(hold.at())
        + (hold.why().isBlank() ? "" : ": " + escape(hold.why()));
  }

  /** Those where something goes on come first. */
  static String status(Optional<Hold> accountHold, List<Head> heads) {
    StringJoiner lines = new StringJoiner("\n");
    accountHold.ifPresent(hold -> lines.add("⏸️ *Everything is held* " + held(hold)));
    if (heads.isEmpty()) {
      return lines
          .add("No service follows a repository yet. Tag one with `slipway` = `on`.")
          .toString();
    }
    List<Head> ordered =
        heads.stream()
            .sorted(Comparator.comparing((Head head) -> !busy(head)).thenComparing(Head::service))
            .toList();
    ordered.stream().limit(SERVICES).map(Words::line).forEach(lines::add);
    if (ordered.size() > SERVICES) {
      lines.add("… and " + (ordered.size() - SERVICES) + " more");
    }
    return lines.toString();
  }

  private static boolean busy(Head head) {
    return head.inFlight().isPresent()
        || head.hold().isPresent()
        || !head.waiting().isEmpty()
        || head.request().isPresent();
  }

  private static String line(Head head) {
    StringJoiner parts = new StringJoiner(" · ");
    parts.add(
        "*"
            + escape(head.service().brief())
            + "* "
            + (head.running().isEmpty() ? "nothing known" : code(head.running().brief())));
    head.inFlight().ifPresent(flying -> parts.add(flying(flying)));
    if (!head.waiting().isEmpty()) {
      parts.add("waits: " + waiting(head));
    }
    head.hold().ifPresent(hold -> parts.add("held " + held(hold)));
    return parts.toString();
  }

  private static String flying(Deployment deployment) {
    return "#"
        + deployment.sequence()
        + " "
        + Mrkdwn.code(deployment.to().brief())
        + " "
        + deployment.status().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')
        + (deployment.rollout().desired() > 0
            ? " (" + deployment.rollout().running() + "/" + deployment.rollout().desired() + ")"
            : "");
  }

  private static String waiting(Head head) {
    return head.waiting().byRepository().values().stream()
        .map(wanted -> code(wanted.image().brief()))
        .collect(Collectors.joining(", "));
  }

  static String status(Head head, Optional<Hold> accountHold, List<Deployment> newest) {
    StringJoiner lines = new StringJoiner("\n");
    accountHold.ifPresent(hold -> lines.add("⏸️ *Everything is held* " + held(hold)));
    lines.add("*" + escape(head.service().brief()) + "*");
    lines.add(
        "runs " + (head.running().isEmpty() ? "nothing known" : code(head.running().brief())));
    head.lastGood()
        .ifPresent(good ->
            lines.add(
                "last good "
                    + code(good.images().isEmpty() ? "unknown" : good.images().brief())
                    + (good.sequence() == 0 ? ", the baseline" : ", #" + good.sequence())
                    + (good.steady() ? "" : ", which was not steady: no place to go back to")));
    head.inFlight().ifPresent(flying -> lines.add("in flight " + flying(flying)));
    head.request()
        .ifPresent(request ->
            lines.add(
                switch (request) {
                  case Head.Request.RollBack back ->
                      person(back.by()) + " asked to roll back #" + back.sequence();
                }));
    if (!head.waiting().isEmpty()) {
      lines.add("waits " + waiting(head));
    }
    head.hold().ifPresent(hold -> lines.add("⏸️ held " + held(hold)));
    if (!head.quarantine().isEmpty()) {
      lines.add(quarantine(head.quarantine()));
    }
    for (Deployment deployment : newest) {
      lines.add(
          "#"
              + deployment.sequence()
              + " "
              + escape(Plain.line(Cards.deployment(deployment, Optional.empty(), false))));
    }
    return lines.toString();
  }

  static String quarantine(List<Quarantine> entries) {
    return entries.isEmpty()
        ? "Nothing is in quarantine there."
        : "In quarantine: "
            + entries.stream()
                .limit(10)
                .map(entry ->
                    code(entry.image())
                        + " "
                        + code(entry.digest().brief())
                        + " since #"
                        + entry.sequence())
                .collect(Collectors.joining(", "))
            + (entries.size() > 10 ? " and " + (entries.size() - 10) + " more" : "");
  }
}
