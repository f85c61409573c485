package dev.slipway.local.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.FollowerTags;
import dev.slipway.follow.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScenarioFileTest {

  private static final String SMALL =
      """
      title: One service
      about: that is all
      services:
        - service: shop/web
          runs: team/web:v1
          tasks: 2
          tags:
            slipway: "on"
            slipway:team/web: any
          circuit-breaker: none
      steps:
        - name: It fails
          do:
            - push: team/web:v2
              behaviour: crash
          expect:
            - service: shop/web
              deployment-of: team/web:v2
              ends: rolled-back
              says: rolled back
      """;

  @Test
  void aScenarioSaysWhatIsDoneAndWhatHasToComeOfIt() {
    Scenario scenario = ScenarioFile.parse("small", "small.yaml", SMALL);

    assertThat(scenario.services().getFirst().brief()).isEqualTo("shop/web");
    assertThat(scenario.services().getFirst().tags()).containsEntry("slipway:team/web", "any");
    assertThat(scenario.steps().getFirst().actions())
        .containsExactly(new Action.Push("team/web:v2", "crash", List.of("amd64")));
    assertThat(scenario.steps().getFirst().outcomes())
        .containsExactly(
            new Outcome.Ended(
                "shop/web",
                "team/web:v2",
                Status.ROLLED_BACK,
                Optional.<Reason>empty(),
                Optional.empty(),
                "rolled back",
                Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "behaviour: crash | behavour: crash | 15 | 'behavour' is not known here; did you mean"
            + " 'behaviour'?",
        "ends: rolled-back | ends: rolled-bakc | 19 | 'ends' cannot be 'rolled-bakc'; did you mean"
            + " 'rolled-back'?",
        "ends: rolled-back | ends: rolling-out | 19 | a deployment does not end as 'rolling-out'",
        "behaviour: crash | behaviour: explode | 15 | unknown behaviour 'explode'",
        "push: team/web:v2 | push: team/web | 14 | 'team/web' is not an image: write"
            + " repository:tag",
        "push: team/web:v2 | pusch: team/web:v2 | 14 | 'pusch' is nothing that can be done; did you"
            + " mean 'push'?",
        "push: team/web:v2 | wait: ten | 14 | 'wait' is a time like 30s, 10m or 2h, not 'ten'",
        "circuit-breaker: none | circuit-breaker: of | 10 | 'circuit-breaker' cannot be 'of'; did"
            + " you mean 'on'?",
        "service: shop/web | service: web | 4 | 'web' is not a service: write cluster/service",
        "tasks: 2 | tasks: two | 6 | 'tasks' is a number from 0 to 10000, not 'two'",
        "tasks: 2 | service: again | 6 | 'service' stands here twice, first in line 4",
        "deployment-of: team/web:v2 | deployment: team/web:v2 | 17 | nothing is expected here; did"
            + " you mean 'deployment-of'?",
        "says: rolled back | runs: team/web:v1 | 17 | these cannot be expected in one:"
            + " deployment-of, runs",
        "title: One service | about: that | 2 | 'about' stands here twice",
        "title: One service | titel: One service | 1 | 'title' is missing here",
        "tasks: 2 | tasks: [2 | 7 | is not YAML"
      })
  void whatIsMisspeltIsToldWithItsLineItsValueAndWhatWouldBeRight(
      String right, String wrong, int line, String told) {
    assertThatThrownBy(() -> ScenarioFile.parse("small", "small.yaml", SMALL.replace(right, wrong)))
        .isInstanceOf(BadScenario.class)
        .hasMessageStartingWith("small.yaml:" + line + ": ")
        .hasMessageContaining(told);
  }

  @Test
  void whatHappensJustBeforeACallIsOneActionThatTakesNoTime() {
    String before =
        "      - just-before: UpdateService\n        do:\n          - tag-resource: shop/web\n"
            + "            tags: { slipway: off }\n";

    Scenario scenario =
        ScenarioFile.parse("small", "small.yaml", SMALL.replace(crash(), before + crash()));

    assertThat(scenario.steps().getFirst().actions())
        .first()
        .isEqualTo(
            new Action.JustBefore(
                "UpdateService", new Action.TagResource("shop/web", Map.of("slipway", "off"))));
    String waiting = before.replaceAll("(?s)- tag-resource.*", "- wait: 1s\n");
    assertThatThrownBy(
            () -> ScenarioFile.parse("small", "small.yaml", SMALL.replace(crash(), waiting)))
        .isInstanceOf(BadScenario.class)
        .hasMessageContaining("takes one action in 'do', and none that takes time");
  }

  /** The one action of {@link #SMALL}. */
  private static String crash() {
    return "      - push: team/web:v2\n        behaviour: crash\n";
  }

  @Test
  void whatIsLeftOutHasTheDefaultsThatMostServicesHave() {
    Scenario scenario =
        ScenarioFile.parse(
            "least",
            "least.yaml",
            """
            title: As short as it can be
            services:
              - service: shop/web
                runs: team/web:v1
            steps:
              - name: It rolls out
                do:
                  - push: team/web:v2
                expect:
                  - service: shop/web
                    runs: team/web:v2
            """);

    Scenario.Service service = scenario.services().getFirst();
    assertThat(service.tags())
        .containsExactlyInAnyOrderEntriesOf(Map.of("slipway", "on", "slipway:team/web", "any"));
    assertThat(service.tasks()).isEqualTo(2);
    assertThat(service.breaker()).isEqualTo(Scenario.Breaker.ROLLBACK);
    assertThat(service.checked()).isTrue();
    assertThat(scenario.speed()).isEqualTo(10);
  }

  @Test
  void aFileOfTheUsersOwnIsReadFromItsPath(@TempDir Path folder) throws IOException {
    Path mine = Files.writeString(folder.resolve("mine.yaml"), SMALL);

    assertThat(ScenarioFile.load(mine.toString()).name()).isEqualTo("mine");
    assertThatThrownBy(() -> ScenarioFile.load(folder.resolve("other.yaml").toString()))
        .isInstanceOf(BadScenario.class)
        .hasMessageContaining("other.yaml is not there");
  }

  @Test
  void aScenarioThatIsNotThereIsAnsweredWithOneThatIsNear() {
    assertThatThrownBy(() -> ScenarioFile.load("crashloop"))
        .hasMessageContaining("there is no scenario 'crashloop'; did you mean 'crash-loop'?")
        .hasMessageContaining("./slipway play list");
  }

  @ParameterizedTest
  @MethodSource("dev.slipway.local.demo.ScenarioFile#names")
  void everyScenarioCanBeReadInATerminal(String name) {
    Scenario scenario = ScenarioFile.load(name);

    assertThat(scenario.title()).hasSizeLessThan(100).doesNotEndWith(".");
    assertThat(scenario.services())
        .anySatisfy(service ->
            assertThat(FollowerTags.read(service.tags())).isInstanceOf(Reading.Following.class));
  }

  @Test
  void everyFileIsListedOnce() throws IOException {
    Path folder = Path.of(System.getProperty("slipway.root"), "local/src/main/resources/scenarios");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(ScenarioFile.names())
          .containsExactlyInAnyOrderElementsOf(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(file -> file.endsWith(".yaml"))
                  .map(file -> file.replace(".yaml", ""))
                  .toList());
    }
  }
}
