package dev.slipway.local.lambda;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipway.local.http.LoopbackServer;
import dev.slipway.local.json.Json;
import dev.slipway.local.template.FunctionSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One execution environment: a process under AWS's runtime interface client, and the Lambda Runtime
 * API that it talks to. One invocation at a time.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Runtime API</a>
 */
public final class FunctionInstance implements AutoCloseable {

  /**
   * How an invocation ended.
   *
   * @param error Lambda's error type, or empty
   * @param payload the handler's answer, or the error document
   */
  public record Outcome(String error, String payload, Duration ran) {

    public boolean failed() {
      return !error.isEmpty();
    }
  }

  /** Lambda gives 10 s; a laptop that starts several JVMs at once is not Lambda. */
  private static final Duration INIT_LIMIT = Duration.ofSeconds(60);

  private static final String PREFIX = "/2018-06-01/runtime/";

  private record Work(String requestId, String payload, CompletableFuture<Outcome> outcome) {}

  private final FunctionSpec function;
  private final HttpServer server;
  private final Process process;
  private final long started = System.nanoTime();
  private final CompletableFuture<Duration> ready = new CompletableFuture<>();
  private final SynchronousQueue<Work> handover = new SynchronousQueue<>();
  private volatile Work current;
  private volatile long delivered;
  private volatile boolean killed;

  /**
   * Starts the process.
   *
   * @param taskRoot folder with the unpacked artefact
   * @param environment beside the function's own and Lambda's; wins over both
   * @param log gets every line that the process prints
   */
  public FunctionInstance(
      FunctionSpec function,
      Path taskRoot,
      String region,
      Map<String, String> environment,
      Consumer<String> log) {
    this(function, taskRoot, region, environment, log, RuntimeInterface.ofThisMachine());
  }

  FunctionInstance(
      FunctionSpec function,
      Path taskRoot,
      String region,
      Map<String, String> environment,
      Consumer<String> log,
      RuntimeInterface client) {
    this.function = function;
    this.server = LoopbackServer.create(0);
    server.createContext(PREFIX, this::serve);
    server.start();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags(function));
    command.addAll(client.flags());
    command.addAll(
        List.of("-cp", client.classPath(), RuntimeInterface.MAIN_CLASS, function.handler()));
    ProcessBuilder builder = new ProcessBuilder(command);
    // The client loads the function's classes from the working directory and its lib folder.
    builder.directory(taskRoot.toFile());
    builder.redirectErrorStream(true);
    builder.environment().keySet().retainAll(List.of("PATH", "HOME", "TMPDIR", "LANG"));
    builder.environment().putAll(function.environment());
    builder.environment().putAll(lambdaEnvironment(taskRoot, region));
    builder.environment().putAll(environment);
    try {
      this.process = builder.start();
    } catch (IOException cannotStart) {
      server.stop(0);
      throw new UncheckedIOException("Cannot start " + function.logicalId(), cannotStart);
    }
    Thread.ofVirtual().name(function.logicalId() + "-log").start(() -> copy(log));
    process.onExit().thenAccept(this::exited);
  }

  /** What the java25 runtime sets on demand: one small collector, and C1 only. */
  private static List<String> flags(FunctionSpec function) {
    return List.of(
        "-Xmx" + Math.max(64, function.memoryMegabytes() * 85 / 100) + "m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "-Djava.net.preferIPv4Stack=true");
  }

  private Map<String, String> lambdaEnvironment(Path taskRoot, String region) {
    return Map.ofEntries(
        Map.entry("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:" + server.getAddress().getPort()),
        Map.entry("AWS_LAMBDA_FUNCTION_NAME", function.name()),
        Map.entry("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "" + function.memoryMegabytes()),
        Map.entry("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        Map.entry("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        Map.entry("AWS_LAMBDA_LOG_GROUP_NAME", function.logGroup()),
        Map.entry("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]local"),
        Map.entry("AWS_LAMBDA_LOG_FORMAT", function.logFormat()),
        Map.entry("AWS_EXECUTION_ENV", "AWS_Lambda_" + function.runtime()),
        Map.entry("AWS_REGION", region),
        Map.entry("AWS_DEFAULT_REGION", region),
        Map.entry("LAMBDA_TASK_ROOT", taskRoot.toString()),
        Map.entry("_HANDLER", function.handler()),
        Map.entry("TZ", ":UTC"));
  }

  private void copy(Consumer<String> log) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.accept(line);
      }
    } catch (IOException processWasKilled) {
      log.accept("(the log ends here: " + processWasKilled.getMessage() + ")");
    }
  }

  private void exited(Process ended) {
    fail(
        "Runtime.ExitError",
        "RequestId: Error: Runtime exited with error: exit status " + ended.exitValue());
    server.stop(0);
  }

  private void fail(String type, String message) {
    ready.completeExceptionally(new IllegalStateException(message));
    Work work = current;
    if (work != null) {
      finish(
          work,
          type,
          Json.write(Json.object().put("errorType", type).put("errorMessage", message)));
    }
  }

  private void finish(Work work, String error, String payload) {
    work.outcome.complete(
        new Outcome(error, payload, Duration.ofNanos(System.nanoTime() - delivered)));
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring(PREFIX.length());
    if (path.equals("invocation/next")) {
      next(exchange);
      return;
    }
    String body = LoopbackServer.body(exchange);
    Work work = current;
    if (path.equals("init/error")) {
      ObjectNode error = Json.parseObject(body);
      ready.completeExceptionally(
          new IllegalStateException(
              error.path("errorType").asText() + ": " + error.path("errorMessage").asText()));
    } else if (work != null && path.equals("invocation/" + work.requestId + "/response")) {
      finish(work, "", body);
    } else if (work != null && path.equals("invocation/" + work.requestId + "/error")) {
      String type = exchange.getRequestHeaders().getFirst("Lambda-Runtime-Function-Error-Type");
      finish(work, type == null ? "Unhandled" : type, body);
    } else {
      LoopbackServer.answer(exchange, 404, "application/json", "{}");
      return;
    }
    LoopbackServer.answer(exchange, 202, "application/json", "{\"status\":\"OK\"}");
  }

  private void next(HttpExchange exchange) throws IOException {
    ready.complete(Duration.ofNanos(System.nanoTime() - started));
    try {
      Work work = handover.take();
      delivered = System.nanoTime();
      var headers = exchange.getResponseHeaders();
      headers.set("Lambda-Runtime-Aws-Request-Id", work.requestId);
      headers.set(
          "Lambda-Runtime-Deadline-Ms",
          "" + (System.currentTimeMillis() + function.timeout().toMillis()));
      headers.set("Lambda-Runtime-Invoked-Function-Arn", function.arn());
      headers.set(
          "Lambda-Runtime-Trace-Id",
          "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0");
      LoopbackServer.answer(exchange, 200, "application/json", work.payload);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
      exchange.close();
    }
  }

  /**
   * Waits until the function asks for work.
   *
   * @return real time from the start of the process
   * @throws IllegalStateException if it failed to, with the function's own words
   */
  public Duration awaitReady() {
    try {
      return ready.get(INIT_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      throw new IllegalStateException(
          function.logicalId() + " does not start: " + failed.getCause().getMessage(),
          failed.getCause());
    } catch (TimeoutException tooSlow) {
      throw new IllegalStateException(
          function.logicalId() + " does not start within " + INIT_LIMIT.toSeconds() + " s");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /**
   * Hands the payload over and waits for the end; a function that takes longer than its timeout is
   * killed, as Lambda does.
   */
  public Outcome invoke(String requestId, String payload) {
    Work work = new Work(requestId, payload, new CompletableFuture<>());
    current = work;
    try {
      if (!process.isAlive()) {
        exited(process);
        return work.outcome.get();
      }
      while (!handover.offer(work, 50, TimeUnit.MILLISECONDS)) {
        if (work.outcome.isDone()) {
          return work.outcome.get();
        }
      }
      return work.outcome.get(function.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException tooSlow) {
      killed = true;
      process.destroyForcibly();
      fail(
          "Sandbox.Timedout",
          requestId
              + " Error: Task timed out after "
              + "%.2f".formatted(function.timeout().toMillis() / 1000.0)
              + " seconds");
      return work.outcome.join();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    } finally {
      current = null;
    }
  }

  /** Whether it can take another invocation. */
  public boolean alive() {
    return !killed && process.isAlive();
  }

  /** Ends the process at once; an invocation that runs ends with {@code Runtime.ExitError}. */
  void kill() {
    killed = true;
    process.destroyForcibly();
  }

  /** Process id, for those who measure. */
  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    server.stop(0);
  }
}
