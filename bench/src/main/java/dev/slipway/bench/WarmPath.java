package dev.slipway.bench;

import dev.slipway.bench.Account.Call;
import dev.slipway.bench.FunctionProcess.Warm;
import dev.slipway.runtime.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * From the moment at which plan's process has the push to the moment at which UpdateService
 * arrives, in processes that are up: plan, the lane, deploy. And the same for the peer, by turns.
 */
final class WarmPath {

  /** What was seen, in milliseconds. The first push of each is kept apart. */
  record Result(
      Sample total,
      Sample answering,
      Sample plan,
      Sample deploy,
      Sample peer,
      Sample peerAnswering,
      List<Long> peaks) {}

  private WarmPath() {}

  /**
   * @param pushes that count; one more goes before them
   */
  static Result measure(
      Account account, Launches launches, Fleet fleet, Fleet peers, int pushes, boolean withPeer) {
    List<Double> total = new ArrayList<>();
    List<Double> planned = new ArrayList<>();
    List<Double> deployed = new ArrayList<>();
    List<Double> peer = new ArrayList<>();
    List<Double> answering = new ArrayList<>();
    List<Double> peerAnswering = new ArrayList<>();
    try (FunctionProcess plan = FunctionProcess.start(launches.function("plan", account));
        FunctionProcess deploy = FunctionProcess.start(launches.function("deploy", account));
        FunctionProcess other =
            withPeer ? FunctionProcess.start(launches.peer(account).orElseThrow()) : null) {
      for (int i = 0; i <= pushes; i++) {
        String push = account.batch("PushQueue", fleet.push(fleet.next()));
        int mark = account.mark();
        Warm first = plan.invoke(push);
        List<String> looks = account.take("LaneQueue");
        if (looks.size() != 1) {
          throw new IllegalStateException("plan sent " + looks.size() + " looks\n" + plan.log());
        }
        Warm second = deploy.invoke(looks.getFirst());
        long updated = updated(account, mark, deploy);
        if (i > 0) {
          answering.add(account.answeringSince(mark));
          total.add((updated - first.handed()) / 1e6);
          planned.add(first.ran().toNanos() / 1e6);
          deployed.add(second.ran().toNanos() / 1e6);
        }
        if (other != null) {
          String event = Json.write(peers.push(peers.next()));
          int before = account.mark();
          Warm ran = other.invoke(event);
          if (i > 0) {
            peerAnswering.add(account.answeringSince(before));
            peer.add((updated(account, before, other) - ran.handed()) / 1e6);
          }
        }
      }
      return new Result(
          Sample.of(total),
          Sample.of(answering),
          Sample.of(planned),
          Sample.of(deployed),
          withPeer ? Sample.of(peer) : null,
          withPeer ? Sample.of(peerAnswering) : null,
          List.of(
              plan.peakKilobytes(),
              deploy.peakKilobytes(),
              other == null ? 0 : other.peakKilobytes()));
    }
  }

  private static long updated(Account account, int mark, FunctionProcess process) {
    return account.callsSince(mark).stream()
        .filter(call -> call.is("ecs:UpdateService"))
        .mapToLong(Call::at)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("UpdateService was not called\n" + process.log()));
  }
}
