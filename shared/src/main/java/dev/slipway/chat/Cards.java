package dev.slipway.chat;

import static dev.slipway.chat.Lines.DETAIL;
import static dev.slipway.chat.Lines.IMAGE_LINES;
import static dev.slipway.chat.Lines.asSentence;
import static dev.slipway.chat.Lines.image;
import static dev.slipway.chat.Lines.joined;
import static dev.slipway.chat.Lines.plainLine;
import static dev.slipway.chat.Lines.reason;
import static dev.slipway.chat.Lines.requester;
import static dev.slipway.chat.Lines.says;
import static dev.slipway.chat.Lines.stopped;
import static dev.slipway.chat.Mrkdwn.code;
import static dev.slipway.chat.Mrkdwn.duration;
import static dev.slipway.chat.Mrkdwn.escape;
import static dev.slipway.chat.Mrkdwn.fit;
import static dev.slipway.chat.Mrkdwn.sentence;
import static dev.slipway.chat.Mrkdwn.time;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.slack.Message;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.AlarmsInUse.Alarm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a deployment looks like in Slack. Pure: the same deployment gives the same message, so that
 * an unchanged one is not sent again. Times come from the deployment, never from a clock.
 */
public final class Cards {

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
            + fit(deployment.service().brief(), Blocks.HEADER - 4 - words.length())
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
      blocks.rollBackButton(deployment, target(deployment.from(), deployment));
    }
    StringJoiner text = new StringJoiner(" · ");
    text.add(escape(title)).add(escape(change(deployment)));
    wayBack(deployment, rollback)
        .or(() -> worthALine(deployment) ? Optional.of(why(deployment)) : Optional.empty())
        .ifPresent(line -> text.add(plainLine(line)));
    return new Message(fit(text.toString(), Blocks.TEXT), blocks.all);
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
    line.add(code(fit(change(deployment), 200)));
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
        ? who(deployment.rolledBackBy(), rollback.map(Lines::requester).orElse(""))
        : "";
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
        String fitting = fit(line, Blocks.SECTION);
        if (!section.isEmpty() && section.length() + 1 + fitting.length() > Blocks.SECTION) {
          blocks.section(section.toString());
          section.setLength(0);
        }
        section.append(section.isEmpty() ? "" : "\n").append(fitting);
      }
      blocks.section(section.toString());
    }
    return new Message(fit(mrkdwn, Blocks.TEXT), blocks.all);
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
    String from = replaced(deployment).briefBeside(deployment.to());
    String to = deployment.to().briefBeside(deployment.from());
    if (from.isEmpty() || from.equals(to)) {
      return to.isEmpty() ? "no image" : to;
    }
    return from + " → " + (to.isEmpty() ? "no image" : to);
  }

  /** What ran in the containers that change: those beside them are no news. */
  private static ImageSet replaced(Deployment deployment) {
    if (deployment.to().isEmpty()) {
      return deployment.from();
    }
    Map<String, Image> before = new TreeMap<>(deployment.from().byContainer());
    before.keySet().retainAll(deployment.to().byContainer().keySet());
    return new ImageSet(before);
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
              + code(fit(AlarmsInUse.names(on), 400))
              + (one ? " was" : " were")
              + " in ALARM already when the rollout began. Slipway ignores "
              + (one ? "it until it has" : "them until they have")
              + " left that state."
              + (alarms.keepsEcsFromWatching()
                  ? deployment.rollout().codeDeployId().isPresent()
                      ? " CodeDeploy does not: it stops what begins while an alarm of its group is"
                          + " in ALARM."
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

  private static String took(Instant from, Instant to) {
    return from == null || to == null ? "" : " in " + duration(Duration.between(from, to));
  }

  private static String trigger(Deployment deployment) {
    return trigger(deployment, Mrkdwn::time);
  }

  private static String trigger(Deployment deployment, Function<Instant, String> told) {
    return Lines.trigger(deployment.trigger(), deployment.rollbackOf(), told);
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
}
