package dev.slipway.notify;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Revisions;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Level;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.PushRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Deployments and pushes for the tests of this package. */
final class Sample {

  static final ServiceRef WEB =
      ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/prod/web");
  static final ServiceRef API =
      ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/prod/api");
  static final Instant NOW = Instant.parse("2026-01-15T09:30:00Z");

  private Sample() {}

  static ImageSet images(String tag, char digit) {
    return new ImageSet(
        Map.of(
            "web",
            Image.of(
                "123456789012",
                "eu-west-1",
                "team/app",
                tag,
                new Digest("sha256:" + String.valueOf(digit).repeat(64)))));
  }

  static Deployment deployment(ServiceRef service, long sequence, Status status, Reason reason) {
    return deployment(service, sequence, status, reason, 0, Audience.DEFAULT);
  }

  static Deployment deployment(
      ServiceRef service,
      long sequence,
      Status status,
      Reason reason,
      long rollbackOf,
      Audience audience) {
    boolean back = rollbackOf != 0;
    return new Deployment(
        service,
        sequence,
        status,
        reason,
        "",
        back ? images("v2", 'b') : images("v1", 'a'),
        back ? images("v1", 'a') : images("v2", 'b'),
        new Trigger(back ? Trigger.Kind.ROLLBACK : Trigger.Kind.PUSH, "", "", NOW),
        Revisions.NONE,
        Rollout.NONE,
        rollbackOf,
        RolledBackBy.NOBODY,
        audience,
        Optional.empty(),
        NOW,
        NOW,
        status.ended() ? NOW.plusSeconds(60) : null);
  }

  static Deployment failed(long sequence, Status status) {
    return failed(sequence, status, List.of());
  }

  static Deployment failed(long sequence, Status status, List<String> logs) {
    return deployment(WEB, sequence, status, Reason.TASKS_FAILED)
        .with(new Diagnosis("Exited with code 1.", "web", List.of(), List.of(), logs));
  }

  static PushRecord push(Reason reason, Level level) {
    return new PushRecord(
        WEB,
        "team/app:v0",
        "sha256:" + "c".repeat(64),
        reason,
        "v0 < v1",
        new Trigger(Trigger.Kind.PUSH, "", "event-1", NOW),
        new Audience(Optional.empty(), level, true));
  }

  /** Writes these deployments, and leaves the rest of the head as it is. */
  static void write(Ledger ledger, Deployment... deployments) {
    Head head = ledger.head(deployments[0].service());
    ledger.write(Ledger.Change.of(head, head, deployments));
  }
}
