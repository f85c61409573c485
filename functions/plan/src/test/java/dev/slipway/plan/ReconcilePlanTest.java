package dev.slipway.plan;

import static dev.slipway.plan.Account.A;
import static dev.slipway.plan.Account.B;
import static dev.slipway.plan.Account.C;
import static dev.slipway.plan.Account.NOW;
import static dev.slipway.plan.Account.digest;
import static dev.slipway.plan.Account.image;
import static dev.slipway.plan.Account.pushed;
import static dev.slipway.plan.Account.tags;
import static dev.slipway.plan.Account.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Considered;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.deployment.Reason;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Level;
import dev.slipway.image.Image;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Json;
import dev.slipway.testing.MemoryEcs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReconcilePlanTest {

  private static final String RECONCILE =
      "{\"source\":\"slipway\",\"detail-type\":\"Slipway Reconcile\"}";

  private final Account account = new Account();

  @Test
  void aFollowerNotSeenYetGetsAHeadAndALookAndNothingToDeploy() {
    ServiceRef web = account.follower("web", "slipway:team/app", "tag:latest");
    account.ecr.push("team/app", "latest", B, time("09:00:00"));

    reconcile();

    assertThat(account.head(web).version()).isEqualTo(1);
    assertThat(account.head(web).due()).isEqualTo(NOW);
    assertThat(account.head(web).waiting()).isEqualTo(Waiting.NOTHING);
    assertThat(account.head(web).considered("team/app"))
        .contains(new Considered("latest", Optional.of(B), NOW));
    assertThat(account.lanes.taken()).containsExactly(web);
  }

  @Test
  void aRunThatFindsNothingNewWritesNothing() {
    for (String policy : List.of("tag:latest", "prefix:la", "semver:x", "any")) {
      account.follower("web-" + policy.hashCode(), "slipway:team/app", policy);
    }
    account.ecr.push("team/app", "latest", B, time("09:00:00"));
    reconcile();
    account.lanes.taken();
    account.calls.clear();
    account.now = NOW.plusSeconds(3600);

    reconcile();

    assertThat(account.calls.made())
        .noneMatch(call -> call.startsWith("ledger.write") || call.startsWith("SendMessage"));
  }

  @Test
  void aPushWhoseEventWasLostIsFound() {
    ServiceRef web = seen("web", "prefix:main-", image("main-1", A));
    account.ecr.push("team/app", "main-2", B, time("10:10:00"));
    account.ecr.push("team/app", "main-3", C, time("10:20:00"));
    account.ecr.push("team/app", "dev-4", digest("d"), time("10:30:00"));
    account.now = time("11:00:00");

    reconcile();

    assertThat(account.waiting(web).image()).isEqualTo(image("main-3", C));
    assertThat(account.waiting(web).pushedAt()).isEqualTo(time("10:20:00"));
    assertThat(account.waiting(web).trigger().kind()).isEqualTo(Trigger.Kind.RECONCILE);
    assertThat(account.head(web).due()).isEqualTo(time("11:01:00"));
    assertThat(account.lanes.taken()).containsExactly(web);
  }

  @Test
  void theHighestVersionIsFoundAndNotTheNewest() {
    ServiceRef web = seen("web", "semver:1.x", image("1.0.0", A));
    account.ecr.push("team/app", "1.2.0", B, time("10:10:00"));
    account.ecr.push("team/app", "1.1.5", C, time("10:20:00"));
    account.ecr.push("team/app", "2.0.0", digest("d"), time("10:30:00"));

    reconcile();

    assertThat(account.waiting(web).image().tag()).isEqualTo("1.2.0");
  }

  /**
   * The event of the higher version was lost, and that of a lower one pushed afterwards was not: by
   * time alone the higher one was never found.
   *
   * @param known what the ledger has of the higher one
   * @param pushed when the higher one was pushed
   * @param baseline when Slipway saw the service first
   */
  @ParameterizedTest(name = "{0}: pushed at {1}, first seen at {2}")
  @CsvSource({
    "nothing, 10:10:00, 10:06:00, 1.2.0",
    "nothing, 10:10:00, 10:15:00,",
    "nothing, 08:10:00, 08:00:00,",
    "a record, 10:10:00, 10:06:00,",
    "a deployment, 10:10:00, 10:06:00,"
  })
  void aHigherVersionOfWhichNobodyHeardIsFoundThoughALowerOneCameLater(
      String known, String pushed, String baseline, String found) {
    ServiceRef web = seen("web", "semver:1.x", image("1.0.0", A));
    Head head = account.head(web);
    Deployment first = Account.deployment(web, 1, image("1.0.0", A), time(baseline));
    Deployment higher = Account.deployment(web, 2, image("1.2.0", B), time(pushed));
    account.store.write(
        known.equals("a deployment")
            ? Change.of(head, head, first, higher)
            : Change.of(head, head, first));
    if (known.equals("a record")) {
      account.store.addPush(
          new PushRecord(
              web,
              "team/app:1.2.0",
              B.value(),
              Reason.VERSION_LOWER,
              "",
              Account.trigger("event"),
              Audience.DEFAULT),
          NOW);
    }
    account.ecr.push("team/app", "1.2.0", B, time(pushed));
    account.ecr.push("team/app", "1.0.1", C, time("10:20:00"));
    account.planner().handle(pushed("1.0.1", C, "10:20:00"));
    account.store.write(Change.of(account.head(web), account.head(web).waiting(Waiting.NOTHING)));
    account.running(web, image("1.0.1", C));
    account.now = time("10:40:00");

    reconcile();

    assertThat(account.waiting(web) == null ? null : account.waiting(web).image().tag())
        .isEqualTo(found);
  }

  @Test
  void whatIsFoundTwiceIsWantedOnce() {
    ServiceRef web = seen("web", "any", image("v1", A));
    account.ecr.push("team/app", "v2", B, time("10:10:00"));

    reconcile();
    long version = account.head(web).version();
    account.planner().handle(pushed("v2", B, "10:10:01"));
    reconcile();

    assertThat(account.head(web).version()).isEqualTo(version);
    assertThat(account.waiting(web).image().tag()).isEqualTo("v2");
  }

  @Test
  void aTagThatMovedIsFound() {
    ServiceRef web = seen("web", "tag:latest", image("latest", A));
    account.ecr.push("team/app", "latest", B, time("10:10:00"));
    account.now = time("11:00:00");

    reconcile();

    assertThat(account.waiting(web).image()).isEqualTo(image("latest", B));
    assertThat(account.head(web).considered("team/app"))
        .contains(new Considered("latest", Optional.of(B), time("11:00:00")));
  }

  @Test
  void aTagThatMovedBackToSomethingOldIsFound() {
    account.ecr.push("team/app", "old", C, time("08:00:00"));
    ServiceRef web = seen("web", "tag:latest", image("latest", A));
    account.ecr.push("team/app", "latest", C, time("10:10:00"));

    reconcile();

    assertThat(account.waiting(web).image()).isEqualTo(image("latest", C));
  }

  @Test
  void whatAPersonDeployedElsewhereIsNotUndone() {
    for (String policy : List.of("tag:v2", "prefix:v", "any")) {
      Account account = new Account();
      ServiceRef web = account.follower("web", "slipway:team/app", policy);
      account.running(web, image("v1", A));
      account.ecr.push("team/app", "v1", A, time("09:00:00"));
      account.ecr.push("team/app", "v2", B, time("10:00:00"));
      account.planner().handle(pushed("v2", B, "10:00:00"));
      Head head = account.head(web);
      account.store.write(Change.of(head, head.waiting(Waiting.NOTHING).due(null)));
      account.lanes.taken();

      account.planner().handle(RECONCILE);

      assertThat(account.waiting(web)).as(policy).isNull();
      assertThat(account.lanes.taken()).as(policy).isEmpty();
    }
  }

  /** Somebody had deployed the newest by hand, and the one before it went over that. */
  @Test
  void whatIsOlderThanWhatRunsIsLeft() {
    ServiceRef web = seen("web", "any", image("v1", A));
    account.running(web, image("v3", C));
    account.ecr.push("team/app", "v2", B, time("10:10:00"));
    account.ecr.push("team/app", "v3", C, time("10:20:00"));

    reconcile();

    assertThat(account.waiting(web)).isNull();
  }

  @Test
  void whatFailedHereIsNotBroughtBackButWhatCameAfterwardsIs() {
    ServiceRef web = seen("web", "any", image("v1", A));
    Head head = account.head(web);
    account.store.write(
        new Change(
            head,
            head,
            List.of(),
            List.of(new Quarantine(C, "team/app:v3", 7, Reason.TASKS_FAILED, NOW)),
            List.of()));
    account.ecr.push("team/app", "v2", B, time("10:10:00"));
    account.ecr.push("team/app", "v3", C, time("10:20:00"));

    reconcile();

    assertThat(account.waiting(web).image().tag()).isEqualTo("v2");
    assertThat(account.pushes(web)).isEmpty();
  }

  @Test
  void aRepositoryThatIsFollowedFromNowOnIsNotedAsItIs() {
    ServiceRef web = seen("web", "any", image("v1", A));
    account.follower("web", "slipway:team/app", "any", "slipway:team/proxy", "tag:stable");
    account.ecr.push("team/proxy", "stable", C, time("09:00:00"));

    reconcile();

    assertThat(account.head(web).waiting()).isEqualTo(Waiting.NOTHING);
    assertThat(account.head(web).considered("team/proxy"))
        .contains(new Considered("stable", Optional.of(C), NOW));
    assertThat(account.lanes.taken()).isEmpty();
  }

  @Test
  void eachRepositoryIsListedOnceAndTenServicesTakeOneCall() {
    for (int i = 0; i < 12; i++) {
      account.follower("one/web-" + i, "slipway:team/app", "any");
    }
    for (int i = 0; i < 3; i++) {
      account.follower("two/web-" + i, "slipway:team/app", "tag:latest");
    }
    reconcile();
    account.calls.clear();

    reconcile();

    assertThat(account.calls.made())
        .filteredOn(call -> call.startsWith("DescribeImages"))
        .containsExactly("DescribeImages team/app");
    assertThat(account.calls.made())
        .filteredOn(call -> call.startsWith("DescribeServices"))
        .hasSize(3);
    assertThat(account.calls.made())
        .filteredOn(call -> call.startsWith("GetResources"))
        .containsExactly("GetResources slipway");
  }

  /** Regression: a run that had too little time never came to the followers at its end. */
  @Test
  void aRunThatIsShortOfTimeGoesOnWhereItEnded() {
    account.ecr.create("team/app");
    List<ServiceRef> all = new ArrayList<>();
    // In the order of their ARNs the cluster a-b comes first, in that of the clusters' ARNs a does.
    for (String cluster : List.of("a", "a-b", "c")) {
      for (int i = 0; i < 12; i++) {
        all.add(account.follower(cluster + "/web-" + i, "slipway:team/app", "any"));
      }
    }
    account.groups = 1;
    reconcile();
    List<ServiceRef> looked = new ArrayList<>(account.lanes.taken());
    assertThat(looked).hasSize(10);
    int parts = 1;
    while (!account.next.isEmpty()) {
      assertThat(account.next).as("a part sends one").hasSize(1);
      account.groups = 1;
      account.planner().handle(account.next.pop());
      looked.addAll(account.lanes.taken());
      parts++;
    }

    assertThat(parts).isEqualTo(6);
    assertThat(looked).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void aFailureInAPartDoesNotSendTheRestTwice() {
    account.ecr.create("team/app");
    for (int i = 0; i < 12; i++) {
      account.follower("web-" + (10 + i), "slipway:team/app", "any");
    }
    account.calls.fail(
        "DescribeServices",
        new AwsException(
            AwsService.ECS, "DescribeServices", "ServerException", "", 500, Json.object()));
    account.groups = 1;

    reconcile();

    assertThat(account.next).hasSize(1);
    assertThat(account.logged()).contains("could not be planned for", "MessagesFailed");
  }

  @Test
  void whatIsNoImageIsPassedOver() {
    ServiceRef web = seen("web", "any", image("v1", A));
    account.ecr.push("team/app", "v2", B, time("10:10:00"));
    account.ecr.push("team/app", "chart-2", C, time("10:20:00"), "application/vnd.helm");
    account.ecr.push(
        "team/app", "sha256-" + "b".repeat(64) + ".sig", digest("d"), time("10:30:00"));

    reconcile();

    assertThat(account.waiting(web).image().tag()).isEqualTo("v2");
  }

  @Test
  void oneWhoObservesIsToldOnceWhatWouldHappen() {
    ServiceRef web = account.follower("web", "slipway", "observe", "slipway:team/app", "any");
    account.ecr.create("team/app");
    account.running(web, image("v1", A));
    reconcile();
    account.ecr.push("team/app", "v2", B, time("10:10:00"));

    reconcile();
    reconcile();

    assertThat(account.pushes(web)).hasSize(1);
    PushRecord record = account.pushes(web).getFirst();
    assertThat(record.reason()).isEqualTo(Reason.OBSERVING);
    assertThat(record.detail()).contains("team/app:v2 would be deployed");
    assertThat(account.waiting(web)).isNull();
  }

  /** The push made a head, but nobody has looked at the service yet. */
  @Test
  void oneWhomAnObservedPushMadeKnownStillGetsItsBaseline() {
    ServiceRef web = account.follower("web", "slipway", "observe", "slipway:team/app", "any");
    account.planner().handle(Account.pushed("v1", B, "10:05:00"));
    account.lanes.taken();
    assertThat(account.head(web).due()).isNull();

    reconcile();

    assertThat(account.head(web).due()).isNotNull();
    assertThat(account.lanes.taken()).containsExactly(web);
  }

  @Test
  void whoCannotBeFollowedGetsNoHead() {
    ServiceRef off = account.follower("off", "slipway", "off", "slipway:team/app", "any");
    ServiceRef bad = account.follower("bad", "slipway:team/app", "newest");
    ServiceRef nothing = account.follower("nothing");
    ServiceRef gone = account.follower("gone", "slipway:team/app", "any");
    account.ecs.remove(gone);

    reconcile();

    for (ServiceRef service : List.of(off, bad, nothing, gone)) {
      assertThat(account.head(service).version()).as(service.brief()).isZero();
    }
    assertThat(account.lanes.taken()).isEmpty();
    assertThat(account.logged()).contains("slipway:team/app = 'newest' is not a policy");
    assertThat(account.pushes(off)).isEmpty();
    assertThat(account.pushes(gone)).isEmpty();
  }

  /** Regression: only the log said so, and nobody read it. */
  @Test
  void aTagThatCannotBeReadIsToldOnceForEachValueThoughNoPushFindsIt() {
    ServiceRef web = account.follower("web", "slipway:Team/App", "tag:latest");

    reconcile();
    account.now = NOW.plusSeconds(3600);
    reconcile();

    assertThat(account.pushes(web)).hasSize(1);
    PushRecord told = account.pushes(web).getFirst();
    assertThat(told.reason()).isEqualTo(Reason.SETTINGS_UNREADABLE);
    assertThat(told.detail())
        .contains("slipway:Team/App = 'tag:latest' does not name a repository");
    assertThat(told.trigger().at()).isEqualTo(NOW);

    account.follower("web", "slipway:TEAM/app", "tag:latest", "slipway.notify", "failures");
    reconcile();

    assertThat(account.pushes(web))
        .hasSize(2)
        .first()
        .satisfies(again -> {
          assertThat(again.detail()).contains("slipway:TEAM/app");
          assertThat(again.audience().level()).isEqualTo(Level.FAILURES);
        });
  }

  @Test
  void aServiceThatFollowsNothingIsToldSoOnce() {
    ServiceRef web = account.follower("web");

    reconcile();
    reconcile();

    assertThat(account.pushes(web)).hasSize(1);
    assertThat(account.pushes(web).getFirst().reason()).isEqualTo(Reason.NOTHING_FOLLOWED);
    assertThat(account.pushes(web).getFirst().detail()).contains("slipway:<repository>");
  }

  /** Regression: a typing error in a repository's name looked like a repository without pushes. */
  @Test
  void aRepositoryThatDoesNotExistIsToldOnceAndTheOthersAreFollowed() {
    ServiceRef web =
        account.follower("web", "slipway:team/ap", "any", "slipway:team/app", "tag:latest");
    account.ecr.push("team/app", "latest", B, time("09:00:00"));

    reconcile();
    reconcile();

    assertThat(account.pushes(web)).hasSize(1);
    PushRecord told = account.pushes(web).getFirst();
    assertThat(told.reason()).isEqualTo(Reason.REPOSITORY_MISSING);
    assertThat(told.detail())
        .isEqualTo(
            "There is no repository 'team/ap' in the registry of account 123456789012 in eu-west-1,"
                + " so no push can come from it: create it, or correct the tag 'slipway:team/ap'.");
    assertThat(account.head(web).considered("team/app")).isPresent();
  }

  @Test
  void anEmptyRepositoryIsNoMistake() {
    ServiceRef web = account.follower("web", "slipway:team/app", "any");
    account.ecr.create("team/app");

    reconcile();

    assertThat(account.pushes(web)).isEmpty();
  }

  @Test
  void theTagsOfTheServiceItselfCount() {
    ServiceRef web = account.follower("web", "slipway:team/app", "any");
    account.ecs.put(
        MemoryEcs.steady(web, "app:1", tags("slipway", "off", "slipway:team/app", "any")));

    reconcile();

    assertThat(account.head(web).version()).isZero();
  }

  @Test
  void aRepositoryThatCannotBeListedStopsItsFollowersAndNoOthers() {
    account.follower("a", "slipway:team/broken", "tag:latest");
    ServiceRef other = account.follower("b", "slipway:team/app", "any");
    account.calls.fail(
        "DescribeImages team/broken",
        new AwsException(
            AwsService.ECR, "DescribeImages", "ServerException", "", 500, Json.object()));

    assertThatThrownBy(this::reconcile).hasMessageContaining("not planned for main/a");

    assertThat(account.lanes.taken()).containsExactly(other);
  }

  @Test
  void twoWhoWriteAtOnceAreBothHeard() {
    ServiceRef web = seen("web", "any", image("v1", A));
    account.ecr.push("team/app", "v2", B, time("10:10:00"));
    account.intruders.add(() -> account.planner().handle(pushed("v3", C, "10:20:00")));

    reconcile();

    assertThat(account.waiting(web).image().tag()).isEqualTo("v3");
  }

  /** A follower whose repository has been considered at {@link Account#NOW}. */
  private ServiceRef seen(String name, String policy, Image runs) {
    ServiceRef service = account.follower(name, "slipway:team/app", policy);
    account.ecr.push("team/app", runs.tag(), runs.digest(), time("09:00:00"));
    account.running(service, runs);
    reconcile();
    account.lanes.taken();
    return service;
  }

  private void reconcile() {
    account.planner().handle(RECONCILE);
  }
}
