package dev.slipway.chat;

import static dev.slipway.chat.Lines.DETAIL;
import static dev.slipway.chat.Lines.IMAGE_LINES;
import static dev.slipway.chat.Lines.image;
import static dev.slipway.chat.Lines.joined;
import static dev.slipway.chat.Lines.plainLine;
import static dev.slipway.chat.Lines.stopped;
import static dev.slipway.chat.Lines.trigger;
import static dev.slipway.chat.Mrkdwn.code;
import static dev.slipway.chat.Mrkdwn.day;
import static dev.slipway.chat.Mrkdwn.escape;
import static dev.slipway.chat.Mrkdwn.fit;
import static dev.slipway.chat.Mrkdwn.person;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.NextStep;
import dev.slipway.follow.ServiceRef;
import dev.slipway.slack.Message;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The message of what waits. It becomes the card of the deployment that comes of it. */
public final class WaitingCard {

  private WaitingCard() {}

  /**
   * What waits in a service for its turn, and for what.
   *
   * @param head in which something waits
   * @param accountHold the hold over everything, if there is one
   * @return empty while nobody has looked what it waits for
   */
  public static Optional<Message> of(Head head, Optional<Hold> accountHold) {
    return waitsFor(head, accountHold)
        .map(why -> {
          Blocks blocks = new Blocks();
          String words = " waits";
          String title =
              "⏸️ " + fit(head.service().brief(), Blocks.HEADER - 4 - words.length()) + words;
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
              fit(escape(title) + " · " + what + " · " + plainLine(why), Blocks.TEXT), blocks.all);
        });
  }

  /** What waited and neither began nor was turned down with a reason. */
  public static Message noMore(ServiceRef service, String image) {
    return Cards.text(
        "ℹ️ *" + escape(service.brief()) + "*: " + code(fit(image, 400)) + " waits no more.");
  }

  private static Optional<String> waitsFor(Head head, Optional<Hold> accountHold) {
    String because = head.waiting().because();
    if (head.inFlight().isPresent()) {
      Deployment ahead = head.inFlight().get();
      return Optional.of(
          "Waits until "
              + (ahead.isRollback() ? "the way back to " : "")
              + code(ahead.to().isEmpty() ? "what ran before" : fit(ahead.to().brief(), 400))
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
}
