package dev.slipway.deployment;

import dev.slipway.aws.CodeDeployment;
import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.follow.Reading;
import dev.slipway.follow.Settings;
import dev.slipway.verdict.AlarmState;
import dev.slipway.verdict.CodeDeployed;
import dev.slipway.verdict.StoppedTask;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What AWS, the tags and people say now.
 *
 * @param service empty if ECS does not know it any more
 * @param tags what the service's tags say
 * @param serviceDeployment the service deployment that is to be judged: of the deployment in
 *     flight, or, while that is a rollback which ECS does itself, of the deployment it goes back
 *     from; with nothing in flight, somebody else's that what waits has to wait for
 * @param stopped tasks of the deployment in flight that stopped
 * @param accountHold the hold over the whole account
 * @param observeOnly whether the whole account only observes
 * @param last the newest deployment in the ledger, or the failed one that the service is left with,
 *     read where nothing is in flight while ECS is busy with a deployment, or runs what is not
 *     known as good
 * @param alarms the states of the alarms by which the deployment in flight may have to be judged;
 *     where nothing is in flight while something waits, of those for which CodeDeploy would stop
 *     it; empty if CloudWatch did not answer
 * @param codeDeployed the same as {@code serviceDeployment} where CodeDeploy deploys; where nothing
 *     is in flight while something waits, the deployment of somebody else that may be under way
 */
public record Situation(
    Instant now,
    Optional<ServiceView> service,
    Reading tags,
    Optional<ServiceDeployment> serviceDeployment,
    List<StoppedTask> stopped,
    Optional<Head.Hold> accountHold,
    boolean observeOnly,
    Optional<Deployment> last,
    Optional<List<AlarmState>> alarms,
    Optional<CodeDeployed> codeDeployed) {

  public Situation {
    stopped = List.copyOf(stopped);
    alarms = alarms.map(List::copyOf);
  }

  /** Where neither alarms nor CodeDeploy were to be asked. */
  public Situation(
      Instant now,
      Optional<ServiceView> service,
      Reading tags,
      Optional<ServiceDeployment> serviceDeployment,
      List<StoppedTask> stopped,
      Optional<Head.Hold> accountHold,
      boolean observeOnly,
      Optional<Deployment> last) {
    this(
        now,
        service,
        tags,
        serviceDeployment,
        stopped,
        accountHold,
        observeOnly,
        last,
        Optional.of(List.of()),
        Optional.empty());
  }

  /** The same, with what CloudWatch says of the alarms; empty if it does not say. */
  public Situation with(Optional<List<AlarmState>> states) {
    return new Situation(
        now,
        service,
        tags,
        serviceDeployment,
        stopped,
        accountHold,
        observeOnly,
        last,
        states,
        codeDeployed);
  }

  /** The same, with what ECS says of the service deployment by now. */
  public Situation withServiceDeployment(Optional<ServiceDeployment> judged) {
    return new Situation(
        now, service, tags, judged, stopped, accountHold, observeOnly, last, alarms, codeDeployed);
  }

  /** The same, with what CodeDeploy says. */
  public Situation withCodeDeployed(Optional<CodeDeployed> told) {
    return new Situation(
        now,
        service,
        tags,
        serviceDeployment,
        stopped,
        accountHold,
        observeOnly,
        last,
        alarms,
        told);
  }

  /** When ECS or CodeDeploy had gone back by itself; empty if it has not, or does not say. */
  public Optional<Instant> wentBackAt() {
    return serviceDeployment
        .filter(ServiceDeployment::goesBack)
        .map(ServiceDeployment::finishedAt)
        .or(() -> codeDeployed.flatMap(CodeDeployed::rollback).map(CodeDeployment::completedAt));
  }

  public Settings.Audience audience() {
    return tags.audience();
  }

  /** The settings, if the tags can be read and follow something. */
  public Optional<Settings> settings() {
    return tags.following();
  }

  /** How long without progress is too long. */
  public Duration deadline() {
    return tags.deadline();
  }
}
