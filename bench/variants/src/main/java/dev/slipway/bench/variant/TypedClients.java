package dev.slipway.bench.variant;

import dev.slipway.runtime.Environment;
import java.net.URI;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.ecs.EcsClient;

/** The SDK's typed clients, made in the init phase as AWS advises: one HTTP client, no look-ups. */
public final class TypedClients extends Job {

  private final Environment environment = Environment.ofProcess();
  private final URI endpoint = URI.create(environment.required("AWS_ENDPOINT_URL"));
  private final Region region = Region.of(environment.required("AWS_REGION"));
  private final SdkHttpClient http = UrlConnectionHttpClient.create();
  private final EcsClient ecs =
      EcsClient.builder()
          .endpointOverride(endpoint)
          .region(region)
          .credentialsProvider(EnvironmentVariableCredentialsProvider.create())
          .httpClient(http)
          .build();
  private final DynamoDbClient dynamoDb =
      DynamoDbClient.builder()
          .endpointOverride(endpoint)
          .region(region)
          .credentialsProvider(EnvironmentVariableCredentialsProvider.create())
          .httpClient(http)
          .build();

  public TypedClients() {
    super(true, true);
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  @Override
  String image(Order order) {
    dynamoDb.getItem(r ->
        r.tableName(order.table())
            .consistentRead(true)
            .key(Map.of("pk", text(order.serviceArn()), "sk", text("head"))));
    String revision =
        ecs.describeServices(r -> r.cluster(order.cluster()).services(order.service()))
            .services()
            .getFirst()
            .taskDefinition();
    String image =
        ecs.describeTaskDefinition(r -> r.taskDefinition(revision))
            .taskDefinition()
            .containerDefinitions()
            .getFirst()
            .image();
    dynamoDb.putItem(r ->
        r.tableName(order.table())
            .item(Map.of("pk", text("bench"), "sk", text(order.service()), "image", text(image))));
    return image;
  }
}
