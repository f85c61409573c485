package dev.slipway.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.slack.Slack.Posted;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known of one message. It is written before Slack is asked and after Slack has answered,
 * each time only over the version that was read.
 *
 * @param version counts the writes; 0: not there yet
 * @param posted where it stands; empty before it was posted, and for a webhook's
 * @param shown what it says, as a hash; empty if it was not told yet or nobody can say what it says
 * @param explained whether the diagnosis is in its thread
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
    long rollback,
    Optional<ObjectNode> content,
    int attempts,
    Instant due,
    String claim,
    Instant claimedUntil,
    boolean again) {

  static MessageItem absent(MessageKey key) {
    return new MessageItem(
        key, 0, Optional.empty(), "", false, 0, Optional.empty(), 0, null, "", null, false);
  }

  boolean claimed(Instant now) {
    return !claim.isEmpty() && claimedUntil.isAfter(now);
  }

  MessageItem version(long next) {
    return new MessageItem(
        key,
        next,
        posted,
        shown,
        explained,
        rollback,
        content,
        attempts,
        due,
        claim,
        claimedUntil,
        again);
  }

  MessageItem claimedBy(String who, Instant until) {
    return new MessageItem(
        key, version, posted, shown, explained, rollback, content, attempts, until, who, until,
        false);
  }

  /** Nobody is at work on it any more, and it waits until then; null if it does not wait. */
  MessageItem released(Instant next) {
    return new MessageItem(
        key, version, posted, shown, explained, rollback, content, attempts, next, "", null, false);
  }

  MessageItem wantedAgain(Instant next) {
    return new MessageItem(
        key,
        version,
        posted,
        shown,
        explained,
        rollback,
        content,
        attempts,
        next,
        claim,
        claimedUntil,
        true);
  }

  /** As it stands in Slack now. */
  MessageItem as(Optional<Posted> where, String hash, boolean withReason) {
    return new MessageItem(
        key,
        version,
        where,
        hash,
        withReason,
        rollback,
        content,
        attempts,
        due,
        claim,
        claimedUntil,
        again);
  }

  MessageItem attempts(int next) {
    return new MessageItem(
        key,
        version,
        posted,
        shown,
        explained,
        rollback,
        content,
        next,
        due,
        claim,
        claimedUntil,
        again);
  }

  MessageItem rollback(long sequence) {
    return new MessageItem(
        key,
        version,
        posted,
        shown,
        explained,
        Math.max(rollback, sequence),
        content,
        attempts,
        due,
        claim,
        claimedUntil,
        again);
  }

  MessageItem content(ObjectNode message) {
    return new MessageItem(
        key,
        version,
        posted,
        shown,
        explained,
        rollback,
        Optional.of(message),
        attempts,
        due,
        claim,
        claimedUntil,
        again);
  }
}
