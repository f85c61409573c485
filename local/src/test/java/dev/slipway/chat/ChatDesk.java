package dev.slipway.chat;

import dev.slipway.aws.Lanes;
import dev.slipway.chat.Desk.Home;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.Ledger;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;

/** The desk for simulations: an operator's requests as they stand in the queue, and no Slack. */
public final class ChatDesk {

  public static final String OPERATOR = "U0123ABCD";

  private final Desk desk;
  private final Home home;

  /**
   * @param seen signatures of earlier requests to the messages that carried them; all desks of an
   *     account have the same
   */
  public ChatDesk(
      ServiceRef any,
      Ledger ledger,
      Lanes lanes,
      Map<String, String> seen,
      InstantSource time,
      Log log) {
    this.home = new Home(any.partition(), any.region(), any.account());
    this.desk =
        new Desk(
            ledger,
            lanes,
            // Nobody listens to the answers.
            (responseUrl, message, everyone) -> {},
            (signature, messageId, now) ->
                messageId.equals(seen.computeIfAbsent(signature, _ -> messageId)),
            Operators.parse(OPERATOR),
            time,
            log);
  }

  /** What the operator writes behind {@code /slipway}, as the door queues it. */
  public static String command(String id, String text) {
    return queued(id, "command=%2Fslipway&user_id=" + OPERATOR + "&text=" + encode(text));
  }

  /** A press of the button on this deployment's card, as the door queues it. */
  public static String rollBack(String id, ServiceRef service, long sequence) {
    var payload = Json.object().put("type", "block_actions");
    payload.putObject("user").put("id", OPERATOR);
    payload
        .putArray("actions")
        .addObject()
        .put("action_id", RollBackButton.ACTION_ID)
        .put("value", new RollBackButton.Value(service, sequence).text());
    return queued(id, "payload=" + encode(Json.write(payload)));
  }

  private static String queued(String id, String form) {
    return new QueuedRequest("v0=" + id, "1768469400", form).text();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  public void handle(String queued, String messageId) {
    desk.handle(queued, messageId, home);
  }
}
