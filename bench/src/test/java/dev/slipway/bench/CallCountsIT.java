package dev.slipway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bench.CallCounts.Case;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The packaged functions, and every call that they make from a push to UpdateService. */
class CallCountsIT {

  /** Whoever adds a call adds it here, and its reason in {@link CallCounts}. */
  @Test
  void aPushCostsTheCallsThatTheJobNeedsAndNoOthers() {
    try (Launches launches = new Launches(Path.of(System.getProperty("slipway.root")))) {
      Map<String, Integer> calls = CallCounts.count(launches, new Case(2, 40));

      assertThat(calls)
          .containsExactlyInAnyOrderEntriesOf(
              Map.ofEntries(
                  Map.entry("plan tag:GetResources", 1),
                  Map.entry("plan dynamodb:Query", 2),
                  Map.entry("plan dynamodb:TransactWriteItems", 2),
                  Map.entry("plan sqs:SendMessageBatch", 1),
                  Map.entry("deploy dynamodb:Query", 2),
                  Map.entry("deploy ecs:DescribeServices", 2),
                  Map.entry("deploy dynamodb:GetItem", 2),
                  Map.entry("deploy dynamodb:TransactWriteItems", 4),
                  Map.entry("deploy ecs:DescribeTaskDefinition", 2),
                  Map.entry("deploy ecs:RegisterTaskDefinition", 2),
                  Map.entry("deploy ecs:UpdateService", 2)));
      assertThat(calls.keySet()).noneMatch(call -> CallCounts.reason(call).isEmpty());
    }
  }
}
