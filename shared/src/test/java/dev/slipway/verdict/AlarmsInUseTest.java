package dev.slipway.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.slipway.verdict.AlarmsInUse.Alarm;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlarmsInUseTest {

  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
  private static final Instant BEFORE = START.minusSeconds(600);
  private static final Instant LATER = START.plusSeconds(90);

  private static AlarmState state(String name, String state, Instant since) {
    return new AlarmState(name, "arn:" + name, state, "because of " + name, since);
  }

  /** The service's alarm "own" and the tagged one "tagged", in these states at the start. */
  private static AlarmsInUse atStart(String own, String tagged) {
    return AlarmsInUse.found(
        List.of(state("own", own, BEFORE), state("tagged", tagged, BEFORE)), List.of("own"), START);
  }

  @ParameterizedTest(name = "own {0}, tagged {1} at the start; ECS says {2}; completed {3}")
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          # own             , tagged, ECS says           , completed, Slipway judges by
          OK                , OK    , MONITORING         , false    , tagged
          OK                , OK    , -                  , false    , tagged
          OK                , OK    , MONITORING_COMPLETE, false    , tagged
          INSUFFICIENT_DATA , OK    , MONITORING         , false    , tagged
          OK                , ALARM , MONITORING         , false    , tagged
          # one of its own is on at the start: ECS watches none, whatever else it says
          ALARM             , OK    , DISABLED           , false    , own tagged
          ALARM             , OK    , MONITORING         , false    , own tagged
          # ECS saw at its start what was over when we looked
          OK                , OK    , DISABLED           , false    , own tagged
          # CodeDeploy watches all of its group's, also one that was on before
          OK                , OK    , CODE_DEPLOY        , false    , tagged
          ALARM             , OK    , CODE_DEPLOY        , false    , tagged
          ALARM             , OK    , CODE_DEPLOY        , true     , own tagged
          # after the rollout nobody else watches
          OK                , OK    , MONITORING_COMPLETE, true     , own tagged
          ALARM             , ALARM , DISABLED           , true     , own tagged
          """)
  void whoJudges(String own, String tagged, String ecsSays, boolean completed, String judged) {
    assertThat(atStart(own, tagged).judgedHere(ecsSays == null ? "" : ecsSays, completed))
        .extracting(Alarm::name)
        .containsExactly(judged.split(" "));
  }

  @ParameterizedTest(name = "{0} since {1} at the start, {2} since {3} now")
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          # at the start      since   now                 since   speaks against it
          OK                , -600  , ALARM             , 90    , true
          OK                , -600  , OK                , -600  , false
          OK                , -600  , INSUFFICIENT_DATA , 90    , false
          OK                , -600  , SOMETHING_NEW     , 90    , false
          INSUFFICIENT_DATA , -600  , ALARM             , 90    , true
          OK                , -     , ALARM             , -     , true
          # on since before the rollout: not the new revision's fault
          ALARM             , -600  , ALARM             , -600  , false
          ALARM             , -     , ALARM             , -     , false
          ALARM             , -     , ALARM             , 90    , false
          ALARM             , 0     , ALARM             , 0     , false
          # over in between, also if nobody saw it: counts again
          ALARM             , -600  , OK                , 60    , false
          ALARM             , -600  , ALARM             , 90    , true
          # found a moment after the rollout began, in which it went off
          ALARM             , 1     , ALARM             , 1     , true
          """)
  void whatSpeaksAgainstIt(
      String before, Integer beforeSince, String now, Integer nowSince, boolean against) {
    AlarmsInUse alarms =
        AlarmsInUse.found(List.of(state("a", before, at(beforeSince))), List.of(), START);
    assertThat(alarms.against(List.of(state("a", now, at(nowSince))), "", false))
        .hasSize(against ? 1 : 0);
  }

  private static Instant at(Integer seconds) {
    return seconds == null ? null : START.plusSeconds(seconds);
  }

  @Test
  void anAlarmThatEcsWatchesSpeaksOnlyOnceTheRolloutIsComplete() {
    AlarmsInUse alarms = atStart("OK", "OK");
    List<AlarmState> now = List.of(state("own", "ALARM", LATER));
    assertThat(alarms.against(now, "MONITORING", false)).isEmpty();
    assertThat(alarms.against(now, "MONITORING_COMPLETE", true))
        .extracting(Alarm::name)
        .containsExactly("own");
  }

  @Test
  void whatCodeDeployMayHaveStoppedForIsWhatIsOnOfItsGroup() {
    AlarmsInUse alarms =
        AlarmsInUse.found(
            List.of(
                state("a", "OK", BEFORE), state("b", "ALARM", BEFORE), state("c", "OK", BEFORE)),
            List.of("a", "b"),
            START);
    assertThat(
            alarms.ownThatAreOn(
                List.of(
                    state("a", "ALARM", LATER),
                    state("b", "ALARM", BEFORE),
                    state("c", "ALARM", LATER))))
        .containsExactly("a", "b");
    assertThat(alarms.ownThatAreOn(List.of(state("a", "OK", BEFORE)))).isEmpty();
  }

  @Test
  void anAlarmThatIsGoneSpeaksAgainstNothing() {
    assertThat(atStart("OK", "OK").against(List.of(), "", true)).isEmpty();
  }

  @Test
  void onlyAnAlarmOfTheServicesOwnKeepsEcsFromWatching() {
    assertThat(atStart("ALARM", "OK").keepsEcsFromWatching()).isTrue();
    assertThat(atStart("OK", "ALARM").keepsEcsFromWatching()).isFalse();
    assertThat(atStart("OK", "ALARM").onAtStart())
        .extracting(Alarm::name)
        .containsExactly("tagged");
  }

  @Test
  void theServicesOwnComeFirstWhenThereAreTooMany() {
    List<AlarmState> states =
        new ArrayList<>(
            IntStream.range(0, 60).mapToObj(i -> state("a" + i, "OK", BEFORE)).toList());
    states.add(state("z-own", "OK", BEFORE));
    AlarmsInUse found = AlarmsInUse.found(states, List.of("z-own"), START);
    assertThat(found.alarms()).hasSize(50);
    assertThat(found.alarms().getFirst().name()).isEqualTo("z-own");
    assertThat(found.problem()).contains("61").contains("50");
  }

  @Test
  void remembersWhichFailedItAndCloudWatchsWords() {
    AlarmsInUse failed =
        atStart("OK", "OK")
            .failedBy(
                List.of("tagged", "unheard-of"),
                List.of(state("tagged", "ALARM", LATER), state("own", "OK", BEFORE)));
    assertThat(failed.wentOff())
        .extracting(Alarm::name, Alarm::reason)
        .containsExactly(tuple("tagged", "because of tagged"), tuple("unheard-of", ""));
  }

  @Test
  void wordsOfAStateThatIsOverAreNotTheReason() {
    AlarmsInUse failed =
        atStart("OK", "OK").failedBy(List.of("own"), List.of(state("own", "OK", LATER)));
    assertThat(failed.wentOff().getFirst().reason()).isEmpty();
  }

  @Test
  void aLongReasonIsCutAndNeverInsideACharacter() {
    AlarmState state = new AlarmState("own", "", "ALARM", "\uD83D\uDEA2".repeat(400), LATER);
    String reason =
        atStart("OK", "OK").failedBy(List.of("own"), List.of(state)).wentOff().getFirst().reason();
    assertThat(reason).hasSizeLessThanOrEqualTo(300).endsWith("\uD83D\uDEA2…");
  }

  @Test
  void namesTheFirstThree() {
    List<AlarmState> states =
        IntStream.range(1, 6).mapToObj(i -> state("a" + i, "ALARM", BEFORE)).toList();
    AlarmsInUse found = AlarmsInUse.found(states, List.of(), START);
    assertThat(AlarmsInUse.names(found.alarms())).isEqualTo("a1, a2, a3 and 2 more");
    assertThat(AlarmsInUse.names(found.alarms().subList(0, 2))).isEqualTo("a1, a2");
  }
}
