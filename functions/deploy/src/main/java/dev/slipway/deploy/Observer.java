package dev.slipway.deploy;

import dev.slipway.aws.Alarms;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.Ecs;
import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.deployment.NextStep;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Situation;
import dev.slipway.deployment.Status;
import dev.slipway.follow.FollowerTags;
import dev.slipway.follow.Reading;
import dev.slipway.ledger.Ledger;
import dev.slipway.runtime.Log;
import dev.slipway.verdict.AlarmState;
import dev.slipway.verdict.CodeDeployed;
import dev.slipway.verdict.Judge;
import dev.slipway.verdict.StoppedTask;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what AWS says of one service: only what the head makes worth a call. */
final class Observer {

  private final Ecs ecs;
  private final Alarms alarms;
  private final Controllers controllers;
  private final Ledger ledger;
  private final InstantSource clock;
  private final boolean observeOnly;
  private final Log log;

  Observer(
      Ecs ecs,
      Controllers controllers,
      Alarms alarms,
      Ledger ledger,
      InstantSource clock,
      boolean observeOnly,
      Log log) {
    this.ecs = ecs;
    this.controllers = controllers;
    this.alarms = alarms;
    this.ledger = ledger;
    this.clock = clock;
    this.observeOnly = observeOnly;
    this.log = log;
  }

  Observed observe(Head head) {
    Instant now = clock.instant();
    Optional<ServiceView> service = ecs.service(head.service());
    Head known = head;
    Optional<ServiceDeployment> serviceDeployment = Optional.empty();
    Optional<CodeDeployed> codeDeployed = Optional.empty();
    List<StoppedTask> stopped = List.of();
    Optional<List<AlarmState>> states = Optional.of(List.of());
    Optional<Deployment> last = Optional.empty();
    Reading tags = FollowerTags.read(service.map(ServiceView::tags).orElse(Map.of()));
    if (service.isPresent() && head.inFlight().isPresent()) {
      Deployment deployment = head.inFlight().get();
      if (deployment.status() != Status.PREPARING) {
        Controller.Told told = controllers.of(deployment).look(deployment, service.get());
        known = head.inFlight(deployment.with(told.rollout()));
        serviceDeployment = told.serviceDeployment();
        codeDeployed = told.codeDeployed();
        boolean outOfTime = NextStep.outOfTime(deployment, tags, now);
        boolean counted =
            outOfTime
                || deployment.status() == Status.BAKING
                || !Judge.ecsCounts(service.get(), serviceDeployment);
        boolean mayDrain =
            outOfTime && (deployment.isRollback() || service.get().deployments().size() > 1);
        stopped = counted ? stopped(head, deployment, mayDrain, now) : List.of();
        states = states(NextStep.alarmsToAsk(deployment, serviceDeployment, codeDeployed));
      }
    } else if (service.isPresent() && head.lastSequence() > 0) {
      last = NextStep.needsLast(head, service.get()) ? last(head, service.get()) : Optional.empty();
      Controller.Elsewhere elsewhere = controllers.of(service.get()).elsewhere(head, service.get());
      serviceDeployment = elsewhere.serviceDeployment();
      codeDeployed = elsewhere.codeDeployed();
      states = states(Set.copyOf(elsewhere.alarms()));
    }
    Optional<Hold> hold = head.waiting().isEmpty() ? Optional.empty() : ledger.accountHold();
    return new Observed(
        head,
        known,
        new Situation(now, service, tags, serviceDeployment, stopped, hold, observeOnly, last)
            .with(states)
            .withCodeDeployed(codeDeployed));
  }

  /**
   * The newest deployment; when a way back has failed, the one that AWS has brought back or left
   * there instead, which is nobody else's.
   */
  private Optional<Deployment> last(Head head, ServiceView service) {
    Optional<Deployment> newest = ledger.deployment(head.service(), head.lastSequence());
    return newest
        .filter(failed -> failed.reason() == Reason.ROLLBACK_FAILED)
        .filter(failed ->
            service
                .primary()
                .filter(primary -> primary.createdAt().isBefore(failed.finishedAt()))
                .isPresent())
        .flatMap(_ ->
            ledger.recent(head.service()).stream()
                .filter(past -> !past.isRollback())
                .filter(past -> past.revisions().own().equals(service.taskDefinition()))
                .findFirst())
        .or(() -> newest);
  }

  /** Without an answer, what ECS says is heard all the same: a failure does not wait for it. */
  private Optional<List<AlarmState>> states(Set<String> names) {
    if (names.isEmpty()) {
      return Optional.of(List.of());
    }
    try {
      return Optional.of(alarms.states(names));
    } catch (AwsException e) {
      log.error("CloudWatch does not tell the states of alarms " + names, e);
      return Optional.empty();
    }
  }

  /**
   * Stopped tasks matter where Slipway counts them itself. Events bring them; a look that comes
   * from the clock also asks ECS, because an event can be lost. Before anything is called stalled,
   * ECS is asked whether it still drains old ones.
   */
  private List<StoppedTask> stopped(
      Head head, Deployment deployment, boolean mayDrain, Instant now) {
    List<StoppedTask> known = ledger.evidence(head.service(), deployment.sequence());
    boolean byClock = head.due() != null && !head.due().isAfter(now);
    return byClock || mayDrain ? merged(known, ecs.stoppedTasks(head.service())) : known;
  }

  private static List<StoppedTask> merged(List<StoppedTask> one, List<StoppedTask> other) {
    Map<String, StoppedTask> byArn = new LinkedHashMap<>();
    one.forEach(task -> byArn.put(task.taskArn(), task));
    other.forEach(task -> byArn.putIfAbsent(task.taskArn(), task));
    return List.copyOf(byArn.values());
  }
}
