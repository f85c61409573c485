package dev.slipway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.Json;

/** The one button: what it carries, and when it is of use. */
public final class RollBackButton {

  /** Slack sends it back with the press. */
  public static final String ACTION_ID = "roll_back";

  private RollBackButton() {}

  /**
   * Which deployment shall be undone.
   *
   * @param sequence of the deployment whose card has the button
   */
  public record Value(ServiceRef service, long sequence) {

    /**
     * @throws IllegalArgumentException with the text, if it is not what {@link #text} writes
     */
    public static Value parse(String text) {
      JsonNode json;
      try {
        json = Json.read(text);
      } catch (RuntimeException e) {
        json = null;
      }
      if (json == null
          || !json.path("service").isTextual()
          || !json.path("sequence").isLong() && !json.path("sequence").isInt()) {
        throw new IllegalArgumentException("'" + text + "' is not the value of a roll back button");
      }
      return new Value(
          ServiceRef.parse(json.path("service").textValue()), json.path("sequence").longValue());
    }

    public String text() {
      return Json.write(Json.object().put("service", service.arn()).put("sequence", sequence));
    }
  }

  /** What a press comes to, now that the head is known. */
  public enum Use {
    /** Can be stopped or undone. */
    YES,
    /** Is on its way back already, or somebody has asked for it. */
    ALREADY,
    /** Is itself the way back. */
    IS_ROLLBACK,
    /** Nothing is known that ran before it. */
    NOTHING_BEFORE,
    /** Neither under way nor what runs. */
    NOT_CURRENT
  }

  /** Whether the deployment with this sequence can be rolled back, as its service stands. */
  public static Use use(Head head, Deployment deployment) {
    boolean asked =
        head.request()
            .filter(request ->
                switch (request) {
                  case Head.Request.RollBack back -> back.sequence() == deployment.sequence();
                })
            .isPresent();
    if (asked) {
      return Use.ALREADY;
    }
    if (deployment.isRollback()) {
      return Use.IS_ROLLBACK;
    }
    return switch (deployment.status()) {
      case ROLLING_BACK, ROLLED_BACK -> Use.ALREADY;
      case PREPARING, ROLLING_OUT, BAKING ->
          head.lastGood().filter(Head.LastGood::steady).isEmpty() ? Use.NOTHING_BEFORE : Use.YES;
      case SUCCEEDED -> {
        boolean runs =
            head.inFlight().isEmpty()
                && head.lastGood()
                    .filter(good -> good.sequence() == deployment.sequence())
                    .isPresent();
        if (!runs) {
          yield Use.NOT_CURRENT;
        }
        yield deployment.from().isEmpty() ? Use.NOTHING_BEFORE : Use.YES;
      }
      case FAILED, SUPERSEDED -> Use.NOT_CURRENT;
    };
  }
}
