package dev.slipway.local.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.FollowerTags;
import dev.slipway.follow.Reading;
import dev.slipway.local.demo.Scenario.Action;
import dev.slipway.local.demo.Scenario.Outcome;
import java.util.Optional;
import org.junit.jupiter.api.Test;
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
    Scenario scenario = ScenarioFile.parse("small", SMALL);

    assertThat(scenario.services().getFirst().brief()).isEqualTo("shop/web");
    assertThat(scenario.services().getFirst().tags()).containsEntry("slipway:team/web", "any");
    assertThat(scenario.steps().getFirst().actions())
        .containsExactly(new Action.Push("team/web:v2", "crash"));
    assertThat(scenario.steps().getFirst().outcomes())
        .containsExactly(
            new Outcome.Ended(
                "shop/web",
                "team/web:v2",
                Status.ROLLED_BACK,
                Optional.<Reason>empty(),
                "rolled back",
                Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "behaviour: crash, behavour: crash, behavour",
    "ends: rolled-back, ends: rolled-bakc, rolled-bakc",
    "behaviour: crash, behaviour: explode, explode",
    "push: team/web:v2, push: team/web, repository:tag",
    "circuit-breaker: none, circuit-breaker: of, of",
    "service: shop/web, service: web, cluster/service"
  })
  void whatIsMisspeltIsRefusedByName(String right, String wrong, String named) {
    assertThatThrownBy(() -> ScenarioFile.parse("small", SMALL.replace(right, wrong)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(named);
  }

  @Test
  void aScenarioThatIsNotThereIsAnsweredWithThoseThatAre() {
    assertThatThrownBy(() -> ScenarioFile.load("nothing"))
        .hasMessageContaining("'nothing'")
        .hasMessageContaining("demo");
  }

  @ParameterizedTest
  @MethodSource("dev.slipway.local.demo.ScenarioFile#names")
  void everyScenarioCanBeReadAndItsServicesFollowSomething(String name) {
    Scenario scenario = ScenarioFile.load(name);

    assertThat(scenario.steps()).isNotEmpty();
    assertThat(scenario.services())
        .allSatisfy(service ->
            assertThat(FollowerTags.read(service.tags())).isInstanceOf(Reading.Following.class));
  }
}
