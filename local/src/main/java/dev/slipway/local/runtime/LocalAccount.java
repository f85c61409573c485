package dev.slipway.local.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.bus.EventBus;
import dev.slipway.local.dynamodb.EmbeddedDynamoDb;
import dev.slipway.local.dynamodb.TableStream;
import dev.slipway.local.dynamodb.TimeToLive;
import dev.slipway.local.http.AwsFront;
import dev.slipway.local.http.FunctionUrls;
import dev.slipway.local.http.LocalHttp;
import dev.slipway.local.http.LoopbackServer;
import dev.slipway.local.iam.Access;
import dev.slipway.local.iam.Authorisation;
import dev.slipway.local.iam.Policies;
import dev.slipway.local.iam.Principal;
import dev.slipway.local.json.Json;
import dev.slipway.local.lambda.Activity;
import dev.slipway.local.lambda.Invocation;
import dev.slipway.local.lambda.LambdaFunction;
import dev.slipway.local.lambda.QueueMapping;
import dev.slipway.local.lambda.StreamMapping;
import dev.slipway.local.queue.Queue;
import dev.slipway.local.queue.Queues;
import dev.slipway.local.template.FunctionSpec;
import dev.slipway.local.template.MappingSpec;
import dev.slipway.local.template.QueueSpec;
import dev.slipway.local.template.Resource;
import dev.slipway.local.template.RuleSpec;
import dev.slipway.local.template.Stack;
import dev.slipway.local.template.Surroundings;
import dev.slipway.local.template.TableSpec;
import dev.slipway.local.template.Template;
import dev.slipway.local.time.AccountClock;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A small AWS account in this JVM that reads a template and runs what it says: queues, table, rules
 * and schedules in memory, each function in a process of its own, IAM enforced, one HTTP address
 * for any AWS client.
 *
 * <p>Time stands still unless it is moved: {@link #settle}, {@link #runFor} and {@link #runUntil}
 * move it as fast as the work allows, {@link #play} at a chosen speed. It never moves while a
 * function runs.
 */
public final class LocalAccount implements AutoCloseable {

  /** Makes the services that are not the template's: ECS, ECR, tagging, SSM, secrets, ... */
  @FunctionalInterface
  public interface Services {
    /**
     * @param events takes the events that the services emit
     */
    AwsApi create(
        AccountClock clock,
        Random random,
        Consumer<ObjectNode> events,
        String accountId,
        String region);
  }

  /** How the account is made. */
  public static final class Builder {
    private final Path template;
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private final Map<String, Function<String, String>> environment = new LinkedHashMap<>();
    private final List<Listener> listeners = new ArrayList<>();
    private Services services =
        (clock, random, events, accountId, region) ->
            (service, operation, input) -> {
              throw notServed(service, operation);
            };
    private long seed = 1;
    private boolean shuffle;
    private int port;

    private Builder(Path template) {
      this.template = template;
    }

    /** A value for a parameter of the template. */
    public Builder parameter(String name, String value) {
      parameters.put(name, value);
      return this;
    }

    /**
     * An environment variable for every function, over the template's.
     *
     * @param value made from the account's address, for example {@code http://127.0.0.1:4566}
     */
    public Builder environment(String name, Function<String, String> value) {
      environment.put(name, value);
      return this;
    }

    public Builder services(Services made) {
      services = made;
      return this;
    }

    /** What decides all chance: ids, and the order of events if they are shuffled. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** Events come late, twice and in another order. */
    public Builder shuffled() {
      shuffle = true;
      return this;
    }

    /** The port of the account's address; any free one if not called. */
    public Builder port(int value) {
      port = value;
      return this;
    }

    /** Added before anything happens. */
    public Builder listener(Listener listener) {
      listeners.add(listener);
      return this;
    }

    /**
     * @throws dev.slipway.local.template.TemplateException if the template cannot be run
     * @throws IllegalStateException if CloudFormation would refuse it: a role that may not poll its
     *     queue, a queue that shows a message again before the function's timeout
     */
    public LocalAccount start() {
      return new LocalAccount(this);
    }
  }

  public static Builder of(Path template) {
    return new Builder(template);
  }

  private static final String CLOCK_PATH = "/clock";
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  /** Of a function at once, whatever the template allows: a laptop has no more room. */
  private static final int MOST_PROCESSES = 2;

  private final AccountClock clock;
  private final List<Listener> listeners;
  private final List<Fault> faults = new CopyOnWriteArrayList<>();
  private final Activity activity = new Activity();
  private final LocalHttp http;
  private final Template template;
  private final Map<String, String> parameters;
  private final Stack stack;
  private final Queues queues;
  private final EmbeddedDynamoDb dynamoDb;
  private final EventBus bus;
  private final AwsApi services;
  private final Authorisation authorisation;
  private final Principal admin;
  private final Map<String, Principal> principals = new LinkedHashMap<>();
  private final Map<String, LambdaFunction> functions = new LinkedHashMap<>();
  private final List<QueueMapping> queueMappings = new ArrayList<>();
  private final List<StreamMapping> streamMappings = new CopyOnWriteArrayList<>();
  private final Object turn = new Object();
  private volatile double speed;
  private volatile boolean closed;
  private Thread player;

  private LocalAccount(Builder builder) {
    clock = new AccountClock(START);
    listeners = new CopyOnWriteArrayList<>(builder.listeners);
    http = new LocalHttp(builder.port);
    List<AutoCloseable> opened = new ArrayList<>(List.of(http));
    try {
      template = Template.read(builder.template);
      parameters = Map.copyOf(builder.parameters);
      Stack draft = template.stack(builder.parameters, Surroundings.LOCAL.at(http.endpoint()));
      Surroundings surroundings = draft.surroundings();
      admin = Principal.admin(surroundings.accountId());
      Random random = new Random(builder.seed);
      queues = new Queues(clock, new Random(random.nextLong()));
      draft.queues().forEach(queues::create);
      queues.onBurial((from, to, body) ->
          tell(listener ->
              listener.deadLetter(from.spec().logicalId(), to.spec().logicalId(), body)));
      bus = new EventBus(clock, draft, queues, new Random(random.nextLong()), builder.shuffle);
      bus.onEvent(event -> tell(listener -> listener.event(event)));
      bus.onDelivery(delivery -> tell(listener -> listener.delivery(delivery)));
      services =
          builder.services.create(
              clock,
              new Random(random.nextLong()),
              bus::accept,
              surroundings.accountId(),
              surroundings.region());
      stack = withSecrets(template, builder, draft, services);
      dynamoDb = EmbeddedDynamoDb.start(surroundings.accountId(), surroundings.region());
      opened.add(dynamoDb);
      stack.tables().forEach(table -> dynamoDb.createTable(table.definition()));
      authorisation = new Authorisation(surroundings, this::route, this::hashKey);
      stack.functions().forEach(function -> createFunction(function, builder));
      opened.add(() -> functions.values().forEach(LambdaFunction::close));
      stack.mappings().forEach(this::createMapping);
      stack.rules().forEach(this::requireQueues);
      stack.functions().forEach(this::requireLogging);
      stack.tables().forEach(this::scheduleExpiry);
      http.handleAws(
          new AwsFront(
              (key, service, operation, input) -> call(principal(key), service, operation, input)));
      http.handle(
          CLOCK_PATH,
          exchange ->
              LoopbackServer.answer(exchange, 200, "text/plain", clock.instant().toString()));
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (RuntimeException | Error cannotStart) {
      for (AutoCloseable resource : opened.reversed()) {
        try {
          resource.close();
        } catch (Exception alsoBroken) {
          cannotStart.addSuppressed(alsoBroken);
        }
      }
      throw cannotStart;
    }
    queueMappings.forEach(QueueMapping::start);
    streamMappings.forEach(StreamMapping::poke);
    bus.startSchedules();
  }

  private final Thread hook = new Thread(this::killFunctions, "slipway-local-end");

  private void killFunctions() {
    functions.values().forEach(LambdaFunction::close);
  }

  // ---- making what the template says

  /** Creates the secrets, whose ARNs nobody knows before, and resolves the stack with them. */
  private static Stack withSecrets(
      Template template, Builder builder, Stack draft, AwsApi services) {
    Surroundings surroundings = draft.surroundings();
    for (Resource secret : draft.ofType("AWS::SecretsManager::Secret")) {
      JsonNode value = secret.properties().path("SecretString");
      if (!value.isTextual()) {
        throw new IllegalStateException(
            secret.logicalId() + ": a secret needs a SecretString here, nothing is generated");
      }
      String arn =
          services
              .call(
                  AwsService.SECRETS_MANAGER,
                  "CreateSecret",
                  Json.object()
                      .put("Name", draft.secretName(secret.logicalId()))
                      .put("SecretString", value.asText()))
              .path("ARN")
              .asText();
      surroundings = surroundings.withSecret(secret.logicalId(), arn);
    }
    return template.stack(builder.parameters, surroundings);
  }

  private void createFunction(FunctionSpec spec, Builder builder) {
    Surroundings surroundings = stack.surroundings();
    principals.put(
        spec.logicalId(),
        new Principal(
            spec.logicalId(),
            "arn:aws:sts::"
                + surroundings.accountId()
                + ":assumed-role/"
                + spec.roleName()
                + "/"
                + spec.name(),
            spec.statements()));
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("AWS_ENDPOINT_URL", http.endpoint());
    environment.put("SLIPWAY_CLOCK_URL", http.endpoint() + CLOCK_PATH);
    environment.put("AWS_ACCESS_KEY_ID", Principal.accessKeyId(spec.logicalId()));
    environment.put("AWS_SECRET_ACCESS_KEY", "local");
    environment.put("AWS_SESSION_TOKEN", "local");
    builder.environment.forEach(
        (name, value) -> environment.put(name, value.apply(http.endpoint())));
    int limit =
        stack.mappings().stream()
            .filter(mapping -> mapping.function().equals(spec.logicalId()))
            .mapToInt(mapping ->
                switch (mapping) {
                  case MappingSpec.Queue queue ->
                      queue.maxConcurrency() == 0 ? Integer.MAX_VALUE : queue.maxConcurrency();
                  case MappingSpec.Stream _ -> 1;
                })
            .max()
            .orElse(Integer.MAX_VALUE);
    if (spec.reservedConcurrency() > 0) {
      limit = Math.min(limit, spec.reservedConcurrency());
    }
    LambdaFunction function =
        new LambdaFunction(
            spec,
            clock,
            surroundings.region(),
            environment,
            Math.min(limit, MOST_PROCESSES),
            line -> tell(listener -> listener.log(spec.logicalId(), line)),
            invocation -> tell(listener -> listener.invocation(invocation)));
    functions.put(spec.logicalId(), function);
    if (spec.url() != null) {
      serve("/function-url/" + spec.logicalId(), "", "$default", function);
    }
    for (FunctionSpec.Route route : spec.routes()) {
      String path = route.path().equals("$default") ? "" : route.path();
      String key = path.isEmpty() ? "$default" : route.method() + " " + path;
      serve("/http-api/" + route.api(), path, key, function);
    }
  }

  private void serve(String prefix, String path, String routeKey, LambdaFunction function) {
    http.handle(
        prefix + path,
        new FunctionUrls(
            prefix,
            routeKey,
            payload -> activity.during(() -> function.invoke("HTTP", payload)),
            clock));
  }

  private void createMapping(MappingSpec mapping) {
    LambdaFunction function = functions.get(mapping.function());
    String region = stack.surroundings().region();
    switch (mapping) {
      case MappingSpec.Queue spec -> {
        Queue queue = queues.byArn(spec.sourceArn());
        requirePolling("sqs", spec);
        Duration timeout = function.spec().timeout();
        if (queue.spec().visibility().compareTo(timeout) < 0) {
          throw new IllegalStateException(
              "CloudFormation would refuse "
                  + spec.logicalId()
                  + ": Queue visibility timeout: "
                  + queue.spec().visibility().toSeconds()
                  + " seconds is less than Function timeout: "
                  + timeout.toSeconds()
                  + " seconds");
        }
        queueMappings.add(new QueueMapping(spec, queue, function, clock, activity, region));
      }
      case MappingSpec.Stream spec -> {
        TableSpec table =
            stack.tables().stream()
                .filter(one -> one.streamArn().equals(spec.sourceArn()))
                .findFirst()
                .orElseThrow(
                    () -> new IllegalStateException("There is no stream " + spec.sourceArn()));
        requirePolling("dynamodb", spec);
        if (spec.onFailureArn() != null) {
          require(spec, "sqs:SendMessage", spec.onFailureArn());
        }
        streamMappings.add(
            new StreamMapping(
                spec,
                new TableStream(dynamoDb, table.name(), spec.sourceArn(), region, clock)::poll,
                payload -> function.invoke(table.logicalId(), payload),
                function.spec().arn(),
                spec.onFailureArn() == null ? null : queues.byArn(spec.onFailureArn()),
                clock,
                activity));
      }
    }
  }

  /** In AWS such a function runs, and nobody ever sees what it says. */
  private void requireLogging(FunctionSpec function) {
    String stream =
        stack
            .surroundings()
            .arn("logs", "log-group:" + function.logGroup() + ":log-stream:2026/01/01/[$LATEST]1");
    for (String action : List.of("logs:CreateLogStream", "logs:PutLogEvents")) {
      if (Policies.decide(
              principals.get(function.logicalId()).statements(), Access.of(action, stream))
          != Policies.Decision.ALLOWED) {
        throw new IllegalStateException(
            function.logicalId()
                + " could not write its log: its role may not "
                + action
                + " in "
                + function.logGroup());
      }
    }
  }

  private void requireQueues(RuleSpec rule) {
    for (RuleSpec.Target target : rule.targets()) {
      if (stack.queues().stream().noneMatch(queue -> queue.arn().equals(target.arn()))) {
        throw new IllegalStateException(
            rule.logicalId()
                + ": the local account delivers events to queues of the template only, not to "
                + target.arn());
      }
    }
  }

  private void requirePolling(String source, MappingSpec mapping) {
    Authorisation.polling()
        .get(source)
        .forEach(action -> require(mapping, action, mapping.sourceArn()));
  }

  private void require(MappingSpec mapping, String action, String resource) {
    Principal role = principals.get(mapping.function());
    if (Policies.decide(role.statements(), Access.of(action, resource))
        != Policies.Decision.ALLOWED) {
      throw new IllegalStateException(
          "CloudFormation would refuse "
              + mapping.logicalId()
              + ": The function execution role does not have permissions to call "
              + action
              + " on "
              + resource);
    }
  }

  private void scheduleExpiry(TableSpec table) {
    if (!table.timeToLive().isEmpty()) {
      clock.background(
          Duration.ofHours(1),
          () -> {
            if (TimeToLive.sweep(dynamoDb, table, clock.instant()) > 0) {
              pokeStreams();
            }
            scheduleExpiry(table);
          });
    }
  }

  // ---- calls

  private Principal principal(String accessKeyId) {
    String function = Principal.function(accessKeyId);
    if (function == null) {
      return admin;
    }
    Principal principal = principals.get(function);
    if (principal == null) {
      throw new IllegalArgumentException("No function has the access key id " + accessKeyId);
    }
    return principal;
  }

  private ObjectNode call(
      Principal caller, AwsService service, String operation, ObjectNode input) {
    Instant at = clock.instant();
    try {
      authorisation.check(caller, service, operation, input);
      for (Fault fault : faults) {
        fault.before(caller.name(), service, operation, input);
      }
      ObjectNode output =
          faults.stream()
              .flatMap(fault -> fault.instead(caller.name(), service, operation, input).stream())
              .findFirst()
              .orElseGet(() -> route(service, operation, input));
      for (Fault fault : faults) {
        fault.after(caller.name(), service, operation, input);
      }
      tell(listener ->
          listener.call(
              new Listener.Call(at, caller.name(), service, operation, input, output, null)));
      return output;
    } catch (AwsException refused) {
      tell(listener ->
          listener.call(
              new Listener.Call(at, caller.name(), service, operation, input, null, refused)));
      throw refused;
    }
  }

  private static final Set<String> READS =
      Set.of(
          "GetItem",
          "Query",
          "Scan",
          "BatchGetItem",
          "TransactGetItems",
          "DescribeTable",
          "ListTables");

  private ObjectNode route(AwsService service, String operation, ObjectNode input) {
    return switch (service) {
      case SQS -> queues.call(service, operation, input);
      case EVENTS -> bus.call(service, operation, input);
      case DYNAMODB -> {
        ObjectNode output = dynamoDb.call(service, operation, input);
        if (!READS.contains(operation)) {
          pokeStreams();
        }
        yield output;
      }
      case ECS, ECR, TAGGING, SSM, SECRETS_MANAGER, LOGS, CODEDEPLOY, CLOUDWATCH ->
          services.call(service, operation, input);
    };
  }

  /** Not on the caller's time: in AWS a write does not wait for who reads the stream. */
  private void pokeStreams() {
    streamMappings.forEach(mapping -> activity.start("stream", mapping::poke));
  }

  private static AwsException notServed(AwsService service, String operation) {
    return new AwsException(
        service,
        operation,
        "UnknownOperationException",
        "This account has no " + service.signingName(),
        400,
        Json.object());
  }

  private String hashKey(String tableName) {
    return stack.tables().stream()
        .filter(table -> table.name().equals(tableName))
        .map(TableSpec::hashKey)
        .findFirst()
        .orElse("");
  }

  private void tell(Consumer<Listener> what) {
    listeners.forEach(what);
  }

  // ---- what an account is asked

  public AccountClock clock() {
    return clock;
  }

  public Stack stack() {
    return stack;
  }

  /** Calls as an administrator: policies are not checked. */
  public AwsApi admin() {
    return (service, operation, input) -> call(admin, service, operation, input);
  }

  /** Calls as a function, with the permissions that the template gives it. */
  public AwsApi as(String function) {
    stack.function(function);
    Principal principal = principals.get(function);
    return (service, operation, input) -> call(principal, service, operation, input);
  }

  /** What the factory made. */
  public AwsApi services() {
    return services;
  }

  public LocalHttp http() {
    return http;
  }

  /** For {@code AWS_ENDPOINT_URL}. */
  public URI endpoint() {
    return URI.create(http.endpoint());
  }

  /**
   * @param logicalId of a queue of the template
   */
  public Queue queue(String logicalId) {
    QueueSpec spec = stack.queue(logicalId);
    return queues.byArn(spec.arn());
  }

  public EmbeddedDynamoDb dynamoDb() {
    return dynamoDb;
  }

  /** Puts an event on the default bus, as an AWS service does. */
  public void event(ObjectNode event) {
    bus.accept(event);
  }

  /** Invokes a function with any payload and waits for it. */
  public Invocation invoke(String function, String payload) {
    stack.function(function);
    return activity.during(() -> functions.get(function).invoke("admin", payload));
  }

  /** Starts the functions' processes before they are needed. */
  public void warmUp() {
    List<Thread> starting =
        functions.values().stream()
            .map(function -> Thread.ofVirtual().start(function::warmUp))
            .toList();
    for (Thread thread : starting) {
      try {
        thread.join();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /** From now on this decides which calls go wrong. */
  public void fault(Fault fault) {
    faults.add(fault);
  }

  /** Each function gets new processes, as after an update of its code; what runs may end. */
  public void replaceFunctions() {
    functions.values().forEach(function -> function.replace(function.spec()));
  }

  /**
   * As an update of the stack's parameters: each function whose environment is another one now gets
   * new processes. All else that a parameter may mean stays as it is.
   *
   * @param changed parameters whose values are others than at the start
   */
  public void updateParameters(Map<String, String> changed) {
    Map<String, String> all = new LinkedHashMap<>(parameters);
    all.putAll(changed);
    Stack updated = template.stack(all, stack.surroundings());
    functions.forEach((name, function) -> {
      FunctionSpec spec = updated.function(name);
      if (!spec.environment().equals(function.spec().environment())) {
        function.replace(spec);
      }
    });
  }

  /** From now on events of this type come so; see {@link EventBus#conduct}. */
  public void events(EventBus.Conduct conduct, String detailType) {
    bus.conduct(conduct, detailType);
  }

  /** Forgets every message of every queue. */
  public void purgeQueues() {
    queues.all().forEach(Queue::purge);
  }

  /** Ends a function's processes at once, as a crash would, in the middle of whatever they do. */
  public void kill(String function) {
    stack.function(function);
    functions.get(function).kill();
  }

  // ---- time

  /** Waits until no function runs and nothing can be delivered; time does not move. */
  public void settle() {
    try {
      activity.awaitIdle();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** Moves time on by {@code duration}, with all that happens meanwhile, as fast as it can. */
  public void runFor(Duration duration) {
    runUntil(() -> false, duration);
  }

  /**
   * Moves time on, as fast as it can, until the condition holds.
   *
   * @param limit account time after which it gives up
   * @return whether the condition holds
   */
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    synchronized (turn) {
      Instant end = clock.instant().plus(limit);
      while (true) {
        settle();
        if (condition.getAsBoolean()) {
          return true;
        }
        if (!clock.instant().isBefore(end) || closed) {
          return false;
        }
        Instant next = clock.next();
        clock.advanceTo(next == null || next.isAfter(end) ? end : next);
      }
    }
  }

  /**
   * Lets time run by itself from now on, until {@link #pause} or the end.
   *
   * @param factor account seconds in a real second, for example 30
   */
  public synchronized void play(double factor) {
    if (factor <= 0) {
      throw new IllegalArgumentException("A speed is more than 0: " + factor);
    }
    speed = factor;
    if (player == null) {
      player = Thread.ofPlatform().daemon().name("slipway-local-time").start(this::playing);
    }
  }

  public void pause() {
    speed = 0;
  }

  private void playing() {
    long last = System.nanoTime();
    while (!closed) {
      try {
        Thread.sleep(20);
        activity.awaitIdle();
      } catch (InterruptedException closing) {
        return;
      }
      long now = System.nanoTime();
      // Real time that the functions used does not count: account time stood still.
      long real = Math.min(now - last, 100_000_000L);
      last = now;
      if (speed > 0) {
        synchronized (turn) {
          Instant end = clock.instant().plusNanos((long) (real * speed));
          while (clock.instant().isBefore(end) && activity.idle() && !closed) {
            Instant next = clock.next();
            clock.advanceTo(next == null || next.isAfter(end) ? end : next);
          }
        }
      }
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    synchronized (this) {
      if (player != null) {
        player.interrupt();
      }
    }
    queueMappings.forEach(QueueMapping::close);
    streamMappings.forEach(StreamMapping::close);
    killFunctions();
    try {
      activity.awaitIdle();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    http.close();
    dynamoDb.close();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      // The JVM is going down and has run the hook itself.
      return;
    }
  }
}
