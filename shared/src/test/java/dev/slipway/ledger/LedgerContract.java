package dev.slipway.ledger;

import static dev.slipway.ledger.LedgerSamples.NOON;
import static dev.slipway.ledger.LedgerSamples.deployment;
import static dev.slipway.ledger.LedgerSamples.digest;
import static dev.slipway.ledger.LedgerSamples.push;
import static dev.slipway.ledger.LedgerSamples.quarantine;
import static dev.slipway.ledger.LedgerSamples.service;
import static dev.slipway.ledger.LedgerSamples.task;
import static dev.slipway.ledger.LedgerSamples.withoutLogs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.aws.DeploymentGroup;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.runtime.Json;
import dev.slipway.verdict.Hook;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every ledger does, in memory or in DynamoDB. */
public abstract class LedgerContract {

  private static final ServiceRef WEB = service("web");
  private static final ServiceRef API = service("api");

  /** An empty one for each test. */
  protected abstract Ledger ledger();

  /** Puts an item into that ledger as an older version of Slipway wrote it. */
  protected abstract void plant(ServiceRef service, String sk, String document);

  private Ledger ledger;

  @BeforeEach
  final void startEmpty() {
    ledger = ledger();
  }

  private Head write(Head before, Head after, Deployment... deployments) {
    return ledger.write(Change.of(before, after, deployments));
  }

  private Head first(ServiceRef service) {
    Head unseen = ledger.head(service);
    return write(unseen, unseen.lastSequence(0));
  }

  @Test
  void aServiceThatNobodyHasSeenHasVersionZero() {
    assertThat(ledger.head(WEB)).isEqualTo(Head.unseen(WEB));
    assertThat(ledger.deployments(WEB, 10)).isEmpty();
    assertThat(ledger.deployment(WEB, 1)).isEmpty();
    assertThat(ledger.evidence(WEB, 1)).isEmpty();
    assertThat(ledger.pushes(WEB, 10)).isEmpty();
    assertThat(ledger.heads(10)).isEmpty();
    assertThat(ledger.due(NOON, 10)).isEmpty();
    assertThat(ledger.accountHold()).isEmpty();
  }

  @Test
  void givesBackAllThatWasWritten() {
    Head head = LedgerSamples.head(WEB);
    Deployment deployment = deployment(WEB, 5);
    Head written =
        ledger.write(
            new Change(
                Head.unseen(WEB),
                head,
                List.of(deployment),
                List.of(quarantine(2), quarantine(3)),
                List.of()));
    assertThat(written.version()).isEqualTo(1);
    assertThat(written.quarantine()).containsExactly(quarantine(2), quarantine(3));
    assertThat(ledger.head(WEB)).isEqualTo(written);
    assertThat(ledger.head(WEB).quarantine(List.of()))
        .usingRecursiveComparison()
        .ignoringFields("version")
        .isEqualTo(head);
    assertThat(ledger.deployment(WEB, 5).map(ledger::withLogs)).contains(deployment);
  }

  @Test
  void keepsTheLogLinesOfADiagnosisApartFromTheDeployment() {
    Head head = first(WEB);
    head = write(head, head.inFlight(deployment(WEB, 5)), deployment(WEB, 5));
    Deployment bare = withoutLogs(WEB, 5);
    assertThat(ledger.deployment(WEB, 5)).contains(bare);
    assertThat(ledger.deployments(WEB, 10)).containsExactly(bare);
    assertThat(head.inFlight()).contains(bare);
    assertThat(ledger.head(WEB)).isEqualTo(head);
    assertThat(ledger.logs(WEB, 5)).containsExactly("listening", "cannot connect to the database");
    assertThat(ledger.withLogs(bare)).isEqualTo(deployment(WEB, 5));
    assertThat(ledger.logs(WEB, 4)).isEmpty();
    assertThat(ledger.logs(API, 5)).isEmpty();
  }

  @Test
  void aDeploymentThatIsWrittenWithoutItsLogLinesDoesNotLoseThem() {
    Head head = first(WEB);
    head = write(head, head, deployment(WEB, 5));
    Deployment read = ledger.deployment(WEB, 5).orElseThrow();
    write(head, head, read.backBy(Deployment.RolledBackBy.PERSON));
    assertThat(ledger.logs(WEB, 5)).hasSize(2);
  }

  @Test
  void readsLogLinesThatAnOlderVersionKeptInsideTheDeployment() throws IOException {
    first(WEB);
    plant(
        WEB, "deployment#0000000005", Json.write(LedgerFormatTest.firstSchema().get("deployment")));
    Head head = ledger.head(WEB);
    write(head, head, deployment(WEB, 6));

    Deployment old = ledger.deployment(WEB, 5).orElseThrow();
    assertThat(old).isEqualTo(deployment(WEB, 5));
    assertThat(ledger.withLogs(old)).isEqualTo(old);
    assertThat(ledger.deployments(WEB, 10))
        .as("old shape beside new shape")
        .containsExactly(withoutLogs(WEB, 6), deployment(WEB, 5));
  }

  @Test
  void anOldDeploymentThatIsWrittenAgainKeepsItsLogLinesTheNewWay() throws IOException {
    first(WEB);
    plant(
        WEB, "deployment#0000000005", Json.write(LedgerFormatTest.firstSchema().get("deployment")));
    Head head = ledger.head(WEB);
    write(head, head, ledger.deployment(WEB, 5).orElseThrow());

    assertThat(ledger.deployment(WEB, 5)).contains(withoutLogs(WEB, 5));
    assertThat(ledger.deployment(WEB, 5).map(ledger::withLogs)).contains(deployment(WEB, 5));
  }

  @Test
  void countsTheChanges() {
    Head one = first(WEB);
    Head two = write(one, one.lastSequence(1));
    Head three = write(two, two.lastSequence(2));
    assertThat(List.of(one.version(), two.version(), three.version())).containsExactly(1L, 2L, 3L);
    assertThat(ledger.head(WEB)).isEqualTo(three);
  }

  @Test
  void ofTwoWhoReadTheSameHeadOnlyOneMayWrite() {
    Head read = first(WEB);
    Head winner = write(read, read.lastSequence(1), deployment(WEB, 1));
    Head loser = read.lastSequence(7);
    assertThatThrownBy(() -> write(read, loser, deployment(WEB, 7)))
        .isInstanceOf(HeadChangedException.class)
        .hasMessage("the head of prod/web is no longer at version 1");
    assertThat(ledger.head(WEB)).isEqualTo(winner);
    assertThat(ledger.deployment(WEB, 7)).as("all of a change or nothing").isEmpty();
  }

  @Test
  void ofTwoWhoSeeAServiceForTheFirstTimeOnlyOneMayWrite() {
    Head unseen = Head.unseen(WEB);
    first(WEB);
    assertThatThrownBy(() -> write(unseen, unseen.lastSequence(3)))
        .isInstanceOf(HeadChangedException.class);
  }

  @Test
  void nobodyWritesOverAHeadThatDoesNotExist() {
    Head versionOne = first(WEB);
    assertThatThrownBy(() -> write(versionOne, Head.unseen(API)))
        .isInstanceOf(HeadChangedException.class);
    assertThat(ledger.head(API).version()).isZero();
  }

  @Test
  void listsDeploymentsNewestFirst() {
    Head head = first(WEB);
    for (long sequence : List.of(9L, 10L, 11L, 100L)) {
      head = write(head, head.lastSequence(sequence), deployment(WEB, sequence));
    }
    assertThat(ledger.deployments(WEB, 3))
        .extracting(Deployment::sequence)
        .containsExactly(100L, 11L, 10L);
    assertThat(ledger.deployments(API, 3)).isEmpty();
  }

  @Test
  void aDeploymentThatIsWrittenAgainTakesThePlaceOfItsFormerState() {
    Head head = first(WEB);
    Deployment before = withoutLogs(WEB, 1);
    head = write(head, head, before);
    Deployment after = before.backBy(Deployment.RolledBackBy.PERSON);
    write(head, head, after);
    assertThat(ledger.deployments(WEB, 10)).containsExactly(after);
  }

  @Test
  void writesTwoDeploymentsInOneChange() {
    Head head = first(WEB);
    write(head, head, deployment(WEB, 1), deployment(WEB, 2));
    assertThat(ledger.deployments(WEB, 10))
        .extracting(Deployment::sequence)
        .containsExactly(2L, 1L);
  }

  @Test
  void quarantineOutlivesOtherChangesUntilItIsReleased() {
    Head head = first(WEB);
    head =
        ledger.write(
            new Change(head, head, List.of(), List.of(quarantine(2), quarantine(3)), List.of()));
    head = write(head, head.quarantine(List.of()).lastSequence(4));
    assertThat(ledger.head(WEB).quarantine()).containsExactly(quarantine(2), quarantine(3));

    Head released =
        ledger.write(
            new Change(
                ledger.head(WEB), head, List.of(), List.of(), List.of(digest(2), digest(8))));
    assertThat(released.quarantine()).containsExactly(quarantine(3));
    assertThat(ledger.head(WEB)).isEqualTo(released);
    assertThat(ledger.head(WEB).quarantined(digest(2))).isFalse();
  }

  @Test
  void whatWasReleasedMayFailAgain() {
    Head head = first(WEB);
    head = ledger.write(new Change(head, head, List.of(), List.of(quarantine(2)), List.of()));
    head = ledger.write(new Change(head, head, List.of(), List.of(), List.of(digest(2))));
    head = ledger.write(new Change(head, head, List.of(), List.of(quarantine(2)), List.of()));
    assertThat(ledger.head(WEB).quarantine()).containsExactly(quarantine(2));
    assertThat(ledger.head(WEB)).isEqualTo(head);
  }

  @Test
  void whatIsReleasedAndFailsInOneChangeStaysInQuarantine() {
    Head head = first(WEB);
    head =
        ledger.write(new Change(head, head, List.of(), List.of(quarantine(2)), List.of(digest(2))));
    assertThat(head.quarantine()).containsExactly(quarantine(2));
    assertThat(ledger.head(WEB)).isEqualTo(head);
  }

  @Test
  void knowsTheNewestDeploymentOfEachServiceThatAnAlarmWatches() {
    String alarm = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:web #1/5xx: ä";
    ledger.useAlarms(WEB, 4, List.of(alarm, alarm + "-2"), NOON);
    ledger.useAlarms(API, 1, List.of(alarm), NOON);
    ledger.useAlarms(WEB, 5, List.of(alarm), NOON);
    ledger.useAlarms(WEB, 5, List.of(alarm), NOON);
    assertThat(ledger.usesOfAlarm(alarm))
        .containsExactlyInAnyOrder(new Ledger.AlarmUse(WEB, 5), new Ledger.AlarmUse(API, 1));
    assertThat(ledger.usesOfAlarm(alarm + "-2")).containsExactly(new Ledger.AlarmUse(WEB, 4));
    assertThat(ledger.usesOfAlarm(alarm + "-3")).isEmpty();
    assertThat(ledger.heads(10)).isEmpty();
  }

  @Test
  void remembersWhichCodeDeployGroupDeploysWhichService() {
    DeploymentGroup shop = new DeploymentGroup("shop", "web #1: ä");
    assertThat(ledger.deploymentGroup(WEB)).isEmpty();
    assertThat(ledger.deployedBy(shop)).isEmpty();
    ledger.remember(WEB, new DeploymentGroup("old", "web"));
    ledger.remember(WEB, shop);
    assertThat(ledger.deploymentGroup(WEB)).contains(shop);
    assertThat(ledger.deployedBy(shop)).contains(WEB);
    assertThat(ledger.deploymentGroup(API)).isEmpty();
    assertThat(ledger.deployedBy(new DeploymentGroup("shop", "web"))).isEmpty();
    assertThat(ledger.heads(10)).isEmpty();
  }

  @Test
  void keepsAStoppedTaskOnceWhateverTheNumberOfDeliveries() {
    for (int i = 0; i < 3; i++) {
      ledger.addEvidence(WEB, 5, task("aaa", NOON), NOON.plusSeconds(i));
    }
    assertThat(ledger.evidence(WEB, 5)).containsExactly(task("aaa", NOON));
  }

  @Test
  void givesTheEvidenceOfOneDeploymentInTheOrderInWhichTheTasksStopped() {
    ledger.addEvidence(WEB, 5, task("aaa", NOON.plusSeconds(2)), NOON);
    ledger.addEvidence(WEB, 5, task("ccc", NOON), NOON);
    ledger.addEvidence(WEB, 5, task("bbb", NOON.plusSeconds(1)), NOON);
    ledger.addEvidence(WEB, 5, task("ddd", null), NOON);
    ledger.addEvidence(WEB, 50, task("eee", NOON), NOON);
    ledger.addEvidence(API, 5, task("fff", NOON), NOON);
    assertThat(ledger.evidence(WEB, 5))
        .containsExactly(
            task("ccc", NOON),
            task("bbb", NOON.plusSeconds(1)),
            task("aaa", NOON.plusSeconds(2)),
            task("ddd", null));
  }

  @Test
  void keepsEachStateOfAHookOnceForItsServiceDeploymentInTheOrderInWhichItHappened() {
    Hook waits = LedgerSamples.hook(Hook.State.AWAITING_ACTION, NOON);
    Hook late = LedgerSamples.hook(Hook.State.TIMED_OUT, NOON.plusSeconds(60));
    for (int i = 0; i < 2; i++) {
      ledger.addHook(WEB, "arn:sd/prod/web/one", late, NOON.plusSeconds(i));
      ledger.addHook(WEB, "arn:sd/prod/web/one", waits, NOON.plusSeconds(i));
    }
    ledger.addHook(WEB, "arn:sd/prod/web/two", waits, NOON);
    ledger.addHook(API, "arn:sd/prod/api/one", waits, NOON);
    assertThat(ledger.hooks(WEB, "arn:sd/prod/web/one")).containsExactly(waits, late);
    assertThat(ledger.hooks(WEB, "arn:sd/prod/web/on")).isEmpty();
    assertThat(ledger.evidence(WEB, 5)).as("is of another kind").isEmpty();
  }

  @Test
  void aServiceIsDueFromItsMinuteOnUntilItIsPutOff() {
    Head head = first(WEB);
    Head due = write(head, head.due(Instant.parse("2026-01-01T12:30:20Z")));
    assertThat(ledger.due(Instant.parse("2026-01-01T12:29:59Z"), 10)).isEmpty();
    assertThat(ledger.due(Instant.parse("2026-01-01T12:30:20Z"), 10)).containsExactly(WEB);
    assertThat(ledger.due(Instant.parse("2026-01-02T00:00:00Z"), 10)).containsExactly(WEB);

    Head later = write(due, due.due(Instant.parse("2026-01-03T00:00:00Z")));
    assertThat(ledger.due(Instant.parse("2026-01-02T00:00:00Z"), 10)).isEmpty();
    write(later, later.due(null));
    assertThat(ledger.due(Instant.parse("2027-01-01T00:00:00Z"), 10)).isEmpty();
  }

  @Test
  void givesTheLongestDueFirstAndNoMoreThanAsked() {
    Head web = first(WEB);
    write(web, web.due(NOON.plusSeconds(120)));
    Head api = first(API);
    write(api, api.due(NOON));
    ServiceRef job = service("job");
    Head third = first(job);
    write(third, third.due(NOON.plusSeconds(60)));
    assertThat(ledger.due(NOON.plusSeconds(600), 10)).containsExactly(API, job, WEB);
    assertThat(ledger.due(NOON.plusSeconds(600), 2)).containsExactly(API, job);
  }

  @Test
  void listsEveryServiceThatHasAHead() {
    Head web = first(WEB);
    Head again = write(web, web.lastSequence(3));
    Head api = first(API);
    ledger.addPush(push(service("never-seen"), "event-1", NOON), NOON);
    assertThat(ledger.heads(10)).containsExactlyInAnyOrder(again, api);
    assertThat(ledger.heads(1)).hasSize(1);
  }

  @Test
  void keepsOneRecordOfAPushHoweverOftenItsEventIsDelivered() {
    PushRecord push = push(WEB, "event-1", NOON);
    ledger.addPush(push, NOON);
    ledger.addPush(push, NOON.plusSeconds(60));
    assertThat(ledger.pushes(WEB, 10)).containsExactly(push);
  }

  @Test
  void listsPushesNewestFirst() {
    PushRecord first = push(WEB, "event-z", NOON);
    PushRecord second = push(WEB, "event-b", NOON.plusMillis(500));
    PushRecord third = push(WEB, "event-a", NOON.plusSeconds(1));
    PushRecord reconciled = push(WEB, "", NOON.plusSeconds(2));
    List.of(third, first, reconciled, second).forEach(push -> ledger.addPush(push, NOON));
    assertThat(ledger.pushes(WEB, 3)).containsExactly(reconciled, third, second);
    assertThat(ledger.pushes(API, 3)).isEmpty();
  }

  @Test
  void theAccountIsHeldUntilTheHoldIsLifted() {
    Hold hold = new Hold("U024BE7LH", "incident 42", NOON);
    ledger.accountHold(Optional.of(hold));
    assertThat(ledger.accountHold()).contains(hold);
    ledger.accountHold(Optional.empty());
    assertThat(ledger.accountHold()).isEmpty();
    ledger.accountHold(Optional.empty());
    assertThat(ledger.accountHold()).isEmpty();
  }
}
