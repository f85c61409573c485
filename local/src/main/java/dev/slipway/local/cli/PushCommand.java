package dev.slipway.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.SignedJson;
import dev.slipway.local.ecr.ImagePusher;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A push to a running account, over HTTP, with the calls that {@code docker push} makes. */
@Command(
    name = "push",
    description =
        "Pushes a made-up image to the account that ./slipway local keeps up. What it does when it"
            + " runs is up to you; without an option it runs and is healthy.")
final class PushCommand implements Callable<Integer> {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "This.")
  private boolean help;

  /** At most one of them. */
  static final class Conduct {
    @Option(names = "--crash", description = "Exits with code 1 after two seconds.")
    private boolean crash;

    @Option(names = "--unhealthy", description = "Fails every health check.")
    private boolean unhealthy;

    @Option(
        names = "--slow",
        paramLabel = "SECONDS",
        description = "Passes its health check only after so long.")
    private Integer slow;

    @Option(names = "--oom", description = "Needs more memory than it may have.")
    private boolean oom;

    @Option(names = "--never-starts", description = "Cannot be started.")
    private boolean neverStarts;

    @Option(
        names = "--dies-later",
        paramLabel = "SECONDS",
        description = "Becomes healthy, and exits after so long.")
    private Integer diesLater;

    /** As an image's manifest says it. */
    String behaviour() {
      if (crash) {
        return "crash";
      }
      if (unhealthy) {
        return "unhealthy";
      }
      if (slow != null) {
        return "slow:" + slow;
      }
      if (oom) {
        return "oom";
      }
      return neverStarts ? "never-starts" : "dies-later:" + diesLater;
    }
  }

  private static final int CONNECT_MILLIS = 500;

  @Parameters(index = "0", paramLabel = "REPOSITORY", description = "For example team/web.")
  private String repository;

  @Parameters(index = "1", paramLabel = "TAG", description = "For example v1.5.0.")
  private String tag;

  @ArgGroup(exclusive = true)
  private Conduct conduct;

  @Option(
      names = "--arch",
      split = ",",
      paramLabel = "NAME",
      description = "amd64, arm64, or both with a comma. Default: amd64.")
  private List<String> architectures = List.of("amd64");

  @Override
  public Integer call() throws IOException {
    String behaviour = conduct == null ? "healthy" : conduct.behaviour();
    String digest =
        new ImagePusher(account())
            .push(
                new ImagePusher.Push(
                    repository,
                    tag,
                    architectures,
                    behaviour,
                    UUID.randomUUID().toString(),
                    false));
    Here.screen().line("pushed " + repository + ":" + tag + "@" + digest + " (" + behaviour + ")");
    return 0;
  }

  private static AwsApi account() throws IOException {
    Path file = Here.addressFile();
    if (!Files.exists(file)) {
      throw new IllegalStateException("no account is up here; start one with ./slipway local");
    }
    JsonNode address = Json.read(Files.readString(file));
    String endpoint = Json.text(address, "endpoint");
    if (!answers(URI.create(endpoint))) {
      throw new IllegalStateException(
          "nothing answers at "
              + endpoint
              + " any more, where "
              + file
              + " says an account is; start one with ./slipway local");
    }
    return new SignedJson(
        new Environment(
            Map.of(
                "AWS_REGION",
                Json.text(address, "region"),
                "AWS_ENDPOINT_URL",
                endpoint,
                "AWS_ACCESS_KEY_ID",
                "local",
                "AWS_SECRET_ACCESS_KEY",
                "local")));
  }

  /** Asked first, because the client would wait long for somebody who is gone. */
  private static boolean answers(URI endpoint) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()), CONNECT_MILLIS);
      return true;
    } catch (IOException nobody) {
      return false;
    }
  }
}
