package dev.slipway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Level;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.MemoryLedger;
import dev.slipway.ledger.UnreadableItemException;
import dev.slipway.runtime.Batch;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.slack.SlackException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NotifierTest {

  private final MemoryLedger ledger = new MemoryLedger();
  private final MemoryMessages store = new MemoryMessages();
  private final FakeSlack slack = new FakeSlack();
  private final List<JsonNode> published = new ArrayList<>();
  private final Set<Integer> refused = new HashSet<>();
  private final List<String> dead = new ArrayList<>();
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private boolean busIsDown;
  private boolean deadLettersAreDown;
  private Voice voice = new Voice.Bot(slack);

  private final Log log =
      new Log("notify", new Environment(Map.of()), () -> Sample.NOW, new PrintStream(logged, true));

  private ObjectNode aws(AwsService service, String operation, ObjectNode input) {
    assertThat(operation).isEqualTo("PutEvents");
    if (busIsDown) {
      throw new AwsException(service, operation, AwsException.NO_ANSWER, "", 0, Json.object());
    }
    assertThat(input.path("Entries").size()).isBetween(1, 10);
    ObjectNode answer = Json.object();
    var entries = answer.putArray("Entries");
    for (JsonNode entry : input.path("Entries")) {
      if (refused.contains(published.size())) {
        entries.addObject().put("ErrorCode", "ThrottlingException");
      } else {
        entries.addObject().put("EventId", "1");
      }
      published.add(entry);
    }
    return answer;
  }

  private List<String> batch(StreamEvents events) {
    Notifier notifier =
        new Notifier(
            new Teller(
                ledger,
                store,
                "C1",
                false,
                () -> Sample.NOW,
                () -> "claim",
                log,
                new Metrics(() -> Sample.NOW, new PrintStream(new ByteArrayOutputStream()))),
            new Bus(this::aws, log),
            "default",
            () -> voice,
            this::die,
            () -> 0,
            log);
    List<String> failures = new ArrayList<>();
    notifier
        .batch(events.records())
        .path("batchItemFailures")
        .forEach(failure -> failures.add(Json.text(failure, "itemIdentifier")));
    return failures;
  }

  private void die(Batch.Message message, String reason) {
    if (deadLettersAreDown) {
      throw new IllegalStateException("no answer");
    }
    dead.add(message.id() + " " + reason);
  }

  private Deployment stands(long sequence, Status status, Reason reason) {
    Deployment deployment = Sample.deployment(Sample.WEB, sequence, status, reason);
    Sample.write(ledger, deployment);
    return deployment;
  }

  @Test
  void publishesEachChangeOfStatusAndTellsSlackOnce() {
    Deployment one = Sample.deployment(Sample.WEB, 2, Status.PREPARING, Reason.PUSHED);
    Deployment two = Sample.deployment(Sample.WEB, 2, Status.ROLLING_OUT, Reason.IN_PROGRESS);
    Deployment three = stands(2, Status.SUCCEEDED, Reason.COMPLETED);

    List<String> failures =
        batch(
            new StreamEvents()
                .changed("1", Optional.empty(), one)
                .changed("2", Optional.of(one), two)
                .changed("3", Optional.of(two), two)
                .changed("4", Optional.of(two), three));

    assertThat(failures).isEmpty();
    assertThat(published)
        .extracting(entry -> Json.read(Json.text(entry, "Detail")).path("status").asText())
        .containsExactly("PREPARING", "ROLLING_OUT", "SUCCEEDED");
    assertThat(published.getLast().path("Source").asText()).isEqualTo("slipway");
    assertThat(published.getLast().path("EventBusName").asText()).isEqualTo("default");
    assertThat(slack.calls).containsExactly("post C1");
  }

  @Test
  void publishesManyEventsTenAtATime() {
    StreamEvents events = new StreamEvents();
    for (int i = 1; i <= 25; i++) {
      events.changed(
          Integer.toString(i),
          Optional.empty(),
          Sample.deployment(Sample.WEB, i, Status.PREPARING, Reason.PUSHED));
    }

    assertThat(batch(events)).isEmpty();
    assertThat(published).hasSize(25);
  }

  @Test
  void reportsTheRecordWhoseEventTheBusDidNotTake() {
    refused.add(1);
    List<String> failures =
        batch(
            new StreamEvents()
                .changed("1", Optional.empty(), stands(2, Status.PREPARING, Reason.PUSHED))
                .changed("2", Optional.empty(), stands(3, Status.PREPARING, Reason.PUSHED))
                .changed("3", Optional.empty(), stands(4, Status.PREPARING, Reason.PUSHED)));

    assertThat(failures).containsExactly("2");
    assertThat(slack.channel).hasSize(3);
  }

  @Test
  void reportsTheRecordsWhenTheBusIsDownAndTellsSlackAllTheSame() {
    busIsDown = true;
    List<String> failures =
        batch(
            new StreamEvents()
                .changed("1", Optional.empty(), stands(2, Status.PREPARING, Reason.PUSHED)));

    assertThat(failures).containsExactly("1");
    assertThat(slack.channel).hasSize(1);
  }

  @Test
  void reportsNothingWhenSlackIsDown() {
    slack.always = SlackException.outage("chat.postMessage", "HTTP 500");
    List<String> failures =
        batch(
            new StreamEvents()
                .changed("1", Optional.empty(), stands(2, Status.PREPARING, Reason.PUSHED))
                .changed("2", Optional.empty(), stands(3, Status.PREPARING, Reason.PUSHED)));

    assertThat(failures).isEmpty();
    assertThat(slack.calls).hasSize(1);
    assertThat(store.items.values()).allMatch(item -> item.due() != null);
  }

  @Test
  void reportsAllRecordsOfAMessageWhoseItemCannotBeWritten() {
    Deployment two = stands(2, Status.ROLLING_OUT, Reason.IN_PROGRESS);
    Deployment before = Sample.deployment(Sample.WEB, 2, Status.PREPARING, Reason.PUSHED);
    store.beforeWrite =
        () -> {
          throw new AwsException(
              AwsService.DYNAMODB, "PutItem", "InternalServerError", "", 500, Json.object());
        };

    assertThat(
            batch(
                new StreamEvents()
                    .changed("1", Optional.empty(), before)
                    .changed("2", Optional.of(before), two)))
        .containsExactly("1", "2");
  }

  @Test
  void tellsARollbackInTheCardOfWhatFailed() {
    Sample.write(ledger, Sample.failed(2, Status.ROLLED_BACK));
    Deployment back =
        Sample.deployment(Sample.WEB, 3, Status.SUCCEEDED, Reason.COMPLETED, 2, Audience.DEFAULT);
    Sample.write(ledger, back);

    batch(new StreamEvents().changed("1", Optional.empty(), back));

    assertThat(slack.channel).hasSize(1);
    assertThat(slack.channel.get("1.1")).contains("Rolled back to team/app:v1");
    assertThat(Json.read(Json.text(published.getFirst(), "Detail")).path("rollbackOf").asLong())
        .isEqualTo(2);
  }

  @Test
  void tellsOfPushesAndPublishesNoneOfThem() {
    batch(
        new StreamEvents()
            .declined("1", Sample.push(Reason.VERSION_LOWER, Level.ALL))
            .declined("2", Sample.push(Reason.TAG_NOT_WANTED, Level.ALL)));

    assertThat(slack.channel).hasSize(1);
    assertThat(published).isEmpty();
  }

  @Test
  void doesNothingWithOtherItemsAndWithWhatIsGone() {
    Deployment gone = stands(2, Status.SUCCEEDED, Reason.COMPLETED);
    ObjectNode message = Json.object();
    message.putObject("pk").put("S", "message#" + Sample.WEB.arn());
    message.putObject("sk").put("S", "push#0000");
    ObjectNode head = Json.object();
    head.putObject("pk").put("S", Sample.WEB.arn());
    head.putObject("sk").put("S", "head");

    List<String> failures =
        batch(
            new StreamEvents()
                .record("1", Optional.of(StreamEvents.item(gone)), Optional.empty())
                .record("2", Optional.empty(), Optional.of(message))
                .record("3", Optional.empty(), Optional.of(head)));

    assertThat(failures).isEmpty();
    assertThat(published).isEmpty();
    assertThat(slack.calls).isEmpty();
    assertThat(dead).isEmpty();
  }

  private static StreamEvents unreadable() {
    ObjectNode item = Json.object();
    item.putObject("pk").put("S", Sample.WEB.arn());
    item.putObject("sk").put("S", "deployment#0000000002");
    item.putObject("document").put("S", "{\"schema\":99}");
    return new StreamEvents().record("1", Optional.empty(), Optional.of(item));
  }

  @Test
  void putsAsideWhatItCannotReadAndGoesOn() {
    Deployment next = stands(3, Status.PREPARING, Reason.PUSHED);

    assertThat(batch(unreadable().changed("2", Optional.empty(), next))).isEmpty();
    assertThat(dead).singleElement().asString().startsWith("1 ").contains("cannot be read");
    assertThat(slack.channel).hasSize(1);
  }

  @Test
  void seesARecordAgainThatCouldNotBePutAside() {
    deadLettersAreDown = true;

    assertThat(batch(unreadable())).containsExactly("1");
  }

  @Test
  void logsOneLineForEachStatusAlsoWithoutSlack() {
    voice = new Voice.Silent();
    batch(
        new StreamEvents()
            .changed("1", Optional.empty(), Sample.failed(2, Status.FAILED))
            .declined("2", Sample.push(Reason.VERSION_LOWER, Level.ALL)));

    List<JsonNode> lines = logged.toString(StandardCharsets.UTF_8).lines().map(Json::read).toList();
    assertThat(lines).hasSize(2);
    JsonNode failed = lines.getFirst();
    assertThat(failed.path("service").asText()).isEqualTo("prod/web");
    assertThat(failed.path("deployment").asText()).isEqualTo("prod/web#2");
    assertThat(failed.path("image").asText()).isEqualTo("team/app:v2");
    assertThat(failed.path("status").asText()).isEqualTo("FAILED");
    assertThat(failed.path("cause").asText()).isEqualTo("Exited with code 1.");
    assertThat(failed.path("message").asText()).startsWith("❌ prod/web failed");
    assertThat(lines.getLast().path("message").asText()).contains("does not take team/app:v0");
  }

  @Test
  void triesAgainWhatWaitsWithEveryBatch() {
    voice = new Voice.Unknown("denied");
    Deployment one = stands(2, Status.PREPARING, Reason.PUSHED);
    batch(new StreamEvents().changed("1", Optional.empty(), one));
    MessageItem waiting = store.read(MessageKey.deployment(Sample.WEB, 2));
    store.write(waiting.released(Sample.NOW.minusSeconds(1)), Sample.NOW);

    voice = new Voice.Bot(slack);
    batch(new StreamEvents());

    assertThat(slack.channel).hasSize(1);
  }

  // ---- what waits

  /** A head in which somebody's image waits for a hold. */
  private static Head held(Deployment later) {
    return Head.unseen(Sample.WEB)
        .hold(new Head.Hold("U1", "", Sample.NOW))
        .waiting(
            Head.Waiting.NOTHING
                .with(
                    new Head.Wanted(
                        later.to().byContainer().get("web"), Sample.NOW, later.trigger()))
                .because("held by U1: ", Audience.DEFAULT));
  }

  @Test
  void tellsOfWhatWaitsAndThenOfItsDeploymentInTheSameMessageWhicheverRecordComesFirst() {
    Deployment later = Sample.deployment(Sample.WEB, 2, Status.PREPARING, Reason.PUSHED);
    Head idle = Head.unseen(Sample.WEB);
    Head held = held(later);
    ledger.write(Ledger.Change.of(ledger.head(Sample.WEB), held));
    batch(new StreamEvents().changed("1", idle, held));
    assertThat(slack.calls).containsExactly("post C1");

    Head begun = held.waiting(Head.Waiting.NOTHING).hold(null).inFlight(later);
    ledger.write(Ledger.Change.of(ledger.head(Sample.WEB), begun, later));
    batch(new StreamEvents().changed("2", Optional.empty(), later));
    batch(new StreamEvents().changed("3", held, begun));

    assertThat(slack.calls).containsExactly("post C1", "update 1.1");
    assertThat(slack.channel.get("1.1")).startsWith("⏳");
  }

  @Test
  void isNotHeldUpByAHeadThatCannotBeRead() {
    store.beforeWrite =
        () -> {
          throw new UnreadableItemException("head prod/web", "a field is not known here");
        };
    Head held = held(Sample.deployment(Sample.WEB, 2, Status.PREPARING, Reason.PUSHED));
    ledger.write(Ledger.Change.of(ledger.head(Sample.WEB), held));

    assertThat(batch(new StreamEvents().changed("1", Head.unseen(Sample.WEB), held))).isEmpty();
    assertThat(logged.toString()).contains("what waits cannot be told");
  }

  @Test
  void seesARecordAgainThatTellsOfAWaitWhenTheLedgerFails() {
    store.beforeWrite =
        () -> {
          throw new IllegalStateException("no answer");
        };
    Head held = held(Sample.deployment(Sample.WEB, 2, Status.PREPARING, Reason.PUSHED));
    ledger.write(Ledger.Change.of(ledger.head(Sample.WEB), held));

    assertThat(batch(new StreamEvents().changed("1", Head.unseen(Sample.WEB), held)))
        .containsExactly("1");
  }
}
