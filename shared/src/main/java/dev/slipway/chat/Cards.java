package dev.slipway.chat;

import static dev.slipway.chat.Mrkdwn.code;
import static dev.slipway.chat.Mrkdwn.codeBlock;
import static dev.slipway.chat.Mrkdwn.day;
import static dev.slipway.chat.Mrkdwn.duration;
import static dev.slipway.chat.Mrkdwn.escape;
import static dev.slipway.chat.Mrkdwn.fit;
import static dev.slipway.chat.Mrkdwn.person;
import static dev.slipway.chat.Mrkdwn.sentence;
import static dev.slipway.chat.Mrkdwn.time;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.NextStep;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.follow.ServiceRef;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Json;
import dev.slipway.slack.Message;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.AlarmsInUse.Alarm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a deployment looks like in Slack. Pure: the same deployment gives the same message, so that
 * an unchanged one is not sent again. Times come from the deployment, never from a clock.
 *
 * @see <a href="https://docs.slack.dev/reference/block-kit/blocks">limits of blocks</a>
 */
public final class Cards {

  static final int HEADER = 150;
  static final int SECTION = 3000;
  static final int CONTEXT = 2000;
  static final int TEXT = 3000;
  private static final int DETAIL = 1500;
  private static final int IMAGE_LINES = 10;

  /** Sections for the lines of a log, and characters of a line: 20 long ones fit. */
  private static final int LOG_SECTIONS = 4;

  private static final int LOG_LINE = 490;

  private Cards() {}

  /**
   * The one card of a deployment.
   *
   * @param rollback the deployment that goes back from this one, if there is one: its progress is
   *     told here
   * @param button whether "Roll back" is offered
   */
  public static Message deployment(
      Deployment deployment, Optional<Deployment> rollback, boolean button) {
    Blocks blocks = new Blocks();
    boolean stuck = rollback.map(back -> back.status() == Status.FAILED).orElse(false);
    boolean overtaken =
        deployment.status() == Status.ROLLED_BACK
            && !deployment.reason().byPerson()
            && rollback.map(back -> back.status() == Status.SUPERSEDED).orElse(false);
    String words =
        " "
            + (overtaken ? "failed, and somebody else deployed over it" : words(deployment))
            + (stuck && deployment.status() == Status.FAILED ? " and could not go back" : "");
    // A long name is cut, so that what became of it can still be read.
    String title =
        emoji(deployment.status())
            + " "
            + fit(deployment.service().brief(), HEADER - 4 - words.length())
            + words;
    blocks.header(title);
    blocks.section(images(deployment));
    blocks.section(why(deployment));
    progress(deployment).ifPresent(blocks::section);
    alarms(deployment).ifPresent(blocks::section);
    if (!saysWhatCameOfIt(deployment, rollback)) {
      wayBack(deployment, rollback).ifPresent(blocks::section);
    }
    blocks.context(trigger(deployment), timing(deployment), "#" + deployment.sequence());
    if (button) {
      blocks.rollBackButton(deployment);
    }
    StringJoiner text = new StringJoiner(" · ");
    text.add(escape(title)).add(escape(change(deployment)));
    wayBack(deployment, rollback)
        .or(() -> worthALine(deployment) ? Optional.of(why(deployment)) : Optional.empty())
        .ifPresent(line -> text.add(plainLine(line)));
    return new Message(fit(text.toString(), TEXT), blocks.all);
  }

  /**
   * A deployment in one line of a list: what became of it, why, by whom, and when; in mrkdwn.
   *
   * @param rollback as for its card
   */
  public static String line(Deployment deployment, Optional<Deployment> rollback) {
    StringJoiner line = new StringJoiner(" · ");
    line.add(
        emoji(deployment.status())
            + " #"
            + deployment.sequence()
            + " "
            + (deployment.reason() == Reason.BASELINE ? "first seen" : words(deployment))
            + who(deployment, rollback));
    line.add(code(fitRaw(change(deployment), 200)));
    Optional<String> cause =
        deployment
            .diagnosis()
            .filter(_ -> Telling.explains(deployment))
            .map(diagnosis -> fit(escape(diagnosis.cause()).replace('\n', ' '), 200));
    String reason = deployment.reason().text();
    if (worthALine(deployment) && !cause.map(words -> says(words, reason)).orElse(false)) {
      line.add(reason);
    }
    cause.ifPresent(line::add);
    return line.add(trigger(deployment, Mrkdwn::day)).toString();
  }

  private static String who(Deployment deployment, Optional<Deployment> rollback) {
    return deployment.status() == Status.ROLLED_BACK
        ? who(deployment.rolledBackBy(), rollback.map(Cards::requester).orElse(""))
        : "";
  }

  /**
   * Why it failed, for the thread of its card.
   *
   * @throws java.util.NoSuchElementException if there is no diagnosis
   */
  public static Message failure(Deployment deployment) {
    Diagnosis diagnosis = deployment.diagnosis().orElseThrow();
    Blocks blocks = new Blocks();
    String cause = escape(diagnosis.cause());
    blocks.section("*Cause:* " + stopped(fit(cause, DETAIL)));
    if (!diagnosis.advice().isEmpty()) {
      blocks.section("*What to do:* " + stopped(fit(escape(diagnosis.advice()), DETAIL)));
    }
    if (!diagnosis.evidence().isEmpty()) {
      blocks.section("*Evidence*\n" + bullets(diagnosis.evidence()));
    }
    if (!diagnosis.events().isEmpty()) {
      blocks.section("*What ECS said*\n" + bullets(diagnosis.events()));
    }
    if (!diagnosis.logs().isEmpty() && deployment.audience().logs()) {
      String of =
          diagnosis.container().isEmpty() ? "" : " of " + code(fitRaw(diagnosis.container(), 255));
      lastLines("*Last log lines*" + of, diagnosis.logs()).forEach(blocks::section);
    }
    return new Message(
        fit(escape(deployment.service().brief() + " failed: ") + cause, TEXT), blocks.all);
  }

  /**
   * An answer of any length: a section for each paragraph, and more where one is too long, so that
   * nothing is cut in the middle.
   *
   * @param mrkdwn lines; an empty one parts paragraphs
   */
  public static Message text(String mrkdwn) {
    Blocks blocks = new Blocks();
    for (String paragraph : mrkdwn.split("\n\n")) {
      StringBuilder section = new StringBuilder();
      for (String line : paragraph.split("\n")) {
        String fitting = fit(line, SECTION);
        if (!section.isEmpty() && section.length() + 1 + fitting.length() > SECTION) {
          blocks.section(section.toString());
          section.setLength(0);
        }
        section.append(section.isEmpty() ? "" : "\n").append(fitting);
      }
      blocks.section(section.toString());
    }
    return new Message(fit(mrkdwn, TEXT), blocks.all);
  }

  /**
   * What waits in a service for its turn, and for what. It becomes the card of its deployment.
   *
   * @param head in which something waits
   * @param accountHold the hold over everything, if there is one
   * @return empty while nobody has looked what it waits for
   */
  public static Optional<Message> waiting(Head head, Optional<Hold> accountHold) {
    return waitsFor(head, accountHold)
        .map(why -> {
          Blocks blocks = new Blocks();
          String words = " waits";
          String title = "⏸️ " + fit(head.service().brief(), HEADER - 4 - words.length()) + words;
          List<Wanted> wishes = List.copyOf(head.waiting().byRepository().values());
          blocks.header(title);
          blocks.section(
              joined(wishes.stream().map(wish -> image(wish.image(), true)).toList(), IMAGE_LINES));
          blocks.section(why);
          blocks.context(
              wishes.stream()
                  .map(wish -> trigger(wish.trigger(), 0, Mrkdwn::day))
                  .distinct()
                  .toArray(String[]::new));
          String what =
              wishes.stream()
                  .map(wish -> escape(wish.image().brief()))
                  .collect(Collectors.joining(", "));
          return new Message(
              fit(escape(title) + " · " + what + " · " + plainLine(why), TEXT), blocks.all);
        });
  }

  /** What waited and neither began nor was turned down with a reason. */
  public static Message waitsNoMore(ServiceRef service, String image) {
    return text(
        "ℹ️ *" + escape(service.brief()) + "*: " + code(fitRaw(image, 400)) + " waits no more.");
  }

  private static Optional<String> waitsFor(Head head, Optional<Hold> accountHold) {
    String because = head.waiting().because();
    if (head.inFlight().isPresent()) {
      Deployment ahead = head.inFlight().get();
      return Optional.of(
          "Waits until "
              + (ahead.isRollback() ? "the way back to " : "")
              + code(ahead.to().isEmpty() ? "what ran before" : fitRaw(ahead.to().brief(), 400))
              + " (#"
              + ahead.sequence()
              + ") has ended.");
    }
    if (head.hold().isPresent()) {
      return Optional.of(
          held("The service", head.hold().get())
              + "`/slipway resume "
              + escape(head.service().brief())
              + "` lets it go.");
    }
    if (accountHold.isPresent()) {
      return Optional.of(
          held("Everything", accountHold.get()) + "`/slipway resume all` lets it go.");
    }
    // A hold that is lifted is no reason any more: the look that finds the next is on its way.
    return because.isEmpty() || because.startsWith(NextStep.HELD)
        ? Optional.empty()
        : Optional.of("Waits: " + stopped(fit(escape(because), DETAIL)));
  }

  private static String held(String what, Hold hold) {
    String why =
        hold.why().isBlank() ? "." : ": " + stopped(fit(escape(hold.why()).strip(), DETAIL));
    return what + " is held by " + person(hold.by()) + " since " + day(hold.at()) + why + " ";
  }

  /** A push that changed nothing for a follower, and why. */
  public static Message push(PushRecord push) {
    Blocks blocks = new Blocks();
    String symbol =
        switch (push.reason().weight()) {
          case BAD -> "⚠️";
          case QUIET, GOOD, NOTICE -> "ℹ️";
        };
    String does = push.isWayBack() ? " does not go back to " : " does not take ";
    String what = push.image().isEmpty() ? "a push" : code(fitRaw(push.image(), 400));
    String line =
        symbol
            + " *"
            + escape(push.service().brief())
            + "*"
            + does
            + what
            + askedFor(push.trigger())
            + ": "
            + push.reason().text()
            + ".";
    String detail = asSentence(fit(escape(push.detail()).strip(), DETAIL));
    blocks.section((detail.isEmpty() ? line : line + " " + stopped(detail)) + letItCome(push));
    String text =
        symbol
            + " "
            + escape(push.service().brief())
            + does
            + escape(push.image().isEmpty() ? "a push" : push.image())
            + askedFor(push.trigger())
            + ": "
            + push.reason().text();
    return new Message(fit(text, TEXT), blocks.all);
  }

  /** How a digest leaves quarantine. */
  private static String letItCome(PushRecord push) {
    return push.reason() != Reason.QUARANTINED || push.digest().isEmpty()
        ? ""
        : " If the image was not to blame: `/slipway release "
            + escape(push.service().brief())
            + " "
            + new Digest(push.digest()).brief()
            + "`.";
  }

  // ---- the lines of a card

  private static String emoji(Status status) {
    return switch (status) {
      case PREPARING -> "⏳";
      case ROLLING_OUT -> "🚀";
      case BAKING -> "🔎";
      case ROLLING_BACK -> "⏪";
      case SUCCEEDED -> "✅";
      case FAILED -> "❌";
      case ROLLED_BACK -> "🔙";
      case SUPERSEDED -> "⏩";
    };
  }

  private static String words(Deployment deployment) {
    boolean back = deployment.isRollback();
    // What a person takes back need not have failed.
    String failed = deployment.reason().byPerson() ? "" : "failed and ";
    return switch (deployment.status()) {
      case PREPARING -> back ? "is about to go back" : "is about to roll out";
      case ROLLING_OUT ->
          Progress.waitsForPerson(deployment.rollout(), back)
              ? "waits for a person"
              : back ? "is going back" : "is rolling out";
      case BAKING -> "is out and being watched";
      case ROLLING_BACK -> failed + "is going back";
      case SUCCEEDED -> back ? "went back" : "deployed";
      case FAILED -> back ? "could not go back" : "failed";
      case ROLLED_BACK -> failed + "was rolled back";
      case SUPERSEDED -> "was superseded";
    };
  }

  private static boolean worthALine(Deployment deployment) {
    return switch (deployment.status()) {
      case ROLLING_BACK, FAILED, ROLLED_BACK, SUPERSEDED -> true;
      case PREPARING, ROLLING_OUT, BAKING, SUCCEEDED -> false;
    };
  }

  /** {@code team/app:v1 → team/app:v2}, without any markup. */
  private static String change(Deployment deployment) {
    String from = deployment.from().briefBeside(deployment.to());
    String to = deployment.to().briefBeside(deployment.from());
    if (from.isEmpty() || from.equals(to)) {
      return to.isEmpty() ? "no image" : to;
    }
    return from + " → " + (to.isEmpty() ? "no image" : to);
  }

  private static String images(Deployment deployment) {
    ImageSet from = deployment.from();
    ImageSet to = deployment.to();
    if (to.isEmpty()) {
      return from.isEmpty() ? "No image is known." : "From " + code(from.brief());
    }
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, Image> entry : to.byContainer().entrySet()) {
      Image before = from.byContainer().get(entry.getKey());
      Image after = entry.getValue();
      // A tag that was moved reads the same before and after: then the digests tell them apart.
      boolean moved =
          before != null
              && before.brief().equals(after.brief())
              && !before.digest().equals(after.digest());
      String line =
          before == null || before.equals(after)
              ? image(after, true)
              : image(before, moved) + " → " + image(after, true);
      lines.add(to.byContainer().size() == 1 ? line : "*" + escape(entry.getKey()) + "* " + line);
    }
    return joined(lines, IMAGE_LINES);
  }

  private static String image(Image image, boolean digest) {
    return code(image.brief())
        + (digest && !image.tag().isEmpty()
            ? " (" + image.digest().brief().substring(7) + ")"
            : "");
  }

  private static String why(Deployment deployment) {
    Instant bakes = deployment.rollout().bakeUntil();
    if (deployment.status() == Status.BAKING && bakes != null) {
      String done = stopped(fit(escape(deployment.detail()).strip(), DETAIL));
      String watched = sentence(deployment.reason().text()) + ", until " + time(bakes) + ".";
      return done.isEmpty() ? watched : done + " " + watched;
    }
    String reason = reason(deployment.reason(), deployment.detail());
    Optional<String> cause =
        deployment
            .diagnosis()
            .filter(diagnosis -> Telling.explains(deployment))
            .map(diagnosis -> fit(escape(diagnosis.cause()), DETAIL / 2));
    if (cause.isEmpty()) {
      return reason;
    }
    String more = beyond(reason, cause.get());
    return more + (more.isEmpty() ? "" : "\n") + "*Cause:* " + stopped(cause.get());
  }

  /** Without the sentences of a reason that its cause says as well: alarms, hooks, deadlines. */
  private static String beyond(String reason, String cause) {
    return Arrays.stream(reason.split("(?<=\\.) "))
        .filter(sentence -> !says(cause, sentence.replaceFirst("\\.$", "")))
        .collect(Collectors.joining(" "));
  }

  private static boolean says(String text, String words) {
    return text.toLowerCase(Locale.ROOT).contains(words.toLowerCase(Locale.ROOT));
  }

  /** The reason, and what is known beside it; a detail that has the reason in it is enough. */
  private static String reason(Reason reason, String detail) {
    String words = fit(escape(detail).strip(), DETAIL);
    String text = sentence(reason.text());
    return words.isEmpty()
        ? text + "."
        : (says(words, reason.text()) ? "" : text + ". ") + stopped(words);
  }

  /** With a full stop, unless it ends with a mark of its own. */
  private static String stopped(String sentence) {
    return sentence.isEmpty() || ".!?:…".indexOf(sentence.charAt(sentence.length() - 1)) >= 0
        ? sentence
        : sentence + ".";
  }

  private static Optional<String> progress(Deployment deployment) {
    Rollout rollout = deployment.rollout();
    boolean moving =
        switch (deployment.status()) {
          case ROLLING_OUT, BAKING -> true;
          case PREPARING, ROLLING_BACK, SUCCEEDED, FAILED, ROLLED_BACK, SUPERSEDED -> false;
        };
    return moving
        ? Optional.of(Progress.of(deployment.service(), rollout, deployment.isRollback()))
            .filter(line -> !line.isEmpty())
        : Optional.empty();
  }

  /** What a person has to know of the alarms: those that were on before it began. */
  private static Optional<String> alarms(Deployment deployment) {
    AlarmsInUse alarms = deployment.alarms();
    List<String> lines = new ArrayList<>();
    List<Alarm> on = alarms.onAtStart();
    if (!on.isEmpty()) {
      boolean one = on.size() == 1;
      lines.add(
          "⚠️ "
              + code(fitRaw(AlarmsInUse.names(on), 400))
              + (one ? " was" : " were")
              + " in ALARM already when the rollout began. Slipway ignores "
              + (one ? "it until it has" : "them until they have")
              + " left that state."
              + (alarms.keepsEcsFromWatching()
                  ? deployment.rollout().codeDeployId().isPresent()
                      ? " CodeDeploy does not: it stops what begins while an alarm of its group is"
                          + " in ALARM."
                          + (deployment.status() == Status.ROLLED_BACK
                              ? " Release the image when that is over."
                              : "")
                      : " ECS itself watches no alarm in such a rollout"
                          + (on.size() < alarms.alarms().size()
                              ? "; Slipway watches the others."
                              : ".")
                  : ""));
    }
    if (!alarms.problem().isEmpty()) {
      lines.add("⚠️ " + fit(escape(alarms.problem()), DETAIL / 2));
    }
    return lines.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", lines));
  }

  /** What became of going back, in the card of what failed. */
  private static Optional<String> wayBack(Deployment deployment, Optional<Deployment> rollback) {
    if (rollback.isPresent()) {
      Deployment back = rollback.get();
      String target = code(target(back.to(), deployment));
      return Optional.of(
          switch (back.status()) {
            case PREPARING -> "⏪ Going back to " + target + asked(back) + "." + instead(back);
            case ROLLING_OUT, BAKING, ROLLING_BACK -> {
              String tasks = Progress.of(back.service(), back.rollout(), true);
              yield "⏪ Going back to "
                  + target
                  + asked(back)
                  + (tasks.isEmpty() || !back.instead().isEmpty() ? "." : "")
                  + instead(back)
                  + (tasks.isEmpty() ? "" : "\n" + tasks);
            }
            case SUCCEEDED ->
                "🔙 Rolled back to "
                    + target
                    + notTo(deployment, back)
                    + took(back.createdAt(), back.finishedAt())
                    + who(deployment.rolledBackBy(), requester(back))
                    + "."
                    + instead(back);
            case FAILED, ROLLED_BACK ->
                "❌ *The way back to "
                    + target
                    + " failed as well; a person is needed.*"
                    + whyNotBack(deployment, back);
            case SUPERSEDED ->
                "⏩ The way back to " + target + " was superseded: " + back.reason().text() + ".";
          });
    }
    String target = code(target(deployment.from(), deployment));
    return switch (deployment.status()) {
      case ROLLING_BACK ->
          Optional.of("⏪ Going back to " + target + who(deployment.rolledBackBy(), "") + ".");
      case ROLLED_BACK ->
          Optional.of("🔙 Rolled back to " + target + who(deployment.rolledBackBy(), "") + ".");
      case PREPARING, ROLLING_OUT, BAKING, SUCCEEDED, FAILED, SUPERSEDED -> Optional.empty();
    };
  }

  /** A tag that was moved names what failed, too. */
  private static String target(ImageSet images, Deployment failed) {
    return images.isEmpty() ? "what ran before" : images.briefBeside(failed.to());
  }

  /** Whether the card of what failed says already what came of going back, and why. */
  private static boolean saysWhatCameOfIt(Deployment failed, Optional<Deployment> rollback) {
    return rollback
        .filter(back ->
            switch (back.status()) {
              case FAILED -> back.reason() == Reason.ROLLBACK_FAILED;
              case SUPERSEDED -> failed.status() == Status.ROLLED_BACK;
              case PREPARING, ROLLING_OUT, BAKING, ROLLING_BACK, ROLLED_BACK, SUCCEEDED -> false;
            })
        .map(back -> back.detail().strip())
        .filter(detail -> !detail.isEmpty() && says(failed.detail(), detail))
        .isPresent();
  }

  /** That going back failed as well has been said; mostly the card says why, too. */
  private static String whyNotBack(Deployment failed, Deployment back) {
    String detail = back.detail().strip();
    boolean own = back.reason() == Reason.ROLLBACK_FAILED && !detail.isEmpty();
    if (own && says(failed.detail(), detail)) {
      return "";
    }
    String why = own ? stopped(asSentence(escape(detail))) : reason(back.reason(), back.detail());
    return " " + fit(why, DETAIL);
  }

  /** Not of ecs:UpdateService or v1.2.3, which are no words of a sentence. */
  private static String asSentence(String words) {
    return words.matches("(?s)[a-z]+ .*") ? sentence(words) : words;
  }

  /** What ran before need not be what is brought back: its image may be gone. */
  private static String notTo(Deployment deployment, Deployment back) {
    boolean same = deployment.from().isEmpty() || back.to().covers(deployment.from());
    return same || back.to().isEmpty() || !requester(back).isEmpty() || !back.instead().isEmpty()
        ? ""
        : ", not to " + code(deployment.from().briefBeside(back.to())) + ", which ran before,";
  }

  /** Why a way back does not go where it was to go. */
  private static String instead(Deployment back) {
    return back.instead().isEmpty() ? "" : " " + stopped(fit(escape(back.instead()), DETAIL));
  }

  /**
   * @param requester the person, if it was one and is known
   */
  private static String who(RolledBackBy by, String requester) {
    return switch (by) {
      case NOBODY -> "";
      case ECS -> " by ECS";
      case CODE_DEPLOY -> " by CodeDeploy";
      case SLIPWAY -> " by Slipway";
      case PERSON -> " by " + (requester.isEmpty() ? "a person" : requester);
    };
  }

  private static String asked(Deployment rollback) {
    String requester = requester(rollback);
    return requester.isEmpty() ? "" : ", as " + requester + " asked";
  }

  private static String askedFor(Trigger trigger) {
    String requester = requester(trigger);
    return requester.isEmpty() ? "" : ", which " + requester + " asked for";
  }

  private static String requester(Deployment deployment) {
    return requester(deployment.trigger());
  }

  /** Who asked for it, ready for a message; empty if nobody did, or nobody knows. */
  private static String requester(Trigger trigger) {
    return switch (trigger.kind()) {
      case PERSON -> person(fitRaw(trigger.by(), 100));
      case PUSH, REPLICATION, RECONCILE, ROLLBACK -> "";
    };
  }

  private static String took(Instant from, Instant to) {
    return from == null || to == null ? "" : " in " + duration(Duration.between(from, to));
  }

  private static String trigger(Deployment deployment) {
    return trigger(deployment, Mrkdwn::time);
  }

  private static String trigger(Deployment deployment, Function<Instant, String> told) {
    return trigger(deployment.trigger(), deployment.rollbackOf(), told);
  }

  private static String trigger(Trigger trigger, long rollbackOf, Function<Instant, String> told) {
    String by = trigger.by().isEmpty() ? "" : " by " + person(fitRaw(trigger.by(), 100));
    String at = trigger.at() == null ? "" : " at " + told.apply(trigger.at());
    return switch (trigger.kind()) {
      case PUSH -> "pushed" + by + at;
      case REPLICATION -> "replicated" + by + at;
      case RECONCILE -> "found by the reconcile run" + at;
      // Nobody tells Slipway who deploys beside it.
      case PERSON -> by.isEmpty() ? "seen" + at : "asked for" + by + at;
      case ROLLBACK -> "way back from #" + rollbackOf + at;
    };
  }

  private static String timing(Deployment deployment) {
    if (deployment.reason() == Reason.CHANGED_ELSEWHERE
        && deployment.status() == Status.SUCCEEDED) {
      // It was seen when it was over.
      return "";
    }
    if (deployment.status().ended()) {
      String took = took(deployment.createdAt(), deployment.finishedAt());
      return took.isEmpty() ? "ended" : "took" + took.substring(" in".length());
    }
    return "started at " + time(deployment.createdAt());
  }

  private static String bullets(List<String> items) {
    return joined(
        items.stream()
            // A block of code would swallow the rest of the section.
            .map(item -> "• " + fit(escape(item).replace('\n', ' ').replace("```", "'''"), 600))
            .toList(),
        Integer.MAX_VALUE);
  }

  /** As many whole lines as fit into a section, and how many more there are. */
  private static String joined(List<String> lines, int most) {
    StringJoiner kept = new StringJoiner("\n");
    int told = 0;
    for (String line : lines) {
      if (told == most || kept.length() + line.length() > SECTION - 200) {
        break;
      }
      kept.add(line);
      told++;
    }
    if (told < lines.size()) {
      kept.add("… and " + (lines.size() - told) + " more");
    }
    return kept.toString();
  }

  /**
   * Sections with the lines as blocks of code. The end of a log says more than its beginning: what
   * does not fit is left out at the top.
   */
  private static List<String> lastLines(String title, List<String> logs) {
    int room = SECTION - 500;
    int first = logs.size();
    List<String> blocks = new ArrayList<>();
    while (first > 0 && blocks.size() < LOG_SECTIONS) {
      List<String> kept = new ArrayList<>();
      int length = 0;
      while (first > 0) {
        String line = fitRaw(logs.get(first - 1), LOG_LINE);
        // Escaping makes a text at most five times as long, so that one line always fits.
        int escaped = escape(line).length() + 1;
        if (length + escaped > room) {
          break;
        }
        length += escaped;
        kept.addFirst(line);
        first--;
      }
      blocks.addFirst(codeBlock(String.join("\n", kept)));
    }
    String left = first == 0 ? "" : "\n… " + first + " earlier left out";
    blocks.set(0, title + left + "\n" + blocks.getFirst());
    return blocks;
  }

  private static String fitRaw(String text, int most) {
    return fit(text, most);
  }

  /** One line without markup for the fallback text; it stays escaped. */
  private static String plainLine(String mrkdwn) {
    return mrkdwn.replace("*", "").replace("`", "").replace('\n', ' ');
  }

  /** Blocks within Slack's limits. */
  private static final class Blocks {
    private final ArrayNode all = Json.array();

    /** Plain text: Slack does not interpret it, so it must not be escaped. */
    private void header(String text) {
      ObjectNode block = all.addObject().put("type", "header");
      block
          .putObject("text")
          .put("type", "plain_text")
          .put("text", fit(text, HEADER))
          .put("emoji", true);
    }

    private void section(String mrkdwn) {
      ObjectNode block = all.addObject().put("type", "section");
      block.putObject("text").put("type", "mrkdwn").put("text", fit(mrkdwn, SECTION));
    }

    /** Parts that are empty are left out. */
    private void context(String... parts) {
      ObjectNode block = all.addObject().put("type", "context");
      block
          .putArray("elements")
          .addObject()
          .put("type", "mrkdwn")
          .put(
              "text",
              fit(
                  Arrays.stream(parts)
                      .filter(part -> !part.isEmpty())
                      .collect(Collectors.joining(" · ")),
                  CONTEXT));
    }

    private void rollBackButton(Deployment deployment) {
      ObjectNode button = all.addObject().put("type", "actions").putArray("elements").addObject();
      button.put("type", "button").put("action_id", RollBackButton.ACTION_ID);
      button.putObject("text").put("type", "plain_text").put("text", "Roll back");
      button.put("style", "danger");
      button.put(
          "value", new RollBackButton.Value(deployment.service(), deployment.sequence()).text());
      ObjectNode confirm = button.putObject("confirm");
      confirm.putObject("title").put("type", "plain_text").put("text", "Roll back?");
      confirm
          .putObject("text")
          .put("type", "plain_text")
          .put(
              "text",
              fit(
                  deployment.service().brief()
                      + " goes back to "
                      + target(deployment.from(), deployment)
                      + ".",
                  300));
      confirm.putObject("confirm").put("type", "plain_text").put("text", "Roll back");
      confirm.putObject("deny").put("type", "plain_text").put("text", "Leave it");
    }
  }
}
