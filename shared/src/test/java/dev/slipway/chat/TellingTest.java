package dev.slipway.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Level;
import dev.slipway.ledger.PushRecord;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TellingTest {

  @ParameterizedTest
  @CsvSource({
    // status,     reason,                 all,   failures
    "PREPARING,    PUSHED,                 true,  false",
    "ROLLING_OUT,  IN_PROGRESS,            true,  false",
    "BAKING,       BAKE_TIME,              true,  false",
    "SUCCEEDED,    COMPLETED,              true,  false",
    "SUCCEEDED,    COMPLETED_WITHOUT_TASKS, true, false",
    "SUCCEEDED,    BASELINE,               false, false",
    "ROLLING_BACK, CIRCUIT_BREAKER,        true,  true",
    "ROLLED_BACK,  TASKS_FAILED,           true,  true",
    "ROLLED_BACK,  STOPPED_BY_PERSON,      true,  true",
    "FAILED,       NOTHING_TO_GO_BACK_TO,  true,  true",
    "SUPERSEDED,   NEWER_PUSH,             true,  false",
    "SUPERSEDED,   CHANGED_ELSEWHERE,      true,  false",
  })
  void tellsOfADeploymentAsItsServiceAsks(
      Status status, Reason reason, boolean all, boolean failures) {
    assertThat(Telling.tells(Level.ALL, status, reason)).isEqualTo(all);
    assertThat(Telling.tells(Level.FAILURES, status, reason)).isEqualTo(failures);
    assertThat(Telling.tells(Level.NONE, status, reason)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    // reason,            all,   failures
    "TAG_NOT_WANTED,      false, false",
    "ALREADY_RUNNING,     false, false",
    "VERSION_LOWER,       true,  false",
    "QUARANTINED,         true,  false",
    "SETTINGS_UNREADABLE, true,  true",
    "CONTAINER_NOT_FOUND, true,  true",
  })
  void tellsOfAPushAsItsServiceAsks(Reason reason, boolean all, boolean failures) {
    assertThat(Telling.tells(Level.ALL, reason)).isEqualTo(all);
    assertThat(Telling.tells(Level.FAILURES, reason)).isEqualTo(failures);
    assertThat(Telling.tells(Level.NONE, reason)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "PERSON, ALL,      true",
    "PERSON, FAILURES, true",
    "PERSON, NONE,     false",
    "PUSH,   ALL,      false",
    "PUSH,   FAILURES, false",
  })
  void answersWhoeverAskedForIt(Trigger.Kind kind, Level level, boolean told) {
    PushRecord push =
        new PushRecord(
            Sample.WEB,
            "team/app:v1",
            "sha256:" + "a".repeat(64),
            Reason.OLDER_PUSH,
            "",
            new Trigger(kind, "U0123ABCD", "", Sample.START),
            new Audience(Optional.empty(), level, true));

    assertThat(Telling.tells(push)).isEqualTo(told);
    assertThat(Telling.worthALine(push)).isEqualTo(kind == Trigger.Kind.PERSON);
  }

  @Test
  void neverTellsOfAPushQuietly() {
    for (Reason reason : Reason.values()) {
      if (reason.weight() == Reason.Weight.QUIET) {
        assertThat(Telling.tells(Level.ALL, reason)).as(reason.name()).isFalse();
      }
    }
  }

  @Test
  void explainsAFailureOnceThereIsSomethingToExplain() {
    var failed = Sample.deployment(Status.ROLLING_BACK, Reason.TASKS_FAILED);

    assertThat(Telling.explains(failed)).isFalse();
    assertThat(Telling.explains(failed.with(Sample.diagnosis()))).isTrue();
    assertThat(
            Telling.explains(
                Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS).with(Sample.diagnosis())))
        .isFalse();
  }
}
