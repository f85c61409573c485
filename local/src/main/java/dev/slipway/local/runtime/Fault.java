package dev.slipway.local.runtime;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import java.util.Optional;

/**
 * Makes calls to AWS go wrong: what it throws, the caller gets. Called on the thread of the call,
 * after its permissions were checked.
 */
public interface Fault {

  /**
   * The call has had no effect yet.
   *
   * @param principal logical id of the function, or {@code admin}
   * @throws AwsException for a call that AWS does not take, for example throttled
   */
  default void before(String principal, AwsService service, String operation, ObjectNode input) {}

  /**
   * An answer that is given instead of the call's own: the call is not made.
   *
   * @return empty if the call is made
   */
  default Optional<ObjectNode> instead(
      String principal, AwsService service, String operation, ObjectNode input) {
    return Optional.empty();
  }

  /**
   * The call has had its effect, and its answer is on the way.
   *
   * @throws AwsException for an answer that is lost; status 500 is one that says nothing
   */
  default void after(String principal, AwsService service, String operation, ObjectNode input) {}
}
