package dev.slipway.local.lambda;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.local.json.Json;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a function says about the items of a batch.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html">Partial
 *     batch responses</a>
 */
final class BatchResponse {

  private BatchResponse() {}

  /**
   * Ids of the items that failed: none for a success, all for an answer that cannot be read.
   *
   * @param ids of the whole batch, in order
   */
  static Set<String> failed(Invocation invocation, boolean partialFailures, Set<String> ids) {
    if (invocation.failed()) {
      return ids;
    }
    if (!partialFailures || invocation.response().isBlank()) {
      return Set.of();
    }
    JsonNode failures;
    try {
      failures = Json.parse(invocation.response()).path("batchItemFailures");
    } catch (IllegalArgumentException notJson) {
      return ids;
    }
    Set<String> failed = new LinkedHashSet<>();
    for (JsonNode failure : failures) {
      String id = failure.path("itemIdentifier").asText();
      if (!ids.contains(id)) {
        // Lambda takes an identifier that it does not know for a failure of everything.
        return ids;
      }
      failed.add(id);
    }
    return failed;
  }
}
