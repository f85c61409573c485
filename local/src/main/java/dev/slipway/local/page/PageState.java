package dev.slipway.local.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Json;
import java.time.Duration;

/** All that the page shows, as one JSON document. */
final class PageState {

  /** Rows of the timeline in one answer. */
  private static final int ROWS = 1000;

  /** The fleet costs a dozen calls: several open pages share one answer of this age. */
  private static final Duration SHARED = Duration.ofMillis(200);

  private final Page.Sources sources;
  private final ChannelView channels;
  private ArrayNode services = Json.array();
  private ArrayNode repositories = Json.array();
  private long readAt;

  PageState(Page.Sources sources) {
    this.sources = sources;
    this.channels = new ChannelView(sources.slack(), sources.channels(), sources.people());
  }

  /**
   * @param after number of the last row of the timeline that is known already
   */
  ObjectNode json(long after) {
    ObjectNode state = Json.object();
    state.putObject("account").put("id", sources.accountId()).put("region", sources.region());
    ObjectNode clock = state.putObject("clock");
    clock.put("now", sources.clock().instant().toString()).put("speed", sources.pace().speed());
    ArrayNode speeds = clock.putArray("speeds");
    Pace.SPEEDS.forEach(speeds::add);
    state.put("canPush", sources.interactive());
    readFleet(state);
    ArrayNode steps = state.putArray("steps");
    for (Steps.Step step : sources.steps().all()) {
      steps
          .addObject()
          .put("name", step.name())
          .put("expected", step.expected())
          .put("state", step.state().word());
    }
    ArrayNode rows = state.putArray("timeline");
    for (Timeline.Entry entry : sources.timeline().after(after, ROWS)) {
      rows.addObject()
          .put("seq", entry.seq())
          .put("at", entry.at().toString())
          .put("kind", entry.kind().word())
          .put("tone", entry.tone().word())
          .put("service", entry.service())
          .put("text", entry.text())
          .put("detail", entry.detail());
    }
    state.set("slack", channels.json());
    return state;
  }

  private synchronized void readFleet(ObjectNode state) {
    long now = System.nanoTime();
    if (readAt == 0 || now - readAt > SHARED.toNanos()) {
      services = sources.fleet().services();
      repositories = Json.array(sources.fleet().repositories());
      readAt = now;
    }
    state.set("services", services);
    state.set("repositories", repositories);
  }
}
