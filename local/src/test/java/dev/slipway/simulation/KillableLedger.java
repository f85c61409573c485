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

/** A ledger around whose calls the worker can die. */
record KillableLedger(Ledger ledger, Chaos chaos, Trace trace) implements Ledger {

  @Override
  public Head head(ServiceRef service) {
    return chaos.ledger("head", () -> ledger.head(service));
  }

  @Override
  public Head write(Change change) {
    return chaos.ledger(
        "write",
        () -> {
          Head head = ledger.write(change);
          change
              .deployments()
              .forEach(d -> trace.add("ledger " + d.id() + " " + d.status() + " " + d.reason()));
          return head;
        });
  }

  @Override
  public List<Deployment> deployments(ServiceRef service, int limit) {
    return chaos.ledger("deployments", () -> ledger.deployments(service, limit));
  }

  @Override
  public Optional<Deployment> deployment(ServiceRef service, long sequence) {
    return chaos.ledger("deployment", () -> ledger.deployment(service, sequence));
  }

  @Override
  public List<String> logs(ServiceRef service, long sequence) {
    return chaos.ledger("logs", () -> ledger.logs(service, sequence));
  }

  @Override
  public void addEvidence(ServiceRef service, long sequence, StoppedTask task, Instant now) {
    chaos.ledger(
        "addEvidence",
        () -> {
          ledger.addEvidence(service, sequence, task, now);
          return null;
        });
  }

  @Override
  public List<StoppedTask> evidence(ServiceRef service, long sequence) {
    return chaos.ledger("evidence", () -> ledger.evidence(service, sequence));
  }

  @Override
  public void useAlarms(
      ServiceRef service, long sequence, Collection<String> alarmArns, Instant now) {
    chaos.ledger(
        "useAlarms",
        () -> {
          ledger.useAlarms(service, sequence, alarmArns, now);
          return null;
        });
  }

  @Override
  public void addHook(ServiceRef service, String serviceDeploymentArn, Hook hook, Instant now) {
    chaos.ledger(
        "addHook",
        () -> {
          ledger.addHook(service, serviceDeploymentArn, hook, now);
          return null;
        });
  }

  @Override
  public List<AlarmUse> usesOfAlarm(String alarmArn) {
    return chaos.ledger("usesOfAlarm", () -> ledger.usesOfAlarm(alarmArn));
  }

  @Override
  public List<Hook> hooks(ServiceRef service, String serviceDeploymentArn) {
    return chaos.ledger("hooks", () -> ledger.hooks(service, serviceDeploymentArn));
  }

  @Override
  public List<ServiceRef> due(Instant until, int limit) {
    return chaos.ledger("due", () -> ledger.due(until, limit));
  }

  @Override
  public List<Head> heads(int limit) {
    return ledger.heads(limit);
  }

  @Override
  public List<PushRecord> pushes(ServiceRef service, int limit) {
    return ledger.pushes(service, limit);
  }

  @Override
  public void addPush(PushRecord push, Instant now) {
    chaos.ledger(
        "addPush",
        () -> {
          ledger.addPush(push, now);
          trace.add("declined " + push.image() + " " + push.reason());
          return null;
        });
  }

  @Override
  public Optional<DeploymentGroup> deploymentGroup(ServiceRef service) {
    return chaos.ledger("deploymentGroup", () -> ledger.deploymentGroup(service));
  }

  @Override
  public Optional<ServiceRef> deployedBy(DeploymentGroup group) {
    return chaos.ledger("deployedBy", () -> ledger.deployedBy(group));
  }

  @Override
  public void remember(ServiceRef service, DeploymentGroup group) {
    chaos.ledger(
        "remember",
        () -> {
          ledger.remember(service, group);
          return null;
        });
  }

  @Override
  public Optional<Head.Hold> accountHold() {
    return ledger.accountHold();
  }

  @Override
  public void accountHold(Optional<Head.Hold> hold) {
    ledger.accountHold(hold);
  }
}
