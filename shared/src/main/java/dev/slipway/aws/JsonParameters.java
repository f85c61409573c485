package dev.slipway.aws;

import dev.slipway.runtime.Json;
import java.util.Optional;

/** Parameter Store over {@link AwsApi}. */
public final class JsonParameters implements Parameters {

  private final AwsApi aws;

  public JsonParameters(AwsApi aws) {
    this.aws = aws;
  }

  @Override
  public void put(String name, String value) {
    aws.call(
        AwsService.SSM,
        "PutParameter",
        Json.object()
            .put("Name", name)
            .put("Value", value)
            .put("Type", "String")
            .put("Overwrite", true));
  }

  @Override
  public Optional<String> get(String name) {
    try {
      return Optional.of(
          Json.text(
              aws.call(AwsService.SSM, "GetParameter", Json.object().put("Name", name))
                  .path("Parameter"),
              "Value"));
    } catch (AwsException e) {
      if (e.is("ParameterNotFound")) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
