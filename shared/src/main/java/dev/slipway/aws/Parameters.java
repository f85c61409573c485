package dev.slipway.aws;

import java.util.Optional;

/** The calls that Slipway makes to Systems Manager Parameter Store. */
public interface Parameters {

  /** PutParameter, type String, overwriting. */
  void put(String name, String value);

  /** GetParameter, as it is stored; empty if there is none of that name. */
  Optional<String> get(String name);
}
