package dev.slipway.local.account;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * One page of a list: at most {@code maxResults} items from where {@code nextToken} says.
 *
 * @param next token of the following page, or null after the last
 */
public record Page<T>(List<T> items, String next) {

  /**
   * @throws Refusal {@code InvalidParameterException} for a token that this list never gave, or a
   *     size out of bounds
   */
  public static <T> Page<T> of(List<T> all, ObjectNode input, int otherwise, int most) {
    int size = input.path("maxResults").asInt(otherwise);
    if (size < 1 || size > most) {
      throw new Refusal(
          "InvalidParameterException", "maxResults must be between 1 and " + most + ": " + size);
    }
    String token = Json.text(input, "nextToken");
    int from = 0;
    if (token != null) {
      try {
        from = Integer.parseInt(token);
      } catch (NumberFormatException e) {
        from = -1;
      }
      if (from < 0 || from > all.size()) {
        throw new Refusal("InvalidParameterException", "Invalid token: " + token);
      }
    }
    int to = Math.min(all.size(), from + size);
    return new Page<>(all.subList(from, to), to < all.size() ? Integer.toString(to) : null);
  }

  public void writeToken(ObjectNode answer) {
    if (next != null) {
      answer.put("nextToken", next);
    }
  }
}
