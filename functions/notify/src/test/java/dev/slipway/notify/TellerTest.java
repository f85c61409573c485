package dev.slipway.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.chat.PushCard;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Level;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.MemoryLedger;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.slack.Slack.Posted;
import dev.slipway.slack.SlackException;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Shift;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TellerTest {

  private final MemoryLedger ledger = new MemoryLedger();
  private final MemoryMessages store = new MemoryMessages();
  private final FakeSlack slack = new FakeSlack();
  private final ByteArrayOutputStream counted = new ByteArrayOutputStream();
  private final Voice.Bot bot = new Voice.Bot(slack);
  private Instant now = Sample.NOW;
  private long nanos;
  private int nonces;
  private final Teller teller = teller("C1", false);

  private Teller teller(String channel, boolean operators) {
    return new Teller(
        ledger,
        store,
        channel,
        operators,
        () -> now,
        () -> "claim-" + ++nonces,
        new Log(
            "notify",
            new Environment(Map.of()),
            () -> now,
            new PrintStream(OutputStream.nullOutputStream())),
        new Metrics(() -> now, new PrintStream(counted, true, StandardCharsets.UTF_8)));
  }

  private Circuit circuit() {
    return new Circuit(() -> nanos);
  }

  private void refresh() {
    refresh(0);
  }

  private void refresh(long rollback) {
    teller.refresh(bot, circuit(), Sample.WEB, 2, rollback);
  }

  private void sweep() {
    teller.sweep(bot, circuit(), 10);
  }

  private void stands(Status status, Reason reason) {
    Sample.write(ledger, Sample.deployment(Sample.WEB, 2, status, reason));
  }

  private MessageItem item() {
    return store.read(MessageKey.deployment(Sample.WEB, 2));
  }

  // ---- one message, kept true

  @Test
  void postsOnceAndEditsFromThenOn() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    refresh();
    stands(Status.SUCCEEDED, Reason.COMPLETED);
    refresh();

    assertThat(slack.calls).containsExactly("post C1", "update 1.1");
    assertThat(slack.channel.values())
        .containsExactly("✅ prod/web deployed · team/app:v1 → team/app:v2");
    assertThat(item().due()).isNull();
    assertThat(item().claim()).isEmpty();
  }

  @Test
  void saysNothingTwiceAndWritesNothingWhenNothingHasChanged() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    refresh();
    int writes = store.writes;
    refresh();
    refresh();

    assertThat(slack.calls).hasSize(1);
    assertThat(store.writes).isEqualTo(writes);
  }

  @Test
  void showsTheNewestStateWhateverTheOrderOfTheRecords() {
    stands(Status.SUCCEEDED, Reason.COMPLETED);
    // The records of three earlier states arrive now, in any order: each is only a cause to ask.
    refresh();
    refresh();
    refresh();

    assertThat(slack.calls).containsExactly("post C1");
    assertThat(slack.channel.values()).allMatch(text -> text.startsWith("✅"));
  }

  @Test
  void goesToTheChannelThatTheServiceNames() {
    Sample.write(
        ledger,
        Sample.deployment(
            Sample.WEB,
            2,
            Status.ROLLING_OUT,
            Reason.IN_PROGRESS,
            0,
            new Audience(Optional.of("C2"), Level.ALL, true)));
    refresh();

    assertThat(slack.calls).containsExactly("post C2");
  }

  @Test
  void saysNothingWhereNoChannelIsKnown() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    teller("", false).refresh(bot, circuit(), Sample.WEB, 2, 0);

    assertThat(slack.calls).isEmpty();
    assertThat(store.items).isEmpty();
  }

  @Test
  void tellsTheRollbackInTheCardOfWhatFailed() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    refresh();
    Sample.write(
        ledger,
        Sample.failed(2, Status.ROLLED_BACK),
        Sample.deployment(Sample.WEB, 3, Status.SUCCEEDED, Reason.COMPLETED, 2, Audience.DEFAULT));
    refresh(3);
    // A late record of the original, which knows nothing of its rollback.
    refresh();

    assertThat(slack.channel).hasSize(1);
    assertThat(slack.channel.get("1.1")).endsWith("🔙 Rolled back to team/app:v1 in 1 m.");
    assertThat(slack.calls).containsExactly("post C1", "update 1.1", "reply 1.1 aloud");
  }

  @Test
  void explainsAFailureOnceInItsThread() {
    Sample.write(ledger, Sample.failed(2, Status.ROLLING_BACK));
    refresh();
    Sample.write(ledger, Sample.failed(2, Status.ROLLED_BACK));
    refresh();

    assertThat(slack.calls).containsExactly("post C1", "reply 1.1", "update 1.1");
    assertThat(slack.replies).containsExactly("1.1 prod/web failed: Exited with code 1.");
  }

  /** Slack rings for nobody when a message is edited, and a person was needed in silence. */
  @Test
  void theChannelHearsThatItCouldNotGoBack() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    refresh();
    Sample.write(ledger, Sample.failed(2, Status.ROLLING_BACK));
    refresh();
    Sample.write(ledger, Sample.failed(2, Status.FAILED));
    refresh();
    refresh();

    assertThat(slack.calls)
        .containsExactly(
            "post C1", "update 1.1", "reply 1.1 aloud", "update 1.1", "reply 1.1 aloud");
    assertThat(slack.replies.getLast()).startsWith("1.1 ❌ prod/web failed");
  }

  @Test
  void theChannelHearsAFailureWithoutADiagnosis() {
    stands(Status.PREPARING, Reason.PUSHED);
    refresh();
    stands(Status.FAILED, Reason.UPDATE_REFUSED);
    refresh();
    refresh();

    assertThat(slack.calls).containsExactly("post C1", "update 1.1", "reply 1.1 aloud");
    assertThat(slack.replies).singleElement().asString().contains("ECS refused the update.");
  }

  @Test
  void whatFailedAtOnceIsSaidOnce() {
    stands(Status.FAILED, Reason.UPDATE_REFUSED);
    refresh();
    refresh();

    assertThat(slack.calls).containsExactly("post C1");
  }

  /** One call says why it failed, and that a person is needed. */
  @Test
  void aFailureWithNothingToGoBackToIsOneCall() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    refresh();
    Sample.write(ledger, Sample.failed(2, Status.FAILED));
    refresh();
    refresh();

    assertThat(slack.calls).containsExactly("post C1", "update 1.1", "reply 1.1 aloud");
    assertThat(slack.explained.getFirst()).startsWith("❌ prod/web failed");
    assertThat(slack.explained).contains("Cause: Exited with code 1.");
  }

  @Test
  void thePersonThatAPauseWaitsForIsCalledOnceForEachPause() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    refresh();
    paused("pause-1");
    refresh();
    refresh();
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    refresh();
    paused("pause-2");
    refresh();

    assertThat(slack.replies)
        .hasSize(2)
        .allMatch(reply -> reply.startsWith("1.1 🚀 prod/web waits for a person"));
    assertThat(slack.calls.stream().filter(call -> call.equals("reply 1.1 aloud"))).hasSize(2);
  }

  private void paused(String id) {
    Hook hook =
        new Hook(
            id,
            Hook.Type.PAUSE,
            "",
            "POST_TEST_TRAFFIC_SHIFT",
            Hook.State.AWAITING_ACTION,
            null,
            Hook.TimeoutAction.ROLLBACK,
            null);
    Deployment deployment =
        Sample.deployment(Sample.WEB, 2, Status.ROLLING_OUT, Reason.IN_PROGRESS);
    Sample.write(
        ledger,
        deployment.with(
            deployment.rollout().toBuilder()
                .shift(
                    new Shift(
                        "BLUE_GREEN", List.of(), OptionalDouble.empty(), null, Optional.of(hook)))
                .build()));
  }

  /** What an older version has posted is not called for anew after an update of the stack. */
  @Test
  void aMessageOfAnOlderVersionIsNotCalledFor() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    refresh();
    store.items.replaceAll((_, item) -> item.called(null));
    stands(Status.FAILED, Reason.UPDATE_REFUSED);
    refresh();
    refresh();

    assertThat(slack.calls).containsExactly("post C1", "update 1.1");
  }

  @Test
  void theCallForAPersonSaysWhyTheWayBackFailed() {
    Sample.write(ledger, Sample.failed(2, Status.ROLLING_BACK));
    refresh();
    Sample.write(
        ledger,
        Sample.failed(2, Status.FAILED),
        Sample.deployment(Sample.WEB, 3, Status.FAILED, Reason.ROLLBACK_FAILED, 2, Audience.DEFAULT)
            .with(
                new Diagnosis(
                    "The log group does not exist", "web", List.of(), List.of(), List.of("gone"))));
    refresh(3);
    refresh(3);

    assertThat(slack.calls)
        .containsExactly("post C1", "reply 1.1", "update 1.1", "reply 1.1 aloud");
    assertThat(slack.explained)
        .contains("Why the way back failed: The log group does not exist.", "gone");
  }

  @Test
  void showsTheLogLinesThatTheLedgerKeepsBesideTheDeployment() {
    Sample.write(ledger, Sample.failed(2, Status.ROLLING_BACK, List.of("panic: <no> config")));
    assertThat(ledger.deployment(Sample.WEB, 2).orElseThrow().diagnosis().orElseThrow().logs())
        .isEmpty();
    refresh();

    assertThat(slack.explained).contains("Last log lines of web", "panic: <no> config");
  }

  @Test
  void drawsADeploymentWhoseLogLinesHaveExpired() {
    Sample.write(ledger, Sample.failed(2, Status.ROLLED_BACK));
    refresh();

    assertThat(slack.channel.get("1.1")).startsWith("🔙 prod/web failed and was rolled back");
    assertThat(slack.explained).containsExactly("Cause: Exited with code 1.");
  }

  @Test
  void doesNotReadLogLinesThatMayNotBeShown() {
    Deployment quiet =
        Sample.deployment(
                Sample.WEB,
                2,
                Status.FAILED,
                Reason.TASKS_FAILED,
                0,
                new Audience(Optional.empty(), Level.ALL, false))
            .with(new Diagnosis("Exited.", "web", List.of(), List.of(), List.of("a secret")));
    Sample.write(ledger, quiet);
    refresh();

    assertThat(slack.explained).containsExactly("Cause: Exited.");
  }

  @ParameterizedTest
  @CsvSource({
    // level, status, told
    "ALL,      ROLLING_OUT,  true",
    "FAILURES, ROLLING_OUT,  false",
    "FAILURES, ROLLING_BACK, true",
    "NONE,     FAILED,       false",
  })
  void tellsAsMuchAsTheServiceAsksFor(Level level, Status status, boolean told) {
    Sample.write(
        ledger,
        Sample.deployment(
            Sample.WEB,
            2,
            status,
            Reason.TASKS_FAILED,
            0,
            new Audience(Optional.empty(), level, true)));
    refresh();

    assertThat(slack.channel).hasSize(told ? 1 : 0);
    assertThat(store.items).hasSize(told ? 1 : 0);
  }

  @Test
  void keepsAMessageTrueThatTheServiceWouldNotAskForAnyMore() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    refresh();
    Sample.write(
        ledger,
        Sample.deployment(
            Sample.WEB,
            2,
            Status.SUCCEEDED,
            Reason.COMPLETED,
            0,
            new Audience(Optional.empty(), Level.NONE, true)));
    refresh();

    assertThat(slack.calls).containsExactly("post C1", "update 1.1");
  }

  @Test
  void leavesADeploymentAloneThatIsNotInTheLedger() {
    refresh();

    assertThat(slack.calls).isEmpty();
    assertThat(store.items).isEmpty();
  }

  // ---- races and crashes

  @Test
  void letsWhoeverIsAtWorkSayWhatChangedMeanwhile() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    slack.during =
        () -> {
          slack.during = () -> {};
          stands(Status.SUCCEEDED, Reason.COMPLETED);
          // Another invocation, at the same time: it must not overtake the one that is posting.
          refresh();
          assertThat(slack.calls).containsExactly("post C1");
        };
    refresh();

    assertThat(slack.calls).containsExactly("post C1", "update 1.1");
    assertThat(slack.channel.get("1.1")).startsWith("✅");
    assertThat(item().due()).isNull();
  }

  @Test
  void remembersTheRollbackThatSomebodyElseHeardOfMeanwhile() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    slack.during =
        () -> {
          slack.during = () -> {};
          Sample.write(
              ledger,
              Sample.deployment(Sample.WEB, 2, Status.ROLLED_BACK, Reason.TASKS_FAILED),
              Sample.deployment(
                  Sample.WEB, 3, Status.SUCCEEDED, Reason.COMPLETED, 2, Audience.DEFAULT));
          refresh(3);
        };
    refresh();

    assertThat(slack.channel.get("1.1")).endsWith("🔙 Rolled back to team/app:v1 in 1 m.");
  }

  @Test
  void mayPostTwiceButNeverLosesAMessageWhenItDiesInBetween() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    dieAfterSlackHasAnswered();
    assertThat(slack.channel).hasSize(1);

    // The stream shows the record again at once; the message is still claimed by the dead one.
    refresh();
    assertThat(slack.channel).hasSize(1);
    assertThat(item().due()).isNotNull();

    now = now.plus(Teller.CLAIM).plusSeconds(1);
    stands(Status.SUCCEEDED, Reason.COMPLETED);
    sweep();

    assertThat(slack.channel).hasSize(2);
    assertThat(slack.channel.get("1.2")).startsWith("✅");
    assertThat(item().posted().orElseThrow().ts()).isEqualTo("1.2");
  }

  private void dieAfterSlackHasAnswered() {
    slack.during =
        () -> {
          slack.during = () -> {};
          store.beforeWrite =
              () -> {
                store.beforeWrite = () -> {};
                throw new IllegalStateException("killed");
              };
        };
    assertThatThrownBy(this::refresh).hasMessage("killed");
  }

  @Test
  void drawsAgainWhatNobodyCanBeSureOf() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    refresh();
    Sample.write(ledger, Sample.deployment(Sample.WEB, 2, Status.BAKING, Reason.BAKE_TIME));
    slack.during =
        () -> {
          slack.during = () -> {};
          // This one is so slow that its claim ends, and another says something newer.
          now = now.plus(Teller.CLAIM).plusSeconds(1);
          stands(Status.SUCCEEDED, Reason.COMPLETED);
          refresh();
          assertThat(slack.channel.get("1.1")).startsWith("✅");
        };
    refresh();
    assertThat(slack.channel.get("1.1")).startsWith("🔎");

    now = now.plus(Duration.ofMinutes(2));
    sweep();

    assertThat(slack.channel.get("1.1")).startsWith("✅");
    assertThat(item().due()).isNull();
  }

  @Test
  void failsWhenTheLedgerFails() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    store.beforeWrite =
        () -> {
          throw new AwsException(
              AwsService.DYNAMODB, "PutItem", "InternalServerError", "", 500, Json.object());
        };

    assertThatThrownBy(this::refresh).isInstanceOf(AwsException.class);
    assertThat(slack.calls).isEmpty();
  }

  // ---- Slack's bad days

  private static SlackException outage() {
    return SlackException.outage("chat.postMessage", "HTTP 500");
  }

  @Test
  void saysTheLastWordAfterALongOutage() {
    slack.always = outage();
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    refresh();
    stands(Status.SUCCEEDED, Reason.COMPLETED);
    refresh();
    for (int minute = 0; minute < 24 * 60; minute++) {
      now = now.plus(Duration.ofMinutes(1));
      sweep();
    }
    // Every quarter of an hour, after a quicker beginning.
    assertThat(slack.calls.size()).isBetween(95, 105);

    slack.always = null;
    now = now.plus(Duration.ofMinutes(15));
    sweep();

    assertThat(slack.channel.values())
        .containsExactly("✅ prod/web deployed · team/app:v1 → team/app:v2");
    assertThat(item().due()).isNull();
    assertThat(item().attempts()).isZero();
    assertThat(counted.toString(StandardCharsets.UTF_8)).contains("SlackFailures", "OUTAGE");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 60",
    "2, 0, 120",
    "4, 0, 480",
    "5, 0, 900",
    "60, 0, 900",
    "1, 300, 300",
    "9, 3600, 3600"
  })
  void waitsLongerAfterEachFailureAndAsLongAsSlackAsks(int attempts, long asked, long seconds) {
    assertThat(Teller.pause(attempts, Duration.ofSeconds(asked)))
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void losesNothingOfWhatSlackHasTakenWhenTheSecondHalfFails() {
    Sample.write(ledger, Sample.failed(2, Status.FAILED));
    slack.failures.add(Optional.empty());
    slack.failures.add(Optional.of(outage()));
    refresh();
    assertThat(slack.channel).hasSize(1);
    assertThat(slack.replies).isEmpty();

    now = now.plus(Duration.ofMinutes(1));
    sweep();

    assertThat(slack.channel).hasSize(1);
    assertThat(slack.replies).hasSize(1);
    assertThat(item().due()).isNull();
  }

  @Test
  void asksSlackNoMoreInAnInvocationThatHasSeenItDown() {
    slack.always = outage();
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    Sample.write(ledger, Sample.deployment(Sample.API, 1, Status.ROLLING_OUT, Reason.IN_PROGRESS));
    Circuit circuit = circuit();

    teller.refresh(bot, circuit, Sample.WEB, 2, 0);
    teller.refresh(bot, circuit, Sample.API, 1, 0);

    assertThat(slack.calls).hasSize(1);
    assertThat(store.due(now.plus(Duration.ofMinutes(2)), 10)).hasSize(2);
  }

  @Test
  void asksSlackNoMoreWhenItsShareOfTheTimeIsUsedUp() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    Circuit circuit = circuit();
    nanos = Circuit.SHARE.toNanos() + 1;

    teller.refresh(bot, circuit, Sample.WEB, 2, 0);

    assertThat(slack.calls).isEmpty();
    assertThat(item().due()).isNotNull();
  }

  /** Regression: a channel that Slack refuses made its service silent for ever. */
  @Test
  void aWrongChannelOfAServiceIsToldInTheStacksChannel() {
    slack.failures.add(
        Optional.of(SlackException.refused("chat.postMessage", "channel_not_found")));
    Audience wrong = new Audience(Optional.of("C2"), Level.ALL, true);
    Sample.write(
        ledger, Sample.deployment(Sample.WEB, 2, Status.ROLLING_OUT, Reason.IN_PROGRESS, 0, wrong));
    refresh();

    assertThat(slack.calls).containsExactly("post C2", "post C1");
    assertThat(slack.card.getLast())
        .contains("refuses the channel C2 of the service's tag slipway.channel", "invite the app");
    assertThat(item().posted()).map(Posted::channel).contains("C1");

    Sample.write(
        ledger, Sample.deployment(Sample.WEB, 2, Status.SUCCEEDED, Reason.COMPLETED, 0, wrong));
    refresh();

    assertThat(slack.calls).endsWith("update 1.1");
    assertThat(slack.card.getLast()).contains("refuses the channel C2");
    assertThat(item().due()).isNull();
  }

  @Test
  void aWrongChannelOfTheStackWaitsForAPerson() {
    slack.always = SlackException.refused("chat.postMessage", "channel_not_found");
    Sample.write(
        ledger,
        Sample.deployment(
            Sample.WEB,
            2,
            Status.ROLLING_OUT,
            Reason.IN_PROGRESS,
            0,
            new Audience(Optional.of("C2"), Level.ALL, true)));
    refresh();

    assertThat(slack.calls).containsExactly("post C2", "post C1");
    assertThat(item().due()).isNotNull();
    assertThat(counted.toString(StandardCharsets.UTF_8))
        .contains("SlackFailures", "CHANNEL", "FunctionName");
  }

  @Test
  void goesOnWithOtherChannelsWhenOneIsGone() {
    slack.failures.add(
        Optional.of(SlackException.refused("chat.postMessage", "channel_not_found")));
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    Sample.write(ledger, Sample.deployment(Sample.API, 1, Status.ROLLING_OUT, Reason.IN_PROGRESS));
    Circuit circuit = circuit();

    teller.refresh(bot, circuit, Sample.WEB, 2, 0);
    teller.refresh(bot, circuit, Sample.API, 1, 0);

    assertThat(slack.channel).hasSize(1);
    assertThat(item().due()).isNotNull();
  }

  @Test
  void saysItPlainlyWhenSlackDoesNotLikeTheBlocks() {
    slack.failures.add(Optional.of(SlackException.refused("chat.postMessage", "invalid_blocks")));
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    refresh();

    assertThat(slack.calls).containsExactly("post C1", "post C1");
    assertThat(slack.channel).hasSize(1);
  }

  @Test
  void postsAnewWhenSomebodyHasDeletedTheMessage() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    refresh();
    slack.failures.add(Optional.of(SlackException.refused("chat.update", "message_not_found")));
    stands(Status.SUCCEEDED, Reason.COMPLETED);
    refresh();

    assertThat(slack.calls).containsExactly("post C1", "update 1.1", "post C1");
    assertThat(item().posted().orElseThrow().ts()).isEqualTo("1.2");
  }

  @Test
  void waitsWhenTheSecretCannotBeRead() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    teller.refresh(new Voice.Unknown("denied"), circuit(), Sample.WEB, 2, 0);
    assertThat(item().due()).isEqualTo(now.plus(Duration.ofMinutes(1)));

    now = now.plus(Duration.ofMinutes(1));
    sweep();

    assertThat(slack.channel).hasSize(1);
  }

  @Test
  void takesASecretThatCannotBeReadOnTheWayForSlacksTrouble() {
    stands(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    slack.during =
        () -> {
          throw new AwsException(
              AwsService.SECRETS_MANAGER, "GetSecretValue", "Denied", "", 400, Json.object());
        };
    refresh();

    assertThat(item().due()).isNotNull();
    assertThat(item().claim()).isEmpty();
  }

  @Test
  void isSilentWithoutSlack() {
    stands(Status.FAILED, Reason.TASKS_FAILED);
    Voice silent = new Voice.Silent();
    teller.refresh(silent, circuit(), Sample.WEB, 2, 0);
    teller.tell(silent, circuit(), Sample.push(Reason.VERSION_LOWER, Level.ALL));
    teller.sweep(silent, circuit(), 10);

    assertThat(store.items).isEmpty();
  }

  // ---- pushes

  @Test
  void tellsOfAPushOnceHoweverOftenItIsSeen() {
    teller.tell(bot, circuit(), Sample.push(Reason.VERSION_LOWER, Level.ALL));
    teller.tell(bot, circuit(), Sample.push(Reason.VERSION_LOWER, Level.ALL));

    assertThat(slack.channel.values())
        .containsExactly(PushCard.of(Sample.push(Reason.VERSION_LOWER, Level.ALL)).text());
  }

  @Test
  void tellsOfAPushLaterWhenSlackIsDown() {
    slack.always = outage();
    teller.tell(bot, circuit(), Sample.push(Reason.SETTINGS_UNREADABLE, Level.FAILURES));
    slack.always = null;
    now = now.plus(Duration.ofMinutes(1));
    sweep();
    now = now.plus(Duration.ofMinutes(20));
    sweep();

    assertThat(slack.calls).containsExactly("post C1", "post C1");
    assertThat(slack.channel).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "TAG_NOT_WANTED,      ALL",
    "VERSION_LOWER,       FAILURES",
    "SETTINGS_UNREADABLE, NONE",
  })
  void keepsQuietAboutPushesThatNobodyAsksFor(Reason reason, Level level) {
    teller.tell(bot, circuit(), Sample.push(reason, level));

    assertThat(slack.calls).isEmpty();
    assertThat(store.items).isEmpty();
  }

  // ---- the button

  @Test
  void takesTheButtonFromTheCardBeforeOnceSomethingNewerIsUnderWay() {
    Teller withOperators = teller("C1", true);
    stands(Status.SUCCEEDED, Reason.COMPLETED);
    Head head = ledger.head(Sample.WEB);
    LastGood good = new LastGood("td:2", Sample.images("v2", 'b'), 2, now, true);
    head = ledger.write(Ledger.Change.of(head, head.lastGood(good)));
    withOperators.refresh(bot, circuit(), Sample.WEB, 2, 0);
    String withButton = item().shown();

    Deployment next = Sample.deployment(Sample.WEB, 4, Status.ROLLING_OUT, Reason.IN_PROGRESS);
    ledger.write(Ledger.Change.of(head, head.inFlight(next), next));
    withOperators.refresh(bot, circuit(), Sample.WEB, 4, 0);
    withOperators.refreshNeighbour(bot, circuit(), Sample.WEB, 4);

    assertThat(slack.calls).containsExactly("post C1", "post C1", "update 1.1");
    assertThat(item().shown()).isNotEqualTo(withButton);
  }

  @Test
  void looksAtNoOtherCardWhereThereAreNoButtons() {
    stands(Status.SUCCEEDED, Reason.COMPLETED);
    refresh();
    teller.refreshNeighbour(bot, circuit(), Sample.WEB, 4);

    assertThat(slack.calls).hasSize(1);
  }
}
