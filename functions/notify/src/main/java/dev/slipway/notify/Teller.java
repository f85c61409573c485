package dev.slipway.notify;

import dev.slipway.aws.AwsException;
import dev.slipway.chat.Plain;
import dev.slipway.chat.Telling;
import dev.slipway.chat.WaitingCard;
import dev.slipway.deployment.Head;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.slack.SlackException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Keeps messages true. A change in the ledger is only the cause to ask: what the message should say
 * is read from the ledger as it stands, so records that come late, twice or in another order cannot
 * put an old state over a newer one. One at a time works on a message: it writes its claim before
 * it asks Slack, and what Slack answered afterwards; who finds it claimed leaves word to look
 * again.
 *
 * <p>What Slack does not take stays due and is tried again by later invocations, after 1, 2, 4, 8
 * and then every 15 minutes. Steps in between are skipped, since only the present state is drawn;
 * the last word is kept until it is said, or the item expires.
 */
final class Teller {

  /** Longer than the function may run, so that a claim ends only when its holder is gone. */
  static final Duration CLAIM = Duration.ofSeconds(90);

  private static final Duration SOON = Duration.ofMinutes(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);
  private static final int TRIES = 6;

  private final Ledger ledger;
  private final MessageStore store;
  private final Contents contents;
  private final Handover handover;
  private final Delivery delivery;
  private final boolean operators;
  private final InstantSource time;
  private final Supplier<String> nonces;
  private final Log log;
  private final Metrics metrics;

  /**
   * @param defaultChannel for services that name none; may be empty
   * @param operators whether anybody may act from chat: without, no button is drawn
   */
  Teller(
      Ledger ledger,
      MessageStore store,
      String defaultChannel,
      boolean operators,
      InstantSource time,
      Supplier<String> nonces,
      Log log,
      Metrics metrics) {
    this.ledger = ledger;
    this.store = store;
    this.contents = new Contents(ledger, defaultChannel, operators, time, log);
    this.handover = new Handover(ledger, store, contents, time);
    this.delivery = new Delivery(defaultChannel, log);
    this.operators = operators;
    this.time = time;
    this.nonces = nonces;
    this.log = log;
    this.metrics = metrics;
  }

  /**
   * Makes a deployment's message say what the ledger says.
   *
   * @param rollback sequence of the deployment that goes back from this one, if the caller knows
   */
  void refresh(Voice voice, Circuit circuit, ServiceRef service, long sequence, long rollback) {
    MessageKey key = MessageKey.deployment(service, sequence);
    bring(voice, circuit, key, item -> item.rollback(rollback));
  }

  /**
   * Makes the message of what waits in a service say what the ledger says. What waits no more gives
   * its message to what came of it.
   *
   * @param begins whether nothing waited before
   */
  void waits(Voice voice, Circuit circuit, ServiceRef service, boolean begins) {
    if (voice instanceof Voice.Silent && begins) {
      Head head = ledger.head(service);
      WaitingCard.of(head, contents.accountHold(head))
          .ifPresent(card -> log.info(Plain.line(card)));
    }
    bring(voice, circuit, MessageKey.waiting(service), item -> item);
  }

  /** Tells of a push that changed nothing, once. */
  void tell(Voice voice, Circuit circuit, PushRecord push) {
    if (!Telling.tells(push)) {
      return;
    }
    String channel = contents.channel(push.audience());
    if (voice instanceof Voice.Bot && channel.isEmpty()) {
      log.warn("a push is not told", "reason", Contents.NO_CHANNEL);
      return;
    }
    Handover.Successor told = handover.turnedDown(push);
    MessageItem waiting = store.read(MessageKey.waiting(push.service()));
    if (waiting.posted().isPresent()
        && !waiting.claimed(time.instant())
        && Wishes.of(waiting).became(push)) {
      handover.give(waiting, told);
    }
    bring(voice, circuit, told.key(), told.noted());
  }

  /** Tries again what is due, until Slack has had enough. */
  void sweep(Voice voice, Circuit circuit, int limit) {
    if (voice instanceof Voice.Silent) {
      return;
    }
    for (MessageKey key : store.due(time.instant(), limit)) {
      if (!circuit.closed()) {
        return;
      }
      bring(voice, circuit, key, item -> item);
    }
  }

  /** The card before this deployment's, whose button may have become, or ceased to be, of use. */
  void refreshNeighbour(Voice voice, Circuit circuit, ServiceRef service, long sequence) {
    if (operators && voice instanceof Voice.Bot) {
      store
          .newestBefore(service, sequence)
          .ifPresent(key -> bring(voice, circuit, key, item -> item));
    }
  }

  /**
   * @param noted what the caller knows goes into the item
   */
  private void bring(
      Voice voice, Circuit circuit, MessageKey key, UnaryOperator<MessageItem> noted) {
    if (voice instanceof Voice.Silent) {
      return;
    }
    for (int tries = 0; tries < TRIES; tries++) {
      MessageItem read = store.read(key);
      MessageItem item = noted.apply(read);
      Instant now = time.instant();
      if (read.claimed(now)) {
        if (leaveWord(read, item, now)) {
          return;
        }
        continue;
      }
      Wanted wanted;
      if (key.isWaiting()) {
        Head head = ledger.head(key.service());
        switch (handover.passOn(read, head)) {
          case Handover.Passed.Given(var successor) -> {
            successor.ifPresent(next -> bring(voice, circuit, next.key(), next.noted()));
            continue;
          }
          case Handover.Passed.Lost() -> {
            continue;
          }
          case Handover.Passed.Later() -> {
            return;
          }
          case Handover.Passed.Kept() -> {
            // goes on below
          }
        }
        wanted = contents.wantedWaiting(voice, read, head);
        if (wanted instanceof Wanted.Said && !head.waiting().isEmpty()) {
          item = item.content(Wishes.of(head).content());
        }
      } else {
        wanted = contents.wanted(voice, item);
      }
      if (wanted instanceof Wanted.Later(Instant at)) {
        if (at.equals(read.due()) || store.write(item.released(at), now).isPresent()) {
          return;
        }
        continue;
      }
      if (!(wanted instanceof Wanted.Said said && work(item, said))) {
        if (settle(read, item, wanted, now)) {
          return;
        }
        continue;
      }
      if (!circuit.closed() || voice instanceof Voice.Unknown) {
        if (store.write(item.released(later(item, now)), now).isPresent()) {
          metrics.count("MessagesPostponed");
          return;
        }
        continue;
      }
      Optional<MessageItem> claimed =
          store.write(item.claimedBy(nonces.get(), now.plus(CLAIM)), now);
      if (claimed.isPresent() && !say(voice, circuit, claimed.get(), said)) {
        return;
      }
    }
    // Whoever is always faster brings it up to date.
    log.warn("message is always written by others first", "message", key.pk() + " " + key.sk());
  }

  /** Its holder sees the word when it is done; if it never is, the message is due. */
  private boolean leaveWord(MessageItem read, MessageItem item, Instant now) {
    return (read.again() && item.equals(read))
        || store.write(item.wantedAgain(read.claimedUntil()), now).isPresent();
  }

  /** Nothing is left to do: it waits no more. Most records end here, without a write. */
  private boolean settle(MessageItem read, MessageItem item, Wanted wanted, Instant now) {
    if (wanted instanceof Wanted.Nothing nothing) {
      log.debug("nothing is said", "reason", nothing.why());
    }
    boolean asItIs =
        item.equals(read) && read.due() == null && read.attempts() == 0 && !read.again();
    return read.version() == 0
        || asItIs
        || store.write(item.released(null).attempts(0), now).isPresent();
  }

  private static Instant later(MessageItem item, Instant now) {
    return item.due() != null && item.due().isAfter(now) ? item.due() : now.plus(SOON);
  }

  private static boolean work(MessageItem item, Wanted.Said said) {
    boolean told = item.posted().isPresent() || !item.shown().isEmpty();
    return (!told && said.post())
        || (told && !item.shown().equals(said.hash()))
        || ((told || said.post()) && said.reply().isPresent());
  }

  /** Whether it has to be looked at again at once. */
  private boolean say(Voice voice, Circuit circuit, MessageItem claimed, Wanted.Said said) {
    Delivery.Progress progress = new Delivery.Progress(claimed);
    MessageItem item = claimed;
    boolean again = false;
    Optional<SlackException> failure = attempt(() -> delivery.card(voice, progress, said));
    if (failure.isEmpty() && said.reply().isPresent() && voice instanceof Voice.Bot bot) {
      // Where the card stands is written down before anything else can go wrong.
      Optional<Kept> kept = keep(progress.in(item), claimed.claim(), progress);
      if (kept.isEmpty()) {
        return false;
      }
      item = kept.get().item();
      again = kept.get().again();
      failure = attempt(() -> Delivery.reply(bot.slack(), progress, said.reply().get()));
    }
    if (failure.isEmpty()) {
      progress.done(said);
    }
    if (failure.isPresent()) {
      failed(circuit, failure.get());
      int attempts = item.attempts() + 1;
      Instant next = time.instant().plus(pause(attempts, failure.get().retryAfter()));
      keep(progress.in(item).attempts(attempts).released(next), claimed.claim(), progress);
      return false;
    }
    Optional<Kept> kept =
        keep(progress.in(item).attempts(0).released(null), claimed.claim(), progress);
    return again || kept.map(Kept::again).orElse(false);
  }

  private Optional<SlackException> attempt(Runnable asks) {
    try {
      asks.run();
      return Optional.empty();
    } catch (SlackException e) {
      return Optional.of(e);
    } catch (AwsException e) {
      // The token is read on the way. That it cannot be is Slack's trouble, not the ledger's.
      return Optional.of(SlackException.notConfigured(e.getMessage()));
    }
  }

  private void failed(Circuit circuit, SlackException failure) {
    if (failure.closesTheDoor()) {
      circuit.breakIt();
    }
    log.warn(
        "Slack did not take a message; it is tried again later",
        "kind",
        failure.kind(),
        "error",
        failure.getMessage());
    metrics.countForFunction("SlackFailures", "Kind", failure.kind().name());
  }

  static Duration pause(int attempts, Duration asked) {
    Duration pause = Duration.ofMinutes(1L << Math.min(attempts - 1, 10));
    Duration bounded = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    return bounded.compareTo(asked) > 0 ? bounded : asked;
  }

  /**
   * @param again whether somebody has asked for another look meanwhile
   */
  private record Kept(MessageItem item, boolean again) {}

  /**
   * Writes what was reached, over whatever word others have left meanwhile.
   *
   * @return empty if the claim has passed to somebody else, and nobody can say any more what Slack
   *     shows: then it is drawn again soon
   */
  private Optional<Kept> keep(MessageItem next, String claim, Delivery.Progress progress) {
    MessageItem item = next;
    boolean again = false;
    for (int tries = 0; tries < TRIES; tries++) {
      Instant now = time.instant();
      Optional<MessageItem> written = store.write(item, now);
      if (written.isPresent()) {
        return Optional.of(new Kept(written.get(), again));
      }
      MessageItem fresh = store.read(next.key());
      if (!fresh.claim().equals(claim)) {
        store.write(progress.atLeast(fresh).released(now.plus(SOON)), now);
        return Optional.empty();
      }
      again = again || fresh.again();
      item = next.version(fresh.version()).rollback(fresh.rollback());
      if (again && item.due() == null) {
        // Should this process end before it has looked again, somebody else will.
        item = item.released(now.plus(SOON));
      }
    }
    return Optional.empty();
  }
}
