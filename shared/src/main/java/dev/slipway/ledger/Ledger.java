package dev.slipway.ledger;

import dev.slipway.aws.DeploymentGroup;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.follow.ServiceRef;
import dev.slipway.image.Digest;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.StoppedTask;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The record of every deployment; the only state that Slipway keeps. Reads are strongly consistent
 * unless they say otherwise.
 */
public interface Ledger {

  /** As many deployments as can have failed, or been replaced, one after the other. */
  int RECENT = 25;

  /** The head with its quarantines, in one read; {@link Head#unseen} if there is none. */
  Head head(ServiceRef service);

  /**
   * Writes all of a change or nothing.
   *
   * @return the head as it now stands, its version one higher
   * @throws HeadChangedException if somebody else has written the head since it was read: read
   *     again and decide again
   */
  Head write(Change change);

  /** The newest deployments first, without log lines, as {@link #deployment} gives them. */
  List<Deployment> deployments(ServiceRef service, int limit);

  /** The newest {@link #RECENT} of them: among these is what a step has to know of the past. */
  default List<Deployment> recent(ServiceRef service) {
    return deployments(service, RECENT);
  }

  /**
   * A deployment, without the log lines of its diagnosis: {@link #withLogs} reads those. One that
   * an older version wrote has them still.
   */
  Optional<Deployment> deployment(ServiceRef service, long sequence);

  /**
   * The log lines of a deployment's diagnosis, oldest first. They are written with the deployment,
   * and kept apart from it for 30 days, while the deployment is kept for ever; empty afterwards,
   * and if there were none.
   */
  List<String> logs(ServiceRef service, long sequence);

  /** The deployment with the log lines of its diagnosis, as far as there are any. */
  default Deployment withLogs(Deployment deployment) {
    return deployment
        .diagnosis()
        .filter(diagnosis -> diagnosis.logs().isEmpty())
        .map(diagnosis -> diagnosis.withLogs(logs(deployment.service(), deployment.sequence())))
        .map(deployment::with)
        .orElse(deployment);
  }

  /** Keeps a stopped task as evidence for a deployment, once, whatever the number of deliveries. */
  void addEvidence(ServiceRef service, long sequence, StoppedTask task, Instant now);

  /** The evidence for a deployment, in the order in which the tasks stopped. */
  List<StoppedTask> evidence(ServiceRef service, long sequence);

  /**
   * Keeps that a deployment of a service is watched by these alarms, until a later deployment of
   * the service takes its place there, and for a month at most.
   *
   * @param alarmArns each once
   */
  void useAlarms(ServiceRef service, long sequence, Collection<String> alarmArns, Instant now);

  /**
   * The newest deployment of each service that is or was watched by this alarm, in one read. It may
   * have ended since.
   */
  List<AlarmUse> usesOfAlarm(String alarmArn);

  /** That an alarm watches, or has watched, a deployment. */
  record AlarmUse(ServiceRef service, long sequence) {}

  /**
   * Keeps what an event told of a hook as evidence, once, whatever the number of deliveries.
   *
   * @param serviceDeploymentArn the service deployment that it belongs to: it can come before
   *     anybody knows which of Slipway's deployments that is
   */
  void addHook(ServiceRef service, String serviceDeploymentArn, Hook hook, Instant now);

  /** What events told of the hooks of a service deployment, in the order in which it happened. */
  List<Hook> hooks(ServiceRef service, String serviceDeploymentArn);

  /** Services whose next look must not be later than {@code until}; eventually consistent. */
  List<ServiceRef> due(Instant until, int limit);

  /** Every service that has a head; eventually consistent, for people, not for decisions. */
  List<Head> heads(int limit);

  /** Pushes that changed nothing for the service and why, newest first. */
  List<PushRecord> pushes(ServiceRef service, int limit);

  /** Keeps why a push changed nothing; repeated deliveries of one event keep one record. */
  void addPush(PushRecord push, Instant now);

  /**
   * The CodeDeploy group that deploys a service, if that was remembered. It may have been deleted,
   * or may deploy another service by now: ask CodeDeploy before relying on it.
   */
  Optional<DeploymentGroup> deploymentGroup(ServiceRef service);

  /** The service that a CodeDeploy group deploys, if that was remembered. */
  Optional<ServiceRef> deployedBy(DeploymentGroup group);

  /** Remembers that this group deploys this service, in both directions. */
  void remember(ServiceRef service, DeploymentGroup group);

  /** The hold over the whole account, if a person set one. */
  Optional<Head.Hold> accountHold();

  /** Sets or, with an empty value, lifts the hold over the whole account. */
  void accountHold(Optional<Head.Hold> hold);

  /**
   * One change to a service: its head, and what goes with it.
   *
   * @param before the head that was read and decided on
   * @param after the head that shall be; its version and quarantine are not taken from here
   * @param deployments that are new or changed. Log lines in the diagnosis of one are kept too; one
   *     that has none takes none away
   * @param quarantine digests that are new in quarantine
   * @param release digests that leave it
   */
  record Change(
      Head before,
      Head after,
      List<Deployment> deployments,
      List<Quarantine> quarantine,
      List<Digest> release) {

    public Change {
      deployments = List.copyOf(deployments);
      quarantine = List.copyOf(quarantine);
      release = List.copyOf(release);
    }

    public static Change of(Head before, Head after, Deployment... deployments) {
      return new Change(before, after, List.of(deployments), List.of(), List.of());
    }
  }
}
