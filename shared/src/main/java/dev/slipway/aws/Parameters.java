package dev.slipway.aws;

/** The call that Slipway makes to Systems Manager Parameter Store. */
public interface Parameters {
  /** PutParameter, type String, overwriting. */
  void put(String name, String value);
}
