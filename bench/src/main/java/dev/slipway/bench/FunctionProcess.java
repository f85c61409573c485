package dev.slipway.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipway.local.http.LoopbackServer;
import dev.slipway.local.lambda.RuntimeInterface;
import dev.slipway.runtime.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One process under a Lambda Runtime API of its own, with a stopwatch. Any runtime: the command
 * says which. Unlike {@code dev.slipway.local.lambda.FunctionInstance} the server is up before the
 * process starts and work lies ready before it is asked for, so that only the process is measured.
 */
final class FunctionProcess implements AutoCloseable {

  /**
   * What to run.
   *
   * @param environment beside PATH, HOME and what Lambda sets
   */
  record Launch(
      String name, List<String> command, Path directory, Map<String, String> environment) {

    static final RuntimeInterface CLIENT = RuntimeInterface.ofThisMachine();

    /** A handler under AWS's runtime interface client. */
    static Launch java(
        String name,
        List<String> flags,
        String handler,
        Path taskRoot,
        Map<String, String> environment) {
      return java(name, flags, CLIENT.classPath(), handler, taskRoot, environment);
    }

    static Launch java(
        String name,
        List<String> flags,
        String classPath,
        String handler,
        Path taskRoot,
        Map<String, String> environment) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(flags);
      command.addAll(CLIENT.flags());
      command.addAll(List.of("-cp", classPath, RuntimeInterface.MAIN_CLASS, handler));
      Map<String, String> all = new HashMap<>(environment);
      all.put("_HANDLER", handler);
      return new Launch(name, List.copyOf(command), taskRoot, all);
    }
  }

  /**
   * A first invocation.
   *
   * @param firstPoll real time from the start of the process until it asked for work
   * @param firstResponse real time from the start of the process until it had answered
   * @param cpu of the process until then, in user and system mode; the kernel counts in steps of 10
   *     ms
   * @param peakKilobytes of resident memory until then, or 0 where the kernel does not say
   */
  record Cold(
      Duration firstPoll,
      Duration firstResponse,
      Duration cpu,
      long peakKilobytes,
      String response) {}

  /**
   * A later invocation.
   *
   * @param handed {@link System#nanoTime} at which the process got the event
   */
  record Warm(long handed, Duration ran, String response) {}

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String PREFIX = "/2018-06-01/runtime/";

  private record Work(String id, String payload, CompletableFuture<Warm> done) {}

  private final Launch launch;
  private final HttpServer server;
  private final Process process;
  private final long started;
  private final CompletableFuture<Duration> firstPoll = new CompletableFuture<>();
  private final LinkedBlockingQueue<Work> waiting = new LinkedBlockingQueue<>();
  private final Deque<String> lastLines = new ArrayDeque<>();
  private volatile Work current;
  private volatile long handed;
  private int invocations;

  private FunctionProcess(Launch launch, Work first) {
    this.launch = launch;
    server = LoopbackServer.create(0);
    server.createContext(PREFIX, this::serve);
    server.start();
    if (first != null) {
      waiting.add(first);
    }
    ProcessBuilder builder = new ProcessBuilder(launch.command());
    builder.directory(launch.directory().toFile());
    builder.redirectErrorStream(true);
    builder.environment().keySet().retainAll(List.of("PATH", "HOME", "TMPDIR", "LANG"));
    builder.environment().putAll(lambdaEnvironment());
    builder.environment().putAll(launch.environment());
    started = System.nanoTime();
    try {
      process = builder.start();
    } catch (IOException cannotStart) {
      server.stop(0);
      throw new UncheckedIOException("Cannot start " + launch.name(), cannotStart);
    }
    Thread.ofVirtual().name(launch.name() + "-log").start(this::readLog);
    process.onExit().thenAccept(ended -> fail("exited with status " + ended.exitValue()));
  }

  /** Starts a process that finds its first event waiting, and waits until it has answered. */
  static Cold cold(Launch launch, String payload) {
    Work first = new Work("invocation-0", payload, new CompletableFuture<>());
    try (FunctionProcess function = new FunctionProcess(launch, first)) {
      Warm answered = function.await(first.done());
      long end = answered.handed() + answered.ran().toNanos();
      return new Cold(
          function.await(function.firstPoll),
          Duration.ofNanos(end - function.started),
          function.cpu(),
          function.peakKilobytes(),
          answered.response());
    }
  }

  /** Starts a process and waits until it asks for work. */
  static FunctionProcess start(Launch launch) {
    FunctionProcess function = new FunctionProcess(launch, null);
    try {
      function.await(function.firstPoll);
    } catch (IllegalStateException doesNotStart) {
      function.close();
      throw doesNotStart;
    }
    return function;
  }

  /** Hands an event over and waits for the answer. */
  Warm invoke(String payload) {
    Work work = new Work("invocation-" + ++invocations, payload, new CompletableFuture<>());
    waiting.add(work);
    return await(work.done());
  }

  private <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      throw new IllegalStateException(
          launch.name() + " " + failed.getCause().getMessage() + "\n" + log(), failed.getCause());
    } catch (TimeoutException tooSlow) {
      throw new IllegalStateException(
          launch.name() + " does not answer within " + PATIENCE.toSeconds() + " s\n" + log());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  private void fail(String why) {
    IllegalStateException fault = new IllegalStateException(why);
    firstPoll.completeExceptionally(fault);
    Work work = current;
    if (work != null) {
      work.done().completeExceptionally(fault);
    }
    for (Work next = waiting.poll(); next != null; next = waiting.poll()) {
      next.done().completeExceptionally(fault);
    }
  }

  // ---- the Runtime API

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring(PREFIX.length());
    if (path.equals("invocation/next")) {
      next(exchange);
      return;
    }
    String body = LoopbackServer.body(exchange);
    long now = System.nanoTime();
    Work work = current;
    if (path.equals("init/error")) {
      fail("does not start: " + body);
    } else if (work != null && path.equals("invocation/" + work.id() + "/response")) {
      work.done().complete(new Warm(handed, Duration.ofNanos(now - handed), body));
    } else if (work != null && path.equals("invocation/" + work.id() + "/error")) {
      work.done().completeExceptionally(new IllegalStateException("failed: " + body));
    }
    LoopbackServer.answer(exchange, 202, "application/json", "{\"status\":\"OK\"}");
  }

  private void next(HttpExchange exchange) throws IOException {
    firstPoll.complete(Duration.ofNanos(System.nanoTime() - started));
    try {
      Work work = waiting.take();
      current = work;
      var headers = exchange.getResponseHeaders();
      headers.set("Lambda-Runtime-Aws-Request-Id", work.id());
      headers.set("Lambda-Runtime-Deadline-Ms", "" + (System.currentTimeMillis() + 60_000));
      headers.set(
          "Lambda-Runtime-Invoked-Function-Arn",
          "arn:aws:lambda:eu-west-1:123456789012:function:" + launch.name());
      headers.set(
          "Lambda-Runtime-Trace-Id",
          "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0");
      handed = System.nanoTime();
      LoopbackServer.answer(exchange, 200, "application/json", work.payload());
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
      exchange.close();
    }
  }

  private Map<String, String> lambdaEnvironment() {
    return Map.ofEntries(
        Map.entry("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:" + server.getAddress().getPort()),
        Map.entry("AWS_LAMBDA_FUNCTION_NAME", launch.name()),
        Map.entry("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024"),
        Map.entry("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        Map.entry("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        Map.entry("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + launch.name()),
        Map.entry("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]bench"),
        Map.entry("AWS_LAMBDA_LOG_FORMAT", "Text"),
        Map.entry("AWS_REGION", "eu-west-1"),
        Map.entry("AWS_DEFAULT_REGION", "eu-west-1"),
        Map.entry("LAMBDA_TASK_ROOT", launch.directory().toString()),
        Map.entry("TZ", ":UTC"));
  }

  // ---- what the process says and costs

  private void readLog() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (lastLines) {
          lastLines.add(line);
          if (lastLines.size() > 40) {
            lastLines.removeFirst();
          }
        }
      }
    } catch (IOException ended) {
      synchronized (lastLines) {
        lastLines.add("(the log ends here: " + ended.getMessage() + ")");
      }
    }
  }

  String log() {
    synchronized (lastLines) {
      return String.join("\n", lastLines);
    }
  }

  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** VmHWM: the most resident memory that the process ever had. */
  long peakKilobytes() {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException ended) {
      throw new UncheckedIOException(launch.name() + " has ended", ended);
    }
  }

  /** Ends the process as Lambda does, so that its shutdown hooks run. */
  void end() {
    // Process.destroy would also close the pipes, and the JVM has something to say at its end.
    process.toHandle().destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(launch.name() + " does not end\n" + log());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Fails unless the answer is one that reports no failed message. */
  static void requireSuccess(String name, String response) {
    if (response.startsWith("{")
        && !Json.readObject(response).path("batchItemFailures").isEmpty()) {
      throw new IllegalStateException(name + " reported a failure: " + response);
    }
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
