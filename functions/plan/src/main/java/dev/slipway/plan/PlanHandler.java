package dev.slipway.plan;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.slipway.aws.AwsService;
import dev.slipway.aws.JsonEcr;
import dev.slipway.aws.JsonEcs;
import dev.slipway.aws.JsonLanes;
import dev.slipway.aws.JsonTagging;
import dev.slipway.aws.Patience;
import dev.slipway.aws.QueueDeadLetters;
import dev.slipway.aws.SignedJson;
import dev.slipway.ledger.DynamoLedger;
import dev.slipway.runtime.AccountTime;
import dev.slipway.runtime.Batch;
import dev.slipway.runtime.DeadLetters;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.IntSupplier;

/** Takes pushes, replications and the reconcile schedule from their queue. */
public final class PlanHandler implements RequestStreamHandler {

  /** What is left of an invocation when calls to AWS give up, so that the answer can be given. */
  private static final Duration TO_ANSWER = Duration.ofSeconds(3);

  /** With less left than this, a reconcile run leaves the rest to the next invocation. */
  private static final Duration TURN_ENDS = Duration.ofSeconds(20);

  private final AccountTime time;
  private final Log log;
  private final Metrics metrics;
  private final SignedJson aws;
  private final DeadLetters deadLetters;
  private final Planner planner;
  private volatile IntSupplier millisLeft = () -> Integer.MAX_VALUE;

  public PlanHandler() {
    this(Environment.ofProcess());
  }

  PlanHandler(Environment environment) {
    time = AccountTime.from(environment);
    log = Log.of("plan", time);
    metrics = Metrics.of(time);
    aws = new SignedJson(environment);
    aws.warmUp(AwsService.TAGGING);
    deadLetters = new QueueDeadLetters(aws, environment.required("DEAD_LETTER_QUEUE_URL"));
    planner =
        new Planner(
            new Planner.Means(
                new JsonTagging(aws),
                new JsonEcs(aws),
                new JsonEcr(aws),
                new DynamoLedger(aws, environment.required("LEDGER_TABLE")),
                new JsonLanes(aws, environment.required("LANE_QUEUE_URL")),
                time,
                environment.optional("MODE", "act").equals("observe"),
                Patience.real(),
                log,
                metrics,
                turn(environment.required("PUSH_QUEUE_URL"))));
  }

  private Planner.Turn turn(String queueUrl) {
    return new Planner.Turn() {
      @Override
      public boolean over() {
        return millisLeft.getAsInt() < TURN_ENDS.toMillis();
      }

      @Override
      public void next(String message) {
        aws.call(
            AwsService.SQS,
            "SendMessage",
            Json.object().put("QueueUrl", queueUrl).put("MessageBody", message));
      }
    };
  }

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    log.begin(context.getAwsRequestId());
    time.refresh();
    millisLeft = context::getRemainingTimeInMillis;
    aws.deadlineIn(Duration.ofMillis(context.getRemainingTimeInMillis()).minus(TO_ANSWER));
    Batch.sqs(in, out, log, metrics, deadLetters, message -> planner.handle(message.body()));
  }
}
