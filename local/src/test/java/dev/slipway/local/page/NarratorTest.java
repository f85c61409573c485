package dev.slipway.local.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.page.Timeline.Entry;
import dev.slipway.local.page.Timeline.Kind;
import dev.slipway.local.page.Timeline.Tone;
import dev.slipway.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NarratorTest {

  private static final Path EVENTS = Path.of(System.getProperty("slipway.root"), "events");
  private static final Instant NOW = Instant.parse("2026-01-05T09:00:00Z");

  private final Timeline timeline = new Timeline();
  private final Narrator narrator = new Narrator(timeline);

  /** What EventBridge carries; the folder also has what SQS, the table's stream and Slack send. */
  static List<ObjectNode> events() throws IOException {
    List<ObjectNode> events = new ArrayList<>();
    try (Stream<Path> files = Files.walk(EVENTS)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".json")).sorted().toList()) {
        ObjectNode event = Json.readObject(Files.readString(file));
        if (event.has("detail-type") && event.has("time")) {
          events.add(event);
        }
      }
    }
    return events;
  }

  @Test
  void thereAreEventsToTell() throws IOException {
    assertThat(events()).hasSizeGreaterThan(20);
  }

  @ParameterizedTest
  @MethodSource("events")
  void everyKindOfEventIsToldInOneLine(ObjectNode event) {
    narrator.event(event);

    assertThat(timeline.after(0, 10))
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.text()).isNotBlank().doesNotContain("\n");
          assertThat(entry.at()).isNotNull();
        });
  }

  private Entry only() {
    return timeline.after(0, 10).getFirst();
  }

  @Test
  void aPushIsTheBeginningOfAStoryAndItsUntaggedChildrenAreNot() {
    ObjectNode event = Json.object().put("detail-type", "ECR Image Action");
    event.put("time", NOW.toString());
    event
        .putObject("detail")
        .put("action-type", "PUSH")
        .put("repository-name", "team/web")
        .put("image-tag", "v1.5.0")
        .put("image-digest", "sha256:" + "ab".repeat(32));
    narrator.event(event);

    assertThat(only().kind()).isEqualTo(Kind.PUSH);
    assertThat(only().text()).isEqualTo("ECR Image Action: PUSH team/web:v1.5.0 (abababab)");

    ((ObjectNode) event.path("detail")).put("image-tag", "");
    narrator.event(event);

    assertThat(timeline.after(1, 10).getFirst().kind()).isEqualTo(Kind.EVENT);
  }

  @Test
  void aTaskThatStoppedByItselfStandsOutAndOneThatWasReplacedDoesNot() {
    ObjectNode event = Json.object().put("detail-type", "ECS Task State Change");
    event.put("time", NOW.toString());
    ObjectNode detail = event.putObject("detail");
    detail
        .put("group", "service:web")
        .put("clusterArn", "arn:aws:ecs:eu-west-1:123456789012:cluster/shop")
        .put("taskArn", "arn:aws:ecs:eu-west-1:123456789012:task/shop/0123456789abcdef")
        .put("lastStatus", "STOPPED")
        .put("stopCode", "EssentialContainerExited")
        .put("stoppedReason", "Essential container in task exited");
    detail.putArray("containers").addObject().put("name", "web").put("exitCode", 3);
    narrator.event(event);

    assertThat(only().tone()).isEqualTo(Tone.BAD);
    assertThat(only().service()).isEqualTo("shop/web");
    assertThat(only().text())
        .isEqualTo("task 01234567 stopped: Essential container in task exited (web exit 3)");

    detail.put("stopCode", "ServiceSchedulerInitiated");
    narrator.event(event);

    assertThat(timeline.after(1, 10).getFirst().kind()).isEqualTo(Kind.TASK);
  }

  @Test
  void callsThatOnlyReadAreNotToldUnlessTheyAreRefusedByIam() {
    ObjectNode input = Json.object().put("cluster", "shop").put("service", "web");
    narrator.call(NOW, "DeployFunction", "ecs:DescribeServices", input, Json.object(), "");
    assertThat(timeline.after(0, 10)).isEmpty();

    narrator.call(
        NOW, "DeployFunction", "ecs:UpdateService", input, Json.object(), "AccessDeniedException");
    assertThat(only().service()).isEqualTo("shop/web");
    assertThat(only().tone()).isEqualTo(Tone.BAD);
  }

  @Test
  void theTimelineKeepsTheNewestAndTellsThemInOrder() {
    for (int i = 1; i <= Timeline.MOST + 5; i++) {
      timeline.add(NOW, Kind.EVENT, Tone.PLAIN, "", "number " + i, "");
    }

    assertThat(timeline.after(0, 3))
        .extracting(Entry::seq)
        .containsExactly(Timeline.MOST + 3L, Timeline.MOST + 4L, Timeline.MOST + 5L);
    assertThat(timeline.after(0, Integer.MAX_VALUE)).hasSize(Timeline.MOST);
    assertThat(timeline.after(Timeline.MOST + 5L, 3)).isEmpty();
  }
}
