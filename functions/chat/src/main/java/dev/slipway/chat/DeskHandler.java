package dev.slipway.chat;

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
import dev.slipway.slack.SlackSecrets;
import dev.slipway.slack.SlackWeb;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/** The chat desk: fed by the queue that the door fills. */
public final class DeskHandler implements RequestStreamHandler {

  /** What is left of an invocation when calls to AWS give up, so that the answer can be given. */
  private static final Duration TO_ANSWER = Duration.ofSeconds(8);

  private final SignedJson aws;
  private final AccountTime time;
  private final Log log;
  private final Metrics metrics;
  private final DeadLetters deadLetters;
  private final Desk desk;

  public DeskHandler() {
    this(Environment.ofProcess());
  }

  private DeskHandler(Environment environment) {
    this.aws = new SignedJson(environment);
    aws.warmUp(AwsService.DYNAMODB);
    this.time = AccountTime.from(environment);
    this.log = Log.of("chat-desk", time);
    this.metrics = Metrics.of(time);
    String table = environment.required("LEDGER_TABLE");
    this.deadLetters = new QueueDeadLetters(aws, environment.required("DEAD_LETTER_QUEUE_URL"));
    // Answers go to the address that each request names: no token, and so no secret, is needed.
    SlackSecrets none = new SlackSecrets(aws, "", time, log::secret);
    this.desk =
        new Desk(
            new DynamoLedger(aws, table),
            new JsonLanes(aws, environment.required("LANE_QUEUE_URL")),
            new SlackWeb(environment.optional("SLACK_API_URL", SlackWeb.DEFAULT_BASE), none),
            new LedgerReplays(aws, table),
            Operators.parse(environment.optional("OPERATORS", "")),
            time,
            log);
  }

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    log.begin(context.getAwsRequestId());
    time.refresh();
    aws.deadlineIn(Duration.ofMillis(context.getRemainingTimeInMillis()).minus(TO_ANSWER));
    Desk.Home home = Desk.Home.ofFunction(context.getInvokedFunctionArn());
    Batch.sqs(
        in,
        out,
        log,
        metrics,
        deadLetters,
        message -> desk.handle(message.body(), message.id(), home));
  }
}
