package dev.slipway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bench.CallCounts.Case;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CallCountsTest {

  private static final Case SMALL = new Case(1, 10);
  private static final Case LARGE = new Case(1, 10_000);

  @Test
  void callsThatGrowWithTheAccountAreNamed() {
    assertThat(
            CallCounts.growing(
                Map.of(
                    SMALL, Map.of("plan ecs:ListServices", 1, "plan tag:GetResources", 1),
                    LARGE, Map.of("plan ecs:ListServices", 100, "plan tag:GetResources", 1))))
        .containsExactly("plan ecs:ListServices: 1 with 10 services, 100 with 10,000");
  }

  @Test
  void callsThatGrowWithTheFollowersAreNot() {
    assertThat(
            CallCounts.growing(
                Map.of(
                    SMALL,
                    Map.of("deploy ecs:UpdateService", 1),
                    new Case(10, 10_000),
                    Map.of("deploy ecs:UpdateService", 10))))
        .isEmpty();
  }

  @Test
  void aCallThatOnlyTheLargeAccountNeedsHasGrown() {
    assertThat(CallCounts.growing(Map.of(SMALL, Map.of(), LARGE, Map.of("plan ecs:X", 1))))
        .hasSize(1);
  }
}
