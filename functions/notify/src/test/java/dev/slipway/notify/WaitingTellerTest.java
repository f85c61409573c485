package dev.slipway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Level;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.MemoryLedger;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.slack.SlackException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The message of what waits, and what becomes of it. */
class WaitingTellerTest {

  private static final Hold HOLD = new Hold("U024BE7LH", "the fair", Sample.NOW);

  private final MemoryLedger ledger = new MemoryLedger();
  private final MemoryMessages store = new MemoryMessages();
  private final FakeSlack slack = new FakeSlack();
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private Voice voice = new Voice.Bot(slack);
  private Instant now = Sample.NOW;
  private int nonces;
  private final Teller teller =
      new Teller(
          ledger,
          store,
          "C1",
          false,
          () -> now,
          () -> "claim-" + ++nonces,
          new Log("notify", new Environment(Map.of()), () -> now, new PrintStream(logged, true)),
          new Metrics(() -> now, new PrintStream(new ByteArrayOutputStream())));

  private Circuit circuit() {
    return new Circuit(() -> 0);
  }

  private void look() {
    teller.waits(voice, circuit(), Sample.WEB, false);
  }

  private void sweep() {
    teller.sweep(voice, circuit(), 10);
  }

  /** As the notifier tells of a deployment that is new. */
  private void begun(long sequence) {
    look();
    teller.refresh(voice, circuit(), Sample.WEB, sequence, 0);
  }

  private void write(Head head, Deployment... deployments) {
    ledger.write(Ledger.Change.of(ledger.head(Sample.WEB), head, deployments));
  }

  private Head head() {
    return ledger.head(Sample.WEB);
  }

  private static Trigger trigger(String event) {
    return new Trigger(Trigger.Kind.PUSH, "", event, Sample.NOW);
  }

  private static Wanted wanted(String tag, char digit) {
    return new Wanted(
        Sample.images(tag, digit).byContainer().get("web"), Sample.NOW, trigger("push-" + tag));
  }

  private static Deployment deployment(long sequence, String tag, char digit) {
    Deployment any = Sample.deployment(Sample.WEB, sequence, Status.PREPARING, Reason.PUSHED);
    return new Deployment(
        any.service(),
        sequence,
        any.status(),
        any.reason(),
        "",
        any.from(),
        Sample.images(tag, digit),
        trigger("push-" + tag),
        any.revisions(),
        any.rollout(),
        0,
        any.rolledBackBy(),
        any.audience(),
        Optional.empty(),
        any.createdAt(),
        any.updatedAt(),
        null);
  }

  private void waits(String tag, char digit, String because) {
    write(
        head()
            .waiting(Waiting.NOTHING.with(wanted(tag, digit)).because(because, Audience.DEFAULT)));
  }

  private void waitsForTheirs() {
    waits("v2", 'b', "somebody else's deployment of web:42 is in progress");
  }

  private void begins() {
    Deployment deployment = deployment(7, "v2", 'b');
    write(head().waiting(Waiting.NOTHING).inFlight(deployment), deployment);
  }

  // ---- when it is told

  @Test
  void tellsOnceThatSomethingKeepsWaitingAndForWhat() {
    waitsForTheirs();
    look();
    assertThat(slack.calls).as("it may begin at once").isEmpty();

    now = now.plusSeconds(30);
    sweep();
    look();
    sweep();

    assertThat(slack.calls).containsExactly("post C1");
    assertThat(slack.card)
        .contains(
            "⏸️ prod/web waits", "Waits: somebody else's deployment of web:42 is in progress.");
  }

  @Test
  void saysNothingOfAWaitOfSeconds() {
    waitsForTheirs();
    look();
    begins();
    begun(7);
    now = now.plusSeconds(30);
    sweep();

    assertThat(slack.channel.values()).singleElement().asString().startsWith("⏳ prod/web");
    assertThat(slack.calls).containsExactly("post C1");
    assertThat(store.read(MessageKey.waiting(Sample.WEB)).due()).isNull();
  }

  @Test
  void tellsOfAHoldAtOnceAndHowToLiftIt() {
    write(head().hold(HOLD));
    waits("v2", 'b', "held by U024BE7LH: the fair");
    look();

    assertThat(slack.calls).containsExactly("post C1");
    assertThat(slack.card)
        .anyMatch(line -> line.contains("the fair. ") && line.contains("/slipway resume prod/web"));
  }

  @Test
  void tellsOfAHoldOverEverything() {
    ledger.accountHold(Optional.of(HOLD));
    waits("v2", 'b', "held by U024BE7LH: the fair");
    look();

    assertThat(slack.card).anyMatch(line -> line.contains("/slipway resume all"));
  }

  @Test
  void saysNothingNewBetweenAHoldThatIsLiftedAndTheNextLook() {
    write(head().hold(HOLD));
    waits("v2", 'b', "held by U024BE7LH: the fair");
    look();
    write(head().hold(null));
    look();

    assertThat(slack.calls).containsExactly("post C1");
  }

  @Test
  void namesWhatIsInFlight() {
    Deployment ahead = deployment(6, "v1.5", 'e');
    write(head().inFlight(ahead).waiting(Waiting.NOTHING.with(wanted("v2", 'b'))), ahead);
    now = now.plusSeconds(31);
    look();

    assertThat(slack.card).contains("Waits until team/app:v1.5 (#6) has ended.");
  }

  @Test
  void saysNothingBeforeAnybodyHasLooked() {
    write(head().waiting(Waiting.NOTHING.with(wanted("v2", 'b'))));
    now = now.plusSeconds(60);
    look();
    sweep();

    assertThat(slack.calls).isEmpty();
    assertThat(store.writes).isZero();
  }

  @ParameterizedTest
  @CsvSource({"ALL, true", "FAILURES, false", "NONE, false"})
  void tellsAsMuchAsTheServiceAsksFor(Level level, boolean told) {
    write(
        head()
            .hold(HOLD)
            .waiting(
                Waiting.NOTHING
                    .with(wanted("v2", 'b'))
                    .because("held by somebody", new Audience(Optional.of("C2"), level, true))));
    look();

    assertThat(slack.calls).isEqualTo(told ? List.of("post C2") : List.of());
  }

  // ---- what becomes of it

  @Test
  void becomesTheCardOfItsDeployment() {
    waitsForTheirs();
    now = now.plusSeconds(30);
    look();
    begins();
    begun(7);
    begun(7);

    assertThat(slack.calls).containsExactly("post C1", "update 1.1");
    assertThat(slack.channel).hasSize(1);
    assertThat(slack.card).anyMatch(line -> line.startsWith("⏳ prod/web is about to roll out"));
    assertThat(store.read(MessageKey.deployment(Sample.WEB, 7)).posted().orElseThrow().ts())
        .isEqualTo("1.1");
    assertThat(store.read(MessageKey.waiting(Sample.WEB)).posted()).isEmpty();
  }

  @Test
  void theNextOneToWaitGetsAMessageOfItsOwn() {
    waitsForTheirs();
    now = now.plusSeconds(30);
    look();
    begins();
    begun(7);
    write(head().waiting(Waiting.NOTHING.with(wanted("v3", 'c'))));
    look();

    assertThat(slack.calls).containsExactly("post C1", "update 1.1", "post C1");
    assertThat(slack.card).contains("Waits until team/app:v2 (#7) has ended.");
    assertThat(slack.channel.get("1.1")).startsWith("⏳");
  }

  @Test
  void neverDrawsOverACardThatItGaveAwayWhenItDiesInBetween() {
    waitsForTheirs();
    now = now.plusSeconds(30);
    look();
    MessageItem given = store.read(MessageKey.waiting(Sample.WEB));
    begins();
    begun(7);
    // As if it had died before it could forget.
    MessageItem forgotten = store.read(MessageKey.waiting(Sample.WEB));
    store.items.put(
        forgotten.key().pk() + " " + forgotten.key().sk(), given.version(forgotten.version()));
    write(head().waiting(Waiting.NOTHING.with(wanted("v3", 'c'))));
    look();

    assertThat(slack.channel.get("1.1")).startsWith("⏳");
    assertThat(slack.channel.get("1.2")).startsWith("⏸️");
  }

  @Test
  void saysWhatTookItsPlace() {
    waitsForTheirs();
    now = now.plusSeconds(30);
    look();
    waits("v3", 'c', "somebody else's deployment of web:42 is in progress");
    look();

    assertThat(slack.calls).containsExactly("post C1", "update 1.1");
    assertThat(slack.channel.values())
        .singleElement()
        .asString()
        .contains("team/app:v3")
        .doesNotContain("team/app:v2");
  }

  private PushRecord turnedDown(Reason reason) {
    return new PushRecord(
        Sample.WEB,
        "team/app:v2",
        "sha256:" + "b".repeat(64),
        reason,
        "",
        trigger("push-v2"),
        Audience.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({"TAG_NOT_WANTED", "ALREADY_RUNNING"})
  void saysWhyItIsNotDeployedAfterAll(Reason reason) {
    waitsForTheirs();
    now = now.plusSeconds(30);
    look();
    PushRecord push = turnedDown(reason);
    ledger.addPush(push, now);
    // The record of the push may come before that of the head.
    teller.tell(voice, circuit(), push);
    write(head().waiting(Waiting.NOTHING));
    look();

    assertThat(slack.calls).containsExactly("post C1", "update 1.1");
    assertThat(slack.channel.values())
        .containsExactly("ℹ️ prod/web does not take team/app:v2: " + reason.text());
  }

  @Test
  void saysThatNothingWaitsWhereItsDeploymentHasACardAlready() {
    waitsForTheirs();
    now = now.plusSeconds(30);
    slack.during =
        () -> {
          slack.during = () -> {};
          begins();
          begun(7);
        };
    look();

    assertThat(slack.channel.values())
        .anyMatch(text -> text.startsWith("⏳ prod/web"))
        .anyMatch(text -> text.contains("team/app:v2` waits no more"))
        .hasSize(2);
  }

  @Test
  void forgetsWhatSlackDidNotTakeOnceItHasBegun() {
    slack.always = SlackException.outage("chat.postMessage", "down");
    waitsForTheirs();
    now = now.plusSeconds(30);
    look();
    begins();
    begun(7);
    slack.always = null;
    now = now.plusSeconds(3600);
    sweep();

    assertThat(slack.channel.values()).singleElement().asString().startsWith("⏳ prod/web");
  }

  @Test
  void losesNothingWhenSlackIsDownAsItBegins() {
    waitsForTheirs();
    now = now.plusSeconds(30);
    look();
    slack.always = SlackException.outage("chat.postMessage", "down");
    begins();
    begun(7);
    slack.always = null;
    now = now.plusSeconds(3600);
    sweep();

    assertThat(slack.channel).hasSize(1);
    assertThat(slack.channel.get("1.1")).startsWith("⏳");
  }

  // ---- without a bot

  @Test
  void aWaitIsALineInTheLogWithoutSlack() {
    waitsForTheirs();
    voice = new Voice.Silent();
    teller.waits(voice, circuit(), Sample.WEB, true);
    teller.waits(voice, circuit(), Sample.WEB, false);

    assertThat(logged.toString().lines().filter(line -> line.contains("prod/web waits")))
        .hasSize(1);
  }
}
