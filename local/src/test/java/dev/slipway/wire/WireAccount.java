package dev.slipway.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;
import dev.slipway.local.SimulatedAccount;
import dev.slipway.local.ecr.ImagePusher;
import dev.slipway.local.ecr.ImagePusher.Push;
import dev.slipway.local.json.Json;
import dev.slipway.local.runtime.Listener;
import dev.slipway.local.runtime.LocalAccount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The account on a laptop without a function: queues, a table, and AWS's services around them. What
 * stands in it is made in this JVM, so that every call it notes came over HTTP.
 */
final class WireAccount implements AutoCloseable {

  static final String REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/";

  private static final String TEMPLATE =
      """
      AWSTemplateFormatVersion: "2010-09-09"
      Transform: AWS::Serverless-2016-10-31
      Resources:
        Looks: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }
        Dead: { Type: AWS::SQS::Queue }
        Table:
          Type: AWS::DynamoDB::Table
          Properties:
            BillingMode: PAY_PER_REQUEST
            KeySchema:
              - { AttributeName: pk, KeyType: HASH }
              - { AttributeName: sk, KeyType: RANGE }
            AttributeDefinitions:
              - { AttributeName: pk, AttributeType: S }
              - { AttributeName: sk, AttributeType: S }
      """;

  /** The calls that came over HTTP, oldest first. */
  final List<Listener.Call> calls = new CopyOnWriteArrayList<>();

  final LocalAccount account;
  final SimulatedAccount services;
  private int builds;

  WireAccount(Path folder) {
    try {
      Path template = Files.writeString(folder.resolve("template.yaml"), TEMPLATE);
      account =
          LocalAccount.of(template)
              .services(SimulatedAccount::new)
              .listener(
                  new Listener() {
                    @Override
                    public void call(Call call) {
                      calls.add(call);
                    }
                  })
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    services = (SimulatedAccount) account.services();
    made(AwsService.ECS, "CreateCluster", "{'clusterName': 'prod'}");
  }

  /** JSON with single quotes, so that it can be read in a test. */
  static ObjectNode json(String text) {
    return Json.parseObject(text.replace('\'', '"'));
  }

  /** Something that stands in the account before a client asks. */
  ObjectNode made(AwsService service, String operation, String input) {
    return services.call(service, operation, json(input));
  }

  String push(String repository, String tag, String behaviour) {
    builds++;
    return new ImagePusher(services)
        .push(Push.simple(repository, tag, behaviour, "build " + builds));
  }

  /** A revision of the family {@code name} that runs this image, with a log group of its name. */
  String revision(String name, String image) {
    services.logs().create("/ecs/" + name);
    return made(
            AwsService.ECS,
            "RegisterTaskDefinition",
            """
            {'family': '%1$s', 'networkMode': 'awsvpc', 'cpu': '256', 'memory': '512',
             'requiresCompatibilities': ['FARGATE'],
             'containerDefinitions': [{'name': 'web', 'image': '%2$s',
               'healthCheck': {'command': ['CMD-SHELL', 'true']},
               'logConfiguration': {'logDriver': 'awslogs', 'options': {
                 'awslogs-group': '/ecs/%1$s', 'awslogs-stream-prefix': 'web',
                 'awslogs-region': 'eu-west-1'}}}]}
            """
                .formatted(name, image))
        .path("taskDefinition")
        .path("taskDefinitionArn")
        .asText();
  }

  /**
   * A service of the cluster {@code prod} that has run the image {@code <name>:v1} for long.
   *
   * @param more members of CreateService, each with a comma before it
   */
  void service(String name, String more) {
    push(name, "v1", "healthy");
    services
        .ecs()
        .createSettledService(
            json(
                """
                {'cluster': 'prod', 'serviceName': '%s', 'taskDefinition': '%s',
                 'desiredCount': 2%s}
                """
                    .formatted(name, revision(name, REGISTRY + name + ":v1"), more)));
  }

  URI endpoint() {
    return account.endpoint();
  }

  Instant now() {
    return account.clock().instant();
  }

  void pass(Duration time) {
    account.runFor(time);
  }

  @Override
  public void close() {
    account.close();
  }
}
