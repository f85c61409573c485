package dev.slipway.local.demo;

import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.local.demo.Scenario.Action;
import dev.slipway.local.demo.Scenario.Breaker;
import dev.slipway.local.demo.Scenario.Outcome;
import dev.slipway.local.ecr.Behaviour;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Reads scenarios, which are YAML. Whatever is misspelt is refused by name. */
public final class ScenarioFile {

  private static final String FOLDER = "/scenarios/";

  /** One name a line, in the order in which they are listed. */
  private static final String INDEX = FOLDER + "index";

  /** A place in the file, for messages, with what stands there. */
  private record Node(String where, Map<?, ?> members, Set<String> read) {

    static Node of(String where, Object value) {
      if (value instanceof Map<?, ?> map) {
        return new Node(where, map, new LinkedHashSet<>());
      }
      throw wrong(where, "is not a mapping", value);
    }

    boolean has(String member) {
      return members.containsKey(member);
    }

    Object take(String member) {
      read.add(member);
      return members.get(member);
    }

    String text(String member) {
      Object value = take(member);
      if (value instanceof String || value instanceof Number) {
        return value.toString().strip();
      }
      throw wrong(where + "." + member, "is not a text", value);
    }

    String text(String member, String otherwise) {
      return has(member) ? text(member) : otherwise;
    }

    List<Object> list(String member) {
      Object value = take(member);
      if (value instanceof List<?> list) {
        return List.copyOf(list);
      }
      throw wrong(where + "." + member, "is not a list", value);
    }

    <E extends Enum<E>> E choice(String member, Class<E> type) {
      String text = text(member);
      for (E constant : type.getEnumConstants()) {
        if (constant.name().equals(text.toUpperCase(Locale.ROOT).replace('-', '_'))) {
          return constant;
        }
      }
      throw wrong(
          where + "." + member, "is none of " + Arrays.toString(type.getEnumConstants()), text);
    }

    /** Nothing stands there that nobody reads. */
    void complete() {
      for (Object member : members.keySet()) {
        if (!read.contains(member.toString())) {
          throw wrong(where + "." + member, "is not known; known are " + read, null);
        }
      }
    }

    static IllegalArgumentException wrong(String where, String what, Object value) {
      return new IllegalArgumentException(
          where + " " + what + (value == null ? "" : ": '" + value + "'"));
    }
  }

  private ScenarioFile() {}

  /** Names of all scenarios. */
  public static List<String> names() {
    return text(INDEX).lines().filter(line -> !line.isBlank()).toList();
  }

  /**
   * @throws IllegalArgumentException if there is none of this name, or it cannot be read
   */
  public static Scenario load(String name) {
    if (!names().contains(name)) {
      throw new IllegalArgumentException(
          "there is no scenario '" + name + "'; there are: " + String.join(", ", names()));
    }
    return parse(name, text(FOLDER + name + ".yaml"));
  }

  private static String text(String resource) {
    try (InputStream in = ScenarioFile.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Scenario parse(String name, String yaml) {
    Node root =
        Node.of(
            name + ".yaml",
            new Load(LoadSettings.builder().setLabel(name + ".yaml").build()).loadFromString(yaml));
    String title = root.text("title");
    String about = root.text("about");
    List<Scenario.Service> services = new ArrayList<>();
    for (Object service : root.list("services")) {
      services.add(service(Node.of("services[" + services.size() + "]", service)));
    }
    List<Scenario.Step> steps = new ArrayList<>();
    for (Object step : root.list("steps")) {
      steps.add(step(Node.of("steps[" + steps.size() + "]", step)));
    }
    root.complete();
    return new Scenario(name, title, about, List.copyOf(services), List.copyOf(steps));
  }

  private static Scenario.Service service(Node node) {
    String[] name = node.text("service").split("/", -1);
    if (name.length != 2) {
      throw Node.wrong(node.where() + ".service", "is not cluster/service", node.text("service"));
    }
    Node tags = Node.of(node.where() + ".tags", node.take("tags"));
    Map<String, String> byKey = new LinkedHashMap<>();
    for (Object key : tags.members().keySet()) {
      byKey.put(key.toString(), tags.text(key.toString()));
    }
    Scenario.Service service =
        new Scenario.Service(
            name[0],
            name[1],
            image(node, "runs"),
            Integer.parseInt(node.text("tasks")),
            byKey,
            node.choice("circuit-breaker", Breaker.class),
            Boolean.TRUE.equals(node.take("health-check")));
    node.complete();
    return service;
  }

  private static String image(Node node, String member) {
    String image = node.text(member);
    if (!image.matches("[^:@]+:[^:@]+")) {
      throw Node.wrong(node.where() + "." + member, "is not repository:tag", image);
    }
    return image;
  }

  private static Scenario.Step step(Node node) {
    String name = node.text("name");
    List<Action> actions = new ArrayList<>();
    for (Object action : node.list("do")) {
      actions.add(action(Node.of(node.where() + ".do[" + actions.size() + "]", action)));
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (Object outcome : node.list("expect")) {
      outcomes.add(outcome(Node.of(node.where() + ".expect[" + outcomes.size() + "]", outcome)));
    }
    node.complete();
    return new Scenario.Step(name, List.copyOf(actions), List.copyOf(outcomes));
  }

  private static Action action(Node node) {
    Action action;
    if (node.has("push")) {
      String behaviour = node.text("behaviour", "healthy");
      Behaviour.parse(behaviour);
      action = new Action.Push(image(node, "push"), behaviour);
    } else if (node.has("until-new-task")) {
      action = new Action.UntilNewTask(node.text("until-new-task"), image(node, "of"));
    } else if (node.has("roll-back")) {
      action = new Action.RollBack(node.text("roll-back"), image(node, "from"));
    } else {
      throw Node.wrong(
          node.where(), "is no action: push, until-new-task or roll-back", node.members());
    }
    node.complete();
    return action;
  }

  private static Outcome outcome(Node node) {
    String service = node.text("service");
    Outcome outcome;
    if (node.has("runs")) {
      outcome = new Outcome.Runs(service, image(node, "runs"));
    } else if (node.has("still-runs")) {
      outcome = new Outcome.StillRuns(service, image(node, "still-runs"));
    } else if (node.has("declines")) {
      outcome =
          new Outcome.Declined(
              service,
              image(node, "declines"),
              node.choice("because", Reason.class),
              node.text("says"));
    } else if (node.has("deployment-of")) {
      outcome =
          new Outcome.Ended(
              service,
              image(node, "deployment-of"),
              node.choice("ends", Status.class),
              node.has("because")
                  ? Optional.of(node.choice("because", Reason.class))
                  : Optional.empty(),
              node.text("says"),
              node.has("explains") ? Optional.of(node.text("explains")) : Optional.empty());
    } else {
      throw Node.wrong(
          node.where(),
          "is no outcome: runs, still-runs, declines or deployment-of",
          node.members());
    }
    node.complete();
    return outcome;
  }
}
