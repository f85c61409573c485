package dev.slipway.chat;

import static dev.slipway.chat.Mrkdwn.code;
import static dev.slipway.chat.Mrkdwn.day;
import static dev.slipway.chat.Mrkdwn.escape;
import static dev.slipway.chat.Mrkdwn.person;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.PushRecord;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** The desk's answers to questions; all text from outside escaped. */
final class Words {

  private static final int SERVICES = 20;
  private static final int QUARANTINED = 10;

  /** Deployments that are told of one service. */
  static final int DEPLOYMENTS = 5;

  /** Pushes that are told of one service. */
  static final int DECLINED = 5;

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

  /** How a sentence about one service ends while everything is held. */
  static String stillHeld(Optional<Hold> accountHold) {
    return accountHold
        .map(hold ->
            ", but everything is held " + held(hold) + "; `/slipway resume all` lifts that.")
        .orElse(".");
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
        + day(hold.at())
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
            : "")
        + Progress.brief(deployment.rollout(), deployment.isRollback());
  }

  private static String waiting(Head head) {
    return head.waiting().byRepository().values().stream()
        .map(wanted -> code(wanted.image().brief()))
        .collect(Collectors.joining(", "));
  }

  /**
   * One service; its paragraphs are parted by empty lines.
   *
   * @param newest its last deployments, newest first
   * @param declined the last pushes that changed nothing, newest first
   */
  static String status(
      Head head, Optional<Hold> accountHold, List<Deployment> newest, List<PushRecord> declined) {
    StringJoiner paragraphs = new StringJoiner("\n\n");
    paragraphs.add(now(head, accountHold));
    if (!head.quarantine().isEmpty()) {
      paragraphs.add(quarantine(head.service(), head.quarantine()));
    }
    if (!newest.isEmpty()) {
      paragraphs.add(
          newest.stream()
              .map(deployment -> Cards.line(deployment, wayBack(deployment, newest)))
              .collect(Collectors.joining("\n", "*Last deployments*\n", "")));
    }
    if (!declined.isEmpty()) {
      paragraphs.add(
          declined.stream()
              .map(Words::declined)
              .collect(Collectors.joining("\n", "*Last pushes that changed nothing*\n", "")));
    }
    return paragraphs.toString();
  }

  private static String now(Head head, Optional<Hold> accountHold) {
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
                    + ", #"
                    + good.sequence()
                    + (good.steady() ? "" : ", which was not steady: no place to go back to")));
    head.inFlight().ifPresent(flying -> lines.add("in flight " + flying(flying)));
    head.request()
        .ifPresent(request ->
            lines.add(
                switch (request) {
                  case Head.Request.RollBack back ->
                      person(back.by())
                          + " asked at "
                          + day(back.at())
                          + " to roll back #"
                          + back.sequence();
                }));
    head.waiting().byRepository().values().stream()
        .map(wanted -> "waits " + code(wanted.image().brief()) + ", " + since(wanted))
        .forEach(lines::add);
    if (!head.waiting().isEmpty()) {
      lines.add("it waits for " + waitsFor(head, accountHold));
    }
    head.hold()
        .ifPresent(hold ->
            lines.add(
                "⏸️ held "
                    + held(hold)
                    + "; `/slipway resume "
                    + escape(head.service().brief())
                    + "` lifts it"));
    return lines.toString();
  }

  private static String since(Wanted wanted) {
    return switch (wanted.trigger().kind()) {
      case PERSON ->
          "asked for by " + person(wanted.trigger().by()) + " at " + day(wanted.trigger().at());
      case PUSH, REPLICATION, RECONCILE, ROLLBACK -> "pushed at " + day(wanted.pushedAt());
    };
  }

  /** What is known of it here comes first; the rest is as the last look found it. */
  private static String waitsFor(Head head, Optional<Hold> accountHold) {
    if (head.inFlight().isPresent()) {
      return "#" + head.inFlight().get().sequence() + ", which is in flight";
    }
    if (head.hold().isPresent()) {
      return "the hold over this service";
    }
    if (accountHold.isPresent()) {
      return "the hold over everything; `/slipway resume all` lifts it";
    }
    String because = head.waiting().because();
    return because.isEmpty() ? "the next look at the service" : "its turn: " + escape(because);
  }

  private static Optional<Deployment> wayBack(Deployment deployment, List<Deployment> newest) {
    return newest.stream().filter(other -> other.rollbackOf() == deployment.sequence()).findFirst();
  }

  private static String declined(PushRecord push) {
    return "ℹ️ "
        // What the reconcile run found wrong with the tags is about no image.
        + (push.image().isEmpty() ? "found" : code(push.image()))
        + " at "
        + day(push.trigger().at())
        + (push.trigger().kind() == Trigger.Kind.PERSON
            ? ", asked for by " + person(push.trigger().by())
            : "")
        + ": "
        + push.reason().text()
        + (push.detail().isBlank()
            ? ""
            : ". " + Mrkdwn.fit(escape(push.detail()).replace('\n', ' '), 300));
  }

  /** What failed here, and how to let it come back. */
  static String quarantine(ServiceRef service, List<Quarantine> entries) {
    if (entries.isEmpty()) {
      return "Nothing is in quarantine there.";
    }
    List<Quarantine> newest =
        entries.stream().sorted(Comparator.comparing(Quarantine::at).reversed()).toList();
    return newest.stream()
            .limit(QUARANTINED)
            .map(entry ->
                "🔒 "
                    + code(entry.image())
                    + " "
                    + code(entry.digest().brief())
                    + " since #"
                    + entry.sequence()
                    + " at "
                    + day(entry.at())
                    + ": "
                    + entry.reason().text())
            .collect(Collectors.joining("\n", "*In quarantine*\n", ""))
        + (entries.size() > QUARANTINED
            ? "\n… and " + (entries.size() - QUARANTINED) + " more"
            : "")
        + "\nIf the image was not to blame: `/slipway release "
        + escape(service.brief())
        + " "
        + newest.getFirst().digest().brief()
        + "`";
  }
}
