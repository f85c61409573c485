package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.WEB;
import static dev.slipway.simulation.Witness.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.image.Digest;
import dev.slipway.image.ImageSet;
import dev.slipway.runtime.Json;
import dev.slipway.simulation.Facts.Fact;
import dev.slipway.simulation.Facts.State;
import dev.slipway.simulation.People.Follow;
import dev.slipway.simulation.People.Kind;
import dev.slipway.simulation.People.Meddling;
import dev.slipway.simulation.People.Pushed;
import dev.slipway.verdict.TaskFailures;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What must be true once everything has come to its end. */
final class Ending {

  /** These never become healthy. */
  private static final Set<String> BAD = Set.of("crash", "unhealthy", "never-starts", "oom");

  private final OneProcess world;
  private final People people;
  private final Head head;
  private final List<Deployment> all;

  Ending(OneProcess world, People people) {
    this.world = world;
    this.people = people;
    this.head = world.truth.head(WEB);
    this.all = world.truth.deployments(WEB, 1000);
  }

  void check() {
    everyDeploymentHasOneVerdict();
    all.forEach(this::isTrueToEcs);
    whatWasStartedIsInTheLedger();
    quarantineHolds();
    nothingGoodIsInQuarantine();
    theNewestPushIsAccountedFor();
    ledgerAndEcsAgree();
    nobodyElseIsBlamed();
    everyRevisionIsPinnedAndRegisteredOnce();
    require(world.deadLetters.isEmpty(), "dead letters: " + world.deadLetters);
  }

  // ---- verdicts

  private void everyDeploymentHasOneVerdict() {
    Set<Long> sequences = new HashSet<>();
    for (Deployment deployment : all) {
      require(deployment.status().ended(), deployment.id() + " is still " + deployment.status());
      require(sequences.add(deployment.sequence()), deployment.id() + " stands twice");
    }
  }

  /** What is said of a deployment is what the simulated ECS knows of it. */
  private void isTrueToEcs(Deployment deployment) {
    String id = deployment.id() + " ended as " + deployment.status() + " " + deployment.reason();
    if (deployment.isRollback()) {
      return;
    }
    Fact fact = world.facts.of(deployment);
    switch (deployment.reason()) {
      case COMPLETED -> {
        require(
            fact.state() == State.UNKNOWN
                || fact.state() == State.SUCCEEDED
                || people.meddled(Meddling.DEPLOYED),
            id + ", but in AWS it is " + fact.status());
        for (Digest digest : digests(deployment.to())) {
          String behaviour = people.behaviour(digest.value());
          require(
              !BAD.contains(behaviour) || people.meddled(Meddling.SCALED),
              id + ", but its image is " + behaviour);
        }
      }
      case COMPLETED_WITHOUT_TASKS ->
          require(people.meddled(Meddling.SCALED), id + ", but there were always tasks");
      case CIRCUIT_BREAKER ->
          require(
              fact.state() == State.UNKNOWN || fact.breaker(),
              id + ", but ECS's circuit breaker did not open");
      case ALARM ->
          // Not always by ECS: it does not watch alarms that were in ALARM at the start, nor bakes.
          require(people.meddled(Meddling.ALARM), id + ", but no alarm went off");
      case TASKS_FAILED ->
          require(
              world.witness.failures(deployment) >= TaskFailures.threshold(1),
              id + ", but only " + world.witness.failures(deployment) + " of its tasks failed");
      case STOPPED_BY_PERSON ->
          require(
              people.meddled(Meddling.STOPPED, Meddling.ROLLED_BACK, Meddling.DEPLOYED)
                  || (fact.hookFailed() && !world.hooksCanBeKnown(fact)),
              id + ", but nobody did");
      case UNDONE_BY_PERSON ->
          require(people.meddled(Meddling.ROLLED_BACK), id + ", but nobody did");
      case SERVICE_GONE -> require(people.meddled(Meddling.DELETED), id + ", but nobody did");
      case NEWER_PUSH ->
          require(
              all.stream().anyMatch(d -> d.sequence() > deployment.sequence() && !d.isRollback()),
              id + ", but there is none");
      case ACCESS_DENIED ->
          require(
              people.meddled(Meddling.SWITCHED, Meddling.DELETED),
              id + ", but the service was always switched on");
      default -> {}
    }
    if (deployment.status() == Status.ROLLED_BACK && fact.state() == State.SUCCEEDED) {
      require(
          deployment.reason() != Reason.CIRCUIT_BREAKER
              && deployment.reason() != Reason.HOOK_FAILED,
          id + ", but in AWS it is " + fact.status());
    }
    require(
        deployment.status() != Status.ROLLED_BACK
            || all.stream().anyMatch(d -> d.rollbackOf() == deployment.sequence()),
        id + ", but there is no record of the way back");
    if (deployment.rolledBackBy().byItself()) {
      require(
          deployment.rolledBackBy()
              == (kind() == Kind.CODE_DEPLOY ? RolledBackBy.CODE_DEPLOY : RolledBackBy.ECS),
          id + " by " + deployment.rolledBackBy());
      require(
          fact.state() == State.UNKNOWN || fact.state().takenBack(),
          id + " by " + deployment.rolledBackBy() + ", but in AWS it is " + fact.status());
    }
    if (deployment.rolledBackBy() == RolledBackBy.CODE_DEPLOY) {
      require(
          !world.witness.stoppedHere(fact) || !world.facts.stoppedOnRequest(fact),
          id + " by CodeDeploy, but Slipway had it stopped");
    }
    if (deployment.rolledBackBy() == RolledBackBy.SLIPWAY && kind() == Kind.CODE_DEPLOY) {
      require(
          fact.state() != State.WENT_BACK
              || world.witness.stoppedHere(fact)
              // It does not say who stopped it, and Slipway was about to.
              || world.facts.stoppedOnRequest(fact)
              // Where CodeDeploy went back to is not always the last good revision: put right.
              || all.stream()
                  .filter(back -> back.rollbackOf() == deployment.sequence())
                  .anyMatch(back -> !back.rollout().ecsDeploymentId().isEmpty()),
          id + " by Slipway, but CodeDeploy took it back without being asked");
    }
  }

  private Kind kind() {
    return people.kind;
  }

  /** Every rollout of a revision that Slipway registered belongs to the deployment it names. */
  private void whatWasStartedIsInTheLedger() {
    Set<Long> once = new HashSet<>();
    for (JsonNode started : world.facts.codeDeployments()) {
      long sequence = Facts.ours(started);
      if (sequence > 0) {
        String id = started.path("deploymentId").asText();
        require(
            world.truth.deployment(WEB, sequence).isPresent(),
            "CodeDeploy has " + id + " for #" + sequence + ", which the ledger does not know");
        require(once.add(sequence), "CodeDeploy was given #" + sequence + " twice");
      }
    }
    if (kind() == Kind.CODE_DEPLOY || !people.active()) {
      return;
    }
    for (JsonNode started :
        world
            .ecs("ListServiceDeployments", "{'cluster': 'prod', 'service': 'web'}")
            .path("serviceDeployments")) {
      String revision = started.path("targetServiceRevisionArn").asText();
      String target =
          world
              .ecs("DescribeServiceRevisions", "{'serviceRevisionArns': ['" + revision + "']}")
              .at("/serviceRevisions/0/taskDefinition")
              .asText();
      String tag = world.facts.registeredFor(target);
      require(
          tag.isEmpty()
              || all.stream().anyMatch(d -> tag.equals(d.service().brief() + "/" + d.sequence())),
          "ECS rolled out " + target + " for " + tag + ", which the ledger does not know");
    }
  }

  // ---- quarantine

  /** What failed is in quarantine, unless a person has released it, or nothing of it ever ran. */
  private void quarantineHolds() {
    for (Deployment failed : all) {
      boolean bad =
          failed.status() == Status.ROLLED_BACK
              || failed.reason() == Reason.NOTHING_TO_GO_BACK_TO
              || failed.reason() == Reason.ROLLBACK_FAILED;
      if (!bad || failed.isRollback() || people.meddled(Meddling.RELEASED)) {
        continue;
      }
      if (world.facts.stoppedBeforeItRan(failed)) {
        continue;
      }
      Set<Digest> before = digests(failed.from());
      for (Digest digest : digests(failed.to())) {
        require(
            before.contains(digest) || head.quarantined(digest),
            failed.id() + " failed, but " + digest.brief() + " is not in quarantine");
      }
    }
  }

  private void nothingGoodIsInQuarantine() {
    for (Head.Quarantine entry : head.quarantine()) {
      // Four times it is tried again.
      boolean neverRan =
          entry.reason() == Reason.ALARM
              && all.stream()
                      .filter(each -> digests(each.to()).contains(entry.digest()))
                      .filter(each -> !each.isRollback() && each.sequence() <= entry.sequence())
                      .count()
                  < 5
              && world
                  .truth
                  .deployment(WEB, entry.sequence())
                  .filter(world.facts::stoppedBeforeItRan)
                  .isPresent();
      require(
          !neverRan || people.meddled(Meddling.ROLLED_BACK),
          "an image of which nothing ran is in quarantine");
      String behaviour = people.behaviour(entry.digest().value());
      require(
          !behaviour.equals("healthy")
              || entry.reason() == Reason.HOOK_FAILED
              || (entry.reason() == Reason.NO_PROGRESS && kind() == Kind.CODE_DEPLOY)
              || hookFailedUnheard(entry)
              || people.meddled(
                  Meddling.STOPPED,
                  Meddling.ROLLED_BACK,
                  Meddling.DEPLOYED,
                  Meddling.ALARM,
                  Meddling.SWITCHED,
                  Meddling.DELETED,
                  Meddling.IMAGE_DELETED,
                  Meddling.NO_ROOM),
          "a healthy image is in quarantine for " + entry.reason());
    }
  }

  /** Where neither an event nor a list tells of the hook, ECS leaves only a person to think of. */
  private boolean hookFailedUnheard(Head.Quarantine entry) {
    return world
        .truth
        .deployment(WEB, entry.sequence())
        .map(world.facts::of)
        .filter(fact -> fact.hookFailed() && !world.hooksCanBeKnown(fact))
        .isPresent();
  }

  private static Set<Digest> digests(ImageSet images) {
    Set<Digest> digests = new HashSet<>();
    images.byContainer().values().forEach(image -> digests.add(image.digest()));
    return digests;
  }

  // ---- nothing lost

  /**
   * The newest push, or the highest version, was deployed, or there is a record that says why not.
   */
  private void theNewestPushIsAccountedFor() {
    // ECR keeps a time per digest and none per tag: where the event of a tag that went to an older
    // image was lost, nobody can know of it.
    if (people.pushes.isEmpty() || people.retagged()) {
      return;
    }
    Pushed newest =
        people.follow == Follow.SEMVER ? people.highestRelease() : people.pushes.getLast();
    if (!newest.at().isAfter(all.getLast().createdAt())) {
      // First sight deploys nothing: what was there before it is taken as it is.
      return;
    }
    if (people.deleted(newest.digest())) {
      // Whoever looks for what was pushed may find nothing any more.
      return;
    }
    // Events are exact to the second: of two pushes in the same one, nobody knows which came later.
    require(
        people.pushes.stream()
            .filter(push -> push.equals(newest) || push.at().equals(newest.at()))
            .anyMatch(this::accountedFor),
        "nothing is known of the newest push, " + newest.tag() + " " + newest.digest());
  }

  private boolean accountedFor(Pushed pushed) {
    // A service that was created again may have come with it.
    boolean deployed =
        Stream.concat(Stream.of(head.running()), all.stream().map(Deployment::to))
            .flatMap(images -> images.byContainer().values().stream())
            .anyMatch(image -> image.digest().value().equals(pushed.digest()));
    return deployed
        || world.truth.pushes(WEB, 1000).stream()
            .anyMatch(push -> push.digest().equals(pushed.digest()))
        || head.quarantine().stream().anyMatch(q -> q.digest().value().equals(pushed.digest()));
  }

  // ---- ledger and ECS

  private void ledgerAndEcsAgree() {
    JsonNode service = world.service();
    boolean steady =
        service.path("status").asText().equals("ACTIVE")
            && people.deployer().settled(service)
            && service.path("runningCount").asInt() == service.path("desiredCount").asInt()
            && service.path("desiredCount").asInt() > 0;
    if (!steady) {
      require(
          !people.meddled.isEmpty()
              || world.resolvesAnew(service.path("taskDefinition").asText())
              || all.stream().anyMatch(d -> d.status() == Status.FAILED)
              || digests(head.running()).stream()
                  .anyMatch(digest -> people.behaviour(digest.value()).startsWith("dies-later")),
          "the service is not steady: " + CallText.service(service));
      return;
    }
    if (head.lastGood().filter(good -> !good.steady()).isPresent()) {
      // A baseline that was not steady, and a failure after it: a person is needed, and was told.
      return;
    }
    String set = service.path("taskDefinition").asText();
    String good = head.lastGood().map(Head.LastGood::taskDefinition).orElse("nothing");
    Set<String> pulled = pulled();
    boolean unproven =
        all.getFirst().reason() == Reason.COMPLETED_WITHOUT_TASKS
            && all.getFirst().revisions().own().equals(set);
    if (unproven && pulled.stream().anyMatch(this::doesNotLast)) {
      // Deployed while there were no tasks: they only look steady between two crashes.
      require(!set.equals(good), "the ledger says " + good + " is good, and its tasks crash");
      return;
    }
    Set<Digest> trusted = head.lastGood().map(each -> digests(each.images())).orElse(Set.of());
    if (people.meddled(Meddling.DEPLOYED)
        && pulled.stream()
            .anyMatch(runs -> doesNotLast(runs) && !trusted.contains(new Digest(runs)))) {
      // What somebody else deployed only looks steady between two crashes, when nobody looked: it
      // is not adopted, and the ledger keeps to what was good.
      return;
    }
    Deployment last = all.getFirst();
    boolean leftBehind =
        all.stream()
            .filter(failed -> failed.reason() == Reason.ROLLBACK_FAILED && !failed.isRollback())
            .anyMatch(failed -> failed.revisions().own().equals(set));
    if (last.reason() == Reason.ROLLBACK_FAILED && leftBehind) {
      // What failed is still there, and is not good because it is steady: a person was called. It
      // may have been good before somebody wanted it back.
      boolean undone =
          head.lastGood().map(each -> each.sequence() == last.rollbackOf()).orElse(false);
      require(undone || !set.equals(good), "the ledger says " + good + " is good, and it failed");
      return;
    }
    require(
        set.equals(good), "the ledger says " + good + " is good and runs, ECS is set to " + set);
    if (world.resolvesAnew(set)) {
      // Each task that is replaced later runs what the tag names then, and nobody deploys it.
      return;
    }
    for (String runs : pulled) {
      require(
          digests(head.running()).contains(new Digest(runs)),
          "the ledger says " + head.running().brief() + " runs, but a task runs " + runs);
    }
  }

  private boolean doesNotLast(String digest) {
    String behaviour = people.behaviour(digest);
    return BAD.contains(behaviour) || behaviour.startsWith("dies-later");
  }

  private Set<String> pulled() {
    ObjectNode tasks = Json.object().put("cluster", "prod");
    tasks.set("tasks", world.ecs("ListTasks", "{'cluster': 'prod'}").path("taskArns"));
    Set<String> digests = new HashSet<>();
    for (JsonNode task : world.account.call(AwsService.ECS, "DescribeTasks", tasks).path("tasks")) {
      digests.add(task.at("/containers/0/imageDigest").asText());
    }
    return digests;
  }

  /** Somebody else changed the service, or there was nothing to go back to, only where it is so. */
  private void nobodyElseIsBlamed() {
    boolean steadyFromTheStart =
        all.getLast().reason() == Reason.BASELINE
            && !all.getLast().detail().isEmpty()
            && !all.getLast().detail().contains("not steady");
    for (Deployment deployment : all) {
      require(
          people.meddled(Meddling.DEPLOYED, Meddling.STOPPED, Meddling.DELETED, Meddling.SWITCHED)
              || deployment.reason() != Reason.CHANGED_ELSEWHERE,
          deployment.id() + " blames somebody else, but nobody else did anything");
      require(
          !steadyFromTheStart || deployment.reason() != Reason.NOTHING_TO_GO_BACK_TO,
          deployment.id() + " finds nothing to go back to, but the baseline was steady");
    }
  }

  // ---- revisions

  /** Slipway's revisions name digests, and each deployment has one at most. */
  private void everyRevisionIsPinnedAndRegisteredOnce() {
    Map<String, String> byDeployment = new HashMap<>();
    for (String status : List.of("ACTIVE", "INACTIVE")) {
      for (JsonNode arn :
          world
              .ecs("ListTaskDefinitions", "{'familyPrefix': 'web', 'status': '" + status + "'}")
              .path("taskDefinitionArns")) {
        String deployment = world.facts.registeredFor(arn.asText());
        if (!deployment.isEmpty()) {
          String image =
              world
                  .ecs("DescribeTaskDefinition", "{'taskDefinition': '" + arn.asText() + "'}")
                  .at("/taskDefinition/containerDefinitions/0/image")
                  .asText();
          require(image.contains("@sha256:"), arn.asText() + " names " + image + " by tag");
          require(
              byDeployment.put(deployment, arn.asText()) == null,
              deployment + " was registered twice");
        }
      }
    }
  }
}
