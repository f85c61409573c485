package dev.slipway.chat;

import static dev.slipway.chat.Mrkdwn.code;
import static dev.slipway.chat.Mrkdwn.escape;
import static dev.slipway.chat.Mrkdwn.person;

import dev.slipway.aws.Lanes;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.follow.ServiceRef;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.ledger.HeadChangedException;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.PushRecord;
import dev.slipway.policy.Release;
import dev.slipway.runtime.Log;
import dev.slipway.slack.Responder;
import dev.slipway.slack.SlackException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Does what people ask for in chat, if they may. It writes down what they want and sends a look;
 * what comes of it is decided where everything is decided, in the service's lane.
 */
final class Desk {

  /** More followers than this are not listed or searched for a name. */
  private static final int HEADS = 1000;

  private static final int TRIES = 10;

  /**
   * @param everyone whether the whole channel sees it
   */
  record Reply(String text, boolean everyone) {
    static Reply toAsker(String text) {
      return new Reply(text, false);
    }

    static Reply toAll(String text) {
      return new Reply(text, true);
    }
  }

  /**
   * Where services are looked for.
   *
   * @param partition of AWS, for example {@code aws}
   */
  record Home(String partition, String region, String account) {

    /** As a Lambda function's own ARN says it. */
    static Home ofFunction(String arn) {
      String[] parts = arn.split(":");
      if (parts.length < 7 || !parts[0].equals("arn") || !parts[2].equals("lambda")) {
        throw new IllegalStateException("'" + arn + "' is not the ARN of a Lambda function");
      }
      return new Home(parts[1], parts[3], parts[4]);
    }

    ServiceRef service(String brief) {
      int slash = brief.indexOf('/');
      return new ServiceRef(
          partition, region, account, brief.substring(0, slash), brief.substring(slash + 1));
    }
  }

  private final Ledger ledger;
  private final Lanes lanes;
  private final Responder slack;
  private final Replays replays;
  private final Operators operators;
  private final InstantSource time;
  private final Log log;

  Desk(
      Ledger ledger,
      Lanes lanes,
      Responder slack,
      Replays replays,
      Operators operators,
      InstantSource time,
      Log log) {
    this.ledger = ledger;
    this.lanes = lanes;
    this.slack = slack;
    this.replays = replays;
    this.operators = operators;
    this.time = time;
    this.log = log;
  }

  /**
   * One request of the queue.
   *
   * @throws dev.slipway.runtime.PermanentFailure if it can never be read
   */
  void handle(String body, String messageId, Home home) {
    QueuedRequest request = QueuedRequest.parse(body);
    Incoming incoming = Incoming.parse(request.body());
    if (!replays.first(request.signature(), messageId, time.instant())) {
      log.warn("request was seen before and does nothing now", "timestamp", request.timestamp());
      return;
    }
    switch (incoming) {
      case Incoming.Slash slash ->
          respond(slash.responseUrl(), command(Command.parse(slash.text()), slash.user(), home));
      case Incoming.Press press -> {
        if (press.action().equals(RollBackButton.ACTION_ID)) {
          respond(press.responseUrl(), rollBack(press.value(), press.user()));
        } else {
          log.warn("button is not known and does nothing", "action", press.action());
        }
      }
      case Incoming.Other other ->
          log.warn("request of this type does nothing", "type", other.type());
    }
  }

  /** What was asked for is done by now: an answer that cannot be given must not undo or repeat. */
  private void respond(String responseUrl, Reply reply) {
    try {
      slack.respond(responseUrl, Cards.text(reply.text()), reply.everyone());
    } catch (SlackException e) {
      log.warn("the answer could not be given", "error", e.getMessage());
    }
  }

  private Reply command(Command command, String user, Home home) {
    if (command.acts() && !operators.may(user)) {
      return notAllowed(user);
    }
    log.info("command", "command", command.getClass().getSimpleName(), "user", user);
    return switch (command) {
      case Command.Help help -> Reply.toAsker(Words.help(help.problem()));
      case Command.Status status ->
          Reply.toAsker(
              status
                  .service()
                  .map(brief -> status(home.service(brief)))
                  .orElseGet(() -> Words.status(ledger.accountHold(), ledger.heads(HEADS))));
      case Command.HoldAll hold -> holdAll(hold.why(), user);
      case Command.ResumeAll _ -> resumeAll(user);
      case Command.Hold hold -> hold(home.service(hold.service()), hold.why(), user);
      case Command.Resume resume -> resume(home.service(resume.service()), user);
      case Command.Release release ->
          release(home.service(release.service()), release.image(), user);
    };
  }

  private Reply notAllowed(String user) {
    log.warn("not an operator", "user", user);
    return Reply.toAsker(
        "You may not do this: your Slack user id "
            + code(user)
            + " is not in the parameter `Operators` of Slipway's stack"
            + (operators.ids().isEmpty() ? ", which is empty" : "")
            + ". Whoever runs Slipway can add it with `sam deploy --config-file"
            + " samconfig.local.toml --parameter-overrides Operators="
            + escape(
                operators.ids().isEmpty()
                    ? user
                    : String.join(",", operators.ids().stream().sorted().toList()) + "," + user)
            + "`.");
  }

  private String status(ServiceRef service) {
    Head head = ledger.head(service);
    List<PushRecord> declined = ledger.pushes(service, Words.DECLINED);
    // A service whose tags cannot be read has no head; why it has none is what there is to say.
    return head.version() == 0 && declined.isEmpty()
        ? unknown(service)
        : Words.status(
            head, ledger.accountHold(), ledger.deployments(service, Words.DEPLOYMENTS), declined);
  }

  private String unknown(ServiceRef service) {
    List<String> alike =
        ledger.heads(HEADS).stream()
            .map(Head::service)
            .filter(other ->
                other.name().equalsIgnoreCase(service.name())
                    || other.name().contains(service.name())
                    || service.name().contains(other.name()))
            .map(ServiceRef::brief)
            .limit(5)
            .map(Mrkdwn::code)
            .toList();
    return "Slipway has never seen "
        + code(service.brief())
        + (alike.isEmpty()
            ? ". A service is seen with its first push, or by the reconcile run, once it has the"
                + " tag `slipway`."
            : ". Did you mean " + String.join(" or ", alike) + "?");
  }

  // ---- the whole account

  private Reply holdAll(String why, String user) {
    Optional<Head.Hold> before = ledger.accountHold();
    if (before.isPresent()) {
      return Reply.toAsker(
          "Everything is held already, "
              + Words.held(before.get())
              + ". `/slipway resume all` lifts it.");
    }
    ledger.accountHold(Optional.of(new Head.Hold(user, why, time.instant())));
    return Reply.toAll(
        "⏸️ "
            + person(user)
            + " holds everything"
            + (why.isBlank() ? "" : ": " + escape(why))
            + ". Nothing new starts until `/slipway resume all`; rollbacks still run.");
  }

  private Reply resumeAll(String user) {
    boolean held = ledger.accountHold().isPresent();
    ledger.accountHold(Optional.empty());
    // Also when nothing was held: the looks may be what got lost the first time.
    List<ServiceRef> waiting =
        ledger.heads(HEADS).stream()
            .filter(head -> !head.waiting().isEmpty())
            .map(Head::service)
            .toList();
    if (!waiting.isEmpty()) {
      lanes.look(waiting, "person");
    }
    if (!held) {
      return Reply.toAsker(
          "There was no hold over everything. One over a service is lifted with `/slipway resume"
              + " cluster/service`; `/slipway status` shows them.");
    }
    return Reply.toAll(
        "▶️ "
            + person(user)
            + " lifted the hold over everything"
            + (waiting.isEmpty() ? "." : "; " + waiting.size() + " waited for it."));
  }

  // ---- one service

  private Reply hold(ServiceRef service, String why, String user) {
    return edit(
        service,
        head ->
            head.hold().isPresent()
                ? Edit.nothing(
                    code(service.brief())
                        + " is held already, "
                        + Words.held(head.hold().get())
                        + ". `/slipway resume "
                        + escape(service.brief())
                        + "` lifts it.")
                : Edit.to(
                    head.hold(new Head.Hold(user, why, time.instant())),
                    "⏸️ "
                        + person(user)
                        + " holds "
                        + code(service.brief())
                        + (why.isBlank() ? "" : ": " + escape(why))
                        + ". Nothing new starts there until `/slipway resume "
                        + escape(service.brief())
                        + "`; a rollback still runs."));
  }

  private Reply resume(ServiceRef service, String user) {
    Optional<Head.Hold> all = ledger.accountHold();
    return edit(
        service,
        head ->
            head.hold().isEmpty()
                ? Edit.nothing(
                    code(service.brief()) + " was not held itself" + Words.stillHeld(all))
                : Edit.to(
                    soon(head.hold(null)),
                    "▶️ "
                        + person(user)
                        + " lifted the hold over "
                        + code(service.brief())
                        + (all.isPresent()
                            ? Words.stillHeld(all)
                            : head.waiting().isEmpty() ? "." : "; what waits goes on.")));
  }

  private Reply release(ServiceRef service, String image, String user) {
    return edit(
        service,
        head -> {
          List<Quarantine> found =
              head.quarantine().stream().filter(entry -> matches(entry, image)).toList();
          List<Digest> digests = found.stream().map(Quarantine::digest).distinct().toList();
          if (digests.isEmpty()) {
            return Edit.nothing(
                code(image)
                    + " is not in quarantine at "
                    + code(service.brief())
                    + ". "
                    + Words.quarantine(service, head.quarantine()));
          }
          if (digests.size() > 1) {
            return Edit.nothing(
                code(image)
                    + " fits several digests at "
                    + code(service.brief())
                    + ": name one by its digest. "
                    + Words.quarantine(service, found));
          }
          Release release =
              Release.of(
                  head,
                  found.getFirst(),
                  ledger.deployments(service, Release.DEPLOYMENTS),
                  user,
                  time.instant());
          return released(head, found.getFirst(), release, user);
        });
  }

  private Edit released(Head head, Quarantine entry, Release release, String user) {
    String service = code(head.service().brief());
    String image = code(entry.image());
    String done =
        "🔓 "
            + person(user)
            + " released "
            + image
            + " ("
            + code(entry.digest().brief())
            + ") for "
            + service
            + ". ";
    List<Digest> digests = List.of(entry.digest());
    return switch (release) {
      case Release.Again(Head.Wanted wish) ->
          new Edit(
              Optional.of(soon(head.waiting(head.waiting().with(wish)))),
              digests,
              Reply.toAll(done + Words.next(head, ledger.accountHold())),
              true);
      case Release.Runs() ->
          Edit.released(head, digests, done + "It runs there, so there is nothing to deploy.");
      case Release.Forgotten() ->
          Edit.released(
              head,
              digests,
              done
                  + "It is too long ago to be deployed again by itself: push it again, under a tag"
                  + " that is new.");
      case Release.OtherWaits(Image other) ->
          Edit.nothing(
              image
                  + " stays in quarantine for now, for "
                  + code(other.brief())
                  + " waits to be deployed to "
                  + service
                  + ". Ask again when that has ended; what it waits for: `/slipway status "
                  + escape(head.service().brief())
                  + "`.");
      case Release.OtherUnderWay(Deployment other) ->
          Edit.nothing(
              image
                  + " stays in quarantine for now, for #"
                  + other.sequence()
                  + " is under way at "
                  + service
                  + " and brings "
                  + code(other.to().brief())
                  + ". Ask again when that has ended.");
    };
  }

  private static boolean matches(Quarantine entry, String image) {
    String hex = entry.digest().value().substring("sha256:".length());
    String wanted = image.startsWith("sha256:") ? image.substring("sha256:".length()) : image;
    return (wanted.length() >= 12 && hex.startsWith(wanted))
        || entry.image().equals(image)
        || entry.image().endsWith(":" + image);
  }

  private Reply rollBack(String value, String user) {
    if (!operators.may(user)) {
      return notAllowed(user);
    }
    RollBackButton.Value wanted;
    try {
      wanted = RollBackButton.Value.parse(value);
    } catch (IllegalArgumentException e) {
      log.warn("button cannot be read", "error", e.getMessage());
      return Reply.toAsker(
          "This button is of a version of Slipway that I cannot read: press the one of a newer"
              + " message.");
    }
    ServiceRef service = wanted.service();
    long sequence = wanted.sequence();
    String name = code(service.brief()) + " #" + sequence;
    Optional<Deployment> deployment = ledger.deployment(service, sequence);
    if (deployment.isEmpty()) {
      return Reply.toAsker(
          name
              + " is not in the ledger any more; what there is: `/slipway status "
              + escape(service.brief())
              + "`.");
    }
    try (var _ = log.with("service", service.brief(), "deployment", deployment.get().id())) {
      Reply reply =
          edit(
              service,
              head ->
                  switch (RollBackButton.use(head, current(head, deployment.get()))) {
                    case YES ->
                        Edit.to(
                            soon(
                                head.request(
                                    new Head.Request.RollBack(sequence, user, time.instant()))),
                            "⏪ " + person(user) + " rolls back " + name + ".");
                    case ALREADY -> Edit.look(name + " is on its way back already.");
                    case IS_ROLLBACK ->
                        Edit.nothing(name + " is itself the way back, and is never undone.");
                    case NOTHING_BEFORE ->
                        Edit.nothing(
                            "Nothing is known that ran before "
                                + name
                                + ", so there is nothing to go back to.");
                    case NOT_CURRENT ->
                        Edit.nothing(
                            name
                                + " is not what "
                                + code(service.brief())
                                + " runs any more; see `/slipway status "
                                + escape(service.brief())
                                + "`.");
                  });
      log.info("roll back asked for", "user", user, "answer", reply.text());
      return reply;
    }
  }

  /** The head's copy of what is in flight is as new as the head. */
  private static Deployment current(Head head, Deployment deployment) {
    return head.inFlight()
        .filter(flying -> flying.sequence() == deployment.sequence())
        .orElse(deployment);
  }

  /** If the look is lost, the clock sends another. */
  private Head soon(Head head) {
    Instant now = time.instant();
    return head.due() != null && head.due().isBefore(now) ? head : head.due(now);
  }

  /**
   * What becomes of a head.
   *
   * @param head as it shall be; empty if it stays
   * @param release digests that leave quarantine
   * @param look whether there may be something to do now
   */
  private record Edit(Optional<Head> head, List<Digest> release, Reply reply, boolean look) {

    static Edit to(Head head, String words) {
      return new Edit(Optional.of(head), List.of(), Reply.toAll(words), true);
    }

    /** Out of quarantine, and nothing more. */
    static Edit released(Head head, List<Digest> digests, String words) {
      return new Edit(Optional.of(head), digests, Reply.toAll(words), false);
    }

    static Edit nothing(String words) {
      return new Edit(Optional.empty(), List.of(), Reply.toAsker(words), false);
    }

    /** Nothing to write, but the look may be what got lost the first time. */
    static Edit look(String words) {
      return new Edit(Optional.empty(), List.of(), Reply.toAsker(words), true);
    }
  }

  private Reply edit(ServiceRef service, Function<Head, Edit> decide) {
    for (int tries = 1; ; tries++) {
      Head head = ledger.head(service);
      if (head.version() == 0) {
        return Reply.toAsker(unknown(service));
      }
      Edit edit = decide.apply(head);
      try {
        if (edit.head().isPresent()) {
          ledger.write(
              new Ledger.Change(head, edit.head().get(), List.of(), List.of(), edit.release()));
        }
        if (edit.look()) {
          lanes.look(List.of(service), "person");
        }
        return edit.reply();
      } catch (HeadChangedException e) {
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }
}
