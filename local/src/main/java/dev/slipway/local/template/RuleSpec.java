package dev.slipway.local.template;

import java.time.Duration;
import java.util.List;

/**
 * A rule of EventBridge: exactly one of pattern and schedule is not null.
 *
 * @param bus name of the event bus
 * @param pattern JSON, as event-ruler reads it
 * @param schedule when it runs by itself
 */
public record RuleSpec(
    String logicalId,
    String name,
    String arn,
    String bus,
    boolean enabled,
    String pattern,
    Schedule schedule,
    List<Target> targets) {

  /**
   * @param input constant JSON sent instead of the event, or null
   * @param deadLetterArn null if an undeliverable event is dropped
   * @param messageGroupId for a FIFO queue, else null
   */
  public record Target(
      String id,
      String arn,
      String input,
      String deadLetterArn,
      int maxRetries,
      Duration maxAge,
      String messageGroupId) {}
}
