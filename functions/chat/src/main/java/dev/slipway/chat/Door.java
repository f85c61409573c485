package dev.slipway.chat;

import dev.slipway.aws.AwsException;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.slack.Signature;
import dev.slipway.slack.SlackException;
import dev.slipway.slack.SlackSecret;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The one part that the internet can reach. It lets in what Slack has signed, and all that it does
 * with it is to queue it. Slack waits three seconds for the answer.
 *
 * @see <a
 *     href="https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response">
 *     acknowledgment</a>
 */
final class Door {

  /** A press carries the whole message it was made on; the queue takes 256 KB. */
  static final int LARGEST_BODY = 128 * 1024;

  /**
   * @param timestamp null if it was not sent
   * @param signature null if it was not sent
   * @param body as it was signed: raw, decoded from Base64 if the endpoint has encoded it
   */
  record Request(String method, String timestamp, String signature, byte[] body) {}

  /**
   * @param json whether the body is JSON, or text
   */
  record Answer(int status, String body, boolean json) {
    static final Answer NOTHING = new Answer(200, "", false);

    static Answer text(int status, String body) {
      return new Answer(status, body, false);
    }
  }

  private final Supplier<SlackSecret> secret;
  private final Consumer<String> queue;
  private final InstantSource time;
  private final Log log;

  Door(Supplier<SlackSecret> secret, Consumer<String> queue, InstantSource time, Log log) {
    this.secret = secret;
    this.queue = queue;
    this.time = time;
    this.log = log;
  }

  Answer answer(Request request) {
    if (!request.method().equals("POST")) {
      return Answer.text(405, "Slack sends its requests here with POST.");
    }
    if (request.body().length > LARGEST_BODY) {
      return Answer.text(413, "The request is larger than " + LARGEST_BODY + " bytes.");
    }
    if (request.timestamp() == null || request.signature() == null) {
      return refused("no signature");
    }
    String signingSecret;
    try {
      signingSecret = secret.get().signingSecret();
    } catch (AwsException | SlackException e) {
      log.error("the secret could not be read, so no request of Slack's can be let in", e);
      return Answer.text(503, "Slipway cannot read its secret; its log says why.");
    }
    if (signingSecret.isEmpty()) {
      log.warn(
          "a request came, and there is no signingSecret in Slipway's secret: put it there, as the"
              + " output ConnectSlack of the stack says");
      return Answer.text(
          503,
          "Slipway does not know the app's signing secret yet: put it into the key signingSecret of"
              + " its secret, as the stack's output ConnectSlack says.");
    }
    return switch (Signature.verify(
        signingSecret, request.timestamp(), request.signature(), request.body(), time.instant())) {
      case GOOD -> letIn(request);
      case MISSING -> refused("no readable signature");
      case STALE -> refused("the signature is older than five minutes, or from the future");
      case WRONG -> refused("wrong signature");
    };
  }

  private Answer refused(String why) {
    log.warn("request refused", "reason", why);
    return Answer.text(401, "Not let in: " + why + ".");
  }

  private Answer letIn(Request request) {
    String body = new String(request.body(), StandardCharsets.UTF_8);
    Form form;
    try {
      form = Form.parse(body);
    } catch (IllegalArgumentException e) {
      return Answer.text(400, "The body is not a form.");
    }
    // https://docs.slack.dev/interactivity/implementing-slash-commands: Slack checks the
    // certificate.
    if (form.has("ssl_check")) {
      return Answer.NOTHING;
    }
    if (!form.has("command") && !form.has("payload")) {
      return Answer.text(400, "Neither a slash command nor an interaction.");
    }
    try {
      queue.accept(new QueuedRequest(request.signature(), request.timestamp(), body).text());
    } catch (AwsException e) {
      log.error("the request could not be queued", e);
      return Answer.text(503, "Slipway could not take the request; try again.");
    }
    // An answer to a press would replace the message that has the button.
    return form.has("command")
        ? new Answer(
            200,
            Json.write(Json.object().put("response_type", "ephemeral").put("text", "One moment …")),
            true)
        : Answer.NOTHING;
  }
}
