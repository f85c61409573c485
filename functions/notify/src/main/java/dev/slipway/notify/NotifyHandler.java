package dev.slipway.notify;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.aws.QueueDeadLetters;
import dev.slipway.aws.SignedJson;
import dev.slipway.ledger.DynamoLedger;
import dev.slipway.runtime.AccountTime;
import dev.slipway.runtime.Batch;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.slack.Slack;
import dev.slipway.slack.SlackException;
import dev.slipway.slack.SlackSecret;
import dev.slipway.slack.SlackSecrets;
import dev.slipway.slack.SlackWeb;
import dev.slipway.slack.Webhook;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;

/** Fed by the ledger's stream, and by a clock for what Slack did not take at once. */
public final class NotifyHandler implements RequestStreamHandler {

  /** What is left of an invocation when calls to AWS give up, so that the answer can be given. */
  private static final Duration TO_ANSWER = Duration.ofSeconds(5);

  private final AccountTime time;
  private final Consumer<Duration> deadline;
  private final Log log;
  private final Metrics metrics;
  private final Notifier notifier;

  public NotifyHandler() {
    this(Environment.ofProcess());
  }

  private NotifyHandler(Environment environment) {
    this(environment, new SignedJson(environment));
  }

  private NotifyHandler(Environment environment, SignedJson aws) {
    aws.warmUp(AwsService.DYNAMODB);
    this(environment, aws, aws::deadlineIn);
  }

  /**
   * @param deadline is told how long calls to AWS may take from now
   */
  NotifyHandler(Environment environment, AwsApi aws, Consumer<Duration> deadline) {
    this.time = AccountTime.from(environment);
    this.deadline = deadline;
    this.log = Log.of("notify", time);
    this.metrics = Metrics.of(time);
    String table = environment.required("LEDGER_TABLE");
    SlackSecrets secrets =
        new SlackSecrets(aws, environment.optional("SLACK_SECRET_ARN", ""), time, log::secret);
    Slack slack =
        new SlackWeb(environment.optional("SLACK_API_URL", SlackWeb.DEFAULT_BASE), secrets);
    Webhook webhook = new Webhook(secrets);
    Teller teller =
        new Teller(
            new DynamoLedger(aws, table),
            new LedgerMessages(aws, table),
            environment.optional("SLACK_CHANNEL", ""),
            !environment.optional("OPERATORS", "").isBlank(),
            time,
            () -> UUID.randomUUID().toString(),
            log,
            metrics);
    this.notifier =
        new Notifier(
            teller,
            new Bus(aws, log),
            environment.optional("EVENT_BUS_NAME", "default"),
            () -> voice(secrets, slack, webhook),
            new QueueDeadLetters(aws, environment.required("DEAD_LETTER_QUEUE_URL")),
            System::nanoTime,
            log);
  }

  private Voice voice(SlackSecrets secrets, Slack slack, Webhook webhook) {
    try {
      SlackSecret secret = secrets.get();
      if (secret.hasBotToken()) {
        return new Voice.Bot(slack);
      }
      return secret.hasWebhook() ? new Voice.Hook(webhook) : new Voice.Silent();
    } catch (AwsException | SlackException e) {
      log.error("the secret cannot be read; what is to be said waits", e);
      return new Voice.Unknown(e.getMessage());
    }
  }

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    log.begin(context.getAwsRequestId());
    time.refresh();
    deadline.accept(Duration.ofMillis(context.getRemainingTimeInMillis()).minus(TO_ANSWER));
    JsonNode event = Json.read(in);
    JsonNode records = event.path("Records");
    ObjectNode answer;
    if (records.isArray() && !isQueue(records)) {
      answer = notifier.batch(records);
      // Lambda's own Errors stays at zero: an invocation that names its failures has succeeded.
      answer
          .path("batchItemFailures")
          .forEach(_ -> metrics.countForFunction(Batch.MESSAGES_FAILED));
    } else if (records.isArray() || Json.text(event, "detail-type").equals("Slipway Clock")) {
      notifier.sweep();
      answer = Json.object();
      answer.putArray("batchItemFailures");
    } else {
      throw new IllegalArgumentException(
          "notify is fed by the ledger's stream, {\"Records\":[{\"dynamodb\":...}]}, and by a"
              + " clock, {\"detail-type\":\"Slipway Clock\"}; this event is neither");
    }
    out.write(Json.write(answer).getBytes(StandardCharsets.UTF_8));
  }

  /** The clock may come through a queue. */
  private static boolean isQueue(JsonNode records) {
    return Json.text(records.path(0), "eventSource").equals("aws:sqs");
  }
}
