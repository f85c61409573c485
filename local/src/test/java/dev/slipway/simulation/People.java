package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.WEB;
import static dev.slipway.simulation.OneProcess.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Everybody who acts in the account while Slipway works: developers who push, operators in chat,
 * people and programs in the console, CloudWatch, and AWS, which takes spot instances away.
 */
final class People {

  /** What excuses a verdict that would be wrong if nobody had meddled. */
  enum Meddling {
    /** Somebody deployed, or deployed the same again. */
    DEPLOYED,
    /** Somebody stopped a deployment in ECS, or the service's tasks. */
    STOPPED,
    /** An operator rolled something back. */
    ROLLED_BACK,
    /** The number of tasks changed. */
    SCALED,
    /** The service was deleted. */
    DELETED,
    /** The service was not switched on at some time. */
    SWITCHED,
    /** The alarm went off. */
    ALARM,
    /** A failed image was released. */
    RELEASED,
    /** An image was deleted from ECR. */
    IMAGE_DELETED,
    /** The cluster had no room. */
    NO_ROOM
  }

  /** What deploys the service. */
  enum Kind {
    ROLLING,
    STAGED,
    CODE_DEPLOY
  }

  /** How the service follows. */
  enum Follow {
    ANY("any"),
    PREFIX("prefix:build-"),
    LATEST("tag:latest"),
    SEMVER("semver:1.x");

    final String value;

    Follow(String value) {
      this.value = value;
    }
  }

  /** A push that the policy wants, as the registry saw it. */
  record Pushed(String tag, String digest, String behaviour, Instant at) {}

  /** As the service's tag has it. */
  static final Duration DEADLINE = Duration.ofMinutes(15);

  private static final String[] BREAKERS = {
    "'deploymentCircuitBreaker': {'enable': true, 'rollback': true}",
    "'deploymentCircuitBreaker': {'enable': true, 'rollback': false}",
    "'deploymentCircuitBreaker': {'enable': false, 'rollback': false}"
  };

  private static final String[] ALARMS = {
    "",
    "",
    ", 'alarms': {'enable': true, 'rollback': true, 'alarmNames': ['errors']}",
    ", 'alarms': {'enable': true, 'rollback': false, 'alarmNames': ['errors']}"
  };

  private static final String[] IMAGES = {
    "healthy",
    "healthy",
    "healthy",
    "crash",
    "unhealthy",
    "never-starts",
    "oom",
    "slow:60",
    "dies-later:20",
    "dies-later:90"
  };

  /** What can become of a push, in the order in which it came. */
  final List<Pushed> pushes = new ArrayList<>();

  final Set<Meddling> meddled = EnumSet.noneOf(Meddling.class);
  final Follow follow;
  final Kind kind;

  /** Of every image that was ever pushed, digest to behaviour. */
  private final Map<String, String> behaviours = new HashMap<>();

  /** Digests of images that were deleted in ECR. */
  private final Set<String> deleted = new HashSet<>();

  private final OneProcess world;
  private final Random random;

  /** What was added later is drawn apart, so that the histories before it stay as they are. */
  private final Random apart;

  private final Adversity adversity;
  private final Deployer deployer;
  private final String tags;
  private final int desired;
  private final Releases releases = new Releases();

  /** What an image that was there before was tagged with, if that is the newest wish. */
  private Optional<String> retagged = Optional.empty();

  People(OneProcess world, Random random, Random apart, Adversity adversity) {
    this.world = world;
    this.random = random;
    this.apart = apart;
    this.adversity = adversity;
    this.kind = kind(apart);
    Follow drawn = Follow.values()[random.nextInt(10) < 6 ? 0 : 1 + random.nextInt(2)];
    this.follow = apart.nextInt(6) == 0 ? Follow.SEMVER : drawn;
    this.desired = 1 + random.nextInt(6);
    String failures =
        BREAKERS[random.nextInt(BREAKERS.length)] + ALARMS[random.nextInt(ALARMS.length)];
    this.tags =
        "[{'key': 'slipway', 'value': 'on'}, {'key': 'slipway:team/app', 'value': '"
            + follow.value
            + "'}, {'key': 'slipway.deadline', 'value': '15m'}"
            + (random.nextInt(4) == 0 ? ", {'key': 'slipway.bake', 'value': '5m'}" : "")
            + (random.nextInt(4) == 0 ? ", {'key': 'slipway.busy', 'value': 'replace'}" : "")
            + (random.nextInt(8) == 0 ? ", {'key': 'slipway.hold', 'value': 'after-rollback'}" : "")
            + "]";
    this.deployer =
        switch (kind) {
          case ROLLING -> EcsDeployer.rolling(world, this, failures);
          case STAGED -> EcsDeployer.staged(world, this, failures, apart);
          case CODE_DEPLOY -> new CodeDeployer(world, this, apart);
        };
  }

  /** Most services are plain ones. */
  private static Kind kind(Random random) {
    return switch (random.nextInt(10)) {
      case 0, 1 -> Kind.STAGED;
      case 2, 3 -> Kind.CODE_DEPLOY;
      default -> Kind.ROLLING;
    };
  }

  String tags() {
    return tags;
  }

  int desired() {
    return desired;
  }

  /** The tag of the image that the service has run all along. */
  String first() {
    return follow == Follow.SEMVER ? Releases.FIRST : "v1";
  }

  Deployer deployer() {
    return deployer;
  }

  String behaviour(String digest) {
    return behaviours.getOrDefault(digest, "healthy");
  }

  /** How long old tasks may take to end, if they take long. */
  Duration drains() {
    return adversity.lingers();
  }

  /** Whether an image was deleted in ECR, or was so once. */
  boolean deleted(String digest) {
    return deleted.contains(digest);
  }

  /** The newest wish, or the highest version, is an image that was there before. */
  boolean retagged() {
    return retagged.isPresent();
  }

  /** The highest version, with what it named last. */
  Pushed highestRelease() {
    return pushes.stream()
        .max(Comparator.comparing(Pushed::tag, Releases.ORDER).thenComparing(Pushed::at))
        .orElseThrow();
  }

  boolean meddled(Meddling... any) {
    for (Meddling each : any) {
      if (meddled.contains(each)) {
        return true;
      }
    }
    return false;
  }

  void begin() {
    world.trace.add(
        "a service web with " + desired + " tasks, tags " + tags + ", " + deployer.text());
    world.account.call(
        AwsService.CLOUDWATCH,
        "PutMetricAlarm",
        json(
            adversity.silentAlarms()
                ? "{'AlarmName': 'errors', 'Period': 60,"
                    + " 'Tags': [{'Key': 'slipway.service', 'Value': 'prod/web'}]}"
                : "{'AlarmName': 'errors', 'Period': 60}"));
    alarm("OK");
    deployer.begin();
    behaviours.put(digestOf(first()), "healthy");
  }

  /** One thing that somebody does. */
  void act(int turn) {
    if (kind != Kind.ROLLING && actThere(turn)) {
      return;
    }
    switch (random.nextInt(32)) {
      case 0 -> deployElsewhere();
      case 1 -> deployAgain();
      case 2 -> stopInConsole();
      case 3 -> rollBack();
      case 4 -> hold();
      case 5 -> world.says(random.nextBoolean() ? "hold all incident" : "resume all");
      case 6 -> release();
      case 7 -> scale();
      case 8 -> alarm(random.nextBoolean() ? "ALARM" : "OK");
      case 9 -> interrupt("spot");
      case 10 -> interrupt("person");
      case 11 -> switched();
      case 12 -> deleteOrCreate();
      case 13 -> world.reconcile();
      case 14 -> pushAgain();
      case 15 -> moveTheBaselinesTag(turn);
      case 16 -> moveTheBaselinesTag(turn);
      case 17, 18 -> pushAndScaleIn(turn);
      case 19, 20, 21 -> {
        push(turn);
        push(turn + 100);
      }
      default -> push(turn);
    }
  }

  /** Where traffic is shifted there is more to do than to push. */
  private boolean actThere(int turn) {
    switch (apart.nextInt(12)) {
      case 0 -> deployElsewhere();
      case 1 -> deployAgain();
      case 2 -> stopInConsole();
      case 3 -> rollBack();
      case 4, 5 -> {
        return deployer.act(apart);
      }
      case 6 -> {
        push(turn);
        later(this::stopInConsole);
      }
      case 7 -> {
        push(turn);
        later(() -> {
          alarm("ALARM");
          // It may have gone off after everything else had come to its end.
          world.clock.after(Duration.ofHours(1), this::alarmIsOver);
        });
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** While it rolls out, most likely. */
  private void later(Runnable act) {
    world.clock.after(Duration.ofSeconds(20 + apart.nextInt(600)), act);
  }

  // ---- what makes some histories hard

  /** Something more, now or while it rolls out, most likely. */
  void suffer() {
    if (!adversity.acts() || adversity.random().nextInt(3) == 0) {
      return;
    }
    Runnable what = misery();
    if (adversity.random().nextBoolean()) {
      what.run();
    } else {
      world.clock.after(Duration.ofSeconds(adversity.random().nextInt(400)), what);
    }
  }

  private Runnable misery() {
    List<Runnable> choices = new ArrayList<>();
    if (adversity.deletesImages()) {
      choices.add(this::deleteImage);
    }
    if (adversity.resolvesAnew()) {
      choices.add(() -> moveTheBaselinesTag(200));
    }
    if (adversity.lacksRoom()) {
      choices.add(this::limitRoom);
    }
    if (adversity.silentAlarms()) {
      choices.add(this::silenceCloudWatch);
    }
    return choices.get(adversity.random().nextInt(choices.size()));
  }

  /** A lifecycle policy keeps the newest few; a person deletes any, most likely the good one. */
  private void deleteImage() {
    Set<String> which = new LinkedHashSet<>();
    switch (adversity.random().nextInt(4)) {
      case 0 ->
          pushes.stream()
              .limit(Math.max(0, pushes.size() - 1 - adversity.random().nextInt(3)))
              .map(Pushed::digest)
              .forEach(which::add);
      case 1, 2 ->
          world.truth.head(WEB).lastGood().stream()
              .flatMap(good -> good.images().byContainer().values().stream())
              .map(image -> image.digest().value())
              .forEach(which::add);
      default -> {
        if (!pushes.isEmpty()) {
          which.add(pushes.get(adversity.random().nextInt(pushes.size())).digest());
        }
      }
    }
    for (String digest : which) {
      meddled.add(Meddling.IMAGE_DELETED);
      deleted.add(digest);
      world.trace.add("somebody deletes " + digest.substring(0, 19) + " in ECR");
      world.account.call(
          AwsService.ECR,
          "BatchDeleteImage",
          json("{'repositoryName': 'team/app', 'imageIds': [{'imageDigest': '" + digest + "'}]}"));
    }
  }

  private void limitRoom() {
    int room = adversity.random().nextInt(desired + 2);
    meddled.add(Meddling.NO_ROOM);
    world.trace.add("the cluster has room for " + room + " tasks");
    world.account.ecs().limitTasks("prod", room);
    if (adversity.random().nextBoolean()) {
      world.clock.after(
          Duration.ofMinutes(1 + adversity.random().nextInt(40)),
          () -> {
            world.trace.add("the cluster has room again");
            world.account.ecs().forgetCapacity("prod");
          });
    }
  }

  private void silenceCloudWatch() {
    Duration time = Duration.ofMinutes(1 + adversity.random().nextInt(40));
    world.trace.add("CloudWatch does not answer for " + time);
    world.cloudWatchSilentUntil(world.clock.instant().plus(time));
  }

  // ---- developers

  /** What comes of a push is drawn; some healthy images take their time to end. */
  private String behaviour() {
    String behaviour = IMAGES[random.nextInt(IMAGES.length)];
    return behaviour.equals("healthy")
            && !adversity.lingers().isZero()
            && adversity.random().nextBoolean()
        ? "lingers:" + adversity.lingers().toSeconds()
        : behaviour;
  }

  private void push(int turn) {
    String behaviour = behaviour();
    String tag =
        switch (follow) {
          case LATEST -> "latest";
          case SEMVER -> releases.next(apart);
          case ANY, PREFIX -> "build-" + turn;
        };
    String digest = world.push(tag, behaviour);
    if (follow == Follow.SEMVER && !Releases.wanted(tag)) {
      behaviours.put(digest, behaviour);
    } else {
      pushed(tag, digest, behaviour);
    }
    deployer.pushed(apart);
  }

  /** While it rolls out or bakes, the load goes away. */
  private void pushAndScaleIn(int turn) {
    push(turn);
    world.clock.after(
        Duration.ofSeconds(20 + random.nextInt(100)),
        () -> {
          if (active()) {
            scaleTo(1);
          }
        });
  }

  private void pushed(String tag, String digest, String behaviour) {
    behaviours.put(digest, behaviour);
    pushes.add(new Pushed(tag, digest, behaviour, world.clock.instant()));
    retagged =
        retagged.filter(again -> follow == Follow.SEMVER && Releases.ORDER.compare(again, tag) > 0);
  }

  /** The same image under another tag, or the followed tag moved back to an older image. */
  private void pushAgain() {
    if (pushes.isEmpty()) {
      return;
    }
    world.clock.advance(Duration.ofSeconds(2));
    Pushed older = pushes.get(random.nextInt(pushes.size()));
    String tag =
        switch (follow) {
          case LATEST -> "latest";
          case SEMVER -> releases.higher(apart);
          case ANY, PREFIX -> "build-again-" + random.nextInt(1000);
        };
    ObjectNode input = json("{'repositoryName': 'team/app', 'imageTag': '" + tag + "'}");
    input.put("imageManifest", manifest(older.digest()));
    world.trace.add("somebody tags " + older.digest().substring(0, 19) + " as " + tag);
    try {
      world.account.call(AwsService.ECR, "PutImage", input);
      retagged = Optional.of(tag);
    } catch (AwsException e) {
      world.trace.add("  " + e.code());
    }
  }

  /**
   * What the service's own revision names by tag is replaced: who resolves that tag again gets
   * something else.
   */
  private void moveTheBaselinesTag(int turn) {
    String behaviour = behaviour();
    String digest = world.push(first(), behaviour);
    behaviours.put(digest, behaviour);
    if (follow == Follow.ANY || follow == Follow.SEMVER) {
      pushed(first(), digest, behaviour);
    }
  }

  private String manifest(String digest) {
    return world
        .account
        .call(
            AwsService.ECR,
            "BatchGetImage",
            json("{'repositoryName': 'team/app', 'imageIds': [{'imageDigest': '" + digest + "'}]}"))
        .at("/images/0/imageManifest")
        .asText();
  }

  private String digestOf(String tag) {
    return world
        .account
        .call(
            AwsService.ECR,
            "BatchGetImage",
            json("{'repositoryName': 'team/app', 'imageIds': [{'imageTag': '" + tag + "'}]}"))
        .at("/images/0/imageId/imageDigest")
        .asText();
  }

  // ---- people and programs in ECS

  boolean active() {
    return world.service().path("status").asText().equals("ACTIVE");
  }

  private void call(String operation, String input) {
    try {
      world.ecs(operation, input);
    } catch (AwsException e) {
      world.trace.add("  " + e.code());
    }
  }

  private void update(String members) {
    call("UpdateService", "{'cluster': 'prod', 'service': 'web', " + members + "}");
  }

  private void deployElsewhere() {
    if (!active()) {
      return;
    }
    String revision = "web:1";
    String tag = first();
    if (random.nextBoolean() && !pushes.isEmpty()) {
      tag = pushes.get(random.nextInt(pushes.size())).tag();
      revision = world.register("team/app:" + tag).replaceAll(".*/", "");
    }
    world.trace.add("a person deploys " + revision + ", which names " + tag + ", in the console");
    world.witness.deployedByPerson(digestOf(tag));
    if (deployer.deploy(revision)) {
      meddled.add(Meddling.DEPLOYED);
    }
  }

  private void deployAgain() {
    if (!active()) {
      return;
    }
    world.trace.add("a person forces a new deployment in the console");
    world.witness.deployedByPerson(digestOf(first()));
    if (deployer.deployAgain()) {
      meddled.add(Meddling.DEPLOYED);
    }
  }

  private void stopInConsole() {
    if (deployer.stop(apart)) {
      meddled.add(Meddling.STOPPED);
    }
  }

  private void scale() {
    if (!active()) {
      return;
    }
    scaleTo(random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(6));
  }

  private void scaleTo(int count) {
    meddled.add(Meddling.SCALED);
    world.trace.add("the service is scaled to " + count);
    update("'desiredCount': " + count);
  }

  private void interrupt(String who) {
    JsonNode tasks = world.ecs("ListTasks", "{'cluster': 'prod'}").path("taskArns");
    for (JsonNode task : tasks) {
      if (random.nextBoolean()) {
        if (who.equals("spot")) {
          world.trace.add("AWS takes the spot capacity of a task back");
          world.account.ecs().interrupt("prod", task.asText());
        } else {
          world.trace.add("a person stops a task");
          call("StopTask", "{'cluster': 'prod', 'task': '" + task.asText() + "'}");
        }
      }
    }
  }

  private void switched() {
    String[] values = {"off", "observe", "on", "on", "maybe"};
    tag("slipway", values[random.nextInt(values.length)]);
  }

  private void tag(String key, String value) {
    if (!active()) {
      return;
    }
    if (!value.equals("on")) {
      meddled.add(Meddling.SWITCHED);
    }
    world.trace.add("somebody sets the tag '" + key + "' to '" + value + "'");
    call(
        "TagResource",
        "{'resourceArn': '"
            + WEB.arn()
            + "', 'tags': [{'key': '"
            + key
            + "', 'value': '"
            + value
            + "'}]}");
  }

  private void deleteOrCreate() {
    if (active()) {
      meddled.add(Meddling.DELETED);
      world.trace.add("somebody deletes the service");
      call("DeleteService", "{'cluster': 'prod', 'service': 'web', 'force': true}");
    } else {
      create();
    }
  }

  private void create() {
    if (!world.service().path("status").asText().equals("INACTIVE")) {
      return;
    }
    world.trace.add("somebody creates the service again");
    world.witness.deployedByPerson(digestOf(first()));
    try {
      world.account.call(AwsService.ECS, "CreateService", deployer.service("web:1"));
    } catch (AwsException e) {
      world.trace.add("  " + e.code());
    }
  }

  void alarmIsOver() {
    alarm("OK");
  }

  private void alarm(String state) {
    if (state.equals("ALARM")) {
      meddled.add(Meddling.ALARM);
    }
    world.trace.add("the alarm is " + state);
    world.account.call(
        AwsService.CLOUDWATCH,
        "SetAlarmState",
        json("{'AlarmName': 'errors', 'StateReason': '', 'StateValue': '" + state + "'}"));
  }

  // ---- operators in chat

  private void rollBack() {
    Head head = world.truth.head(WEB);
    if (head.version() == 0) {
      return;
    }
    meddled.add(Meddling.ROLLED_BACK);
    world.presses(head.inFlight().map(Deployment::sequence).orElse(head.lastSequence()));
  }

  private void hold() {
    world.says(random.nextBoolean() ? "hold prod/web incident" : "resume prod/web");
  }

  private void release() {
    List<Head.Quarantine> quarantine = world.truth.head(WEB).quarantine();
    if (quarantine.isEmpty()) {
      return;
    }
    meddled.add(Meddling.RELEASED);
    Head.Quarantine entry = quarantine.get(random.nextInt(quarantine.size()));
    world.says("release prod/web " + entry.digest().value());
  }

  // ---- in the end

  /** Everybody lets go: what was held or switched off may go on, and the service is there. */
  void letGo() {
    world.says("resume all");
    world.says("resume prod/web");
    alarm("OK");
    deployer.letGo();
    world.account.ecs().forgetCapacity("prod");
    if (!active()) {
      world.pass(Duration.ofMinutes(2));
      world.until(
          () -> !world.service().path("status").asText().equals("DRAINING"), Duration.ofHours(3));
      create();
    }
    tag("slipway", "on");
    if (world.service().path("desiredCount").asInt() == 0) {
      scaleTo(desired);
    }
    boolean failed =
        world.truth.deployments(WEB, 1).stream().anyMatch(d -> d.status() == Status.FAILED);
    if (failed && adversity.acts() && adversity.random().nextBoolean()) {
      // As the message says that a person should.
      deployElsewhere();
    }
  }
}
