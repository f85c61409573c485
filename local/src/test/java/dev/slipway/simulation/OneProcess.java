package dev.slipway.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.chat.ChatDesk;
import dev.slipway.deploy.Options;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Request;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.ledger.MemoryLedger;
import dev.slipway.local.SimulatedAccount;
import dev.slipway.local.ecr.ImagePusher;
import dev.slipway.local.ecr.ImagePusher.Push;
import dev.slipway.local.ecs.EcsTimings;
import dev.slipway.local.time.AccountClock;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.PermanentFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The functions' own code over the simulated account and the ledger in memory, in one thread, with
 * a scheduler that decides by its seed what is delivered when, twice, late or never, what happens
 * between two calls, and what dies.
 */
final class OneProcess {

  static final String ACCOUNT = "123456789012";
  static final String REGION = "eu-west-1";
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final ServiceRef WEB =
      ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/prod/web");

  /** As in the template: a look that failed is seen again then, and its lane stands until then. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(75);

  private static final Duration MESSAGE_AGAIN = Duration.ofSeconds(30);

  private enum Queue {
    PLAN("PlanFunction"),
    WATCH("WatchFunction"),
    CHAT("ChatDeskFunction");

    /** Logical id in the template. */
    final String function;

    Queue(String function) {
      this.function = function;
    }
  }

  private record Pending(Queue queue, String id, String body, Instant notBefore) {}

  private static final class Lane {
    final Deque<String> looks = new ArrayDeque<>();
    Instant notBefore = Instant.MIN;
  }

  final AccountClock clock = new AccountClock(START);
  final Trace trace = new Trace(clock);
  final SimulatedAccount account;
  final Ledger truth = new MemoryLedger();
  final Facts facts;
  final Witness witness;
  final Chaos chaos;
  final Mishaps mishaps = new Mishaps();
  final List<String> deadLetters = new ArrayList<>();

  /** Detail-types of events that never arrive, and the events that did not. */
  final Set<String> lost = new HashSet<>();

  final List<ObjectNode> missed = new ArrayList<>();

  private final Random random;
  private final Setting setting;
  private final Mutation mutation;
  private final List<Pending> pending = new ArrayList<>();
  private final Map<ServiceRef, Lane> lanes = new LinkedHashMap<>();
  private final Deque<Runnable> ambushes = new ArrayDeque<>();
  private final Ledger ledger;
  private final Functions newer;
  private final Functions older;

  /** Nothing but what the test does goes wrong, and nobody watches: the test does. */
  private final boolean orderly;

  private boolean calm;
  private Instant cloudWatchSilentUntil = Instant.MIN;
  private boolean cloudWatchAnswered;
  private int builds;
  private int messages;
  private int invocations;

  OneProcess(long seed, Setting setting) {
    this(seed, setting, Mutation.NONE);
  }

  OneProcess(long seed, Setting setting, Mutation mutation) {
    this.random = new Random(seed);
    this.setting = setting;
    this.orderly = setting.rates().equals(Chaos.Rates.NONE);
    this.mutation = mutation;
    this.account =
        new SimulatedAccount(
            clock,
            new Random(seed),
            this::event,
            ACCOUNT,
            REGION,
            EcsTimings.standard(),
            setting.ecs());
    account.tags().stale(setting.tagging().lag(), setting.tagging().listed());
    this.chaos = new Chaos(random, setting.rates(), trace);
    this.facts = new Facts(this);
    this.witness = new Witness(this);
    AwsApi all =
        orderly
            ? account // Where calls are counted, nobody else makes any.
            : new WitnessOfCalls(this)
                .around(new Guarded(account, setting.images().refusesTagAndDigest()));
    AwsApi seen = new Lagging(all, clock, setting.adversity().lag());
    AwsApi aws = mutation.around(mishaps.around(chaos.around(orSilent(seen))), truth);
    this.ledger = mutation.around(new KillableLedger(witness.around(truth), chaos, trace));
    Map<String, String> requests = new HashMap<>();
    Options options = new Options(false, setting.images().tagAndDigest());
    Ledger old = new OlderVersion(ledger, setting.update().knowsBaking());
    this.newer = Functions.of(aws, ledger, this::send, requests, options, clock);
    this.older = Functions.of(aws, old, this::send, requests, options, clock);
    chaos.meanwhile(this::another);
    minute();
  }

  private AwsApi orSilent(AwsApi aws) {
    return (service, operation, input) -> {
      if (service == AwsService.CLOUDWATCH && cloudWatchSilent()) {
        throw new AwsException(
            service, operation, AwsException.NO_ANSWER, "read timed out", 0, Json.object());
      }
      cloudWatchAnswered |= service == AwsService.CLOUDWATCH;
      return aws.call(service, operation, input);
    };
  }

  /** Whether each task of a revision that names its image by tag resolves that tag again. */
  boolean resolvesAnew(String revision) {
    return setting.adversity().resolvesAnew() && !image(revision).contains("@");
  }

  /** Slipway gets no answer from CloudWatch until then. */
  void cloudWatchSilentUntil(Instant then) {
    cloudWatchSilentUntil = then;
  }

  private boolean cloudWatchSilent() {
    return clock.instant().isBefore(cloudWatchSilentUntil);
  }

  /** Whether Slipway has asked CloudWatch in this look, and may have been answered. */
  boolean cloudWatchAnswered() {
    return cloudWatchAnswered;
  }

  /** While the stack is updated, either version may get the next invocation. */
  private Functions anyVersion() {
    int now = invocations++;
    Setting.Update update = setting.update();
    boolean old = !calm && (now < update.from() || (now < update.until() && random.nextBoolean()));
    if (old) {
      trace.add("(the older version)");
    }
    return old ? older : newer;
  }

  // ---- the world

  /** JSON with single quotes, so that it can be read in a test. */
  static ObjectNode json(String text) {
    return (ObjectNode) Json.read(text.replace('\'', '"'));
  }

  JsonNode ecs(String operation, String input) {
    return account.call(AwsService.ECS, operation, json(input));
  }

  /** Somebody calls AWS; false, and a line in the trace, if AWS refuses it. */
  boolean tries(AwsService service, String operation, ObjectNode input) {
    try {
      account.call(service, operation, input);
      return true;
    } catch (AwsException e) {
      trace.add("  " + e.code());
      return false;
    }
  }

  /** The image of a revision's first container. */
  String image(String taskDefinition) {
    return ecs("DescribeTaskDefinition", "{'taskDefinition': '" + taskDefinition + "'}")
        .at("/taskDefinition/containerDefinitions/0/image")
        .asText();
  }

  String push(String tag, String behaviour) {
    // Nobody pushes twice within a second, which is as fine as an event's time is.
    clock.advance(Duration.ofSeconds(2));
    builds++;
    trace.add("somebody pushes team/app:" + tag + ", which is " + behaviour);
    return new ImagePusher(account)
        .push(Push.simple("team/app", tag, behaviour, "build " + builds));
  }

  /** A cluster with the service web that runs team/app:v1 and follows the repository. */
  void follower(String tags, int desired, String deploymentConfiguration) {
    follower("v1", tags, desired, deploymentConfiguration);
  }

  /**
   * The same.
   *
   * @param first the tag of the image that it runs
   */
  void follower(String first, String tags, int desired, String deploymentConfiguration) {
    account
        .ecs()
        .createSettledService(
            service(firstRevision(first), tags, desired, deploymentConfiguration));
  }

  /**
   * The same under CodeDeploy, with the group web of the application shop beside others.
   *
   * @param group more members of the group, each with a comma behind it; null for no group
   */
  void codeDeployFollower(String tags, int desired, String group) {
    codeDeployFollower("v1", tags, desired, group);
  }

  /**
   * The same.
   *
   * @param first the tag of the image that it runs
   */
  void codeDeployFollower(String first, String tags, int desired, String group) {
    account.ecs().createSettledService(codeDeployService(firstRevision(first), tags, desired));
    account.call(AwsService.CLOUDWATCH, "PutMetricAlarm", json("{'AlarmName': 'errors'}"));
    for (String application : List.of("billing", "shop")) {
      account.call(
          AwsService.CODEDEPLOY,
          "CreateApplication",
          json("{'applicationName': '%s', 'computePlatform': 'ECS'}".formatted(application)));
    }
    if (group != null) {
      account.call(
          AwsService.CODEDEPLOY,
          "CreateDeploymentGroup",
          json(
              """
              {'applicationName': 'shop', 'deploymentGroupName': 'web', %s
               'ecsServices': [{'clusterName': 'prod', 'serviceName': 'web'}]}
              """
                  .formatted(group)));
    }
  }

  private String firstRevision(String tag) {
    ecs("CreateCluster", "{'clusterName': 'prod'}");
    account.logs().create("/app");
    Duration lingers = setting.adversity().lingers();
    push(tag, lingers.isZero() ? "healthy" : "lingers:" + lingers.toSeconds());
    return register("team/app:" + tag);
  }

  /** The input of CreateService. */
  static ObjectNode service(
      String taskDefinition, String tags, int desired, String deploymentConfiguration) {
    return json(
        """
        {'cluster': 'prod', 'serviceName': 'web', 'taskDefinition': '%s',
         'desiredCount': %d, 'deploymentConfiguration': %s, 'tags': %s}
        """
            .formatted(taskDefinition, desired, deploymentConfiguration, tags));
  }

  /** The same for a service that CodeDeploy deploys. */
  static ObjectNode codeDeployService(String taskDefinition, String tags, int desired) {
    return json(
        """
        {'cluster': 'prod', 'serviceName': 'web', 'taskDefinition': '%s',
         'desiredCount': %d, 'deploymentController': {'type': 'CODE_DEPLOY'}, 'tags': %s,
         'platformVersion': '1.4.0',
         'capacityProviderStrategy': [{'capacityProvider': 'FARGATE_SPOT', 'base': 1, 'weight': 2}],
         'loadBalancers': [{'containerName': 'web', 'containerPort': 80,
           'targetGroupArn': 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/1'}]}
        """
            .formatted(taskDefinition, desired, tags));
  }

  /** A revision of the family web, as somebody registers it who knows nothing of Slipway. */
  String register(String image) {
    return ecs(
            "RegisterTaskDefinition",
            """
            {'family': 'web', 'networkMode': 'awsvpc', 'cpu': '256', 'memory': '512',
             'requiresCompatibilities': ['FARGATE'],
             'containerDefinitions': [{'name': 'web', 'essential': true,
               'image': '123456789012.dkr.ecr.eu-west-1.amazonaws.com/%s',
               'healthCheck': {'command': ['CMD-SHELL', 'true']}%s,
               'logConfiguration': {'logDriver': 'awslogs', 'options': {'awslogs-group': '/app',
                 'awslogs-stream-prefix': 'web', 'awslogs-region': 'eu-west-1'}}}]}
            """
                .formatted(
                    image,
                    setting.adversity().resolvesAnew() ? ", 'versionConsistency': 'disabled'" : ""))
        .path("taskDefinition")
        .path("taskDefinitionArn")
        .asText();
  }

  /** Whether the tagging API may not know the service's tags of this moment. */
  boolean tagsMayBeStale() {
    return setting.tagging().late();
  }

  /** Whether a look can know why ECS went back from it: by an event, or by ECS's own list. */
  boolean hooksCanBeKnown(Facts.Fact of) {
    return setting.ecs().endedHooksListed() || witness.heardOfHooks(of);
  }

  /** The service's tasks whose desired status is this; those that ended an hour ago are gone. */
  List<JsonNode> tasks(String desired) {
    ObjectNode ask = json("{'cluster': 'prod'}");
    ask.set(
        "tasks",
        ecs("ListTasks", "{'cluster': 'prod', 'desiredStatus': '" + desired + "'}")
            .path("taskArns"));
    List<JsonNode> tasks = new ArrayList<>();
    if (!ask.path("tasks").isEmpty()) {
      account.call(AwsService.ECS, "DescribeTasks", ask).path("tasks").forEach(tasks::add);
    }
    return tasks;
  }

  /** Whether an image that is named by its digest can be pulled. */
  boolean inEcr(String image) {
    String digest = image.replaceFirst(".*@", "");
    return !account
        .call(
            AwsService.ECR,
            "BatchGetImage",
            json("{'repositoryName': 'team/app', 'imageIds': [{'imageDigest': '" + digest + "'}]}"))
        .path("images")
        .isEmpty();
  }

  JsonNode service() {
    return ecs("DescribeServices", "{'cluster': 'prod', 'services': ['web'], 'include': ['TAGS']}")
        .path("services")
        .path(0);
  }

  // ---- delivery

  private void event(ObjectNode event) {
    witness.event(event);
    List<String> functions = Routes.of(event);
    if (functions.isEmpty()) {
      return;
    }
    JsonNode detail = event.path("detail");
    String what = "event " + event.path("detail-type").asText() + brief(detail);
    if (lost.contains(event.path("detail-type").asText())) {
      trace.add(what + ": lost");
      missed.add(event);
      witness.lost(event);
      return;
    }
    if ((!calm && random.nextInt(1000) < setting.delivery().drop())) {
      trace.add(what + ": lost");
      witness.lost(event);
      return;
    }
    boolean twice = !calm && random.nextInt(1000) < setting.delivery().duplicate();
    trace.add(what + (twice ? ": twice" : ""));
    if (!setting.images().mediaTypes() && detail instanceof ObjectNode fields) {
      fields.remove(List.of("manifest-media-type", "artifact-media-type"));
    }
    for (Queue to : Queue.values()) {
      for (int i = 0; functions.contains(to.function) && i < (twice ? 2 : 1); i++) {
        add(to, event.path("id").asText(), Json.write(event), later());
      }
    }
  }

  private void add(Queue queue, String id, String body, Instant notBefore) {
    pending.add(new Pending(queue, id, body, notBefore));
  }

  private Instant later() {
    return setting.delivery().shuffle() && !calm
        ? clock.instant().plusSeconds(random.nextInt(20))
        : clock.instant();
  }

  private static String brief(JsonNode detail) {
    StringBuilder text = new StringBuilder();
    for (String field :
        List.of("eventName", "deploymentId", "image-tag", "lastStatus", "stopCode", "startedBy")) {
      if (detail.hasNonNull(field)) {
        text.append(' ').append(detail.path(field).asText().replace("SERVICE_DEPLOYMENT_", ""));
      }
    }
    return text.toString();
  }

  private void send(Collection<ServiceRef> services, String cause) {
    services.forEach(service -> lanes.computeIfAbsent(service, _ -> new Lane()).looks.add(cause));
  }

  private void minute() {
    clock.background(
        Duration.ofMinutes(1),
        () -> {
          add(
              Queue.WATCH,
              "clock",
              "{\"source\":\"slipway\",\"detail-type\":\"Slipway Clock\"}",
              clock.instant());
          minute();
        });
  }

  void reconcile() {
    add(
        Queue.PLAN,
        "reconcile",
        "{\"source\":\"slipway\",\"detail-type\":\"Slipway Reconcile\"}",
        clock.instant());
  }

  /** An event of ECS arrives now, however old it is. */
  void arrives(ObjectNode event) {
    add(Queue.WATCH, event.path("id").asText(), Json.write(event), clock.instant());
  }

  /** What an operator writes in chat. */
  void says(String words) {
    trace.add("an operator writes /slipway " + words);
    String id = "chat-" + ++messages;
    add(Queue.CHAT, id, ChatDesk.command(id, words), clock.instant());
  }

  /** An operator presses the button on a deployment's card. */
  void presses(long sequence) {
    trace.add("an operator presses \"Roll back\" of #" + sequence);
    String id = "chat-" + ++messages;
    add(Queue.CHAT, id, ChatDesk.rollBack(id, WEB, sequence), clock.instant());
  }

  /** This happens between two calls of a function, the next time that anything can. */
  void between(Runnable act) {
    ambushes.add(act);
  }

  /** Delivers one thing that can be delivered now; false if there is none. */
  boolean deliverOne() {
    List<Runnable> choices = new ArrayList<>();
    for (Pending message : pending) {
      if (!message.notBefore().isAfter(clock.instant())) {
        choices.add(() -> deliver(message));
        if (!setting.delivery().shuffle()) {
          break;
        }
      }
    }
    lanes.forEach((service, lane) -> {
      if (!lane.looks.isEmpty() && !lane.notBefore.isAfter(clock.instant())) {
        choices.add(() -> look(service, lane));
      }
    });
    if (choices.isEmpty()) {
      return false;
    }
    choices.get(setting.delivery().shuffle() ? random.nextInt(choices.size()) : 0).run();
    return true;
  }

  /**
   * Between two calls of one function something else happens: another function runs, for they share
   * nothing but the ledger; somebody acts in AWS; or just time passes, and ECS goes on.
   */
  private void another() {
    if (!ambushes.isEmpty()) {
      witness.disturbed();
      ambushes.poll().run();
      return;
    }
    if (random.nextInt(4) == 0) {
      witness.disturbed();
      clock.advance(Duration.ofSeconds(1 + random.nextInt(5)));
      return;
    }
    List<Pending> ready =
        pending.stream().filter(message -> !message.notBefore().isAfter(clock.instant())).toList();
    if (!ready.isEmpty()) {
      deliver(ready.get(random.nextInt(ready.size())));
    }
  }

  private void deliver(Pending message) {
    pending.remove(message);
    trace.add(message.queue() + " gets " + message.id());
    try {
      Functions functions = anyVersion();
      trace.within(() -> {
        switch (message.queue()) {
          case PLAN -> functions.planner().handle(message.body());
          case WATCH ->
              functions.watcher().handle(mutation.hears(message.body(), ledger, clock.instant()));
          case CHAT -> functions.desk().handle(message.body(), message.id());
        }
      });
      if (message.queue() == Queue.PLAN && !orderly) {
        witness.planned(Json.read(message.body()));
      }
    } catch (PermanentFailure e) {
      deadLetters.add(e.getMessage());
    } catch (Chaos.Killed | RuntimeException e) {
      trace.add("  failed: " + e.getMessage());
      add(message.queue(), message.id(), message.body(), clock.instant().plus(MESSAGE_AGAIN));
    }
  }

  private void look(ServiceRef service, Lane lane) {
    String cause = lane.looks.poll();
    trace.add("look, for " + cause);
    witness.looks();
    cloudWatchAnswered = false;
    try {
      Functions functions = anyVersion();
      trace.within(() -> functions.worker().look(service));
    } catch (PermanentFailure e) {
      deadLetters.add(e.getMessage());
    } catch (Chaos.Killed | RuntimeException e) {
      trace.add("  failed: " + e);
      lane.looks.addFirst("the same again");
      lane.notBefore = clock.instant().plus(LOOK_AGAIN);
    } finally {
      witness.looked();
    }
  }

  /** Delivers and lets time pass until {@code so}. */
  void until(BooleanSupplier so, Duration limit) {
    Instant end = clock.instant().plus(limit);
    while (!so.getAsBoolean()) {
      if (!clock.instant().isBefore(end)) {
        throw new AssertionError("not so within " + limit);
      }
      if (!deliverOne()) {
        sleep(end);
      }
    }
  }

  /** As a person or auto scaling does. */
  void scale(int tasks) {
    ecs("UpdateService", "{'cluster': 'prod', 'service': 'web', 'desiredCount': " + tasks + "}");
  }

  /** As the chat desk writes down that a person wants a deployment back. */
  void wantBack(long sequence) {
    Head before = truth.head(WEB);
    Instant now = clock.instant();
    truth.write(
        Change.of(before, before.request(new Request.RollBack(sequence, "U123", now)).due(now)));
  }

  /** The same until there is a deployment with this number of which {@code so} is true. */
  void until(long sequence, Predicate<Deployment> so, Duration limit) {
    until(() -> truth.deployment(WEB, sequence).filter(so).isPresent(), limit);
  }

  void pass(Duration time) {
    Instant end = clock.instant().plus(time);
    while (clock.instant().isBefore(end)) {
      if (!deliverOne()) {
        sleep(end);
      }
    }
  }

  /** There is nothing to do until something is due. */
  private void sleep(Instant end) {
    Instant now = clock.instant();
    Instant next = end;
    Instant timer = clock.next();
    if (timer != null && timer.isBefore(next)) {
      next = timer;
    }
    for (Pending message : pending) {
      if (message.notBefore().isAfter(now) && message.notBefore().isBefore(next)) {
        next = message.notBefore();
      }
    }
    for (Lane lane : lanes.values()) {
      if (!lane.looks.isEmpty() && lane.notBefore.isAfter(now) && lane.notBefore.isBefore(next)) {
        next = lane.notBefore;
      }
    }
    clock.advanceTo(next);
  }

  /** Nothing goes wrong from here on, and the newer version is alone. */
  void calm() {
    while (!ambushes.isEmpty()) {
      ambushes.poll().run();
    }
    trace.add("from here on nothing goes wrong");
    calm = true;
    chaos.calm();
  }
}
