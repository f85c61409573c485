package dev.slipway.bench;

import dev.slipway.bench.CallCounts.Case;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures, and prints one report in Markdown. */
@Command(
    name = "bench",
    description = "Measures cold starts, the warm path, calls to AWS, sizes and libraries.",
    mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {

  private static final List<String> ZIPS = List.of("plan", "watch", "deploy", "notify", "chat");
  private static final List<String> FUNCTIONS =
      List.of("plan", "watch", "deploy", "notify", "chat door", "chat desk");

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "Cold starts of each that count. Default: ${DEFAULT-VALUE}.")
  private int runs = 9;

  @Option(
      names = "--pushes",
      paramLabel = "N",
      description = "Pushes to warm processes that count. Default: ${DEFAULT-VALUE}.")
  private int pushes = 25;

  @Option(
      names = "--no-libraries",
      description = "Leave out the variants with other libraries and flags.")
  private boolean noLibraries;

  @Option(
      names = "--http",
      description = "Leave TLS out: what is left is the cost of everything else.")
  private boolean plainHttp;

  private final PrintStream out = System.out;
  private final PrintStream progress = System.err;

  private Main() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Path root = Path.of(System.getProperty("slipway.root", ".")).toAbsolutePath().normalize();
    String loadBefore = load();
    try (Launches launches = new Launches(root)) {
      Map<Case, Map<String, Integer>> counts = counts(launches);
      times(launches, loadBefore);
      callTable(counts);
      sizes(launches);
      return verdict(counts);
    }
  }

  /** What is a fault on any machine: times are not. */
  private int verdict(Map<Case, Map<String, Integer>> counts) {
    List<String> faults = new ArrayList<>();
    CallCounts.growing(counts).forEach(line -> faults.add("grows with the account: " + line));
    counts.values().stream()
        .flatMap(one -> one.keySet().stream())
        .distinct()
        .filter(name -> CallCounts.reason(name).isEmpty())
        .forEach(name -> faults.add("is called, and nobody has said why: " + name));
    faults.forEach(progress::println);
    return faults.isEmpty() ? 0 : 1;
  }

  // ---- measuring

  private Map<Case, Map<String, Integer>> counts(Launches launches) {
    Map<Case, Map<String, Integer>> counts = new LinkedHashMap<>();
    for (Case wanted : CallCounts.CASES) {
      progress.println("counting calls: " + wanted.title() + " services follow");
      counts.put(wanted, CallCounts.count(launches, wanted));
    }
    return counts;
  }

  private void times(Launches launches, String loadBefore) throws IOException {
    progress.println("making an account");
    try (Account account =
            new Account(
                launches.template(), plainHttp ? Optional.empty() : Optional.of(launches.tls()));
        FunctionProcess plan = FunctionProcess.start(launches.function("plan", account));
        FunctionProcess deploy = FunctionProcess.start(launches.function("deploy", account))) {
      int followers =
          (runs + 1) * ColdStarts.FOLLOWERS_PER_ROUND
              + ColdStarts.FOLLOWERS_FOR_TRAINING
              + pushes
              + 2;
      Fleet fleet = Fleet.followers(account, deploy, followers);
      Fleet peers = Fleet.peers(account, runs + pushes + 2);
      CallCounts.pause();
      account.catchUp();
      ColdStarts cold = new ColdStarts(account, launches, plan, deploy, fleet, peers);
      cold.addFunctions();
      cold.addPeer();
      if (!noLibraries) {
        progress.println("training AOT caches");
        cold.addDeployVariants();
        cold.addLibraries();
      }
      cold.run(runs, progress);
      progress.println("measuring the warm path");
      boolean withPeer = cold.has("peer");
      WarmPath.Result warm = WarmPath.measure(account, launches, fleet, peers, pushes, withPeer);
      head(loadBefore);
      coldTable(cold);
      warmTable(warm, cold);
      if (!noLibraries) {
        libraryTables(cold);
      }
    }
  }

  // ---- the report

  private void head(String loadBefore) throws IOException {
    out.println("# Slipway, measured " + LocalDate.now(ZoneOffset.UTC));
    out.println();
    out.printf(
        "%d processors, %s, Java %s, over %s; load average before %s, after %s.%n%n",
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        System.getProperty("java.runtime.version"),
        plainHttp ? "HTTP" : "HTTPS",
        loadBefore,
        load());
  }

  /** The machine's load in the last minute: what else it did. */
  private static String load() throws IOException {
    Path load = Path.of("/proc/loadavg");
    return Files.isReadable(load) ? Files.readString(load).split(" ")[0] : "unknown";
  }

  private void coldTable(ColdStarts cold) {
    out.println("## Cold start");
    out.println();
    out.println(
        "Milliseconds from the start of the process; median (least-most) of "
            + runs
            + " starts, each beside all others. "
            + "AWS: what the laptop account, DynamoDB Local above all, took to answer. "
            + "CPU: of the process, user and system.");
    out.println();
    Table table = coldHead("function.");
    FUNCTIONS.forEach(function -> coldRow(table, cold, function));
    if (cold.has("peer")) {
      coldRow(table, cold, "peer");
    }
    table.print(out);
    cold.skipped().forEach((name, why) -> out.println("Skipped: " + name + ", because " + why));
    if (cold.has("peer")) {
      out.println("The peer: " + Launches.pythonVersions() + ", bench/peer/deployer.py.");
      out.println();
    }
  }

  private static Table coldHead(String first) {
    return new Table(first, "first poll", "first response", "of it AWS", "CPU", "peak MB");
  }

  private static void coldRow(Table table, ColdStarts cold, String name) {
    if (cold.has(name)) {
      table.row(
          name,
          cold.firstPoll(name).text(),
          cold.firstResponse(name).text(),
          Sample.number(cold.answering(name).median()),
          cold.cpu(name).text(),
          Sample.number(cold.peakMegabytes(name).median()));
    }
  }

  private void warmTable(WarmPath.Result warm, ColdStarts cold) {
    out.println("## From the push to UpdateService");
    out.println();
    out.println("Milliseconds; warm: median (least-most) of " + pushes + " pushes.");
    out.println();
    Table table = new Table("path.", "warm", "of it AWS", "cold", "peak MB");
    double both = cold.firstResponse("plan").median() + cold.firstResponse("deploy").median();
    table.row(
        "plan + lane + deploy",
        warm.total().text(),
        Sample.number(warm.answering().median()),
        Sample.number(both),
        megabytes(warm.peaks().get(0)) + " + " + megabytes(warm.peaks().get(1)));
    table.row("- plan, until it has answered", warm.plan().text(), "", "", "");
    table.row("- deploy, until it has answered", warm.deploy().text(), "", "", "");
    if (warm.peer() != null) {
      table.row(
          "peer",
          warm.peer().text(),
          Sample.number(warm.peerAnswering().median()),
          Sample.number(cold.firstResponse("peer").median()),
          megabytes(warm.peaks().get(2)));
    }
    table.print(out);
  }

  private static String megabytes(long kilobytes) {
    return Sample.number(kilobytes / 1024.0);
  }

  private void libraryTables(ColdStarts cold) {
    out.println("## Deploy with other flags");
    out.println();
    Table flags = coldHead("variant.");
    List.of(
            "deploy",
            "deploy, C1 and C2",
            "deploy, AOT cache of the runtime",
            "deploy, on the class path",
            "deploy, on the class path, own AOT cache")
        .forEach(name -> coldRow(flags, cold, name));
    flags.print(out);
    out.println("## What libraries cost");
    out.println();
    out.println("The same four calls, one log line and one metric; `nothing` only answers.");
    out.println();
    Table libraries = coldHead("variant.");
    List.of(
            "nothing",
            "own seam",
            "SDK signer and HTTP client",
            "SDK typed clients",
            "Powertools logging",
            "Powertools metrics")
        .forEach(name -> coldRow(libraries, cold, name));
    libraries.print(out);
  }

  private void callTable(Map<Case, Map<String, Integer>> counts) {
    out.println("## Calls to AWS from the push to UpdateService");
    out.println();
    out.println("Columns: followers of all services in the account.");
    out.println();
    Table table =
        new Table(
            Stream.concat(
                    Stream.concat(Stream.of("call."), counts.keySet().stream().map(Case::title)),
                    Stream.of("why."))
                .toArray(String[]::new));
    TreeSet<String> order = new TreeSet<>();
    List<String> names =
        counts.values().stream().flatMap(one -> one.keySet().stream()).filter(order::add).toList();
    for (String function : List.of("plan", "deploy")) {
      for (String name : names) {
        if (name.startsWith(function + " ")) {
          table.row(
              Stream.concat(
                      Stream.concat(
                          Stream.of(name),
                          counts.values().stream().map(one -> "" + one.getOrDefault(name, 0))),
                      Stream.of(CallCounts.reason(name)))
                  .toArray());
        }
      }
    }
    table.row(
        Stream.concat(
                Stream.concat(
                    Stream.of("in all"),
                    counts.values().stream()
                        .map(one -> "" + one.values().stream().mapToInt(n -> n).sum())),
                Stream.of(""))
            .toArray());
    table.print(out);
  }

  private void sizes(Launches launches) {
    out.println("## Packages");
    out.println();
    Table table = new Table("zip.", "MB", "jars", "MB unpacked");
    for (String zip : ZIPS) {
      Sizes sizes = Sizes.of(launches.zip(zip));
      table.row(zip, decimal(sizes.zipBytes()), sizes.jars(), decimal(sizes.unpackedBytes()));
    }
    table.print(out);
  }

  private static String decimal(long bytes) {
    return "%.1f".formatted(bytes / 1e6);
  }
}
