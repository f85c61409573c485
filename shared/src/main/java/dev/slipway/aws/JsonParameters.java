package dev.slipway.aws;

import dev.slipway.runtime.Json;

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
}
