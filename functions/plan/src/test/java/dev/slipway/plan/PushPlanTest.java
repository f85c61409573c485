package dev.slipway.plan;

import static dev.slipway.plan.Account.A;
import static dev.slipway.plan.Account.B;
import static dev.slipway.plan.Account.C;
import static dev.slipway.plan.Account.NOW;
import static dev.slipway.plan.Account.digest;
import static dev.slipway.plan.Account.image;
import static dev.slipway.plan.Account.push;
import static dev.slipway.plan.Account.pushed;
import static dev.slipway.plan.Account.service;
import static dev.slipway.plan.Account.tags;
import static dev.slipway.plan.Account.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Considered;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.Reason;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Level;
import dev.slipway.image.Digest;
import dev.slipway.ledger.HeadChangedException;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.PermanentFailure;
import dev.slipway.testing.MemoryEcs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PushPlanTest {

  private final Account account = new Account();

  @Test
  void aWantedPushTakesOneQueryOneReadOneWriteAndOneLook() {
    ServiceRef web = account.follower("web", "slipway:team/app", "tag:latest");
    account.running(web, image("latest", A));

    account.planner().handle(pushed("latest", B, "10:05:00"));

    assertThat(account.calls.made())
        .containsExactly(
            "GetResources slipway:team/app",
            "ledger.head main/web",
            "ledger.write main/web",
            "SendMessageBatch push [main/web]");
    assertThat(account.waiting(web).image()).isEqualTo(image("latest", B));
    assertThat(account.waiting(web).pushedAt()).isEqualTo(time("10:05:00"));
    assertThat(account.waiting(web).trigger().kind()).isEqualTo(Trigger.Kind.PUSH);
    assertThat(account.head(web).considered("team/app"))
        .contains(new Considered("latest", Optional.of(B), time("10:05:00")));
    assertThat(account.logged()).contains("\"Reason\":\"PUSHED\"").contains("main/web");
  }

  @Test
  void tenFollowersTakeOneQueryAndOneSending() {
    List<ServiceRef> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      all.add(account.follower("web-" + i, "slipway:team/app", "any"));
    }
    account.follower("other", "slipway:team/other", "any");

    account.planner().handle(pushed("v1", B, "10:05:00"));

    assertThat(account.calls.made()).hasSize(1 + 10 + 10 + 1);
    assertThat(account.lanes.taken()).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void theClockLooksWithinAMinuteIfTheLookIsLost() {
    ServiceRef web = account.follower("web", "slipway:team/app", "any");

    account.planner().handle(pushed("v1", B, "10:05:00"));

    assertThat(account.head(web).due()).isEqualTo(NOW.plusSeconds(60));
  }

  @Test
  void aLookThatIsDueSoonerStaysDue() {
    ServiceRef web = account.follower("web", "slipway:team/app", "any");
    Head head = account.running(web, image("v0", A));
    account.store.write(Change.of(head, head.due(NOW.plusSeconds(5))));

    account.planner().handle(pushed("v1", B, "10:05:00"));

    assertThat(account.head(web).due()).isEqualTo(NOW.plusSeconds(5));
  }

  @Test
  void aServiceThatNobodyHasSeenYetGetsAHeadInWhichThePushWaits() {
    ServiceRef web = account.follower("web", "slipway:team/app", "semver:1.x");

    account.planner().handle(pushed("v1.2.3", B, "10:05:00"));

    assertThat(account.head(web).version()).isEqualTo(1);
    assertThat(account.head(web).lastGood()).isEmpty();
    assertThat(account.waiting(web).image()).isEqualTo(image("v1.2.3", B));
  }

  @Test
  void aPushThatNobodyFollowsTakesOneCall() {
    account.planner().handle(pushed("v1", B, "10:05:00"));

    assertThat(account.calls.made()).containsExactly("GetResources slipway:team/app");
  }

  @Test
  void whatIsNoImageIsNoQuestionForFollowers() {
    account.follower("web", "slipway:team/app", "any");
    ObjectNode chart = push("v1", B, "10:05:00");
    chart
        .withObject("detail")
        .put("artifact-media-type", "application/vnd.cncf.helm.config.v1+json");

    account.planner().handle(Json.write(chart));

    assertThat(account.calls.made()).isEmpty();
    assertThat(account.logged())
        .contains("NOT_AN_IMAGE")
        .contains("its config is application/vnd.cncf.helm.config.v1+json");
  }

  @Test
  void anIndexIsAnImageIfOneOfItsChildrenIs() {
    ServiceRef web = account.follower("web", "slipway:team/app", "any");
    Map<Digest, String> children = new LinkedHashMap<>();
    children.put(digest("e"), "unknown/unknown");
    children.put(digest("f"), "linux/arm64");
    account.ecr.push("team/app", "", digest("e"), NOW);
    account.ecr.push("team/app", "", digest("f"), NOW);
    account.ecr.pushIndex("team/app", "v1", B, NOW, children);

    account.planner().handle(Json.write(withoutMediaTypes(push("v1", B, "10:05:00"))));

    assertThat(account.calls.made())
        .startsWith(
            "BatchGetImage team/app@" + B.brief(),
            "BatchGetImage team/app@" + digest("f").brief(),
            "GetResources slipway:team/app");
    assertThat(account.waiting(web).image().digest()).isEqualTo(B);
  }

  /** What AWS says of an index there is not documented, so it may be anything. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json"
      })
  void theArtifactMediaTypeOfAnIndexIsNotBelieved(String index) {
    ServiceRef web = account.follower("web", "slipway:team/app", "any");
    account.ecr.push("team/app", "", digest("f"), NOW);
    account.ecr.pushIndex("team/app", "v1", B, NOW, Map.of(digest("f"), "linux/arm64"));
    ObjectNode image = push("v1", B, "10:05:00");
    image
        .withObject("detail")
        .put("manifest-media-type", index)
        .put("artifact-media-type", "application/vnd.oci.empty.v1+json");

    account.planner().handle(Json.write(image));

    assertThat(account.waiting(web).image().digest()).isEqualTo(B);

    account.ecr.pushIndex("team/app", "v2", C, NOW, Map.of(digest("e"), "unknown/unknown"));
    ObjectNode none = push("v2", C, "10:06:00");
    none.withObject("detail").put("manifest-media-type", index);

    account.planner().handle(Json.write(none));

    assertThat(account.waiting(web).image().digest()).isEqualTo(B);
    assertThat(account.logged()).contains("it is an index of nothing that runs");
  }

  @Test
  void anIndexOfAttestationsOnlyIsNoImage() {
    account.follower("web", "slipway:team/app", "any");
    account.ecr.push("team/app", "", digest("e"), NOW);
    account.ecr.pushIndex("team/app", "v1", B, NOW, Map.of(digest("e"), "unknown/unknown"));

    account.planner().handle(Json.write(withoutMediaTypes(push("v1", B, "10:05:00"))));

    assertThat(account.calls.made()).containsExactly("BatchGetImage team/app@" + B.brief());
    assertThat(account.logged()).contains("it is an index of nothing that runs");
  }

  @Test
  void anIndexWhoseChildIsGoneSaysSo() {
    account.ecr.pushIndex("team/app", "v1", B, NOW, Map.of(digest("f"), "linux/amd64"));

    account.planner().handle(Json.write(withoutMediaTypes(push("v1", B, "10:05:00"))));

    assertThat(account.logged())
        .contains("it is an index whose child " + digest("f").brief() + " is not in team/app");
  }

  @Test
  void aPushWithoutMediaTypesIsLookedUp() {
    ServiceRef web = account.follower("web", "slipway:team/app", "any");
    account.ecr.push("team/app", "v1", B, NOW);

    account.planner().handle(Json.write(withoutMediaTypes(push("v1", B, "10:05:00"))));

    assertThat(account.waiting(web).image().digest()).isEqualTo(B);
  }

  @Test
  void aManifestWithoutAConfigIsNoImage() {
    account.ecr.push("team/app", "v1", B, NOW, "");

    account.planner().handle(Json.write(withoutMediaTypes(push("v1", B, "10:05:00"))));

    assertThat(account.logged()).contains("its manifest names no config");
  }

  @Test
  void whatWasDeletedMeanwhileIsNoImage() {
    account.planner().handle(Json.write(withoutMediaTypes(push("v1", B, "10:05:00"))));

    assertThat(account.logged()).contains(B.brief() + " is no longer in team/app");
  }

  @Test
  void aReplicaIsAPushInThisRegion() {
    ServiceRef web = account.follower("web", "slipway:team/app", "any");
    account.ecr.push("team/app", "v1", B, NOW);
    ObjectNode replica =
        push("v1", B, "10:05:00").put("detail-type", "ECR Replication Action").put("id", "r-1");
    replica
        .withObject("detail")
        .put("action-type", "REPLICATE")
        .put("source-region", "us-east-1")
        .put("source-account", "210987654321");

    account.planner().handle(Json.write(replica));

    assertThat(account.waiting(web).trigger().kind()).isEqualTo(Trigger.Kind.REPLICATION);
    assertThat(account.waiting(web).image()).isEqualTo(image("v1", B));
  }

  @Test
  void aRefusedPushIsRecordedWithItsReasonOnceEcsHasConfirmedTheTags() {
    ServiceRef web = account.follower("web", "slipway:team/app", "semver:1.x");
    account.running(web, image("1.3.0", A));

    account.planner().handle(pushed("1.2.0", B, "10:05:00"));

    assertThat(account.calls.made())
        .containsExactly(
            "GetResources slipway:team/app",
            "ledger.head main/web",
            "DescribeServices [main/web]",
            "ledger.head main/web",
            "ledger.addPush main/web");
    assertThat(account.pushes(web)).hasSize(1);
    PushRecord record = account.pushes(web).getFirst();
    assertThat(record.image()).isEqualTo("team/app:1.2.0");
    assertThat(record.digest()).isEqualTo(B.value());
    assertThat(record.reason()).isEqualTo(Reason.VERSION_LOWER);
    assertThat(record.detail()).isEqualTo("1.2.0 is lower than 1.3.0, which is running");
    assertThat(account.lanes.taken()).isEmpty();
    assertThat(account.waiting(web)).isNull();
  }

  @Test
  void aRefusedEventThatComesTwiceIsRecordedOnce() {
    ServiceRef web = account.follower("web", "slipway:team/app", "semver:1.x");
    account.running(web, image("1.3.0", A));

    account.planner().handle(pushed("1.2.0", B, "10:05:00"));
    account.planner().handle(pushed("1.2.0", B, "10:05:00"));

    assertThat(account.pushes(web)).hasSize(1);
  }

  @Test
  void theServiceItselfHasTheLastWordOnItsTags() {
    ServiceRef web = account.follower("web", "slipway:team/app", "tag:latest");
    account.tagging.put(web, tags("slipway:team/app", "tag:stable"));

    account.planner().handle(pushed("latest", B, "10:05:00"));

    assertThat(account.waiting(web).image()).isEqualTo(image("latest", B));
    assertThat(account.pushes(web)).isEmpty();
    assertThat(account.lanes.taken()).containsExactly(web);
  }

  @Test
  void aDeletedServiceThatIsStillListedIsLeftAlone() {
    ServiceRef gone = account.follower("gone", "slipway:team/app", "tag:stable");
    account.ecs.remove(gone);
    ServiceRef drained = account.follower("drained", "slipway:team/app", "tag:stable");
    account.ecs.put(inactive(MemoryEcs.steady(drained, "app:1", tags())));

    account.planner().handle(pushed("latest", B, "10:05:00"));

    assertThat(account.pushes(gone)).isEmpty();
    assertThat(account.pushes(drained)).isEmpty();
    assertThat(account.logged()).contains("is deleted or inactive, and still listed by its tags");
  }

  @Test
  void aTagThatCannotBeReadStopsThatServiceAndNoOther() {
    ServiceRef bad =
        account.follower(
            "bad",
            "slipway:team/app",
            "latest",
            "slipway.channel",
            "C0123456789",
            "slipway.notify",
            "failures");
    ServiceRef good = account.follower("good", "slipway:team/app", "tag:latest");

    account.planner().handle(pushed("latest", B, "10:05:00"));

    PushRecord record = account.pushes(bad).getFirst();
    assertThat(record.reason()).isEqualTo(Reason.SETTINGS_UNREADABLE);
    assertThat(record.detail()).contains("slipway:team/app = 'latest'").contains("tag:latest");
    assertThat(record.audience().channel()).contains("C0123456789");
    assertThat(record.audience().level()).isEqualTo(Level.FAILURES);
    assertThat(account.head(bad).version()).isZero();
    assertThat(account.lanes.taken()).containsExactly(good);
  }

  @Test
  void aSafetySwitchThatThisVersionDoesNotHonourStopsTheService() {
    ServiceRef web =
        account.follower("web", "slipway:team/app", "any", "slipway.approval", "required");

    account.planner().handle(pushed("v1", B, "10:05:00"));

    assertThat(account.pushes(web).getFirst().detail())
        .isEqualTo(
            "The tag slipway.approval = 'required' is not supported by this version of Slipway;"
                + " remove the tag to deploy without it.");
    assertThat(account.waiting(web)).isNull();
  }

  @Test
  void aServiceThatIsSwitchedOffSaysSo() {
    ServiceRef off = account.follower("off", "slipway", "off", "slipway:team/app", "any");
    ServiceRef none = account.follower("none", "slipway:team/app", "any");
    Map<String, String> tags = Map.of("slipway:team/app", "any");
    account.tagging.put(none, tags);
    account.ecs.put(MemoryEcs.steady(none, "app:1", tags));

    account.planner().handle(pushed("v1", B, "10:05:00"));

    assertThat(account.pushes(off).getFirst().reason()).isEqualTo(Reason.SWITCHED_OFF);
    assertThat(account.pushes(off).getFirst().detail())
        .isEqualTo("The service's tag 'slipway' is 'off'.");
    assertThat(account.pushes(none).getFirst().detail()).contains("has no tag 'slipway'");
    assertThat(account.lanes.taken()).isEmpty();
  }

  @Test
  void aServiceThatObservesSaysWhatWouldHappen() {
    ServiceRef web = account.follower("web", "slipway", "observe", "slipway:team/app", "any");

    account.planner().handle(pushed("v1", B, "10:05:00"));

    PushRecord record = account.pushes(web).getFirst();
    assertThat(record.reason()).isEqualTo(Reason.OBSERVING);
    assertThat(record.detail())
        .isEqualTo(
            "The service's tag 'slipway' is 'observe': team/app:v1 would be deployed, because any"
                + " image is wanted (pushed at 2026-01-01T10:05:00Z).");
    assertThat(account.waiting(web)).isNull();
    assertThat(account.lanes.taken()).isEmpty();
  }

  @Test
  void anAccountThatObservesSaysWhatWouldHappen() {
    ServiceRef web = account.follower("web", "slipway:team/app", "any");

    account.planner(true).handle(pushed("v1", B, "10:05:00"));
    account.planner(true).handle(pushed("v1", B, "10:05:00"));

    assertThat(account.pushes(web)).hasSize(1);
    assertThat(account.pushes(web).getFirst().detail())
        .startsWith("The stack's parameter Mode is 'observe': team/app:v1 would be deployed");
    assertThat(account.waiting(web)).isNull();
  }

  @Test
  void aRefusalIsTheSameForOneWhoObserves() {
    ServiceRef web =
        account.follower("web", "slipway", "observe", "slipway:team/app", "tag:latest");

    account.planner().handle(pushed("v1", B, "10:05:00"));

    assertThat(account.pushes(web).getFirst().reason()).isEqualTo(Reason.TAG_NOT_WANTED);
  }

  @Test
  void whatRunsWaitsOrIsUnderWayAlreadyChangesNothing() {
    ServiceRef web = account.follower("web", "slipway:team/app", "any");
    account.running(web, image("v1", A));
    account.planner().handle(pushed("v1-again", A, "10:04:00"));
    account.planner().handle(pushed("v2", B, "10:05:00"));
    account.planner().handle(pushed("v2-again", B, "10:05:30"));

    assertThat(account.pushes(web))
        .extracting(PushRecord::reason)
        .containsExactlyInAnyOrder(Reason.ALREADY_RUNNING, Reason.ALREADY_WANTED);
    assertThat(account.waiting(web).image().tag()).isEqualTo("v2");
  }

  @Test
  void aDigestInQuarantineDoesNotComeBackUnderAnotherTag() {
    ServiceRef web = account.follower("web", "slipway:team/app", "any");
    Head head = account.running(web, image("v1", A));
    account.store.write(
        new Change(
            head,
            head,
            List.of(),
            List.of(new Quarantine(B, "team/app:v2", 7, Reason.TASKS_FAILED, NOW)),
            List.of()));

    account.planner().handle(pushed("v3", B, "10:05:00"));

    assertThat(account.pushes(web).getFirst().reason()).isEqualTo(Reason.QUARANTINED);
    assertThat(account.waiting(web)).isNull();
  }

  @Test
  void aLookThatCouldNotBeSentIsSentWhenTheMessageIsSeenAgain() {
    ServiceRef web = account.follower("web", "slipway:team/app", "any");
    account.calls.fail("SendMessageBatch", throttled());

    assertThatThrownBy(() -> account.planner().handle(pushed("v1", B, "10:05:00")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("main/web");
    long version = account.head(web).version();
    account.calls.heal();
    account.planner().handle(pushed("v1", B, "10:05:00"));

    assertThat(account.lanes.taken()).containsExactly(web);
    assertThat(account.head(web).version()).isEqualTo(version);
    assertThat(account.pushes(web)).isEmpty();
  }

  @Test
  void oneFollowerThatFailsDoesNotStopTheOthers() {
    ServiceRef first = account.follower("a", "slipway:team/app", "any");
    account.follower("b", "slipway:team/app", "any");
    ServiceRef last = account.follower("c", "slipway:team/app", "any");
    account.calls.fail("ledger.head main/b", throttled());

    assertThatThrownBy(() -> account.planner().handle(pushed("v1", B, "10:05:00")))
        .isInstanceOf(IllegalStateException.class)
        .isNotInstanceOf(PermanentFailure.class)
        .hasMessageContaining("not planned for main/b: ");
    assertThat(account.lanes.taken()).containsExactly(first, last);

    account.calls.heal();
    account.planner().handle(pushed("v1", B, "10:05:00"));
    assertThat(account.waiting(service("b")).image()).isEqualTo(image("v1", B));
    assertThat(account.pushes(first)).as("seen again").isEmpty();
  }

  @Test
  void whenEcsCannotBeAskedThoseWhoWantThePushHaveItAlready() {
    ServiceRef web = account.follower("web", "slipway:team/app", "tag:latest");
    ServiceRef other = account.follower("other", "slipway:team/app", "tag:stable");
    account.calls.fail("DescribeServices", throttled());

    assertThatThrownBy(() -> account.planner().handle(pushed("latest", B, "10:05:00")))
        .hasMessageContaining("main/other");

    assertThat(account.lanes.taken()).containsExactly(web);
    assertThat(account.pushes(other)).isEmpty();
  }

  @Test
  void twoPlansThatRaceMeetAtTheHeadAndTheLoserDecidesAgain() {
    ServiceRef web = account.follower("web", "slipway:team/app", "any");
    account.intruders.add(() -> {
      account.calls.clear();
      account.planner().handle(pushed("v2", C, "10:05:30"));
    });

    account.planner().handle(pushed("v1", B, "10:05:00"));

    assertThat(account.waiting(web).image()).as("the newer").isEqualTo(image("v2", C));
    assertThat(account.pushes(web).getFirst().reason()).isEqualTo(Reason.OLDER_PUSH);
    assertThat(account.pauses).hasSize(1);
  }

  @Test
  void aHeadThatNeverHoldsStillIsLeftToTheNextDelivery() {
    ServiceRef web = account.follower("web", "slipway:team/app", "any");
    for (int i = 0; i < 20; i++) {
      account.intruders.add(() -> account.touch(web));
    }

    assertThatThrownBy(() -> account.planner().handle(pushed("v1", B, "10:05:00")))
        .hasCauseInstanceOf(HeadChangedException.class);
    assertThat(account.pauses).hasSize(7);
    assertThat(account.pauses.getLast().toMillis()).isLessThanOrEqualTo(640);
  }

  @Test
  void ofTwoPushesInOneSecondTheOneThatTheRegistryGotLaterWins() {
    ServiceRef web = account.follower("web", "slipway:team/app", "prefix:main-");
    account.ecr.push("team/app", "main-1", B, time("10:05:00.200"));
    account.ecr.push("team/app", "main-2", C, time("10:05:00.700"));

    account.planner().handle(pushed("main-1", B, "10:05:00"));
    account.planner().handle(pushed("main-2", C, "10:05:00"));
    assertThat(account.waiting(web).image().tag()).isEqualTo("main-2");

    account.planner().handle(Json.write(push("main-1", B, "10:05:00").put("id", "again")));
    assertThat(account.waiting(web).image().tag()).isEqualTo("main-2");
  }

  @Test
  void aTagThatMovedTwiceInOneSecondIsWhatItNamesNow() {
    ServiceRef web = account.follower("web", "slipway:team/app", "tag:latest");
    account.ecr.push("team/app", "latest", C, time("10:05:00.200"));
    account.ecr.push("team/app", "latest", B, time("10:05:00.700"));
    account.ecr.push("team/app", "latest", C, time("10:05:00.900"));

    account.planner().handle(pushed("latest", B, "10:05:00"));
    account.planner().handle(pushed("latest", C, "10:05:00"));

    assertThat(account.waiting(web).image().digest()).isEqualTo(C);
  }

  @Test
  void aTieThatNobodyCanDecideChangesNothing() {
    ServiceRef web = account.follower("web", "slipway:team/app", "prefix:main-");

    account.planner().handle(pushed("main-1", B, "10:05:00"));
    account.planner().handle(pushed("main-2", C, "10:05:00"));

    assertThat(account.waiting(web).image().tag()).isEqualTo("main-1");
    assertThat(account.pushes(web).getFirst().reason()).isEqualTo(Reason.OLDER_PUSH);
  }

  @Test
  void whatCannotBeUnderstoodGoesToTheDeadLetters() {
    assertThatThrownBy(() -> account.planner().handle("{}")).isInstanceOf(PermanentFailure.class);
  }

  private static ObjectNode withoutMediaTypes(ObjectNode event) {
    event.withObject("detail").remove(List.of("manifest-media-type", "artifact-media-type"));
    return event;
  }

  private static AwsException throttled() {
    return new AwsException(
        AwsService.ECS, "Any", "ThrottlingException", "Rate exceeded", 400, Json.object());
  }

  private static ServiceView inactive(ServiceView view) {
    return new ServiceView(
        view.ref(),
        "INACTIVE",
        view.controller(),
        view.strategy(),
        view.taskDefinition(),
        0,
        0,
        0,
        view.circuitBreaker(),
        view.alarms(),
        view.currentServiceDeployment(),
        view.deployments(),
        view.events(),
        view.tags(),
        List.of(),
        Map.of());
  }
}
