package dev.slipway.local.services;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Parameter Store. */
public final class Parameters {
  /** AWS Systems Manager API reference, PutParameter. */
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.\\-/]{1,1011}");

  private record Parameter(
      String name, String type, String value, long version, Instant modifiedAt) {}

  private final Account account;
  private final TreeMap<String, Parameter> parameters = new TreeMap<>();

  public Parameters(Account account) {
    this.account = account;
  }

  public Operations operations() {
    return new Operations()
        .on("PutParameter", this::put)
        .on("GetParameter", this::get)
        .on("GetParameters", this::getAll)
        .on("GetParametersByPath", this::getByPath)
        .on("DeleteParameter", this::delete);
  }

  /** Whether there is a parameter of this name or ARN. */
  public boolean exists(String nameOrArn) {
    return account.exclusively(() -> parameters.containsKey(name(nameOrArn)));
  }

  // arn:aws:ssm:<region>:<account>:parameter/<name without its leading slash>
  private String name(String nameOrArn) {
    int at = nameOrArn.indexOf(":parameter/");
    if (!nameOrArn.startsWith("arn:") || at < 0) {
      return nameOrArn;
    }
    String rest = nameOrArn.substring(at + ":parameter/".length());
    return parameters.containsKey("/" + rest) ? "/" + rest : rest;
  }

  private ObjectNode put(ObjectNode input) {
    String name = Json.required(input, "Name");
    if (!NAME.matcher(name).matches()) {
      throw new Refusal(
          "ValidationException",
          "Parameter name: can't be prefixed with \"ssm\" (case-insensitive), and may use letters,"
              + " digits and . - _ / only: "
              + name);
    }
    Parameter known = parameters.get(name);
    if (known != null && !input.path("Overwrite").asBoolean()) {
      throw new Refusal(
          "ParameterAlreadyExists",
          "The parameter already exists. To overwrite this value, set the overwrite option in the"
              + " request to true.");
    }
    long version = known == null ? 1 : known.version() + 1;
    parameters.put(
        name,
        new Parameter(
            name,
            Json.text(input, "Type", known == null ? "String" : known.type()),
            Json.required(input, "Value"),
            version,
            account.now()));
    return Json.object().put("Version", version).put("Tier", "Standard");
  }

  private ObjectNode describe(Parameter parameter) {
    ObjectNode node =
        Json.object()
            .put("Name", parameter.name())
            .put("Type", parameter.type())
            .put("Value", parameter.value())
            .put("Version", parameter.version())
            .put(
                "ARN",
                account.arn(
                    "ssm",
                    "parameter" + (parameter.name().startsWith("/") ? "" : "/") + parameter.name()))
            .put("DataType", "text");
    node.set("LastModifiedDate", Json.seconds(parameter.modifiedAt()));
    return node;
  }

  private Parameter require(String name) {
    Parameter parameter = parameters.get(name(name));
    if (parameter == null) {
      throw new Refusal("ParameterNotFound", "There is no parameter " + name);
    }
    return parameter;
  }

  private ObjectNode get(ObjectNode input) {
    ObjectNode answer = Json.object();
    answer.set("Parameter", describe(require(Json.required(input, "Name"))));
    return answer;
  }

  private ObjectNode getAll(ObjectNode input) {
    List<String> names = Json.texts(input, "Names");
    if (names.isEmpty() || names.size() > 10) {
      throw new Refusal("ValidationException", "Names must have 1 to 10 entries: " + names.size());
    }
    ObjectNode answer = Json.object();
    ArrayNode found = answer.putArray("Parameters");
    ArrayNode invalid = answer.putArray("InvalidParameters");
    for (String name : names) {
      Parameter parameter = parameters.get(name(name));
      if (parameter == null) {
        invalid.add(name);
      } else {
        found.add(describe(parameter));
      }
    }
    return answer;
  }

  private ObjectNode getByPath(ObjectNode input) {
    String path = Json.required(input, "Path");
    String prefix = path.endsWith("/") ? path : path + "/";
    boolean recursive = input.path("Recursive").asBoolean();
    ObjectNode answer = Json.object();
    ArrayNode found = answer.putArray("Parameters");
    parameters.values().stream()
        .filter(parameter -> parameter.name().startsWith(prefix))
        .filter(parameter -> recursive || parameter.name().indexOf('/', prefix.length()) < 0)
        .forEach(parameter -> found.add(describe(parameter)));
    return answer;
  }

  private ObjectNode delete(ObjectNode input) {
    parameters.remove(require(Json.required(input, "Name")).name());
    return Json.object();
  }
}
