package dev.slipway.notify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.chat.Cards;
import dev.slipway.chat.FailureThread;
import dev.slipway.chat.RollBackButton;
import dev.slipway.chat.Telling;
import dev.slipway.chat.WaitingCard;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.image.Image;
import dev.slipway.ledger.Ledger;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.slack.Message;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** What each message has to say, as the ledger stands now. Changes nothing. */
final class Contents {

  /** What the item of a message that is never edited says when it is told. */
  private static final String TOLD = "told";

  /** What the item of what waited says when that waits no more. */
  static final String CLOSED = "closed";

  static final String NO_CHANNEL =
      "no channel is known: set the stack's parameter SlackChannel, or the service's tag"
          + " slipway.channel";

  private final Ledger ledger;
  private final String defaultChannel;
  private final boolean operators;
  private final InstantSource time;
  private final Log log;

  /**
   * @param defaultChannel for services that name none; may be empty
   * @param operators whether anybody may act from chat: without, no button is drawn
   */
  Contents(Ledger ledger, String defaultChannel, boolean operators, InstantSource time, Log log) {
    this.ledger = ledger;
    this.defaultChannel = defaultChannel;
    this.operators = operators;
    this.time = time;
    this.log = log;
  }

  /** Of a deployment, or of a push that changed nothing. */
  Wanted wanted(Voice voice, MessageItem item) {
    if (item.key().isPush()) {
      return wantedPush(item);
    }
    Optional<Deployment> found = ledger.deployment(item.key().service(), item.key().sequence());
    if (found.isEmpty()) {
      return new Wanted.Nothing("the deployment is not in the ledger");
    }
    Deployment deployment = found.get();
    boolean tells =
        Telling.tells(deployment.audience().level(), deployment.status(), deployment.reason());
    boolean told = item.posted().isPresent() || !item.shown().isEmpty();
    if (!tells && !told) {
      return new Wanted.Nothing("its service does not ask for it");
    }
    Optional<Deployment> back =
        item.rollback() == 0
            ? Optional.empty()
            : ledger.deployment(item.key().service(), item.rollback());
    Message card = Cards.deployment(deployment, back, button(voice, deployment));
    boolean backExplained = back.filter(Telling::explains).isPresent();
    // Why the way back failed is told with the failure, or, later, with the call for a person.
    boolean explains =
        !item.explained() && (Telling.explains(deployment) || (backExplained && !told));
    String calls = Telling.calls(deployment, back);
    // What an older version has posted, it has told in its own way.
    boolean uncalled = !calls.isEmpty() && item.called() != null && !item.called().equals(calls);
    // A message that is posted now is heard itself.
    boolean calling = uncalled && told;
    Optional<Wanted.Reply> reply =
        explains
            ? Optional.of(new Wanted.Reply(failure(deployment, back, calling), true, told))
            : calling
                ? Optional.of(
                    new Wanted.Reply(FailureThread.call(card, back.map(this::logs)), false, true))
                : Optional.empty();
    return switch (voice) {
      case Voice.Hook _ -> atTheEnd(deployment, back, card);
      case Voice.Bot _, Voice.Unknown _, Voice.Silent _ -> {
        String channel = channel(deployment.audience());
        if (channel.isEmpty() && !told) {
          log.warn("a deployment is not told", "reason", NO_CHANNEL);
          yield new Wanted.Nothing(NO_CHANNEL);
        }
        yield new Wanted.Said(channel, card, card.hash(), reply, calls, true);
      }
    };
  }

  /**
   * What is said through a webhook stays as it is: only an end is told, each kind of end once, and
   * its reason with it.
   */
  private Wanted atTheEnd(Deployment deployment, Optional<Deployment> back, Message card) {
    if (!deployment.status().ended()) {
      return new Wanted.Nothing("a webhook tells ends only");
    }
    Message whole = card;
    if (Telling.explains(deployment) || back.filter(Telling::explains).isPresent()) {
      whole = new Message(card.text(), card.blocks().deepCopy());
      whole.blocks().addAll(failure(deployment, back, false).blocks());
    }
    return new Wanted.Said("", whole, deployment.status().name());
  }

  /**
   * @param calls whether it calls for a person
   */
  private Message failure(Deployment deployment, Optional<Deployment> back, boolean calls) {
    Head head = ledger.head(deployment.service());
    List<Image> quarantined =
        deployment.to().byContainer().values().stream()
            .filter(image -> head.quarantined(image.digest()))
            .distinct()
            .toList();
    return FailureThread.of(logs(deployment), back.map(this::logs), quarantined, calls);
  }

  /** Log lines are read for a diagnosis alone, and only where they may be shown. */
  private Deployment logs(Deployment deployment) {
    return deployment.audience().logs() ? ledger.withLogs(deployment) : deployment;
  }

  /** Of what waits in a head, or waited in it. */
  Wanted wantedWaiting(Voice voice, MessageItem item, Head head) {
    boolean told = item.posted().isPresent();
    if (head.waiting().isEmpty()) {
      return told
          ? new Wanted.Said("", WaitingCard.noMore(head.service(), Wishes.of(item).brief()), CLOSED)
          : new Wanted.Nothing("nothing waits");
    }
    if (voice instanceof Voice.Hook) {
      return new Wanted.Nothing("a webhook tells ends only");
    }
    Optional<Hold> accountHold = accountHold(head);
    if (!told) {
      Optional<Instant> from = Telling.tells(head, accountHold.isPresent());
      if (from.isEmpty()) {
        return new Wanted.Nothing("its service does not ask for it");
      }
      // As the item keeps it.
      Instant at = from.get().truncatedTo(ChronoUnit.SECONDS);
      if (head.keepsWaiting() && at.isAfter(time.instant())) {
        return new Wanted.Later(at);
      }
    }
    Optional<Message> card =
        head.keepsWaiting() ? WaitingCard.of(head, accountHold) : Optional.empty();
    if (card.isEmpty()) {
      return new Wanted.Nothing("nobody has looked yet what it waits for");
    }
    String channel = channel(Telling.audience(head));
    if (channel.isEmpty() && !told) {
      log.warn("what waits is not told", "reason", NO_CHANNEL);
      return new Wanted.Nothing(NO_CHANNEL);
    }
    return new Wanted.Said(channel, card.get(), card.get().hash());
  }

  /** The hold over everything, where that is what keeps something waiting. */
  Optional<Hold> accountHold(Head head) {
    return head.inFlight().isPresent() || head.hold().isPresent()
        ? Optional.empty()
        : ledger.accountHold();
  }

  private static Wanted wantedPush(MessageItem item) {
    if (item.content().isEmpty()) {
      return new Wanted.Nothing("there is no such message");
    }
    ObjectNode content = item.content().get();
    Message message =
        new Message(
            Json.text(content, "text"),
            content.path("blocks") instanceof ArrayNode blocks ? blocks : Json.array());
    return new Wanted.Said(Json.text(content, "channel"), message, TOLD);
  }

  String channel(Audience audience) {
    return audience.channel().orElse(defaultChannel);
  }

  private boolean button(Voice voice, Deployment deployment) {
    boolean candidate =
        switch (deployment.status()) {
          case PREPARING, ROLLING_OUT, BAKING, SUCCEEDED -> true;
          case ROLLING_BACK, FAILED, ROLLED_BACK, SUPERSEDED -> false;
        };
    return operators
        && candidate
        && !(voice instanceof Voice.Hook)
        && RollBackButton.use(ledger.head(deployment.service()), deployment)
            == RollBackButton.Use.YES;
  }
}
