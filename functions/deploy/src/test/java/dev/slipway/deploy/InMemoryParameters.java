package dev.slipway.deploy;

import dev.slipway.aws.Parameters;
import java.util.Map;
import java.util.Optional;

/** Parameter Store, for tests. */
record InMemoryParameters(Map<String, String> values) implements Parameters {

  @Override
  public void put(String name, String value) {
    values.put(name, value);
  }

  @Override
  public Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }
}
