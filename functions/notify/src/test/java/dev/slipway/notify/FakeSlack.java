package dev.slipway.notify;

import dev.slipway.chat.Plain;
import dev.slipway.slack.Message;
import dev.slipway.slack.Slack;
import dev.slipway.slack.SlackException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A workspace in memory that fails when it is told to. */
final class FakeSlack implements Slack {

  /** Text by ts, in order of posting. */
  final Map<String, String> channel = new LinkedHashMap<>();

  final List<String> replies = new ArrayList<>();

  /** The last card, line by line. */
  List<String> card = List.of();

  /** The last message in a thread, line by line. */
  List<String> explained = List.of();

  final List<String> calls = new ArrayList<>();

  /** One for each of the next calls; null for none. */
  final Deque<java.util.Optional<SlackException>> failures = new ArrayDeque<>();

  SlackException always;

  /** Runs in the middle of each call, before it has an effect. */
  Runnable during = () -> {};

  private int counter;

  @Override
  public Posted post(String to, Message message) {
    call("post " + to);
    String ts = "1." + ++counter;
    channel.put(ts, message.text());
    card = Plain.lines(message);
    return new Posted(to, ts);
  }

  @Override
  public Posted reply(Posted parent, Message message, boolean aloud) {
    call("reply " + parent.ts() + (aloud ? " aloud" : ""));
    replies.add(parent.ts() + " " + message.text());
    explained = Plain.lines(message);
    return new Posted(parent.channel(), "1." + ++counter);
  }

  @Override
  public void update(Posted posted, Message message) {
    call("update " + posted.ts());
    channel.put(posted.ts(), message.text());
    card = Plain.lines(message);
  }

  private void call(String what) {
    calls.add(what);
    during.run();
    if (always != null) {
      throw always;
    }
    if (!failures.isEmpty()) {
      failures
          .removeFirst()
          .ifPresent(failure -> {
            throw failure;
          });
    }
  }
}
