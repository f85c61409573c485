package dev.slipway.local.template;

import java.util.HashMap;
import java.util.Map;

/**
 * Where a stack stands.
 *
 * @param endpoint base of the URLs that the account itself serves, without a slash at the end
 * @param secretArns logical ids of secrets that exist already, to the ARNs that Secrets Manager
 *     gave them; other secrets have an ARN of the right form
 */
public record Surroundings(
    String accountId,
    String region,
    String stackName,
    String endpoint,
    Map<String, String> secretArns) {

  /** Account and Region that every sample of this project uses. */
  public static final Surroundings LOCAL =
      new Surroundings("123456789012", "eu-west-1", "slipway", "http://127.0.0.1");

  public Surroundings(String accountId, String region, String stackName, String endpoint) {
    this(accountId, region, stackName, endpoint, Map.of());
  }

  public Surroundings {
    secretArns = Map.copyOf(secretArns);
    if (!accountId.matches("[0-9]{12}")) {
      throw new IllegalArgumentException("An account id has 12 digits: " + accountId);
    }
  }

  public Surroundings at(String newEndpoint) {
    return new Surroundings(accountId, region, stackName, newEndpoint, secretArns);
  }

  public Surroundings withSecret(String logicalId, String arn) {
    Map<String, String> more = new HashMap<>(secretArns);
    more.put(logicalId, arn);
    return new Surroundings(accountId, region, stackName, endpoint, more);
  }

  /** {@code arn:aws:<service>:<region>:<account>:<resource>}. */
  public String arn(String service, String resource) {
    return "arn:aws:" + service + ":" + region + ":" + accountId + ":" + resource;
  }
}
