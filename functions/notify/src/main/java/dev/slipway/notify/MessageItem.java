package dev.slipway.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.slack.Slack.Posted;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What is known of one message. It is written before Slack is asked and after Slack has answered,
 * each time only over the version that was read.
 *
 * @param version counts the writes; 0: not there yet
 * @param posted where it stands; empty before it was posted, and for a webhook's
 * @param shown what it says, as a hash; empty if it was not told yet or nobody can say what it says
 * @param explained whether the diagnosis is in its thread
 * @param called what a person was called for last, so that it was heard; empty if for nothing, null
 *     if a version before this has written it
 * @param rollback sequence of the deployment that goes back from this one; 0 if none is known
 * @param content channel, text and blocks, for a message that is not drawn from a deployment; for
 *     that of what waits, the wishes that it was drawn for ({@link Wishes})
 * @param attempts that failed since the last that did not
 * @param due when to try again at the latest; null if nothing is left to do
 * @param claim who is at work on it until {@code claimedUntil}; empty if nobody is
 * @param again whether somebody found it claimed, and wants it looked at again
 */
record MessageItem(
    MessageKey key,
    long version,
    Optional<Posted> posted,
    String shown,
    boolean explained,
    String called,
    long rollback,
    Optional<ObjectNode> content,
    int attempts,
    Instant due,
    String claim,
    Instant claimedUntil,
    boolean again) {

  static MessageItem absent(MessageKey key) {
    return new MessageItem(
        key, 0, Optional.empty(), "", false, "", 0, Optional.empty(), 0, null, "", null, false);
  }

  boolean claimed(Instant now) {
    return !claim.isEmpty() && claimedUntil.isAfter(now);
  }

  MessageItem version(long next) {
    return but(draft -> draft.version = next);
  }

  MessageItem claimedBy(String who, Instant until) {
    return but(draft -> {
      draft.due = until;
      draft.claim = who;
      draft.claimedUntil = until;
      draft.again = false;
    });
  }

  /** Nobody is at work on it any more, and it waits until then; null if it does not wait. */
  MessageItem released(Instant next) {
    return but(draft -> {
      draft.due = next;
      draft.claim = "";
      draft.claimedUntil = null;
      draft.again = false;
    });
  }

  MessageItem wantedAgain(Instant next) {
    return but(draft -> {
      draft.due = next;
      draft.again = true;
    });
  }

  /** As it stands in Slack now. */
  MessageItem as(Optional<Posted> where, String hash, boolean withReason) {
    return but(draft -> {
      draft.posted = where;
      draft.shown = hash;
      draft.explained = withReason;
    });
  }

  MessageItem called(String whatFor) {
    return but(draft -> draft.called = whatFor);
  }

  MessageItem attempts(int next) {
    return but(draft -> draft.attempts = next);
  }

  MessageItem rollback(long sequence) {
    return but(draft -> draft.rollback = Math.max(rollback, sequence));
  }

  MessageItem content(ObjectNode message) {
    return but(draft -> draft.content = Optional.of(message));
  }

  private MessageItem but(Consumer<Draft> change) {
    Draft draft = new Draft();
    change.accept(draft);
    return draft.done();
  }

  /** A copy that can be changed. */
  private final class Draft {
    long version = MessageItem.this.version;
    Optional<Posted> posted = MessageItem.this.posted;
    String shown = MessageItem.this.shown;
    boolean explained = MessageItem.this.explained;
    String called = MessageItem.this.called;
    long rollback = MessageItem.this.rollback;
    Optional<ObjectNode> content = MessageItem.this.content;
    int attempts = MessageItem.this.attempts;
    Instant due = MessageItem.this.due;
    String claim = MessageItem.this.claim;
    Instant claimedUntil = MessageItem.this.claimedUntil;
    boolean again = MessageItem.this.again;

    MessageItem done() {
      return new MessageItem(
          key,
          version,
          posted,
          shown,
          explained,
          called,
          rollback,
          content,
          attempts,
          due,
          claim,
          claimedUntil,
          again);
    }
  }
}
