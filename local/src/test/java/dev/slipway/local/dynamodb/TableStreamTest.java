package dev.slipway.local.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.json.Json;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TableStreamTest {

  private static EmbeddedDynamoDb dynamoDb;

  @BeforeAll
  static void start() {
    dynamoDb = EmbeddedDynamoDb.start();
    dynamoDb.createTable(
        Json.parseObject(
            """
            {"TableName": "things", "BillingMode": "PAY_PER_REQUEST",
             "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
             "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
             "StreamSpecification":
               {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"}}
            """));
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  private static ObjectNode put(String key, String more) {
    return Json.parseObject(
        "{\"TableName\":\"things\",\"Item\":{\"pk\":{\"S\":\"" + key + "\"}}" + more + "}");
  }

  @Test
  void eachChangeIsReadOnceAsAFunctionGetsIt() {
    Instant now = Instant.parse("2026-01-05T09:00:00Z");
    TableStream stream =
        new TableStream(dynamoDb, "things", "arn:stream", "eu-west-1", InstantSource.fixed(now));
    stream.poll();
    dynamoDb.call(AwsService.DYNAMODB, "PutItem", put("a", ""));
    dynamoDb.call(AwsService.DYNAMODB, "PutItem", put("b", ""));

    List<ObjectNode> records = stream.poll();
    assertThat(records)
        .extracting(r -> r.path("eventName").asText())
        .containsExactly("INSERT", "INSERT");
    ObjectNode first = records.getFirst();
    assertThat(first.path("eventSource").asText()).isEqualTo("aws:dynamodb");
    assertThat(first.path("eventSourceARN").asText()).isEqualTo("arn:stream");
    assertThat(first.path("awsRegion").asText()).isEqualTo("eu-west-1");
    assertThat(first.path("dynamodb").path("NewImage").path("pk").path("S").asText())
        .isEqualTo("a");
    assertThat(first.path("dynamodb").path("ApproximateCreationDateTime").asLong())
        .isEqualTo(now.getEpochSecond());
    assertThat(stream.poll()).isEmpty();
  }

  @Test
  void refusalsKeepTheirCode() {
    dynamoDb.call(AwsService.DYNAMODB, "PutItem", put("c", ""));
    assertThatThrownBy(() ->
            dynamoDb.call(
                AwsService.DYNAMODB,
                "PutItem",
                put("c", ",\"ConditionExpression\":\"attribute_not_exists(pk)\"")))
        .isInstanceOf(AwsException.class)
        .extracting(refusal -> ((AwsException) refusal).code())
        .isEqualTo("ConditionalCheckFailedException");
  }

  @Test
  void itListensOnTheLoopbackInterfaceOnly() throws Exception {
    int port = dynamoDb.endpoint().getPort();
    for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
      for (InetAddress address : network.inetAddresses().toList()) {
        if (!address.isLoopbackAddress()) {
          try (Socket socket = new Socket()) {
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress(address, port), 1000))
                .isInstanceOf(java.io.IOException.class);
          }
        }
      }
    }
  }
}
