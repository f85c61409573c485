package dev.slipway.notify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.chat.Cards;
import dev.slipway.chat.Plain;
import dev.slipway.chat.RollBackButton;
import dev.slipway.chat.Telling;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.slack.Message;
import dev.slipway.slack.Slack;
import dev.slipway.slack.Slack.Posted;
import dev.slipway.slack.SlackException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
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

  /** What the item of a message that is never edited says when it is told. */
  private static final String TOLD = "told";

  /** What the item of what waited says when that waits no more. */
  private static final String CLOSED = "closed";

  /**
   * Deployments, and pushes that changed nothing, among which is looked for what came of a wish.
   */
  private static final int LATELY = 10;

  private static final String NO_CHANNEL =
      "no channel is known: set the stack's parameter SlackChannel, or the service's tag"
          + " slipway.channel";

  private final Ledger ledger;
  private final MessageStore store;
  private final String defaultChannel;
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
    this.defaultChannel = defaultChannel;
    this.operators = operators;
    this.time = time;
    this.nonces = nonces;
    this.log = log;
    this.metrics = metrics;
  }

  /** What a message should be, as things stand now. */
  private sealed interface Wanted {

    /** Nothing to say, or nobody to say it to. */
    record Nothing(String why) implements Wanted {}

    /** Nothing to say before then. */
    record Later(Instant at) implements Wanted {}

    /**
     * @param channel where, if it is not posted yet
     * @param hash of what it shows when it is said
     * @param reason for its thread, if there is one and it has not been told
     * @param post whether it is to be posted if it is not there
     */
    record Said(
        String channel, Message message, String hash, Optional<Message> reason, boolean post)
        implements Wanted {}
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
      Cards.waiting(head, accountHold(head)).ifPresent(card -> log.info(Plain.line(card)));
    }
    bring(voice, circuit, MessageKey.waiting(service), item -> item);
  }

  /** Tells of a push that changed nothing, once. */
  void tell(Voice voice, Circuit circuit, PushRecord push) {
    if (!Telling.tells(push)) {
      return;
    }
    String channel = channel(push.audience());
    if (voice instanceof Voice.Bot && channel.isEmpty()) {
      log.warn("a push is not told", "reason", NO_CHANNEL);
      return;
    }
    Successor told = turnedDown(push);
    MessageItem waiting = store.read(MessageKey.waiting(push.service()));
    if (waiting.posted().isPresent()
        && !waiting.claimed(time.instant())
        && Wishes.of(waiting).became(push)) {
      give(waiting, told);
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
        switch (passOn(voice, circuit, read, head)) {
          case GIVEN, LOST -> {
            continue;
          }
          case LATER -> {
            return;
          }
          case KEPT -> {
            // goes on below
          }
        }
        wanted = wantedWaiting(voice, read, head);
        if (wanted instanceof Wanted.Said && !head.waiting().isEmpty()) {
          item = item.content(Wishes.of(head).content());
        }
      } else {
        wanted = wanted(voice, item);
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
        || ((told || said.post()) && said.reason().isPresent());
  }

  // ---- what waits no more

  /**
   * What came of a wish.
   *
   * @param key of its message
   * @param noted what goes into the item of that
   */
  private record Successor(MessageKey key, UnaryOperator<MessageItem> noted) {}

  /** What became of the message of what waited. */
  private enum Passed {
    /** Something still waits, or nothing has come of it that needs a message. */
    KEPT,
    /** It is the message of what came of it now. */
    GIVEN,
    /** Somebody else was quicker. */
    LOST,
    /** Somebody is at work on the message of what came of it. */
    LATER
  }

  private Passed passOn(Voice voice, Circuit circuit, MessageItem waiting, Head head) {
    if (waiting.posted().isEmpty() || Wishes.of(waiting).waitIn(head)) {
      return Passed.KEPT;
    }
    if (waiting.shown().equals(CLOSED)) {
      return forget(waiting);
    }
    Optional<Successor> successor = successor(waiting);
    if (successor.isEmpty()) {
      // A newer wish has taken its place, and its message.
      return Passed.KEPT;
    }
    Passed passed = give(waiting, successor.get());
    if (passed == Passed.GIVEN) {
      bring(voice, circuit, successor.get().key(), successor.get().noted());
    }
    return passed;
  }

  /**
   * The successor is written first: should this process end in between, it is found there with this
   * very message. One that has a message of its own leaves this one to say that nothing waits.
   */
  private Passed give(MessageItem waiting, Successor successor) {
    Instant now = time.instant();
    MessageItem next = store.read(successor.key());
    boolean same = next.posted().equals(waiting.posted());
    if (!same && next.claimed(now)) {
      return store.write(waiting.released(next.claimedUntil()), now).isPresent()
          ? Passed.LATER
          : Passed.LOST;
    }
    if (!same && (next.posted().isPresent() || !next.shown().isEmpty())) {
      return Passed.KEPT;
    }
    if (!same
        && store
            .write(successor.noted().apply(next).as(waiting.posted(), "", false).released(now), now)
            .isEmpty()) {
      return Passed.LOST;
    }
    return forget(waiting);
  }

  private Passed forget(MessageItem waiting) {
    return store
            .write(
                waiting
                    .as(Optional.empty(), "", false)
                    .content(Json.object())
                    .attempts(0)
                    .released(null),
                time.instant())
            .isPresent()
        ? Passed.GIVEN
        : Passed.LOST;
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

  private Successor turnedDown(PushRecord push) {
    ObjectNode content = Cards.push(push).toJson().put("channel", channel(push.audience()));
    return new Successor(
        MessageKey.push(push), item -> item.content().isPresent() ? item : item.content(content));
  }

  // ---- what there is to say

  private Wanted wanted(Voice voice, MessageItem item) {
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
    boolean explains = !item.explained() && Telling.explains(deployment);
    return switch (voice) {
      case Voice.Hook _ -> atTheEnd(item, deployment, card);
      case Voice.Bot _, Voice.Unknown _, Voice.Silent _ -> {
        String channel = channel(deployment.audience());
        if (channel.isEmpty() && !told) {
          log.warn("a deployment is not told", "reason", NO_CHANNEL);
          yield new Wanted.Nothing(NO_CHANNEL);
        }
        yield new Wanted.Said(
            channel,
            card,
            card.hash(),
            explains ? Optional.of(failure(deployment)) : Optional.empty(),
            true);
      }
    };
  }

  /**
   * What is said through a webhook stays as it is: only an end is told, each kind of end once, and
   * its reason with it.
   */
  private Wanted atTheEnd(MessageItem item, Deployment deployment, Message card) {
    if (!deployment.status().ended()) {
      return new Wanted.Nothing("a webhook tells ends only");
    }
    Message whole = card;
    if (Telling.explains(deployment)) {
      whole = new Message(card.text(), card.blocks().deepCopy());
      whole.blocks().addAll(failure(deployment).blocks());
    }
    return new Wanted.Said("", whole, deployment.status().name(), Optional.empty(), true);
  }

  /** Log lines are read for this alone, and only where they may be shown. */
  private Message failure(Deployment deployment) {
    return Cards.failure(deployment.audience().logs() ? ledger.withLogs(deployment) : deployment);
  }

  private Wanted wantedWaiting(Voice voice, MessageItem item, Head head) {
    boolean told = item.posted().isPresent();
    if (head.waiting().isEmpty()) {
      return told
          ? new Wanted.Said(
              "",
              Cards.waitsNoMore(head.service(), Wishes.of(item).brief()),
              CLOSED,
              Optional.empty(),
              true)
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
        head.keepsWaiting() ? Cards.waiting(head, accountHold) : Optional.empty();
    if (card.isEmpty()) {
      return new Wanted.Nothing("nobody has looked yet what it waits for");
    }
    String channel = channel(Telling.audience(head));
    if (channel.isEmpty() && !told) {
      log.warn("what waits is not told", "reason", NO_CHANNEL);
      return new Wanted.Nothing(NO_CHANNEL);
    }
    return new Wanted.Said(channel, card.get(), card.get().hash(), Optional.empty(), true);
  }

  /** The hold over everything, where that is what keeps something waiting. */
  private Optional<Hold> accountHold(Head head) {
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
    return new Wanted.Said(Json.text(content, "channel"), message, TOLD, Optional.empty(), true);
  }

  private String channel(Audience audience) {
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

  // ---- saying it

  /** What Slack has taken so far; a failure in the middle does not lose the first half. */
  private static final class Progress {
    private Optional<Posted> posted;
    private String shown;
    private boolean explained;

    private Progress(MessageItem item) {
      posted = item.posted();
      shown = item.shown();
      explained = item.explained();
    }

    private MessageItem in(MessageItem item) {
      return item.as(posted, shown, explained);
    }
  }

  /** Whether it has to be looked at again at once. */
  private boolean say(Voice voice, Circuit circuit, MessageItem claimed, Wanted.Said said) {
    Progress progress = new Progress(claimed);
    MessageItem item = claimed;
    boolean again = false;
    Optional<SlackException> failure = attempt(() -> card(voice, progress, said));
    if (failure.isEmpty() && said.reason().isPresent() && voice instanceof Voice.Bot bot) {
      // Where the card stands is written down before anything else can go wrong.
      Optional<Kept> kept = keep(progress.in(item), claimed.claim(), progress);
      if (kept.isEmpty()) {
        return false;
      }
      item = kept.get().item();
      again = kept.get().again();
      failure = attempt(() -> reason(bot.slack(), progress, said.reason().get()));
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

  private void card(Voice voice, Progress progress, Wanted.Said said) {
    switch (voice) {
      case Voice.Bot(Slack slack) -> {
        if (progress.posted.isPresent() && progress.shown.equals(said.hash())) {
          return;
        }
        try {
          progress.posted = Optional.of(put(slack, progress.posted, said, said.message()));
        } catch (SlackException e) {
          if (e.kind() != SlackException.Kind.CONTENT) {
            throw e;
          }
          // A block that Slack does not like must not cost the news.
          progress.posted =
              Optional.of(put(slack, progress.posted, said, said.message().textOnly()));
        }
        progress.shown = said.hash();
      }
      case Voice.Hook(var webhook) -> {
        try {
          webhook.post(said.message());
        } catch (SlackException e) {
          if (!e.error().equals("invalid_payload") && !e.error().equals("invalid_blocks")) {
            throw e;
          }
          webhook.post(said.message().textOnly());
        }
        progress.shown = said.hash();
      }
      case Voice.Silent _, Voice.Unknown _ ->
          throw new IllegalStateException("nobody can speak here");
    }
  }

  private Posted put(Slack slack, Optional<Posted> posted, Wanted.Said said, Message message) {
    if (posted.isPresent()) {
      try {
        slack.update(posted.get(), inChannel(posted.get().channel(), said, message));
        return posted.get();
      } catch (SlackException e) {
        // Somebody has deleted it, or the workspace forbids late edits: the news is still news.
        if (e.kind() != SlackException.Kind.GONE) {
          throw e;
        }
      }
    }
    try {
      return slack.post(said.channel(), message);
    } catch (SlackException e) {
      // A wrong slipway.channel must not make its service silent.
      if (e.kind() != SlackException.Kind.CHANNEL
          || defaultChannel.isEmpty()
          || said.channel().equals(defaultChannel)) {
        throw e;
      }
      log.warn(
          "Slack refused the channel of the tag slipway.channel; told in the stack's channel",
          "channel",
          said.channel(),
          "error",
          e.getMessage());
      return slack.post(defaultChannel, inChannel(defaultChannel, said, message));
    }
  }

  /** With a word of where it was meant to stand, if it stands in the stack's channel instead. */
  private Message inChannel(String channel, Wanted.Said said, Message message) {
    if (said.channel().isEmpty()
        || said.channel().equals(defaultChannel)
        || !channel.equals(defaultChannel)) {
      return message;
    }
    String why =
        "Told here because Slack refuses the channel "
            + said.channel()
            + " of the service's tag slipway.channel: invite the app to it, or correct the tag.";
    if (message.blocks().isEmpty()) {
      return Message.ofText(message.text() + "\n" + why);
    }
    ArrayNode blocks = message.blocks().deepCopy();
    blocks
        .addObject()
        .put("type", "context")
        .putArray("elements")
        .addObject()
        .put("type", "plain_text")
        .put("text", why);
    return new Message(message.text(), blocks);
  }

  private static void reason(Slack slack, Progress progress, Message reason) {
    Posted parent = progress.posted.orElseThrow();
    try {
      slack.reply(parent, reason);
    } catch (SlackException e) {
      switch (e.kind()) {
        case CONTENT -> slack.reply(parent, reason.textOnly());
        case GONE -> {
          // No thread to put it in; the card names the cause.
        }
        case NOT_CONFIGURED, AUTH, CHANNEL, THROTTLED, OUTAGE, REFUSED -> throw e;
      }
    }
    progress.explained = true;
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
  private Optional<Kept> keep(MessageItem next, String claim, Progress progress) {
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
        store.write(
            fresh
                .as(
                    fresh.posted().or(() -> progress.posted),
                    "",
                    fresh.explained() || progress.explained)
                .released(now.plus(SOON)),
            now);
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
