package dev.slipway.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Level;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Json;
import dev.slipway.slack.Message;
import dev.slipway.verdict.AlarmState;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Shift;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CardsTest {

  private static Message card(Deployment deployment) {
    return Cards.deployment(deployment, Optional.empty(), false);
  }

  private static List<String> lines(Message message) {
    return Plain.lines(message);
  }

  @Test
  void readsWellWhileItRollsOut() {
    Deployment deployment =
        Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS).with(Sample.rollout(5, 3, 1, 1));

    assertThat(lines(Cards.deployment(deployment, Optional.empty(), true)))
        .containsExactly(
            "🚀 prod/web is rolling out",
            "team/app:v1.2.2 → team/app:v1.2.3 (bbbbbbbbbbbb)",
            "Tasks are being replaced.",
            "▰▰▰▰▰▰▱▱▱▱ 3 of 5 tasks run, 1 starting, 1 failed",
            "pushed at 09:30 UTC · started at 09:30 UTC · #12",
            "[ Roll back ]");
  }

  private static AlarmsInUse alarms(String state, String... names) {
    return AlarmsInUse.found(
        Stream.of(names)
            .map(name -> new AlarmState(name, "", state, "", Sample.START.minusSeconds(60)))
            .toList(),
        List.of("own"),
        Sample.START);
  }

  @Test
  void saysWhichAlarmKeepsEcsFromWatchingAndWhatThatMeans() {
    Deployment deployment =
        Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS)
            .with(Sample.rollout(5, 3, 1, 1))
            .with(alarms("ALARM", "own"));

    assertThat(lines(card(deployment)))
        .contains(
            "⚠️ own was in ALARM already when the rollout began. Slipway ignores it until it has"
                + " left that state. ECS itself watches no alarm in such a rollout.");
  }

  @Test
  void saysThatCodeDeployStopsForAnAlarmThatWasOn() {
    Deployment deployment =
        Sample.deployment(Status.ROLLED_BACK, Reason.ALARM)
            .with(Rollout.begunByCodeDeploy("d-ABCDEFGH1", Sample.START))
            .with(alarms("ALARM", "own"));

    assertThat(lines(card(deployment)))
        .contains(
            "⚠️ own was in ALARM already when the rollout began. Slipway ignores it until it has"
                + " left that state. CodeDeploy does not: it stops what begins while an alarm of"
                + " its group is in ALARM.");
  }

  @Test
  void saysThatSlipwayWatchesTheOthersWhereThereAreSome() {
    AlarmState own = new AlarmState("own", "", "ALARM", "", Sample.START.minusSeconds(60));
    AlarmState other = new AlarmState("other", "", "OK", "", Sample.START.minusSeconds(60));
    Deployment deployment =
        Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS)
            .with(AlarmsInUse.found(List.of(own, other), List.of("own", "other"), Sample.START));

    assertThat(lines(card(deployment)))
        .anyMatch(line ->
            line.endsWith("watches no alarm in such a rollout; Slipway watches the others."));
  }

  @Test
  void taggedAlarmsThatWereOnKeepNobodyElseFromWatching() {
    Deployment deployment =
        Sample.deployment(Status.SUCCEEDED, Reason.COMPLETED).with(alarms("ALARM", "a<b>", "c"));

    assertThat(lines(card(deployment)))
        .contains(
            "⚠️ a<b>, c were in ALARM already when the rollout began. Slipway ignores them until"
                + " they have left that state.");
    assertThat(Json.write(card(deployment).toJson())).doesNotContain("a<b>");
  }

  @Test
  void alarmsThatAreQuietAreNotWorthALine() {
    Deployment deployment = Sample.deployment(Status.SUCCEEDED, Reason.COMPLETED);
    assertThat(card(deployment.with(alarms("OK", "own", "other")))).isEqualTo(card(deployment));
  }

  @Test
  void saysThatNobodyWatchesTheAlarms() {
    Deployment deployment =
        Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS)
            .with(AlarmsInUse.unknown("Slipway cannot see <them>."));

    assertThat(lines(card(deployment))).contains("⚠️ Slipway cannot see <them>.");
  }

  @Test
  void tellsHowMuchTrafficACanaryHasAndUntilWhenItBakes() {
    Deployment canary =
        staged(
            "CANARY", "POST_PRODUCTION_TRAFFIC_SHIFT", 10., Sample.START.plusSeconds(7200), null);

    assertThat(lines(card(canary)))
        .contains(
            "▰▰▰▰▰▰▰▰▰▰ 2 of 2 tasks run",
            "canary: 10 % of traffic on the new revision, bakes until 11:30 UTC");
  }

  static Stream<Arguments> stages() {
    return Stream.of(
        Arguments.of(
            "BLUE_GREEN",
            "SCALE_UP",
            0.,
            "blue/green: no traffic on the new revision, new tasks start"),
        Arguments.of(
            "BLUE_GREEN",
            "BAKE_TIME",
            100.,
            "blue/green: 100 % of traffic on the new revision, bakes until 11:30 UTC"),
        Arguments.of(
            "LINEAR",
            "PRODUCTION_TRAFFIC_SHIFT",
            12.5,
            "linear: 12.5 % of traffic on the new revision, bakes until 11:30 UTC"),
        Arguments.of(
            "CANARY",
            "CLEAN_UP",
            100.,
            "canary: 100 % of traffic on the new revision, tasks that are no longer needed stop"),
        Arguments.of("CANARY", "SCALE_UP", null, "canary: new tasks start"),
        Arguments.of("ROLLING", "BAKE_TIME", null, "bakes until 11:30 UTC"),
        // What AWS adds is shown by its name.
        Arguments.of("MOON_PHASE", "FULL_<MOON>", null, "moon phase: stage FULL_<MOON>"));
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("stages")
  void tellsStageAndTrafficInWords(String strategy, String stage, Double share, String line) {
    Deployment deployment = staged(strategy, stage, share, Sample.START.plusSeconds(7200), null);
    assertThat(lines(card(deployment))).contains(line);
  }

  @Test
  void saysWhoIsWaitedForAndWithWhichCommandToGoOn() {
    Deployment paused =
        staged(
            "BLUE_GREEN",
            "POST_TEST_TRAFFIC_SHIFT",
            0.,
            null,
            hook(Hook.Type.PAUSE, "ecs-pause-1"));

    Message card = card(paused);
    assertThat(lines(card))
        .startsWith("🚀 prod/web waits for a person")
        .containsSubsequence(
            "blue/green: no traffic on the new revision, test traffic has moved",
            "Waits for a person at POST_TEST_TRAFFIC_SHIFT, until 2026-01-18 09:30 UTC, then ECS"
                + " goes back. Approve in ECS, or with",
            "aws ecs continue-service-deployment --region eu-west-1 --service-deployment-arn"
                + " arn:aws:ecs:eu-west-1:123456789012:service-deployment/prod/web/Kd9gq2Xz7bWm4Tn1LpQrs"
                + " --hook-id ecs-pause-1 --action CONTINUE",
            "--action ROLLBACK goes back.");
    assertThat(card.text()).contains("waits for a person");
  }

  @Test
  void aHookIdThatAShellWouldTakeForMoreIsQuoted() {
    Deployment paused =
        staged("BLUE_GREEN", "PRE_SCALE_UP", 0., null, hook(Hook.Type.PAUSE, "x; rm -rf 'y'"));
    assertThat(String.join(" ", lines(card(paused))))
        .contains("--hook-id 'x; rm -rf '\\''y'\\''' --action");
  }

  @Test
  void aFunctionThatTakesItsTimeIsNamed() {
    Deployment waiting =
        staged("CANARY", "PRE_SCALE_UP", 0., null, hook(Hook.Type.LAMBDA, "ecs-lambda-1"));
    assertThat(lines(card(waiting)))
        .startsWith("🚀 prod/web is rolling out")
        .contains("Waits for the function check-it at PRE_SCALE_UP, until 2026-01-18 09:30 UTC.");
  }

  @Test
  void saysThatCodeDeployWaitsForAPersonAndHowToLetTheTrafficGo() {
    Deployment ready =
        Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS).with(inCodeDeploy("READY"));

    assertThat(lines(card(ready)))
        .startsWith("🚀 prod/web waits for a person")
        .containsSubsequence(
            "the new tasks run, without production traffic",
            "Waits for a person to let the traffic go, until CodeDeploy's wait time is over."
                + " Reroute it in CodeDeploy, or with",
            "aws deploy continue-deployment --region eu-west-1 --deployment-id d-EXAMPLE11"
                + " --deployment-wait-type READY_WAIT");
  }

  /** Slipway itself lets the traffic of a way back go. */
  @Test
  void nobodyIsAskedForAWayBackInCodeDeploy() {
    Deployment failing = Sample.deployment(Status.ROLLING_BACK, Reason.TASKS_FAILED);
    Deployment back =
        Sample.rollback(Status.ROLLING_OUT, Reason.IN_PROGRESS).with(inCodeDeploy("READY"));

    assertThat(lines(Cards.deployment(failing, Optional.of(back), false)))
        .noneMatch(line -> line.contains("person"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INSTALL | new tasks start",
        "TASKS_READY | the new tasks run",
        "TRAFFIC_SHIFTED | production traffic has moved, and the old tasks are kept for a while",
        "BAKING | CodeDeploy bakes it"
      })
  void tellsHowFarCodeDeployIsInWords(String stage, String line) {
    Deployment going =
        Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS).with(inCodeDeploy(stage));

    assertThat(lines(card(going))).contains(line);
  }

  private static Deployment.Rollout inCodeDeploy(String stage) {
    return Sample.rollout(2, 2, 0, 0).toBuilder()
        .serviceDeploymentArn("d-EXAMPLE11")
        .stage(stage)
        .shift(Shift.NONE.seenInCodeDeploy(stage, false, Sample.START))
        .build();
  }

  @Test
  void saysUntilWhenItIsWatched() {
    Deployment baking =
        Sample.deployment(Status.BAKING, Reason.BAKE_TIME)
            .as(Status.BAKING, Reason.BAKE_TIME, "ECS has completed it.", Sample.END)
            .with(
                Sample.rollout(2, 2, 0, 0).toBuilder()
                    .bakeUntil(Sample.START.plusSeconds(600))
                    .build());

    assertThat(lines(card(baking)))
        .contains("ECS has completed it. Watched before it counts as a success, until 09:40 UTC.");
  }

  @Test
  void containersThatDoNotChangeAreNotInItsLine() {
    Deployment deployment =
        Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS)
            .to(
                new ImageSet(
                    Map.of("web", Sample.image("v1", 'a'), "zproxy", Sample.image("p1", 'c'))),
                new ImageSet(Map.of("web", Sample.image("v2", 'b'))));

    assertThat(card(deployment).text())
        .isEqualTo("🚀 prod/web is rolling out · team/app:v1 → team/app:v2");
  }

  /** Regression: "The service runs team/app:live again" said nothing where live was moved. */
  @Test
  void aTagThatWasMovedIsToldWithItsDigest() {
    Deployment failed =
        Sample.deployment(Status.ROLLED_BACK, Reason.TASKS_FAILED)
            .to(Sample.images("live", 'a'), Sample.images("live", 'b'))
            .backBy(RolledBackBy.SLIPWAY);
    Deployment back =
        Sample.rollback(Status.SUCCEEDED, Reason.COMPLETED)
            .to(Sample.images("live", 'b'), Sample.images("live", 'a'));

    Message card = Cards.deployment(failed, Optional.of(back), false);
    assertThat(lines(card))
        .contains("🔙 Rolled back to team/app:live (aaaaaaaaaaaa) in 2 m by Slipway.");
    assertThat(card.text()).contains("team/app:live (aaaaaaaaaaaa) → team/app:live (bbbbbbbbbbbb)");
  }

  @Test
  void saysWhyAWayBackDoesNotGoWhereItWasToGo() {
    String why =
        "team/app:v1.2.2 (sha256:aaaaaaaaaaaa) would have come first, but it is no longer"
            + " in ECR.";
    Deployment failed =
        Sample.deployment(Status.ROLLED_BACK, Reason.TASKS_FAILED).backBy(RolledBackBy.SLIPWAY);
    Deployment back =
        Sample.rollback(Status.SUCCEEDED, Reason.COMPLETED)
            .to(Sample.images("v1.2.3", 'b'), Sample.images("v1.2.1", 'c'))
            .instead(why);

    assertThat(lines(Cards.deployment(failed, Optional.of(back), false)))
        .contains("🔙 Rolled back to team/app:v1.2.1 in 2 m by Slipway. " + why);
    assertThat(
            lines(
                Cards.deployment(
                    failed.as(Status.ROLLING_BACK, Reason.TASKS_FAILED, "", Sample.END),
                    Optional.of(back.as(Status.PREPARING, Reason.IN_PROGRESS, "", Sample.END)),
                    false)))
        .contains("⏪ Going back to team/app:v1.2.1. " + why);
  }

  @Test
  void theThreadSaysHowAnImageLeavesQuarantine() {
    Deployment failed =
        Sample.deployment(Status.ROLLING_BACK, Reason.ALARM).with(Sample.diagnosis());

    assertThat(
            lines(
                FailureThread.of(
                    failed, Optional.empty(), List.of(Sample.image("v1.2.3", 'b')), false)))
        .endsWith(
            "team/app:v1.2.3 is in quarantine, and does not come back here by itself. If it was"
                + " not to blame: /slipway release prod/web sha256:bbbbbbbbbbbb.");
  }

  @Test
  void saysOnceThatSomebodyElseDeployedOverTheWayBack() {
    Deployment failed =
        Sample.deployment(Status.ROLLED_BACK, Reason.TASKS_FAILED)
            .backBy(RolledBackBy.PERSON)
            .as(
                Status.ROLLED_BACK,
                Reason.TASKS_FAILED,
                "Too many tasks of the new revision failed. Somebody else deployed web:3 over it."
                    + " Slipway leaves it as it is.",
                Sample.END);
    Deployment back =
        Sample.rollback(Status.SUPERSEDED, Reason.CHANGED_ELSEWHERE)
            .as(
                Status.SUPERSEDED,
                Reason.CHANGED_ELSEWHERE,
                "Somebody else deployed web:3 over it.",
                Sample.END);

    assertThat(lines(Cards.deployment(failed, Optional.of(back), false)))
        .startsWith("🔙 prod/web failed, and somebody else deployed over it")
        .noneMatch(line -> line.startsWith("⏩"));
  }

  @Test
  void whatWaitsOnTheWayBackIsToldInTheCardOfWhatFailed() {
    Deployment failing = Sample.deployment(Status.ROLLING_BACK, Reason.TASKS_FAILED);
    Deployment back =
        Sample.rollback(Status.ROLLING_OUT, Reason.IN_PROGRESS)
            .with(
                staged(
                        "CANARY",
                        "POST_PRODUCTION_TRAFFIC_SHIFT",
                        10.,
                        Sample.START.plusSeconds(7200),
                        null)
                    .rollout());
    assertThat(lines(Cards.deployment(failing, Optional.of(back), false)))
        .contains("canary: 10 % of traffic on the revision it goes back to, bakes until 11:30 UTC");
  }

  private static Hook hook(Hook.Type type, String id) {
    return new Hook(
        id,
        type,
        type == Hook.Type.LAMBDA ? "arn:aws:lambda:eu-west-1:123456789012:function:check-it" : "",
        "",
        type == Hook.Type.PAUSE ? Hook.State.AWAITING_ACTION : Hook.State.IN_PROGRESS,
        Sample.START.plusSeconds(3 * 86_400),
        Hook.TimeoutAction.ROLLBACK,
        null);
  }

  private static Deployment staged(
      String strategy, String stage, Double share, Instant until, Hook hook) {
    Shift shift =
        new Shift(
            strategy,
            List.of(
                new Shift.Mark(
                    stage,
                    share == null ? OptionalDouble.empty() : OptionalDouble.of(share),
                    Sample.START)),
            OptionalDouble.empty(),
            until,
            Optional.ofNullable(hook).map(each -> each.in(stage)));
    return Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS)
        .with(
            Sample.rollout(2, 2, 0, 0).toBuilder()
                .serviceDeploymentArn(
                    "arn:aws:ecs:eu-west-1:123456789012:service-deployment/prod/web/Kd9gq2Xz7bWm4Tn1LpQrs")
                .stage(stage)
                .shift(shift)
                .build());
  }

  @Test
  void readsWellWhenItHasSucceeded() {
    Message card = card(Sample.deployment(Status.SUCCEEDED, Reason.COMPLETED));

    assertThat(lines(card))
        .containsExactly(
            "✅ prod/web deployed",
            "team/app:v1.2.2 → team/app:v1.2.3 (bbbbbbbbbbbb)",
            "The rollout is complete.",
            "pushed at 09:30 UTC · took 2 m 5 s · #12");
    assertThat(card.text()).isEqualTo("✅ prod/web deployed · team/app:v1.2.2 → team/app:v1.2.3");
  }

  @Test
  void tellsTheRollbackInTheCardOfWhatFailed() {
    Deployment failed =
        Sample.deployment(Status.ROLLED_BACK, Reason.TASKS_FAILED)
            .with(Sample.diagnosis())
            .backBy(RolledBackBy.SLIPWAY);
    Deployment back = Sample.rollback(Status.SUCCEEDED, Reason.COMPLETED);

    Message card = Cards.deployment(failed, Optional.of(back), false);

    assertThat(lines(card))
        .containsExactly(
            "🔙 prod/web failed and was rolled back",
            "team/app:v1.2.2 → team/app:v1.2.3 (bbbbbbbbbbbb)",
            "Too many tasks of the new revision failed.",
            "Cause: Container web exited with code 1 after 2 s.",
            "🔙 Rolled back to team/app:v1.2.2 in 2 m by Slipway.",
            "pushed at 09:30 UTC · took 2 m 5 s · #12");
    assertThat(card.text())
        .isEqualTo(
            "🔙 prod/web failed and was rolled back · team/app:v1.2.2 → team/app:v1.2.3"
                + " · 🔙 Rolled back to team/app:v1.2.2 in 2 m by Slipway.");
  }

  @Test
  void aDetailThatBeginsWithTheReasonIsNotToldTwice() {
    Deployment failed =
        Sample.detail(
            Sample.deployment(Status.ROLLED_BACK, Reason.TASKS_FAILED),
            "Too many tasks of the new revision failed. The service runs team/app:v1.2.2 again.");

    assertThat(lines(card(failed)))
        .contains(
            "Too many tasks of the new revision failed. The service runs team/app:v1.2.2 again.");
  }

  @Test
  void whatAPersonTakesBackIsNotCalledAFailure() {
    assertThat(lines(card(Sample.deployment(Status.ROLLED_BACK, Reason.STOPPED_BY_PERSON))))
        .contains("🔙 prod/web was rolled back");
    assertThat(lines(card(Sample.deployment(Status.ROLLING_BACK, Reason.STOPPED_BY_PERSON))))
        .contains("⏪ prod/web is going back");
  }

  @Test
  void saysAReasonOnceWhenTheDetailBeginsWithIt() {
    Deployment failed =
        Sample.detail(
            Sample.deployment(Status.FAILED, Reason.ALARM), "An alarm went off: high-errors");

    assertThat(lines(card(failed))).contains("An alarm went off: high-errors.");
  }

  @Test
  void doesNotCallAFailureWhatAPersonHasStopped() {
    Deployment stopped =
        Sample.deployment(Status.ROLLED_BACK, Reason.STOPPED_BY_PERSON)
            .with(Sample.diagnosis())
            .backBy(RolledBackBy.PERSON);

    assertThat(lines(card(stopped)))
        .containsExactly(
            "🔙 prod/web was rolled back",
            "team/app:v1.2.2 → team/app:v1.2.3 (bbbbbbbbbbbb)",
            "A person stopped it.",
            "🔙 Rolled back to team/app:v1.2.2 by a person.",
            "pushed at 09:30 UTC · took 2 m 5 s · #12");
    assertThat(Telling.explains(stopped)).isFalse();
  }

  static Stream<Arguments> people() {
    return Stream.of(
        Arguments.of("U0123ABCD", "<@U0123ABCD>"),
        Arguments.of("jo <the> & co", "jo &lt;the&gt; &amp; co"),
        Arguments.of("U0123ABCD> <!channel", "U0123ABCD&gt; &lt;!channel"),
        Arguments.of("@here", "@here"),
        Arguments.of("", "a person"));
  }

  @ParameterizedTest
  @MethodSource("people")
  void namesThePersonWhoAskedForARollBack(String by, String named) {
    Deployment failed =
        Sample.deployment(Status.ROLLED_BACK, Reason.UNDONE_BY_PERSON).backBy(RolledBackBy.PERSON);
    Deployment back = Sample.askedBy(Sample.rollback(Status.SUCCEEDED, Reason.COMPLETED), by);

    Message card = Cards.deployment(failed, Optional.of(back), false);

    String line = "🔙 Rolled back to `team/app:v1.2.2` in 2 m by " + named + ".";
    assertThat(card.blocks().valueStream().map(block -> block.path("text").path("text").asText()))
        .contains(line);
    assertThat(card.text()).endsWith(line.replace("`", ""));
  }

  @Test
  void namesThePersonWhileTheRollBackGoesOn() {
    Deployment failing = Sample.deployment(Status.ROLLING_BACK, Reason.STOPPED_BY_PERSON);
    Deployment back =
        Sample.askedBy(Sample.rollback(Status.PREPARING, Reason.IN_PROGRESS), "U0123ABCD");
    Deployment going =
        Sample.askedBy(Sample.rollback(Status.ROLLING_OUT, Reason.IN_PROGRESS), "U0123ABCD")
            .with(Sample.rollout(2, 1, 0, 0));

    assertThat(lines(Cards.deployment(failing, Optional.of(back), false)))
        .contains("⏪ Going back to team/app:v1.2.2, as @U0123ABCD asked.");
    assertThat(lines(Cards.deployment(failing, Optional.of(going), false)))
        .contains("⏪ Going back to team/app:v1.2.2, as @U0123ABCD asked");
  }

  /** ECS goes back by itself although somebody has just asked for it, too. */
  @Test
  void doesNotNameAPersonForWhatEcsDid() {
    Deployment failed =
        Sample.deployment(Status.ROLLED_BACK, Reason.CIRCUIT_BREAKER).backBy(RolledBackBy.ECS);
    Deployment back = Sample.rollback(Status.SUCCEEDED, Reason.COMPLETED);

    assertThat(lines(Cards.deployment(failed, Optional.of(back), false)))
        .contains("🔙 Rolled back to team/app:v1.2.2 in 2 m by ECS.");
  }

  @Test
  void namesCodeDeployForWhatCodeDeployDid() {
    Deployment failed =
        Sample.deployment(Status.ROLLED_BACK, Reason.ALARM).backBy(RolledBackBy.CODE_DEPLOY);
    Deployment back = Sample.rollback(Status.SUCCEEDED, Reason.COMPLETED);

    assertThat(lines(Cards.deployment(failed, Optional.of(back), false)))
        .contains("🔙 Rolled back to team/app:v1.2.2 in 2 m by CodeDeploy.");
  }

  @Test
  void doesNotSayThatSomebodyAskedForWhatWasDeployedElsewhere() {
    Deployment elsewhere =
        Sample.askedBy(Sample.deployment(Status.SUCCEEDED, Reason.CHANGED_ELSEWHERE), "");

    assertThat(lines(card(elsewhere))).contains("seen at 09:30 UTC · #12");
  }

  static Stream<Arguments> waysBack() {
    return Stream.of(
        Arguments.of(Status.PREPARING, Reason.PUSHED, "⏪ Going back to team/app:v1.2.2."),
        Arguments.of(Status.ROLLING_OUT, Reason.IN_PROGRESS, "⏪ Going back to team/app:v1.2.2."),
        Arguments.of(
            Status.FAILED,
            Reason.NO_PROGRESS,
            "❌ The way back to team/app:v1.2.2 failed as well; a person is needed."
                + " No progress in time."),
        Arguments.of(
            Status.SUPERSEDED,
            Reason.CHANGED_ELSEWHERE,
            "⏩ The way back to team/app:v1.2.2 was superseded: somebody else deployed."));
  }

  /**
   * Regression: "failed as well; a person is needed. The rollback failed as well. a hook failed."
   */
  @Test
  void saysOnlyOnceThatTheWayBackFailedToo() {
    Deployment failed =
        Sample.deployment(Status.FAILED, Reason.ROLLBACK_FAILED)
            .as(
                Status.FAILED,
                Reason.ROLLBACK_FAILED,
                "An alarm went off. The rollback failed as well, to team/app:v1.2.2: a lifecycle"
                    + " hook failed. A person is needed: see the service's events.",
                Sample.START);
    Deployment back =
        Sample.rollback(Status.FAILED, Reason.ROLLBACK_FAILED)
            .as(Status.FAILED, Reason.ROLLBACK_FAILED, "a lifecycle hook failed.", Sample.START);

    assertThat(lines(Cards.deployment(failed, Optional.of(back), false)))
        .contains(
            "An alarm went off. The rollback failed as well, to team/app:v1.2.2: a lifecycle hook"
                + " failed. A person is needed: see the service's events.")
        .noneMatch(line -> line.startsWith("❌ The way back"))
        .startsWith("❌ prod/web failed and could not go back");
    assertThat(
            lines(
                Cards.deployment(
                    failed.as(Status.FAILED, Reason.ROLLBACK_FAILED, "", Sample.END),
                    Optional.of(back),
                    false)))
        .contains(
            "❌ The way back to team/app:v1.2.2 failed as well; a person is needed."
                + " A lifecycle hook failed.");
  }

  @ParameterizedTest
  @MethodSource("waysBack")
  void tellsHowFarTheWayBackIs(Status status, Reason reason, String line) {
    Deployment failed = Sample.deployment(Status.ROLLING_BACK, Reason.TASKS_FAILED);

    assertThat(lines(Cards.deployment(failed, Optional.of(Sample.rollback(status, reason)), false)))
        .contains(line);
  }

  @Test
  void tellsOfEcssOwnRollbackWithoutADeploymentForIt() {
    Deployment failed =
        Sample.deployment(Status.ROLLED_BACK, Reason.CIRCUIT_BREAKER).backBy(RolledBackBy.ECS);

    assertThat(lines(card(failed))).contains("🔙 Rolled back to team/app:v1.2.2 by ECS.");
  }

  @Test
  void tellsMovedTagsApartByTheirDigests() {
    Deployment deployment =
        Sample.deployment(Status.SUCCEEDED, Reason.COMPLETED)
            .to(Sample.images("latest", 'a'), Sample.images("latest", 'b'));

    assertThat(lines(card(deployment)))
        .contains("team/app:latest (aaaaaaaaaaaa) → team/app:latest (bbbbbbbbbbbb)");
  }

  @Test
  void namesTheContainersWhenThereAreSeveral() {
    ImageSet from =
        new ImageSet(Map.of("web", Sample.image("v1", 'a'), "proxy", Sample.image("v7", 'c')));
    ImageSet to =
        new ImageSet(Map.of("web", Sample.image("v2", 'b'), "proxy", Sample.image("v7", 'c')));
    Deployment deployment = Sample.deployment(Status.SUCCEEDED, Reason.COMPLETED).to(from, to);

    assertThat(lines(card(deployment)))
        .contains(
            "proxy team/app:v7 (cccccccccccc)", "web team/app:v1 → team/app:v2 (bbbbbbbbbbbb)");
  }

  static Stream<Trigger.Kind> kinds() {
    return Stream.of(Trigger.Kind.values());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void saysWhatCausedIt(Trigger.Kind kind) {
    String expected =
        switch (kind) {
          case PUSH -> "pushed by <@U0123ABCD> at ";
          case REPLICATION -> "replicated by <@U0123ABCD> at ";
          case RECONCILE -> "found by the reconcile run at ";
          case PERSON -> "asked for by <@U0123ABCD> at ";
          case ROLLBACK -> "way back from #0";
        };

    Message card =
        card(
            Sample.triggered(
                Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS),
                new Trigger(kind, "U0123ABCD", "", Sample.START)));

    assertThat(Json.write(card.blocks())).contains(expected);
  }

  @ParameterizedTest
  @EnumSource(Status.class)
  void hasACardForEveryStatus(Status status) {
    Message card = card(Sample.deployment(status, Reason.PUSHED));

    assertThat(lines(card).getFirst()).contains("prod/web ");
    assertThat(card.text()).contains("prod/web");
    withinSlacksLimits(card);
  }

  @Test
  void carriesServiceAndSequenceInItsButton() {
    Message card =
        Cards.deployment(
            Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS), Optional.empty(), true);

    JsonNode button = card.blocks().get(card.blocks().size() - 1).path("elements").path(0);
    assertThat(button.path("action_id").asText()).isEqualTo("roll_back");
    assertThat(RollBackButton.Value.parse(button.path("value").asText()))
        .isEqualTo(new RollBackButton.Value(Sample.WEB, 12));
    assertThat(button.path("confirm").path("text").path("text").asText())
        .isEqualTo("prod/web goes back to team/app:v1.2.2.");
  }

  @Test
  void givesTheSameMessageForTheSameDeployment() {
    Deployment one = Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    Deployment same = Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS);

    assertThat(card(one).hash()).isEqualTo(card(same).hash());
    assertThat(card(one.with(Sample.rollout(2, 1, 0, 0))).hash()).isNotEqualTo(card(one).hash());
  }

  @Test
  void escapesWhatComesFromOutside() {
    String evil = "<!channel> & <https://evil|x> `code`";
    Deployment deployment =
        Sample.detail(Sample.deployment(Status.FAILED, Reason.UPDATE_REFUSED), evil)
            .with(
                new Diagnosis(evil, evil, List.of(evil), List.of(evil), List.of(evil, "```", "x")));

    for (Message message :
        List.of(
            card(deployment), FailureThread.of(deployment, Optional.empty(), List.of(), false))) {
      assertThat(message.text()).doesNotContain("<!channel>");
      for (JsonNode block : message.blocks()) {
        if (block.path("text").path("type").asText().equals("mrkdwn")) {
          assertThat(block.path("text").path("text").asText()).doesNotContain("<!", "<http");
        }
      }
    }
  }

  @Test
  void explainsAFailureInItsThread() {
    Deployment failed =
        Sample.deployment(Status.FAILED, Reason.TASKS_FAILED).with(Sample.diagnosis());

    assertThat(lines(FailureThread.of(failed, Optional.empty(), List.of(), false)))
        .containsExactly(
            "Cause: Container web exited with code 1 after 2 s.",
            "What to do: Look in its log for why it ended.",
            "Evidence",
            "• stop code EssentialContainerExited",
            "• exit code 1",
            "• 3 attempts",
            "What ECS said",
            "• (service web) is unable to consistently start tasks successfully.",
            "Last log lines of web",
            "starting",
            "panic: no <config> & no default");
  }

  @Test
  void explainsWhyTheWayBackFailedBesideTheFailure() {
    Deployment failed =
        Sample.deployment(Status.FAILED, Reason.ROLLBACK_FAILED).with(Sample.diagnosis());

    Message thread = FailureThread.of(failed, Optional.of(failedWayBack()), List.of(), true);

    assertThat(lines(thread))
        .contains("Cause: Container web exited with code 1 after 2 s.")
        .containsSubsequence(
            "Why the way back failed: The log group <x> does not exist.",
            "What to do: Create it.",
            "Evidence",
            "• Attempts: 3 tasks failed");
    assertThat(thread.text())
        .isEqualTo(
            "❌ prod/web failed, and a person is needed: Container web exited with code 1 after"
                + " 2 s.");
  }

  @Test
  void explainsTheWayBackAloneWhereTheFailureNeedsNoExplanation() {
    Deployment failed = Sample.deployment(Status.FAILED, Reason.ROLLBACK_FAILED);

    Message thread = FailureThread.of(failed, Optional.of(failedWayBack()), List.of(), false);

    assertThat(lines(thread))
        .startsWith("Why the way back failed: The log group <x> does not exist.");
    assertThat(thread.text())
        .isEqualTo("prod/web could not go back: The log group &lt;x&gt; does not exist");
  }

  @Test
  void theCallForAPersonSaysWhyTheWayBackFailedIfThatIsKnown() {
    Deployment failed = Sample.deployment(Status.FAILED, Reason.ROLLBACK_FAILED);
    Message card = card(failed);
    Deployment silent = Sample.rollback(Status.FAILED, Reason.ROLLBACK_FAILED);

    Message call = FailureThread.call(card, Optional.of(failedWayBack()));

    assertThat(call.text()).isEqualTo(card.text());
    assertThat(lines(call)).contains("Why the way back failed: The log group <x> does not exist.");
    withinSlacksLimits(call);
    assertThat(FailureThread.call(card, Optional.of(silent)))
        .isEqualTo(Message.ofText(card.text()));
    assertThat(FailureThread.call(card, Optional.empty())).isEqualTo(Message.ofText(card.text()));
  }

  private static Deployment failedWayBack() {
    return Sample.rollback(Status.FAILED, Reason.ROLLBACK_FAILED)
        .with(
            new Diagnosis(
                "The log group <x> does not exist",
                "web",
                "Create it",
                List.of("Attempts: 3 tasks failed"),
                List.of(),
                List.of()));
  }

  /** A log of JSON has long lines; what went wrong is often in the first of the last twenty. */
  @Test
  void showsTwentyLongLines() {
    List<String> lines =
        IntStream.range(0, 20).mapToObj(i -> "{" + i + "} " + "x".repeat(480)).toList();
    Deployment failed =
        Sample.deployment(Status.FAILED, Reason.TASKS_FAILED)
            .with(Sample.diagnosis().withLogs(lines));

    List<String> shown = lines(FailureThread.of(failed, Optional.empty(), List.of(), false));

    assertThat(shown).containsAll(lines);
    assertThat(Json.write(FailureThread.of(failed, Optional.empty(), List.of(), false).toJson()))
        .doesNotContain("left out");
    withinSlacksLimits(FailureThread.of(failed, Optional.empty(), List.of(), false));
  }

  @Test
  void showsNoLogLinesWhereTheyAreSwitchedOff() {
    Deployment d = Sample.deployment(Status.FAILED, Reason.TASKS_FAILED);
    Deployment quiet =
        new Deployment(
            d.service(),
            d.sequence(),
            d.status(),
            d.reason(),
            d.detail(),
            d.from(),
            d.to(),
            d.trigger(),
            d.revisions(),
            d.rollout(),
            d.rollbackOf(),
            d.rolledBackBy(),
            new Audience(Optional.empty(), Level.ALL, false),
            Optional.of(Sample.diagnosis()),
            d.createdAt(),
            d.updatedAt(),
            d.finishedAt());

    assertThat(Json.write(FailureThread.of(quiet, Optional.empty(), List.of(), false).toJson()))
        .doesNotContain("panic", "log lines");
  }

  @Test
  void staysWithinSlacksLimitsWhateverComes() {
    String long_ = "x<&>".repeat(5000);
    ServiceRef service =
        new ServiceRef("aws", "eu-west-1", "123456789012", "c".repeat(255), "s".repeat(255));
    Map<String, Image> many = new TreeMap<>();
    for (int i = 0; i < 40; i++) {
      many.put("container-" + "n".repeat(200) + i, Sample.image("t".repeat(120) + i, 'b'));
    }
    Deployment d = Sample.deployment(Status.ROLLED_BACK, Reason.TASKS_FAILED);
    Deployment huge =
        new Deployment(
                service,
                Long.MAX_VALUE,
                d.status(),
                d.reason(),
                long_,
                new ImageSet(many),
                new ImageSet(many),
                new Trigger(Trigger.Kind.PERSON, long_, long_, Sample.START),
                d.revisions(),
                d.rollout(),
                0,
                RolledBackBy.PERSON,
                Audience.DEFAULT,
                Optional.of(
                    new Diagnosis(
                        long_,
                        long_,
                        Collections.nCopies(50, long_),
                        Collections.nCopies(50, long_),
                        Collections.nCopies(500, long_))),
                d.createdAt(),
                d.updatedAt(),
                d.finishedAt())
            .with(
                new AlarmsInUse(
                    true, alarms("ALARM", "own", long_ + 1, long_ + 2).alarms(), long_));

    Message card =
        Cards.deployment(
            huge,
            Optional.of(Sample.detail(Sample.rollback(Status.FAILED, Reason.ALARM), long_)),
            true);
    withinSlacksLimits(card);
    withinSlacksLimits(FailureThread.of(huge, Optional.empty(), List.of(), false));
    Optional<Deployment> back =
        Optional.of(
            Sample.rollback(Status.FAILED, Reason.ROLLBACK_FAILED)
                .with(huge.diagnosis().orElseThrow()));
    withinSlacksLimits(
        FailureThread.of(huge, back, huge.to().byContainer().values().stream().toList(), true));
    withinSlacksLimits(FailureThread.call(card, back));
    assertThat(Json.write(FailureThread.of(huge, Optional.empty(), List.of(), false).toJson()))
        .contains("earlier left out", "… and ");
    assertThat(Json.write(card.toJson())).contains("… failed and was rolled back", " more\"");
  }

  private static void withinSlacksLimits(Message message) {
    assertThat(message.text().length()).isBetween(1, 4000);
    assertThat(message.blocks().size()).isBetween(1, 50);
    for (JsonNode block : message.blocks()) {
      switch (block.path("type").asText()) {
        case "header" -> within(block.path("text"), 150);
        case "section" -> within(block.path("text"), 3000);
        case "context" -> {
          assertThat(block.path("elements").size()).isBetween(1, 10);
          block.path("elements").forEach(element -> within(element, 2000));
        }
        case "actions" -> {
          JsonNode button = block.path("elements").path(0);
          within(button.path("text"), 75);
          assertThat(button.path("value").asText().length()).isBetween(1, 2000);
          within(button.path("confirm").path("title"), 100);
          within(button.path("confirm").path("text"), 300);
          within(button.path("confirm").path("confirm"), 30);
          within(button.path("confirm").path("deny"), 30);
        }
        default -> throw new AssertionError(block.toString());
      }
    }
  }

  private static void within(JsonNode text, int most) {
    assertThat(text.path("text").asText().length()).as(text.toString()).isBetween(1, most);
  }

  @Test
  void saysInOneLineWhyAPushChangedNothing() {
    PushRecord push =
        new PushRecord(
            Sample.WEB,
            "team/app:v1.0.0",
            "sha256:" + "a".repeat(64),
            Reason.VERSION_LOWER,
            "v1.0.0 < v1.2.3",
            new Trigger(Trigger.Kind.PUSH, "", "", Sample.START),
            Audience.DEFAULT);

    assertThat(lines(PushCard.of(push)))
        .containsExactly(
            "ℹ️ prod/web does not take team/app:v1.0.0: the version is lower than the running"
                + " one. v1.0.0 < v1.2.3.");
    withinSlacksLimits(PushCard.of(push));
  }

  @Test
  void saysInOneLineWhyItDoesNotGoBackThoughAPersonAskedForIt() {
    PushRecord wish =
        PushRecord.notGoneBack(
            Sample.deployment(Status.SUCCEEDED, Reason.COMPLETED),
            "U0ANNA",
            Sample.END,
            Reason.CHANGED_ELSEWHERE,
            "it is not what the service runs any more.");

    assertThat(lines(PushCard.of(wish)))
        .containsExactly(
            "ℹ️ prod/web does not go back to team/app:v1.2.2, which @U0ANNA asked for: somebody"
                + " else deployed. It is not what the service runs any more.");
  }

  @Test
  void saysHowWhatFailedHereMayComeBack() {
    PushRecord push =
        new PushRecord(
            Sample.WEB,
            "team/app:v2",
            "sha256:" + "b".repeat(64),
            Reason.QUARANTINED,
            "sha256:bbbbbbbbbbbb failed here as #7",
            Sample.deployment(Status.PREPARING, Reason.PUSHED).trigger(),
            Audience.DEFAULT);

    assertThat(lines(PushCard.of(push)).getFirst())
        .endsWith(
            "sha256:bbbbbbbbbbbb failed here as #7. If the image was not to blame: /slipway release"
                + " prod/web sha256:bbbbbbbbbbbb.");
  }

  @Test
  void saysThatItWentBackFurtherThanToWhatRanBefore() {
    Deployment failed =
        Sample.deployment(Status.ROLLED_BACK, Reason.TASKS_FAILED).backBy(RolledBackBy.SLIPWAY);
    Deployment back = Sample.rollback(Status.SUCCEEDED, Reason.COMPLETED);
    Deployment further =
        new Deployment(
            failed.service(),
            failed.sequence(),
            failed.status(),
            failed.reason(),
            "",
            failed.to(),
            failed.to(),
            failed.trigger(),
            failed.revisions(),
            failed.rollout(),
            0,
            failed.rolledBackBy(),
            failed.audience(),
            Optional.empty(),
            failed.createdAt(),
            failed.updatedAt(),
            failed.finishedAt());

    assertThat(lines(Cards.deployment(further, Optional.of(back), false)))
        .contains(
            "🔙 Rolled back to team/app:v1.2.2, not to team/app:v1.2.3, which ran before, in 2 m by"
                + " Slipway.");
  }

  @Test
  void namesThePersonWhoAskedForWhatIsNotDeployed() {
    PushRecord push =
        new PushRecord(
            Sample.WEB,
            "team/app:v1.0.0",
            "sha256:" + "a".repeat(64),
            Reason.OLDER_PUSH,
            "",
            new Trigger(Trigger.Kind.PERSON, "U0123ABCD", "", Sample.START),
            Audience.DEFAULT);

    assertThat(PushCard.of(push).blocks().get(0).path("text").path("text").asText())
        .isEqualTo(
            "ℹ️ *prod/web* does not take `team/app:v1.0.0`, which <@U0123ABCD> asked for:"
                + " something pushed later is already running or wanted.");
    assertThat(
            lines(
                card(
                    Sample.askedBy(
                        Sample.deployment(Status.PREPARING, Reason.REQUESTED), "U0123ABCD"))))
        .contains(
            "A person asked for it.",
            "asked for by @U0123ABCD at 09:30 UTC · started at 09:30 UTC · #12");
  }

  // ---- once is enough

  static Stream<Arguments> reasonsAndCauses() {
    return Stream.of(
        Arguments.of(
            Reason.ALARM,
            "An alarm went off: web-5xx. The service runs team/app:v1.2.2 again.",
            "An alarm went off: web-5xx (threshold crossed)",
            "The service runs team/app:v1.2.2 again. Cause: An alarm went off: web-5xx (threshold"
                + " crossed)."),
        Arguments.of(
            Reason.HOOK_FAILED,
            "A lifecycle hook failed. The function smoke at POST_SCALE_UP failed. Going back to"
                + " team/app:v1.2.2.",
            "The function smoke at POST_SCALE_UP failed",
            "A lifecycle hook failed. Going back to team/app:v1.2.2. Cause: The function smoke at"
                + " POST_SCALE_UP failed."),
        Arguments.of(
            Reason.NO_PROGRESS,
            "The service runs team/app:v1.2.2 again.",
            "No progress in time: 0 of 2 tasks of the new revision run",
            "The service runs team/app:v1.2.2 again. Cause: No progress in time: 0 of 2 tasks of"
                + " the new revision run."),
        Arguments.of(
            Reason.ALARM,
            "",
            "An alarm went off: <web-5xx>",
            "Cause: An alarm went off: <web-5xx>."),
        Arguments.of(
            Reason.TASKS_FAILED,
            "The service runs team/app:v1.2.2 again.",
            "Container web exited with code 1",
            "Too many tasks of the new revision failed. The service runs team/app:v1.2.2 again."
                + " Cause: Container web exited with code 1."));
  }

  @ParameterizedTest
  @MethodSource("reasonsAndCauses")
  void saysEachThingOnce(Reason reason, String detail, String cause, String card) {
    Deployment deployment =
        Sample.deployment(Status.ROLLED_BACK, reason)
            .as(Status.ROLLED_BACK, reason, detail, Sample.START)
            .with(new Diagnosis(cause, "web", List.of(), List.of(), List.of()));

    assertThat(String.join(" ", lines(card(deployment)))).contains(" (bbbbbbbbbbbb) " + card);
    assertThat(Cards.line(deployment, Optional.empty()))
        .containsOnlyOnce(reason.text().substring(1));
  }

  // ---- what waits

  private static final Head.Hold HOLD = new Head.Hold("U024BE7LH", "<!channel> fair", Sample.START);

  /** Somebody's image waits, and nothing is in flight. */
  private static Head waits(String because) {
    Deployment any = Sample.deployment(Status.PREPARING, Reason.PUSHED);
    Image image = any.to().byContainer().values().iterator().next();
    return Head.unseen(any.service())
        .waiting(
            Head.Waiting.NOTHING
                .with(new Head.Wanted(image, Sample.START, any.trigger()))
                .because(because, Audience.DEFAULT));
  }

  private static List<String> waiting(Head head, Optional<Head.Hold> accountHold) {
    return WaitingCard.of(head, accountHold).map(CardsTest::lines).orElse(List.of());
  }

  @Test
  void saysWhatWaitsForSomebodyElse() {
    assertThat(
            waiting(
                waits("somebody else's deployment of <web>:42 is in progress"), Optional.empty()))
        .containsExactly(
            "⏸️ prod/web waits",
            "team/app:v1.2.3 (bbbbbbbbbbbb)",
            "Waits: somebody else's deployment of <web>:42 is in progress.",
            "pushed at 2026-01-15 09:30 UTC");
  }

  static Stream<Arguments> waits() {
    Deployment ahead = Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    Head idle = waits("");
    return Stream.of(
        Arguments.of(idle, Optional.empty(), ""),
        Arguments.of(waits("held by U024BE7LH: a fair"), Optional.empty(), ""),
        Arguments.of(
            idle.inFlight(ahead).hold(HOLD),
            Optional.of(HOLD),
            "Waits until team/app:v1.2.3 (#12) has ended."),
        Arguments.of(
            idle.hold(HOLD),
            Optional.of(HOLD),
            "The service is held by @U024BE7LH since 2026-01-15 09:30 UTC: <!channel> fair."
                + " `/slipway resume prod/web` lets it go."),
        Arguments.of(
            idle.hold(new Head.Hold("slipway.hold", "", Sample.START)),
            Optional.empty(),
            "The service is held by slipway.hold since 2026-01-15 09:30 UTC. `/slipway resume"
                + " prod/web` lets it go."),
        Arguments.of(
            idle,
            Optional.of(HOLD),
            "Everything is held by @U024BE7LH since 2026-01-15 09:30 UTC: <!channel> fair."
                + " `/slipway resume all` lets it go."));
  }

  @ParameterizedTest
  @MethodSource("waits")
  void saysWhatAnImageWaitsFor(Head head, Optional<Head.Hold> accountHold, String why) {
    List<String> lines = waiting(head, accountHold);
    assertThat(lines.isEmpty() ? "" : lines.get(2).replace("`", ""))
        .isEqualTo(why.replace("`", ""));
    WaitingCard.of(head, accountHold)
        .ifPresent(card -> assertThat(Json.write(card.toJson())).doesNotContain("<!channel>"));
  }
}
