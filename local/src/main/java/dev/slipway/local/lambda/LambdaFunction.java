package dev.slipway.local.lambda;

import dev.slipway.local.json.Json;
import dev.slipway.local.template.FunctionSpec;
import dev.slipway.local.time.AccountClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** A function with its execution environments: started on demand, kept warm, never too many. */
public final class LambdaFunction implements AutoCloseable {

  private volatile FunctionSpec spec;
  private final AccountClock clock;
  private final String region;
  private final Map<String, String> environment;
  private final Consumer<String> log;
  private final Consumer<Invocation> listener;
  private final int concurrency;
  private final Semaphore slots;
  private final Deque<FunctionInstance> warm = new ArrayDeque<>();
  private final Set<FunctionInstance> all = ConcurrentHashMap.newKeySet();

  /** Those that take no further invocation. */
  private final Set<FunctionInstance> outdated = ConcurrentHashMap.newKeySet();

  private Artefact artefact;
  private boolean closed;

  /**
   * @param environment beside the template's; wins over it
   * @param concurrency how many processes may run at once
   */
  public LambdaFunction(
      FunctionSpec spec,
      AccountClock clock,
      String region,
      Map<String, String> environment,
      int concurrency,
      Consumer<String> log,
      Consumer<Invocation> listener) {
    if (!spec.runtime().equals("java25")) {
      throw new IllegalStateException(
          spec.logicalId() + ": only the runtime java25 can be run here, not " + spec.runtime());
    }
    this.spec = spec;
    this.clock = clock;
    this.region = region;
    this.environment = Map.copyOf(environment);
    this.concurrency = concurrency;
    this.slots = new Semaphore(concurrency, true);
    this.log = log;
    this.listener = listener;
  }

  public FunctionSpec spec() {
    return spec;
  }

  public int concurrency() {
    return concurrency;
  }

  /** Invokes it and waits for the end; never throws because the function failed. */
  public Invocation invoke(String source, String payload) {
    slots.acquireUninterruptibly();
    try {
      return run(source, payload);
    } finally {
      slots.release();
    }
  }

  private Invocation run(String source, String payload) {
    String requestId = UUID.randomUUID().toString();
    Instant at = clock.instant();
    FunctionInstance instance = takeWarm();
    boolean cold = instance == null;
    Duration init = Duration.ZERO;
    FunctionInstance.Outcome outcome;
    try {
      if (cold) {
        instance = start();
        init = instance.awaitReady();
      }
      outcome = instance.invoke(requestId, payload);
    } catch (IllegalStateException cannotStart) {
      outcome =
          new FunctionInstance.Outcome(
              "Runtime.InitError",
              Json.write(
                  Json.object()
                      .put("errorType", "Runtime.InitError")
                      .put("errorMessage", String.valueOf(cannotStart.getMessage()))),
              Duration.ZERO);
      if (instance != null) {
        discard(instance);
        instance = null;
      }
    }
    if (instance != null) {
      giveBack(instance);
    }
    Invocation invocation =
        new Invocation(
            spec.logicalId(),
            source,
            requestId,
            at,
            cold,
            init,
            outcome.ran(),
            outcome.error(),
            payload,
            outcome.payload());
    listener.accept(invocation);
    return invocation;
  }

  /** Starts a process before it is needed. */
  public void warmUp() {
    slots.acquireUninterruptibly();
    try {
      FunctionInstance instance = takeWarm();
      if (instance == null) {
        instance = start();
        instance.awaitReady();
      }
      giveBack(instance);
    } finally {
      slots.release();
    }
  }

  private FunctionInstance start() {
    Artefact unpacked;
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("The account is closed");
      }
      if (artefact == null) {
        artefact = Artefact.unpack(spec.code());
      }
      unpacked = artefact;
    }
    FunctionInstance instance =
        new FunctionInstance(spec, unpacked.folder(), region, environment, log);
    all.add(instance);
    return instance;
  }

  private synchronized FunctionInstance takeWarm() {
    while (!warm.isEmpty()) {
      FunctionInstance instance = warm.pop();
      if (instance.alive()) {
        return instance;
      }
      discard(instance);
    }
    return null;
  }

  private synchronized void giveBack(FunctionInstance instance) {
    if (closed || !instance.alive() || outdated.contains(instance)) {
      discard(instance);
    } else {
      warm.push(instance);
    }
  }

  /**
   * From now on every invocation gets a process that was started after this moment, as after an
   * update of the function; what runs may end.
   *
   * @param updated with the environment that they get
   */
  public synchronized void replace(FunctionSpec updated) {
    spec = updated;
    outdated.addAll(all);
    for (FunctionInstance instance : warm) {
      discard(instance);
    }
    warm.clear();
  }

  /** Ends its processes at once, in the middle of whatever they do. */
  public void kill() {
    all.forEach(FunctionInstance::kill);
  }

  private void discard(FunctionInstance instance) {
    all.remove(instance);
    outdated.remove(instance);
    instance.close();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    all.forEach(FunctionInstance::close);
    synchronized (this) {
      if (artefact != null) {
        artefact.close();
        artefact = null;
      }
    }
  }
}
