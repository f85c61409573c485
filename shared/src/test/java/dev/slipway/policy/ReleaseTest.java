package dev.slipway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Considered;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.Policy;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A letter is a digest; minute 0 is the first sight, #n was pushed at minute n. */
class ReleaseTest {

  private static final ServiceRef WEB =
      ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/prod/web");
  private static final Instant START = Instant.parse("2026-01-15T09:00:00Z");
  private static final Instant NOW = minute(30);

  private static Instant minute(long minute) {
    return START.plusSeconds(60 * minute);
  }

  private static Digest digest(char letter) {
    return new Digest("sha256:" + String.valueOf(letter).repeat(64));
  }

  private static Image app(String tag, char letter) {
    return Image.of("123456789012", "eu-west-1", "team/app", tag, digest(letter));
  }

  private static Image proxy(char letter) {
    return Image.of("123456789012", "eu-west-1", "team/proxy", "p", digest(letter));
  }

  private static ImageSet set(Image app) {
    return new ImageSet(Map.of("web", app, "proxy", proxy('9')));
  }

  private static Deployment deployment(
      long sequence, Status status, ImageSet from, ImageSet to, Trigger.Kind kind) {
    return new Deployment(
        WEB,
        sequence,
        status,
        status == Status.SUCCEEDED ? Reason.COMPLETED : Reason.TASKS_FAILED,
        "",
        from,
        to,
        new Trigger(kind, "", "event-" + sequence, minute(sequence)),
        Deployment.Revisions.NONE,
        Deployment.Rollout.NONE,
        kind == Trigger.Kind.ROLLBACK ? sequence - 1 : 0,
        Deployment.RolledBackBy.NOBODY,
        Audience.DEFAULT,
        Optional.empty(),
        minute(sequence),
        minute(sequence),
        status.ended() ? minute(sequence) : null);
  }

  private static Deployment push(long sequence, Status status, Image from, Image to) {
    return deployment(sequence, status, set(from), set(to), Trigger.Kind.PUSH);
  }

  private static final Image ONE = app("v1.1.0", 'a');
  private static final Image TWO = app("v1.2.0", 'b');
  private static final Image THREE = app("v1.3.0", 'c');
  private static final Deployment BASELINE =
      deployment(1, Status.SUCCEEDED, ImageSet.EMPTY, set(ONE), Trigger.Kind.RECONCILE)
          .as(Status.SUCCEEDED, Reason.BASELINE, "", START);
  private static final Deployment TWO_FAILED = push(2, Status.ROLLED_BACK, ONE, TWO);
  private static final Deployment BACK =
      deployment(3, Status.SUCCEEDED, set(TWO), set(ONE), Trigger.Kind.ROLLBACK);
  private static final Quarantine ENTRY =
      new Quarantine(TWO.digest(), TWO.brief(), 2, Reason.TASKS_FAILED, minute(3));

  private static Head head() {
    return Head.unseen(WEB)
        .running(set(ONE))
        .considered("team/app", new Considered("v1.2.0", Optional.of(TWO.digest()), minute(2)));
  }

  private static Release release(Head head, Deployment... newestFirst) {
    return Release.of(head, ENTRY, List.of(newestFirst), "U1", NOW);
  }

  @Test
  void whatWasReleasedIsWantedAgainByThePersonWithTheTimeOfItsPush() {
    assertThat(release(head(), BACK, TWO_FAILED, BASELINE))
        .isEqualTo(
            new Release.Again(
                new Wanted(
                    TWO,
                    minute(2),
                    new Trigger(
                        Trigger.Kind.PERSON, "U1", "release:" + TWO.digest().value(), NOW))));
  }

  @Test
  void aSecondReleaseStillKnowsTheFirstPush() {
    Deployment again = deployment(4, Status.ROLLED_BACK, set(ONE), set(TWO), Trigger.Kind.PERSON);
    Quarantine entry = new Quarantine(TWO.digest(), TWO.brief(), 4, Reason.TASKS_FAILED, minute(5));

    assertThat(Release.of(head(), entry, List.of(again, BACK, TWO_FAILED, BASELINE), "U1", NOW))
        .isInstanceOfSatisfying(
            Release.Again.class, it -> assertThat(it.wish().pushedAt()).isEqualTo(minute(2)));
  }

  static Stream<Arguments> notWanted() {
    Head head = head();
    Wanted newer = new Wanted(THREE, minute(4), TWO_FAILED.trigger());
    Deployment flying = push(4, Status.ROLLING_OUT, ONE, THREE);
    return Stream.of(
        Arguments.of("it runs", head.running(set(TWO)), new Release.Runs()),
        Arguments.of(
            "another waits",
            head.waiting(Head.Waiting.NOTHING.with(newer)),
            new Release.OtherWaits(THREE)),
        Arguments.of(
            "another is deployed", head.inFlight(flying), new Release.OtherUnderWay(flying)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("notWanted")
  void isNotWantedWhileOrBecause(String why, Head head, Release release) {
    assertThat(release(head, BACK, TWO_FAILED, BASELINE)).isEqualTo(release);
  }

  @Test
  void isForgottenWithTheDeploymentThatBroughtIt() {
    assertThat(release(head(), BACK, BASELINE)).isEqualTo(new Release.Forgotten());
  }

  @Test
  void waitsBehindTheWayBackAndBehindWhatDoesNotTouchItsRepository() {
    Deployment proxyOnly =
        deployment(
            4,
            Status.ROLLING_OUT,
            set(ONE),
            new ImageSet(Map.of("web", ONE, "proxy", proxy('8'))),
            Trigger.Kind.PUSH);
    Deployment goingBack =
        deployment(3, Status.ROLLING_OUT, set(TWO), set(ONE), Trigger.Kind.ROLLBACK);

    assertThat(release(head().inFlight(proxyOnly), BACK, TWO_FAILED))
        .isInstanceOf(Release.Again.class);
    assertThat(release(head().inFlight(goingBack), goingBack, TWO_FAILED))
        .isInstanceOf(Release.Again.class);
  }

  // ---- whether the tags want it

  private static final Policy SEMVER = new Policy.Semver("1.x");
  private static final Policy PREFIX = new Policy.Prefix("v");

  static Stream<Arguments> rechecks() {
    Deployment three = push(4, Status.SUCCEEDED, ONE, THREE);
    Image hotfix = app("v1.1.1", 'd');
    Deployment fixed = push(4, Status.SUCCEEDED, ONE, hotfix);
    Deployment threeFailed =
        push(5, Status.ROLLED_BACK, fixed.to().byContainer().get("web"), THREE);
    Deployment elsewhere =
        deployment(4, Status.SUCCEEDED, set(ONE), set(hotfix), Trigger.Kind.PERSON);
    Deployment released = deployment(6, Status.SUCCEEDED, set(ONE), set(ONE), Trigger.Kind.PERSON);
    List<Deployment> failedOnly = List.of(BACK, TWO_FAILED, BASELINE);
    return Stream.of(
        Arguments.of("the baseline runs", PREFIX, ONE, failedOnly, Reason.PUSHED),
        Arguments.of("the baseline runs", SEMVER, ONE, failedOnly, Reason.PUSHED),
        Arguments.of(
            "a newer push runs",
            PREFIX,
            THREE,
            List.of(three, BACK, TWO_FAILED, BASELINE),
            Reason.OLDER_PUSH),
        Arguments.of(
            "a higher version runs",
            SEMVER,
            THREE,
            List.of(three, BACK, TWO_FAILED, BASELINE),
            Reason.VERSION_LOWER),
        Arguments.of(
            "a later push of a lower version runs",
            SEMVER,
            hotfix,
            List.of(fixed, BACK, TWO_FAILED, BASELINE),
            Reason.PUSHED),
        Arguments.of(
            "a later push runs, and what was decided on last failed too",
            PREFIX,
            hotfix,
            List.of(threeFailed, fixed, BACK, TWO_FAILED, BASELINE),
            Reason.OLDER_PUSH),
        Arguments.of(
            "somebody else's deployment runs",
            PREFIX,
            hotfix,
            List.of(elsewhere, BACK, TWO_FAILED, BASELINE),
            Reason.PUSHED),
        Arguments.of(
            "what was released later runs, but was pushed earlier",
            PREFIX,
            ONE,
            List.of(released, BACK, TWO_FAILED, push(1, Status.ROLLED_BACK, hotfix, ONE)),
            Reason.PUSHED),
        Arguments.of(
            "the range has changed",
            new Policy.Semver("2.x"),
            ONE,
            failedOnly,
            Reason.VERSION_NOT_IN_RANGE),
        Arguments.of("it runs by now", PREFIX, TWO, failedOnly, Reason.ALREADY_RUNNING));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("rechecks")
  void theTagsDecideAgainstWhatRuns(
      String what, Policy policy, Image runs, List<Deployment> newestFirst, Reason reason) {
    Wanted wish = new Wanted(TWO, minute(2), new Trigger(Trigger.Kind.PERSON, "U1", "", NOW));
    Head head =
        head()
            .running(set(runs))
            .considered("team/app", new Considered("v1.3.0", Optional.of(digest('c')), minute(5)));

    assertThat(Policies.recheckReleased(policy, head, wish, newestFirst).reason())
        .isEqualTo(reason);
  }

  @Test
  void whatIsInQuarantineAgainIsNotStarted() {
    Wanted wish = new Wanted(TWO, minute(2), new Trigger(Trigger.Kind.PERSON, "U1", "", NOW));

    assertThat(
            Policies.recheckReleased(
                    PREFIX, head().quarantine(List.of(ENTRY)), wish, List.of(TWO_FAILED))
                .reason())
        .isEqualTo(Reason.QUARANTINED);
  }
}
