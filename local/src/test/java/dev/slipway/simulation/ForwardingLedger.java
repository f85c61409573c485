package dev.slipway.simulation;

import dev.slipway.aws.DeploymentGroup;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.PushRecord;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.StoppedTask;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A ledger in front of another one, to change one thing about it. */
class ForwardingLedger implements Ledger {

  protected final Ledger behind;

  ForwardingLedger(Ledger behind) {
    this.behind = behind;
  }

  @Override
  public Head head(ServiceRef service) {
    return behind.head(service);
  }

  @Override
  public Head write(Change change) {
    return behind.write(change);
  }

  @Override
  public List<Deployment> deployments(ServiceRef service, int limit) {
    return behind.deployments(service, limit);
  }

  @Override
  public Optional<Deployment> deployment(ServiceRef service, long sequence) {
    return behind.deployment(service, sequence);
  }

  @Override
  public List<String> logs(ServiceRef service, long sequence) {
    return behind.logs(service, sequence);
  }

  @Override
  public void addEvidence(ServiceRef service, long sequence, StoppedTask task, Instant now) {
    behind.addEvidence(service, sequence, task, now);
  }

  @Override
  public List<StoppedTask> evidence(ServiceRef service, long sequence) {
    return behind.evidence(service, sequence);
  }

  @Override
  public void useAlarms(
      ServiceRef service, long sequence, Collection<String> alarmArns, Instant now) {
    behind.useAlarms(service, sequence, alarmArns, now);
  }

  @Override
  public void addHook(ServiceRef service, String serviceDeploymentArn, Hook hook, Instant now) {
    behind.addHook(service, serviceDeploymentArn, hook, now);
  }

  @Override
  public List<Hook> hooks(ServiceRef service, String serviceDeploymentArn) {
    return behind.hooks(service, serviceDeploymentArn);
  }

  @Override
  public List<AlarmUse> usesOfAlarm(String alarmArn) {
    return behind.usesOfAlarm(alarmArn);
  }

  @Override
  public Optional<DeploymentGroup> deploymentGroup(ServiceRef service) {
    return behind.deploymentGroup(service);
  }

  @Override
  public Optional<ServiceRef> deployedBy(DeploymentGroup group) {
    return behind.deployedBy(group);
  }

  @Override
  public void remember(ServiceRef service, DeploymentGroup group) {
    behind.remember(service, group);
  }

  @Override
  public List<ServiceRef> due(Instant until, int limit) {
    return behind.due(until, limit);
  }

  @Override
  public List<Head> heads(int limit) {
    return behind.heads(limit);
  }

  @Override
  public List<PushRecord> pushes(ServiceRef service, int limit) {
    return behind.pushes(service, limit);
  }

  @Override
  public void addPush(PushRecord push, Instant now) {
    behind.addPush(push, now);
  }

  @Override
  public Optional<Head.Hold> accountHold() {
    return behind.accountHold();
  }

  @Override
  public void accountHold(Optional<Head.Hold> hold) {
    behind.accountHold(hold);
  }
}
