package dev.slipway.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.bench.FunctionProcess.Cold;
import dev.slipway.bench.FunctionProcess.Launch;
import dev.slipway.deployment.Deployment;
import dev.slipway.runtime.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Starts every subject once in each round, so that whatever else the machine does meets all of them
 * alike. The first round warms the file cache and is not counted.
 */
final class ColdStarts {

  /**
   * What is started.
   *
   * @param event makes the event that the process finds waiting
   * @param done whether the job was done; a subject that fails quickly must not look good
   */
  private record Subject(
      String name, Launch launch, Supplier<String> event, BooleanSupplier done) {}

  /**
   * One start.
   *
   * @param answering milliseconds of it in which the process waited for the account's answers
   */
  private record Start(Cold cold, double answering) {}

  private final Account account;
  private final Launches launches;
  private final FunctionProcess plan;
  private final FunctionProcess deploy;
  private final Fleet fleet;
  private final Fleet peers;
  private final Map<String, Subject> subjects = new LinkedHashMap<>();
  private final Map<String, List<Start>> results = new LinkedHashMap<>();
  private final Map<String, String> skipped = new LinkedHashMap<>();

  /** Followers that one round uses up, training not counted. */
  static final int FOLLOWERS_PER_ROUND = 8;

  /** Followers that training uses up. */
  static final int FOLLOWERS_FOR_TRAINING = 1;

  /**
   * @param plan and {@code deploy}: warm processes that prepare what the cold ones find
   */
  ColdStarts(
      Account account,
      Launches launches,
      FunctionProcess plan,
      FunctionProcess deploy,
      Fleet fleet,
      Fleet peers) {
    this.account = account;
    this.launches = launches;
    this.plan = plan;
    this.deploy = deploy;
    this.fleet = fleet;
    this.peers = peers;
  }

  // ---- what is measured

  /** The six functions as they are packaged, each with its typical event. */
  void addFunctions() {
    add(
        "plan",
        launches.function("plan", account),
        () -> account.batch("PushQueue", fleet.push(fleet.next())),
        () -> account.take("LaneQueue").size() == 1);
    addDeploy("deploy", launches.function("deploy", account));
    add(
        "watch",
        launches.function("watch", account),
        this::stoppedTask,
        () -> account.take("LaneQueue").size() == 1);
    add(
        "notify",
        launches.function("notify", account),
        this::streamOfDeployment,
        messageWasPosted());
    List<String> forDesk = new ArrayList<>();
    add(
        "chat door",
        launches.function("chat door", account),
        account::slashCommand,
        () -> {
          List<String> queued = account.take("ChatQueue");
          forDesk.addAll(queued);
          return queued.size() == 1;
        });
    add(
        "chat desk",
        launches.function("chat desk", account),
        forDesk::removeLast,
        () -> account.slackAnswered());
  }

  /** The peer, or the reason why it is not there. */
  void addPeer() {
    launches
        .peer(account)
        .ifPresentOrElse(
            launch ->
                add(
                    "peer",
                    launch,
                    () -> Json.write(peers.push(peers.next())),
                    () -> called("ecs:UpdateService")),
            () -> skipped.put("peer", "this machine has no python3 with boto3"));
  }

  /** Deploy under other flags, and with AOT caches. */
  void addDeployVariants() {
    addDeploy("deploy, C1 and C2", launches.function("deploy", account, Launches.bothCompilers()));
    trained(
        "deploy, AOT cache of the runtime",
        runtimeCache(),
        cache -> launches.function("deploy", account, Launches.with(Launches.onDemand(), cache)));
    addDeploy(
        "deploy, on the class path", launches.onClassPath("deploy", account, Launches.onDemand()));
    trained(
        "deploy, on the class path, own AOT cache",
        ownCache(),
        cache ->
            launches.onClassPath("deploy", account, Launches.with(Launches.onDemand(), cache)));
  }

  /** The small job with and without libraries. */
  void addLibraries() {
    String order = order(fleet.next());
    add("nothing", launches.variant("Nothing", "", account), () -> order, () -> true);
    library("own seam", "OwnSeam", "", order);
    library("SDK signer and HTTP client", "SdkSigner", "sdk-signer", order);
    library("SDK typed clients", "TypedClients", "typed-clients", order);
    library("Powertools logging", "PowertoolsLogs", "powertools-logging", order);
    library("Powertools metrics", "PowertoolsMetrics", "powertools-metrics", order);
  }

  private void library(String name, String handler, String libraries, String order) {
    add(
        name,
        launches.variant(handler, libraries, account),
        () -> order,
        () -> called("dynamodb:PutItem"));
  }

  private String order(Fleet.Service service) {
    return Json.write(
        Json.object()
            .put("cluster", Account.CLUSTER)
            .put("service", service.name())
            .put("serviceArn", service.arn())
            .put("table", account.table()));
  }

  private void addDeploy(String name, Launch launch) {
    add(name, launch, () -> fleet.look(fleet.next(), plan), () -> called("ecs:UpdateService"));
  }

  private void add(String name, Launch launch, Supplier<String> event, BooleanSupplier done) {
    subjects.put(name, new Subject(name, launch, event, done));
    results.put(name, new ArrayList<>());
  }

  private int mark;

  private boolean called(String operation) {
    return account.callsSince(mark).stream().anyMatch(call -> call.is(operation));
  }

  private BooleanSupplier messageWasPosted() {
    int[] before = {0};
    return () -> {
      int now = account.slackMessages();
      boolean more = now > before[0];
      before[0] = now;
      return more;
    };
  }

  // ---- events

  /** A task of the deployment in flight has stopped. */
  private String stoppedTask() {
    Fleet.Service service = fleet.next();
    deploy.invoke(fleet.look(service, plan));
    Deployment deployment = account.inFlight(service.arn());
    ObjectNode event;
    try {
      event =
          Json.readObject(
              Files.readString(
                  launches.event("ecs-task-state-change-stopped-essential-container-exited.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ((ObjectNode) event.path("detail"))
        .put("clusterArn", "arn:aws:ecs:eu-west-1:123456789012:cluster/" + Account.CLUSTER)
        .put("group", "service:" + service.name())
        .put("startedBy", deployment.rollout().ecsDeploymentId())
        .put("taskDefinitionArn", deployment.revisions().own());
    return account.batch("EvidenceQueue", event);
  }

  /** A deployment was begun and its rollout was started. */
  private String streamOfDeployment() {
    String look = fleet.look(fleet.next(), plan);
    account.streamRecords();
    deploy.invoke(look);
    return account.streamRecords();
  }

  // ---- AOT caches

  /** Starts with a cache, or tells why there is none. */
  private void trained(
      String name, Path cache, java.util.function.Function<String, Launch> launch) {
    if (Files.isRegularFile(cache)) {
      addDeploy(name, launch.apply("-XX:AOTCache=" + cache));
    } else {
      skipped.put(name, "the JVM wrote no AOT cache");
    }
  }

  /** What the java25 runtime brings: a cache of the runtime interface client alone. */
  private Path runtimeCache() {
    Path cache = fresh("runtime");
    Launch nothing = launches.variant("Nothing", "", account);
    train(
        Launch.java(
            nothing.name(),
            Launches.with(Launches.onDemand(), "-XX:AOTCacheOutput=" + cache),
            "dev.slipway.bench.variant.Nothing::handleRequest",
            nothing.directory(),
            nothing.environment()),
        "{}");
    return cache;
  }

  /** A cache of the function too, from one real deployment. */
  private Path ownCache() {
    Path cache = fresh("deploy");
    train(
        launches.onClassPath(
            "deploy", account, Launches.with(Launches.onDemand(), "-XX:AOTCacheOutput=" + cache)),
        fleet.look(fleet.next(), plan));
    return cache;
  }

  private Path fresh(String name) {
    Path cache = launches.cache(name);
    try {
      Files.deleteIfExists(cache);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cache;
  }

  private static void train(Launch launch, String event) {
    try (FunctionProcess process = FunctionProcess.start(launch)) {
      process.invoke(event);
      process.end();
    }
  }

  // ---- measuring

  void run(int rounds, PrintStream progress) {
    for (int round = 0; round <= rounds; round++) {
      for (Subject subject : subjects.values()) {
        account.catchUp();
        String event = subject.event().get();
        mark = account.mark();
        Cold cold = FunctionProcess.cold(subject.launch(), event);
        double answering = account.answeringSince(mark);
        FunctionProcess.requireSuccess(subject.name(), cold.response());
        if (!subject.done().getAsBoolean()) {
          throw new IllegalStateException(
              subject.name() + " did not do its job; it answered " + cold.response());
        }
        if (round > 0) {
          results.get(subject.name()).add(new Start(cold, answering));
        }
      }
      progress.println(round == 0 ? "warmed up" : "round " + round + " of " + rounds);
    }
  }

  // ---- what came out

  Map<String, String> skipped() {
    return skipped;
  }

  boolean has(String subject) {
    return results.containsKey(subject);
  }

  Sample firstPoll(String subject) {
    return sample(subject, start -> start.cold().firstPoll().toNanos() / 1e6);
  }

  Sample firstResponse(String subject) {
    return sample(subject, start -> start.cold().firstResponse().toNanos() / 1e6);
  }

  Sample cpu(String subject) {
    return sample(subject, start -> start.cold().cpu().toMillis());
  }

  /** Milliseconds until the first response that went by in the account. */
  Sample answering(String subject) {
    return sample(subject, Start::answering);
  }

  Sample peakMegabytes(String subject) {
    return sample(subject, start -> start.cold().peakKilobytes() / 1024.0);
  }

  private Sample sample(String subject, ToDoubleFunction<Start> value) {
    return Sample.of(results.get(subject).stream().map(value::applyAsDouble).toList());
  }
}
