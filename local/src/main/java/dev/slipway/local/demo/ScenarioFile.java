package dev.slipway.local.demo;

import dev.slipway.local.demo.Scenario.Breaker;
import dev.slipway.local.demo.Scenario.Cluster;
import dev.slipway.local.demo.Scenario.Service;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads scenarios, which are YAML. Whatever is misspelt is refused by name, with its line. */
public final class ScenarioFile {

  private static final String FOLDER = "/scenarios/";

  /** One name a line, in the order in which they are listed, under headings that begin with #. */
  private static final String INDEX = FOLDER + "index";

  private static final Duration WITHIN = Duration.ofMinutes(15);
  private static final int SPEED = 10;
  private static final int TASKS = 2;

  /**
   * Scenarios that belong together.
   *
   * @param title what they are about
   */
  public record Group(String title, List<String> names) {}

  private ScenarioFile() {}

  /** All scenarios that come with Slipway, in the order in which they are listed. */
  public static List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    for (String line : resource(INDEX).lines().map(String::strip).toList()) {
      if (line.startsWith("#")) {
        groups.add(new Group(line.substring(1).strip(), new ArrayList<>()));
      } else if (!line.isEmpty()) {
        groups.getLast().names().add(line);
      }
    }
    return groups;
  }

  /** Names of all scenarios that come with Slipway. */
  public static List<String> names() {
    return groups().stream().flatMap(group -> group.names().stream()).toList();
  }

  /**
   * @param nameOrFile a name of {@link #names}, or a path, which has a slash in it or ends with
   *     {@code .yaml}
   * @throws BadScenario if there is none of this name, or it cannot be read
   */
  public static Scenario load(String nameOrFile) {
    if (nameOrFile.contains("/") || nameOrFile.endsWith(".yaml") || nameOrFile.endsWith(".yml")) {
      return file(nameOrFile);
    }
    if (!names().contains(nameOrFile)) {
      throw new BadScenario(
          "there is no scenario '"
              + nameOrFile
              + "'"
              + Near.hint(nameOrFile, names())
              + " ./slipway play list lists all; a file of your own needs a path: ./"
              + nameOrFile
              + ".yaml");
    }
    return parse(nameOrFile, nameOrFile + ".yaml", resource(FOLDER + nameOrFile + ".yaml"));
  }

  private static Scenario file(String path) {
    Path file = Path.of(path);
    try {
      String name = file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
      return parse(name, path, Files.readString(file));
    } catch (IOException e) {
      String why = Files.exists(file) ? "cannot be read: " + e.getMessage() : "is not there";
      throw new BadScenario("the file " + path + " " + why);
    }
  }

  private static String resource(String resource) {
    try (InputStream in = ScenarioFile.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param file its name, for messages
   * @throws BadScenario if it cannot be read
   */
  static Scenario parse(String name, String file, String yaml) {
    Mapping root = Mapping.read(file, yaml);
    Scenario scenario =
        new Scenario(
            name,
            root.text("title"),
            root.text("about", ""),
            root.number("speed", SPEED),
            root.has("iam-refuses") ? root.texts("iam-refuses") : List.of(),
            root.has("clusters") ? each(root, "clusters", ScenarioFile::cluster) : List.of(),
            each(root, "services", ScenarioFile::service),
            each(root, "steps", ScenarioFile::step));
    if (scenario.speed() == 0 || scenario.speed() > 1000) {
      throw root.wrong("speed", "'speed' is a number from 1 to 1000, not " + scenario.speed());
    }
    root.complete();
    return scenario;
  }

  private static <T> List<T> each(Mapping in, String member, Function<Mapping, T> read) {
    return in.mappings(member).stream().map(read).toList();
  }

  private static Cluster cluster(Mapping in) {
    Cluster cluster =
        new Cluster(
            in.text("cluster"),
            in.number("instances", 1),
            in.number("cpu", 1024),
            in.number("memory", 2048));
    in.complete();
    return cluster;
  }

  private static Service service(Mapping in) {
    String[] name = in.service("service").split("/");
    String image = in.image("runs");
    Service service =
        new Service(
            name[0],
            name[1],
            image,
            ActionReader.behaviour(in, "behaviour"),
            in.number("tasks", TASKS),
            in.has("tags") ? in.pairs("tags") : following(image),
            in.choice("circuit-breaker", Breaker.class, Breaker.ROLLBACK),
            in.flag("health-check", true),
            in.text("target-group", ""),
            in.has("tagged-alarms") ? in.texts("tagged-alarms") : List.of(),
            new Service.Given(
                in.json("deployment-configuration"),
                in.json("service-definition"),
                in.json("task-definition"),
                in.json("container-definition"),
                in.has("codedeploy-group")
                    ? Optional.of(in.json("codedeploy-group"))
                    : Optional.empty()));
    in.complete();
    return service;
  }

  /** Without any tags in the file, it takes every push of the repository that it runs. */
  private static Map<String, String> following(String image) {
    return Map.of("slipway", "on", "slipway:" + Fleet.repository(image), "any");
  }

  private static Scenario.Step step(Mapping in) {
    Scenario.Step step =
        new Scenario.Step(
            in.text("name"),
            each(in, "do", ActionReader::read),
            each(in, "expect", OutcomeReader::read),
            in.has("within") ? in.duration("within") : WITHIN);
    in.complete();
    return step;
  }
}
