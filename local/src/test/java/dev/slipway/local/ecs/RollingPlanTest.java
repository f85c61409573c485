package dev.slipway.local.ecs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RollingPlanTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = false,
      delimiter = '|',
      textBlock =
          """
          # case                                    | desired own healthy others healthy noRoom | min max | start stopOwn stopOthers blocked
          first task of a doubling update           | 2 0 0 2 2 false | 100 200 | 2 0 0 false
          old ones stay while the new are not ready | 2 2 0 2 2 false | 100 200 | 0 0 0 false
          one new is healthy, one old may go        | 2 2 1 2 2 false | 100 200 | 0 0 1 false
          all new are healthy, all old go           | 2 2 2 2 2 false | 100 200 | 0 0 2 false
          no extra tasks: half make way first       | 4 0 0 4 4 false | 50 100  | 0 0 2 false
          and new ones take their places            | 4 0 0 2 2 false | 50 100  | 2 0 0 false
          half percents round up and down           | 3 0 0 3 3 false | 50 150  | 1 0 1 false
          room for all at once: nobody makes way    | 4 0 0 4 4 false | 50 200  | 4 0 0 false
          a full cluster makes old ones go          | 2 0 0 2 2 true  | 50 200  | 2 0 1 false
          a full cluster that may not               | 2 0 0 2 2 true  | 100 200 | 2 0 0 false
          neither more nor fewer: nothing can move  | 2 0 0 2 2 false | 100 100 | 0 0 0 true
          old ones that serve nobody go at once     | 2 2 0 2 0 false | 100 200 | 0 0 2 false
          scaled in                                 | 1 3 3 0 0 false | 100 200 | 0 2 0 false
          scaled to zero                            | 0 0 0 2 2 false | 100 200 | 0 0 2 false
          all is well                               | 2 2 2 0 0 false | 100 200 | 0 0 0 false
          """)
  void theNextMoveKeepsToTheLimits(String name, String counts, String limits, String plan) {
    String[] c = counts.trim().split("\\s+");
    String[] l = limits.trim().split("\\s+");
    String[] p = plan.trim().split("\\s+");
    assertThat(
            RollingPlan.of(
                new RollingPlan.Counts(
                    Integer.parseInt(c[0]),
                    Integer.parseInt(c[1]),
                    Integer.parseInt(c[2]),
                    Integer.parseInt(c[3]),
                    Integer.parseInt(c[4]),
                    Boolean.parseBoolean(c[5])),
                Integer.parseInt(l[0]),
                Integer.parseInt(l[1])))
        .isEqualTo(
            new RollingPlan(
                Integer.parseInt(p[0]),
                Integer.parseInt(p[1]),
                Integer.parseInt(p[2]),
                Boolean.parseBoolean(p[3])));
  }
}
