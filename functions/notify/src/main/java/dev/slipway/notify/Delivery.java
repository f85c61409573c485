package dev.slipway.notify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.slipway.runtime.Log;
import dev.slipway.slack.Message;
import dev.slipway.slack.Slack;
import dev.slipway.slack.Slack.Posted;
import dev.slipway.slack.SlackException;
import java.util.Optional;

/**
 * Brings what is to be said into Slack. What Slack does not like of it, a block, a channel, a
 * message that is gone, must not cost the news.
 */
final class Delivery {

  private final String defaultChannel;
  private final Log log;

  /**
   * @param defaultChannel where a channel that Slack refuses is replaced; may be empty
   */
  Delivery(String defaultChannel, Log log) {
    this.defaultChannel = defaultChannel;
    this.log = log;
  }

  /** What Slack has taken so far; a failure in the middle does not lose the first half. */
  static final class Progress {
    private Optional<Posted> posted;
    private String shown;
    private boolean explained;
    private String called;

    Progress(MessageItem item) {
      posted = item.posted();
      shown = item.shown();
      explained = item.explained();
      called = item.called();
    }

    /** All of it has been said. */
    void done(Wanted.Said said) {
      explained = explained || said.reply().filter(Wanted.Reply::explains).isPresent();
      called = said.calls().isEmpty() && called != null ? called : said.calls();
    }

    MessageItem in(MessageItem item) {
      return item.as(posted, shown, explained).called(called);
    }

    /** What is certain, where somebody else may have said something since. */
    MessageItem atLeast(MessageItem item) {
      return item.as(item.posted().or(() -> posted), "", item.explained() || explained);
    }
  }

  /**
   * Posts or edits the message itself.
   *
   * @throws SlackException if Slack does not take it in any form
   */
  void card(Voice voice, Progress progress, Wanted.Said said) {
    switch (voice) {
      case Voice.Bot(Slack slack) -> {
        if (progress.posted.isPresent() && progress.shown.equals(said.hash())) {
          return;
        }
        try {
          progress.posted = Optional.of(put(slack, progress.posted, said, said.message()));
        } catch (SlackException e) {
          if (e.kind() != SlackException.Kind.CONTENT) {
            throw e;
          }
          // A block that Slack does not like must not cost the news.
          progress.posted =
              Optional.of(put(slack, progress.posted, said, said.message().textOnly()));
        }
        progress.shown = said.hash();
      }
      case Voice.Hook(var webhook) -> {
        try {
          webhook.post(said.message());
        } catch (SlackException e) {
          if (!e.error().equals("invalid_payload") && !e.error().equals("invalid_blocks")) {
            throw e;
          }
          webhook.post(said.message().textOnly());
        }
        progress.shown = said.hash();
      }
      case Voice.Silent _, Voice.Unknown _ ->
          throw new IllegalStateException("nobody can speak here");
    }
  }

  private Posted put(Slack slack, Optional<Posted> posted, Wanted.Said said, Message message) {
    if (posted.isPresent()) {
      try {
        slack.update(posted.get(), inChannel(posted.get().channel(), said, message));
        return posted.get();
      } catch (SlackException e) {
        // Somebody has deleted it, or the workspace forbids late edits: the news is still news.
        if (e.kind() != SlackException.Kind.GONE) {
          throw e;
        }
      }
    }
    try {
      return slack.post(said.channel(), message);
    } catch (SlackException e) {
      // A wrong slipway.channel must not make its service silent.
      if (e.kind() != SlackException.Kind.CHANNEL
          || defaultChannel.isEmpty()
          || said.channel().equals(defaultChannel)) {
        throw e;
      }
      log.warn(
          "Slack refused the channel of the tag slipway.channel; told in the stack's channel",
          "channel",
          said.channel(),
          "error",
          e.getMessage());
      return slack.post(defaultChannel, inChannel(defaultChannel, said, message));
    }
  }

  /** With a word of where it was meant to stand, if it stands in the stack's channel instead. */
  private Message inChannel(String channel, Wanted.Said said, Message message) {
    if (said.channel().isEmpty()
        || said.channel().equals(defaultChannel)
        || !channel.equals(defaultChannel)) {
      return message;
    }
    String why =
        "Told here because Slack refuses the channel "
            + said.channel()
            + " of the service's tag slipway.channel: invite the app to it, or correct the tag.";
    if (message.blocks().isEmpty()) {
      return Message.ofText(message.text() + "\n" + why);
    }
    ArrayNode blocks = message.blocks().deepCopy();
    blocks
        .addObject()
        .put("type", "context")
        .putArray("elements")
        .addObject()
        .put("type", "plain_text")
        .put("text", why);
    return new Message(message.text(), blocks);
  }

  /**
   * Puts the reason of a failure, or a call for a person, into the message's thread.
   *
   * @throws SlackException if Slack does not take it, unless the message is gone
   */
  static void reply(Slack slack, Progress progress, Wanted.Reply reply) {
    Posted parent = progress.posted.orElseThrow();
    try {
      slack.reply(parent, reply.message(), reply.aloud());
    } catch (SlackException e) {
      switch (e.kind()) {
        case CONTENT -> slack.reply(parent, reply.message().textOnly(), reply.aloud());
        case GONE -> {
          // No thread to put it in; the card names the cause.
        }
        case NOT_CONFIGURED, AUTH, CHANNEL, THROTTLED, OUTAGE, REFUSED -> throw e;
      }
    }
  }
}
