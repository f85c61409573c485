package dev.slipway.simulation;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.ledger.Ledger.Change;
import java.util.stream.Collectors;

/** Heads and what changes in them, in a line of the trace. */
final class HeadText {

  private HeadText() {}

  static String of(Change change, Head after) {
    StringBuilder text = new StringBuilder("head " + (after.version() - 1) + " -> " + of(after));
    for (Deployment deployment : change.deployments()) {
      text.append("; #")
          .append(deployment.sequence())
          .append(' ')
          .append(deployment.status())
          .append(' ')
          .append(deployment.reason());
    }
    change.quarantine().forEach(q -> text.append("; quarantine ").append(q.digest().brief()));
    change.release().forEach(digest -> text.append("; releases ").append(digest.brief()));
    return text.toString();
  }

  static String of(Head head) {
    return head.version()
        + ": runs "
        + head.running().brief()
        + head.inFlight()
            .map(flying ->
                ", #"
                    + flying.sequence()
                    + (flying.isRollback() ? " back from #" + flying.rollbackOf() : "")
                    + " "
                    + flying.to().brief()
                    + " in flight")
            .orElse("")
        + (head.waiting().isEmpty()
            ? ""
            : ", waits "
                + head.waiting().byRepository().values().stream()
                    .map(wanted -> wanted.image().brief())
                    .collect(Collectors.joining(" ")))
        + head.hold().map(hold -> ", held by " + hold.by()).orElse("")
        + head.request().map(request -> ", " + request.by() + " wants it back").orElse("")
        + (head.due() == null
            ? ""
            : ", due " + java.time.Duration.between(OneProcess.START, head.due()));
  }
}
