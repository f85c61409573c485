package dev.slipway.local.account;

/** A simulated service refuses a call, with AWS's error code and, where known, AWS's words. */
public final class Refusal extends RuntimeException {
  private final String code;

  public Refusal(String code, String message) {
    super(message);
    this.code = code;
  }

  public String code() {
    return code;
  }
}
