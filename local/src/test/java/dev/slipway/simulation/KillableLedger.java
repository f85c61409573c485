package dev.slipway.simulation;

import dev.slipway.aws.DeploymentGroup;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.HeadChangedException;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.PushRecord;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.StoppedTask;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A ledger around whose calls the worker can die, and which tells what is written. */
final class KillableLedger extends ForwardingLedger {

  private final Chaos chaos;
  private final Trace trace;

  KillableLedger(Ledger behind, Chaos chaos, Trace trace) {
    super(behind);
    this.chaos = chaos;
    this.trace = trace;
  }

  private void run(String what, Runnable call) {
    chaos.ledger(
        what,
        () -> {
          call.run();
          return null;
        });
  }

  @Override
  public Head head(ServiceRef service) {
    return chaos.ledger("head", () -> behind.head(service));
  }

  @Override
  public Head write(Change change) {
    return chaos.ledger(
        "write",
        () -> {
          try {
            Head after = behind.write(change);
            trace.add(HeadText.of(change, after));
            return after;
          } catch (HeadChangedException e) {
            trace.add("head " + change.before().version() + " is no longer the newest");
            throw e;
          }
        });
  }

  @Override
  public List<Deployment> deployments(ServiceRef service, int limit) {
    return chaos.ledger("deployments", () -> behind.deployments(service, limit));
  }

  @Override
  public Optional<Deployment> deployment(ServiceRef service, long sequence) {
    return chaos.ledger("deployment", () -> behind.deployment(service, sequence));
  }

  @Override
  public List<String> logs(ServiceRef service, long sequence) {
    return chaos.ledger("logs", () -> behind.logs(service, sequence));
  }

  @Override
  public void addEvidence(ServiceRef service, long sequence, StoppedTask task, Instant now) {
    run("addEvidence", () -> behind.addEvidence(service, sequence, task, now));
  }

  @Override
  public List<StoppedTask> evidence(ServiceRef service, long sequence) {
    return chaos.ledger("evidence", () -> behind.evidence(service, sequence));
  }

  @Override
  public void useAlarms(
      ServiceRef service, long sequence, Collection<String> alarmArns, Instant now) {
    run("useAlarms", () -> behind.useAlarms(service, sequence, alarmArns, now));
  }

  @Override
  public void addHook(ServiceRef service, String serviceDeploymentArn, Hook hook, Instant now) {
    run("addHook", () -> behind.addHook(service, serviceDeploymentArn, hook, now));
  }

  @Override
  public List<Hook> hooks(ServiceRef service, String serviceDeploymentArn) {
    return chaos.ledger("hooks", () -> behind.hooks(service, serviceDeploymentArn));
  }

  @Override
  public List<AlarmUse> usesOfAlarm(String alarmArn) {
    return chaos.ledger("usesOfAlarm", () -> behind.usesOfAlarm(alarmArn));
  }

  @Override
  public List<ServiceRef> due(Instant until, int limit) {
    return chaos.ledger("due", () -> behind.due(until, limit));
  }

  @Override
  public void addPush(PushRecord push, Instant now) {
    run(
        "addPush",
        () -> {
          behind.addPush(push, now);
          trace.add("declines " + push.image() + ": " + push.reason() + " " + push.detail());
        });
  }

  @Override
  public Optional<DeploymentGroup> deploymentGroup(ServiceRef service) {
    return chaos.ledger("deploymentGroup", () -> behind.deploymentGroup(service));
  }

  @Override
  public Optional<ServiceRef> deployedBy(DeploymentGroup group) {
    return chaos.ledger("deployedBy", () -> behind.deployedBy(group));
  }

  @Override
  public void remember(ServiceRef service, DeploymentGroup group) {
    run("remember", () -> behind.remember(service, group));
  }

  @Override
  public Optional<Head.Hold> accountHold() {
    return chaos.ledger("accountHold", behind::accountHold);
  }

  @Override
  public void accountHold(Optional<Head.Hold> hold) {
    run(
        "accountHold",
        () -> {
          behind.accountHold(hold);
          trace.add(hold.isPresent() ? "everything is held" : "everything goes on");
        });
  }
}
