package dev.slipway.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsService;
import dev.slipway.aws.JsonAlarms;
import dev.slipway.aws.JsonCodeDeploy;
import dev.slipway.aws.JsonContainerLogs;
import dev.slipway.aws.JsonEcr;
import dev.slipway.aws.JsonEcs;
import dev.slipway.aws.JsonParameters;
import dev.slipway.aws.JsonTagging;
import dev.slipway.aws.Lanes;
import dev.slipway.aws.Patience;
import dev.slipway.deploy.EcsDiagnostics;
import dev.slipway.deploy.Options;
import dev.slipway.deploy.Worker;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.MemoryLedger;
import dev.slipway.local.SimulatedAccount;
import dev.slipway.local.ecr.ImagePusher;
import dev.slipway.local.ecr.ImagePusher.Push;
import dev.slipway.local.ecs.EcsTimings;
import dev.slipway.local.ecs.EcsUnknowns;
import dev.slipway.local.time.AccountClock;
import dev.slipway.plan.Planner;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.runtime.PermanentFailure;
import dev.slipway.watch.Watcher;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The functions' own code over the simulated account and the ledger in memory, in one thread, with
 * a scheduler that decides by its seed what is delivered when, twice, late or never, and what dies.
 */
final class OneProcess {

  static final String ACCOUNT = "123456789012";
  static final String REGION = "eu-west-1";
  static final ServiceRef WEB =
      ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/prod/web");

  /** How often events are treated badly, in parts of a thousand. */
  record Delivery(int drop, int duplicate, boolean shuffle) {
    static final Delivery ORDERLY = new Delivery(0, 0, false);
  }

  private record Pending(String to, String body, Instant notBefore) {}

  final AccountClock clock = new AccountClock(Instant.parse("2026-01-01T00:00:00Z"));
  final Trace trace = new Trace(clock);
  final SimulatedAccount account;
  final Ledger truth = new MemoryLedger();
  final Chaos chaos;
  final Mishaps mishaps = new Mishaps();
  final List<String> deadLetters = new ArrayList<>();

  /** Detail-types of events that never arrive, and the events that did not. */
  final Set<String> lost = new HashSet<>();

  final List<ObjectNode> missed = new ArrayList<>();

  private final Random random;
  private final Delivery delivery;
  private final List<Pending> pending = new ArrayList<>();
  private final Map<ServiceRef, Deque<String>> lanes = new LinkedHashMap<>();
  private final Planner planner;
  private final Watcher watcher;
  private final Worker worker;
  private boolean calm;
  private int builds;

  OneProcess(long seed, Chaos.Rates rates, Delivery delivery) {
    this(seed, rates, delivery, Mutation.NONE);
  }

  OneProcess(long seed, Chaos.Rates rates, Delivery delivery, Mutation mutation) {
    this(seed, rates, delivery, mutation, EcsUnknowns.standard());
  }

  OneProcess(
      long seed, Chaos.Rates rates, Delivery delivery, Mutation mutation, EcsUnknowns unknowns) {
    this.random = new Random(seed);
    this.delivery = delivery;
    this.account =
        new SimulatedAccount(
            clock, new Random(seed), this::event, ACCOUNT, REGION, EcsTimings.standard(), unknowns);
    this.chaos = new Chaos(random, rates, trace);
    Log log =
        new Log(
            "simulation",
            new Environment(Map.of()),
            clock,
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    Metrics metrics =
        new Metrics(
            clock, new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    AwsApi aws = mutation.around(mishaps.around(chaos.around(account)));
    Ledger ledger = mutation.around(new KillableLedger(truth, chaos, trace));
    JsonEcs ecs = new JsonEcs(aws);
    JsonCodeDeploy codeDeploy = new JsonCodeDeploy(aws);
    Lanes looks = this::send;
    planner =
        new Planner(
            new Planner.Means(
                new JsonTagging(aws),
                ecs,
                new JsonEcr(aws),
                ledger,
                looks,
                clock,
                false,
                Patience.real(),
                log,
                metrics));
    watcher = new Watcher(ledger, looks, clock, log, metrics);
    worker =
        new Worker(
            ecs,
            codeDeploy,
            new JsonEcr(aws),
            ledger,
            new JsonParameters(aws),
            new JsonAlarms(aws),
            new EcsDiagnostics(ecs, codeDeploy, new JsonContainerLogs(aws), "", log),
            clock,
            new Options(false, true),
            log,
            metrics);
    chaos.meanwhile(this::another);
    minute();
  }

  // ---- the world

  /** JSON with single quotes, so that it can be read in a test. */
  static ObjectNode json(String text) {
    return (ObjectNode) Json.read(text.replace('\'', '"'));
  }

  JsonNode ecs(String operation, String input) {
    return account.call(AwsService.ECS, operation, json(input));
  }

  String push(String tag, String behaviour) {
    // Nobody pushes twice within a second, which is as fine as an event's time is.
    clock.advance(Duration.ofSeconds(2));
    builds++;
    String digest =
        new ImagePusher(account).push(Push.simple("team/app", tag, behaviour, "build " + builds));
    trace.add("pushed team/app:" + tag + " " + behaviour + " " + digest.substring(0, 19));
    return digest;
  }

  /** A cluster with the service web that runs team/app:v1 and follows the repository. */
  void follower(String tags, int desired, String deploymentConfiguration) {
    settled(
        """
        {'cluster': 'prod', 'serviceName': 'web', 'taskDefinition': '%s',
         'desiredCount': %d, 'deploymentConfiguration': %s, 'tags': %s}
        """
            .formatted(firstRevision(), desired, deploymentConfiguration, tags));
  }

  /**
   * The same under CodeDeploy, with the group web of the application shop beside others.
   *
   * @param group more members of the group, each with a comma behind it; null for no group
   */
  void codeDeployFollower(String tags, int desired, String group) {
    settled(
        """
        {'cluster': 'prod', 'serviceName': 'web', 'taskDefinition': '%s',
         'desiredCount': %d, 'deploymentController': {'type': 'CODE_DEPLOY'}, 'tags': %s,
         'platformVersion': '1.4.0',
         'capacityProviderStrategy': [{'capacityProvider': 'FARGATE_SPOT', 'base': 1, 'weight': 2}],
         'loadBalancers': [{'containerName': 'web', 'containerPort': 80,
           'targetGroupArn': 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/1'}]}
        """
            .formatted(firstRevision(), desired, tags));
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

  private String firstRevision() {
    ecs("CreateCluster", "{'clusterName': 'prod'}");
    account.logs().create("/app");
    push("v1", "healthy");
    return ecs(
            "RegisterTaskDefinition",
            """
            {'family': 'web', 'networkMode': 'awsvpc', 'cpu': '256', 'memory': '512',
             'requiresCompatibilities': ['FARGATE'],
             'containerDefinitions': [{'name': 'web', 'essential': true,
               'image': '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1',
               'healthCheck': {'command': ['CMD-SHELL', 'true']},
               'logConfiguration': {'logDriver': 'awslogs', 'options': {'awslogs-group': '/app',
                 'awslogs-stream-prefix': 'web', 'awslogs-region': 'eu-west-1'}}}]}
            """)
        .path("taskDefinition")
        .path("taskDefinitionArn")
        .asText();
  }

  private void settled(String service) {
    account.ecs().createSettledService(json(service));
  }

  JsonNode service() {
    return ecs("DescribeServices", "{'cluster': 'prod', 'services': ['web']}")
        .path("services")
        .path(0);
  }

  // ---- delivery

  private void event(ObjectNode event) {
    String to = event.path("source").asText().equals("aws.ecr") ? "plan" : "watch";
    trace.add("event " + event.path("detail-type").asText() + " " + brief(event.path("detail")));
    if (lost.contains(event.path("detail-type").asText())) {
      trace.add("  lost");
      missed.add(event);
      return;
    }
    if (!calm && random.nextInt(1000) < delivery.drop()) {
      trace.add("  dropped");
      return;
    }
    pending.add(new Pending(to, Json.write(event), later()));
    if (!calm && random.nextInt(1000) < delivery.duplicate()) {
      pending.add(new Pending(to, Json.write(event), later()));
    }
  }

  private Instant later() {
    return delivery.shuffle() && !calm
        ? clock.instant().plusSeconds(random.nextInt(20))
        : clock.instant();
  }

  private static String brief(JsonNode detail) {
    return String.join(
        " ",
        detail.path("eventName").asText(),
        detail.path("alarmName").asText(),
        detail.path("state").path("value").asText(),
        detail.path("deploymentId").asText(),
        detail.path("image-tag").asText(),
        detail.path("lastStatus").asText(),
        detail.path("stopCode").asText(),
        detail.path("startedBy").asText());
  }

  private void send(java.util.Collection<ServiceRef> services, String cause) {
    services.forEach(service -> lanes.computeIfAbsent(service, s -> new ArrayDeque<>()).add(cause));
  }

  private void minute() {
    clock.background(
        Duration.ofMinutes(1),
        () -> {
          pending.add(
              new Pending(
                  "watch",
                  "{\"source\":\"slipway\",\"detail-type\":\"Slipway Clock\"}",
                  clock.instant()));
          minute();
        });
  }

  void reconcile() {
    pending.add(
        new Pending(
            "plan",
            "{\"source\":\"slipway\",\"detail-type\":\"Slipway Reconcile\"}",
            clock.instant()));
  }

  /** An event of ECS arrives now, however old it is. */
  void arrives(ObjectNode event) {
    pending.add(new Pending("watch", Json.write(event), clock.instant()));
  }

  /** Delivers one thing that can be delivered now; false if there is none. */
  boolean deliverOne() {
    List<Runnable> choices = new ArrayList<>();
    for (Pending message : pending) {
      if (!message.notBefore().isAfter(clock.instant())) {
        choices.add(() -> deliver(message));
        if (!delivery.shuffle()) {
          break;
        }
      }
    }
    lanes.forEach((service, causes) -> {
      if (!causes.isEmpty()) {
        choices.add(() -> look(service, causes));
      }
    });
    if (choices.isEmpty()) {
      return false;
    }
    choices.get(delivery.shuffle() ? random.nextInt(choices.size()) : 0).run();
    return true;
  }

  /** Between two calls of one function another one runs: they share nothing but the ledger. */
  private void another() {
    for (Pending message : pending) {
      if (message.to().equals("plan") && !message.notBefore().isAfter(clock.instant())) {
        trace.add("meanwhile:");
        deliver(message);
        return;
      }
    }
  }

  private void deliver(Pending message) {
    pending.remove(message);
    try {
      if (message.to().equals("plan")) {
        planner.handle(message.body());
      } else {
        watcher.handle(message.body());
      }
    } catch (PermanentFailure e) {
      deadLetters.add(e.getMessage());
    } catch (Chaos.Killed | RuntimeException e) {
      trace.add(message.to() + " failed: " + e.getMessage());
      pending.add(new Pending(message.to(), message.body(), clock.instant().plusSeconds(30)));
    }
  }

  private void look(ServiceRef service, Deque<String> causes) {
    String cause = causes.poll();
    trace.add("look (" + cause + ")");
    try {
      worker.look(service);
    } catch (PermanentFailure e) {
      deadLetters.add(e.getMessage());
    } catch (Chaos.Killed | RuntimeException e) {
      trace.add("look failed: " + e);
      // Seen again after the visibility timeout.
      clock.after(
          Duration.ofSeconds(30),
          () -> lanes.computeIfAbsent(service, s -> new ArrayDeque<>()).add("again"));
    }
  }

  /** Delivers and lets time pass until {@code so}. */
  void until(BooleanSupplier so, Duration limit) {
    Instant end = clock.instant().plus(limit);
    while (!so.getAsBoolean()) {
      if (clock.instant().isAfter(end)) {
        throw new AssertionError("not so within " + limit + "\n" + trace);
      }
      if (!deliverOne()) {
        clock.advance(Duration.ofSeconds(1));
      }
    }
  }

  void pass(Duration time) {
    Instant end = clock.instant().plus(time);
    while (clock.instant().isBefore(end)) {
      if (!deliverOne()) {
        clock.advance(Duration.ofSeconds(1));
      }
    }
  }

  /** Nothing goes wrong from here on. */
  void calm() {
    calm = true;
    chaos.calm();
  }
}
