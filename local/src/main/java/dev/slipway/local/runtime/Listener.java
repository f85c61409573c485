package dev.slipway.local.runtime;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.bus.EventBus;
import dev.slipway.local.lambda.Invocation;
import java.time.Instant;

/** Sees what happens in the account. Called on whatever thread it happens on; must not block. */
public interface Listener {

  /**
   * A call to AWS that has ended.
   *
   * @param principal logical id of the function, or {@code admin}
   * @param output null if it was refused
   * @param refusal null if it was not
   */
  record Call(
      Instant at,
      String principal,
      AwsService service,
      String operation,
      ObjectNode input,
      ObjectNode output,
      AwsException refusal) {}

  default void call(Call call) {}

  /** An event on a bus, before it is routed. */
  default void event(ObjectNode event) {}

  default void delivery(EventBus.Delivery delivery) {}

  default void invocation(Invocation invocation) {}

  /**
   * A line that a function's process printed.
   *
   * @param function logical id
   */
  default void log(String function, String line) {}

  /**
   * A message that was received too often.
   *
   * @param queue logical id of the queue it came from
   * @param deadLetterQueue logical id of the queue it went to
   */
  default void deadLetter(String queue, String deadLetterQueue, String body) {}
}
