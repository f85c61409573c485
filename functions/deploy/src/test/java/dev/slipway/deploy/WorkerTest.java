package dev.slipway.deploy;

import static dev.slipway.deploy.InMemoryEcs.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.Alarms;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Level;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.ledger.MemoryLedger;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.verdict.AlarmState;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What the worker asks of ECS and writes down; whole histories are played in the simulation. */
class WorkerTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOON);
  private static final String REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

  private static final Alarms NO_ALARMS =
      new Alarms() {
        @Override
        public List<String> tagged(ServiceRef service) {
          return List.of();
        }

        @Override
        public List<AlarmState> states(Collection<String> names) {
          return List.of();
        }
      };

  private final InMemoryEcs ecs = new InMemoryEcs();
  private final Ledger ledger = new MemoryLedger();
  private final Map<String, String> parameters = new TreeMap<>();
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final Worker worker =
      new Worker(
          ecs,
          null,
          null,
          ledger,
          new InMemoryParameters(parameters),
          NO_ALARMS,
          (deployment, reason, service, stopped) ->
              new Diagnosis("", "", List.of(), List.of(), List.of()),
          CLOCK,
          new Options(false, true),
          new Log(
              "deploy",
              new Environment(Map.of()),
              CLOCK,
              new PrintStream(logged, true, StandardCharsets.UTF_8)),
          new Metrics(CLOCK, new PrintStream(OutputStream.nullOutputStream())));

  private static String digest(char of) {
    return "sha256:" + String.valueOf(of).repeat(64);
  }

  private static String text(String repository, String tag, char digest) {
    return REGISTRY + "/" + repository + ":" + tag + "@" + digest(digest);
  }

  /** Plan's part: the policy has said yes. */
  private void wants(String repository, String tag, char digest) {
    Head head = ledger.head(SERVICE);
    Image image = new Image(REGISTRY, repository, tag, new Digest(digest(digest)));
    ledger.write(
        Change.of(
            head,
            head.waiting(
                head.waiting()
                    .with(
                        new Wanted(
                            image, NOON, new Trigger(Trigger.Kind.PUSH, "", "event", NOON))))));
  }

  private Deployment last() {
    return ledger.deployment(SERVICE, ledger.head(SERVICE).lastSequence()).orElseThrow();
  }

  /** web and nginx follow, each its own repository; envoy belongs to nobody. */
  private void steady(String web, String nginx, String envoy) {
    ecs.tags.put("slipway:team/web", "any");
    ecs.tags.put("slipway:team/nginx", "any");
    ecs.runs(
        ecs.family("web", web, "nginx", nginx, "envoy", envoy),
        Map.of("web", digest('a'), "nginx", digest('b'), "envoy", digest('c')));
    worker.look(SERVICE);
    ecs.calls.clear();
  }

  /** They may have been stopped since ECS counted them: a Spot interruption, for example. */
  @Test
  void aServiceWhoseTasksNobodyHasSeenIsNoPlaceToGoBackTo() {
    ecs.tags.put("slipway:team/web", "any");
    String revision = ecs.family("web", REGISTRY + "/team/web:1");
    ecs.runs(revision, Map.of("web", digest('a')));
    ecs.interrupted();
    worker.look(SERVICE);
    assertThat(ledger.head(SERVICE).lastGood().orElseThrow().steady()).isFalse();

    ecs.runs(revision, Map.of("web", digest('a')));
    worker.look(SERVICE);
    Head head = ledger.head(SERVICE);
    assertThat(head.lastGood().orElseThrow().steady()).isTrue();
    assertThat(head.running().byContainer().get("web").digest()).isEqualTo(new Digest(digest('a')));
    assertThat(head.lastSequence()).as("nobody else has deployed anything").isEqualTo(1);
  }

  /** What waits is told where, and as much as, the tags say when it is looked at. */
  @Test
  void writesDownWhatAWishWaitsForAndWhoIsToldOfIt() {
    steady(REGISTRY + "/team/web:1", REGISTRY + "/team/nginx:stable", "public.ecr.aws/envoy:1");
    Head head = ledger.head(SERVICE);
    ledger.write(Change.of(head, head.hold(new Head.Hold("U1", "the fair", NOON))));
    ecs.tags.put("slipway.channel", "C0123456789");
    wants("team/web", "2", 'd');
    assertThat(ledger.head(SERVICE).keepsWaiting()).as("before anybody has looked").isFalse();

    worker.look(SERVICE);
    Head.Waiting waits = ledger.head(SERVICE).waiting();
    assertThat(waits.because()).isEqualTo("held by U1: the fair");
    assertThat(waits.audience().channel()).contains("C0123456789");
    assertThat(ledger.head(SERVICE).keepsWaiting()).isTrue();

    ecs.tags.put("slipway.notify", "none");
    worker.look(SERVICE);
    assertThat(ledger.head(SERVICE).waiting().audience().level()).isEqualTo(Level.NONE);
  }

  @Test
  void everyFollowingContainerIsPinnedAndNoOther() {
    steady(
        REGISTRY + "/team/web:1", REGISTRY + "/team/nginx:stable", "public.ecr.aws/envoy:stable");

    wants("team/web", "2", 'd');
    worker.look(SERVICE);

    assertThat(ecs.images(ecs.newest()))
        .containsEntry("web", text("team/web", "2", 'd'))
        .containsEntry("nginx", text("team/nginx", "stable", 'b'))
        .containsEntry("envoy", "public.ecr.aws/envoy:stable");
    assertThat(ecs.calls)
        .containsExactly(
            "DescribeServices",
            "DescribeTaskDefinition",
            "RegisterTaskDefinition",
            "UpdateService");
  }

  @Test
  void aPushThatTakesThePlaceOfAnotherRepositorysKeepsItsImage() {
    steady(
        REGISTRY + "/team/web:1", REGISTRY + "/team/nginx:stable", "public.ecr.aws/envoy:stable");
    wants("team/nginx", "next", 'e');
    worker.look(SERVICE);

    wants("team/web", "2", 'd');
    worker.look(SERVICE);

    assertThat(ledger.deployment(SERVICE, 2).orElseThrow().status()).isEqualTo(Status.SUPERSEDED);
    assertThat(ecs.images(ecs.newest()))
        .containsEntry("web", text("team/web", "2", 'd'))
        .containsEntry("nginx", text("team/nginx", "next", 'e'));
  }

  @Test
  void whatAnUnfollowedTagNamedIsWrittenDownWhenItHasRun() {
    steady(
        REGISTRY + "/team/web:1", REGISTRY + "/team/nginx:stable", "public.ecr.aws/envoy:stable");
    wants("team/web", "2", 'd');
    worker.look(SERVICE);

    ecs.completes(Map.of("web", digest('d'), "nginx", digest('b'), "envoy", digest('e')));
    worker.look(SERVICE);

    assertThat(last().status()).isEqualTo(Status.SUCCEEDED);
    Head head = ledger.head(SERVICE);
    assertThat(head.running().byContainer().get("envoy").digest())
        .isEqualTo(new Digest(digest('e')));
    assertThat(head.lastGood().orElseThrow().images()).isEqualTo(head.running());
    assertThat(parameters).containsEntry("/slipway/prod/web/web", text("team/web", "2", 'd'));
  }

  @Test
  void fromTheFamilysBaseNoFollowerFallsBackToWhatItWasCreatedWith() {
    ecs.tags.put("slipway.base", "family");
    steady(
        REGISTRY + "/team/web:1", REGISTRY + "/team/nginx:stable", "public.ecr.aws/envoy:stable");
    ecs.family(
        "web", REGISTRY + "/team/web:bootstrap",
        "nginx", REGISTRY + "/team/nginx:bootstrap",
        "envoy", "public.ecr.aws/envoy:next");

    wants("team/web", "2", 'd');
    worker.look(SERVICE);

    assertThat(ecs.images(ecs.newest()))
        .containsEntry("web", text("team/web", "2", 'd'))
        .containsEntry("nginx", text("team/nginx", "stable", 'b'))
        .containsEntry("envoy", "public.ecr.aws/envoy:next");
  }

  @Test
  void revisionsThatTheLedgerKnowsAsOursAreNotAskedForAgain() {
    ecs.tags.put("slipway.base", "family");
    steady(
        REGISTRY + "/team/web:1", REGISTRY + "/team/nginx:stable", "public.ecr.aws/envoy:stable");
    for (char digest = '1'; digest <= '4'; digest++) {
      wants("team/web", "build-" + digest, digest);
      worker.look(SERVICE);
      ecs.completes(Map.of("web", digest(digest), "nginx", digest('b'), "envoy", digest('c')));
      worker.look(SERVICE);
    }
    ecs.calls.clear();

    wants("team/web", "build-5", '5');
    worker.look(SERVICE);

    assertThat(ecs.calls)
        .as("the one revision that is not ours, to see that, and to copy it")
        .containsExactly(
            "DescribeServices",
            "ListTaskDefinitions",
            "DescribeTaskDefinition",
            "DescribeTaskDefinition",
            "RegisterTaskDefinition",
            "UpdateService");
  }

  /** ECS gives no task definition for it: asking for one failed for ever, and nobody was told. */
  @Test
  void aServiceThatSomethingElseDeploysIsDeclinedWithItsController() {
    ecs.tags.put("slipway:team/web", "any");
    wants("team/web", "2", 'd');
    worker.look(SERVICE);

    assertThat(last().detail()).contains("EXTERNAL");
    assertThat(ledger.head(SERVICE).waiting().isEmpty()).isTrue();
    assertThat(ledger.pushes(SERVICE, 5))
        .singleElement()
        .satisfies(push -> {
          assertThat(push.reason()).isEqualTo(Reason.CONTROLLER_UNSUPPORTED);
          assertThat(push.detail()).contains("EXTERNAL");
        });
    assertThat(ecs.calls).containsOnly("DescribeServices");
  }

  /** It would be the family's newest, and Terraform's next plan would pick it up. */
  @Test
  void aRevisionThatCouldNotBeRolledOutIsDeregistered() {
    steady(
        REGISTRY + "/team/web:1", REGISTRY + "/team/nginx:stable", "public.ecr.aws/envoy:stable");
    ecs.refuses("UpdateService", "InvalidParameterException", "the target group does not exist");

    wants("team/web", "2", 'd');
    worker.look(SERVICE);

    assertThat(last().status()).isEqualTo(Status.FAILED);
    assertThat(last().reason()).isEqualTo(Reason.UPDATE_REFUSED);
    assertThat(last().detail())
        .contains(
            "the target group does not exist", "has not changed", "Correct web:1", "push again");
    assertThat(last().revisions().own()).isEqualTo(ecs.newest());
    assertThat(ecs.active(ecs.newest())).isFalse();
    assertThat(ledger.head(SERVICE).inFlight()).isEmpty();
  }

  @Test
  void aRefusedRegistrationSaysWhatToCorrect() {
    steady(
        REGISTRY + "/team/web:1", REGISTRY + "/team/nginx:stable", "public.ecr.aws/envoy:stable");
    ecs.refuses("RegisterTaskDefinition", "ClientException", "Invalid 'cpu' setting for task.");

    wants("team/web", "2", 'd');
    worker.look(SERVICE);

    assertThat(last().reason()).isEqualTo(Reason.REGISTRATION_REFUSED);
    assertThat(last().detail()).contains("Invalid 'cpu' setting", "Correct web:1");
    assertThat(ecs.calls).doesNotContain("UpdateService");
  }

  @Test
  void everyLineOfALookSaysWhichServiceDeploymentAndImage() {
    steady(
        REGISTRY + "/team/web:1", REGISTRY + "/team/nginx:stable", "public.ecr.aws/envoy:stable");
    logged.reset();

    wants("team/web", "2", 'd');
    worker.look(SERVICE);

    assertThat(logged.toString(StandardCharsets.UTF_8).lines())
        .isNotEmpty()
        .allSatisfy(line ->
            assertThat(line).contains("\"service\":\"prod/web\"", "\"deployment\":", "\"image\":"));
  }
}
