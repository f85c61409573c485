package dev.slipway.ledger;

import dev.slipway.aws.DeploymentGroup;
import dev.slipway.image.Digest;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.StoppedTask;

/** Sort keys of the items under a service's partition. */
final class LedgerKeys {

  static final String HEAD = "head";
  static final String DEPLOYMENT = "deployment#";
  static final String PUSH = "push#";

  /** Begins as the head's key does: one query reads the head and what is quarantined. */
  static final String QUARANTINE = "head.quarantine#";

  /** The CodeDeploy group of a service, in the service's partition. */
  static final String GROUP = "codedeploy";

  /** The service of a CodeDeploy group, in the group's. */
  static final String SERVICE = "service";

  private LedgerKeys() {}

  /** Partition of a CodeDeploy group. */
  static String group(DeploymentGroup group) {
    return GROUP + "#" + group;
  }

  static String quarantine(Digest digest) {
    return QUARANTINE + digest.value();
  }

  static String deployment(long sequence) {
    return DEPLOYMENT + tenDigits(sequence);
  }

  static String logs(long sequence) {
    return "logs#" + tenDigits(sequence);
  }

  static String evidence(long sequence) {
    return "evidence#" + tenDigits(sequence) + "#";
  }

  static String evidence(long sequence, StoppedTask task) {
    String arn = task.taskArn();
    return evidence(sequence) + arn.substring(arn.lastIndexOf('/') + 1);
  }

  /** The id of a service deployment is unique within its service. */
  static String hooks(String serviceDeploymentArn) {
    return "hook#"
        + serviceDeploymentArn.substring(serviceDeploymentArn.lastIndexOf('/') + 1)
        + "#";
  }

  /** A hook comes to each of its states once. */
  static String hook(String serviceDeploymentArn, Hook hook) {
    return hooks(serviceDeploymentArn) + hook.id() + "#" + hook.state().name();
  }

  /**
   * A redelivered event has the time and id that it had before. What the reconcile run found has no
   * event; its digest stands in for it.
   */
  static String push(PushRecord push) {
    String id = push.trigger().eventId();
    return PUSH
        + LedgerTimes.sortable(push.trigger().at())
        + "#"
        + (id.isEmpty() ? push.digest() : id);
  }

  /** A partition of its own, so that an event about an alarm nobody uses costs one read. */
  static String alarm(String arn) {
    return "alarm#" + arn;
  }

  /** So that texts sort as numbers do; ten thousand deployments a day last 2,700 years. */
  private static String tenDigits(long sequence) {
    String digits = Long.toString(sequence);
    return "0".repeat(Math.max(0, 10 - digits.length())) + digits;
  }
}
