package dev.slipway.bench.variant;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/** The same documents, signed by the SDK's signer and sent by its smallest HTTP client. */
public final class SdkSigner extends Job {

  private final Environment environment = Environment.ofProcess();
  private final URI endpoint = URI.create(environment.required("AWS_ENDPOINT_URL"));
  private final String region = environment.required("AWS_REGION");
  private final AwsCredentialsIdentity identity =
      AwsSessionCredentialsIdentity.create(
          environment.required("AWS_ACCESS_KEY_ID"),
          environment.required("AWS_SECRET_ACCESS_KEY"),
          environment.required("AWS_SESSION_TOKEN"));
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final SdkHttpClient http = UrlConnectionHttpClient.create();

  public SdkSigner() {
    super(true, true);
    sign(AwsService.ECS, "None", new byte[0]);
  }

  @Override
  String image(Order order) {
    return JsonCalls.image(this::call, order);
  }

  private SignedRequest sign(AwsService service, String operation, byte[] body) {
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(endpoint)
            .putHeader("Content-Type", "application/x-amz-json-" + service.jsonVersion())
            .putHeader("X-Amz-Target", service.targetPrefix() + "." + operation)
            .build();
    return signer.sign(r ->
        r.identity(identity)
            .request(request)
            .payload(() -> new ByteArrayInputStream(body))
            .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service.signingName())
            .putProperty(AwsV4HttpSigner.REGION_NAME, region));
  }

  private ObjectNode call(AwsService service, String operation, ObjectNode input) {
    byte[] body = Json.write(input).getBytes(StandardCharsets.UTF_8);
    SignedRequest signed = sign(service, operation, body);
    try {
      HttpExecuteResponse response =
          http.prepareRequest(
                  HttpExecuteRequest.builder()
                      .request(signed.request())
                      .contentStreamProvider(() -> new ByteArrayInputStream(body))
                      .build())
              .call();
      try (var answer = response.responseBody().orElseThrow()) {
        ObjectNode document = Json.readObject(answer.readAllBytes());
        int status = response.httpResponse().statusCode();
        if (status != 200) {
          throw new AwsException(
              service, operation, Json.text(document, "__type"), "refused", status, document);
        }
        return document;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
