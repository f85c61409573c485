package dev.slipway.local.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.json.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads CloudFormation's YAML into JSON, the short forms ({@code !Ref}) into the long ones ({@code
 * {"Ref": ...}}).
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html">Intrinsic
 *     functions</a>
 */
final class CloudFormationYaml {

  private static final Map<String, String> SHORT_FORMS =
      Map.ofEntries(
          Map.entry("!Ref", "Ref"),
          Map.entry("!Condition", "Condition"),
          Map.entry("!Sub", "Fn::Sub"),
          Map.entry("!GetAtt", "Fn::GetAtt"),
          Map.entry("!If", "Fn::If"),
          Map.entry("!Equals", "Fn::Equals"),
          Map.entry("!Not", "Fn::Not"),
          Map.entry("!And", "Fn::And"),
          Map.entry("!Or", "Fn::Or"),
          Map.entry("!Join", "Fn::Join"),
          Map.entry("!Select", "Fn::Select"),
          Map.entry("!Split", "Fn::Split"),
          Map.entry("!FindInMap", "Fn::FindInMap"),
          Map.entry("!ImportValue", "Fn::ImportValue"));

  /** AWS reads YAML 1.1, where these are booleans; this reader knows 1.2, where they are text. */
  private static final Set<String> BOOLEANS_OF_1_1 =
      Set.of(
          "y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "on", "On", "ON", "off", "Off",
          "OFF");

  private CloudFormationYaml() {}

  static ObjectNode read(String text) {
    LoadSettings settings = LoadSettings.builder().setSchema(new CoreSchema()).build();
    Node root;
    try {
      root =
          new Compose(settings)
              .composeString(text)
              .orElseThrow(() -> new TemplateException("", "The template is empty"));
    } catch (YamlEngineException broken) {
      throw new TemplateException("", "Not YAML: " + broken.getMessage());
    }
    if (convert(root) instanceof ObjectNode object) {
      return object;
    }
    throw new TemplateException(line(root), "A template is a mapping");
  }

  private static JsonNode convert(Node node) {
    String tag = node.getTag().getValue();
    if (!tag.startsWith("!")) {
      return plain(node);
    }
    String longForm = SHORT_FORMS.get(tag);
    if (longForm == null) {
      throw new TemplateException(line(node), "The function " + tag + " is not supported");
    }
    JsonNode argument = untagged(node);
    if (longForm.equals("Fn::GetAtt") && argument.isTextual()) {
      int dot = argument.asText().indexOf('.');
      if (dot < 0) {
        throw new TemplateException(line(node), "!GetAtt needs Resource.Attribute: " + argument);
      }
      argument =
          Json.array()
              .add(argument.asText().substring(0, dot))
              .add(argument.asText().substring(dot + 1));
    }
    return Json.object().set(longForm, argument);
  }

  private static JsonNode untagged(Node node) {
    return node instanceof ScalarNode scalar
        ? JsonNodeFactory.instance.textNode(scalar.getValue())
        : plain(node);
  }

  private static JsonNode plain(Node node) {
    return switch (node) {
      case MappingNode mapping -> mapping(mapping);
      case SequenceNode sequence -> {
        ArrayNode array = Json.array();
        sequence.getValue().forEach(element -> array.add(convert(element)));
        yield array;
      }
      case ScalarNode scalar -> scalar(scalar);
      default -> throw new TemplateException(line(node), "Unreadable YAML node " + node);
    };
  }

  private static ObjectNode mapping(MappingNode mapping) {
    ObjectNode object = Json.object();
    for (NodeTuple entry : mapping.getValue()) {
      if (!(entry.getKeyNode() instanceof ScalarNode key)) {
        throw new TemplateException(line(mapping), "A key must be a text");
      }
      if (object.has(key.getValue())) {
        throw new TemplateException(line(key), "The key " + key.getValue() + " stands here twice");
      }
      object.set(key.getValue(), convert(entry.getValueNode()));
    }
    return object;
  }

  private static JsonNode scalar(ScalarNode scalar) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    String text = scalar.getValue();
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.NULL)) {
      return nodes.nullNode();
    }
    if (tag.equals(Tag.BOOL)) {
      return nodes.booleanNode(text.equalsIgnoreCase("true"));
    }
    if (tag.equals(Tag.INT) && text.matches("-?(0|[1-9][0-9]*)")) {
      BigInteger number = new BigInteger(text);
      return number.bitLength() < 32
          ? nodes.numberNode(number.intValue())
          : nodes.numberNode(number.longValueExact());
    }
    if (tag.equals(Tag.FLOAT) && text.matches("-?[0-9]+\\.[0-9]+")) {
      return nodes.numberNode(new BigDecimal(text));
    }
    if (scalar.isPlain() && BOOLEANS_OF_1_1.contains(text)) {
      throw new TemplateException(
          line(scalar), "AWS reads the plain word " + text + " as a boolean: quote it");
    }
    return nodes.textNode(text);
  }

  private static String line(Node node) {
    return node.getStartMark().map(mark -> "line " + (mark.getLine() + 1)).orElse("");
  }
}
