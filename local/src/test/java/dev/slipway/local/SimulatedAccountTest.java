package dev.slipway.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedAccountTest {
  @Test
  void anUnknownCallSaysSo() {
    SimulatedWorld world = new SimulatedWorld();
    assertThatThrownBy(() -> world.ecs("CreateTaskSet", "{}"))
        .isInstanceOfSatisfying(
            AwsException.class, e -> assertThat(e.code()).isEqualTo("UnknownOperationException"))
        .hasMessageContaining("CreateTaskSet")
        .hasMessageContaining("does not serve");
    assertThatThrownBy(() -> world.call(AwsService.SQS, "SendMessage", "{}"))
        .hasMessageContaining("UnknownOperationException");
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    List<List<String>> histories = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      SimulatedWorld world = new SimulatedWorld(42);
      world.push("v1", "healthy");
      world.settled(
          world.register(SimulatedWorld.IMAGE + ":v1"),
          3,
          "{'deploymentCircuitBreaker': {'enable': true, 'rollback': true}}");
      world.push("v2", "crash");
      world.update("'taskDefinition': '" + world.register(SimulatedWorld.IMAGE + ":v2") + "'");
      world.pass(Duration.ofMinutes(10));
      histories.add(world.events.stream().map(Object::toString).toList());
    }
    assertThat(histories.getFirst()).isNotEmpty().isEqualTo(histories.getLast());
  }

  @Test
  void callsAreHeldToPublishedRatesOnceThatIsOn() {
    SimulatedWorld world = new SimulatedWorld();
    String definition =
        "{'family': 'f', 'memory': '1', 'containerDefinitions': [{'name': 'a', 'image': 'i'}]}";
    world.account.throttle(true);
    for (int i = 0; i < 20; i++) {
      world.ecs("RegisterTaskDefinition", definition);
    }
    assertThatThrownBy(() -> world.ecs("RegisterTaskDefinition", definition))
        .isInstanceOfSatisfying(AwsException.class, e -> assertThat(e.throttled()).isTrue())
        .hasMessageContaining("Rate exceeded");
    world.pass(Duration.ofSeconds(1));
    world.ecs("RegisterTaskDefinition", definition);
    assertThatThrownBy(() -> world.ecs("RegisterTaskDefinition", definition))
        .hasMessageContaining("ThrottlingException");
    assertThat(world.account.calls()).containsEntry("ecs:RegisterTaskDefinition", 23L);
  }

  @Test
  void aReceiverOfEventsMayCallBack() {
    List<String> seen = new ArrayList<>();
    SimulatedAccount[] self = new SimulatedAccount[1];
    self[0] =
        new SimulatedAccount(
            new dev.slipway.local.time.AccountClock(java.time.Instant.EPOCH),
            new java.util.Random(1),
            event -> {
              seen.add(event.path("detail-type").asText());
              if (seen.size() == 1) {
                self[0].call(
                    AwsService.EVENTS,
                    "PutEvents",
                    SimulatedWorld.json(
                        "{'Entries': [{'Source': 'me', 'DetailType': 'second', 'Detail': '{}'}]}"));
                seen.add("called");
              }
            },
            "123456789012",
            "eu-west-1");
    self[0].call(
        AwsService.EVENTS,
        "PutEvents",
        SimulatedWorld.json(
            "{'Entries': [{'Source': 'me', 'DetailType': 'first', 'Detail': '{}'}]}"));
    assertThat(seen).containsExactly("first", "called", "second");
  }
}
