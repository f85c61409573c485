package dev.slipway.aws;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One call to AWS, as JSON in and JSON out. {@link SignedJson} sends it over HTTPS; the account in
 * {@code local/} answers it in the same process. Everything that Slipway asks of AWS passes here,
 * so this is where a test injects faults.
 */
@FunctionalInterface
public interface AwsApi {

  /**
   * @param operation AWS's own name, for example {@code DescribeServices}
   * @param input the members of the operation's request; not changed
   * @return the members of the operation's response
   * @throws AwsException if AWS refused, could not be reached, or gave no readable answer
   */
  ObjectNode call(AwsService service, String operation, ObjectNode input);
}
