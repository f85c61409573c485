package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.WEB;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Request;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.image.Digest;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.HeadChangedException;
import dev.slipway.ledger.Ledger.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * One history: a follower, some pushes of good and bad images, people who act, events that come
 * twice, late, in another order or never, calls that fail before or after their effect, and workers
 * that die. All decided by a seed. Then everything calms down, and what is left must be true.
 */
final class History {

  private static final String[] BREAKERS = {
    "{'deploymentCircuitBreaker': {'enable': true, 'rollback': true}}",
    "{'deploymentCircuitBreaker': {'enable': true, 'rollback': false}}",
    "{}"
  };

  private static final String[] IMAGES = {
    "healthy", "healthy", "crash", "unhealthy", "never-starts", "oom", "slow:60", "dies-later:20"
  };

  private final long seed;
  private final Random random;
  private final OneProcess world;
  private final List<String> pushed = new ArrayList<>();
  private final Map<String, String> behaviours = new HashMap<>();
  private Instant newestAt;
  private Instant retaggedAt = Instant.MIN;
  private boolean personActed;

  History(long seed) {
    this(seed, Mutation.NONE);
  }

  History(long seed, Mutation mutation) {
    this.seed = seed;
    this.random = new Random(seed);
    this.world =
        new OneProcess(
            seed,
            Chaos.Rates.drawn(random),
            new OneProcess.Delivery(random.nextInt(200), random.nextInt(300), true),
            mutation);
  }

  /** Plays it; the error tells the seed and the trace. */
  void play() {
    try {
      tell();
      settle();
      check();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed "
              + seed
              + ": "
              + e.getMessage()
              + "\nPlay it alone: -Dslipway.seed="
              + seed
              + "\n"
              + world.trace,
          e);
    }
  }

  private void tell() {
    String tags =
        "[{'key': 'slipway', 'value': 'on'}, {'key': 'slipway:team/app', 'value': 'any'},"
            + " {'key': 'slipway.deadline', 'value': '15m'}"
            + (random.nextInt(4) == 0 ? ", {'key': 'slipway.bake', 'value': '5m'}" : "")
            + (random.nextInt(4) == 0 ? ", {'key': 'slipway.busy', 'value': 'replace'}" : "")
            + "]";
    world.follower(tags, 1 + random.nextInt(4), BREAKERS[random.nextInt(BREAKERS.length)]);
    if (random.nextBoolean()) {
      world.reconcile();
    }
    world.pass(Duration.ofMinutes(3));
    int acts = 1 + random.nextInt(5);
    for (int i = 0; i < acts; i++) {
      act(i);
      world.pass(Duration.ofSeconds(random.nextInt(300)));
    }
  }

  private void act(int turn) {
    switch (random.nextInt(12)) {
      case 0 -> forceElsewhere();
      case 1 -> rollBackByPerson();
      case 2 -> stopInConsole();
      case 3 -> world.reconcile();
      case 4 -> pushAgain();
      case 5, 6 -> {
        push(turn);
        push(turn + 100);
      }
      default -> push(turn);
    }
  }

  private void push(int turn) {
    String behaviour = IMAGES[random.nextInt(IMAGES.length)];
    String digest = world.push("build-" + turn, behaviour);
    pushed.add(digest);
    newestAt = world.clock.instant();
    behaviours.put(digest, behaviour);
  }

  /** The same image under another tag. */
  private void pushAgain() {
    if (pushed.isEmpty()) {
      return;
    }
    world.clock.advance(Duration.ofSeconds(2));
    String digest = pushed.get(random.nextInt(pushed.size()));
    String manifest =
        world
            .account
            .call(
                AwsService.ECR,
                "BatchGetImage",
                OneProcess.json(
                    "{'repositoryName': 'team/app', 'imageIds': [{'imageDigest': '"
                        + digest
                        + "'}]}"))
            .at("/images/0/imageManifest")
            .asText();
    retaggedAt = world.clock.instant();
    world.trace.add("tagged again " + digest.substring(0, 19));
    world.account.call(
        AwsService.ECR,
        "PutImage",
        OneProcess.json(
                "{'repositoryName': 'team/app', 'imageTag': 'again-" + random.nextInt(1000) + "'}")
            .put("imageManifest", manifest));
  }

  private void forceElsewhere() {
    personActed = true;
    world.trace.add("a person deploys web:1 in the console");
    world.ecs("UpdateService", "{'cluster': 'prod', 'service': 'web', 'taskDefinition': 'web:1'}");
  }

  private void rollBackByPerson() {
    if (world.truth.head(WEB).version() == 0) {
      return;
    }
    personActed = true;
    for (int i = 0; i < 3; i++) {
      Head head = world.truth.head(WEB);
      long sequence = head.inFlight().map(Deployment::sequence).orElse(head.lastSequence());
      try {
        world.truth.write(
            Change.of(
                head,
                head.request(new Request.RollBack(sequence, "U1", world.clock.instant()))
                    .due(world.clock.instant())));
        world.trace.add("a person asks to roll back #" + sequence);
        return;
      } catch (HeadChangedException e) {
        // Asked again.
      }
    }
  }

  private void stopInConsole() {
    String arn = world.service().path("currentServiceDeployment").asText();
    if (arn.isEmpty()) {
      return;
    }
    personActed = true;
    world.trace.add("a person stops the deployment in the console");
    try {
      world.ecs(
          "StopServiceDeployment",
          "{'serviceDeploymentArn': '" + arn + "', 'stopType': 'ROLLBACK'}");
    } catch (dev.slipway.aws.AwsException e) {
      world.trace.add("  " + e.code());
    }
  }

  /** Nothing goes wrong any more: what is under way must come to its end by itself. */
  private void settle() {
    world.calm();
    world.reconcile();
    world.until(this::quiet, Duration.ofHours(6));
    world.pass(Duration.ofMinutes(6));
    world.until(this::quiet, Duration.ofHours(6));
  }

  private boolean quiet() {
    Head head = world.truth.head(WEB);
    return head.version() > 0
        && head.inFlight().isEmpty()
        && head.waiting().isEmpty()
        && head.request().isEmpty();
  }

  // ---- what must be true

  private void check() {
    Head head = world.truth.head(WEB);
    List<Deployment> all = world.truth.deployments(WEB, 1000);
    everyDeploymentEnded(all);
    noSecondRollback(all);
    quarantineHolds(head, all);
    nothingLost(head, all);
    successesAreTrue(all);
    ledgerAndEcsAgree(head, all);
    nothingGoodInQuarantineByMistake(head);
    nothingInDeadLetters();
    everyRevisionIsPinnedAndRegisteredOnce();
    nobodyElseIsBlamed(all);
    noOlderPushOverANewerOne(all);
  }

  /** Slipway's revisions name digests, and each deployment has one at most. */
  private void everyRevisionIsPinnedAndRegisteredOnce() {
    Map<String, String> byDeployment = new HashMap<>();
    for (String status : List.of("ACTIVE", "INACTIVE")) {
      for (JsonNode arn :
          world
              .ecs("ListTaskDefinitions", "{'familyPrefix': 'web', 'status': '" + status + "'}")
              .path("taskDefinitionArns")) {
        JsonNode described =
            world.ecs(
                "DescribeTaskDefinition",
                "{'taskDefinition': '" + arn.asText() + "', 'include': ['TAGS']}");
        for (JsonNode tag : described.path("tags")) {
          if (tag.path("key").asText().equals("slipway.deployment")) {
            String deployment = tag.path("value").asText();
            String image = described.at("/taskDefinition/containerDefinitions/0/image").asText();
            require(image.contains("@sha256:"), arn.asText() + " names " + image + " by tag");
            require(
                byDeployment.put(deployment, arn.asText()) == null,
                deployment + " was registered twice");
          }
        }
      }
    }
  }

  /** Somebody else changed the service, or there was nothing to go back to, only where it is so. */
  private void nobodyElseIsBlamed(List<Deployment> all) {
    boolean steadyFromTheStart =
        all.getLast().reason() == Reason.BASELINE && !all.getLast().detail().contains("not steady");
    for (Deployment deployment : all) {
      require(
          personActed || deployment.reason() != Reason.CHANGED_ELSEWHERE,
          deployment.id() + " blames somebody else, but nobody else did anything");
      require(
          !steadyFromTheStart || deployment.reason() != Reason.NOTHING_TO_GO_BACK_TO,
          deployment.id() + " finds nothing to go back to, but the baseline was steady");
    }
  }

  private void noOlderPushOverANewerOne(List<Deployment> all) {
    if (retaggedAt.isAfter(Instant.MIN)) {
      return;
    }
    int newest = -1;
    for (Deployment deployment : all.reversed()) {
      if (deployment.isRollback() || byPerson(deployment)) {
        continue;
      }
      int push =
          deployment.to().byContainer().values().stream()
              .mapToInt(image -> pushed.indexOf(image.digest().value()))
              .max()
              .orElse(-1);
      require(push >= newest, deployment.id() + " deploys an older push over a newer one");
      newest = push;
    }
  }

  private static void everyDeploymentEnded(List<Deployment> all) {
    Set<Long> sequences = new HashSet<>();
    for (Deployment deployment : all) {
      require(deployment.status().ended(), deployment.id() + " is " + deployment.status());
      require(sequences.add(deployment.sequence()), deployment.id() + " stands twice");
    }
  }

  private static void noSecondRollback(List<Deployment> all) {
    Set<Long> rolledBack = new HashSet<>();
    for (Deployment deployment : all) {
      if (deployment.isRollback()) {
        require(
            rolledBack.add(deployment.rollbackOf()),
            "#" + deployment.rollbackOf() + " was rolled back twice");
        require(
            all.stream()
                .filter(d -> d.sequence() == deployment.rollbackOf())
                .noneMatch(Deployment::isRollback),
            deployment.id() + " rolls a rollback back");
      }
    }
  }

  /** A digest that failed never starts again, as long as nobody releases it. */
  private static void quarantineHolds(Head head, List<Deployment> all) {
    for (Deployment failed : all) {
      boolean bad =
          failed.status() == Status.ROLLED_BACK
              || failed.reason() == Reason.NOTHING_TO_GO_BACK_TO
              || failed.reason() == Reason.ROLLBACK_FAILED;
      if (!bad || failed.isRollback()) {
        continue;
      }
      Set<Digest> before = digests(failed.from());
      for (Digest digest : digests(failed.to())) {
        if (before.contains(digest)) {
          continue;
        }
        require(head.quarantined(digest), failed.id() + " failed, but is not in quarantine");
        for (Deployment later : all) {
          require(
              later.sequence() <= failed.sequence()
                  || later.isRollback()
                  || byPerson(later)
                  || !digests(later.to()).contains(digest),
              later.id() + " started " + digest.brief() + ", which failed as " + failed.id());
        }
      }
    }
  }

  /** A change that somebody made elsewhere, whatever became of it. */
  private static boolean byPerson(Deployment deployment) {
    return deployment.trigger().kind() == Deployment.Trigger.Kind.PERSON;
  }

  private static Set<Digest> digests(ImageSet images) {
    Set<Digest> digests = new HashSet<>();
    images.byContainer().values().forEach(image -> digests.add(image.digest()));
    return digests;
  }

  /** Each push was deployed, waits, or has a record that says why not. */
  private void nothingLost(Head head, List<Deployment> all) {
    if (pushed.isEmpty()) {
      return;
    }
    String newest = pushed.getLast();
    Instant baseline = all.getLast().createdAt();
    if (!newestAt.isAfter(baseline)) {
      // First sight deploys nothing: what was there before it is taken as it is.
      return;
    }
    if (retaggedAt.isAfter(newestAt)) {
      // The newest wish is an older image. ECR keeps a time per digest and none per tag, so where
      // the
      // event was lost, nobody can know of it.
      return;
    }
    boolean deployed =
        all.stream()
            .flatMap(d -> d.to().byContainer().values().stream())
            .anyMatch(image -> image.digest().value().equals(newest));
    boolean recorded =
        world.truth.pushes(WEB, 1000).stream().anyMatch(push -> push.digest().equals(newest));
    require(
        deployed
            || recorded
            || head.quarantine().stream().anyMatch(q -> q.digest().value().equals(newest)),
        "nothing is known of the newest push " + newest.substring(0, 19));
  }

  /** What is called a success ran; what cannot run is never called so. */
  private void successesAreTrue(List<Deployment> all) {
    for (Deployment deployment : all) {
      if (deployment.status() == Status.SUCCEEDED
          && !deployment.isRollback()
          && deployment.reason() == Reason.COMPLETED) {
        deployment
            .to()
            .byContainer()
            .values()
            .forEach(image -> {
              String behaviour = behaviours.getOrDefault(image.digest().value(), "healthy");
              require(
                  !Set.of("crash", "unhealthy", "never-starts", "oom").contains(behaviour),
                  deployment.id() + " is called a success, but its image is " + behaviour);
            });
      }
    }
  }

  /** What the ledger says runs is what the service is set to. */
  private void ledgerAndEcsAgree(Head head, List<Deployment> all) {
    JsonNode service = world.service();
    boolean needsPerson =
        all.stream().findFirst().map(d -> d.status() == Status.FAILED).orElse(false)
            || all.stream().anyMatch(d -> d.reason() == Reason.ROLLBACK_FAILED);
    if (needsPerson || personActed && service.path("deployments").size() > 1) {
      return;
    }
    Optional<Head.LastGood> good = head.lastGood();
    if (good.isEmpty() || !good.get().steady()) {
      return;
    }
    require(
        service.path("taskDefinition").asText().equals(good.get().taskDefinition())
            || all.stream().anyMatch(d -> d.reason() == Reason.COMPLETED_WITHOUT_TASKS),
        "the ledger says "
            + good.get().taskDefinition()
            + " is good and runs, ECS is set to "
            + service.path("taskDefinition").asText());
  }

  /** Only what was pushed and failed, or what a person stopped, is in quarantine. */
  private void nothingGoodInQuarantineByMistake(Head head) {
    for (Head.Quarantine entry : head.quarantine()) {
      String behaviour = behaviours.getOrDefault(entry.digest().value(), "healthy");
      require(
          personActed || !behaviour.equals("healthy"),
          "a healthy image is in quarantine for " + entry.reason());
    }
  }

  private void nothingInDeadLetters() {
    require(world.deadLetters.isEmpty(), "dead letters: " + world.deadLetters);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
