package dev.slipway.runtime;

/** Where messages go that will never succeed, each with its reason. */
@FunctionalInterface
public interface DeadLetters {

  /**
   * Keeps the message and the reason. If this fails, the message must be seen again: throw.
   *
   * @param reason a sentence for a person
   */
  void add(Batch.Message message, String reason);
}
