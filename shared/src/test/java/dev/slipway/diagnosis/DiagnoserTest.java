package dev.slipway.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.deployment.Reason;
import dev.slipway.diagnosis.Diagnoser.Culprit;
import dev.slipway.diagnosis.Symptoms.Event;
import dev.slipway.verdict.StoppedTask;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DiagnoserTest {

  private static final Instant START = Instant.parse("2026-01-01T10:00:00Z");

  static Stream<Arguments> cases() throws IOException {
    try (InputStream in = DiagnoserTest.class.getResourceAsStream("/diagnosis/diagnoses.json")) {
      JsonNode all = new ObjectMapper().readTree(in);
      return StreamSupport.stream(all.spliterator(), false)
          .map(row -> Arguments.of(row.path("case").asText(), row));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void theCauseAndItsEvidence(String name, JsonNode row) {
    Diagnosis diagnosis = Diagnoser.diagnose(input(row));

    assertThat(diagnosis.cause()).isEqualTo(row.path("cause").asText());
    assertThat(diagnosis.container()).isEqualTo(row.path("container").asText());
    if (row.has("advice")) {
      assertThat(diagnosis.advice()).isEqualTo(row.path("advice").asText());
    }
    if (row.has("evidence")) {
      assertThat(diagnosis.evidence()).isEqualTo(texts(row.path("evidence")));
    }
    if (row.has("shownEvents")) {
      assertThat(diagnosis.events()).isEqualTo(texts(row.path("shownEvents")));
    }
    if (row.has("shownLogs")) {
      assertThat(diagnosis.logs()).isEqualTo(texts(row.path("shownLogs")));
    }
  }

  /** Events may come in any order and twice: the diagnosis is the same. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void orderAndRepetitionChangeNothing(String name, JsonNode row) {
    Symptoms input = input(row);
    List<StoppedTask> tasks = new ArrayList<>(input.stopped());
    tasks.addAll(input.stopped());
    List<Event> events = new ArrayList<>(input.events());
    events.addAll(input.events());
    Random random = new Random(20260103);
    for (int round = 0; round < 20; round++) {
      Collections.shuffle(tasks, random);
      Collections.shuffle(events, random);

      assertThat(Diagnoser.diagnose(input.withTasks(tasks).withEvents(events, null)))
          .isEqualTo(Diagnoser.diagnose(input));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void theLogToReadIsThatOfTheContainerToBlame(String name, JsonNode row) {
    Symptoms input = input(row);

    assertThat(Diagnoser.culprit(input).map(Culprit::container).orElse(""))
        .isEqualTo(Diagnoser.diagnose(input).container());
  }

  @Test
  void everythingIsCapped() {
    String words = "word ".repeat(400);
    List<StoppedTask> tasks = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      tasks.add(
          new StoppedTask(
              "t" + i,
              "web:1",
              "ecs-svc/1",
              "TaskFailedToStart",
              i + " " + words,
              START,
              null,
              START.plusSeconds(i),
              null,
              List.of(new StoppedTask.Container("web", "web:v2", null, words, "UNHEALTHY"))));
    }
    List<Event> events =
        IntStream.range(0, 40)
            .mapToObj(
                i -> new Event(START.plusSeconds(i), (char) ('A' + i) + words + "and the end"))
            .toList();
    List<String> lines = IntStream.range(0, 99).mapToObj(i -> i + " " + words).toList();

    Diagnosis diagnosis =
        Diagnoser.diagnose(
            Symptoms.of(Ending.NO_PROGRESS, words, 2)
                .withStalled(new StalledRollout(1, 2, START, Duration.ofMinutes(30), ""))
                .withTasks(tasks)
                .withEvents(events, START)
                .withLogs("web", lines));

    assertThat(diagnosis.cause()).hasSizeLessThanOrEqualTo(300).endsWith("…");
    assertThat(diagnosis.evidence()).hasSizeLessThanOrEqualTo(10);
    assertThat(diagnosis.evidence()).allMatch(line -> line.length() <= 500);
    assertThat(diagnosis.evidence()).anyMatch(line -> line.endsWith("…"));
    assertThat(diagnosis.events()).hasSize(5);
    assertThat(diagnosis.events()).allMatch(line -> line.length() <= 400 && line.endsWith("…"));
    assertThat(diagnosis.logs()).isNotEmpty().hasSizeLessThanOrEqualTo(20);
    assertThat(diagnosis.logs()).allMatch(line -> line.length() <= 500 && line.endsWith("…"));
    assertThat(diagnosis.logs().getLast()).startsWith("98 ");
  }

  @Test
  void ofALongLogTheLastTwentyLinesAreShown() {
    List<String> lines = IntStream.range(0, 99).mapToObj(i -> "line " + i).toList();

    assertThat(logsOf(lines)).hasSize(20).startsWith("line 79").endsWith("line 98");
  }

  @Test
  void aKeyThatBeginsAboveTheLastLinesIsMasked() {
    List<String> lines = new ArrayList<>();
    lines.add("-----BEGIN PRIVATE KEY-----");
    IntStream.range(0, 30).forEach(i -> lines.add("MIIE" + i));
    lines.add("-----END PRIVATE KEY-----");
    lines.add("boom");

    assertThat(logsOf(lines)).containsExactly("••••", "boom");
  }

  @Test
  void eventsBeforeTheRolloutAreLeftOut() {
    Event before = new Event(START.minusSeconds(1), "Capacity is unavailable at this time");
    Event after = new Event(START, "(service web) has started 1 tasks");

    Diagnosis diagnosis =
        Diagnoser.diagnose(
            Symptoms.of(Ending.TASKS_FAILED, "", 1).withEvents(List.of(before, after), START));

    assertThat(diagnosis.events()).containsExactly("(service web) has started 1 tasks");
    assertThat(diagnosis.cause()).isEqualTo("AWS gives no reason");
  }

  /** ECS lists them newest first, and some have the same second. */
  @Test
  void eventsOfTheSameInstantKeepTheirOrder() {
    List<Event> newestFirst =
        List.of(new Event(START, "(service web) third"), new Event(START, "(service web) second"));

    assertThat(
            Diagnoser.diagnose(
                    Symptoms.of(Ending.TASKS_FAILED, "", 1).withEvents(newestFirst, START))
                .events())
        .containsExactly("(service web) second", "(service web) third");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1   | Container web exited with code 1 after 4 s",
        "2   | Container web exited with code 2 after 4 s",
        "125 | Container web exited with code 125 after 4 s",
        "126 | Container web exited with code 126 after 4 s: its command cannot be executed",
        "127 | Container web exited with code 127 after 4 s: its command was not found",
        "130 | Container web exited with code 130 after 4 s: ended by signal 2",
        "134 | Container web exited with code 134 after 4 s: it aborted (SIGABRT)",
        "139 | Container web exited with code 139 after 4 s: segmentation fault (SIGSEGV)",
        "143 | Container web exited with code 143 after 4 s: it was told to stop (SIGTERM)",
        "192 | Container web exited with code 192 after 4 s: ended by signal 64",
        "193 | Container web exited with code 193 after 4 s",
        "255 | Container web exited with code 255 after 4 s",
        "-1073741510 | Container web exited with code 0xC000013A after 4 s: it was told to stop"
            + " (CTRL+C)"
      })
  void whatAnExitCodeMeans(int code, String sentence) {
    assertThat(ExitCodes.meaning(code, "web", " after 4 s")).isEqualTo(sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "-5, less than a second",
    "999, less than a second",
    "1000, 1 s",
    "59999, 59 s",
    "60000, 1 min",
    "200000, 3 min 20 s",
    "3600000, 1 h",
    "7500000, 2 h 5 min",
    "97200000, 1 d 3 h"
  })
  void aTimeIsWrittenForPeople(long millis, String text) {
    assertThat(Texts.human(Duration.ofMillis(millis))).isEqualTo(text);
  }

  @Test
  void whatIsCutShowsAnEllipsisAndNoHalfCharacter() {
    assertThat(Texts.cap("abc", 3)).isEqualTo("abc");
    assertThat(Texts.cap("abcd", 3)).isEqualTo("ab…");
    assertThat(Texts.cap("a\uD83D\uDE00bc", 3)).isEqualTo("a…");
    assertThat(Texts.cap(" a\n\tb ", 9)).isEqualTo("a  b");
  }

  @Test
  void anEndingIsNamedAsItsReason() {
    List<String> reasons = Arrays.stream(Reason.values()).map(Enum::name).toList();

    for (Ending ending : Ending.values()) {
      if (ending != Ending.OTHER) {
        assertThat(reasons).contains(ending.name());
        assertThat(Ending.of(ending.name())).isEqualTo(ending);
      }
    }
    assertThat(Ending.of("ROLLBACK_FAILED")).isEqualTo(Ending.OTHER);
  }

  private static List<String> logsOf(List<String> lines) {
    StoppedTask task =
        new StoppedTask(
            "t1",
            "web:1",
            "ecs-svc/1",
            "EssentialContainerExited",
            "Essential container in task exited",
            START,
            START,
            START,
            null,
            List.of(new StoppedTask.Container("web", "web:v2", 1, "", "")));
    return Diagnoser.diagnose(
            Symptoms.of(Ending.TASKS_FAILED, "", 1).withTasks(List.of(task)).withLogs("web", lines))
        .logs();
  }

  private static Symptoms input(JsonNode row) {
    List<StoppedTask> tasks = new ArrayList<>();
    for (JsonNode task : row.path("tasks")) {
      List<StoppedTask.Container> containers = new ArrayList<>();
      for (JsonNode container : task.path("containers")) {
        containers.add(
            new StoppedTask.Container(
                container.path("name").asText(),
                container.path("image").asText(""),
                container.has("exit") ? container.path("exit").asInt() : null,
                container.path("reason").asText(""),
                container.path("health").asText("")));
      }
      // Each task of a row stops a minute after the one before it; a repeated one is the same.
      int number = Integer.parseInt(task.path("arn").asText().substring(1));
      Instant stopped = START.plus(Duration.ofMinutes(number));
      tasks.add(
          new StoppedTask(
              task.path("arn").asText(),
              "web:2",
              "ecs-svc/1",
              task.path("stopCode").asText(),
              task.path("stoppedReason").asText(),
              START,
              task.has("ran") ? stopped.minusSeconds(task.path("ran").asLong()) : null,
              stopped,
              task.has("ended")
                  ? stopped
                      .minusSeconds(task.path("ran").asLong())
                      .plusSeconds(task.path("ended").asLong())
                  : null,
              containers));
    }
    List<Event> events = new ArrayList<>();
    for (JsonNode event : row.path("events")) {
      events.add(new Event(START.plusSeconds(events.size()), event.asText()));
    }
    Map<String, List<String>> logs = new HashMap<>();
    row.path("logs").properties().forEach(log -> logs.put(log.getKey(), texts(log.getValue())));
    return new Symptoms(
        Ending.valueOf(row.path("ending").asText()),
        row.path("words").asText(""),
        tasks,
        events,
        START,
        2,
        row.has("deadlineMinutes")
            ? Optional.of(
                new StalledRollout(
                    row.path("running").asInt(0),
                    row.path("desired").asInt(2),
                    START,
                    Duration.ofMinutes(row.path("deadlineMinutes").asLong()),
                    row.path("stage").asText("")))
            : Optional.empty(),
        logs,
        Set.copyOf(texts(row.path("essential"))),
        Set.copyOf(texts(row.path("changed"))),
        targets(row.path("targets")),
        Masking.of(texts(row.path("environment"))));
  }

  private static Map<String, String> targets(JsonNode node) {
    Map<String, String> targets = new HashMap<>();
    node.properties().forEach(each -> targets.put(each.getKey(), each.getValue().asText()));
    return targets;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
