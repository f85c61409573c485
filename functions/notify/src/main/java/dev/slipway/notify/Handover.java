package dev.slipway.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.chat.PushCard;
import dev.slipway.deployment.Head;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Gives the message of what waits no more to what came of it, so that there is one message from the
 * wish to its end.
 */
final class Handover {

  /**
   * Deployments, and pushes that changed nothing, among which is looked for what came of a wish.
   */
  private static final int LATELY = 10;

  private final Ledger ledger;
  private final MessageStore store;
  private final Contents contents;
  private final InstantSource time;

  Handover(Ledger ledger, MessageStore store, Contents contents, InstantSource time) {
    this.ledger = ledger;
    this.store = store;
    this.contents = contents;
    this.time = time;
  }

  /**
   * What came of a wish.
   *
   * @param key of its message
   * @param noted what goes into the item of that
   */
  record Successor(MessageKey key, UnaryOperator<MessageItem> noted) {}

  /** What became of the message of what waited. */
  sealed interface Passed {
    /** Something still waits, or nothing has come of it that needs a message. */
    record Kept() implements Passed {}

    /**
     * It is not the message of what waits any more.
     *
     * @param to whose it is now; empty if it said already that nothing waits
     */
    record Given(Optional<Successor> to) implements Passed {}

    /** Somebody else was quicker. */
    record Lost() implements Passed {}

    /** Somebody is at work on the message of what came of it. */
    record Later() implements Passed {}
  }

  /** The message is given away unless one of its wishes still waits in the head. */
  Passed passOn(MessageItem waiting, Head head) {
    if (waiting.posted().isEmpty() || Wishes.of(waiting).waitIn(head)) {
      return new Passed.Kept();
    }
    if (waiting.shown().equals(Contents.CLOSED)) {
      return forget(waiting, Optional.empty());
    }
    // Without one, a newer wish has taken its place, and its message.
    return successor(waiting)
        .map(successor -> give(waiting, successor))
        .orElseGet(Passed.Kept::new);
  }

  /**
   * The successor is written first: should this process end in between, it is found there with this
   * very message. One that has a message of its own leaves this one to say that nothing waits.
   */
  Passed give(MessageItem waiting, Successor successor) {
    Instant now = time.instant();
    MessageItem next = store.read(successor.key());
    boolean same = next.posted().equals(waiting.posted());
    if (!same && next.claimed(now)) {
      return store.write(waiting.released(next.claimedUntil()), now).isPresent()
          ? new Passed.Later()
          : new Passed.Lost();
    }
    if (!same && (next.posted().isPresent() || !next.shown().isEmpty())) {
      return new Passed.Kept();
    }
    if (!same
        && store
            .write(successor.noted().apply(next).as(waiting.posted(), "", false).released(now), now)
            .isEmpty()) {
      return new Passed.Lost();
    }
    return forget(waiting, Optional.of(successor));
  }

  private Passed forget(MessageItem waiting, Optional<Successor> to) {
    return store
            .write(
                waiting
                    .as(Optional.empty(), "", false)
                    .content(Json.object())
                    .attempts(0)
                    .released(null),
                time.instant())
            .isPresent()
        ? new Passed.Given(to)
        : new Passed.Lost();
  }

  private Optional<Successor> successor(MessageItem waiting) {
    Wishes wishes = Wishes.of(waiting);
    ServiceRef service = waiting.key().service();
    return ledger.deployments(service, LATELY).stream()
        .filter(wishes::became)
        .findFirst()
        .map(began -> new Successor(MessageKey.deployment(service, began.sequence()), item -> item))
        .or(() ->
            ledger.pushes(service, LATELY).stream()
                .filter(wishes::became)
                .findFirst()
                .map(this::turnedDown));
  }

  Successor turnedDown(PushRecord push) {
    ObjectNode content =
        PushCard.of(push).toJson().put("channel", contents.channel(push.audience()));
    return new Successor(
        MessageKey.push(push), item -> item.content().isPresent() ? item : item.content(content));
  }
}
