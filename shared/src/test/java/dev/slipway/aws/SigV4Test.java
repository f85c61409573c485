package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

class SigV4Test {

  private static final Instant NOW = Instant.parse("2015-08-30T12:36:00Z");

  private static Map<String, String> headers(String target) {
    return Map.of("Content-Type", "application/x-amz-json-1.1", "X-Amz-Target", target);
  }

  /**
   * "post-vanilla" of AWS's Signature Version 4 test suite.
   *
   * @see <a href="https://github.com/awslabs/aws-c-auth/tree/main/tests/aws-signing-test-suite">
   *     aws-signing-test-suite</a>
   */
  @Test
  void signsAwssOwnTestVector() {
    Map<String, String> signed =
        SigV4.sign(
            URI.create("https://example.amazonaws.com/"),
            Map.of(),
            new byte[0],
            new Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "", null),
            "service",
            "us-east-1",
            NOW);
    assertThat(signed)
        .containsEntry(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
                + " SignedHeaders=host;x-amz-date,"
                + " Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")
        .containsEntry("X-Amz-Date", "20150830T123600Z");
  }

  @ParameterizedTest
  @CsvSource({
    "https://ecs.eu-west-1.amazonaws.com/, ecs, eu-west-1, token/+=",
    "https://api.ecr.cn-north-1.amazonaws.com.cn/, ecr, cn-north-1, ''",
    "http://127.0.0.1:4566/, dynamodb, us-east-1, token",
    "https://localhost:443/, sqs, eu-west-1, ''"
  })
  void signsAsTheSdkDoes(String endpoint, String service, String region, String token) {
    byte[] body = "{\"name\":\"Grüße, 世界\"}".getBytes(StandardCharsets.UTF_8);
    URI uri = URI.create(endpoint);
    SdkHttpRequest.Builder request = SdkHttpRequest.builder().method(SdkHttpMethod.POST).uri(uri);
    headers("Some_20260101.Operation").forEach(request::putHeader);
    AwsCredentialsIdentity identity =
        token.isEmpty()
            ? AwsCredentialsIdentity.create("AKIDEXAMPLE", "secret")
            : AwsSessionCredentialsIdentity.create("AKIDEXAMPLE", "secret", token);

    SdkHttpRequest theirs =
        AwsV4HttpSigner.create()
            .sign(r ->
                r.identity(identity)
                    .request(request.build())
                    .payload(() -> new ByteArrayInputStream(body))
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                    .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                    .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(NOW, ZoneOffset.UTC)))
            .request();
    // The SDK also sends, and signs, the hash of the body as a header.
    Map<String, String> same = new java.util.HashMap<>(headers("Some_20260101.Operation"));
    theirs
        .firstMatchingHeader("x-amz-content-sha256")
        .ifPresent(hash -> same.put("x-amz-content-sha256", hash));

    Map<String, String> ours =
        SigV4.sign(
            uri,
            same,
            body,
            new Credentials("AKIDEXAMPLE", "secret", token, null),
            service,
            region,
            NOW);
    assertThat(ours.get("Authorization"))
        .isEqualTo(theirs.firstMatchingHeader("Authorization").orElseThrow());
  }

  @Test
  void credentialsNeverShowTheirSecrets() {
    assertThat(new Credentials("AKIDEXAMPLE", "hidden-key", "hidden-token", null).toString())
        .contains("AKIDEXAMPLE")
        .doesNotContain("hidden");
  }
}
