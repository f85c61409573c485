package dev.slipway.bench;

import dev.slipway.bench.FunctionProcess.Launch;
import dev.slipway.local.lambda.Artefact;
import dev.slipway.local.template.FunctionSpec;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** How each thing that is measured is started. */
final class Launches implements AutoCloseable {

  /** The functions under their logical ids in the template. */
  static final Map<String, String> FUNCTIONS =
      Map.of(
          "plan", "PlanFunction",
          "watch", "WatchFunction",
          "deploy", "DeployFunction",
          "notify", "NotifyFunction",
          "chat door", "ChatDoorFunction",
          "chat desk", "ChatDeskFunction");

  private final Path root;
  private final Path work;
  private final Map<Path, Artefact> unpacked = new HashMap<>();

  /**
   * @param root of the repository
   */
  Launches(Path root) {
    this.root = root;
    try {
      this.work = Files.createDirectories(root.resolve("bench/target/work"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Tls tls() {
    return new Tls(work);
  }

  Path template() {
    return root.resolve("template.yaml");
  }

  /** The sample of an event. */
  Path event(String name) {
    return root.resolve("events").resolve(name);
  }

  Path zip(String function) {
    return root.resolve("functions").resolve(function).resolve("target").resolve(function + ".zip");
  }

  /**
   * What the java25 runtime sets on demand: C1 only and the serial collector. The JDK has its own
   * CDS archive. The heap is that of 1,024 MB.
   */
  static List<String> onDemand() {
    return List.of(
        "-Xmx870m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Djava.net.preferIPv4Stack=true");
  }

  /** The same with the JVM's own choice of compilers, as under SnapStart. */
  static List<String> bothCompilers() {
    return onDemand().stream().filter(flag -> !flag.contains("TieredStopAtLevel")).toList();
  }

  static List<String> with(List<String> flags, String more) {
    return with(flags, List.of(more));
  }

  private static List<String> with(List<String> flags, List<String> more) {
    List<String> all = new ArrayList<>(flags);
    all.addAll(more);
    return List.copyOf(all);
  }

  /** A function as it is packaged. */
  Launch function(String name, Account account) {
    return function(name, account, onDemand());
  }

  Launch function(String name, Account account, List<String> flags) {
    FunctionSpec spec = account.function(FUNCTIONS.get(name));
    return Launch.java(
        spec.name(),
        with(flags, account.trust()),
        spec.handler(),
        unpacked(spec.code()),
        account.environment(spec.logicalId()));
  }

  /**
   * A function with its code on the JVM's class path, where an AOT cache can hold it; Lambda loads
   * it with a class loader of its own, where it cannot.
   */
  Launch onClassPath(String name, Account account, List<String> flags) {
    FunctionSpec spec = account.function(FUNCTIONS.get(name));
    Path folder = unpacked(spec.code());
    List<String> path = new ArrayList<>(List.of(Launch.CLIENT.classPath()));
    path.add(zip(name).resolveSibling(name + ".jar").toString());
    jars(folder.resolve("lib")).forEach(jar -> path.add(jar.toString()));
    return Launch.java(
        spec.name(),
        with(flags, account.trust()),
        String.join(File.pathSeparator, path),
        spec.handler(),
        folder(work.resolve("empty")),
        account.environment(spec.logicalId()));
  }

  private Path unpacked(Path zip) {
    return unpacked.computeIfAbsent(zip, Artefact::unpack).folder();
  }

  /**
   * A variant of the same job.
   *
   * @param libraries folder of its libraries, or empty for none beside the seam's
   */
  Launch variant(String handler, String libraries, Account account) {
    Path target = root.resolve("bench/variants/target");
    Path taskRoot = work.resolve(handler);
    Path lib = folder(taskRoot.resolve("lib"));
    List<Path> jars = new ArrayList<>(List.of(target.resolve("variants.jar")));
    jars.addAll(jars(target.resolve("seam")));
    if (!libraries.isEmpty()) {
      jars.addAll(jars(target.resolve(libraries)));
    }
    try {
      for (Path old : jars(lib)) {
        Files.delete(old);
      }
      for (Path jar : jars) {
        Files.copy(jar, lib.resolve(jar.getFileName()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Launch.java(
        handler,
        with(onDemand(), account.trust()),
        "dev.slipway.bench.variant." + handler + "::handleRequest",
        taskRoot,
        account.credentials("bench"));
  }

  /** Where a cache of this name is kept. */
  Path cache(String name) {
    return work.resolve(name + ".aot");
  }

  /** The peer, if this machine has Python 3 with boto3. */
  Optional<Launch> peer(Account account) {
    if (pythonVersions().isEmpty()) {
      return Optional.empty();
    }
    Path folder = root.resolve("bench/peer");
    Map<String, String> environment = new HashMap<>(account.credentials("peer"));
    environment.put("_HANDLER", "deployer.handler");
    account.bundle().ifPresent(trusted -> environment.put("AWS_CA_BUNDLE", trusted.toString()));
    // Compiled once and kept, as in Lambda's image, but not in the source tree.
    environment.put("PYTHONPYCACHEPREFIX", work.resolve("pycache").toString());
    return Optional.of(
        new Launch(
            "peer",
            List.of("python3", folder.resolve("bootstrap.py").toString()),
            folder,
            environment));
  }

  /** {@code Python 3.11.7, boto3 1.43.11}, or empty if there is none. */
  static String pythonVersions() {
    try {
      Process process =
          new ProcessBuilder(
                  "python3",
                  "-c",
                  "import boto3, platform;"
                      + " print('Python', platform.python_version() + ', boto3',"
                      + " boto3.__version__)")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(process.getInputStream().readAllBytes()).strip();
      return process.waitFor() == 0 ? said : "";
    } catch (IOException noPython) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private static Path folder(Path path) {
    try {
      return Files.createDirectories(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Path> jars(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("There is no " + folder + ": build it first", e);
    }
  }

  @Override
  public void close() {
    unpacked.values().forEach(Artefact::close);
  }
}
