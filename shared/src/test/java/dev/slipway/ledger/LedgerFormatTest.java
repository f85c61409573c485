package dev.slipway.ledger;

import static dev.slipway.ledger.LedgerSamples.NOON;
import static dev.slipway.ledger.LedgerSamples.deployment;
import static dev.slipway.ledger.LedgerSamples.quarantine;
import static dev.slipway.ledger.LedgerSamples.service;
import static dev.slipway.ledger.LedgerSamples.withoutLogs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Revisions;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Level;
import dev.slipway.image.ImageSet;
import dev.slipway.runtime.Json;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Shift;
import dev.slipway.verdict.StoppedTask;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LedgerFormatTest {

  private static final ServiceRef WEB = service("web");
  private static final Head HEAD = LedgerSamples.head(WEB);
  private static final StoppedTask TASK = LedgerSamples.task("aaa", NOON);
  private static final PushRecord PUSH = LedgerSamples.push(WEB, "event-3", NOON);
  private static final Hold HOLD = new Hold("U024BE7LH", "incident 42", NOON);

  private static JsonNode stored(ObjectNode document) {
    return Json.read(Json.write(document));
  }

  @Test
  void readsBackWhatItWrote() {
    assertThat(LedgerFormat.deployment(stored(LedgerFormat.write(deployment(WEB, 5)))))
        .isEqualTo(withoutLogs(WEB, 5));
    assertThat(LedgerFormat.logs(stored(LedgerFormat.logs(deployment(WEB, 5)).orElseThrow())))
        .isEqualTo(deployment(WEB, 5).diagnosis().orElseThrow().logs());
    assertThat(LedgerFormat.head(stored(LedgerFormat.write(HEAD)), 0, List.of())).isEqualTo(HEAD);
    assertThat(LedgerFormat.head(stored(LedgerFormat.write(Head.unseen(WEB))), 0, List.of()))
        .isEqualTo(Head.unseen(WEB));
    assertThat(LedgerFormat.quarantine(stored(LedgerFormat.write(quarantine(2)))))
        .isEqualTo(quarantine(2));
    assertThat(LedgerFormat.stoppedTask(stored(LedgerFormat.write(TASK)))).isEqualTo(TASK);
    assertThat(LedgerFormat.push(stored(LedgerFormat.write(PUSH)))).isEqualTo(PUSH);
    assertThat(LedgerFormat.hold(stored(LedgerFormat.write(HOLD)))).isEqualTo(HOLD);
  }

  @Test
  void readsBackWhyAWayBackGoesElsewhereAndWritesNothingWhereItDoesNot() {
    Deployment plain = LedgerSamples.withoutLogs(WEB, 5);
    Deployment passing = plain.instead("team/app:v1 would have come first.");
    assertThat(LedgerFormat.deployment(stored(LedgerFormat.write(passing)))).isEqualTo(passing);
    assertThat(LedgerFormat.write(plain).has("instead")).isFalse();
  }

  @Test
  void readsBackHowATrafficShiftStandsAndWritesNothingWhereThereIsNone() {
    Deployment plain = LedgerSamples.withoutLogs(WEB, 5);
    Deployment shifting =
        plain.with(plain.rollout().toBuilder().shift(LedgerSamples.shift()).build());
    assertThat(LedgerFormat.deployment(stored(LedgerFormat.write(shifting)))).isEqualTo(shifting);
    assertThat(LedgerFormat.write(plain).path("rollout").has("shift")).isFalse();
    Hook hook = LedgerSamples.hook(Hook.State.TIMED_OUT, null);
    assertThat(LedgerFormat.hook(stored(LedgerFormat.write(hook)))).isEqualTo(hook);
  }

  @Test
  void theLongestTrailLeavesRoomForADiagnosis() {
    Shift shift = LedgerSamples.shift();
    Shift longest =
        new Shift(
            "LINEAR",
            Collections.nCopies(Shift.LONGEST, shift.trail().getLast()),
            shift.test(),
            shift.standsUntil(),
            shift.hook());
    Deployment plain = deployment(WEB, 5);
    int more =
        Json.write(
                    LedgerFormat.write(
                        plain.with(plain.rollout().toBuilder().shift(longest).build())))
                .length()
            - Json.write(LedgerFormat.write(plain)).length();
    assertThat(more).isLessThan(LedgerFormat.LARGEST_DEPLOYMENT_BYTES / 4);
  }

  private static ObjectNode all() {
    ObjectNode all = Json.object();
    all.set("deployment", LedgerFormat.write(deployment(WEB, 5)));
    all.set("logs", LedgerFormat.logs(deployment(WEB, 5)).orElseThrow());
    all.set("head", LedgerFormat.write(HEAD));
    all.set("quarantine", LedgerFormat.write(quarantine(2)));
    all.set("evidence", LedgerFormat.write(TASK));
    all.set("push", LedgerFormat.write(PUSH));
    all.set("hold", LedgerFormat.write(HOLD));
    return all;
  }

  private static JsonNode golden(String file) throws IOException {
    try (InputStream in = LedgerFormatTest.class.getResourceAsStream("/ledger/" + file)) {
      return Json.read(in);
    }
  }

  /** As the first version wrote: a diagnosis had its log lines inside. */
  static JsonNode firstSchema() throws IOException {
    return golden("schema-1.json");
  }

  /** Items of this shape are in people's tables: neither file is ever changed. */
  @Test
  void readsWhatTheFirstSchemaWrote() throws IOException {
    JsonNode golden = firstSchema();
    assertThat(LedgerFormat.deployment(golden.get("deployment"))).isEqualTo(deployment(WEB, 5));
    assertThat(LedgerFormat.head(golden.get("head"), 0, List.of()))
        .isEqualTo(HEAD.inFlight(deployment(WEB, 5)));
    readsTheRest(golden);
  }

  @Test
  void readsWhatWasWrittenSinceLogLinesAreApart() throws IOException {
    JsonNode golden = golden("schema-1-logs-apart.json");
    assertThat(LedgerFormat.deployment(golden.get("deployment"))).isEqualTo(withoutLogs(WEB, 5));
    assertThat(LedgerFormat.logs(golden.get("logs")))
        .containsExactly("listening", "cannot connect to the database");
    assertThat(LedgerFormat.head(golden.get("head"), 0, List.of())).isEqualTo(HEAD);
    readsTheRest(golden);
  }

  private static void readsTheRest(JsonNode golden) {
    assertThat(LedgerFormat.quarantine(golden.get("quarantine"))).isEqualTo(quarantine(2));
    assertThat(LedgerFormat.stoppedTask(golden.get("evidence"))).isEqualTo(TASK);
    assertThat(LedgerFormat.push(golden.get("push"))).isEqualTo(PUSH);
    assertThat(LedgerFormat.hold(golden.get("hold"))).isEqualTo(HOLD);
  }

  @Test
  void stillWritesThat() throws IOException {
    assertThat(Json.pretty(all())).isEqualTo(Json.pretty(golden("schema-1-logs-apart.json")));
  }

  /** Items of this shape are in people's tables: the file is never changed. */
  @Test
  void readsAndWritesTheAlarmsOfADeployment() throws IOException {
    Deployment watched = deployment(WEB, 5).with(LedgerSamples.alarms());
    JsonNode golden = golden("schema-1-alarms.json");
    ObjectNode document = LedgerFormat.write(watched);
    assertThat(Json.pretty(document.get("alarms"))).isEqualTo(Json.pretty(golden));
    document.set("alarms", golden);
    assertThat(LedgerFormat.deployment(document).alarms()).isEqualTo(LedgerSamples.alarms());
  }

  @Test
  void manyAlarmsWithLongNamesStillFit() {
    String name = "界".repeat(255);
    List<AlarmsInUse.Alarm> alarms =
        Collections.nCopies(
            AlarmsInUse.MOST,
            new AlarmsInUse.Alarm(name, "arn:" + name, true, true, NOON, false, ""));
    List<String> lines = Collections.nCopies(200, "界".repeat(5_000));
    Deployment whole =
        deployment(WEB, 5)
            .with(new AlarmsInUse(true, alarms, ""))
            .with(new Diagnosis("界", "web", lines, lines, lines));
    byte[] bytes = Json.write(LedgerFormat.write(whole)).getBytes(StandardCharsets.UTF_8);
    // Twice in a head's transaction, of which an item takes 400 KB.
    assertThat(bytes.length).isLessThanOrEqualTo(128 * 1024);
  }

  @Test
  void keepsWhatAWishWaitsFor() {
    Audience audience = new Audience(Optional.of("C2"), Level.FAILURES, false);
    Head resting = HEAD.waiting(HEAD.waiting().because("somebody <else> deploys", audience));
    ObjectNode document = LedgerFormat.write(resting);
    assertThat(LedgerFormat.head(stored(document), 0, List.of())).isEqualTo(resting);
    document.remove("waitingBecause");
    document.remove("waitingAudience");
    assertThat(LedgerFormat.head(document, 0, List.of()))
        .as("as an older version wrote it")
        .isEqualTo(HEAD);
  }

  @ParameterizedTest
  @EnumSource(RolledBackBy.class)
  void readsBackWhoBroughtAServiceBack(RolledBackBy who) {
    Deployment deployment = withoutLogs(WEB, 5).backBy(who);
    assertThat(LedgerFormat.deployment(stored(LedgerFormat.write(deployment))))
        .isEqualTo(deployment);
  }

  /** A name that the version before does not know would make it refuse the item. */
  @ParameterizedTest
  @EnumSource(RolledBackBy.class)
  void saysWhoBroughtAServiceBackSoThatTheVersionBeforeCanReadIt(RolledBackBy who) {
    assertThat(LedgerFormat.write(deployment(WEB, 5).backBy(who)).path("rolledBackBy").asText())
        .isIn("NOBODY", "ECS", "SLIPWAY", "PERSON");
  }

  @Test
  void ignoresFieldsThatANewerVersionWrote() {
    ObjectNode document = LedgerFormat.write(deployment(WEB, 5));
    document.put("invented", "later");
    ((ObjectNode) document.get("rollout")).putObject("weights").put("blue", 50);
    assertThat(LedgerFormat.deployment(document)).isEqualTo(withoutLogs(WEB, 5));
  }

  @Test
  void givesDefaultsForFieldsThatAnOlderVersionDidNotWrite() {
    ObjectNode document =
        Json.object()
            .put("service", WEB.arn())
            .put("sequence", 5)
            .put("status", "SUCCEEDED")
            .put("reason", "COMPLETED");
    Deployment read = LedgerFormat.deployment(document);
    assertThat(read.rollout()).isEqualTo(Rollout.NONE);
    assertThat(read.revisions()).isEqualTo(Revisions.NONE);
    assertThat(read.audience()).isEqualTo(Audience.DEFAULT);
    assertThat(read.rolledBackBy()).isEqualTo(RolledBackBy.NOBODY);
    assertThat(read.from()).isEqualTo(ImageSet.EMPTY);
    assertThat(read.diagnosis()).isEmpty();
    assertThat(read.alarms()).isEqualTo(AlarmsInUse.NOT_LOOKED_FOR);
    assertThat(LedgerFormat.head(Json.object().put("service", WEB.arn()), 0, List.of()))
        .isEqualTo(Head.unseen(WEB));
  }

  @Test
  void namesTheItemAndTheValueThatItDoesNotKnow() {
    ObjectNode document = LedgerFormat.write(deployment(WEB, 5)).put("status", "TELEPORTING");
    assertThatThrownBy(() -> LedgerFormat.deployment(document))
        .isInstanceOf(UnreadableItemException.class)
        .hasMessageContaining("deployment arn:aws:ecs:eu-west-1:123456789012:service/prod/web#5")
        .hasMessageContaining("'TELEPORTING' in its field 'status' is not a Status")
        .hasMessageContaining("newer version");
    ObjectNode head = LedgerFormat.write(HEAD);
    ((ObjectNode) head.get("request")).put("kind", "PROMOTE");
    assertThatThrownBy(() -> LedgerFormat.head(head, 1, List.of()))
        .hasMessageContaining("head " + WEB.arn())
        .hasMessageContaining("'PROMOTE'");
    ObjectNode quarantine = LedgerFormat.write(quarantine(2)).put("digest", "sha256:short");
    assertThatThrownBy(() -> LedgerFormat.quarantine(quarantine))
        .hasMessageContaining("'sha256:short' in its field 'digest'");
  }

  @Test
  void keepsTheLastLinesOfALogAndCutsLongOnes() {
    List<String> logs = new java.util.ArrayList<>(Collections.nCopies(100, "x".repeat(5_000)));
    logs.add("the last line");
    Diagnosis diagnosis = new Diagnosis("cause", "web", List.of(), List.of(), logs);
    List<String> kept =
        LedgerFormat.logs(
            stored(LedgerFormat.logs(deployment(WEB, 5).with(diagnosis)).orElseThrow()));
    assertThat(kept).hasSize(20);
    assertThat(kept.getLast()).isEqualTo("the last line");
    assertThat(kept.getFirst()).hasSize(500).endsWith("…");
  }

  @Test
  void neverWritesMoreThan64KilobytesForADeployment() {
    List<String> lines = Collections.nCopies(200, "界".repeat(5_000));
    Deployment whole = deployment(WEB, 5).with(new Diagnosis("界", "web", lines, lines, lines));
    byte[] bytes = Json.write(LedgerFormat.write(whole)).getBytes(StandardCharsets.UTF_8);
    assertThat(bytes.length).isLessThanOrEqualTo(64 * 1024);
    Diagnosis kept = throughTheLedger(whole.diagnosis().orElseThrow()).diagnosis().orElseThrow();
    assertThat(kept.cause()).isEqualTo("界");
    assertThat(kept.evidence()).as("what weighs most goes last").isNotEmpty();
  }

  /** DynamoDB refuses an item of more than 400 KB, and with it the whole change. */
  @Test
  void theLargestDiagnosisStaysFarBelowWhatDynamoDbTakes() {
    // Six bytes each in JSON, and none of them can be cut away by a mask.
    for (String worst : List.of("\u0001", "界", "\uD83D\uDEA2", "\"")) {
      List<String> lines = Collections.nCopies(500, worst.repeat(10_000));
      Deployment whole =
          deployment(WEB, 5)
              .with(new Diagnosis(worst.repeat(10_000), worst.repeat(255), lines, lines, lines))
              .as(Status.FAILED, Reason.TASKS_FAILED, worst.repeat(10_000), NOON);
      assertThat(bytes(LedgerFormat.write(whole))).isLessThanOrEqualTo(64 * 1024);
      assertThat(bytes(LedgerFormat.write(HEAD.inFlight(whole)))).isLessThanOrEqualTo(80 * 1024);
      assertThat(bytes(LedgerFormat.logs(whole).orElseThrow())).isLessThanOrEqualTo(64 * 1024);
      assertThat(LedgerFormat.deployment(stored(LedgerFormat.write(whole))).diagnosis())
          .isPresent();
    }
  }

  private static int bytes(ObjectNode document) {
    return Json.write(document).getBytes(StandardCharsets.UTF_8).length;
  }

  @Test
  void neverCutsACharacterInTwo() {
    String astral = "\uD83D\uDEA2".repeat(400);
    Deployment read =
        throughTheLedger(
            new Diagnosis("", "", List.of(astral, "x" + astral), List.of(), List.of()));
    for (String line : read.diagnosis().orElseThrow().evidence()) {
      assertThat(line.getBytes(StandardCharsets.UTF_8))
          .as("a lone surrogate becomes a question mark")
          .doesNotContain((byte) '?');
    }
  }

  private static Deployment throughTheLedger(Diagnosis diagnosis) {
    Deployment deployment = deployment(WEB, 5).with(diagnosis);
    assertThat(deployment.diagnosis()).isEqualTo(Optional.of(diagnosis));
    return LedgerFormat.deployment(stored(LedgerFormat.write(deployment)));
  }

  /** Both came after the first version: what was written before has neither. */
  @Test
  void keepsAdviceAndWhenTheContainersOfATaskEnded() {
    Diagnosis diagnosis =
        new Diagnosis("cause", "web", "do this", List.of("fact"), List.of(), List.of());
    Deployment told = deployment(WEB, 5).with(diagnosis);
    StoppedTask task =
        new StoppedTask(
            "t1",
            "web:1",
            "ecs-svc/1",
            "",
            "",
            NOON,
            NOON,
            NOON.plusSeconds(40),
            NOON.plusSeconds(3),
            List.of());

    assertThat(LedgerFormat.deployment(LedgerFormat.write(told)).diagnosis()).contains(diagnosis);
    assertThat(LedgerFormat.stoppedTask(LedgerFormat.write(task))).isEqualTo(task);
  }
}
