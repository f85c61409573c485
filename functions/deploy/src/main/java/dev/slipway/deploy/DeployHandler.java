package dev.slipway.deploy;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.aws.AwsService;
import dev.slipway.aws.JsonAlarms;
import dev.slipway.aws.JsonCodeDeploy;
import dev.slipway.aws.JsonContainerLogs;
import dev.slipway.aws.JsonEcr;
import dev.slipway.aws.JsonEcs;
import dev.slipway.aws.JsonParameters;
import dev.slipway.aws.QueueDeadLetters;
import dev.slipway.aws.SignedJson;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.DynamoLedger;
import dev.slipway.runtime.AccountTime;
import dev.slipway.runtime.Batch;
import dev.slipway.runtime.DeadLetters;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.runtime.PermanentFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/** Takes looks from the lanes, and does the next step for each service. */
public final class DeployHandler implements RequestStreamHandler {

  /**
   * What is left of an invocation when calls to AWS give up, so that the answer can still be given.
   */
  private static final Duration TO_ANSWER = Duration.ofSeconds(3);

  private final AccountTime time;
  private final Log log;
  private final Metrics metrics;
  private final SignedJson aws;
  private final DeadLetters deadLetters;
  private final Worker worker;

  public DeployHandler() {
    this(Environment.ofProcess());
  }

  DeployHandler(Environment environment) {
    time = AccountTime.from(environment);
    log = Log.of("deploy", time);
    metrics = Metrics.of(time);
    aws = new SignedJson(environment);
    aws.warmUp(AwsService.DYNAMODB);
    deadLetters = new QueueDeadLetters(aws, environment.required("DEAD_LETTER_QUEUE_URL"));
    JsonEcs ecs = new JsonEcs(aws);
    JsonCodeDeploy codeDeploy = new JsonCodeDeploy(aws);
    worker =
        new Worker(
            ecs,
            codeDeploy,
            new JsonEcr(aws),
            new DynamoLedger(aws, environment.required("LEDGER_TABLE")),
            new JsonParameters(aws),
            new JsonAlarms(aws),
            new EcsDiagnostics(
                ecs,
                codeDeploy,
                new JsonContainerLogs(aws),
                environment.optional("LOG_GROUP_PREFIX", ""),
                log),
            time,
            new Options(
                environment.optional("MODE", "act").equals("observe"),
                environment.optional("IMAGE_REFERENCE", "tag-and-digest").equals("tag-and-digest")),
            log,
            metrics);
  }

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    log.begin(context.getAwsRequestId());
    time.refresh();
    aws.deadlineIn(Duration.ofMillis(context.getRemainingTimeInMillis()).minus(TO_ANSWER));
    Batch.sqs(in, out, log, metrics, deadLetters, message -> worker.look(service(message.body())));
  }

  /** The service that a look names. */
  static ServiceRef service(String body) {
    JsonNode look;
    try {
      look = Json.read(body);
    } catch (Json.MalformedJsonException e) {
      throw new PermanentFailure("a look that is " + e.getMessage(), e);
    }
    try {
      return ServiceRef.parse(Json.text(look, "look"));
    } catch (IllegalArgumentException e) {
      throw new PermanentFailure(
          "a look must be {\"look\":\"<ARN of an ECS service>\"}, but " + e.getMessage(), e);
    }
  }
}
