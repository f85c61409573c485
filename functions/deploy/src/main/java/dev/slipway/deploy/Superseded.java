package dev.slipway.deploy;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import java.util.ArrayList;
import java.util.List;

/** What others do comes before what is in flight: they deploy over it, or delete the service. */
final class Superseded extends Act {

  Superseded(Tools tools, Observed seen) {
    super(tools, seen);
  }

  Done giveWay(String taskDefinition) {
    Deployment deployment = inFlight();
    String words = "Somebody else deployed " + Wording.revision(taskDefinition) + " over it.";
    Deployment superseded = deployment.as(Status.SUPERSEDED, Reason.CHANGED_ELSEWHERE, words, now);
    Head after = head.idle().request(null).due(now.plus(SOON));
    if (deployment.isRollback()) {
      Deployment failed = ledger.deployment(head.service(), deployment.rollbackOf()).orElseThrow();
      write(
          after,
          superseded,
          failed
              .backBy(RolledBackBy.PERSON)
              .as(
                  Status.ROLLED_BACK,
                  failed.reason(),
                  Wording.failure(failed.reason(), failed.alarms())
                      + " "
                      + words
                      + " Slipway leaves it as it is.",
                  now));
    } else {
      write(after, superseded);
    }
    return Done.AGAIN;
  }

  /**
   * Somebody deploys anew what the deployment in flight was to take the place of, and has begun
   * before it. What is wanted waits for the end of that, as if it had come later: a copy of the
   * same revision undoes nothing.
   */
  Done waitAgain(String taskDefinition) {
    Deployment deployment = inFlight();
    write(
        head.idle().waiting(wantedAgain(deployment)).due(now.plus(SOON)),
        deployment.as(
            Status.SUPERSEDED,
            Reason.CHANGED_ELSEWHERE,
            "Somebody else deployed "
                + Wording.revision(taskDefinition)
                + " again before this had begun. It waits for the end of that, and comes next.",
            now));
    return Done.AGAIN;
  }

  Done close() {
    String words = "ECS has no active service " + head.service().brief() + " any more.";
    head.waiting()
        .byRepository()
        .values()
        .forEach(wanted -> refuse(wanted, Reason.SERVICE_GONE, words));
    // Of one in flight its own end tells it.
    new DroppedRequest(tools, seen)
        .tell(asked -> asked.status() == Status.SUCCEEDED, Reason.SERVICE_GONE, words);
    Head after = head.idle().waiting(Waiting.NOTHING).request(null).due(null);
    if (head.inFlight().isEmpty()) {
      write(after);
      return Done.REST;
    }
    Deployment deployment = head.inFlight().get();
    List<Deployment> ended = new ArrayList<>();
    ended.add(deployment.as(Status.SUPERSEDED, Reason.SERVICE_GONE, words, now));
    if (deployment.isRollback()) {
      ledger
          .deployment(head.service(), deployment.rollbackOf())
          .ifPresent(
              failed -> ended.add(failed.as(Status.FAILED, Reason.SERVICE_GONE, words, now)));
    }
    write(after, ended.toArray(Deployment[]::new));
    return Done.REST;
  }
}
