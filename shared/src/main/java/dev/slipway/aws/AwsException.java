package dev.slipway.aws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** A call to AWS that did not succeed, with AWS's own error code and words. */
public class AwsException extends RuntimeException {

  /**
   * The code used when there was no readable answer: the connection broke or timed out after the
   * request was sent.
   */
  public static final String NO_ANSWER = "NoAnswer";

  private static final Set<String> THROTTLES =
      Set.of(
          "ThrottlingException",
          "Throttling",
          "ThrottledException",
          "RequestThrottled",
          "RequestThrottledException",
          "TooManyRequestsException",
          "ProvisionedThroughputExceededException",
          "RequestLimitExceeded",
          "LimitExceededException",
          "TransactionInProgressException");

  private final AwsService service;
  private final String operation;
  private final String code;
  private final int status;
  private final transient ObjectNode body;

  /**
   * @param code AWS's error code without its namespace, for example {@code
   *     ClusterNotFoundException}
   * @param status HTTP status, 0 when there was no answer
   * @param body the whole error document, for codes that carry more than a message; may be empty
   */
  public AwsException(
      AwsService service,
      String operation,
      String code,
      String message,
      int status,
      ObjectNode body) {
    super(
        service.actionPrefix()
            + ":"
            + operation
            + " answered "
            + code
            + (message.isBlank() ? "" : ": " + message));
    this.service = service;
    this.operation = operation;
    this.code = code;
    this.status = status;
    this.body = body;
  }

  public AwsService service() {
    return service;
  }

  public String operation() {
    return operation;
  }

  public String code() {
    return code;
  }

  public int status() {
    return status;
  }

  public ObjectNode body() {
    return body;
  }

  public boolean is(String... codes) {
    return Set.of(codes).contains(code);
  }

  /** AWS did nothing and asks for patience. */
  public boolean throttled() {
    return THROTTLES.contains(code) || status == 429 || familyBusy();
  }

  /**
   * ECS registers one revision of a family at a time, and says so with a code that means nothing.
   */
  private boolean familyBusy() {
    return code.equals("ClientException")
        && getMessage().contains("Too many concurrent attempts to create a new revision");
  }

  /**
   * Nobody can say whether AWS did what was asked: look before asking again, unless the call may be
   * repeated.
   */
  public boolean outcomeUnknown() {
    return code.equals(NO_ANSWER) || (status >= 500 && !throttled());
  }

  /** The caller's role may not do this. */
  public boolean accessDenied() {
    return is("AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized");
  }

  /** May succeed when repeated later without anybody changing anything. */
  public boolean passing() {
    return throttled() || outcomeUnknown();
  }
}
