package dev.slipway.local.services;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Refusal;
import java.time.Instant;
import java.util.TreeMap;

/** Secrets Manager: one value per secret. */
public final class Secrets {
  private record Secret(String name, String arn, String value, String version, Instant createdAt) {}

  private final Account account;
  private final TreeMap<String, Secret> byName = new TreeMap<>();

  public Secrets(Account account) {
    this.account = account;
  }

  public Operations operations() {
    return new Operations()
        .on("GetSecretValue", this::get)
        .on("CreateSecret", this::create)
        .on("PutSecretValue", this::replace)
        .on("DescribeSecret", this::describe);
  }

  /** Sets the secret's value, making the secret if there is none, and returns its ARN. */
  public String put(String name, String value) {
    return account.exclusively(() -> {
      Secret known = byName.get(name);
      String arn =
          known == null
              ? account.arn("secretsmanager", "secret:" + name + "-" + account.ids().hex(6))
              : known.arn();
      byName.put(name, new Secret(name, arn, value, account.ids().uuid(), account.now()));
      return arn;
    });
  }

  /** Whether there is a secret of this name or ARN; an ARN may go on with a JSON key and more. */
  public boolean exists(String nameOrArn) {
    return account.exclusively(() -> find(nameOrArn) != null);
  }

  private Secret find(String nameOrArn) {
    for (Secret secret : byName.values()) {
      boolean partial =
          secret.arn().length() == nameOrArn.length() + 7
              && secret.arn().startsWith(nameOrArn + "-");
      if (secret.name().equals(nameOrArn)
          || secret.arn().equals(nameOrArn)
          || nameOrArn.startsWith(secret.arn() + ":")
          || partial) {
        return secret;
      }
    }
    return null;
  }

  private Secret require(ObjectNode input) {
    Secret secret = find(Json.required(input, "SecretId"));
    if (secret == null) {
      throw new Refusal(
          "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }
    return secret;
  }

  private static ObjectNode named(Secret secret) {
    return Json.object().put("ARN", secret.arn()).put("Name", secret.name());
  }

  private ObjectNode get(ObjectNode input) {
    Secret secret = require(input);
    ObjectNode answer =
        named(secret).put("VersionId", secret.version()).put("SecretString", secret.value());
    answer.putArray("VersionStages").add("AWSCURRENT");
    answer.set("CreatedDate", Json.seconds(secret.createdAt()));
    return answer;
  }

  private ObjectNode create(ObjectNode input) {
    String name = Json.required(input, "Name");
    if (byName.containsKey(name)) {
      throw new Refusal(
          "ResourceExistsException",
          "The operation failed because the secret " + name + " already exists.");
    }
    put(name, Json.text(input, "SecretString", ""));
    return named(byName.get(name)).put("VersionId", byName.get(name).version());
  }

  private ObjectNode replace(ObjectNode input) {
    String name = require(input).name();
    put(name, Json.text(input, "SecretString", ""));
    return named(byName.get(name)).put("VersionId", byName.get(name).version());
  }

  private ObjectNode describe(ObjectNode input) {
    return named(require(input));
  }
}
