package dev.slipway.deploy;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.NextStep;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.ledger.PushRecord;
import java.util.function.Predicate;

/** What a person asked for and does not get: they are told why. */
final class DroppedRequest extends Act {

  DroppedRequest(Tools tools, Observed seen) {
    super(tools, seen);
  }

  /** Something newer has come between a person's wish and now. */
  Done overtaken(String why) {
    boolean elsewhere =
        head.lastGood()
            .map(good ->
                NextStep.deployedElsewhere(good, seen.service())
                    || ledger
                        .deployment(head.service(), good.sequence())
                        .map(one -> one.reason() == Reason.CHANGED_ELSEWHERE)
                        .orElse(false))
            .orElse(false);
    return drop(elsewhere ? Reason.CHANGED_ELSEWHERE : Reason.NEWER_PUSH, why);
  }

  /**
   * What a person asked for is not done. They were told that it would be: so they are told why it
   * is not, unless it has happened already.
   */
  Done drop(Reason reason, String why) {
    log.info("request dropped", "service", head.service().brief(), "why", why);
    tell(
        asked -> asked.status() != Status.ROLLED_BACK && asked.status() != Status.ROLLING_BACK,
        reason,
        why + ".");
    write(head.request(null).due(now.plus(SOON)));
    return Done.AGAIN;
  }

  /**
   * What a person asked for is not done, and why.
   *
   * @param told of which deployments nothing else tells it
   */
  void tell(Predicate<Deployment> told, Reason reason, String why) {
    head.request()
        .ifPresent(request ->
            ledger
                .deployment(head.service(), sequence(request))
                .filter(told)
                .ifPresent(asked ->
                    ledger.addPush(
                        PushRecord.notGoneBack(
                            asked,
                            request.by(),
                            request.at(),
                            reason,
                            "\"Roll back\" was pressed for #" + asked.sequence() + ": " + why),
                        now)));
  }

  private static long sequence(Head.Request request) {
    return switch (request) {
      case Head.Request.RollBack back -> back.sequence();
    };
  }
}
