package dev.slipway.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A mapping of a scenario's file, read member by member. Whatever is wrong with it is told with the
 * line, the value, and what would be right.
 */
final class Mapping {

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,5})([smhd])");
  private static final Pattern IMAGE = Pattern.compile("[^:@\\s]+:[^:@\\s]+");
  private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9_-]+/[A-Za-z0-9_-]+");

  private record Member(int line, Node value) {}

  private final String file;
  private final int line;
  private final Map<String, Member> members = new LinkedHashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();

  private Mapping(String file, MappingNode node) {
    this.file = file;
    this.line = line(node);
    for (NodeTuple tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw BadScenario.at(file, line(tuple.getKeyNode()), "a key has to be a word");
      }
      Member before = members.put(key.getValue(), new Member(line(key), tuple.getValueNode()));
      if (before != null) {
        throw BadScenario.at(
            file,
            line(key),
            "'" + key.getValue() + "' stands here twice, first in line " + before.line());
      }
    }
  }

  /**
   * @param file its name, for messages
   * @throws BadScenario if it is no YAML, or no mapping
   */
  static Mapping read(String file, String yaml) {
    Optional<Node> root;
    try {
      root = new Compose(LoadSettings.builder().setLabel(file).build()).composeString(yaml);
    } catch (MarkedYamlEngineException e) {
      throw BadScenario.at(
          file,
          e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1),
          "is not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      throw BadScenario.at(file, 1, "is not YAML: " + e.getMessage());
    }
    if (root.isPresent() && root.get() instanceof MappingNode mapping) {
      return new Mapping(file, mapping);
    }
    throw BadScenario.at(file, 1, "a scenario is a mapping with title, services and steps");
  }

  private static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  /** Something is wrong with this mapping as a whole. */
  BadScenario wrong(String what) {
    return BadScenario.at(file, line, what);
  }

  /** Something is wrong with a member. */
  BadScenario wrong(String member, String what) {
    return BadScenario.at(
        file, members.containsKey(member) ? members.get(member).line() : line, what);
  }

  /** In the order in which they stand. */
  Set<String> keys() {
    return members.keySet();
  }

  boolean has(String member) {
    asked.add(member);
    return members.containsKey(member);
  }

  private Node take(String member) {
    if (!has(member)) {
      throw wrong("'" + member + "' is missing here");
    }
    return members.get(member).value();
  }

  String text(String member) {
    if (take(member) instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
      return scalar.getValue().strip();
    }
    throw wrong(member, "'" + member + "' has to be a text");
  }

  String text(String member, String otherwise) {
    return has(member) ? text(member) : otherwise;
  }

  Optional<String> optional(String member) {
    return has(member) ? Optional.of(text(member)) : Optional.empty();
  }

  /** A count from 0 to 10,000. */
  int number(String member, int otherwise) {
    if (!has(member)) {
      return otherwise;
    }
    String text = text(member);
    if (!text.matches("[0-9]{1,4}|10000")) {
      throw wrong(member, "'" + member + "' is a number from 0 to 10000, not '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  boolean flag(String member, boolean otherwise) {
    return switch (text(member, Boolean.toString(otherwise))) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw wrong(member, "'" + member + "' is true or false, not '" + text(member) + "'");
    };
  }

  /** {@code 30s}, {@code 10m}, {@code 2h}, {@code 1d}. */
  Duration duration(String member) {
    Matcher matcher = DURATION.matcher(text(member));
    if (!matcher.matches()) {
      throw wrong(
          member, "'" + member + "' is a time like 30s, 10m or 2h, not '" + text(member) + "'");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  /** {@code repository:tag}. */
  String image(String member) {
    String image = text(member);
    if (!IMAGE.matcher(image).matches()) {
      throw wrong(member, "'" + image + "' is not an image: write repository:tag");
    }
    return image;
  }

  Optional<String> optionalImage(String member) {
    return has(member) ? Optional.of(image(member)) : Optional.empty();
  }

  /** {@code cluster/service}. */
  String service(String member) {
    String service = text(member);
    if (!SERVICE.matcher(service).matches()) {
      throw wrong(member, "'" + service + "' is not a service: write cluster/service");
    }
    return service;
  }

  <E extends Enum<E>> E choice(String member, Class<E> type, E otherwise) {
    return has(member) ? choice(member, type) : otherwise;
  }

  /** One of an enum's constants, in small letters with hyphens. */
  <E extends Enum<E>> E choice(String member, Class<E> type) {
    String text = text(member);
    List<String> known = Arrays.stream(type.getEnumConstants()).map(Mapping::word).toList();
    int index = known.indexOf(text);
    if (index < 0) {
      throw wrong(
          member,
          "'"
              + member
              + "' cannot be '"
              + text
              + "'"
              + Near.hint(text, known)
              + " It is one of: "
              + String.join(", ", known));
    }
    return type.getEnumConstants()[index];
  }

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** One text, or a list of them. */
  List<String> texts(String member) {
    Node node = take(member);
    if (node instanceof ScalarNode) {
      return List.of(text(member));
    }
    List<String> texts = new ArrayList<>();
    if (node instanceof SequenceNode sequence) {
      for (Node each : sequence.getValue()) {
        if (!(each instanceof ScalarNode scalar)) {
          throw BadScenario.at(file, line(each), "'" + member + "' is a list of texts");
        }
        texts.add(scalar.getValue());
      }
      return texts;
    }
    throw wrong(member, "'" + member + "' has to be a text, or a list of texts");
  }

  List<Mapping> mappings(String member) {
    if (!(take(member) instanceof SequenceNode sequence) || sequence.getValue().isEmpty()) {
      throw wrong(member, "'" + member + "' has to be a list, and cannot be empty");
    }
    List<Mapping> mappings = new ArrayList<>();
    for (Node each : sequence.getValue()) {
      if (!(each instanceof MappingNode mapping)) {
        throw BadScenario.at(
            file, line(each), "each of '" + member + "' has to be a mapping, key: value");
      }
      mappings.add(new Mapping(file, mapping));
    }
    return mappings;
  }

  /** Keys and texts, as tags are. */
  Map<String, String> pairs(String member) {
    if (!(take(member) instanceof MappingNode node)) {
      throw wrong(member, "'" + member + "' has to be a mapping, key: value");
    }
    Mapping mapping = new Mapping(file, node);
    Map<String, String> pairs = new LinkedHashMap<>();
    mapping.keys().forEach(key -> pairs.put(key, mapping.text(key)));
    return pairs;
  }

  /** What AWS's own API would be given, or an empty object. */
  ObjectNode json(String member) {
    if (!has(member)) {
      return Json.object();
    }
    if (json(take(member)) instanceof ObjectNode object) {
      return object;
    }
    throw wrong(member, "'" + member + "' has to be a mapping, as AWS's API takes it");
  }

  private JsonNode json(Node node) {
    return switch (node) {
      case MappingNode mapping -> {
        ObjectNode object = Json.object();
        Mapping inner = new Mapping(file, mapping);
        inner.members.forEach((key, member) -> object.set(key, json(member.value())));
        yield object;
      }
      case SequenceNode sequence -> {
        ArrayNode array = Json.array();
        sequence.getValue().forEach(each -> array.add(json(each)));
        yield array;
      }
      case ScalarNode scalar -> scalar(scalar);
      default -> throw BadScenario.at(file, line(node), "cannot be read here");
    };
  }

  private JsonNode scalar(ScalarNode scalar) {
    String text = scalar.getValue();
    ObjectNode holder = Json.object();
    if (scalar.getTag().equals(Tag.BOOL)) {
      holder.put("value", Boolean.parseBoolean(text));
    } else if (scalar.getTag().equals(Tag.INT)) {
      try {
        holder.put("value", Long.parseLong(text));
      } catch (NumberFormatException e) {
        throw BadScenario.at(file, line(scalar), "'" + text + "' is no decimal number");
      }
    } else {
      holder.put("value", text);
    }
    return holder.get("value");
  }

  /** Nothing stands here that nobody reads. */
  void complete() {
    for (String member : members.keySet()) {
      if (!asked.contains(member)) {
        throw wrong(
            member,
            "'"
                + member
                + "' is not known here"
                + Near.hint(member, asked)
                + " Known are: "
                + String.join(", ", asked));
      }
    }
  }
}
