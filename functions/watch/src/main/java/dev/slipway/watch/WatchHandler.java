package dev.slipway.watch;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.slipway.aws.AwsService;
import dev.slipway.aws.JsonLanes;
import dev.slipway.aws.QueueDeadLetters;
import dev.slipway.aws.SignedJson;
import dev.slipway.ledger.DynamoLedger;
import dev.slipway.runtime.AccountTime;
import dev.slipway.runtime.Batch;
import dev.slipway.runtime.DeadLetters;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/** Takes what ECS says about services, and the one-minute clock, from their queue. */
public final class WatchHandler implements RequestStreamHandler {

  /** What is left of an invocation when calls to AWS give up, so that the answer can be given. */
  private static final Duration TO_ANSWER = Duration.ofSeconds(3);

  private final AccountTime time;
  private final Log log;
  private final Metrics metrics;
  private final SignedJson aws;
  private final DeadLetters deadLetters;
  private final Watcher watcher;

  public WatchHandler() {
    this(Environment.ofProcess());
  }

  WatchHandler(Environment environment) {
    time = AccountTime.from(environment);
    log = Log.of("watch", time);
    metrics = Metrics.of(time);
    aws = new SignedJson(environment);
    aws.warmUp(AwsService.DYNAMODB);
    deadLetters = new QueueDeadLetters(aws, environment.required("DEAD_LETTER_QUEUE_URL"));
    watcher =
        new Watcher(
            new DynamoLedger(aws, environment.required("LEDGER_TABLE")),
            new JsonLanes(aws, environment.required("LANE_QUEUE_URL")),
            time,
            log,
            metrics);
  }

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    log.begin(context.getAwsRequestId());
    time.refresh();
    aws.deadlineIn(Duration.ofMillis(context.getRemainingTimeInMillis()).minus(TO_ANSWER));
    Batch.sqs(in, out, log, metrics, deadLetters, message -> watcher.handle(message.body()));
  }
}
