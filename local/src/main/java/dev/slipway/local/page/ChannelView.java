package dev.slipway.local.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.slack.SlackMessage;
import dev.slipway.local.slack.SlackSimulation;
import dev.slipway.runtime.Json;
import dev.slipway.slack.Message;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Slack's channels as the page shows them. */
final class ChannelView {

  private final SlackSimulation slack;
  private final Map<String, String> channelNames;
  private final Map<String, String> people;

  /**
   * @param channelNames id to name; a channel that is not in it goes by its id
   * @param people Slack user id to name
   */
  ChannelView(SlackSimulation slack, Map<String, String> channelNames, Map<String, String> people) {
    this.slack = slack;
    this.channelNames = Map.copyOf(channelNames);
    this.people = Map.copyOf(people);
  }

  ObjectNode json() {
    ObjectNode node = Json.object();
    ObjectNode names = node.putObject("people");
    people.forEach(names::put);
    ArrayNode channels = node.putArray("channels");
    Stream.concat(channelNames.keySet().stream().sorted(), slack.channels().stream())
        .distinct()
        .forEach(id -> {
          ObjectNode channel = channels.addObject();
          channel.put("id", id).put("name", channelNames.getOrDefault(id, id));
          ArrayNode messages = channel.putArray("messages");
          shown(id).forEach(message -> messages.add(message(message)));
        });
    return node;
  }

  /** What the channel holds, and what only the person at the page sees, in order. */
  private List<SlackMessage> shown(String channel) {
    boolean first = channelNames.containsKey(channel);
    return Stream.concat(
            slack.messages(channel).stream(),
            first
                ? slack.answers().stream().filter(answer -> answer.channel().isEmpty())
                : Stream.empty())
        .sorted(Comparator.comparing(SlackMessage::at).thenComparing(SlackMessage::ts))
        .toList();
  }

  private ObjectNode message(SlackMessage message) {
    ObjectNode node = Json.object();
    node.put("ts", message.ts())
        .put("at", message.at().toString())
        .put("user", "Slipway")
        .put("app", true)
        .put("visibleTo", message.channel().isEmpty() ? "one" : "all")
        .put("edited", message.edits() > 0);
    content(node, message.content());
    ArrayNode thread = node.putArray("thread");
    StringBuilder hash = new StringBuilder(message.content().hash());
    if (!message.channel().isEmpty()) {
      for (SlackMessage reply : slack.thread(message.channel(), message.ts())) {
        content(thread.addObject(), reply.content());
        hash.append(reply.content().hash());
      }
    }
    return node.put("hash", hash.toString());
  }

  private static void content(ObjectNode node, Message content) {
    node.put("text", content.text());
    node.set("blocks", content.blocks());
  }
}
