package dev.slipway.local.dynamodb;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * DynamoDB Local in this JVM, in memory, on a free port of the loopback interface. It is put
 * together from its parts, because its own server binds every interface and sends telemetry. The
 * native library for {@value #PLATFORMS} is inside its jar.
 *
 * <p>Also an {@link AwsApi}, without any check of permissions. Time to live is not left to it: it
 * would compare with the real clock.
 */
public final class EmbeddedDynamoDb implements AwsApi, AutoCloseable {

  private static final String PLATFORMS =
      "Linux and macOS on x86-64 and arm64, and for Windows on x86-64";

  /** So begins every ARN that DynamoDB Local gives. */
  private static final String ITS_ARN = "arn:aws:dynamodb:ddblocal:000000000000:";

  private final Server server;
  private final URI endpoint;
  private final String arn;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private EmbeddedDynamoDb(Server server, int port, String arn) {
    this.server = server;
    this.endpoint = URI.create("http://127.0.0.1:" + port);
    this.arn = arn;
  }

  public static EmbeddedDynamoDb start() {
    return start("123456789012", "eu-west-1");
  }

  /**
   * @throws IllegalStateException if it cannot be started, for example because it has no native
   *     library for this machine
   */
  public static EmbeddedDynamoDb start(String accountId, String region) {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server, 1, 1);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    try {
      server.setHandler(
          new LocalDynamoDBServerHandler(
              new LocalDynamoDBRequestHandler(0, true, null, true, false), "*"));
      server.start();
    } catch (Exception | LinkageError cannotStart) {
      throw new IllegalStateException(
          cannotStart(System.getProperty("os.name"), System.getProperty("os.arch")), cannotStart);
    }
    return new EmbeddedDynamoDb(
        server, connector.getLocalPort(), "arn:aws:dynamodb:" + region + ":" + accountId + ":");
  }

  static String cannotStart(String system, String processor) {
    return "DynamoDB Local, which plays the ledger here, does not start on "
        + system
        + " "
        + processor
        + ". Its native library is there for "
        + PLATFORMS
        + "; elsewhere, run this in a container of the platform linux/amd64. To install Slipway it"
        + " is not needed: mvn package -DskipTests builds everything that sam deploy uploads";
  }

  /** Where any DynamoDB client can reach it, with any credentials. */
  public URI endpoint() {
    return endpoint;
  }

  /** As CreateTable; the table is active at once. */
  public void createTable(ObjectNode definition) {
    call(AwsService.DYNAMODB, "CreateTable", definition);
  }

  @Override
  public ObjectNode call(AwsService service, String operation, ObjectNode input) {
    return send(service.targetPrefix(), operation, input);
  }

  /** An operation of DynamoDB Streams. */
  ObjectNode streams(String operation, ObjectNode input) {
    return send("DynamoDBStreams_20120810", operation, input);
  }

  private ObjectNode send(String targetPrefix, String operation, ObjectNode input) {
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("X-Amz-Target", targetPrefix + "." + operation)
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/dynamodb/aws4_request,"
                    + " SignedHeaders=host, Signature=0")
            .POST(HttpRequest.BodyPublishers.ofString(Json.write(input).replace(arn, ITS_ARN)))
            .build();
    HttpResponse<String> response;
    try {
      response = client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException broken) {
      throw failure(operation, AwsException.NO_ANSWER, broken.toString(), 0, Json.object());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw failure(operation, AwsException.NO_ANSWER, "interrupted", 0, Json.object());
    }
    ObjectNode output = Json.parseObject(response.body().replace(ITS_ARN, arn));
    if (response.statusCode() == 200) {
      return output;
    }
    String type = output.path("__type").asText();
    String message = output.path("Message").asText(output.path("message").asText());
    throw failure(
        operation, type.substring(type.indexOf('#') + 1), message, response.statusCode(), output);
  }

  private static AwsException failure(
      String operation, String code, String message, int status, ObjectNode body) {
    return new AwsException(AwsService.DYNAMODB, operation, code, message, status, body);
  }

  @Override
  public void close() {
    client.shutdownNow();
    try {
      server.stop();
    } catch (Exception cannotStop) {
      throw new IllegalStateException("DynamoDB Local does not stop", cannotStop);
    }
  }
}
