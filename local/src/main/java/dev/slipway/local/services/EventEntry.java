package dev.slipway.local.services;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Refusal;

/** EventBridge, as far as somebody puts events on a bus: they go where the account's own go. */
public final class EventEntry {
  private static final int MOST = 10;

  private final Account account;

  public EventEntry(Account account) {
    this.account = account;
  }

  public Operations operations() {
    return new Operations().on("PutEvents", this::putEvents);
  }

  private ObjectNode putEvents(ObjectNode input) {
    JsonNode entries = input.path("Entries");
    if (entries.isEmpty() || entries.size() > MOST) {
      throw new Refusal(
          "ValidationException", "Entries must have 1 to " + MOST + " entries: " + entries.size());
    }
    ObjectNode answer = Json.object();
    ArrayNode results = answer.putArray("Entries");
    int failed = 0;
    for (JsonNode entry : entries) {
      try {
        String id = put(entry);
        results.addObject().put("EventId", id);
      } catch (Refusal e) {
        failed++;
        results.addObject().put("ErrorCode", e.code()).put("ErrorMessage", e.getMessage());
      }
    }
    answer.put("FailedEntryCount", failed);
    return answer;
  }

  private String put(JsonNode entry) {
    String source = Json.text(entry, "Source", "");
    String type = Json.text(entry, "DetailType", "");
    String detail = Json.text(entry, "Detail", "");
    if (source.isEmpty() || type.isEmpty() || detail.isEmpty()) {
      throw new Refusal(
          "InvalidArgument", "Parameter Source, DetailType and Detail must not be empty.");
    }
    if (source.startsWith("aws.")) {
      throw new Refusal(
          "NotAuthorizedForSourceException", "Not authorized for the source " + source);
    }
    return account
        .emit(source, type, Json.texts(entry, "Resources"), Json.parse(detail, "MalformedDetail"))
        .path("id")
        .asText();
  }
}
