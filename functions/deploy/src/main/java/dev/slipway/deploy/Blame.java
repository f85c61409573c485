package dev.slipway.deploy;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Stage;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.ledger.Ledger;
import dev.slipway.verdict.CodeDeployed;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.StoppedTask;
import dev.slipway.verdict.TaskFailures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a deployment failed of: in words, by its diagnosis, and whether its images are to blame. */
final class Blame {

  /**
   * How often an image is tried again that CodeDeploy stopped for an alarm before it ran: where
   * CloudWatch says that the alarm is over, and CodeDeploy stops it all the same, this has an end.
   */
  private static final int BLAMELESS_TRIES = 5;

  /** Beside {@link #because}, where the image is deployed again. */
  static final String NEVER_RAN =
      " CodeDeploy stopped it before any of its tasks ran, so that nothing speaks against the"
          + " image: it is deployed again once no alarm of the deployment group is in ALARM.";

  private final Ledger ledger;
  private final Diagnostics diagnostics;
  private final Observed seen;
  private final Head head;
  private final Instant now;

  Blame(Tools tools, Observed seen) {
    this.ledger = tools.ledger();
    this.diagnostics = tools.diagnostics();
    this.seen = seen;
    this.head = seen.stored();
    this.now = seen.now();
  }

  /** Why, and what is known beside it: which hook, or ECS's own words where nothing else is. */
  String because(Reason reason, Deployment failed, boolean byEcs) {
    Optional<Hook> hook = failed.rollout().shift().hook().filter(Hook::failed);
    String known =
        switch (reason) {
          case HOOK_FAILED -> hook.map(Stage::says).map(Wording::sentence).orElse("");
          case STOPPED_BY_PERSON ->
              hook.filter(Hook::declinedByPerson)
                  .map(Stage::says)
                  .map(Wording::sentence)
                  .orElseGet(() -> byEcs ? ecsWords() : "");
          default -> "";
        };
    // Of an alarm CodeDeploy says no more than that there was one, and a diagnosis has its words.
    boolean named =
        failed.diagnosis().isPresent()
            || (reason == Reason.ALARM && !failed.alarms().wentOff().isEmpty());
    String words = known.isEmpty() && !named ? codeDeployWords() : known;
    return Wording.failure(reason, failed.alarms()) + (words.isEmpty() ? "" : " " + words);
  }

  /** Likewise; empty where CodeDeploy has nothing to say, or does not deploy. */
  private String codeDeployWords() {
    String words = seen.situation().codeDeployed().map(told -> told.deployment().says()).orElse("");
    return words.isEmpty() ? "" : "CodeDeploy says: " + words;
  }

  /** For people to read: nothing is decided by them. */
  private String ecsWords() {
    String words =
        seen.situation().serviceDeployment().map(ServiceDeployment::statusReason).orElse("");
    return words.isEmpty() ? "" : "ECS says: " + words;
  }

  /** The way back starts first; what went wrong is found out while it is under way. */
  Deployment explained(Deployment failing) {
    if (failing.diagnosis().isPresent() || failing.reason().byPerson()) {
      return failing;
    }
    return failing
        .with(diagnose(failing, failing.reason()))
        .as(failing.status(), failing.reason(), failing.detail(), now);
  }

  /**
   * A way back that failed, with its own diagnosis where tasks failed that it had started. Nothing
   * else is sure to be about it: what AWS says beside them may be about what it goes back from.
   */
  Deployment explainedWayBack(Deployment back) {
    return brought(back)
        .filter(this::tasksFailed)
        .map(rollout -> back.with(diagnose(rollout, Reason.ROLLBACK_FAILED)))
        .orElse(back);
  }

  /**
   * The rollback with the ECS deployment that brings its tasks: Slipway's own, or the one that ECS
   * has begun by itself, perhaps of another revision than last good. None of CodeDeploy's: where
   * its own rollback fails, Slipway rolls out, and that is diagnosed.
   */
  private Optional<Deployment> brought(Deployment back) {
    if (!back.rollout().ecsDeploymentId().isEmpty()) {
      return Optional.of(back);
    }
    if (back.rollout().codeDeployId().isPresent()) {
      return Optional.empty();
    }
    return seen.service()
        .primary()
        .filter(primary -> !primary.taskDefinition().equals(back.revisions().previous()))
        .map(primary ->
            back.with(back.revisions().withOwn(primary.taskDefinition()))
                .with(back.rollout().toBuilder().ecsDeploymentId(primary.id()).build()));
  }

  private boolean tasksFailed(Deployment rollout) {
    return Stream.concat(
            ledger.evidence(head.service(), rollout.sequence()).stream(),
            seen.situation().stopped().stream())
        .filter(task -> task.startedBy().equals(rollout.rollout().ecsDeploymentId()))
        .anyMatch(TaskFailures::failed);
  }

  Diagnosis diagnose(Deployment deployment, Reason reason) {
    List<StoppedTask> stopped = ledger.evidence(head.service(), deployment.sequence());
    return diagnostics.of(deployment, reason, seen.service(), stopped);
  }

  /** The digests that are new in a failed deployment. What ran before stays trusted. */
  List<Quarantine> quarantine(Deployment deployment, Reason reason) {
    List<Quarantine> entries = new ArrayList<>();
    deployment
        .to()
        .byContainer()
        .forEach((container, image) -> {
          boolean ranBefore =
              deployment.from().byContainer().values().stream()
                  .anyMatch(before -> before.digest().equals(image.digest()));
          boolean there = entries.stream().anyMatch(entry -> entry.digest().equals(image.digest()));
          if (!ranBefore && !there) {
            entries.add(
                new Quarantine(image.digest(), image.brief(), deployment.sequence(), reason, now));
          }
        });
    return entries;
  }

  /** Whether the same was stopped before it ran as often as it may be, one time after the other. */
  boolean triedTooOften(Deployment deployment) {
    return ledger.recent(head.service()).stream()
            .filter(past -> past.sequence() < deployment.sequence() && !past.isRollback())
            .takeWhile(past -> stoppedBeforeItRan(past) && past.to().covers(deployment.to()))
            .count()
        >= BLAMELESS_TRIES - 1;
  }

  /** As {@link CodeDeployed#blameless} was when it failed: no task set of it was ever seen. */
  private static boolean stoppedBeforeItRan(Deployment past) {
    return past.reason() == Reason.ALARM && past.rollout().lacksTaskSet();
  }

  /** Whether it was given back to what waits when it failed, and still does. */
  boolean waitsAgain(Deployment failed) {
    return stoppedBeforeItRan(failed)
        && head.waiting().byRepository().values().stream()
            .anyMatch(wish ->
                failed.to().byContainer().values().stream()
                    .anyMatch(image -> image.digest().equals(wish.image().digest())));
  }
}
