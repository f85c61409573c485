package dev.slipway.verdict;

import static dev.slipway.deployment.Samples.NOON;
import static dev.slipway.verdict.Hook.State.AWAITING_ACTION;
import static dev.slipway.verdict.Hook.State.FAILED;
import static dev.slipway.verdict.Hook.State.IN_PROGRESS;
import static dev.slipway.verdict.Hook.State.OTHER;
import static dev.slipway.verdict.Hook.State.SUCCEEDED;
import static dev.slipway.verdict.Hook.State.TIMED_OUT;
import static dev.slipway.verdict.Hook.TimeoutAction.CONTINUE;
import static dev.slipway.verdict.Hook.TimeoutAction.ROLLBACK;
import static dev.slipway.verdict.Hook.TimeoutAction.UNKNOWN;
import static dev.slipway.verdict.Hook.Type.LAMBDA;
import static dev.slipway.verdict.Hook.Type.PAUSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.verdict.Shift.Mark;
import dev.slipway.verdict.Staging.Setting;
import dev.slipway.verdict.Staging.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ShiftTest {

  private static final String TEST_SHIFTED = "POST_TEST_TRAFFIC_SHIFT";
  private static final String SHIFTED = "POST_PRODUCTION_TRAFFIC_SHIFT";
  private static final Instant IN_THREE_DAYS = NOON.plus(Duration.ofDays(3));

  /** Until when the deadline stands still, as seen at noon for the first time. */
  static Stream<Arguments> firstLooks() {
    return Stream.of(
        arguments("nothing but tasks to wait for", say("SCALE_UP"), null),
        arguments("no stage at all", say(""), null),
        arguments("ECS's bake", say("BAKE_TIME").bake(5), NOON.plus(Duration.ofMinutes(5))),
        arguments("a bake of unknown length", say("BAKE_TIME"), NOON.plus(Duration.ofHours(24))),
        arguments("a canary's bake", say(SHIFTED).canary(120).share(10), NOON.plusSeconds(7200)),
        arguments(
            "a canary's bake in the stage before",
            say("PRODUCTION_TRAFFIC_SHIFT").canary(120).share(10),
            NOON.plusSeconds(7200)),
        arguments("a canary that has all traffic", say(SHIFTED).canary(120).share(100), null),
        arguments("a canary without traffic yet", say("SCALE_UP").canary(120).share(0), null),
        arguments(
            "a share, but not how long it stays",
            say(SHIFTED).share(30),
            NOON.plus(Duration.ofHours(24))),
        arguments(
            "a canary whose share ECS does not tell",
            say(SHIFTED).canary(120),
            NOON.plus(Duration.ofHours(24))),
        arguments("the same before its traffic moves", say("SCALE_UP").canary(120), null),
        arguments(
            "a pause",
            say(TEST_SHIFTED).hook(hook(PAUSE, AWAITING_ACTION, IN_THREE_DAYS)),
            IN_THREE_DAYS),
        arguments(
            "a pause that does not say how long",
            say(TEST_SHIFTED).hook(hook(PAUSE, AWAITING_ACTION, null)),
            NOON.plus(Duration.ofDays(14))),
        arguments(
            "a function",
            say("PRE_SCALE_UP").hook(hook(LAMBDA, IN_PROGRESS, NOON.plusSeconds(900))),
            NOON.plusSeconds(900)),
        arguments(
            "a function that does not say how long",
            say("PRE_SCALE_UP").hook(hook(LAMBDA, IN_PROGRESS, null)),
            NOON.plus(Duration.ofHours(24))),
        arguments(
            "the longest of two hooks",
            say("PRE_SCALE_UP")
                .hook(hook(LAMBDA, IN_PROGRESS, NOON.plusSeconds(900)))
                .hook(hook(PAUSE, AWAITING_ACTION, IN_THREE_DAYS)),
            IN_THREE_DAYS),
        arguments(
            "a hook that has ended",
            say("PRE_SCALE_UP").hook(hook(LAMBDA, SUCCEEDED, IN_THREE_DAYS)),
            null),
        arguments(
            "a hook in a state of the future",
            say("PRE_SCALE_UP").hook(hook(LAMBDA, OTHER, IN_THREE_DAYS)),
            null),
        arguments(
            "a bake that is over, because ECS goes back",
            say("BAKE_TIME").bake(5).back(NOON),
            null),
        arguments(
            "a hook that is called again on the way back",
            say("TEST_TRAFFIC_SHIFT")
                .back(NOON)
                .hook(hook(LAMBDA, IN_PROGRESS, NOON.plusSeconds(900))),
            NOON.plusSeconds(900)),
        arguments(
            "a hook that ECS left behind when it went back",
            say("CLEAN_UP").back(NOON).hook(hook(PAUSE, AWAITING_ACTION, IN_THREE_DAYS)),
            null));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("firstLooks")
  void theDeadlineStandsStillWhileEcsWaitsForTimeOrSomebody(String what, Said said, Instant until) {
    assertThat(Shift.NONE.seen(said.now(), true, NOON).standsUntil()).isEqualTo(until);
  }

  @Test
  void aPauseThatIsAnsweredLetsTheDeadlineRunFromThatMoment() {
    Said pause = say(TEST_SHIFTED).hook(hook(PAUSE, AWAITING_ACTION, IN_THREE_DAYS));
    Shift paused =
        Shift.NONE.seen(pause.now(), true, NOON).seen(pause.now(), true, NOON.plusSeconds(90_000));
    assertThat(paused.stands(NOON.plusSeconds(90_000))).isTrue();
    assertThat(paused.awaited().orElseThrow().stage()).isEqualTo(TEST_SHIFTED);

    // Answered, and ECS has not gone on yet: nothing has stalled by the pause.
    Instant then = NOON.plusSeconds(100_000);
    Shift answered =
        paused.seen(
            say(TEST_SHIFTED).hook(hook(PAUSE, SUCCEEDED, IN_THREE_DAYS)).now(), true, then);
    assertThat(answered.stands(then)).isFalse();
    assertThat(answered.furtherAt()).isEqualTo(then);
    assertThat(answered.awaited()).isEmpty();
    // Time goes on, and nothing else does.
    assertThat(answered.seen(say(TEST_SHIFTED).now(), true, then.plusSeconds(60)).furtherAt())
        .isEqualTo(then);
  }

  /**
   * A function took 22 minutes in a stage whose step bakes for three: the look at its end counted
   * the deadline from the end of the step's bake, and called it stalled.
   */
  static Stream<Arguments> hooksThatOutlastTheirStep() {
    Instant end = NOON.plus(Duration.ofMinutes(22));
    return Stream.of(
        arguments("a function that has decided", LAMBDA, SUCCEEDED, end, NOON.plusSeconds(86_400)),
        arguments("a pause that is answered", PAUSE, SUCCEEDED, end, IN_THREE_DAYS),
        arguments("a pause whose time is up at this moment", PAUSE, TIMED_OUT, end, end));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hooksThatOutlastTheirStep")
  void theDeadlineRunsFromTheEndOfAHookThatOutlastsItsStep(
      String what, Hook.Type type, Hook.State state, Instant end, Instant expires) {
    Hook.State waits = type == PAUSE ? AWAITING_ACTION : IN_PROGRESS;
    Said step = say(SHIFTED).canary(3).share(10);
    Shift waited =
        Shift.NONE.seen(
            say(SHIFTED).canary(3).share(10).hook(hook(type, waits, expires)).now(), true, NOON);
    Shift over = waited.seen(step.hook(hook(type, state, expires)).now(), true, end);
    assertThat(over.furtherAt()).isEqualTo(end);
    assertThat(over.stands(end)).isFalse();
    Shift later = over.seen(say(SHIFTED).canary(3).share(10).now(), true, end.plusSeconds(60));
    assertThat(later.furtherAt()).isEqualTo(end);
  }

  /** A function took as long in the stage of the shift as the step bakes in the next one. */
  @Test
  void aStepThatBakesOnceItsHookHasDecidedIsWaitedFor() {
    Instant end = NOON.plus(Duration.ofMinutes(25));
    Shift shifted =
        Shift.NONE.seen(
            say("PRODUCTION_TRAFFIC_SHIFT")
                .canary(25)
                .share(10)
                .hook(hook(LAMBDA, IN_PROGRESS, NOON.plusSeconds(86_400)))
                .now(),
            true,
            NOON);
    Shift baking = shifted.seen(say(SHIFTED).canary(25).share(10).now(), true, end);
    assertThat(baking.standsUntil()).isEqualTo(end.plus(Duration.ofMinutes(25)));
    Shift later = baking.seen(say(SHIFTED).canary(25).share(10).now(), true, end.plusSeconds(60));
    assertThat(later.standsUntil()).isEqualTo(end.plus(Duration.ofMinutes(25)));
  }

  /** They were lost, and there is no room for others: ECS bakes on, and nothing moves. */
  @Test
  void aBakeThatHasLostTasksStandsNoLonger() {
    ServiceDeployment baking = say("BAKE_TIME").now();
    Shift whole = Shift.NONE.seen(baking, true, NOON);
    assertThat(whole.stands(NOON.plusSeconds(3600))).isTrue();
    Instant lost = NOON.plusSeconds(600);
    Shift lacking = whole.seen(baking, false, lost);
    assertThat(lacking.furtherAt()).isEqualTo(lost);
    assertThat(lacking.seen(baking, false, lost.plusSeconds(600)).furtherAt())
        .as("the deadline is counted from the first look that finds them lost")
        .isEqualTo(lost);
    assertThat(lacking.seen(baking, true, lost.plusSeconds(60)).stands(lost.plusSeconds(3600)))
        .as("and stands again when they are back")
        .isTrue();
  }

  @Test
  void theDeadlineRunsFromTheEndOfABake() {
    Shift baking = Shift.NONE.seen(say("BAKE_TIME").bake(60).now(), true, NOON);
    Shift later = baking.seen(say("BAKE_TIME").bake(60).now(), true, NOON.plusSeconds(7200));
    assertThat(later.stands(NOON.plusSeconds(7200))).isFalse();
    assertThat(later.furtherAt()).isEqualTo(NOON.plusSeconds(3600));
  }

  @Test
  void stagesAndStepsOfTrafficAreProgressAndAreKept() {
    Shift shift = Shift.NONE.seen(say("SCALE_UP").linear(6).share(0).now(), true, NOON);
    shift = shift.seen(say("SCALE_UP").linear(6).share(0).now(), true, NOON.plusSeconds(60));
    assertThat(shift.furtherAt()).isEqualTo(NOON);
    shift = shift.seen(say(SHIFTED).linear(6).share(10).now(), true, NOON.plusSeconds(120));
    assertThat(shift.furtherAt()).as("the bake's end").isEqualTo(NOON.plusSeconds(480));
    shift = shift.seen(say(SHIFTED).linear(6).share(20).now(), true, NOON.plusSeconds(490));
    shift = shift.seen(say("BAKE_TIME").linear(6).now(), true, NOON.plusSeconds(900));

    assertThat(shift.strategy()).isEqualTo("LINEAR");
    assertThat(shift.production()).as("not said again").hasValue(20);
    assertThat(shift.trail())
        .containsExactly(
            mark("SCALE_UP", 0, 0),
            mark(SHIFTED, 10, 120),
            mark(SHIFTED, 20, 490),
            mark("BAKE_TIME", 20, 900));
  }

  @Test
  void aPlainRollingUpdateLeavesNothingBehind() {
    assertThat(Shift.NONE.seen(say("").now(), true, NOON)).isEqualTo(Shift.NONE);
  }

  @Test
  void theTrailHasAnEnd() {
    Shift shift = Shift.NONE;
    for (int i = 0; i < 200; i++) {
      shift = shift.seen(say("S" + i).now(), true, NOON.plusSeconds(i));
    }
    assertThat(shift.trail()).hasSize(Shift.LONGEST).endsWith(new Mark("S199", none(), at(199)));
  }

  /** What made ECS go back at noon, as far as a hook did. */
  static Stream<Arguments> causes() {
    Instant before = NOON.minusSeconds(60);
    Shift waiting =
        Shift.NONE.seen(
            say(TEST_SHIFTED).hook(hook(PAUSE, AWAITING_ACTION, NOON)).now(), true, before);
    Shift waitingLonger =
        Shift.NONE.seen(
            say(TEST_SHIFTED).hook(hook(PAUSE, AWAITING_ACTION, IN_THREE_DAYS)).now(),
            true,
            before);
    Instant longBefore = NOON.minusSeconds(150);
    Shift answered =
        Shift.NONE.seen(
            say(TEST_SHIFTED).hook(hook(PAUSE, AWAITING_ACTION, longBefore)).now(),
            true,
            longBefore.minusSeconds(60));
    Shift goingOnByItself =
        Shift.NONE.seen(
            say(TEST_SHIFTED).hook(hook(PAUSE, AWAITING_ACTION, NOON, CONTINUE, null)).now(),
            true,
            before);
    Said back = say("CLEAN_UP").back(NOON);
    return Stream.of(
        arguments(
            "a hook that ECS still lists",
            Shift.NONE,
            back.hook(hook(LAMBDA, FAILED, null)),
            FAILED),
        arguments(
            "an event just after",
            Shift.NONE,
            back.hook(told(LAMBDA, FAILED, NOON.plusSeconds(1))),
            FAILED),
        arguments(
            "an event long after: it was called again",
            Shift.NONE,
            back.hook(told(LAMBDA, FAILED, NOON.plusSeconds(30))),
            null),
        arguments(
            "a hook that ran out of time",
            Shift.NONE,
            back.hook(hook(PAUSE, TIMED_OUT, NOON, ROLLBACK, null)),
            TIMED_OUT),
        arguments(
            "one that ran out of time and went on",
            Shift.NONE,
            back.hook(hook(PAUSE, TIMED_OUT, NOON, CONTINUE, null)),
            null),
        arguments(
            "a hook that succeeded", Shift.NONE, back.hook(hook(LAMBDA, SUCCEEDED, NOON)), null),
        arguments("nothing but time: the pause had none left", waiting, back, TIMED_OUT),
        arguments("the pause had time left", waitingLonger, back, null),
        arguments("the pause had none left long before: it was answered", answered, back, null),
        arguments("the pause would have gone on", goingOnByItself, back, null),
        arguments("no hook", Shift.NONE, back, null));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("causes")
  void theHookThatMadeEcsGoBackIsKnown(String what, Shift before, Said said, Hook.State state) {
    Shift shift = before.seen(said.now(), true, NOON.plusSeconds(60));
    assertThat(shift.hook().filter(Hook::failed).map(Hook::state))
        .isEqualTo(Optional.ofNullable(state));
    assertThat(
            shift
                .seen(say("").back(NOON).now(), true, NOON.plusSeconds(120))
                .hook()
                .filter(Hook::failed))
        .as("and stays known when ECS forgets it")
        .isEqualTo(shift.hook().filter(Hook::failed));
  }

  /** Events about hooks beside what ECS lists: what is known of the hook "h" in the end. */
  static Stream<Arguments> told() {
    Hook listed = hook(LAMBDA, IN_PROGRESS, IN_THREE_DAYS, ROLLBACK, null);
    return Stream.of(
        arguments("listed only", List.of(listed), List.of(), TEST_SHIFTED, IN_PROGRESS),
        arguments(
            "told only",
            List.of(),
            List.of(told(LAMBDA, IN_PROGRESS, NOON)),
            TEST_SHIFTED,
            IN_PROGRESS),
        arguments(
            "told of a stage that is over",
            List.of(),
            List.of(told(LAMBDA, IN_PROGRESS, NOON)),
            "SCALE_UP",
            null),
        arguments(
            "told to have failed in a stage that is over",
            List.of(),
            List.of(told(LAMBDA, FAILED, NOON)),
            "CLEAN_UP",
            FAILED),
        arguments(
            "the end is told first",
            List.of(listed),
            List.of(told(LAMBDA, FAILED, NOON)),
            TEST_SHIFTED,
            FAILED),
        arguments(
            "in the wrong order",
            List.of(),
            List.of(told(LAMBDA, FAILED, NOON.plusSeconds(5)), told(LAMBDA, IN_PROGRESS, NOON)),
            TEST_SHIFTED,
            FAILED),
        arguments(
            "with the wrong times",
            List.of(),
            List.of(told(LAMBDA, FAILED, NOON), told(LAMBDA, IN_PROGRESS, NOON.plusSeconds(5))),
            TEST_SHIFTED,
            FAILED),
        arguments(
            "the answer is listed, the event of it lost",
            List.of(hook(PAUSE, SUCCEEDED, IN_THREE_DAYS)),
            List.of(told(PAUSE, AWAITING_ACTION, NOON)),
            TEST_SHIFTED,
            SUCCEEDED));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("told")
  void eventsAndListTogetherSayHowAHookStands(
      String what, List<Hook> listed, List<Hook> told, String stage, Hook.State state) {
    Staging staging = say(stage).hooks(listed).staging().knowing(told, stage);
    assertThat(staging.hooks().stream().map(Hook::state).findFirst())
        .isEqualTo(Optional.ofNullable(state));
  }

  /**
   * A pause that ran out of time half a minute before ECS began to go back: its event does not say
   * what came of that, and ECS lists it no longer. Somebody who stopped the deployment just then
   * was not believed to have.
   */
  static Stream<Arguments> timedOut() {
    Setting goesOn = setting(PAUSE, CONTINUE, TEST_SHIFTED);
    Setting goesBack = setting(PAUSE, ROLLBACK, "SCALE_UP", TEST_SHIFTED);
    Setting goesBackElsewhere = setting(PAUSE, ROLLBACK, SHIFTED);
    Setting function = setting(LAMBDA, ROLLBACK, TEST_SHIFTED);
    Setting unheardOf = setting(PAUSE, UNKNOWN, TEST_SHIFTED);
    return Stream.of(
        arguments("it is set to go on", List.of(goesOn), false),
        arguments("it is set to go back", List.of(goesBack), true),
        arguments("a pause of another stage goes back", List.of(goesBackElsewhere, goesOn), false),
        arguments("a function of the stage goes back", List.of(function, goesOn), false),
        arguments("two pauses differ, and it may be either", List.of(goesOn, goesBack), true),
        arguments("a time-out to something new", List.of(unheardOf), true),
        arguments("nothing is said of it", List.of(), true));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("timedOut")
  void aTimeOutThatEcsIsSetToGoOnFromIsNotWhyItGoesBack(
      String what, List<Setting> settings, boolean why) {
    Said back = say(SHIFTED).settings(settings).back(NOON);
    List<Hook> told =
        List.of(
            told(PAUSE, AWAITING_ACTION, NOON.minusSeconds(330)),
            told(PAUSE, TIMED_OUT, NOON.minusSeconds(30)));
    Shift shift = Shift.NONE.seen(back.now().knowing(told), true, NOON);
    assertThat(shift.hook().filter(Hook::failed).isPresent()).isEqualTo(why);
  }

  @Test
  void whatEcsListsOfATimeOutComesFirst() {
    Hook listed = hook(PAUSE, TIMED_OUT, NOON, ROLLBACK, null);
    Hook known =
        say(TEST_SHIFTED)
            .hook(listed)
            .settings(List.of(setting(PAUSE, CONTINUE, TEST_SHIFTED)))
            .staging()
            .knowing(List.of(told(PAUSE, TIMED_OUT, NOON)), TEST_SHIFTED)
            .hooks()
            .getFirst();
    assertThat(known.timeoutAction()).isEqualTo(ROLLBACK);
  }

  @Test
  void aListedHookGetsItsStageFromTheEvent() {
    Hook listed =
        new Hook(
            "h", LAMBDA, "arn:aws:lambda:x:1:function:check-it", "", FAILED, null, ROLLBACK, null);
    Hook both =
        say("CLEAN_UP")
            .hook(listed)
            .staging()
            .knowing(List.of(told(LAMBDA, FAILED, NOON)), "CLEAN_UP")
            .hooks()
            .getFirst();
    assertThat(both.stage()).isEqualTo(TEST_SHIFTED);
    assertThat(both.name()).isEqualTo("check-it");
  }

  /** Events name no function; the service deployment says which one its stage calls. */
  @Test
  void aHookThatOnlyAnEventToldOfGetsItsFunctionFromTheConfiguration() {
    Setting pause = setting(PAUSE, ROLLBACK, TEST_SHIFTED);
    Setting checks = calls("check-it", TEST_SHIFTED);
    Staging calling = say("CLEAN_UP").settings(List.of(pause, checks)).staging();
    assertThat(calling.knowing(List.of(told(LAMBDA, FAILED, NOON)), "CLEAN_UP").hooks())
        .extracting(Hook::name)
        .containsExactly("check-it");
    assertThat(calling.knowing(List.of(told(PAUSE, FAILED, NOON)), "CLEAN_UP").hooks())
        .extracting(Hook::target)
        .containsExactly("");
    Staging either =
        say("CLEAN_UP").settings(List.of(checks, calls("other", TEST_SHIFTED))).staging();
    assertThat(either.knowing(List.of(told(LAMBDA, FAILED, NOON)), "CLEAN_UP").hooks())
        .as("of two functions of a stage nobody says which one it was")
        .extracting(Hook::target)
        .containsExactly("");
  }

  // ---- what ECS says

  private record Said(String status, String stage, Instant rollbackAt, Staging staging) {

    ServiceDeployment now() {
      return new ServiceDeployment(
          "arn:sd",
          status,
          "",
          "arn:rev",
          stage,
          "",
          "",
          rollbackAt,
          "",
          "",
          List.of(),
          staging,
          NOON,
          null);
    }

    Said back(Instant at) {
      return new Said("ROLLBACK_IN_PROGRESS", stage, at, staging);
    }

    Said bake(int minutes) {
      return with(
          new Staging(
              "BLUE_GREEN",
              Optional.of(Duration.ofMinutes(minutes)),
              Optional.empty(),
              staging.source(),
              staging.target(),
              staging.hooks(),
              staging.settings()));
    }

    Said canary(int minutes) {
      return steps("CANARY", minutes);
    }

    Said linear(int minutes) {
      return steps("LINEAR", minutes);
    }

    private Said steps(String strategy, int minutes) {
      return with(
          new Staging(
              strategy,
              Optional.empty(),
              Optional.of(Duration.ofMinutes(minutes)),
              staging.source(),
              staging.target(),
              staging.hooks(),
              staging.settings()));
    }

    Said share(double percent) {
      return with(
          new Staging(
              staging.strategy(),
              staging.bake(),
              staging.stepBake(),
              staging.source(),
              new Traffic(OptionalDouble.of(percent), OptionalDouble.empty()),
              staging.hooks(),
              staging.settings()));
    }

    Said hook(Hook hook) {
      return hooks(Stream.concat(staging.hooks().stream(), Stream.of(hook)).toList());
    }

    Said hooks(List<Hook> hooks) {
      return with(
          new Staging(
              staging.strategy(),
              staging.bake(),
              staging.stepBake(),
              staging.source(),
              staging.target(),
              hooks,
              staging.settings()));
    }

    Said settings(List<Setting> settings) {
      return with(
          new Staging(
              staging.strategy(),
              staging.bake(),
              staging.stepBake(),
              staging.source(),
              staging.target(),
              staging.hooks(),
              settings));
    }

    private Said with(Staging next) {
      return new Said(status, stage, rollbackAt, next);
    }

    @Override
    public String toString() {
      return status + " " + stage;
    }
  }

  private static Said say(String stage) {
    return new Said("IN_PROGRESS", stage, null, Staging.NONE);
  }

  private static Hook hook(Hook.Type type, Hook.State state, Instant expires) {
    return hook(type, state, expires, ROLLBACK, null);
  }

  private static Hook hook(
      Hook.Type type, Hook.State state, Instant expires, Hook.TimeoutAction action, Instant at) {
    return new Hook("h", type, "", "", state, expires, action, at);
  }

  private static Hook told(Hook.Type type, Hook.State state, Instant at) {
    return new Hook("h", type, "", TEST_SHIFTED, state, IN_THREE_DAYS, UNKNOWN, at);
  }

  private static Setting calls(String function, String stage) {
    String arn = "arn:aws:lambda:x:1:function:" + function;
    return new Setting(LAMBDA, arn, Set.of(stage), ROLLBACK);
  }

  private static Setting setting(Hook.Type type, Hook.TimeoutAction action, String... stages) {
    return new Setting(type, "", Set.of(stages), action);
  }

  private static Mark mark(String stage, double share, int seconds) {
    return new Mark(stage, OptionalDouble.of(share), at(seconds));
  }

  private static Instant at(int seconds) {
    return NOON.plusSeconds(seconds);
  }

  private static OptionalDouble none() {
    return OptionalDouble.empty();
  }

  @Test
  void everyStateThatAwsNamesIsKnown() {
    assertThat(
            Arrays.stream(
                    new String[] {
                      "AWAITING_ACTION", "IN_PROGRESS", "SUCCEEDED", "FAILED", "TIMED_OUT"
                    })
                .map(Hook.State::of))
        .doesNotContain(OTHER);
    assertThat(Hook.State.of("SKIPPED")).isEqualTo(OTHER);
  }
}
