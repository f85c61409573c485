package dev.slipway.chat;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Revisions;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.verdict.Shift;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Deployments for the tests of this package. */
final class Sample {

  static final ServiceRef WEB =
      ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/prod/web");
  static final Instant START = Instant.parse("2026-01-15T09:30:00Z");
  static final Instant END = START.plusSeconds(125);

  private Sample() {}

  static Image image(String tag, char digit) {
    return Image.of(
        "123456789012",
        "eu-west-1",
        "team/app",
        tag,
        new Digest("sha256:" + String.valueOf(digit).repeat(64)));
  }

  static ImageSet images(String tag, char digit) {
    return new ImageSet(Map.of("web", image(tag, digit)));
  }

  static Rollout rollout(int desired, int running, int pending, int failed) {
    return new Rollout(
        "ecs-svc/1",
        "",
        desired,
        running,
        pending,
        failed,
        "",
        START,
        START,
        null,
        true,
        false,
        Shift.NONE);
  }

  static Deployment deployment(Status status, Reason reason) {
    return new Deployment(
        WEB,
        12,
        status,
        reason,
        "",
        images("v1.2.2", 'a'),
        images("v1.2.3", 'b'),
        new Trigger(Trigger.Kind.PUSH, "", "", START),
        Revisions.NONE,
        Rollout.NONE,
        0,
        RolledBackBy.NOBODY,
        Audience.DEFAULT,
        Optional.empty(),
        START,
        END,
        status.ended() ? END : null);
  }

  static Deployment rollback(Status status, Reason reason) {
    return new Deployment(
        WEB,
        13,
        status,
        reason,
        "",
        images("v1.2.3", 'b'),
        images("v1.2.2", 'a'),
        new Trigger(Trigger.Kind.ROLLBACK, "", "", END),
        Revisions.NONE,
        Rollout.NONE,
        12,
        RolledBackBy.NOBODY,
        Audience.DEFAULT,
        Optional.empty(),
        END,
        END.plusSeconds(120),
        status.ended() ? END.plusSeconds(120) : null);
  }

  static Deployment askedBy(Deployment deployment, String by) {
    return triggered(deployment, new Trigger(Trigger.Kind.PERSON, by, "", START));
  }

  static Deployment triggered(Deployment d, Trigger trigger) {
    return new Deployment(
        d.service(),
        d.sequence(),
        d.status(),
        d.reason(),
        d.detail(),
        d.from(),
        d.to(),
        trigger,
        d.revisions(),
        d.rollout(),
        d.rollbackOf(),
        d.rolledBackBy(),
        d.audience(),
        d.diagnosis(),
        d.createdAt(),
        d.updatedAt(),
        d.finishedAt());
  }

  static Diagnosis diagnosis() {
    return new Diagnosis(
        "Container web exited with code 1 after 2 s.",
        "web",
        "Look in its log for why it ended",
        List.of("stop code EssentialContainerExited", "exit code 1", "3 attempts"),
        List.of("(service web) is unable to consistently start tasks successfully."),
        List.of("starting", "panic: no <config> & no default"));
  }

  static Deployment detail(Deployment deployment, String detail) {
    return deployment.as(deployment.status(), deployment.reason(), detail, deployment.updatedAt());
  }
}
