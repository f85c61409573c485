package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.WEB;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Request;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Json;
import dev.slipway.simulation.Facts.Fact;
import dev.slipway.simulation.People.Follow;
import dev.slipway.simulation.People.Kind;
import dev.slipway.verdict.TaskFailures;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Sees what really happens, whoever does it: stands between everybody and the ledger, and says at
 * once when something is written that must never be. What is repaired later was wrong nevertheless.
 * {@link WitnessOfCalls} does the same between Slipway and AWS.
 */
final class Witness {

  private static final Duration LONGEST_DRAIN = Duration.ofHours(2);

  /** The deadline of a service whose tags cannot be read, and the looks that come late. */
  private static final Duration LONGEST_STANDSTILL = Duration.ofMinutes(60);

  private final OneProcess world;

  /** Null where a test plays them. */
  private People people;

  /** Of each deployment, its status as it was written last. */
  private final Map<Long, Status> statuses = new HashMap<>();

  /** Wishes that were written down and for which nothing has happened yet. */
  private final Set<Wanted> wishes = new HashSet<>();

  /** Failed deployments whose way back has begun. */
  private final Set<Long> broughtBack = new HashSet<>();

  /** CodeDeploy deployments that Slipway has had stopped, whether or not it has heard so. */
  private final Set<String> stoppedHere = new HashSet<>();

  /** Service deployments about whose hooks an event was lost. */
  private final Set<String> hooksUnheard = new HashSet<>();

  /** Stopped tasks by their ARN, as ECS told of them, whether or not anybody heard it. */
  private final Map<String, JsonNode> stopped = new HashMap<>();

  /**
   * What runs because a person deployed it: Slipway may go back to it, whatever it thinks of it.
   */
  private final Set<String> deployedByPeople = new HashSet<>();

  private final Map<String, Optional<Instant>> newestPush = new HashMap<>();
  private Instant lookStarted = Instant.MIN;
  private boolean looking;
  private boolean heldBefore;
  private boolean disturbed;

  Witness(OneProcess world) {
    this.world = world;
  }

  void knows(People everybody) {
    people = everybody;
  }

  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  // ---- what it is told

  void event(ObjectNode event) {
    JsonNode detail = event.path("detail");
    if (event.path("detail-type").asText().equals("ECS Task State Change")
        && detail.path("lastStatus").asText().equals("STOPPED")) {
      stopped.put(detail.path("taskArn").asText(), detail);
    }
  }

  /** An event that nobody will get. */
  void lost(ObjectNode event) {
    if (event.path("detail-type").asText().equals("ECS Hook State Change")) {
      hooksUnheard.add(event.at("/detail/serviceDeploymentArn").asText());
    }
  }

  boolean heardOfHooks(Fact of) {
    return !hooksUnheard.contains(of.id());
  }

  /** Whether Slipway has had this CodeDeploy deployment stopped. */
  boolean stoppedHere(Fact which) {
    return stoppedHere.contains(which.id());
  }

  void looks() {
    lookStarted = world.clock.instant();
    heldBefore = world.truth.accountHold().isPresent();
    looking = true;
    disturbed = false;
  }

  void looked() {
    looking = false;
  }

  /** Somebody else did something since the look began, so that it may not know it. */
  void disturbed() {
    disturbed = true;
  }

  boolean isDisturbed() {
    return disturbed;
  }

  /** Whether Slipway is looking, and nothing has changed since it began to. */
  boolean sawAll() {
    return looking && !disturbed;
  }

  /** Whether people play whose service is deployed in this way. */
  boolean among(Kind kind) {
    return people != null && people.kind == kind;
  }

  /** Slipway has this CodeDeploy deployment stopped. */
  void stopped(String id) {
    stoppedHere.add(id);
  }

  void deployedByPerson(String digest) {
    deployedByPeople.add(digest);
  }

  boolean wasDeployedByPerson(Digest digest) {
    return deployedByPeople.contains(digest.value());
  }

  /**
   * Tasks of this deployment that failed by their own fault: those that ECS started for it, or for
   * one of the same revision that somebody forced.
   */
  long failures(Deployment deployment) {
    return failed(deployment).count();
  }

  private Stream<JsonNode> failed(Deployment deployment) {
    return stopped.values().stream()
        .filter(task ->
            task.path("startedBy").asText().equals(deployment.rollout().ecsDeploymentId())
                || task.path("taskDefinitionArn").asText().equals(deployment.revisions().own()))
        .filter(task -> !task.path("stopCode").asText().equals("UserInitiated"))
        .filter(task -> !task.path("stopCode").asText().equals("SpotInterruption"))
        .filter(task -> !task.path("stoppedReason").asText().startsWith("Scaling activity"));
  }

  /** Those of them that failed since anything moved. */
  private long failuresOf(Deployment deployment) {
    Instant since = deployment.rollout().countsFrom();
    return failed(deployment)
        .filter(task -> Json.instant(task, "stoppedAt").isAfter(since))
        .count();
  }

  private int desired() {
    return world.service().path("desiredCount").asInt();
  }

  // ---- the ledger

  Ledger around(Ledger truth) {
    return new ForwardingLedger(truth) {
      @Override
      public Head write(Change change) {
        Head before = truth.head(WEB);
        Head after = truth.write(change);
        written(before, after, change);
        return after;
      }

      @Override
      public void addPush(PushRecord push, Instant now) {
        declined(push);
        truth.addPush(push, now);
      }
    };
  }

  /** What is said to run already runs, or is about to. */
  private void declined(PushRecord push) {
    if (push.reason() != Reason.ALREADY_RUNNING || push.isWayBack()) {
      return;
    }
    Head head = world.truth.head(WEB);
    boolean known =
        Stream.concat(
                head.running().byContainer().values().stream(),
                head.inFlight().stream()
                    .flatMap(flying -> flying.to().byContainer().values().stream()))
            .anyMatch(image -> image.digest().value().equals(push.digest()));
    require(
        known
            || world.image(world.service().path("taskDefinition").asText()).endsWith(push.digest()),
        push.image() + " is declined as " + push.reason() + ", and it does not run");
  }

  private void written(Head before, Head after, Change change) {
    String where = " (head " + before.version() + " -> " + after.version() + ")";
    change.deployments().forEach(deployment -> moved(before, after, deployment, where));
    wishes.addAll(before.waiting().byRepository().values());
    wishes.removeIf(wish -> accountedFor(wish, after, change));
    for (Wanted wish : wishes) {
      require(
          after.waiting().byRepository().containsValue(wish),
          "the wish for "
              + wish.image().brief()
              + " of "
              + wish.pushedAt()
              + " is lost: it does not wait any more, and there is neither a deployment nor a"
              + " record"
              + where);
    }
    require(after.lastSequence() >= before.lastSequence(), "the sequence runs backwards" + where);
    after.inFlight().ifPresent(flying -> asRecorded(flying, where));
    before.request().ifPresent(request -> answered(request, after, where));
    // What is lifted while a look is at it makes the next one: whoever lifts it sends that.
    boolean held =
        after.hold().isPresent()
            || world.truth.accountHold().isPresent()
            || (looking && heldBefore);
    boolean busy =
        after.inFlight().isPresent()
            || after.request().isPresent()
            || (!after.waiting().isEmpty() && !held);
    require(after.due() != null || !busy, "there is something to do, and nobody is due" + where);
  }

  /** What a person asked for is done, or they are told why not; it never just goes on. */
  private void answered(Request request, Head after, String where) {
    long asked =
        switch (request) {
          case Request.RollBack back -> back.sequence();
        };
    if (after.request().filter(request::equals).isPresent()) {
      return;
    }
    String id = "the wish to go back from #" + asked;
    require(
        after.inFlight().filter(flying -> flying.sequence() == asked).isEmpty(),
        id + " is dropped, and #" + asked + " goes on" + where);
    boolean ended =
        world
            .truth
            .deployment(WEB, asked)
            .map(Deployment::status)
            .filter(status -> status != Status.SUCCEEDED)
            .isPresent();
    require(
        ended
            || world.truth.pushes(WEB, 1000).stream()
                .filter(PushRecord::isWayBack)
                .anyMatch(told -> told.trigger().at().equals(request.at())),
        id + " is dropped, and nobody is told" + where);
  }

  private boolean accountedFor(Wanted wish, Head after, Change change) {
    Wanted waits = after.waiting().byRepository().get(wish.image().repository());
    if (waits != null) {
      // Still there, or a newer wish has taken its place.
      return !waits.equals(wish)
          && (byVersion()
              ? Releases.ORDER.compare(waits.image().tag(), wish.image().tag()) >= 0
              : !waits.pushedAt().isBefore(wish.pushedAt()));
    }
    String digest = wish.image().digest().value();
    return change.deployments().stream().anyMatch(deployment -> holds(deployment, digest))
        || world.truth.pushes(WEB, 1000).stream().map(PushRecord::digest).anyMatch(digest::equals);
  }

  private static boolean holds(Deployment deployment, String digest) {
    return deployment.to().byContainer().values().stream()
        .anyMatch(image -> image.digest().value().equals(digest));
  }

  /** A head and the item of its deployment are two copies of one thing. */
  private void asRecorded(Deployment flying, String where) {
    Deployment recorded = world.truth.deployment(WEB, flying.sequence()).orElse(null);
    require(recorded != null, flying.id() + " is in flight, but not recorded" + where);
    require(
        recorded.status() == flying.status(),
        flying.id()
            + " is "
            + flying.status()
            + " in the head and "
            + recorded.status()
            + " in its record"
            + where);
  }

  private void moved(Head before, Head after, Deployment deployment, String where) {
    Status was = statuses.put(deployment.sequence(), deployment.status());
    if (was == null) {
      begun(before, after, deployment, where);
      return;
    }
    boolean undone =
        was == Status.SUCCEEDED
            && deployment.status() == Status.ROLLING_BACK
            && deployment.reason() == Reason.UNDONE_BY_PERSON;
    require(
        !was.ended() || undone || was == deployment.status(),
        deployment.id()
            + " had its verdict, "
            + was
            + ", and gets another, "
            + deployment.status()
            + " "
            + deployment.reason()
            + where);
    isItsOwn(deployment, where);
    if (!was.ended()) {
      isOver(deployment, where);
      if (deployment.status() == Status.SUCCEEDED) {
        cameBack(before, deployment, after, where);
        wasHeard(was, before, deployment, where);
      }
    }
    if (was != Status.ROLLING_BACK
        && (deployment.status() == Status.ROLLING_BACK || deployment.status() == Status.FAILED)) {
      failedIndeed(was, deployment, where);
    }
  }

  /** It is never judged by what became of another one. */
  private void isItsOwn(Deployment deployment, String where) {
    if (deployment.isRollback() || deployment.revisions().own().isEmpty()) {
      return;
    }
    Fact fact = world.facts.of(deployment);
    require(
        fact.taskDefinition().isEmpty()
            || fact.taskDefinition().equals(deployment.revisions().own()),
        deployment.id() + " is judged by the deployment of " + fact.taskDefinition() + where);
  }

  /** A reason is true at the moment at which it is first given. */
  private void failedIndeed(Status was, Deployment deployment, String where) {
    if (deployment.isRollback()) {
      onlyDrains(deployment, where);
      return;
    }
    Fact fact = world.facts.of(deployment);
    String id = deployment.id() + " is given up for " + deployment.reason();
    switch (deployment.reason()) {
      case NO_PROGRESS -> {
        if (!fact.outOfTime()) {
          stoodLongEnough(deployment, id, where);
        }
        require(
            disturbed || failuresOf(deployment) < TaskFailures.threshold(desired()),
            id + ", but its tasks failed all the time" + where);
        require(
            disturbed || !fact.waits(),
            id + ", but the time that passes is AWS's own: it is " + fact.status() + where);
        require(
            fact.outOfTime()
                || people == null
                || Duration.between(deployment.createdAt(), world.clock.instant())
                        .compareTo(People.DEADLINE)
                    >= 0,
            id + " before its time was up" + where);
      }
      case HOOK_FAILED -> require(fact.hookFailed(), id + ", but no hook failed" + where);
      case TASKS_FAILED ->
          require(
              disturbed || was == Status.BAKING || !fact.counts() || deadlineIsOver(deployment),
              id + ", which ECS's circuit breaker counts itself" + where);
      default -> {}
    }
  }

  /**
   * Nobody is called while ECS has brought back what it was to, and waits for old tasks to end,
   * unless it fails again and again.
   */
  private void onlyDrains(Deployment back, String where) {
    if (back.rollout().countsFrom() == null) {
      // It could not begin.
      return;
    }
    Fact failed =
        world.truth.deployment(WEB, back.rollbackOf()).map(world.facts::of).orElse(Fact.NONE);
    boolean brought =
        back.rollout().ecsDeploymentId().isEmpty()
            && failed.state() == Facts.State.GOING_BACK
            && world.tasks("RUNNING").stream()
                    .filter(task -> task.path("lastStatus").asText().equals("RUNNING"))
                    .filter(task ->
                        task.path("taskDefinitionArn").asText().equals(back.revisions().own()))
                    .count()
                >= world.service().path("desiredCount").asInt();
    boolean drains =
        world.tasks("STOPPED").stream()
            .filter(task -> task.path("stoppedReason").asText().startsWith("Scaling activity"))
            .anyMatch(task -> !task.path("lastStatus").asText().equals("STOPPED"));
    Duration stood = Duration.between(back.rollout().countsFrom(), world.clock.instant());
    require(
        disturbed
            || !brought
            || !drains
            || stood.compareTo(LONGEST_DRAIN) >= 0
            || (deadlineIsOver(back) && failuresOf(back) >= TaskFailures.threshold(desired())),
        back.id() + " is given up while ECS waits for old tasks to end" + where);
  }

  private boolean deadlineIsOver(Deployment deployment) {
    return !world.clock.instant().isBefore(deployment.rollout().countsFrom().plus(People.DEADLINE));
  }

  /** Old tasks that take long to end are waited for; nothing else is, for long. */
  private void stoodLongEnough(Deployment deployment, String id, String where) {
    Duration stood = Duration.between(deployment.rollout().countsFrom(), world.clock.instant());
    require(
        disturbed
            || stood.compareTo(People.DEADLINE.plus(LONGEST_DRAIN)) >= 0
            || world.tasks("STOPPED").stream()
                .filter(task -> !task.path("lastStatus").asText().equals("STOPPED"))
                .allMatch(task ->
                    task.path("taskDefinitionArn").asText().equals(deployment.revisions().own())),
        id + " while ECS waits for old tasks to end" + where);
    require(
        people == null || !people.drains().isZero() || stood.compareTo(LONGEST_STANDSTILL) < 0,
        id + " as late as after " + stood + where);
  }

  /** What is said to run again is what the tasks have pulled. */
  private void cameBack(Head before, Deployment back, Head after, String where) {
    if (!back.isRollback() || disturbed || after.running().isEmpty()) {
      return;
    }
    if (world.resolvesAnew(back.revisions().own())
        && before.lastGood().filter(Head.LastGood::steady).isEmpty()) {
      // Nothing good was known, and its tag was moved while its tasks came and went: they run both.
      return;
    }
    for (JsonNode task : world.tasks("RUNNING")) {
      String digest = task.at("/containers/0/imageDigest").asText();
      require(
          digest.isEmpty()
              || !task.path("taskDefinitionArn").asText().equals(back.revisions().own())
              || after.running().byContainer().values().stream()
                  .anyMatch(image -> image.digest().value().equals(digest)),
          back.id()
              + " is to have brought "
              + after.running().brief()
              + " back, and a task runs "
              + digest
              + where);
    }
  }

  /** Nothing good is said while CloudWatch may still say otherwise. */
  private void wasHeard(Status was, Head before, Deployment deployment, String where) {
    Deployment flying = before.inFlight().orElse(null);
    if (deployment.isRollback() || flying == null || !looking || world.cloudWatchAnswered()) {
      return;
    }
    boolean baking = was == Status.BAKING;
    Instant since = baking ? flying.rollout().bakeUntil() : flying.rollout().progressAt();
    require(
        deployment.reason() != Reason.COMPLETED
            || deployment.alarms().judgedHere("MONITORING", baking).isEmpty()
            || !world.clock.instant().isBefore(since.plus(People.DEADLINE)),
        deployment.id() + " ends as a success while CloudWatch does not answer" + where);
  }

  /** A verdict is written when there is one, and not before. */
  private void isOver(Deployment deployment, String where) {
    boolean saysSo =
        deployment.status() == Status.SUCCEEDED || deployment.status() == Status.ROLLED_BACK;
    if (!saysSo || deployment.isRollback()) {
      return;
    }
    Fact fact = world.facts.of(deployment);
    require(
        !fact.state().open(),
        deployment.id()
            + " ends as "
            + deployment.status()
            + " while in AWS it is still "
            + fact.status()
            + where);
  }

  private void begun(Head before, Head after, Deployment deployment, String where) {
    String id = deployment.id();
    require(
        deployment.sequence() > before.lastSequence()
            && deployment.sequence() <= after.lastSequence(),
        id + " is out of sequence" + where);
    if (deployment.isRollback()) {
      require(
          broughtBack.add(deployment.rollbackOf()),
          "#" + deployment.rollbackOf() + " is rolled back twice" + where);
      require(
          world
              .truth
              .deployment(WEB, deployment.rollbackOf())
              .map(failed -> !failed.isRollback())
              .orElse(false),
          id + " rolls a rollback back, or nothing" + where);
      return;
    }
    if (deployment.status().ended()) {
      // A baseline, or what somebody did elsewhere: recorded, not started.
      return;
    }
    require(before.hold().isEmpty(), id + " starts though the service is held" + where);
    world
        .truth
        .accountHold()
        .ifPresent(hold ->
            require(
                !hold.at().isBefore(lookStarted) || disturbed,
                id + " starts though everything is held" + where));
    for (Image image : deployment.to().byContainer().values()) {
      require(
          !before.quarantined(image.digest())
              || before.running().byContainer().containsValue(image)
              || wasDeployedByPerson(image.digest()),
          id + " starts " + image.brief() + ", which is in quarantine" + where);
    }
    goesUp(before, deployment, where);
    for (Wanted wish : before.waiting().byRepository().values()) {
      boolean released = wish.trigger().kind() == Deployment.Trigger.Kind.PERSON;
      if (released || byVersion() || !holds(deployment, wish.image().digest().value())) {
        // A person may want an older one again.
        continue;
      }
      Optional<Instant> newest =
          newestPush.getOrDefault(wish.image().repository(), Optional.empty());
      require(
          newest.isEmpty() || !wish.pushedAt().isBefore(newest.get()),
          id
              + " deploys "
              + wish.image().brief()
              + ", pushed at "
              + wish.pushedAt()
              + ", over what was pushed later, at "
              + newest.map(Instant::toString).orElse("")
              + where);
      newestPush.put(wish.image().repository(), Optional.of(wish.pushedAt()));
    }
  }

  /** Where versions are followed, none is started that is out of range, or lower than another. */
  private void goesUp(Head before, Deployment deployment, String where) {
    if (!byVersion()) {
      return;
    }
    for (Image image : deployment.to().byContainer().values()) {
      require(
          Releases.wanted(image.tag()),
          deployment.id() + " deploys " + image.brief() + ", which is no version in 1.x" + where);
      if (deployment.trigger().kind() == Deployment.Trigger.Kind.PERSON) {
        continue;
      }
      Stream.concat(
              before.running().byContainer().values().stream(),
              before.inFlight().stream()
                  .flatMap(flying -> flying.to().byContainer().values().stream()))
          .map(Image::tag)
          .filter(Releases::wanted)
          .forEach(tag ->
              require(
                  Releases.ORDER.compare(image.tag(), tag) >= 0,
                  deployment.id() + " deploys " + image.brief() + " over " + tag + where));
    }
  }

  private boolean byVersion() {
    return people != null && people.follow == Follow.SEMVER;
  }

  /** Plan says that it is done with an event: what was pushed has to be somewhere now. */
  void planned(JsonNode event) {
    JsonNode detail = event.path("detail");
    String digest = detail.path("image-digest").asText();
    if (!event.path("detail-type").asText().equals("ECR Image Action")
        || detail.path("image-tag").asText().isEmpty()
        || !world.service().path("status").asText().equals("ACTIVE")
        || (people != null && people.deleted(digest))
        || world.tagsMayBeStale()) {
      return;
    }
    Head head = world.truth.head(WEB);
    Instant at = Json.instant(event, "time");
    // First sight notes what is there, and deploys nothing of it.
    boolean before =
        head.lastSequence() == 0
            || !world.truth.deployment(WEB, 1).orElseThrow().createdAt().isBefore(at);
    boolean later =
        head.considered("team/app")
            .map(last -> last.at().isAfter(at) || (before && last.at().equals(at)))
            .orElse(false);
    boolean waits =
        head.waiting().byRepository().values().stream()
            .anyMatch(wanted -> wanted.image().digest().value().equals(digest));
    boolean ran =
        head.running().byContainer().values().stream()
            .anyMatch(image -> image.digest().value().equals(digest));
    require(
        later
            || waits
            || ran
            || world.truth.deployments(WEB, 1000).stream().anyMatch(d -> holds(d, digest))
            || world.truth.pushes(WEB, 1000).stream().anyMatch(p -> p.digest().equals(digest)),
        "plan is done with the push of "
            + detail.path("image-tag").asText()
            + ", and nothing is known of it");
  }
}
