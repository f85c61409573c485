package dev.slipway.runtime;

/**
 * A message that will never succeed, however often it is seen. The text is for a person who reads
 * the dead-letter queue: it holds the value that could not be read, and what would be right.
 */
public final class PermanentFailure extends RuntimeException {
  public PermanentFailure(String reason) {
    super(reason);
  }

  public PermanentFailure(String reason, Throwable cause) {
    super(reason, cause);
  }
}
